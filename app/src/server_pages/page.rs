//! The route of all server pages.

use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_navigate, lazy_route};
use web_sys::Event;

use super::RenderedPage;
use crate::{
    forms,
    page_data::{self, PageData},
    ui::{el::El, is_hydrated, skeleton, titled},
};

/// The route of a server page.
#[derive(Debug)]
pub struct ServerPageRoute {
    page: PageData<RenderedPage>,
}

#[lazy_route]
impl LazyRoute for ServerPageRoute {
    fn data() -> Self {
        let mine = |path: &str| super::is_server_page(&super::parts_of(path));
        Self { page: page_data::server_page(page_data::address(mine)) }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(this.page, skeleton, drawn)
    }
}

fn drawn(page: RenderedPage) -> AnyView {
    let navigate = use_navigate();
    // A GET form navigates without a reload; a POST form is submitted natively.
    let sent = move |event: Event| {
        let asks = forms::form_of(&event).filter(|form| form.method() == "get" && is_hydrated());
        if let Some(form) = asks {
            event.prevent_default();
            navigate(&forms::address(&form), Default::default());
        }
    };
    titled(page.title, [El::drawn("server-page", page.html).on("submit", sent)])
}
