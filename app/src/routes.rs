//! The routes of the pages. Each page is a lazy route with its own WASM chunk.

use domain::orders::list::View;
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    Lazy, LazyRoute, PartialPathMatch, PathSegment, PossibleRouteMatch,
    components::{Route, Router, Routes},
};

use crate::{
    layout::Follow,
    orders::{
        board_page::BoardRoute, bulk_page::BulkActionRoute, duplicates_page::DuplicatesRoute, form_page::FormRoute, list_page::ListRoute,
        show_page::ShowRoute,
    },
    page_data::Changes,
    people::profile_page::ProfileRoute,
    server_pages::{is_server_page, page::ServerPageRoute},
    ui::{Toast, el::suspense, error_page::not_found, flash, skeleton, unmarked},
};

/// All URLs of a page as one route, so that navigation between them keeps the page and changes its data. Returns the
/// order number, if the URL has one.
#[derive(Clone, Copy)]
struct Addresses(fn(&[&str]) -> Option<Option<String>>);

impl PossibleRouteMatch for Addresses {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        let number = (self.0)(&crate::server_pages::parts_of(path))?;
        let params = number.map(|number| ("number".into(), number)).into_iter().collect();
        Some(PartialPathMatch::new("", params, path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.push(PathSegment::Splat("path".into()));
    }
}

/// The lists.
fn lists(parts: &[&str]) -> Option<Option<String>> {
    View::from_path(&format!("/{}", parts.join("/"))).filter(|view| *view != View::Board).map(|_| None)
}

/// The board.
fn board(parts: &[&str]) -> Option<Option<String>> {
    (parts == ["orders", "board"]).then_some(None)
}

/// A bulk action.
fn bulk(parts: &[&str]) -> Option<Option<String>> {
    match parts {
        ["orders", "bulk", id] => Some(Some((*id).to_owned())),
        _ => None,
    }
}

/// The duplicates.
fn duplicates(parts: &[&str]) -> Option<Option<String>> {
    (parts == ["duplicates"]).then_some(None)
}

/// The order form.
fn forms(parts: &[&str]) -> Option<Option<String>> {
    match parts {
        ["orders", "new"] => Some(None),
        ["orders", number, "update"] => Some(Some((*number).to_owned())),
        _ => None,
    }
}

/// An order. Its plain forms post to their own URLs, which show the order too.
fn order(parts: &[&str]) -> Option<Option<String>> {
    match parts {
        ["orders", number] | ["orders", number, "move" | "comment" | "follow-up"] | ["orders", number, "comment", "update"] => {
            Some(Some((*number).to_owned()))
        }
        _ => None,
    }
}

/// Server pages.
fn server_pages(parts: &[&str]) -> Option<Option<String>> {
    is_server_page(parts).then_some(None)
}

/// The profile page.
fn profile(parts: &[&str]) -> Option<Option<String>> {
    (parts == ["profile"]).then_some(None)
}

/// The application after sign-in: the page inside the frame.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Changes::new());
    provide_context(Toast::new());
    view! {
        <Title formatter=page_title text=""/>
        <Router>
            <Follow/>
            {flash()}
            <Routes fallback=nowhere>
                <Route path=Addresses(lists) view={Lazy::<ListRoute>::new()}/>
                <Route path=Addresses(board) view={Lazy::<BoardRoute>::new()}/>
                <Route path=Addresses(bulk) view={Lazy::<BulkActionRoute>::new()}/>
                <Route path=Addresses(duplicates) view={Lazy::<DuplicatesRoute>::new()}/>
                <Route path=Addresses(forms) view={Lazy::<FormRoute>::new()}/>
                <Route path=Addresses(server_pages) view={Lazy::<ServerPageRoute>::new()}/>
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
    ServerPageRoute::preload().await;
    BoardRoute::preload().await;
    ProfileRoute::preload().await;
    BulkActionRoute::preload().await;
    DuplicatesRoute::preload().await;
}

/// The page for unknown URLs. It uses suspense like all pages, so that the code for it is in the main chunk.
fn nowhere() -> AnyView {
    suspense(skeleton, || Box::pin(async { not_found() }))
}

/// The title of the document.
fn page_title(text: String) -> String {
    unmarked(if text.is_empty() { "Curlew".to_owned() } else { format!("{text} · Curlew") })
}
