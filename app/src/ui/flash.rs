//! One sentence that says what was done, politely.

use leptos::prelude::*;

use super::el::{button, el, form, live, none};

/// The sentence that is on screen, for whoever wants to say one.
#[derive(Clone, Copy)]
pub struct Toast(RwSignal<Option<(String, Option<String>)>>);

impl Toast {
    /// What a redirect left to be said: the server writes it on the body, where the browser reads it again.
    pub fn new() -> Self {
        #[cfg(feature = "ssr")]
        let said = use_context::<crate::shell::Said>().and_then(|said| said.0);
        #[cfg(not(feature = "ssr"))]
        let said = super::of_body("data-said").map(|said| (said, super::of_body("data-undo")));
        Self(RwSignal::new(said))
    }

    /// Says it.
    pub fn say(self, sentence: impl Into<String>) {
        self.0.set(Some((sentence.into(), None)));
    }

    /// Says it and offers to take it back: `undo` is the address of a plain form that does.
    pub fn say_with_undo(self, sentence: impl Into<String>, undo: String) {
        self.0.set(Some((sentence.into(), Some(undo))));
    }

    /// Takes it away.
    pub fn clear(self) {
        self.0.set(None);
    }
}

impl Default for Toast {
    fn default() -> Self {
        Self::new()
    }
}

/// Shows the sentence; the place is always there, so that screen readers hear it change. A click takes it away.
pub fn flash() -> AnyView {
    let toast = expect_context::<Toast>();
    let shown = live(move || match toast.0.get() {
        Some((sentence, undo)) => el("div", "flash")
            .with(el("span", "").text(sentence))
            .all(undo.map(|address| form("flash-undo", address).with(button("btn btn-quiet", "Undo"))))
            .with(
                el("button", "flash-close")
                    .attr("type", "button")
                    .attr("aria-label", "Close")
                    .on("click", move |_| toast.clear())
                    .text("×"),
            )
            .view(),
        None => none(),
    });
    el("div", "flash-place").attr("role", "status").attr("aria-live", "polite").any(shown).view()
}
