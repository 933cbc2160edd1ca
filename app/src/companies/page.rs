//! The pages of companies.

use domain::{
    companies::{CompaniesPage, CompanyEnding, CompanyListView, CompanyView},
    orders::pages::Link,
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    orders::StatusBadge,
    page_data, routes,
    ui::{
        BackLink, ButtonForm, ButtonKind, Chart, DataTable, EmptyState, Erase, FormCard, FormPage, Head, HelpLink, Kpi, KpiRow, LinkButton,
        Notice, Page, PageHead, Panel, QueryBar, TwoColumns, skeleton,
    },
};

/// The route of companies.
#[derive(Debug)]
pub struct CompaniesRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for CompaniesRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::companies) }
    }

    fn view(this: Self) -> AnyView {
        let selected_bar = RwSignal::new(None);
        let address = this.address;
        page_data::page_by_key(
            page_data::by_address(address, api::companies),
            skeleton,
            move |_| page_data::path_of(address),
            move |page| match page {
                CompaniesPage::List(list) => view! { <CompanyList list=*list/> }.erase(),
                CompaniesPage::Company(company) => view! { <Company company=*company selected_bar=selected_bar/> }.erase(),
                CompaniesPage::Form(form) => view! { <FormPage page=*form/> }.erase(),
            },
        )
    }
}

/// The list of companies.
#[component]
fn CompanyList(list: CompanyListView) -> impl IntoView {
    let CompanyListView { query, companies, next, may_create, help } = list;
    let table = if companies.is_empty() {
        view! { <EmptyState text="No companies found"/> }.erase()
    } else {
        let companies = companies
            .into_iter()
            .map(|Link { label, href, .. }| view! { <li><a data-row="" href=href>{label}</a></li> })
            .collect::<Vec<_>>();
        view! { <ul class="card company-names">{companies}</ul> }.erase()
    };
    view! {
        <Page title="Companies">
            <div class="page-body">
                <PageHead title="Companies">
                    {may_create.then(|| view! { <LinkButton kind=ButtonKind::Primary href="/companies/new/">"New company"</LinkButton> })}
                </PageHead>
                <QueryBar form=query class="query-form"/>
                {table}
                {next.map(|href| view! { <p class="pager"><a class="pager-step" href=href rel="next">"Next →"</a></p> })}
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// A company with its figures.
#[component]
fn Company(company: CompanyView, selected_bar: RwSignal<Option<String>>) -> impl IntoView {
    let it = company;
    let merged = it.merged_into.map(|href| view! { <Notice><a href=href>"This company was merged into another company"</a></Notice> });
    let deleted = it.is_deleted.then(|| view! { <Notice>"This company was deleted and is no longer offered"</Notice> });
    let figures =
        it.figures.into_iter().map(|(label, figure)| view! { <Kpi label=label value=figure.label href=figure.href/> }).collect::<Vec<_>>();
    let people = it
        .people
        .into_iter()
        .map(|(name, revenue)| view! { <tr><th scope="row">{name}</th><td class="numeric">{revenue}</td></tr> })
        .collect::<Vec<_>>();
    let orders = it
        .newest
        .into_iter()
        .map(|row| {
            view! {
                <li class="attention-row">
                    <StatusBadge status=row.status/>
                    <a data-row="" href=format!("/orders/{}/", row.number)>{row.customer}</a>
                    <small>{row.at.short}</small>
                    <b>{row.box_value}</b>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let all_orders = view! { <a href=it.all_href>"All orders"</a> }.erase();
    view! {
        <Page title=it.title.clone()>
            <div class="page-body">
                <BackLink link=Link::new("Companies", "/companies/", false)/>
                <PageHead title=it.title subtitle=it.subtitle>
                    {it.edit.map(|href| view! { <LinkButton attr:data-key="e" href=href>"Edit"</LinkButton> })}
                </PageHead>
                {merged}
                {deleted}
                <KpiRow>{figures}</KpiRow>
                {it.has_more.then(|| view! { <p class="muted">"Based on the newest 10,000 orders"</p> })}
                <TwoColumns>
                    <Panel title="Revenue, last 12 months" id="months"><Chart chart=it.chart selected=selected_bar/></Panel>
                    <Panel title="People" id="people">
                        <DataTable heads=[Head::text("Owner"), Head::number("Revenue")]><tbody>{people}</tbody></DataTable>
                    </Panel>
                </TwoColumns>
                {it.note.map(|note| view! { <Panel title="Note"><p class="company-note">{note}</p></Panel> })}
                <Panel title="Newest orders" id="orders" beside=all_orders><ul class="company-orders">{orders}</ul></Panel>
                {it.ending.map(|ending| view! { <Ending ending=ending/> })}
                <HelpLink link=it.help/>
            </div>
        </Page>
    }
}

/// The forms that merge the company, and delete it when it is empty.
#[component]
fn Ending(ending: CompanyEnding) -> impl IntoView {
    match ending {
        CompanyEnding::Restore(action) => view! { <ButtonForm action=action label="Restore"/> }.erase(),
        CompanyEnding::MergeOrDelete { merge, delete } => {
            let merge = merge.map(|merge| {
                let (text, form) = *merge;
                view! { <p class="muted">{text}</p><FormCard form=form class="page-form"/> }
            });
            let delete = match delete {
                Some(form) => view! { <FormCard form=*form class="page-form"/> }.erase(),
                None => view! { <p class="muted">"A company can be deleted only when it has no orders, including orders in the trash"</p> }
                    .erase(),
            };
            view! { <Panel title="Merge or delete" id="close">{merge}{delete}</Panel> }.erase()
        }
    }
}
