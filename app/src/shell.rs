//! The HTML document around a page, with the names of the site's files. Leptos's hydration component reads the disk on each
//! render; this one gets the names from the server.

use std::{collections::HashMap, sync::Arc};

use axum::http::{HeaderName, HeaderValue};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::MetaTags;

use domain::{role::Role, users::Frame};

use crate::{App, layout::frame::framed};

/// The names of the site's files, with their hashes. Without JavaScript the pages are plain HTML, and work.
#[derive(Clone, Debug, Default)]
pub struct Assets {
    pub css: Option<String>,
    pub font: Option<String>,
    pub js: Option<String>,
    pub wasm: Option<String>,
    /// The script loaded after the page: live updates, offline copies, outbox.
    pub live: Option<String>,
    /// The URL of the packed WASM pieces of each lazy route, by its name: `list` of `ListRoute` ([`crate::routes::name_of`]).
    pub pieces: Arc<HashMap<String, String>>,
}

/// The theme: light, dark, or the system's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
    #[default]
    System,
}

impl Theme {
    /// All themes.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::System];

    /// Parses a cookie or form value; anything unknown is the system's theme.
    pub fn of(text: &str) -> Self {
        match text {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }

    /// The value for the cookie and the document.
    pub fn code(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::System => "system",
        }
    }

    /// The name for users.
    pub fn label(self) -> &'static str {
        match self {
            Self::Light => "Light",
            Self::Dark => "Dark",
            Self::System => "System",
        }
    }

    /// The colours of the browser's own bars, each with the media query that it is for: `--paper` of `style/tokens.css`.
    fn bar_colors(self) -> Vec<(&'static str, Option<&'static str>)> {
        let (light, dark) = ("#f7f6f1", "#131514");
        match self {
            Self::Light => vec![(light, None)],
            Self::Dark => vec![(dark, None)],
            Self::System => vec![(light, Some("(prefers-color-scheme: light)")), (dark, Some("(prefers-color-scheme: dark)"))],
        }
    }
}

/// The Content-Security-Policy of every page.
pub fn policy(nonce: &str) -> String {
    policy_of(&format!("'nonce-{nonce}' 'strict-dynamic'"), &format!("'nonce-{nonce}'"))
}

/// The policy of the offline shell: a cached document cannot have a nonce. Its script is allowed by its hash, and loads this
/// site's scripts.
pub fn kept_policy(hash: &str) -> String {
    policy_of(&format!("'self' 'sha256-{hash}'"), "")
}

fn policy_of(scripts: &str, styles: &str) -> String {
    format!(
        "default-src 'none'; script-src {scripts} 'wasm-unsafe-eval'; style-src 'self' {styles}; \
         img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
         base-uri 'none'; object-src 'none'; frame-ancestors 'none'"
    )
}

const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='%230b6a63' stroke-width='2' stroke-linecap='round'%3E%3Cpath d='M16 7h.01M3.4 18H12a8 8 0 0 0 8-8V7a4 4 0 0 0-7.28-2.3L2 20M20 7l2 .5-2 .5M10 18v3M14 17.75V21M7 18a6 6 0 0 0 3.84-10.61'/%3E%3C/svg%3E";

