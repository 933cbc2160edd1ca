//! Reads the user guide: the Markdown files of `docs/guide`, as HTML.

use domain::{Error, Result, admin::GuideChapter, orders::pages::Link};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

/// The chapters: name in the address (and of the file), and text. The first stands at `/help/` itself.
const CHAPTERS: [(&str, &str); 7] = [
    ("", include_str!("../../../docs/guide/README.md")),
    ("agents", include_str!("../../../docs/guide/agents.md")),
    ("managers", include_str!("../../../docs/guide/managers.md")),
    ("admins", include_str!("../../../docs/guide/admins.md")),
    ("offline", include_str!("../../../docs/guide/offline.md")),
    ("import", include_str!("../../../docs/guide/import.md")),
    ("shortcuts", include_str!("../../../docs/guide/shortcuts.md")),
];

/// The chapter that explains a page, by the parts of its path: address, and the words of the link.
fn chapter_of(parts: &[&str]) -> Option<(&'static str, &'static str)> {
    match parts.first() {
        Some(&"help") => None,
        Some(&("admin" | "permissions")) => Some(("/help/admins/", "Help for admins")),
        Some(&"profile") => Some(("/help/offline/", "Help for working offline")),
        _ => Some(("/help/managers/", "Help for this page")),
    }
}

/// The link to the chapter that explains a page, by the parts of its path.
pub fn link(parts: &[&str]) -> Option<Link> {
    chapter_of(parts).map(|(href, label)| Link::new(label, href, false))
}

/// Reads a chapter.
///
/// Errors: [`Error::NotFound`] for a name that no chapter has.
pub fn chapter(name: &str) -> Result<GuideChapter> {
    let (_, text) = CHAPTERS.into_iter().find(|(of, _)| *of == name).ok_or(Error::NotFound)?;
    let (title, html) = rendered(text);
    Ok(GuideChapter { title, has_back: !name.is_empty(), html })
}

/// The heading of a chapter as text, and the rest of it as HTML. Links between files become links between pages.
fn rendered(text: &str) -> (String, String) {
    let mut title = String::new();
    let mut in_title = false;
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Start(Tag::Heading { level: pulldown_cmark::HeadingLevel::H1, .. }) => {
            in_title = true;
            None
        }
        Event::End(TagEnd::Heading(pulldown_cmark::HeadingLevel::H1)) => {
            in_title = false;
            None
        }
        Event::Text(words) if in_title => {
            title.push_str(&words);
            None
        }
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            Some(Event::Start(Tag::Link { link_type, dest_url: address(dest_url), title, id }))
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            Some(Event::Start(Tag::Image { link_type, dest_url: format!("/help/{dest_url}").into(), title, id }))
        }
        other => Some(other),
    });
    let mut body = String::new();
    html::push_html(&mut body, events);
    (title, body)
}

/// `agents.md` is `/help/agents/`; any other address stays.
fn address(of: CowStr<'_>) -> CowStr<'_> {
    match of.strip_suffix(".md") {
        Some(name) => format!("/help/{name}/").into(),
        None => of,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chapter_has_a_heading_and_every_link_and_picture_leads_somewhere() {
        for (name, text) in CHAPTERS {
            let (title, body) = rendered(text);
            assert!(!title.is_empty(), "{name}");
            for (at, _) in body.match_indices("href=\"") {
                let link = body[at + 6..].split('"').next().unwrap_or_default();
                let chapter = link.trim_start_matches("/help/").trim_end_matches('/');
                assert!(CHAPTERS.iter().any(|(of, _)| *of == chapter), "{name} leads to {link}");
            }
            for (at, _) in body.match_indices("src=\"/help/") {
                let picture = body[at + 11..].split('"').next().unwrap_or_default();
                let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide").join(picture);
                assert!(file.exists(), "{name} shows {picture}");
            }
        }
    }
}
