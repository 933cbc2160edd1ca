//! The entry point in the browser: takes over the page that the server rendered.

#![recursion_limit = "512"]

/// Called once the page is there and nothing else goes on: brings the pages that were not opened yet, so that each opens at once, signal or
/// not.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn preload_routes() {
    leptos::task::spawn_local(async {
        app::routes::preload_routes().await;
        app::ui::mark_preloaded();
    });
}

/// Called by the script that the server puts into each page: takes over the page inside its frame.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    let Some(page) = leptos::prelude::document().get_element_by_id("page") else { return };
    // A second executor is no harm: there is one already then.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    // The shell that a device opens when the server cannot be reached holds nothing yet.
    if app::ui::of_body("data-offline-shell").is_some() {
        leptos::mount::mount_to(wasm_bindgen::JsCast::unchecked_into(page), app::App).forget();
        return app::ui::mark_hydrated();
    }
    leptos::task::spawn_local(async move {
        leptos::mount::hydrate_from_async(wasm_bindgen::JsCast::unchecked_into(page), app::App).await.forget();
        app::ui::mark_hydrated();
    });
}
