//! One sentence that says what was done, politely.

use leptos::prelude::*;

use super::el::{el, live, none};

/// The sentence that is on screen, for whoever wants to say one.
#[derive(Clone, Copy)]
pub struct Toast(RwSignal<Option<String>>);

impl Toast {
    /// What a redirect left to be said: the server writes it on the body, where the browser reads it again.
    pub fn new() -> Self {
        #[cfg(feature = "ssr")]
        let said = use_context::<crate::shell::Said>().and_then(|said| said.0);
        #[cfg(not(feature = "ssr"))]
        let said = document().body().and_then(|body| body.get_attribute("data-said"));
        Self(RwSignal::new(said))
    }

    /// Says it.
    pub fn say(self, sentence: impl Into<String>) {
        self.0.set(Some(sentence.into()));
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
        Some(sentence) => el("div", "flash")
            .with(el("span", "").text(sentence))
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
