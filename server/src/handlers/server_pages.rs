//! Handlers of server pages: one table from path to operation, and their CSV files.

use std::net::SocketAddr;

use app::{
    context::{Posted, Refill},
    server_pages::{is_server_page, parts_of},
};
use axum::{
    Extension,
    extract::{ConnectInfo, Request, State as Get},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use db::{
    Scope, campaigns, choices,
    clock::MINUTE,
    commission,
    commission::TargetOf,
    companies::{self, CompanyDraft},
    reports,
    settings::{self, SettingsDraft},
    users::{
        Invitation,
        admin::{self, PersonDraft},
    },
};
use domain::{
    Error, FieldErrors, Result,
    campaigns::CampaignDraft,
    date,
    id::{TeamId, UserId},
    orders::{Field, Rules, Status},
    reports::ReportQuery,
    role::{Permission, Role},
};

use tower_sessions::Session;

use super::{Pairs, Sent, page_of};
use crate::{
    access::{self, within},
    page::{self, Stored, redirect_with_flash, render},
    sessions::{self, PASSWORD_AT},
    state::State,
};

/// The outcome of a form.
enum FormOutcome {
    /// A redirect with a flash message.
    To(String, &'static str),
    /// The page again with a new link, shown once.
    Link(String),
}

fn to(address: impl Into<String>, word: &'static str) -> Result<FormOutcome> {
    Ok(FormOutcome::To(address.into(), word))
}

/// `POST` to any server page.
pub async fn post(Get(state): Get<State>, Extension(scope): Extension<Scope>, sent: Sent) -> Response {
    let sent = match confirmed(&state, &scope, sent).await {
        Ok(sent) => sent,
        Err(response) => return *response,
    };
    let path = sent.parts.uri.path().to_owned();
    let parts = parts_of(&path);
    let came = act(&state, &scope, &parts, &sent).await;
    let action = format!("/{}/", parts.join("/"));
    // A form that was pending for the password has another action than this request.
    let stored = Stored(Some(path.clone()));
    match came {
        Ok(FormOutcome::To(address, word)) => (Extension(stored), redirect_with_flash(&address, word)).into_response(),
        Ok(FormOutcome::Link(link)) => {
            let refill = Refill { action: String::new(), typed: vec![("link".into(), link)], ..Refill::default() };
            (Extension(stored), rerender_form(&state, sent, &parts, refill, StatusCode::OK).await).into_response()
        }
        Err(Error::Invalid(errors)) => {
            let refill = Refill { action, typed: sent.pairs.clone(), errors, ..Refill::default() };
            rerender_form(&state, sent, &parts, refill, StatusCode::UNPROCESSABLE_ENTITY).await
        }
        Err(error) => sent.pressed(&state, Err(error), "", ""),
    }
}

/// How long a confirmed password is valid for dangerous actions.
const FRESH: i64 = 10 * MINUTE;
/// The additional fields of a form that is pending for the password.
pub(super) const TO: &str = "confirm-to";
const PASSWORD: &str = "confirm-password";

/// Administration and closing a month ask for the password if it was confirmed more than ten minutes ago. The page keeps the
/// pending form and continues with it.
async fn confirmed(state: &State, scope: &Scope, mut sent: Sent) -> std::result::Result<Sent, Box<Response>> {
    let path = sent.parts.uri.path().to_owned();
    let session = sent.parts.extensions.get::<Session>().cloned();
    let now = state.db.now();
    let asked = path.trim_matches('/') == "profile/confirm";
    let dangerous = path.starts_with("/admin/") || path.starts_with("/commission/close");
    if !asked {
        let given = match &session {
            Some(session) => session.get::<i64>(PASSWORD_AT).await.ok().flatten().unwrap_or_default(),
            None => 0,
        };
        // Users without the permission are refused first.
        if !dangerous || !scope.authority().may(Permission::Targets) || (0..FRESH).contains(&(now - given)) {
            return Ok(sent);
        }
        sent.pairs.push((TO.into(), path));
        return Err(Box::new(ask(state, sent, FieldErrors::default()).await));
    }
    match proven(state, scope, &sent, PASSWORD).await {
        Ok(()) => {}
        Err(Error::Invalid(errors)) => return Err(Box::new(ask(state, sent, errors).await)),
        Err(error) => return Err(Box::new(sent.pressed(state, Err(error), "", ""))),
    }
    if let Some(session) = session {
        sessions::keep_length(&session).await;
        let _ = session.insert(PASSWORD_AT, now).await;
    }
    let to = within(sent.value(TO)).to_owned();
    if let Ok(uri) = to.parse() {
        sent.parts.uri = uri;
    }
    sent.pairs.retain(|(name, _)| name != TO && name != PASSWORD);
    Ok(sent)
}

/// Verifies the user's own password in a field, with the same limits as a sign-in.
async fn proven(state: &State, scope: &Scope, sent: &Sent, field: &str) -> Result<()> {
    let client = access::client(state, &sent.parts.headers, sent.parts.extensions.get::<ConnectInfo<SocketAddr>>());
    match db::users::confirm(&state.db, &state.gate, &scope.user.username, sent.value(field), &client).await {
        Ok(()) => Ok(()),
        Err(Error::Invalid(_)) => Err(Error::invalid(field, "Wrong password, or too many attempts: wait a minute and try again")),
        Err(error) => Err(error),
    }
}

/// The page that asks for the password, with the pending form.
async fn ask(state: &State, sent: Sent, errors: FieldErrors) -> Response {
    let status = if errors.is_empty() { StatusCode::UNAUTHORIZED } else { StatusCode::UNPROCESSABLE_ENTITY };
    let typed = sent.pairs.iter().filter(|(name, _)| name != PASSWORD).cloned().collect();
    let refill = Refill { action: "/profile/confirm/".into(), typed, errors, ..Refill::default() };
    let mut request = page_of(sent.parts);
    *request.uri_mut() = axum::http::Uri::from_static("/profile/confirm/");
    render(state, request, Some(Posted { refill: Some(refill), ..Posted::default() }), Some(status)).await
}

/// Whether a form with this action is on a server page.
pub(super) fn has_form(parts: &[&str]) -> bool {
    match parts {
        // Buttons, which have no input.
        ["companies", _, "restore"] | ["admin", "users", _, "sign-out" | "reset" | "reactivate"] => false,
        ["admin", "settings", "choices"] | ["admin", "settings", "choices", "remove"] => false,
        ["campaigns" | "companies" | "commission" | "targets" | "admin", ..] | ["profile", "edit" | "password"] => true,
        _ => false,
    }
}

/// The page of a form with this action.
pub(super) fn page_of_form(parts: &[&str], pairs: &Pairs) -> String {
    let page = match parts {
        ["admin", "users", id, _] => format!("/admin/users/{id}/{}/", if parts[3] == "delete" { "delete" } else { "edit" }),
        ["admin", "settings", "rules"] => "/admin/settings/rules/".into(),
        ["admin", "settings", ..] => "/admin/settings/".into(),
        ["admin", "teams", ..] => "/admin/teams/".into(),
        ["targets", ..] => "/targets/".into(),
        ["commission", "close"] => "/commission/".into(),
        _ => format!("/{}/", parts.join("/")),
    };
    let month = app::forms::value(pairs, "month");
    let has_month = ["/targets/", "/commission/"].contains(&page.as_str());
    if has_month && month.bytes().all(|it| it.is_ascii_digit() || it == b'-') { format!("{page}?month={month}") } else { page }
}

/// The page of a form again, with its input.
async fn rerender_form(state: &State, sent: Sent, parts: &[&str], refill: Refill, status: StatusCode) -> Response {
    let mut request = page_of(sent.parts);
    if let Ok(uri) = page_of_form(parts, &refill.typed).parse() {
        *request.uri_mut() = uri;
    }
    render(state, request, Some(Posted { refill: Some(refill), ..Posted::default() }), Some(status)).await
}

fn id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::NotFound)
}

