//! Modal dialogs.

use leptos::prelude::*;
use web_sys::HtmlDialogElement;

use super::{Content, dom};

/// A dialog with a heading; its body covers it, so that a press on the dialog itself is one beside it.
/// [`open_dialog`] opens it. The browser closes it with Esc, and `on:close` is called.
#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(into)] title: String,
    /// A further class.
    #[prop(optional)]
    class: &'static str,
    children: Content,
) -> impl IntoView {
    let title_id = format!("{id}-title");
    let class = if class.is_empty() { "dialog".to_owned() } else { format!("dialog {class}") };
    let heading = view! { <h2 id=title_id.clone()>{title}</h2> };
    view! {
        <dialog class=class id=id aria-labelledby=title_id>
            <div class="dialog-body">{heading}{children.draw()}</div>
        </dialog>
    }
}

/// Opens a dialog by its selector, once it is drawn.
pub fn open_dialog(selector: &'static str) {
    request_animation_frame(move || {
        if let Some(dialog) = dom::find::<HtmlDialogElement>(selector).filter(|it| !it.open()) {
            let _ = dialog.show_modal();
        }
    });
}

/// Closes a dialog by its selector.
pub fn close_dialog(selector: &str) {
    if let Some(dialog) = dom::find::<HtmlDialogElement>(selector) {
        dialog.close();
    }
}
