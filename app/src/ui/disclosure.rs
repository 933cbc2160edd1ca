//! A disclosure: a button that shows and hides a part of the page. It works without JavaScript.

use leptos::prelude::*;

use super::Content;

/// A disclosure with the look of a chip.
#[component]
pub fn Disclosure(
    /// The text of the button.
    #[prop(into)]
    label: String,
    /// A further class.
    #[prop(optional)]
    class: &'static str,
    /// Whether it is open at first.
    #[prop(optional)]
    open: bool,
    /// The key that opens it.
    #[prop(optional)]
    key: Option<&'static str>,
    children: Content,
) -> impl IntoView {
    let class = if class.is_empty() { "disclosure".to_owned() } else { format!("disclosure {class}") };
    view! {
        <details class=class open=open>
            <summary class="chip" data-key=key>{label}</summary>
            {children.draw()}
        </details>
    }
}
