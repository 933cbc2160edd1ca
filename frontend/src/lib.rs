//! The entry point in the browser: hydrates the page that the server rendered.

#![recursion_limit = "512"]

/// Called when the page is idle: preloads the other pages, so that each opens instantly, online or
/// offline.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn preload_routes() {
    // After a panic each page comes from the server.
    if leptos::prelude::document().document_element().is_some_and(|it| it.has_attribute("data-panicked")) {
        return;
    }
    leptos::task::spawn_local(async {
        app::routes::preload_routes().await;
        app::ui::mark_preloaded();
    });
}

/// Called by the script in each page: hydrates the page inside its frame.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    let Some(page) = leptos::prelude::document().get_element_by_id("page") else { return };
    // The error of a second initialisation is ignored.
    let _ = any_spawner::Executor::init_wasm_bindgen();
    // The offline shell has no content to hydrate.
    if app::ui::of_body("data-offline-shell").is_some() {
        leptos::mount::mount_to(wasm_bindgen::JsCast::unchecked_into(page), app::App).forget();
        return app::ui::mark_hydrated();
    }
    leptos::task::spawn_local(async move {
        leptos::mount::hydrate_from_async(wasm_bindgen::JsCast::unchecked_into(page), app::App).await.forget();
        app::ui::mark_hydrated();
    });
}
