//! The command palette below the search: the user's actions, filtered by the typed text, and recent searches. It is loaded
//! on first use.

use domain::users::Action;
use leptos::{ev, mount::mount_to, prelude::*, task::spawn_local};
use web_sys::{Element, Event, HtmlElement, HtmlInputElement, KeyboardEvent, MouseEvent};

use super::{api, follow::recent_key};
use crate::{
    forms,
    ui::{Erase, dom, storage},
};

/// The maximum number of entries shown.
const MOST: usize = 9;
/// The maximum number of recent searches.
const RECENT: usize = 8;

/// The entries shown.
#[derive(Clone, Copy)]
struct Palette {
    open: RwSignal<bool>,
    typed: RwSignal<String>,
    actions: RwSignal<Vec<Action>>,
    /// The selected entry.
    at: RwSignal<Option<usize>>,
}

/// Mounts it below the search and opens it.
#[lazy]
pub fn palette() {
    let Some(place) = dom::find::<HtmlElement>("#palette") else { return };
    let kept = recent_key();
    mount_to(place, move || {
        let it = Palette {
            open: RwSignal::new(true),
            typed: RwSignal::new(typed()),
            actions: RwSignal::new(Vec::new()),
            at: RwSignal::new(None),
        };
        ask(it);
        listen(it, kept.clone());
        move || {
            let is_open = it.open.get();
            if !is_open {
                mark(false, None);
            }
            // Read here: what a component reads in its body is not tracked.
            is_open.then(|| {
                let (typed, actions, selected) = (it.typed.get(), it.actions.get(), it.at.get());
                view! { <PaletteList palette=it typed=typed actions=actions selected=selected storage_key=kept.clone()/> }
            })
        }
    })
    .forget();
}

fn search() -> Option<HtmlInputElement> {
    dom::find("#search")
}

fn typed() -> String {
    search().map(|it| it.value()).unwrap_or_default()
}

/// Reads the user's actions.
fn ask(it: Palette) {
    spawn_local(async move {
        if let Ok(actions) = api::actions().await {
            it.actions.set(actions);
        }
    });
}

fn listen(it: Palette, kept: String) {
    let of_search = |event: &Event| dom::target::<Element>(event).is_some_and(|it| it.id() == "search");
    let focused = window_event_listener(ev::focusin, move |event| {
        let on = of_search(&event);
        if on && !it.open.get_untracked() {
            it.typed.set(typed());
            ask(it);
        }
        it.open.set(on);
        it.at.set(None);
    });
    let input = window_event_listener(ev::input, move |event| {
        if of_search(&event) {
            it.typed.set(typed());
            it.at.set(None);
            it.open.set(true);
        }
    });
    let keyed = window_event_listener(ev::keydown, move |event: KeyboardEvent| {
        if !it.open.get_untracked() || !of_search(&event) {
            return;
        }
        let options = options();
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            "Escape" => {
                it.open.set(false);
                return;
            }
            "Enter" => {
                if let Some(option) = it.at.get_untracked().and_then(|at| options.get(at)) {
                    event.prevent_default();
                    option.click();
                }
                return;
            }
            _ => return,
        };
        event.prevent_default();
        let count = i32::try_from(options.len()).unwrap_or_default();
        let next = it.at.get_untracked().map_or(if step > 0 { 0 } else { count - 1 }, |at| i32::try_from(at).unwrap_or_default() + step);
        it.at.set(usize::try_from(next).ok().filter(|next| *next < options.len()));
    });
    // A search that was submitted, or whose result was opened, is stored as recent.
    let searched = move || {
        let text = typed();
        if text.chars().count() > 1 {
            remember(&kept, text.trim());
        }
    };
    let opened = searched.clone();
    let sent = window_event_listener(ev::submit, move |event| {
        if dom::target::<Element>(&event).is_some_and(|it| it.get_attribute("role").as_deref() == Some("search")) {
            searched();
            it.open.set(false);
        }
    });
    let clicked = window_event_listener(ev::click, move |event| {
        let row = dom::target::<Element>(&event).and_then(|it| it.closest("[data-row]").ok().flatten());
        if row.is_some() && location().pathname().is_ok_and(|path| path.starts_with("/orders/search")) {
            opened();
        }
    });
    // It lives as long as the page; the listeners are never removed.
    std::mem::forget((focused, input, keyed, sent, clicked));
}

