//! The page of the activity log: filters, newest entries first, and a link to older ones.

use domain::{activity::ActivityView, dashboard::view::ActivityRow, orders::pages::Link};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    dashboard::page::ActivityList,
    page_data, routes,
    ui::{EmptyState, Erase, HelpLink, IgnoredValues, Page, PageHead, Panel, QueryBar, Rows, skeleton},
};

/// The route of the activity log.
#[derive(Debug)]
pub struct ActivityRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for ActivityRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::activity) }
    }

    fn view(this: Self) -> AnyView {
        let entries = Rows::default();
        page_data::page(page_data::by_address(this.address, api::activity), skeleton, move |activity| {
            view! { <Activity activity=activity entries=entries/> }.erase()
        })
    }
}

/// The page; `entries` are made once beside the route.
#[component]
fn Activity(activity: ActivityView, entries: Rows<ActivityRow>) -> impl IntoView {
    let ActivityView { ignored, query, days, older, help } = activity;
    let counts: Vec<(String, usize)> = days.iter().map(|(day, of_day)| (day.clone(), of_day.len())).collect();
    let rows = days.into_iter().flat_map(|(_, of_day)| of_day).map(|entry| (entry.id.to_string(), entry));
    let mut rows = entries.update(rows).into_iter();
    let days = counts
        .into_iter()
        .map(|(day, count)| {
            let of_day = rows.by_ref().take(count).collect::<Vec<_>>();
            view! { <Panel title=day><ActivityList entries=of_day is_by_day=true/></Panel> }
        })
        .collect::<Vec<_>>();
    let listed = if days.is_empty() {
        let action = Some(Link::new("All activity", "/activity/", false));
        view! { <EmptyState text="No activity matches these filters" action=action/> }.erase()
    } else {
        days.erase()
    };
    view! {
        <Page title="Activity">
            <div class="page-body">
                <PageHead title="Activity" subtitle="Everything the team has done, newest first"/>
                <IgnoredValues sentences=ignored.clone()/>
                <QueryBar form=query ignored=ignored/>
                {listed}
                {older.map(|href| view! { <p class="pager"><a class="pager-step" href=href rel="next">"Older →"</a></p> })}
                <HelpLink link=help/>
            </div>
        </Page>
    }
}
