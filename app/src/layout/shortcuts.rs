//! The keyboard: N new, J and K along a list, E edit, Esc back, ? this list. And the theme, without a reload.

use leptos::{
    ev::{self, KeyboardEvent, SubmitEvent},
    prelude::*,
};
use leptos_router::hooks::use_navigate;
use wasm_bindgen::JsCast;
use web_sys::{HtmlDialogElement, HtmlElement};

const KEYS: [(&str, &str); 6] =
    [("N", "New order"), ("J", "Next row of a list"), ("K", "Row before"), ("E", "Edit the order"), ("Esc", "Back"), ("?", "This list")];

fn find(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

fn typing() -> bool {
    document().active_element().is_some_and(|it| matches!(it.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT"))
}

/// Moves the focus along the rows of a list.
fn along(step: i32) {
    let Ok(rows) = document().query_selector_all("[data-row]") else { return };
    let count = i32::try_from(rows.length()).unwrap_or(0);
    let focused = document().active_element();
    let at = (0..count).find(|i| rows.get(i.unsigned_abs()).as_ref() == focused.as_deref());
    let next = at.map_or(0, |at| (at + step).clamp(0, count - 1));
    if let Some(row) = rows.get(next.unsigned_abs()).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        let _ = row.focus();
    }
}

/// Listens while the frame is there.
pub fn listen() {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let navigate = navigate.clone();
        let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
                return;
            }
            let press = |selector: &str| find(selector).map(|it| it.click()).is_some();
            let done = match event.key().as_str() {
                "Escape" if typing() => {
                    document().active_element().and_then(|it| it.dyn_into::<HtmlElement>().ok()).map(|it| it.blur()).is_some()
                }
                "Escape" if find("dialog[open]").is_none() => press("[data-back]"),
                _ if typing() => false,
                "n" => {
                    navigate("/orders/new/", Default::default());
                    true
                }
                "j" => {
                    along(1);
                    true
                }
                "k" => {
                    along(-1);
                    true
                }
                "e" => press("[data-edit]"),
                "?" => find("#keys").and_then(|it| it.dyn_into::<HtmlDialogElement>().ok()).is_some_and(|it| it.show_modal().is_ok()),
                _ => false,
            };
            if done {
                event.prevent_default();
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Sets the theme at once and remembers it in a cookie that the server reads before the first paint.
pub fn set_theme(event: SubmitEvent) {
    let Some(form) = crate::forms::form_of(&event) else { return };
    event.prevent_default();
    let pairs = crate::forms::pairs(&form, Some(&event));
    let theme = crate::forms::value(&pairs, "theme");
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme);
    }
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(&format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}

/// The list of shortcuts.
#[component]
pub fn Help() -> impl IntoView {
    view! {
        <dialog id="keys" class="dialog" aria-labelledby="keys-title">
            <h2 id="keys-title">"Shortcuts"</h2>
            <dl class="keys">
                {KEYS.map(|(key, does)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div> }).collect_view()}
            </dl>
            <form method="dialog"><button class="btn btn-quiet">"Close"</button></form>
        </dialog>
    }
}
