//! One sentence that says what was done, politely.

use leptos::prelude::*;

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
#[component]
pub fn Flash() -> impl IntoView {
    let toast = expect_context::<Toast>();
    view! {
        <div class="flash-place" role="status" aria-live="polite">
            {move || toast.0.get().map(|sentence| view! {
                <div class="flash">
                    <span>{sentence}</span>
                    <button type="button" class="flash-close" aria-label="Close" on:click=move |_| toast.clear()>"×"</button>
                </div>
            })}
        </div>
    }
}
