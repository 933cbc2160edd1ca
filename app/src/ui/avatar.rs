//! An avatar: the initials of a person, with the name as tooltip and for screen readers.

use super::el::{El, el};

/// Initials in a circle.
pub fn avatar(name: &str) -> El {
    el("span", "avatar").attr("role", "img").attr("aria-label", name).attr("title", name).text(domain::text::initials(name))
}
