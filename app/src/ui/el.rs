//! Elements by their name, for what is only shown. `view!` makes a type of every kind of element, attribute and child, and each
//! costs the browser up to three kilobytes of code; these share one. What is typed into or listened to stays with `view!`.

use leptos::{
    attr::any_attribute::{AnyAttribute, IntoAnyAttribute},
    html::{ElementChild, HtmlElement, custom},
    prelude::*,
    tachys::html::{attribute::custom::custom_attribute, element::Custom},
};

/// An element that is being made.
pub struct El {
    tag: &'static str,
    attributes: Vec<AnyAttribute>,
    children: Vec<AnyView>,
}

/// An element with a class (empty: none).
pub fn el(tag: &'static str, class: &'static str) -> El {
    let it = El { tag, attributes: Vec::new(), children: Vec::new() };
    if class.is_empty() { it } else { it.attr("class", class) }
}

/// A link.
pub fn link(class: &'static str, href: impl Into<String>) -> El {
    el("a", class).attr("href", href)
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

    /// With text in it.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.children.push(text.into().into_any());
        self
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
        let element: HtmlElement<Custom<&'static str>, (), ()> = custom(self.tag);
        element.add_any_attr(self.attributes).child(self.children).into_any()
    }
}
