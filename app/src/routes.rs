//! Which page answers which address. Each page is a route of its own and comes with its own piece of WASM.

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
    ui::{Toast, el::suspense, error_page::missing, flash, skeleton, unmarked},
};

/// A page's addresses as one route, so that going from one to the next keeps the page and changes what is in it. Answers the
/// order's number where the address has one.
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

/// An act on many orders.
fn bulk(parts: &[&str]) -> Option<Option<String>> {
    match parts {
        ["orders", "bulk", id] => Some(Some((*id).to_owned())),
        _ => None,
    }
}

/// Orders that look like the same customer.
fn duplicates(parts: &[&str]) -> Option<Option<String>> {
    (parts == ["duplicates"]).then_some(None)
}

/// A new order, or a stored one.
fn forms(parts: &[&str]) -> Option<Option<String>> {
    match parts {
        ["orders", "new"] => Some(None),
        ["orders", number, "update"] => Some(Some((*number).to_owned())),
        _ => None,
    }
}

/// An order. Its plain forms post to addresses of their own, which show it too.
fn order(parts: &[&str]) -> Option<Option<String>> {
    match parts {
        ["orders", number] | ["orders", number, "move" | "comment" | "follow-up"] | ["orders", number, "comment", "update"] => {
            Some(Some((*number).to_owned()))
        }
        _ => None,
    }
}

/// Pages that tell.
fn server_pages(parts: &[&str]) -> Option<Option<String>> {
    is_server_page(parts).then_some(None)
}

/// The own page of whoever asks.
fn profile(parts: &[&str]) -> Option<Option<String>> {
    (parts == ["profile"]).then_some(None)
}

/// The application behind sign-in: the page in the middle of the frame.
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

/// Brings what each route is drawn with, one after the other, as if it were opened.
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

/// An address that nothing answers. It is waited for like any page: what every page needs of waiting comes with the main part, once.
fn nowhere() -> AnyView {
    suspense(skeleton, || Box::pin(async { missing() }))
}

/// The title of the document.
fn page_title(text: String) -> String {
    unmarked(if text.is_empty() { "Curlew".to_owned() } else { format!("{text} · Curlew") })
}
