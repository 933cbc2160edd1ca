//! A person as two letters; the name is there for who hovers or listens.

use super::el::{El, el};

/// Initials in a circle.
pub fn avatar(name: &str) -> El {
    el("span", "avatar").attr("role", "img").attr("aria-label", name).attr("title", name).text(domain::text::initials(name))
}
