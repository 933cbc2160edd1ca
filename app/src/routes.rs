//! The routes of the pages. Each page is a lazy route with its own WASM chunk.

use domain::orders::list::View;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy, LazyRoute, PartialPathMatch, PathSegment, PossibleRouteMatch,
    components::{Route, Router, Routes},
};

use crate::{
    activity::page::ActivityRoute,
    admin::page::AdminRoute,
    campaigns::page::CampaignsRoute,
    commission::page::CommissionRoute,
    companies::page::CompaniesRoute,
    dashboard::page::DashboardRoute,
    design::DesignRoute,
    help::page::HelpRoute,
    layout::Follow,
    orders::{
        board_page::BoardRoute, bulk_page::BulkActionRoute, duplicates_page::DuplicatesRoute, form_page::FormRoute, list_page::ListRoute,
        show_page::ShowRoute,
    },
    page_data::Changes,
    people::profile_page::ProfileRoute,
    reports::page::ReportRoute,
    ui::{Draw, Flash, PageTitle, Toast, error_page::not_found, skeleton, suspense, unmarked},
};

/// The segments of a path, ignoring empty ones.
pub fn parts_of(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// Whether a path is one of a page's: `Some` if it is, with the number or id in it, if it has one.
pub type Match = Option<Option<String>>;

/// The name of the parameter with the number or id in a path.
pub const ID: &str = "id";

/// All URLs of a page as one route, so that navigation between them keeps the page and changes its data.
#[derive(Clone, Copy)]
struct Addresses(fn(&[&str]) -> Match);

impl PossibleRouteMatch for Addresses {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let id = (self.0)(&parts_of(path))?;
        let params = id.map(|id| (ID.into(), id)).into_iter().collect();
        Some(PartialPathMatch::new("", params, path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.push(PathSegment::Splat("path".into()));
    }
}

/// The lists.
pub fn lists(parts: &[&str]) -> Match {
    View::from_path(&format!("/{}", parts.join("/"))).filter(|view| *view != View::Board).map(|_| None)
}

/// The board.
pub fn board(parts: &[&str]) -> Match {
    (parts == ["orders", "board"]).then_some(None)
}

/// A bulk action.
fn bulk(parts: &[&str]) -> Match {
    match parts {
        ["orders", "bulk", id] => Some(Some((*id).to_owned())),
        _ => None,
    }
}

/// The duplicates.
pub fn duplicates(parts: &[&str]) -> Match {
    (parts == ["duplicates"]).then_some(None)
}

/// The order form.
pub fn forms(parts: &[&str]) -> Match {
    match parts {
        ["orders", "new"] => Some(None),
        ["orders", number, "update"] => Some(Some((*number).to_owned())),
        _ => None,
    }
}

/// An order. Its plain forms post to their own URLs, which show the order too.
fn order(parts: &[&str]) -> Match {
    match parts {
        ["orders", number] | ["orders", number, "move" | "comment" | "follow-up"] | ["orders", number, "comment", "update"] => {
            Some(Some((*number).to_owned()))
        }
        _ => None,
    }
}

/// The dashboard.
pub fn dashboard(parts: &[&str]) -> Match {
    matches!(parts, [] | ["dashboard"]).then_some(None)
}

/// Campaigns.
pub fn campaigns(parts: &[&str]) -> Match {
    matches!(parts, ["campaigns", ..]).then_some(None)
}

/// Companies.
pub fn companies(parts: &[&str]) -> Match {
    matches!(parts, ["companies", ..]).then_some(None)
}

/// Reports.
pub fn reports(parts: &[&str]) -> Match {
    matches!(parts, ["reports", ..]).then_some(None)
}

/// The activity log.
pub fn activity(parts: &[&str]) -> Match {
    matches!(parts, ["activity"]).then_some(None)
}

/// Commission and targets.
pub fn commission(parts: &[&str]) -> Match {
    matches!(parts, ["commission" | "targets", ..]).then_some(None)
}

/// Administration pages, and pages of the user's own account.
pub fn administration(parts: &[&str]) -> Match {
    matches!(parts, ["permissions"] | ["admin", ..] | ["profile", "edit" | "password" | "confirm"]).then_some(None)
}

/// The user guide.
pub fn help(parts: &[&str]) -> Match {
    matches!(parts, ["help", ..]).then_some(None)
}

/// The examples of the components, in development builds.
fn examples(parts: &[&str]) -> Match {
    (cfg!(debug_assertions) && parts == ["design"]).then_some(None)
}

/// The profile page.
fn profile(parts: &[&str]) -> Match {
    (parts == ["profile"]).then_some(None)
}

/// The name of the lazy route of a path, as its packed pieces are named: `list` of [`ListRoute`].
#[cfg(feature = "ssr")]
pub fn name_of(path: &str) -> Option<&'static str> {
    type Matches = fn(&[&str]) -> Match;
    const NAMES: [(Matches, &str); 15] = [
        (lists, "list"),
        (board, "board"),
        (bulk, "bulk_action"),
        (duplicates, "duplicates"),
        (forms, "form"),
        (dashboard, "dashboard"),
        (campaigns, "campaigns"),
        (companies, "companies"),
        (reports, "report"),
        (activity, "activity"),
        (commission, "commission"),
        (administration, "admin"),
        (help, "help"),
        (profile, "profile"),
        (order, "show"),
    ];
    let parts = parts_of(path);
    NAMES.into_iter().find(|(matches, _)| matches(&parts).is_some()).map(|(_, name)| name)
}

/// The application after sign-in: the page inside the frame.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Changes::new());
    provide_context(Toast::new());
    let title = PageTitle::default();
    provide_context(title.clone());
    view! {
        <Title formatter=page_title text=move || title.0.get()/>
        <Router>
            <Follow/>
            <Flash/>
            <Routes fallback=nowhere>
                <Route path=Addresses(lists) view={Lazy::<ListRoute>::new()}/>
                <Route path=Addresses(board) view={Lazy::<BoardRoute>::new()}/>
                <Route path=Addresses(bulk) view={Lazy::<BulkActionRoute>::new()}/>
                <Route path=Addresses(duplicates) view={Lazy::<DuplicatesRoute>::new()}/>
                <Route path=Addresses(forms) view={Lazy::<FormRoute>::new()}/>
                <Route path=Addresses(dashboard) view={Lazy::<DashboardRoute>::new()}/>
                <Route path=Addresses(campaigns) view={Lazy::<CampaignsRoute>::new()}/>
                <Route path=Addresses(companies) view={Lazy::<CompaniesRoute>::new()}/>
                <Route path=Addresses(reports) view={Lazy::<ReportRoute>::new()}/>
                <Route path=Addresses(activity) view={Lazy::<ActivityRoute>::new()}/>
                <Route path=Addresses(commission) view={Lazy::<CommissionRoute>::new()}/>
                <Route path=Addresses(administration) view={Lazy::<AdminRoute>::new()}/>
                <Route path=Addresses(help) view={Lazy::<HelpRoute>::new()}/>
                <Route path=Addresses(examples) view={Lazy::<DesignRoute>::new()}/>
                <Route path=Addresses(profile) view={Lazy::<ProfileRoute>::new()}/>
                <Route path=Addresses(order) view={Lazy::<ShowRoute>::new()}/>
            </Routes>
        </Router>
    }
}

/// Preloads the chunks of all routes, one after the other.
pub async fn preload_routes() {
    ShowRoute::preload().await;
    ListRoute::preload().await;
    FormRoute::preload().await;
    DashboardRoute::preload().await;
    CampaignsRoute::preload().await;
    CompaniesRoute::preload().await;
    ReportRoute::preload().await;
    ActivityRoute::preload().await;
    CommissionRoute::preload().await;
    AdminRoute::preload().await;
    HelpRoute::preload().await;
    BoardRoute::preload().await;
    ProfileRoute::preload().await;
    BulkActionRoute::preload().await;
    DuplicatesRoute::preload().await;
}

/// The page for unknown URLs. It uses suspense like all pages, so that the code for it is in the main chunk.
fn nowhere() -> AnyView {
    suspense(skeleton, || Box::pin(async { Box::new(not_found) as Draw }))
}

/// The title of the document.
fn page_title(text: String) -> String {
    unmarked(if text.is_empty() { "Curlew".to_owned() } else { format!("{text} · Curlew") })
}