fn options() -> Vec<HtmlElement> {
    dom::all("#palette [role=option]")
}

/// The entries that match the typed text.
#[component]
fn PaletteList(palette: Palette, typed: String, actions: Vec<Action>, selected: Option<usize>, storage_key: String) -> impl IntoView {
    let typed = lowered(&typed);
    let terms: Vec<&str> = typed.split_whitespace().collect();
    let fits = |action: &Action| {
        let words = lowered(&action.label);
        terms.iter().all(|term| words.split_whitespace().any(|word| word.starts_with(term)))
    };
    let recent = if terms.is_empty() { recent(&storage_key) } else { Vec::new() };
    let recent = recent.into_iter().take(4).map(|text| {
        let href = format!("/orders/search/?query={}", forms::encode(&text));
        Action { label: text, under: "Recent search".into(), href, press: String::new() }
    });
    let found: Vec<Action> = recent.chain(actions.into_iter().filter(fits)).take(MOST).collect();
    mark(!found.is_empty(), selected);
    let options = found
        .into_iter()
        .enumerate()
        .map(|(nth, action)| view! { <PaletteOption palette=palette nth=nth action=action is_selected=selected == Some(nth)/> })
        .collect::<Vec<_>>();
    // The focus stays in the search field.
    let keep_focus = |event: MouseEvent| event.prevent_default();
    view! {
        <div class="palette-list" id="palette-list" role="listbox" aria-label="Go to, do, search again" on:mousedown=keep_focus>{options}</div>
    }
}

/// Lower-cases with the browser's function, which saves Unicode tables in the download.
fn lowered(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Sets the selected entry on the search field.
fn mark(open: bool, at: Option<usize>) {
    let Some(search) = search() else { return };
    for (name, value) in [
        ("role", "combobox"),
        ("aria-autocomplete", "list"),
        ("aria-controls", "palette-list"),
        ("aria-expanded", if open { "true" } else { "false" }),
    ] {
        let _ = search.set_attribute(name, value);
    }
    let _ = match at {
        Some(at) => search.set_attribute("aria-activedescendant", &format!("palette-{at}")),
        None => search.remove_attribute("aria-activedescendant"),
    };
}

/// An entry: a link, or a button that presses another one of the page.
#[component]
fn PaletteOption(palette: Palette, nth: usize, action: Action, is_selected: bool) -> impl IntoView {
    let Action { label, under, href, press } = action;
    let is_link = press.is_empty();
    let choose = move |_: MouseEvent| {
        palette.open.set(false);
        if let Some(search) = search() {
            let _ = search.blur();
        }
        if !press.is_empty()
            && let Some(button) = dom::find::<HtmlElement>(&press)
        {
            button.click();
        }
    };
    let (id, selected) = (format!("palette-{nth}"), if is_selected { "true" } else { "false" });
    let content = view! { <span>{label}</span><small>{under}</small> };
    if is_link {
        view! { <a class="palette-option" href=href role="option" id=id tabindex="-1" aria-selected=selected on:click=choose>{content}</a> }
            .erase()
    } else {
        view! {
            <button class="palette-option" type="button" role="option" id=id tabindex="-1" aria-selected=selected on:click=choose>{content}</button>
        }
        .erase()
    }
}

/// The recent searches of this user in this browser; deleted at sign-out.
fn recent(kept: &str) -> Vec<String> {
    let json = storage().and_then(|it| it.get_item(kept).ok().flatten()).unwrap_or_default();
    serde_json::from_str(&json).unwrap_or_default()
}

fn remember(kept: &str, text: &str) {
    let mut all = recent(kept);
    all.retain(|it| it != text);
    all.insert(0, text.to_owned());
    all.truncate(RECENT);
    if let (Some(storage), Ok(json)) = (storage(), serde_json::to_string(&all)) {
        let _ = storage.set_item(kept, &json);
    }
}
