//! Icons of one open set (Lucide), drawn inline; only those in use are in the binary.

pub use icondata_core::Icon as Drawing;
pub use icondata_lu as set;
use leptos::prelude::*;

/// A decorative icon, hidden from screen readers.
#[component]
pub fn Icon(of: Drawing) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" width="18" height="18" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" inner_html=of.data></svg>
    }
}