fn month(sent: &Sent) -> Result<chrono::NaiveDate> {
    let typed = sent.value("month");
    date::parse(&format!("{typed}-01")).map_err(|_| Error::invalid("form", "Choose a valid month"))
}

/// The table of forms: action to operation.
async fn act(state: &State, scope: &Scope, parts: &[&str], sent: &Sent) -> Result<FormOutcome> {
    let db = &state.db;
    let value = |name: &str| sent.value(name).to_owned();
    let yes = |name: &str| sent.value(name) == "yes";
    match parts {
        ["campaigns", "new"] => {
            let id = campaigns::save(db, scope, None, &campaign(sent)).await?;
            to(format!("/campaigns/{id}/"), "saved")
        }
        ["campaigns", of, "edit"] => {
            let id = campaigns::save(db, scope, Some(id(of)?), &campaign(sent)).await?;
            to(format!("/campaigns/{id}/"), "saved")
        }
        ["companies", "new"] => {
            let id = companies::save(db, scope, None, &company(sent)).await?;
            to(format!("/companies/{id}/"), "saved")
        }
        ["companies", of, "edit"] => {
            let id = companies::save(db, scope, Some(id(of)?), &company(sent)).await?;
            to(format!("/companies/{id}/"), "saved")
        }
        ["companies", of, "merge"] => match companies::merge_into(db, scope, id(of)?, sent.value("into")).await? {
            Some(act) => to(format!("/orders/bulk/{act}/"), ""),
            None => to("/companies/".to_owned(), "merged"),
        },
        ["companies", of, "delete"] => {
            companies::delete(db, scope, id(of)?).await?;
            to("/companies/".to_owned(), "deleted")
        }
        ["companies", of, "restore"] => {
            companies::restore(db, scope, id(of)?).await?;
            to(format!("/companies/{of}/"), "back")
        }
        ["commission", "close"] => {
            commission::close(db, scope, month(sent)?).await?;
            to(format!("/commission/?month={}", sent.value("month")), "closed")
        }
        ["targets", kind, of] => {
            let of = match *kind {
                "person" => TargetOf::Person(UserId(id(of)?)),
                "team" => TargetOf::Team(TeamId(id(of)?)),
                _ => return Err(Error::NotFound),
            };
            commission::set_target(db, scope, of, month(sent)?, sent.value("target")).await?;
            to(format!("/targets/?month={}", sent.value("month")), "saved")
        }
        ["admin", "users", "new"] => match admin::invite(db, scope, &person(sent)).await?.1 {
            Invitation::Link(token) => Ok(FormOutcome::Link(format!("{}/invite/{token}/", state.config.base_url))),
            Invitation::Ready => to("/admin/users/", "saved"),
        },
        ["admin", "users", of, verb] => {
            let user = UserId(id(of)?);
            let page = format!("/admin/users/{of}/edit/");
            match *verb {
                "edit" => admin::save_person(db, scope, user, &person(sent)).await?,
                "deactivate" => {
                    let give = Some(value("give")).filter(|it| !it.is_empty());
                    let give =
                        give.map(|it| it.parse().map(UserId).map_err(|_| Error::invalid("give", "Choose from the list"))).transpose()?;
                    admin::deactivate(db, scope, user, give).await?;
                    return to(page, "deactivated");
                }
                "reactivate" => admin::reactivate(db, scope, user).await?,
                "sign-out" => {
                    admin::sign_out_everywhere(db, scope, user).await?;
                    return to(page, "revoked");
                }
                "reset" => {
                    let token = admin::reset_link(db, scope, user).await?;
                    return Ok(FormOutcome::Link(format!("{}/invite/{token}/", state.config.base_url)));
                }
                "delete" => {
                    let gone = admin::delete(db, scope, user).await?;
                    return if gone { to("/admin/users/", "deleted") } else { to(page, "deactivated") };
                }
                _ => return Err(Error::NotFound),
            }
            to(page, "saved")
        }
        ["admin", "teams"] => {
            admin::save_team(db, scope, None, sent.value("name")).await?;
            to("/admin/teams/", "saved")
        }
        ["admin", "teams", of] => {
            admin::save_team(db, scope, Some(TeamId(id(of)?)), sent.value("name")).await?;
            to("/admin/teams/", "saved")
        }
        ["admin", "settings"] => {
            let before = settings::read(db).await?;
            let draft = SettingsDraft {
                name: value("name"),
                time_zone: value("time_zone"),
                currency: value("currency"),
                visibility: value("visibility"),
                agents_may_connect: yes("agents_may_connect"),
                targets_by_sold: yes("targets_by_sold"),
                rates: SettingsDraft::from(&*before).rates.map(|(role, stored)| match role {
                    Role::Agent | Role::Manager => (role, value(&format!("rate_{}", role.code()))),
                    other => (other, stored),
                }),
            };
            settings::change(db, scope, &draft).await?;
            to("/admin/settings/", "saved")
        }
        ["admin", "settings", "rules"] => {
            let all = |name: String| sent.pairs.iter().filter(move |(it, _)| *it == name).map(|(_, value)| value.as_str());
            let rules = Rules::of(
                |of| all(format!("next_{}", of.code())).filter_map(Status::from_code).collect(),
                |of| all(format!("requires_{}", of.code())).filter_map(Field::find).collect(),
            );
            settings::change_rules(db, scope, &rules).await?;
            to("/admin/settings/rules/", "saved")
        }
        ["admin", "settings", "choices", "remove"] => {
            let retired = choices::remove(db, scope, id(sent.value("id"))?).await?;
            to("/admin/settings/", if retired { "retired" } else { "saved" })
        }
        ["admin", "settings", "choices", rest @ ..] => {
            let kind = rest.first().copied().unwrap_or(sent.value("kind"));
            let kind = choices::Kind::find(kind).ok_or(Error::NotFound)?;
            choices::add(db, scope, kind, sent.value("name")).await?;
            to("/admin/settings/", "saved")
        }
        ["profile", "edit"] => {
            admin::save_own(db, scope, sent.value("first_name"), sent.value("last_name"), sent.value("email"), sent.value("page_size"))
                .await?;
            to("/profile/", "saved")
        }
        ["profile", "password"] => {
            proven(state, scope, sent, "present").await?;
            admin::change_password(db, scope, &state.gate, sent.value("password"), sent.value("again")).await?;
            to("/login/", "")
        }
        _ => Err(Error::NotFound),
    }
}

