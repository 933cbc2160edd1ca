//! Plain forms: their pairs, on server and browser; and in the browser, after hydration, their
//! input and the button that was pressed.

use domain::orders::{OrderDraft, conflict, list::View};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, FormData, HtmlButtonElement, HtmlElement, HtmlFormElement, SubmitEvent};

use crate::ui::dom;

/// The pairs of a form, including the button that sent it.
pub type Pairs = Vec<(String, String)>;

/// The form of an event.
pub fn form_of(event: &Event) -> Option<HtmlFormElement> {
    dom::target(event)
}

/// The pairs that a form would send.
pub fn pairs(form: &HtmlFormElement, event: Option<&Event>) -> Pairs {
    let mut pairs = Pairs::new();
    if let Ok(data) = FormData::new_with_form(form)
        && let Ok(Some(entries)) = js_sys::try_iter(&data)
    {
        for entry in entries.flatten() {
            let entry: js_sys::Array = entry.unchecked_into();
            if let (Some(name), Some(value)) = (entry.get(0).as_string(), entry.get(1).as_string()) {
                pairs.push((name, value));
            }
        }
    }
    let button = event
        .and_then(|it| it.dyn_ref::<SubmitEvent>())
        .and_then(SubmitEvent::submitter)
        .and_then(|it| it.dyn_into::<HtmlButtonElement>().ok());
    if let Some(button) = button.filter(|button| !button.name().is_empty()) {
        pairs.push((button.name(), button.value()));
    }
    pairs
}

/// Marks a form as being sent, or as done: the pressed button shows it, and another press has no effect ([`crate::shell`]).
pub fn set_sending(form: &HtmlFormElement, on: bool) {
    let _ = if on { form.set_attribute("aria-busy", "true") } else { form.remove_attribute("aria-busy") };
}

/// Submits a form natively, as if its button with this name and value had been pressed, without another submit
/// event.
pub fn submit_with(form: &HtmlFormElement, name: &str, value: &str) {
    if let Ok(pressed) = document().create_element("input") {
        for (attribute, value) in [("type", "hidden"), ("name", name), ("value", value)] {
            let _ = pressed.set_attribute(attribute, value);
        }
        let _ = form.append_child(&pressed);
    }
    let _ = form.submit();
}

/// The URL of a GET form; empty values are left out.
pub fn address(form: &HtmlFormElement) -> String {
    url(form.get_attribute("action").unwrap_or_default(), pairs(form, None))
}

/// A path with a query; empty values are left out.
fn url(path: String, pairs: impl IntoIterator<Item = (String, String)>) -> String {
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    let query = pairs.map(|(name, value)| format!("{}={}", encode(&name), encode(&value))).collect::<Vec<_>>().join("&");
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// What GET forms repeat of the URL of their page.
const REPEATED: [&str; 5] = ["query", "per_page", "sort", "dir", "period"];

/// The URL of a GET form that sets the query of its own page. What it does not ask for itself is taken from the address bar, which is newer
/// than the page while another list or period is on its way.
pub fn address_on_page(form: &HtmlFormElement) -> String {
    let location = window().location();
    let is_hidden = |name: &str| form.query_selector(&format!("input[type=hidden][name='{name}']")).is_ok_and(|it| it.is_some());
    // A repeated name that the form asks for itself, as a search does, is the form's.
    let is_repeated = |name: &str| REPEATED.contains(&name) && (form.elements().named_item(name).is_none() || is_hidden(name));
    let repeated = domain::page::query_pairs(&location.search().unwrap_or_default()).into_iter().filter(|(name, _)| is_repeated(name));
    let asked = pairs(form, None).into_iter().filter(|(name, _)| !is_repeated(name));
    let list = location.pathname().ok().filter(|path| View::from_path(path).is_some());
    url(list.or_else(|| form.get_attribute("action")).unwrap_or_default(), repeated.chain(asked))
}

/// Percent-encodes text for a URL.
pub fn encode(text: &str) -> String {
    js_sys::encode_uri_component(text).into()
}

/// The value of a name; empty when missing.
pub fn value<'a>(pairs: &'a Pairs, name: &str) -> &'a str {
    pairs.iter().find(|(it, _)| it == name).map_or("", |(_, value)| value)
}

/// The draft in a form, with the choices of a conflict applied.
pub fn draft(pairs: &Pairs) -> OrderDraft {
    let mut draft = OrderDraft::from_pairs(borrowed(pairs));
    conflict::choose(borrowed(pairs), &mut draft);
    draft
}

/// Borrows the pairs, as drafts read them.
fn borrowed(pairs: &Pairs) -> impl Iterator<Item = (&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Focuses the first element that a selector finds.
pub fn focus(selector: &'static str) {
    request_animation_frame(move || {
        if let Some(element) = dom::find::<HtmlElement>(selector) {
            let _ = element.focus();
        }
    });
}

/// Focuses the first field of a form that was refused, once its message is drawn.
pub fn focus_invalid(form: HtmlFormElement) {
    request_animation_frame(move || {
        let field = form.query_selector("[aria-invalid=true]").ok().flatten();
        if let Some(field) = field.and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
            let _ = field.focus();
        }
    });
}

/// Asks for confirmation before a page with unsaved text is left; returns a function that sets whether there is unsaved text.
pub fn guard_unsaved() -> impl Fn(bool) + Copy {
    let dirty = StoredValue::new(false);
    Effect::new(move |_| {
        let leaving = window_event_listener(leptos::ev::beforeunload, move |event| {
            if dirty.get_value() {
                event.prevent_default();
            }
        });
        // In the capture phase, before the router handles the click.
        let clicked = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let link = dom::target::<web_sys::Element>(&event).and_then(|it| it.closest("a[href]").ok().flatten());
            if link.is_some_and(|link| {
                link.get_attribute("target").is_none() && link.get_attribute("href").is_some_and(|href| !href.starts_with('#'))
            }) && dirty.get_value()
                && !window().confirm_with_message("Leave without saving? What you typed is kept on this device.").unwrap_or(true)
            {
                event.prevent_default();
                event.stop_propagation();
            }
        });
        let _ = window().add_event_listener_with_callback_and_bool("click", clicked.as_ref().unchecked_ref(), true);
        let kept = StoredValue::new_local(clicked);
        on_cleanup(move || {
            leaving.remove();
            kept.try_with_value(|clicked| {
                window().remove_event_listener_with_callback_and_bool("click", clicked.as_ref().unchecked_ref(), true)
            });
        });
    });
    move |typed| dirty.set_value(typed)
}
