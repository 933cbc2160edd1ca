//! A type-erased element builder. `view!` generates a type for each combination of element, attributes, listeners and children, which costs the
//! browser up to three kilobytes of code each; these elements share one type.

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

/// The attribute of an element whose content is HTML.
const DRAWN: &str = "drawn";

/// An element under construction.
pub struct El {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
    /// The text of a `textarea`, which has no children.
    typed: String,
}

/// Makes an element with a class (none if empty).
pub fn el(tag: &'static str, class: &'static str) -> El {
    let it = El { tag, attributes: Vec::new(), children: Vec::new(), typed: String::new() };
    if class.is_empty() { it } else { it.attr("class", class) }
}

/// Makes a link.
pub fn link(class: &'static str, href: impl Into<String>) -> El {
    el("a", class).attr("href", href)
}

/// Makes a hidden input.
pub fn hidden(name: impl Into<String>, value: impl Into<String>) -> El {
    el("input", "").attr("type", "hidden").attr("name", name).attr("value", value)
}

/// Makes a submit button.
pub fn button(class: &'static str, label: impl Into<String>) -> El {
    el("button", class).text(label)
}

/// Makes a plain POST form, with the user of the page.
pub fn form(class: &'static str, action: impl Into<String>) -> El {
    el("form", class).attr("method", "post").attr("action", action).with(hidden(PAGE_USER, page_user()))
}

/// Makes reactive text.
pub fn live_text(text: impl Fn() -> String + Send + 'static) -> AnyView {
    let text: Box<dyn Fn() -> String + Send> = Box::new(text);
    text.into_any()
}

/// Makes a reactive part.
pub fn live(part: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let part: Box<dyn Fn() -> AnyView + Send> = Box::new(part);
    part.into_any()
}

/// Makes an empty view.
pub fn none() -> AnyView {
    ().into_any()
}

/// A future view.
pub type PendingView = Pin<Box<dyn Future<Output = AnyView> + Send>>;

/// Renders a future view; meanwhile the previous view stays, or a skeleton at first.
pub fn suspense(skeleton: fn() -> AnyView, part: impl Fn() -> PendingView + Send + Sync + 'static) -> AnyView {
    fn one(skeleton: fn() -> AnyView, part: Box<dyn Fn() -> PendingView + Send + Sync>) -> AnyView {
        let part = move || {
            let coming = part();
            Suspend::new(async move {
                let part = coming.await;
                // No await follows before rendering.
                dom::released().await;
                part
            })
        };
        view! { <Transition fallback=skeleton>{part}</Transition> }.into_any()
    }
    one(skeleton, Box::new(part))
}

/// A disclosure with a form. After hydration its content is rendered when it is opened, because a list is re-rendered
/// with each letter of a search.
pub fn folded(class: &'static str, label: &'static str, form: impl Fn() -> El + Send + 'static) -> El {
    fn one(class: &'static str, label: &'static str, form: Box<dyn Fn() -> El + Send>) -> El {
        let details = el("details", class).with(el("summary", "chip").text(label));
        if !is_hydrated() {
            return details.with(form());
        }
        let opened = RwSignal::new(false);
        let part = live(move || if opened.get() { form().view() } else { none() });
        details.on("toggle", move |_| opened.set(true)).any(part)
    }
    one(class, label, Box::new(form))
}

impl El {
    /// Adds an attribute.
    pub fn attr(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push(custom_attribute(name, value.into()).into_any_attr());
        self
    }

    /// Adds an attribute, if there is a value.
    pub fn maybe(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.attr(name, value),
            None => self,
        }
    }

    /// Adds a boolean attribute.
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.attr(name, "") } else { self }
    }

    /// Sets a property that the user can also change (`checked`, `selected`): a re-render sets it to the page's value. A
    /// change from before hydration is kept.
    pub fn state(mut self, name: &'static str, on: bool) -> Self {
        if is_hydrated() {
            self.attributes.push(prop(name, on).into_any_attr());
        }
        self.flag(name, on)
    }

    /// Sets the value of an input, as [`El::state`].
    pub fn filled(mut self, value: impl Into<String>) -> Self {
        let value: String = value.into();
        if is_hydrated() {
            self.attributes.push(prop("value", value.clone()).into_any_attr());
        }
        self.attr("value", value)
    }

    /// Adds a reactive attribute; `None` removes it.
    pub fn live_attr(mut self, name: &'static str, value: impl Fn() -> Option<String> + Send + 'static) -> Self {
        let value: Box<dyn Fn() -> Option<String> + Send> = Box::new(value);
        self.attributes.push(custom_attribute(name, value).into_any_attr());
        self
    }

    /// Adds a listener.
    pub fn on(mut self, event: &'static str, listener: impl FnMut(Event) + 'static) -> Self {
        let listener: Box<dyn FnMut(Event)> = Box::new(listener);
        self.attributes.push(ev::on(ev::Custom::<Event>::new(event), listener).into_any_attr());
        self
    }

    /// Adds text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(text.into().into_any());
        self
    }

    /// Sets the text of a `textarea`.
    pub fn typed(mut self, text: impl Into<String>) -> Self {
        self.typed = text.into();
        self
    }

    /// Makes a `div` with HTML from the server.
    pub fn drawn(class: &'static str, markup: String) -> Self {
        let mut it = el(DRAWN, class);
        it.attributes.push(inner_html(markup).into_any_attr());
        it
    }

    /// Adds a child element.
    pub fn with(mut self, child: Self) -> Self {
        self.children.push(child.view());
        self
    }

    /// Adds child elements.
    pub fn all(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children.into_iter().map(Self::view));
        self
    }

    /// Adds any view.
    pub fn any(mut self, child: AnyView) -> Self {
        self.children.push(child);
        self
    }

    /// Converts it to a view.
    pub fn view(self) -> AnyView {
        match self.tag {
            // Void elements and raw text elements are handled separately.
            "input" => input().add_any_attr(self.attributes).into_any(),
            "textarea" => textarea().add_any_attr(self.attributes).child(unmarked(self.typed)).into_any(),
            // Only the element itself is hydrated.
            DRAWN => div().add_any_attr(self.attributes).into_any(),
            tag => {
                let element: HtmlElement<Custom<&'static str>, (), ()> = custom(tag);
                element.add_any_attr(self.attributes).child(self.children).into_any()
            }
        }
    }
}
