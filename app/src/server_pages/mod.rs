//! Pages that tell, and post plain forms: drawn by the server alone, from the same components, and put into the frame as they come.
//! They cost the browser one small piece of WASM together, work the same without a script, and are kept on a device like any other
//! answer of the reader. What a person works in (lists, an order, its form) is drawn on both sides instead.

pub mod api;
pub mod page;

#[cfg(feature = "ssr")]
mod draw;
#[cfg(feature = "ssr")]
pub mod parts;

use serde::{Deserialize, Serialize};

/// A page as the server drew it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RenderedPage {
    pub title: String,
    pub html: String,
}

/// The parts of an address's path; slashes at its ends, and two together, make none.
pub fn parts_of(path: &str) -> Vec<&str> {
    path.split('/').filter(|part| !part.is_empty()).collect()
}

/// Whether an address is one of these pages.
pub fn is_server_page(parts: &[&str]) -> bool {
    matches!(
        parts,
        [] | ["dashboard" | "reports" | "campaigns" | "companies" | "activity" | "commission" | "targets" | "rights"]
            | ["reports" | "campaigns" | "companies" | "commission" | "targets" | "admin", ..]
            | ["profile", "edit" | "password" | "confirm"]
    )
}
