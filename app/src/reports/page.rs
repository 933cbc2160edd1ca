//! The report page: the query form and the table.

use domain::{
    orders::pages::Link,
    reports::view::{ReportRow, ReportView, Saving},
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    page_data, routes,
    ui::{
        DataTable, EmptyState, Erase, Head, HelpLink, IgnoredValues, LinkButton, Page, PageHead, ProgressBar, QueryBar, RemoveView,
        SaveView, skeleton,
    },
};

/// The route of reports.
#[derive(Debug)]
pub struct ReportRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for ReportRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::reports) }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(page_data::by_address(this.address, api::report), skeleton, |report| view! { <Report report=report/> }.erase())
    }
}

/// The page.
#[component]
fn Report(report: ReportView) -> impl IntoView {
    let ReportView { title, subtitle, csv, ignored, query, saving, heads: [row_head, value_head], rows, total: [value, orders], help } =
        report;
    let table = if rows.is_empty() {
        view! { <EmptyState text="No data for this period"/> }.erase()
    } else {
        let rows = rows.into_iter().map(|row| view! { <Row row=row/> }).collect::<Vec<_>>();
        view! {
            <DataTable heads=[
                Head::text(row_head),
                Head::hidden("Chart"),
                Head::number(value_head),
                Head::number("Orders"),
            ]>
                <tbody>{rows}</tbody>
                <tfoot><tr><th scope="row">"Total"</th><td></td><td class="numeric">{value}</td><td class="numeric">{orders}</td></tr></tfoot>
            </DataTable>
        }
        .erase()
    };
    view! {
        <Page title=title.clone()>
            <div class="page-body">
                <PageHead title=title subtitle=subtitle>
                    {csv.map(|href| view! { <LinkButton href=href attr:rel="external" attr:download="">"CSV"</LinkButton> })}
                </PageHead>
                <IgnoredValues sentences=ignored.clone()/>
                <QueryBar form=query ignored=ignored/>
                <div class="toolbar"><SavedReport saving=saving/></div>
                {table}
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// A row with its bar.
#[component]
fn Row(row: ReportRow) -> impl IntoView {
    let Link { label, href, .. } = row.label;
    let label = if href.is_empty() { label.erase() } else { view! { <a data-row="" href=href>{label}</a> }.erase() };
    view! {
        <tr>
            <th scope="row">{label}</th>
            <td class="progress-bar-cell"><ProgressBar progress=row.bar/></td>
            <td class="numeric">{row.value}</td>
            <td class="numeric">{row.orders}</td>
        </tr>
    }
}

/// Plain forms that save the report as a view, or remove the view.
#[component]
fn SavedReport(saving: Saving) -> impl IntoView {
    match saving {
        Saving::Saved(id) => view! { <RemoveView id=id/> }.erase(),
        Saving::Shared => ().erase(),
        Saving::Unsaved { address, has_team } => view! { <SaveView label="Save report" address=address has_team=has_team/> }.erase(),
    }
}
