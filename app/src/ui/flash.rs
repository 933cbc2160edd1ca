//! Flash messages: one sentence about what was done.

use leptos::{prelude::*, task::spawn_local};

use super::{Button, PostForm, dom};

/// The kind of a message.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// About the current page.
    Here,
    /// About the next page.
    Next,
    /// A refusal.
    Refusal,
}

/// The sentence, the action of its undo form, and its kind.
type Shown = (String, Option<String>, Kind);

/// The current message. It disappears with its page.
#[derive(Clone, Copy)]
pub struct Toast(RwSignal<Option<Shown>>);

impl Toast {
    /// The message after a redirect: the server writes it to the body, where the browser reads it.
    pub fn new() -> Self {
        #[cfg(feature = "ssr")]
        let said = use_context::<crate::shell::FlashMessage>().and_then(|said| said.0);
        #[cfg(not(feature = "ssr"))]
        let said = super::of_body("data-said").map(|said| (said, super::of_body("data-undo")));
        Self(RwSignal::new(said.map(|(sentence, undo)| (sentence, undo, Kind::Here))))
    }

    /// Shows a message.
    pub fn show(self, sentence: impl Into<String>) {
        self.set((sentence.into(), None, Kind::Here));
    }

    /// Shows a refusal with its reason.
    pub fn refuse(self, sentence: impl Into<String>) {
        self.set((sentence.into(), None, Kind::Refusal));
    }

    /// Shows a message with an undo button: `undo` is the action of its form.
    pub fn show_with_undo(self, sentence: impl Into<String>, undo: String) {
        self.set((sentence.into(), Some(undo), Kind::Here));
    }

    /// Shows a message on the next page.
    pub fn show_on_next_page(self, sentence: String, undo: Option<String>) {
        self.0.set(Some((sentence, undo, Kind::Next)));
    }

    /// The message moves the page down, so it waits while the user presses or types.
    fn set(self, said: Shown) {
        if !dom::is_held() {
            return self.0.set(Some(said));
        }
        spawn_local(async move {
            dom::released().await;
            self.0.set(Some(said));
        });
    }

    /// Another page is shown: messages about the previous one disappear.
    pub fn on_page_change(self) {
        self.0.update(|said| match said {
            Some((.., kind @ Kind::Next)) => *kind = Kind::Here,
            _ => *said = None,
        });
    }

    /// Removes the message.
    pub fn clear(self) {
        self.0.set(None);
    }
}

impl Default for Toast {
    fn default() -> Self {
        Self::new()
    }
}

/// The message; the live region always exists, so that screen readers announce changes. Its button closes it.
#[component]
pub fn Flash() -> impl IntoView {
    let toast = expect_context::<Toast>();
    let message = move || {
        toast.0.get().map(|(sentence, undo, kind)| {
            let class = if kind == Kind::Refusal { "flash flash-refusal" } else { "flash" };
            let undo = undo.map(|action| {
                view! { <PostForm class="flash-undo" action=action><Button>"Undo"</Button></PostForm> }
            });
            view! {
                <div class=class>
                    <span>{sentence}</span>
                    {undo}
                    <button type="button" class="flash-close" aria-label="Close" on:click=move |_| toast.clear()>"×"</button>
                </div>
            }
        })
    };
    view! { <div class="flash-place" role="status" aria-live="polite">{message}</div> }
}
