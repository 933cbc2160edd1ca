//! The one route of all told pages.

use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_navigate, lazy_route};
use web_sys::Event;

use super::Told;
use crate::{
    forms,
    reader::{self, Reading},
    ui::{el::El, is_taken_over, skeleton, titled},
};

/// The route of a told page.
#[derive(Debug)]
pub struct ToldRoute {
    page: Reading<Told>,
}

#[lazy_route]
impl LazyRoute for ToldRoute {
    fn data() -> Self {
        let mine = |path: &str| super::is_told(&super::parts_of(path));
        Self { page: reader::told(reader::address(mine)) }
    }

    fn view(this: Self) -> AnyView {
        reader::page(this.page, skeleton, drawn)
    }
}

fn drawn(told: Told) -> AnyView {
    let navigate = use_navigate();
    // A form that asks leads on without loading the page anew; one that changes something posts as it stands.
    let sent = move |event: Event| {
        let asks = forms::form_of(&event).filter(|form| form.method() == "get" && is_taken_over());
        if let Some(form) = asks {
            event.prevent_default();
            navigate(&forms::address(&form), Default::default());
        }
    };
    titled(told.title, [El::drawn("told", told.html).on("submit", sent)])
}
