//! The administration pages, and the pages of the user's own account.

use domain::{
    admin::{AdminPage, ChoiceList, PeopleView, PermissionsView, PersonRow, PersonView, RulesView, SettingsView, StatusRule, TeamsView},
    forms::FormView,
    orders::pages::Link,
};
use leptos::{prelude::*, tachys::view::keyed::keyed};
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    orders::StatusBadge,
    page_data, routes,
    ui::{
        Avatar, BackLink, Badge, Button, ButtonForm, ButtonKind, DataTable, EmptyState, Erase, Field, FormCard, FormPage, Head, HelpLink,
        LinkButton, Notice, Page, PageHead, Panel, PostForm, QueryBar, SecretLink, skeleton,
    },
};

/// The route of administration pages.
#[derive(Debug)]
pub struct AdminRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for AdminRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::administration) }
    }

    fn view(this: Self) -> AnyView {
        let address = this.address;
        // With another team the forms of the teams are others.
        let key = move |page: &AdminPage| match page {
            AdminPage::Teams(teams) => {
                let actions = teams.teams.iter().map(|(form, _)| format!("\n{}", form.action));
                std::iter::once(page_data::path_of(address)).chain(actions).collect()
            }
            _ => page_data::path_of(address),
        };
        page_data::page_by_key(page_data::by_address(address, api::admin), skeleton, key, |page| match page {
            AdminPage::People(people) => view! { <People people=people/> }.erase(),
            AdminPage::Person(person) => view! { <Person person=*person/> }.erase(),
            AdminPage::Teams(teams) => view! { <Teams teams=teams/> }.erase(),
            AdminPage::Settings(settings) => view! { <Settings settings=*settings/> }.erase(),
            AdminPage::Rules(rules) => view! { <StatusRules rules=rules/> }.erase(),
            AdminPage::Permissions(permissions) => view! { <Permissions permissions=permissions/> }.erase(),
            AdminPage::Form(form) => view! { <FormPage page=*form/> }.erase(),
        })
    }
}

