//! Key figures.

use leptos::prelude::*;

use super::Content;

/// A row of key figures.
#[component]
pub fn KpiRow(children: Content) -> impl IntoView {
    view! { <div class="kpi-row">{children.draw()}</div> }
}

/// A figure that leads to what it consists of; below it, how it compares.
#[component]
pub fn Kpi(
    #[prop(into)] label: String,
    #[prop(into)] value: String,
    #[prop(into)] href: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <a class="card kpi" href=href>
            <span class="kpi-label">{label}</span>
            <strong class="kpi-value">{value}</strong>
            {children.map(|children| children())}
        </a>
    }
}
