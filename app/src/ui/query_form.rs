//! A form that sets the query of a page. It works without JavaScript; with it the page stays.

use domain::dashboard::view::QueryForm;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use web_sys::SubmitEvent;

use super::{Button, ClearChip, ControlFields, Disclosure, Erase, HiddenFields, is_hydrated};
use crate::forms;

/// Navigates to the address of a GET form instead of sending it.
pub fn navigate_by_form() -> impl Fn(SubmitEvent) + Clone + 'static {
    let navigate = use_navigate();
    move |event| {
        if let Some(form) = forms::form_of(&event).filter(|form| form.method() == "get" && is_hydrated()) {
            event.prevent_default();
            navigate(&forms::address_on_page(&form), Default::default());
        }
    }
}

/// The fields behind a chip, and a link that clears them.
#[component]
pub fn QueryFilters(form: QueryForm, #[prop(optional)] ignored: Vec<String>) -> impl IntoView {
    let QueryForm { label, action, controls, hidden_fields, clear } = form;
    view! {
        <div class="toolbar">
            <Disclosure label=label open=clear.is_some()>
                <form class="query-form card" method="get" action=action on:submit=navigate_by_form()>
                    <HiddenFields fields=hidden_fields/>
                    <ControlFields controls=controls form="ask" ignored=ignored/>
                    <Button>"Apply"</Button>
                </form>
            </Disclosure>
            {clear.map(|href| view! { <ClearChip href=href/> })}
        </div>
    }
}

/// The fields in a card of their own.
#[component]
pub fn QueryBar(
    form: QueryForm,
    #[prop(optional)] ignored: Vec<String>,
    #[prop(default = "query-form card")] class: &'static str,
) -> impl IntoView {
    let QueryForm { action, controls, hidden_fields, .. } = form;
    view! {
        <form class=class method="get" action=action on:submit=navigate_by_form()>
            <HiddenFields fields=hidden_fields/>
            <ControlFields controls=controls form="ask" ignored=ignored/>
            <Button>"Apply"</Button>
        </form>
    }
    .erase()
}
