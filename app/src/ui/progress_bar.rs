//! A bar that shows a share of a target.

use domain::dashboard::view::Progress;
use leptos::prelude::*;

/// The share as a bar; its label is for screen readers.
#[component]
pub fn ProgressBar(progress: Progress) -> impl IntoView {
    view! {
        <svg class="progress-bar" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=progress.label>
            <rect class="progress-bar-ground" width="1000" height="10" rx="5"></rect>
            <rect class="progress-bar-part" width=progress.permille.to_string() height="10" rx="5"></rect>
        </svg>
    }
}