/// The list of people.
#[component]
fn People(people: PeopleView) -> impl IntoView {
    let PeopleView { query, rows, help } = people;
    let table = if rows.is_empty() {
        let action = Some(Link::new("Show everyone", "/admin/users/", false));
        view! { <EmptyState text="No people found" action=action/> }.erase()
    } else {
        let rows = rows.into_iter().map(|row| view! { <PersonEntry row=row/> }).collect::<Vec<_>>();
        view! {
            <DataTable heads=[
                Head::text("Person"),
                Head::text("Role"),
                Head::text("Team"),
                Head::text("E-mail"),
                Head::text("Last seen"),
            ]>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .erase()
    };
    view! {
        <Page title="People">
            <div class="page-body">
                <PageHead title="People">
                    <LinkButton href="/admin/teams/">"Teams"</LinkButton>
                    <LinkButton kind=ButtonKind::Primary href="/admin/users/new/">"Invite a person"</LinkButton>
                </PageHead>
                <p class="muted"><a href="/permissions/">"What each role can do"</a></p>
                <QueryBar form=query class="query-form"/>
                {table}
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// A person in the list.
#[component]
fn PersonEntry(row: PersonRow) -> impl IntoView {
    let PersonRow { person, username, state, role, team, email, seen } = row;
    let state = (!state.is_empty()).then(|| view! { <Badge text=state/> });
    view! {
        <tr>
            <th scope="row">
                <span class="person">
                    <Avatar name=person.label.clone()/>
                    <span><a data-row="" href=person.href>{person.label}</a>" "{state}<small>{username}</small></span>
                </span>
            </th>
            <td>{role}</td>
            <td>{team}</td>
            <td>{email}</td>
            <td>{seen.map(|seen| view! { <span title=seen.full>{seen.short}</span> })}</td>
        </tr>
    }
}

/// The page of a person.
#[component]
fn Person(person: PersonView) -> impl IntoView {
    let PersonView { title, subtitle, secret_link, form, reset, sign_out, reactivate, deactivate, delete, help } = person;
    view! {
        <Page title=title.clone()>
            <div class="page-body">
                <BackLink link=Link::new("People", "/admin/users/", false)/>
                <PageHead title=title subtitle=subtitle/>
                <SecretLink link=secret_link/>
                <FormCard form=form/>
                <Panel title="Access">
                    <div class="button-row">
                        <ButtonForm action=reset label="Create password reset link"/>
                        <ButtonForm action=sign_out label="Sign out everywhere"/>
                        {reactivate.map(|action| view! { <ButtonForm action=action label="Reactivate"/> })}
                    </div>
                </Panel>
                <Panel title="Deactivate or delete">
                    {deactivate.map(|form| view! { <FormCard form=form class="page-form"/> })}
                    <p class="form-actions"><LinkButton href=delete>"Delete this account"</LinkButton></p>
                </Panel>
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// The page of teams.
#[component]
fn Teams(teams: TeamsView) -> impl IntoView {
    let TeamsView { teams, add, help } = teams;
    let teams = teams
        .into_iter()
        .map(|(form, people)| view! { <li><FormCard form=form class="page-form row-form"/><small>{people}</small></li> })
        .collect::<Vec<_>>();
    view! {
        <Page title="Teams">
            <div class="page-body">
                <BackLink link=Link::new("People", "/admin/users/", false)/>
                <PageHead title="Teams" subtitle="Orders keep their team when people change teams"/>
                <ul class="card row-list">{teams}</ul>
                <FormCard form=add/>
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// The page of settings.
#[component]
fn Settings(settings: SettingsView) -> impl IntoView {
    let SettingsView { form, lists, help } = settings;
    let lists = lists.into_iter().map(|list| view! { <Choices list=list/> }).collect::<Vec<_>>();
    view! {
        <Page title="Settings">
            <div class="page-body">
                <PageHead title="Settings" subtitle="Changes apply to everyone within two seconds"/>
                <FormCard form=form/>
                <p><LinkButton href="/admin/settings/rules/">"Status rules"</LinkButton></p>
                <p class="muted">
                    "These lists set the choices on an order. If you remove a choice that is in use, it is retired: orders keep it, but it's no longer offered."
                </p>
                <div class="settings-lists">{lists}</div>
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// The choices of a field.
#[component]
fn Choices(list: ChoiceList) -> impl IntoView {
    let ChoiceList { title, kind, choices, add } = list;
    // By what they show: a button that has the focus never becomes another choice's.
    let choices = keyed(
        choices,
        |choice| format!("{} {} {}", choice.id, choice.name, choice.is_retired),
        move |_, choice| {
            let (action, label, hidden) = if choice.is_retired {
                let hidden = vec![("kind".to_owned(), kind.clone()), ("name".to_owned(), choice.name.clone())];
                ("/admin/settings/choices/", "Restore", hidden)
            } else {
                ("/admin/settings/choices/remove/", "Remove", vec![("id".to_owned(), choice.id)])
            };
            let retired = choice.is_retired.then(|| view! { <Badge text="retired"/> });
            let entry =
                view! { <li><span>{choice.name}" "{retired}</span><ButtonForm action=action label=label hidden_fields=hidden/></li> };
            (|_| (), entry)
        },
    );
    view! {
        <Panel title=title><ul class="row-list">{choices}</ul><FormCard form=add class="page-form row-form"/></Panel>
    }
}

/// The page of the status rules.
#[component]
fn StatusRules(rules: RulesView) -> impl IntoView {
    let RulesView { form, rules, help } = rules;
    let FormView { action, notice, sentence, button, .. } = form;
    let rules = rules
        .into_iter()
        .map(|StatusRule { status, fields, note }| {
            let fields = fields.into_iter().map(|field| view! { <Field field=field/> }).collect::<Vec<_>>();
            view! {
                <section class="card panel settings-rule">
                    <h2><StatusBadge status=status/></h2>
                    {fields}
                    {(!note.is_empty()).then(|| view! { <p class="muted">{note}</p> })}
                </section>
            }
        })
        .collect::<Vec<_>>();
    let subtitle = "Changing an order to or from Connected requires permission, and no order can go back to New";
    view! {
        <Page title="Status rules">
            <div class="page-body">
                <PageHead title="Status rules" subtitle=subtitle/>
                <PostForm class="page-form settings-rules" action=action>
                    {(!notice.is_empty()).then(|| view! { <Notice attr:role="status">{notice}</Notice> })}
                    <p class="form-message" role="alert">{sentence}</p>
                    <div class="field-grid">{rules}</div>
                    <p class="form-actions"><Button kind=ButtonKind::Primary>{button}</Button></p>
                </PostForm>
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// The page that shows which role may do what.
#[component]
fn Permissions(permissions: PermissionsView) -> impl IntoView {
    let PermissionsView { roles, rows, help } = permissions;
    let heads: Vec<Head> = std::iter::once("Permission".to_owned()).chain(roles).map(Head::text).collect();
    let rows = rows
        .into_iter()
        .map(|(permission, cells)| {
            let cells = cells.into_iter().map(|may| view! { <td>{if may { "yes" } else { "–" }}</td> }).collect::<Vec<_>>();
            view! { <tr><th scope="row">{permission}</th>{cells}</tr> }
        })
        .collect::<Vec<_>>();
    view! {
        <Page title="What each role can do">
            <div class="page-body">
                <PageHead title="What each role can do" subtitle="People see only the pages and buttons that their role allows"/>
                <DataTable class="settings-permissions" heads=heads>
                    <tbody>{rows}</tbody>
                </DataTable>
                <HelpLink link=help/>
            </div>
        </Page>
    }
}
