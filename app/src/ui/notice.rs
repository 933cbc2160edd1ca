//! A notice: what a person should know before going on.

use leptos::prelude::*;

/// A notice. Assistive technology reads one with `attr:role="status"` out when it appears.
#[component]
pub fn Notice(children: Children) -> impl IntoView {
    view! { <div class="notice">{children()}</div> }
}
