//! Elements by their name. `view!` makes a type of every kind of element, attribute, listener and child, and each costs the browser
//! up to three kilobytes of code; these share one of each.

use std::future::Future;
use std::pin::Pin;

use leptos::{
    attr::any_attribute::{AnyAttribute, IntoAnyAttribute},
    ev,
    html::{ElementChild, HtmlElement, custom, div, input, textarea},
    prelude::*,
    tachys::html::{
        attribute::custom::custom_attribute,
        element::{Custom, inner_html},
        property::prop,
    },
};
use web_sys::Event;

use super::{PAGE_USER, dom, is_hydrated, page_user, unmarked};

/// The mark of an element whose content is markup.
const DRAWN: &str = "drawn";

/// An element that is being made.
pub struct El {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
    /// What stands in a `textarea`, which has no children.
    typed: String,
}

/// An element with a class (empty: none).
pub fn el(tag: &'static str, class: &'static str) -> El {
    let it = El { tag, attributes: Vec::new(), children: Vec::new(), typed: String::new() };
    if class.is_empty() { it } else { it.attr("class", class) }
}

/// A link.
pub fn link(class: &'static str, href: impl Into<String>) -> El {
    el("a", class).attr("href", href)
}

/// A hidden input of a form.
pub fn hidden(name: impl Into<String>, value: impl Into<String>) -> El {
    el("input", "").attr("type", "hidden").attr("name", name).attr("value", value)
}

/// A button that sends its form.
pub fn button(class: &'static str, words: impl Into<String>) -> El {
    el("button", class).text(words)
}

/// A plain form that posts, and says whose page it is on.
pub fn form(class: &'static str, action: impl Into<String>) -> El {
    el("form", class).attr("method", "post").attr("action", action).with(hidden(PAGE_USER, page_user()))
}

/// Text that changes.
pub fn live_text(text: impl Fn() -> String + Send + 'static) -> AnyView {
    let text: Box<dyn Fn() -> String + Send> = Box::new(text);
    text.into_any()
}

/// A part that changes.
pub fn live(part: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let part: Box<dyn Fn() -> AnyView + Send> = Box::new(part);
    part.into_any()
}

/// Nothing.
pub fn none() -> AnyView {
    ().into_any()
}

/// A part that is on its way.
pub type PendingView = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// A part that is waited for; meanwhile what was there stays, and at first there is a skeleton.
pub fn suspense(skeleton: fn() -> AnyView, part: impl Fn() -> PendingView + Send + Sync + 'static) -> AnyView {
    fn one(skeleton: fn() -> AnyView, part: Box<dyn Fn() -> PendingView + Send + Sync>) -> AnyView {
        let part = move || {
            let coming = part();
            Suspend::new(async move {
                let part = coming.await;
                // Nothing comes between this and the drawing.
                dom::released().await;
                part
            })
        };
        view! { <Transition fallback=skeleton>{part}</Transition> }.into_any()
    }
    one(skeleton, Box::new(part))
}

/// A form behind a word. Once the browser has taken over it is drawn when it is opened: most never are, and a list is drawn anew
/// with each letter of a search.
pub fn folded(class: &'static str, words: &'static str, form: impl Fn() -> El + Send + 'static) -> El {
    fn one(class: &'static str, words: &'static str, form: Box<dyn Fn() -> El + Send>) -> El {
        let details = el("details", class).with(el("summary", "chip").text(words));
        if !is_hydrated() {
            return details.with(form());
        }
        let opened = RwSignal::new(false);
        let part = live(move || if opened.get() { form().view() } else { none() });
        details.on("toggle", move |_| opened.set(true)).any(part)
    }
    one(class, words, Box::new(form))
}

impl El {
    /// With an attribute.
    pub fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push(custom_attribute(name, value.into()).into_any_attr());
        self
    }

    /// With an attribute, where there is a value.
    pub fn maybe(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// With an attribute that is there or not.
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.attr(name, "") } else { self }
    }

    /// With a state that a person changes too, `checked` or `selected`: drawn again, it is what the page says, not what was clicked. What
    /// was clicked before the browser took the page over stays.
    pub fn state(mut self, name: &'static str, on: bool) -> Self {
        if is_hydrated() {
            self.attributes.push(prop(name, on).into_any_attr());
        }
        self.flag(name, on)
    }

    /// With the value of an input, as [`El::state`].
    pub fn filled(mut self, value: impl Into<String>) -> Self {
        let value: String = value.into();
        if is_hydrated() {
            self.attributes.push(prop("value", value.clone()).into_any_attr());
        }
        self.attr("value", value)
    }

    /// With an attribute that changes; `None` takes it away.
    pub fn live_attr(mut self, name: &'static str, value: impl Fn() -> Option<String> + Send + 'static) -> Self {
        let value: Box<dyn Fn() -> Option<String> + Send> = Box::new(value);
        self.attributes.push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// With a listener.
    pub fn on(mut self, event: &'static str, listener: impl FnMut(Event) + 'static) -> Self {
        let listener: Box<dyn FnMut(Event)> = Box::new(listener);
        self.attributes.push(ev::on(ev::Custom::<Event>::new(event), listener).into_any_attr());
        self
    }

    /// With text in it.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(text.into().into_any());
        self
    }

    /// With what is typed in it, for a `textarea`.
    pub fn typed(mut self, text: impl Into<String>) -> Self {
        self.typed = text.into();
        self
    }

    /// A `div` with markup in it that the server drew.
    pub fn drawn(class: &'static str, markup: String) -> Self {
        let mut it = el(DRAWN, class);
        it.attributes.push(inner_html(markup).into_any_attr());
        it
    }

    /// With another element in it.
    pub fn with(mut self, child: Self) -> Self {
        self.children.push(child.view());
        self
    }

    /// With elements in it.
    pub fn all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children.into_iter().map(Self::view));
        self
    }

    /// With any view in it.
    pub fn any(mut self, child: AnyView) -> Self {
        self.children.push(child);
        self
    }

    /// Made.
    pub fn view(self) -> AnyView {
        match self.tag {
            // An element without an end tag, and one whose content is text alone, are kinds of their own.
            "input" => input().add_any_attr(self.attributes).into_any(),
            "textarea" => textarea().add_any_attr(self.attributes).child(unmarked(self.typed)).into_any(),
            // Nothing of it is hydrated but itself.
            DRAWN => div().add_any_attr(self.attributes).into_any(),
            tag => {
                let element: HtmlElement<Custom<&'static str>, (), ()> = custom(tag);
                element.add_any_attr(self.attributes).child(self.children).into_any()
            }
        }
    }
}
