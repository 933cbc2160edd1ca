//! Which page answers which address. Each page is a route of its own and comes with its own piece of WASM.

use domain::orders::list::View;
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{
    Lazy, PartialPathMatch, PathSegment, PossibleRouteMatch,
    components::{ParentRoute, Route, Router, Routes},
    path,
};

use crate::{
    layout::Frame,
    orders::{
        form_page::{EditRoute, NewRoute},
        list_page::ListRoute,
        show_page::ShowRoute,
    },
    reader::Changes,
    ui::{Toast, error_page::Missing},
};

/// The addresses of all six lists as one route, so that going from one to the next keeps the page and changes its rows.
#[derive(Clone, Copy, Debug)]
struct ListPath;

impl PossibleRouteMatch for ListPath {
    fn optional(&self) -> bool {
        false
    }

    fn test<'a>(&self, path: &'a str) -> Option<PartialPathMatch<'a>> {
        View::from_path(path).map(|_| PartialPathMatch::new("", Vec::new(), path))
    }

    fn generate_path(&self, path: &mut Vec<PathSegment>) {
        path.push(PathSegment::Static("orders".into()));
    }
}

/// The application behind sign-in.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Changes::new());
    provide_context(Toast::new());
    view! {
        <Router>
            <Routes fallback=|| view! { <Missing/> }.into_any()>
                <ParentRoute path=path!("") view=Frame>
                    <Route path=ListPath view={Lazy::<ListRoute>::new()}/>
                    <Route path=path!("/orders/new") view={Lazy::<NewRoute>::new()}/>
                    <Route path=path!("/orders/:number") view={Lazy::<ShowRoute>::new()}/>
                    <Route path=path!("/orders/:number/move") view={Lazy::<ShowRoute>::new()}/>
                    <Route path=path!("/orders/:number/comment") view={Lazy::<ShowRoute>::new()}/>
                    <Route path=path!("/orders/:number/comment/update") view={Lazy::<ShowRoute>::new()}/>
                    <Route path=path!("/orders/:number/update") view={Lazy::<EditRoute>::new()}/>
                    <Route path=path!("/*any") view=Missing/>
                </ParentRoute>
            </Routes>
        </Router>
    }
}
