//! A bar that shows a share of a target.

use domain::dashboard::view::Progress;
use leptos::prelude::*;

/// The width and the height of the drawing.
const SIZE: (u16, u16) = (1000, 10);

/// The share as a bar; its label is for screen readers. No element has literal attributes alone: the browser would draw it within a `<g>`
/// (tachys 0.2.19, `create_svg_element_from_html`).
#[component]
pub fn ProgressBar(progress: Progress) -> impl IntoView {
    view! {
        <svg class="progress-bar" viewBox=format!("0 0 {} {}", SIZE.0, SIZE.1) preserveAspectRatio="none" role="img" aria-label=progress.label>
            <rect class="progress-bar-ground" width=SIZE.0.to_string() height=SIZE.1.to_string() rx="5"></rect>
            <rect class="progress-bar-part" width=progress.permille.to_string() height=SIZE.1.to_string() rx="5"></rect>
        </svg>
    }
}
