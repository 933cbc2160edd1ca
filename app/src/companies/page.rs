//! The pages of companies.

use db::companies::{self, CompanyDraft, CompanyPage};
use domain::{dashboard::Period, orders::BusinessType, role::Permission};
use leptos::prelude::*;

use crate::{
    dashboard::{Bar, chart},
    orders::badge,
    server_pages::parts::{Form, PageRequest, PageView, button_form, empty, head, query_form, query_input, sum},
};

/// The list of companies.
pub async fn list(asked: &PageRequest) -> PageView {
    let value = |name: &str| crate::forms::value(&asked.pairs, name).to_owned();
    let query = value("query");
    let after = value("after").rsplit_once('.').and_then(|(name, id)| Some((name.to_owned(), id.parse().ok()?)));
    let (found, next) = companies::list(&asked.db, &query, after).await?;
    let may = asked.scope.authority().may(Permission::Campaigns);
    let new = may.then(|| view! { <a class="btn btn-primary" href="/companies/new/">"New company"</a> });
    let rows = found.iter().map(|(id, name)| view! { <li><a data-row="" href=format!("/companies/{id}/")>{name.clone()}</a></li> });
    let listed = if found.is_empty() {
        empty("No companies found", None)
    } else {
        view! { <ul class="card names">{rows.collect_view()}</ul> }.into_any()
    };
    let more = next.map(|(name, id)| {
        let pairs = [("query", query.clone()), ("after", format!("{name}.{id}"))];
        let href = format!("/companies/?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
        view! { <p class="pager"><a class="pager-step" href=href rel="next">"Next →"</a></p> }
    });
    let form = query_form("/companies/", query_input("query", "Name", "search", query));
    Ok(("Companies".into(), view! { {head("Companies", "", new)} {form} {listed} {more} }.into_any()))
}

/// The page of a company.
pub async fn show(asked: &PageRequest, id: i64) -> PageView {
    let page = companies::show(&asked.db, &asked.scope, id).await?;
    Ok((page.name.clone(), drawn(&page, &asked.scope.settings.currency)))
}

fn drawn(page: &CompanyPage, currency: &str) -> AnyView {
    let edit =
        page.may_edit.then(|| view! { <a class="btn btn-quiet" data-key="e" href=format!("/companies/{}/edit/", page.id)>"Edit"</a> });
    let facts = [
        Some(format!("Company no. {}", page.id)),
        page.business_type.clone(),
        page.employees.map(|n| if n == 1 { "1 employee".to_owned() } else { format!("{n} employees") }),
        page.monthly_spend.map(|spend| format!("monthly spend {}", sum(spend, currency))),
    ];
    let under = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let deleted = page.deleted.then(|| view! { <p class="notice">"This company was deleted and is no longer offered"</p> });
    let merged = page
        .merged_into
        .filter(|id| *id != page.id)
        .map(|id| view! { <p class="notice"><a href=format!("/companies/{id}/")>"This company was merged into another company"</a></p> });
    let more = page.more.then(|| view! { <p class="muted">"Based on the newest 10,000 orders"</p> });
    let figures = [
        ("Orders", domain::page::grouped(page.orders.unsigned_abs()), &page.href),
        ("Revenue", sum(page.revenue, currency), &page.href),
        ("Connected revenue", sum(page.connected, currency), &page.connected_href),
    ]
    .map(|(text, value, href)| view! { <a class="card kpi" href=href.clone()><span class="kpi-label">{text}</span><strong class="kpi-value">{value}</strong></a> });
    let bars: Vec<Bar> = page
        .months
        .iter()
        .map(|(month, sold, connected)| Bar {
            short: domain::date::month(*month)[..3].to_owned(),
            full: domain::date::month(*month),
            href: companies::sold_href(page.id, Period::Month.days(*month)),
            sold: *sold,
            connected: *connected,
        })
        .collect();
    let orders = page.newest.iter().map(|row| {
        view! { <li class="wait">{badge(row.status).view()}<a data-row="" href=format!("/orders/{}/", row.number)>{row.customer.clone()}</a><small>{row.at.short.clone()}</small><b>{row.box_value.clone()}</b></li> }
    });
    let people = page
        .people
        .iter()
        .map(|(name, value)| view! { <tr><th scope="row">{name.clone()}</th><td class="num">{sum(*value, currency)}</td></tr> });
    let note = page.note.clone().map(|note| view! { <section class="card panel"><h2>"Note"</h2><p class="pre">{note}</p></section> });
    view! {
        <p><a class="back" data-back="" href="/companies/">"← Companies"</a></p>
        {head(page.name.clone(), under, edit)}
        {merged}
        {deleted}
        <div class="kpis">{figures.collect_view()}</div>
        {more}
        <div class="boards">
            <section class="card panel panel-wide" aria-labelledby="months"><h2 id="months">"Revenue, last 12 months"</h2>{chart("Revenue by month", &bars, ["connected revenue", "revenue"], |minor| sum(minor, currency))}</section>
            <section class="card panel" aria-labelledby="people"><h2 id="people">"People"</h2><table class="data-table"><thead><tr><th scope="col">"Owner"</th><th scope="col" class="num">"Revenue"</th></tr></thead><tbody>{people.collect_view()}</tbody></table></section>
        </div>
        {note}
        <section class="card panel" aria-labelledby="orders"><header class="panel-head"><h2 id="orders">"Newest orders"</h2><a href=page.all_href.clone()>"All orders"</a></header><ul class="order-links">{orders.collect_view()}</ul></section>
        {close(page)}
    }
    .into_any()
}

/// The forms that merge the company, and delete it when it is empty.
fn close(page: &CompanyPage) -> Option<AnyView> {
    if !page.may_edit || page.merged_into.is_some_and(|id| id != page.id) {
        return None;
    }
    let at = format!("/companies/{}", page.id);
    if page.deleted {
        return Some(button_form(format!("{at}/restore/"), "Restore", &[]));
    }
    let merge = (!page.others.is_empty()).then(|| {
        let form = Form::at(format!("{at}/merge/"));
        let label = match page.newest.is_empty() {
            true => "This company has no orders, so it is merged straight away",
            false => "The orders of this company move to the one you choose. You can check them first, and undo the merge later.",
        };
        let into = form.suggested("into", "Merge into", page.others.clone());
        view! { <p class="muted">{label}</p> {form.clone().drawn("", into, "Merge companies")} }
    });
    // A company that was empty when its page was rendered may have an order by now; the message says so.
    let delete = Form::at(format!("{at}/delete/"));
    let delete = match page.empty || delete.is_back() {
        true => delete.drawn("", (), "Delete this company"),
        false => {
            view! { <p class="muted">"A company can be deleted only when it has no orders, including orders in the trash"</p> }.into_any()
        }
    };
    Some(
        view! { <section class="card panel" aria-labelledby="close"><h2 id="close">"Merge or delete"</h2>{merge}{delete}</section> }
            .into_any(),
    )
}

/// The form of a company, new or existing.
pub async fn form(asked: &PageRequest, id: Option<i64>) -> PageView {
    asked.scope.require(Permission::Campaigns)?;
    let draft = match id {
        Some(id) => companies::draft(&asked.db, &asked.scope, id).await?,
        None => CompanyDraft::default(),
    };
    let (title, action, back) = match id {
        Some(id) => ("Edit company", format!("/companies/{id}/edit/"), format!("/companies/{id}/")),
        None => ("New company", "/companies/new/".to_owned(), "/companies/".to_owned()),
    };
    let form = Form::at(action);
    let fields = view! {
        {form.input("name", "Name", "text", &draft.name)}
        {form.select("business_type", "Business type", BusinessType::options(), Some("Not known"), &draft.business_type)}
        {form.input("employees", "Employees", "text", &draft.employees)}
        {form.input("monthly_spend", "Monthly spend", "decimal", &draft.monthly_spend)}
        {form.lines("note", "Note", &draft.note)}
    };
    let drawn = form.clone().drawn("card", fields, "Save");
    Ok((title.into(), view! { <p><a class="back" data-back="" href=back>"← Back"</a></p> {head(title, "", ())} {drawn} }.into_any()))
}