/// The common elements of `<head>`.
pub fn head(assets: &Assets, theme: Theme) -> impl IntoView + use<> {
    let bar_colors = theme
        .bar_colors()
        .into_iter()
        .map(|(color, media)| view! { <meta {..leptos::attr::media(media)} name="theme-color" content=color/> });
    view! {
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
        <meta name="color-scheme" content="light dark"/>
        {bar_colors.collect_view()}
        <link rel="icon" href=ICON/>
        <link rel="apple-touch-icon" href="/icons/180.png"/>
        <link rel="manifest" href="/manifest.webmanifest"/>
        {assets.font.clone().map(|font| view! { <link rel="preload" href=font r#as="font" r#type="font/woff2" crossorigin="anonymous"/> })}
        {assets.css.clone().map(|css| view! { <link rel="stylesheet" href=css/> })}
    }
}

/// A flash message after a redirect, and the action of its undo form.
#[derive(Clone, Debug, Default)]
pub struct FlashMessage(pub Option<(String, Option<String>)>);

/// The document of an application page. `posted_page` is the address of a page that answers a form: what it shows was never read by `GET`.
pub fn shell(
    assets: Assets,
    theme: Theme,
    said: FlashMessage,
    frame: &Frame,
    path: &str,
    posted_page: Option<String>,
    searched: String,
) -> impl IntoView + use<> {
    provide_context(said.clone());
    let (sentence, undo) = said.0.map_or((None, None), |(sentence, undo)| (Some(sentence), undo));
    let nonce = use_nonce();
    if let (Some(nonce), Some(response)) = (&nonce, use_context::<ResponseOptions>())
        && let Ok(value) = HeaderValue::from_str(&policy(nonce))
    {
        response.insert_header(HeaderName::from_static("content-security-policy"), value);
    }
    let pieces = crate::routes::name_of(path).and_then(|name| assets.pieces.get(name)).cloned();
    let hydration = assets.js.clone().zip(assets.wasm.clone()).map(|(js, wasm)| {
        let start = start(&assets, &js, &wasm, pieces.as_ref());
        view! {
            <link rel="modulepreload" href=js/>
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
            {pieces.map(|pieces| view! { <link rel="preload" href=pieces r#as="fetch" crossorigin="anonymous"/> })}
            <script type="module" nonce=nonce>{start}</script>
        }
    });
    view! {
        <!DOCTYPE html>
        <html lang="en-GB" data-theme=theme.code()>
            <head>
                {head(&assets, theme)}
                {hydration}
                <MetaTags/>
            </head>
            <body data-user=frame.user.to_string() data-said=sentence data-undo=undo data-posted=posted_page>{framed(frame, theme, path, searched, view! { <App/> })}</body>
        </html>
    }
}

/// Navigating back before hydration loads the page from the server.
const BACK: &str = "addEventListener('popstate', it => { if (!document.documentElement.dataset.hydrated) { it.stopImmediatePropagation(); location.reload(); } });";

/// The answer to a form has the address of the page that it shows, by which the router finds the page's route.
const POSTED: &str = "{ const page = document.body.dataset.posted; if (page) history.replaceState(history.state, '', page); }";

/// After a panic every link and form works as without JavaScript: the next press loads a page from the
/// server. If the panic left a page incomplete, it is reloaded immediately (at most once a minute, for pages that always panic).
const RESCUE: &str = "{ let gone; \
    const plain = it => { \
      if (!gone || (it.type === 'click' && !it.target.closest?.('a[href]'))) return; \
      it.stopImmediatePropagation(); \
      if (it.type === 'popstate') location.reload(); \
    }; \
    for (const kind of ['click', 'submit', 'keydown', 'popstate']) addEventListener(kind, plain, true); \
    addEventListener('error', it => { \
      if (gone || !(it.error instanceof WebAssembly.RuntimeError)) return; \
      gone = document.documentElement.dataset.panicked = 'yes'; \
      setTimeout(() => { \
        const key = 'panicked ' + location.pathname, last = sessionStorage.getItem(key); \
        if (!document.querySelector('#page .skeleton') || Date.now() - last < 60000) return; \
        sessionStorage.setItem(key, Date.now()); \
        location.reload(); \
      }, 500); \
    }); }";

/// Every request of a page carries the page's user ([`crate::ui::PAGE_USER`]), because another tab may have signed in as someone else; and that
/// it reads data as JSON, which pages of earlier releases read as JSON within a JSON string.
const ADD_HEADERS: &str = "{ const send = window.fetch; \
    window.fetch = (it, more) => { \
      const user = document.body.dataset.user; \
      if (it instanceof Request && new URL(it.url).pathname.startsWith('/fn/')) { \
        it.headers.set('x-curlew-data', 'json'); \
        if (user) it.headers.set('x-curlew-user', user); \
      } \
      return send(it, more); \
    }; }";

/// Marks the document if single-key shortcuts are switched off in this browser ([`crate::ui::SINGLE_KEYS`]).
const KEYS: &str = "try { if (localStorage.getItem('single-keys')) document.documentElement.dataset.keysOff = ''; } catch {}";

/// A form that is being sent ignores further presses, as do other status buttons of the same order; the pressed button shows it. A form that
/// the browser sends natively is being sent until another page is shown; after ten seconds without one it can be sent again. (Forms that the
/// application sends are marked by [`crate::forms::set_sending`].)
const PREVENT_DOUBLE_SUBMIT: &str = "addEventListener('submit', it => { \
      const form = it.target, busy = 'aria-busy'; \
      if (form.closest('.transitions')?.querySelector('form[aria-busy]') ?? form.closest('form[aria-busy]')) { it.preventDefault(); it.stopImmediatePropagation(); return; } \
      for (const button of form.querySelectorAll('[data-pressed]')) delete button.dataset.pressed; \
      if (it.submitter) it.submitter.dataset.pressed = ''; \
      setTimeout(() => { \
        if (it.defaultPrevented || form.method !== 'post') return; \
        const done = () => form.removeAttribute(busy); \
        form.setAttribute(busy, 'true'); \
        setTimeout(done, 10000); \
        addEventListener('pageshow', done, { once: true }); \
      }); \
    }, true);";

/// Takes the WASM pieces of this page out of one file (`bin/pack.mjs`). What is not in it, or cannot be read, is loaded by itself.
const PIECES: &str = "{ \
    const all = fetch(url).then(it => it.ok ? it.arrayBuffer() : Promise.reject(it.status)).then(buffer => { \
      const size = new DataView(buffer).getUint32(0, true), found = new Map; \
      let at = 4 + size; \
      for (const [name, length] of JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, size)))) { \
        found.set(name, new Uint8Array(buffer, at, length)); \
        at += length; \
      } \
      return found; \
    }).catch(() => new Map); \
    globalThis.curlewPiece = name => all.then(found => found.has(name) \
      ? new Response(found.get(name), { headers: { 'content-type': 'application/wasm' } }) \
      : fetch('/pkg/' + name)); \
  }";

/// Starts the application, then the script that runs after the page, which preloads the other pages when the browser is idle.
fn start(assets: &Assets, js: &str, wasm: &str, pieces: Option<&String>) -> String {
    let pieces = pieces.map_or(String::new(), |url| format!("{{ const url = {url:?}; {PIECES} }}"));
    let after = assets
        .live
        .as_ref()
        .map_or(String::new(), |live| format!(".then(() => import({live:?})).then(live => live.preload(it.preload_routes))"));
    format!(
        "{RESCUE}{KEYS}{ADD_HEADERS}{PREVENT_DOUBLE_SUBMIT}{BACK}{POSTED}{pieces}import({js:?}).then(it => it.default({{ module_or_path: {wasm:?} }}).then(() => it.hydrate()){after})"
    )
}

/// The document that a device opens offline, and its script: the frame without any user data.
/// The device's script fills in its copies before the application starts.
pub fn offline(assets: &Assets) -> (String, String) {
    let frame = Frame {
        user: 0,
        name: String::new(),
        username: String::new(),
        role: Role::Agent,
        may_create: true,
        may_trash: false,
        may_merge: false,
        counts: Vec::new(),
        saved: Vec::new(),
        suggestions: Vec::new(),
        read_only: false,
    };
    // The device's copies are ready before the first page asks for data.
    let start = match (&assets.js, &assets.wasm, &assets.live) {
        (Some(js), Some(wasm), Some(live)) => format!(
            "{RESCUE}{KEYS}{ADD_HEADERS}{PREVENT_DOUBLE_SUBMIT}import({live:?}).then(live => import({js:?}).then(it => it.default({{ module_or_path: {wasm:?} }}).then(() => it.hydrate()).then(() => live.preload(it.preload_routes))))"
        ),
        _ => String::new(),
    };
    let html = Owner::new().with(|| {
        view! {
            <!DOCTYPE html>
            <html lang="en-GB" data-theme="system">
                <head>
                    {head(assets, Theme::System)}
                    <title>"Curlew"</title>
                    <script type="module">{start.clone()}</script>
                </head>
                <body data-offline-shell="">{framed(&frame, Theme::System, "", String::new(), ())}</body>
            </html>
        }
        .to_html()
    });
    (html, start)
}

#[cfg(test)]
mod tests {
    use super::Theme;

    #[test]
    fn the_bars_of_the_browser_have_the_paper_of_the_style_sheet() {
        let tokens = include_str!("../../style/tokens.css");
        let [light, dark] = [Theme::Light, Theme::Dark].map(|theme| theme.bar_colors()[0].0);
        assert!(tokens.contains(&format!("--paper: light-dark({light}, {dark});")));
        assert_eq!(Theme::System.bar_colors().iter().map(|(color, _)| *color).collect::<Vec<_>>(), [light, dark]);
    }
}
