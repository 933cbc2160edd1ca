//! The parts around the content of a page: the heading, the way back, and the way to the user guide.

use domain::orders::pages::Link;
use leptos::prelude::*;

/// The heading with a subtitle and the actions of the page.
#[component]
pub fn PageHead(
    #[prop(into)] title: String,
    /// May be empty.
    #[prop(into, optional)]
    subtitle: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let subtitle = (!subtitle.is_empty()).then(|| view! { <p class="muted">{subtitle}</p> });
    view! {
        <header class="page-head">
            <div><h1 tabindex="-1">{title}</h1>{subtitle}</div>
            {children.map(|children| view! { <div class="page-head-actions">{children()}</div> })}
        </header>
    }
}

/// The way back to the page above.
#[component]
pub fn BackLink(link: Link) -> impl IntoView {
    view! { <p><a class="link-back" data-back="" href=link.href>{format!("← {}", link.label)}</a></p> }
}

/// The chapter of the user guide that explains the page.
#[component]
pub fn HelpLink(link: Option<Link>) -> impl IntoView {
    link.map(|Link { label, href, .. }| view! { <p class="page-head-help"><a href=href>{label}</a></p> })
}

/// The sentences about ignored parts of the URL.
#[component]
pub fn IgnoredValues(sentences: Vec<String>) -> impl IntoView {
    let lines = sentences.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect::<Vec<_>>();
    (!lines.is_empty()).then(|| view! { <div class="notice notice-ignored" role="status">{lines}</div> })
}
