//! Buttons, and links that look like them.

use leptos::prelude::*;

/// How much a button stands out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// One of several.
    #[default]
    Quiet,
    /// What the page, the card or the dialog is for; at most one in each.
    Primary,
}

impl ButtonKind {
    fn class(self, more: &str) -> String {
        let kind = match self {
            Self::Quiet => "button button-quiet",
            Self::Primary => "button button-primary",
        };
        if more.is_empty() { kind.to_owned() } else { format!("{kind} {more}") }
    }
}

/// A button.
#[component]
pub fn Button(
    #[prop(optional)] kind: ButtonKind,
    /// Whether it sends the form that it stands in.
    #[prop(default = true)]
    submits: bool,
    /// A further class.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! { <button class=kind.class(class) type=(!submits).then_some("button")>{children()}</button> }
}

/// A link that looks like a button.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] kind: ButtonKind,
    /// A further class.
    #[prop(optional)]
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! { <a class=kind.class(class) href=href>{children()}</a> }
}
