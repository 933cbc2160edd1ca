//! Server pages: pages that only the server renders and that the browser inserts into the frame, with plain forms.
//! Together they need one small WASM chunk, work the same without JavaScript, and are kept on a device like other
//! responses. Pages for daily work (lists, order, form) are rendered on both sides instead.

pub mod api;
pub mod page;

#[cfg(feature = "ssr")]
mod draw;
#[cfg(feature = "ssr")]
pub mod parts;

use serde::{Deserialize, Serialize};

/// A page rendered by the server.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenderedPage {
    pub title: String,
    pub html: String,
}

/// The segments of a path, ignoring empty ones.
pub fn parts_of(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// Whether a path is a server page.
pub fn is_server_page(parts: &[&str]) -> bool {
    matches!(
        parts,
        [] | ["dashboard" | "reports" | "campaigns" | "companies" | "activity" | "commission" | "targets" | "permissions"]
            | ["reports" | "campaigns" | "companies" | "commission" | "targets" | "admin" | "help", ..]
            | ["profile", "edit" | "password" | "confirm"]
    )
}