fn campaign(sent: &Sent) -> CampaignDraft {
    let value = |name: &str| sent.value(name).to_owned();
    CampaignDraft {
        name: value("name"),
        target: value("target"),
        start_on: value("start_on"),
        end_on: value("end_on"),
        rate: value("rate"),
        active: sent.value("active") == "yes",
    }
}

fn company(sent: &Sent) -> CompanyDraft {
    let value = |name: &str| sent.value(name).to_owned();
    CompanyDraft {
        name: value("name"),
        business_type: value("business_type"),
        employees: value("employees"),
        monthly_spend: value("monthly_spend"),
        note: value("note"),
    }
}

fn person(sent: &Sent) -> PersonDraft {
    let value = |name: &str| sent.value(name).to_owned();
    PersonDraft {
        username: value("username"),
        first_name: value("first_name"),
        last_name: value("last_name"),
        email: value("email"),
        role: value("role"),
        team: value("team"),
        rate: value("rate"),
        bring: sent.value("bring") == "yes",
    }
}

/// `GET` of a CSV file of a server page: a report or a statement. Any other path is a page.
pub async fn get(state: Get<State>, session: Session, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let parts = parts_of(&path);
    let pairs = domain::page::query_pairs(request.uri().query().unwrap_or_default());
    let Some(scope) = request.extensions().get::<Scope>().cloned() else { return page::any(state, session, request).await };
    let file = match parts.as_slice() {
        ["reports", "csv"] => report(&state, &scope, &pairs).await,
        ["commission", user, "csv"] => statement(&state, &scope, user, &pairs).await,
        ["admin", "users", of] if of.parse::<i64>().is_ok() => return Redirect::to(&format!("/admin/users/{of}/edit/")).into_response(),
        // A reload after a form was posted: its page.
        parts if !is_server_page(parts) => return page::any(state, session, request).await,
        _ => return page::any(state, session, request).await,
    };
    match file {
        Ok((name, text)) => {
            let mut response = text.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
            if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")) {
                headers.insert(header::CONTENT_DISPOSITION, value);
            }
            response
        }
        Err(error) => crate::error_page::error_page(&state.look(request.headers()), &error),
    }
}

async fn report(state: &State, scope: &Scope, pairs: &Pairs) -> Result<(String, String)> {
    let (query, _) = ReportQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let report = reports::report(&state.db, scope, query, Vec::new()).await?;
    let text = reports::csv(&state.db, scope, &report).await?;
    Ok((format!("{}-by-{}", query.measure.code(), query.by.code()), text))
}

async fn statement(state: &State, scope: &Scope, user: &str, pairs: &Pairs) -> Result<(String, String)> {
    let typed = app::forms::value(pairs, "month");
    let month = date::parse(&format!("{typed}-01")).map_err(|_| Error::NotFound)?;
    let it = commission::statement(&state.db, scope, UserId(id(user)?), month).await?;
    Ok((format!("commission-{}-{typed}", it.user), commission::csv(&state.db, scope, &it).await?))
}
