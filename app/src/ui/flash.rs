//! One sentence that says what was done, politely.

use leptos::{prelude::*, task::spawn_local};

use super::{
    dom,
    el::{button, el, form, live, none},
};

/// What a sentence is.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Of the page that is on screen.
    Here,
    /// Of the page that comes next.
    Next,
    /// Something was not done.
    Refusal,
}

/// A sentence, the address of a plain form that takes back what it speaks of, and what it is.
type FlashMessage = (String, Option<String>, Kind);

/// The sentence that is on screen, for whoever wants to say one. It goes with the page that it is about.
#[derive(Clone, Copy)]
pub struct Toast(RwSignal<Option<FlashMessage>>);

impl Toast {
    /// What a redirect left to be said: the server writes it on the body, where the browser reads it again.
    pub fn new() -> Self {
        #[cfg(feature = "ssr")]
        let said = use_context::<crate::shell::FlashMessage>().and_then(|said| said.0);
        #[cfg(not(feature = "ssr"))]
        let said = super::of_body("data-said").map(|said| (said, super::of_body("data-undo")));
        Self(RwSignal::new(said.map(|(sentence, undo)| (sentence, undo, Kind::Here))))
    }

    /// Says it.
    pub fn show(self, sentence: impl Into<String>) {
        self.set((sentence.into(), None, Kind::Here));
    }

    /// Says that something was not done, and why.
    pub fn refuse(self, sentence: impl Into<String>) {
        self.set((sentence.into(), None, Kind::Refusal));
    }

    /// Says it and offers to take it back: `undo` is the address of a plain form that does.
    pub fn show_with_undo(self, sentence: impl Into<String>, undo: String) {
        self.set((sentence.into(), Some(undo), Kind::Here));
    }

    /// Says it of the page that comes next.
    pub fn show_on_next_page(self, sentence: String, undo: Option<String>) {
        self.0.set(Some((sentence, undo, Kind::Next)));
    }

    /// The sentence makes room for itself above the page: not while something of the page is held.
    fn set(self, said: FlashMessage) {
        if !dom::is_held() {
            return self.0.set(Some(said));
        }
        spawn_local(async move {
            dom::released().await;
            let _ = self.0.try_set(Some(said));
        });
    }

    /// Another page comes on screen: what was said of the one before goes.
    pub fn turn(self) {
        self.0.update(|said| match said {
            Some((.., kind @ Kind::Next)) => *kind = Kind::Here,
            _ => *said = None,
        });
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
        Some((sentence, undo, kind)) => el("div", if kind == Kind::Refusal { "flash flash-refusal" } else { "flash" })
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
