//! Updates the frame after hydration: the current link, the counts, the focus, the keyboard, the theme.

use std::time::Duration;

use leptos::{
    ev::{self, KeyboardEvent},
    leptos_dom::helpers::TimeoutHandle,
    prelude::*,
    task::spawn_local,
};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlFormElement, HtmlInputElement};

use super::{
    is_place,
    keys::{pressed, set_single_keys, typing},
};
use crate::{
    forms,
    page_data::Changes,
    ui::{Toast, await_drawn, dom, forget_posted, has_single_keys, is_hydrated, is_posted},
};

/// Follows navigation and changes, from inside the router.
#[component]
pub fn Follow() -> impl IntoView {
    let path = use_location().pathname;
    let (changes, toast) = (expect_context::<Changes>(), expect_context::<Toast>());
    keyboard();
    search();
    palette();
    Effect::new(move |_| {
        let sent = window_event_listener(ev::submit, |event| {
            set_theme(&event);
            forget(&event);
        });
        on_cleanup(move || sent.remove());
    });
    // The page is out of date and is read again.
    Effect::new(move |_| {
        let again = window_event_listener(ev::Custom::<Event>::new("curlew:again"), move |_| {
            if !is_posted() {
                changes.notify();
            }
        });
        on_cleanup(move || again.remove());
    });
    // A new page: update the current link, and focus its heading once it is rendered.
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            forget_posted();
            for link in dom::all::<Element>("[data-place]") {
                let here = link.get_attribute("href").is_some_and(|href| is_place(&path, &href));
                let _ = if here { link.set_attribute("aria-current", "page") } else { link.remove_attribute("aria-current") };
            }
            close_menus();
            toast.on_page_change();
            await_drawn();
        }
        path
    });
    // After a change the counts of the sidebar are read again (`frontend/js/live.js`).
    Effect::new(move |before: Option<()>| {
        changes.track();
        if before.is_some()
            && let Ok(event) = Event::new("curlew:counts")
        {
            let _ = window().dispatch_event(&event);
        }
    });
}

/// The search field: shows results while typing, replacing the history entry, so that "back" leaves the search.
fn search() {
    let navigate = use_navigate();
    let go = move |form: &HtmlFormElement, replace: bool| {
        navigate(&forms::address(form), NavigateOptions { replace, scroll: false, ..Default::default() });
    };
    Effect::new(move |_| {
        let (go, sent) = (go.clone(), go.clone());
        let waiting = StoredValue::new(None::<TimeoutHandle>);
        let typed = window_event_listener(ev::input, move |event| {
            let input = dom::target::<HtmlInputElement>(&event).filter(|it| it.id() == "search" && is_hydrated());
            let Some((input, form)) = input.and_then(|input| input.form().map(|form| (input, form))) else { return };
            if let Some(earlier) = waiting.get_value() {
                earlier.clear();
            }
            let go = go.clone();
            let later = move || {
                // The user has left the search in the meantime.
                if document().active_element().as_ref() != Some(&input) {
                    return;
                }
                let already = window().location().pathname().is_ok_and(|path| path.starts_with("/orders/search"));
                go(&form, already);
            };
            waiting.set_value(set_timeout_with_handle(later, TYPING).ok());
        });
        let sent = window_event_listener(ev::submit, move |event| {
            let search = forms::form_of(&event).filter(|form| form.get_attribute("role").as_deref() == Some("search") && is_hydrated());
            if let Some(form) = search {
                event.prevent_default();
                if let Some(earlier) = waiting.get_value() {
                    earlier.clear();
                }
                sent(&form, false);
                // The heading is rendered again with the results; the rest stays.
                forms::focus("#page");
            }
        });
        on_cleanup(move || {
            typed.remove();
            sent.remove();
        });
    });
}

/// The palette is loaded when the search is first used.
fn palette() {
    Effect::new(move |_| {
        let asked = StoredValue::new(false);
        let focused = window_event_listener(ev::focusin, move |event| {
            let search = dom::target::<Element>(&event).is_some_and(|it| it.id() == "search");
            if search && is_hydrated() && !asked.get_value() {
                asked.set_value(true);
                spawn_local(super::palette::palette());
            }
        });
        on_cleanup(move || focused.remove());
    });
}

/// Closes the open menus; returns whether there were any.
fn close_menus() -> bool {
    let menus = dom::all::<Element>("details[open].menu");
    for menu in &menus {
        let _ = menu.remove_attribute("open");
    }
    !menus.is_empty()
}

/// Sign-out deletes the recent searches from this browser.
fn forget(event: &Event) {
    if forms::form_of(event).is_some_and(|form| form.get_attribute("action").as_deref() == Some("/logout/"))
        && let Ok(Some(storage)) = window().local_storage()
    {
        let _ = storage.remove_item(&recent_key());
    }
}

/// The storage key of the user's recent searches.
pub(super) fn recent_key() -> String {
    let user = dom::find::<Element>("#palette").and_then(|it| it.get_attribute("data-user"));
    format!("recent:{}", user.unwrap_or_default())
}

/// The delay after typing before a search starts.
const TYPING: Duration = Duration::from_millis(10);

/// The keyboard: Ctrl K for the search, Esc for back, and single keys unless they are switched off.
fn keyboard() {
    Effect::new(move |_| {
        let keys = window_event_listener(ev::click, |event| {
            if dom::target::<Element>(&event).is_some_and(|it| it.has_attribute("data-keys")) {
                pressed("?");
            }
            if let Some(tick) = dom::target::<HtmlInputElement>(&event).filter(|it| it.id() == "single-keys") {
                set_single_keys(tick.checked());
            }
        });
        let handle = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
            let (key, with) = (event.key(), event.ctrl_key() || event.meta_key());
            let of_dialog = || dom::find::<Element>("dialog[open]").is_some();
            let key = match key.as_str() {
                "k" if with => "/",
                _ if with || event.alt_key() || of_dialog() => return,
                // Esc closes an open menu, and nothing else.
                "Escape" if close_menus() => return,
                "Escape" => "Escape",
                letter if letter.len() == 1 && !typing() && has_single_keys() => letter,
                _ => return,
            };
            if !is_hydrated() || event.default_prevented() {
                return;
            }
            if pressed(key) {
                event.prevent_default();
            }
        });
        on_cleanup(move || {
            handle.remove();
            keys.remove();
        });
    });
}

/// The bars of the browser take the color of the page.
fn set_bar_color() {
    let style = document().body().and_then(|body| window().get_computed_style(&body).ok().flatten());
    let Some(color) = style.and_then(|style| style.get_property_value("background-color").ok()) else { return };
    for meta in dom::all::<Element>("meta[name=theme-color]") {
        let _ = meta.set_attribute("content", &color);
    }
}

/// Sets the theme immediately and stores it in a cookie that the server reads before the first paint.
fn set_theme(event: &Event) {
    let Some(form) = forms::form_of(event).filter(|form| form.get_attribute("action").as_deref() == Some("/theme/")) else { return };
    event.prevent_default();
    let pairs = forms::pairs(&form, Some(event));
    let theme = forms::value(&pairs, "theme");
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-theme", theme);
    }
    for button in dom::all::<Element>("form[action='/theme/'] button") {
        let is_chosen = button.get_attribute("value").as_deref() == Some(theme);
        let _ = button.set_attribute("aria-pressed", &is_chosen.to_string());
    }
    set_bar_color();
    if let Ok(document) = document().dyn_into::<web_sys::HtmlDocument>() {
        let _ = document.set_cookie(&format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}
