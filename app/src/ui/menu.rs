//! A menu behind a button. It works without JavaScript; `frontend/js/live.js` closes it with Esc and a press beside it.

use leptos::prelude::*;

use super::Content;

/// A menu. `button` is what it opens from.
#[component]
pub fn Menu(button: AnyView, children: Content) -> impl IntoView {
    view! { <details class="menu"><summary>{button}</summary><div class="menu-sheet">{children.draw()}</div></details> }
}
