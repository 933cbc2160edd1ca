//! The pages of campaigns.

use domain::{
    campaigns::view::{CampaignListRow, CampaignListView, CampaignView, CampaignsPage, PersonShare},
    orders::pages::Link,
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    page_data, routes,
    ui::{
        BackLink, Badge, ButtonKind, Chart, DataTable, EmptyState, Erase, FormPage, Head, HelpLink, Kpi, KpiRow, LinkButton, Page,
        PageHead, Panel, ProgressBar, chart_legend, skeleton,
    },
};

/// The route of campaigns.
#[derive(Debug)]
pub struct CampaignsRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for CampaignsRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::campaigns) }
    }

    fn view(this: Self) -> AnyView {
        let selected_bar = RwSignal::new(None);
        let address = this.address;
        page_data::page_by_key(
            page_data::by_address(address, api::campaigns),
            skeleton,
            move |_| page_data::path_of(address),
            move |page| match page {
                CampaignsPage::List(list) => view! { <CampaignList list=list/> }.erase(),
                CampaignsPage::Campaign(campaign) => view! { <Campaign campaign=*campaign selected_bar=selected_bar/> }.erase(),
                CampaignsPage::Form(form) => view! { <FormPage page=*form/> }.erase(),
            },
        )
    }
}

/// The list of campaigns.
#[component]
fn CampaignList(list: CampaignListView) -> impl IntoView {
    let CampaignListView { rows, may_create, help } = list;
    let table = if rows.is_empty() {
        let action = may_create.then(|| Link::new("New campaign", "/campaigns/new/", false));
        view! { <EmptyState text="No campaigns yet. A campaign groups orders and measures them against a target." action=action/> }.erase()
    } else {
        let rows = rows.into_iter().map(|row| view! { <CampaignListEntry row=row/> }).collect::<Vec<_>>();
        view! {
            <DataTable heads=[
                Head::text("Campaign"),
                Head::number("Orders"),
                Head::number("Revenue"),
                Head::number("Connected revenue"),
                Head::number("Target"),
                Head::text("Progress"),
            ]>
                <tbody>{rows}</tbody>
            </DataTable>
        }
        .erase()
    };
    view! {
        <Page title="Campaigns">
            <div class="page-body">
                <PageHead title="Campaigns" subtitle="Revenue since each campaign started">
                    {may_create.then(|| view! { <LinkButton kind=ButtonKind::Primary href="/campaigns/new/">"New campaign"</LinkButton> })}
                </PageHead>
                {table}
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// A campaign in the list.
#[component]
fn CampaignListEntry(row: CampaignListRow) -> impl IntoView {
    let inactive = (!row.is_active).then(|| view! { <Badge text="inactive"/> });
    let progress = row.progress.map(
        |(percent, progress)| view! { <span class="progress-bar-reached"><ProgressBar progress=progress/><span>{percent}</span></span> },
    );
    view! {
        <tr>
            <th scope="row">
                <a class="data-table-name" data-row="" href=row.campaign.href>{row.campaign.label}</a>
                " "
                {inactive}
                <small>{row.days}</small>
            </th>
            <td class="numeric"><a href=row.orders.href>{row.orders.label}</a></td>
            <td class="numeric">{row.revenue}</td>
            <td class="numeric"><a href=row.connected.href>{row.connected.label}</a></td>
            <td class="numeric">{row.target}</td>
            <td>{progress}</td>
        </tr>
    }
}

/// A campaign with its figures.
#[component]
fn Campaign(campaign: CampaignView, selected_bar: RwSignal<Option<String>>) -> impl IntoView {
    let CampaignView { title, subtitle, edit, figures, target, days, chart, people, help } = campaign;
    let figures =
        figures.into_iter().map(|(label, figure)| view! { <Kpi label=label value=figure.label href=figure.href/> }).collect::<Vec<_>>();
    let target = target.map(|(progress, text)| view! { <Panel title="Target"><ProgressBar progress=progress/><p>{text}</p></Panel> });
    let people = people
        .into_iter()
        .map(|PersonShare { person, orders, revenue, connected }| {
            view! {
                <tr>
                    <th scope="row"><a href=person.href>{person.label}</a></th>
                    <td class="numeric">{orders}</td>
                    <td class="numeric">{revenue}</td>
                    <td class="numeric">{connected}</td>
                </tr>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <Page title=title.clone()>
            <div class="page-body">
                <BackLink link=Link::new("Campaigns", "/campaigns/", false)/>
                <PageHead title=title subtitle=subtitle>
                    {edit.map(|href| view! { <LinkButton attr:data-key="e" href=href>"Edit"</LinkButton> })}
                </PageHead>
                <KpiRow>{figures}</KpiRow>
                {target}
                <Panel title="Revenue by day" id="by-day" beside=chart_legend()>
                    <p class="muted">{days}</p>
                    <Chart chart=chart selected=selected_bar/>
                </Panel>
                <Panel title="People" id="people">
                    <DataTable heads=[
                        Head::text("Owner"),
                        Head::number("Orders"),
                        Head::number("Revenue"),
                        Head::number("Connected revenue"),
                    ]>
                        <tbody>{people}</tbody>
                    </DataTable>
                </Panel>
                <HelpLink link=help/>
            </div>
        </Page>
    }
}
