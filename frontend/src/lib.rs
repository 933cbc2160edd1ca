//! The entry point in the browser: takes over the page that the server rendered.

#![recursion_limit = "512"]

/// Called by the script that the server puts into each page.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(app::App);
}
