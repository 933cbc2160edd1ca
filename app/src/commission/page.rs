//! The pages of commission and targets.

use domain::{
    commission::{CommissionPage, CommissionView, MonthLinks, StatementLine, StatementView, TargetGroup, TargetRow, TargetsView},
    orders::pages::Link,
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    page_data, routes,
    ui::{
        BackLink, DataTable, Disclosure, EmptyState, Erase, FormCard, Head, HelpLink, LinkButton, Page, PageHead, Panel, ProgressBar,
        Segments, skeleton,
    },
};

/// The route of commission and targets.
#[derive(Debug)]
pub struct CommissionRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for CommissionRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::commission) }
    }

    fn view(this: Self) -> AnyView {
        let address = this.address;
        // With another person or team the rows of the targets are others.
        let key = move |page: &CommissionPage| match page {
            CommissionPage::Targets(targets) => {
                let names = targets.groups.iter().flat_map(|group| &group.rows).map(|row| format!("\n{}", row.name));
                std::iter::once(address.get_untracked()).chain(names).collect()
            }
            _ => address.get_untracked(),
        };
        page_data::page_by_key(page_data::by_address(address, api::commission), skeleton, key, move |page| match page {
            CommissionPage::Summary(summary) => view! { <Summary summary=summary/> }.erase(),
            CommissionPage::Statement(statement) => view! { <Statement statement=statement/> }.erase(),
            CommissionPage::Targets(targets) => view! { <Targets targets=targets/> }.erase(),
        })
    }
}

/// Links to the month before and the month after.
#[component]
fn MonthNavigation(months: MonthLinks) -> impl IntoView {
    let MonthLinks { previous, current, next } = months;
    let current = Link { on: true, ..current };
    view! { <Segments label="Month" links=vec![previous, current, next]/> }
}

/// The totals of a month.
#[component]
fn Summary(summary: CommissionView) -> impl IntoView {
    let CommissionView { title, subtitle, months, targets, rows, total, close, help } = summary;
    let month = months.current.label.clone();
    let close = close.map(|form| {
        let is_open = form.is_back;
        view! { <Disclosure label=format!("Close {month}") open=is_open><FormCard form=form/></Disclosure> }
    });
    let table = if rows.is_empty() {
        let text = "No commission this month. The rate comes from the order's campaign, from the person, or from the role (in Settings).";
        view! { <EmptyState text=text/> }.erase()
    } else {
        let rows = rows
            .into_iter()
            .map(|(person, entries, amount)| {
                view! {
                    <tr>
                        <th scope="row"><a data-row="" href=person.href>{person.label}</a></th>
                        <td class="numeric">{entries}</td>
                        <td class="numeric">{amount}</td>
                    </tr>
                }
            })
            .collect::<Vec<_>>();
        view! {
            <DataTable heads=[Head::text("Person"), Head::number("Entries"), Head::number("Commission")]>
                <tbody>{rows}</tbody>
                <tfoot><tr><th scope="row">"Total"</th><td></td><td class="numeric">{total}</td></tr></tfoot>
            </DataTable>
        }
        .erase()
    };
    view! {
        <Page title=title>
            <div class="page-body">
                <PageHead title="Commission" subtitle=subtitle><LinkButton href=targets>"Targets"</LinkButton></PageHead>
                <MonthNavigation months=months/>
                {table}
                {close}
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// The statement of a person and month.
#[component]
fn Statement(statement: StatementView) -> impl IntoView {
    let StatementView { title, heading, subtitle, back, months, csv, lines, total, help } = statement;
    let table = if lines.is_empty() {
        view! { <EmptyState text="No commission lines this month"/> }.erase()
    } else {
        let lines = lines
            .into_iter()
            .map(|StatementLine { day, order, customer, reason, value, rate, amount }| {
                view! {
                    <tr>
                        <td>{day}</td>
                        <th scope="row"><a data-row="" href=order.href>{order.label}</a></th>
                        <td>{customer}</td>
                        <td>{reason}</td>
                        <td class="numeric">{value}</td>
                        <td class="numeric">{rate}</td>
                        <td class="numeric">{amount}</td>
                    </tr>
                }
            })
            .collect::<Vec<_>>();
        view! {
            <DataTable heads=[
                Head::text("Date"),
                Head::text("Order"),
                Head::text("Customer"),
                Head::text("Reason"),
                Head::number("Box value"),
                Head::number("Rate"),
                Head::number("Commission"),
            ]>
                <tbody>{lines}</tbody>
                <tfoot><tr><th scope="row" colspan="6">"Total"</th><td class="numeric">{total}</td></tr></tfoot>
            </DataTable>
        }
        .erase()
    };
    view! {
        <Page title=title>
            <div class="page-body">
                <BackLink link=back/>
                <PageHead title=heading subtitle=subtitle>
                    <LinkButton href=csv attr:rel="external" attr:download="">"CSV"</LinkButton>
                </PageHead>
                <MonthNavigation months=months/>
                {table}
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// The targets of a month with their progress.
#[component]
fn Targets(targets: TargetsView) -> impl IntoView {
    let TargetsView { title, subtitle, months, groups, help } = targets;
    let groups = groups.into_iter().map(|group| view! { <Group group=group/> }).collect::<Vec<_>>();
    view! {
        <Page title=title>
            <div class="page-body">
                <PageHead title="Targets" subtitle=subtitle/>
                <MonthNavigation months=months/>
                {groups}
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// The targets of people, or of teams.
#[component]
fn Group(group: TargetGroup) -> impl IntoView {
    let rows = group
        .rows
        .into_iter()
        .map(|TargetRow { name, reached, progress, text, form, target }| {
            let target = match form {
                Some(form) => view! { <FormCard form=form class="page-form row-form"/> }.erase(),
                None => target.erase(),
            };
            let progress = progress.map(|progress| view! { <ProgressBar progress=progress/> });
            view! {
                <tr>
                    <th scope="row">{name}</th>
                    <td class="numeric">{reached}</td>
                    <td class="progress-bar-cell">{progress}<small>{text}</small></td>
                    <td>{target}</td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <Panel title=group.title>
            <DataTable heads=[
                Head::text(group.of),
                Head::number("To date"),
                Head::text("Progress"),
                Head::text("Target"),
            ]>
                <tbody>{rows}</tbody>
            </DataTable>
        </Panel>
    }
}
