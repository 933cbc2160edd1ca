//! Generic parts of server pages: headers, forms that keep their input, empty states.

use domain::{FieldErrors, date, money::Money};
use leptos::prelude::*;

use crate::{context, forms};

pub use super::draw::{PageRequest, PageView};

/// The header of a page: heading, subtitle, actions.
pub fn head(title: impl Into<String>, under: impl Into<String>, acts: impl IntoView) -> impl IntoView {
    let (title, under) = (title.into(), under.into());
    let under = (!under.is_empty()).then(|| view! { <p class="muted">{under}</p> });
    view! {
        <header class="page-head"><div><h1 tabindex="-1">{title}</h1>{under}</div><div class="head-acts">{acts.into_view()}</div></header>
    }
}

/// The sentences about ignored parts of the URL.
pub fn ignored(sentences: &[String]) -> impl IntoView + use<> {
    let lines = sentences.iter().cloned().map(|line| view! { <p>{line}</p> }).collect_view();
    (!sentences.is_empty()).then(|| view! { <div class="ignored">{lines}</div> })
}

/// An empty state with an optional link.
pub fn empty(label: &'static str, way: Option<(&'static str, &'static str)>) -> AnyView {
    let way = way.map(|(label, href)| view! { <p class="empty-actions"><a class="btn btn-primary" href=href>{label}</a></p> });
    view! { <div class="empty-state"><p>{label}</p>{way}</div> }.into_any()
}

/// Formats an amount.
pub fn sum(minor: i64, currency: &str) -> String {
    Money(minor).show(currency)
}

/// A form with its own action. A refused form comes back with its input and messages.
#[derive(Clone)]
pub struct Form {
    action: String,
    typed: Option<forms::Pairs>,
    errors: FieldErrors,
    notice: &'static str,
}

/// The options of a select: value and label.
pub type Options = Vec<(String, String)>;

impl Form {
    /// The form with an action.
    pub fn at(action: impl Into<String>) -> Self {
        let action = action.into();
        let refill = context::posted().and_then(|posted| posted.refill).filter(|refill| refill.action == action);
        match refill {
            Some(it) => Self { action, typed: Some(it.typed), errors: it.errors, notice: it.notice },
            None => Self { action, typed: None, errors: FieldErrors::default(), notice: "" },
        }
    }

    /// The value of a field: the refused input, else the stored value.
    fn value(&self, name: &str, stored: &str) -> String {
        match &self.typed {
            Some(typed) => forms::value(typed, name).to_owned(),
            None => stored.to_owned(),
        }
    }

    /// Whether it comes back with refused input.
    pub fn is_back(&self) -> bool {
        self.typed.is_some()
    }

    fn id(&self, name: &str) -> String {
        let at: String = self.action.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        format!("f{at}{name}")
    }

    fn message(&self, name: &str) -> String {
        self.errors.get(name).unwrap_or_default().to_owned()
    }

    fn labelled(&self, name: &'static str, label: &str, class: &'static str, control: AnyView) -> AnyView {
        let (id, message, label) = (self.id(name), self.message(name), label.to_owned());
        let class = if message.is_empty() { class.to_owned() } else { format!("{class} field-error") };
        let described = format!("{id}-error");
        view! { <div class=class><label for=id>{label}</label>{control}<p class="message" id=described>{message}</p></div> }.into_any()
    }

    /// An input: text, date (`date`), amount (`decimal`), password.
    pub fn input(&self, name: &'static str, label: &str, kind: &'static str, stored: &str) -> AnyView {
        let (id, value, wrong) = (self.id(name), self.value(name, stored), !self.message(name).is_empty());
        let described = format!("{id}-error");
        let (type_, mode) = match kind {
            "date" => ("date", "none"),
            "month" => ("month", "none"),
            "decimal" => ("text", "decimal"),
            "email" => ("text", "email"),
            "password" => ("password", "text"),
            _ => ("text", "text"),
        };
        let value = if kind == "password" { String::new() } else { value };
        let fill = match name {
            "password" | "again" => "new-password",
            "present" | "confirm-password" => "current-password",
            _ => "off",
        };
        let control = view! {
            <input class="input" id=id name=name type=type_ inputmode=mode value=value autocomplete=fill aria-invalid=wrong.then_some("true") aria-describedby=described/>
        };
        self.labelled(name, label, "field", control.into_any())
    }

    /// A text input with suggestions.
    pub fn suggested(&self, name: &'static str, label: &str, caption: Vec<String>) -> AnyView {
        let (id, value, wrong) = (self.id(name), self.value(name, ""), !self.message(name).is_empty());
        let (described, list) = (format!("{id}-error"), format!("{id}-list"));
        let control = view! {
            <input class="input" id=id name=name type="text" list=list.clone() value=value autocomplete="off" aria-invalid=wrong.then_some("true") aria-describedby=described/>
            <datalist id=list>{caption.into_iter().map(|it| view! { <option value=it></option> }).collect_view()}</datalist>
        };
        self.labelled(name, label, "field", control.into_any())
    }

    /// A text area.
    pub fn lines(&self, name: &'static str, label: &str, stored: &str) -> AnyView {
        let (id, value) = (self.id(name), self.value(name, stored));
        let control = view! { <textarea class="input" id=id name=name rows="3">{crate::ui::unmarked(value)}</textarea> };
        self.labelled(name, label, "field field-wide", control.into_any())
    }

    /// A select; `empty` is the label of the empty option.
    pub fn select(&self, name: &'static str, label: &str, options: Options, empty: Option<&'static str>, stored: &str) -> AnyView {
        let (id, chosen) = (self.id(name), self.value(name, stored));
        let options = empty.map(|text| (String::new(), text.to_owned())).into_iter().chain(options);
        let options = options.map(|(value, text)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }
        });
        let control = view! { <select class="input" id=id name=name>{options.collect_view()}</select> };
        self.labelled(name, label, "field", control.into_any())
    }

    /// A checkbox.
    pub fn tick(&self, name: &'static str, label: &str, stored: bool) -> AnyView {
        let on = self.value(name, if stored { "yes" } else { "" }) == "yes";
        let label = label.to_owned();
        view! { <div class="field"><label class="checkbox"><input type="checkbox" name=name value="yes" checked=on/><span>{label}</span></label></div> }.into_any()
    }

    /// A group of checkboxes.
    pub fn ticks(&self, name: String, legend: &str, options: Options, stored: &[&str]) -> AnyView {
        let on = |value: &str| match &self.typed {
            Some(typed) => typed.iter().any(|(it, typed)| *it == name && typed == value),
            None => stored.contains(&value),
        };
        let boxes = options.into_iter().map(|(value, text)| {
            let (name, checked) = (name.clone(), on(&value));
            view! { <label class="checkbox"><input type="checkbox" name=name value=value checked=checked/><span>{text}</span></label> }
        });
        let boxes = boxes.collect_view();
        view! { <fieldset class="checkboxes"><legend>{legend.to_owned()}</legend>{boxes}</fieldset> }.into_any()
    }

    /// Renders the form with its fields and submit button.
    pub fn drawn(self, class: &'static str, fields: impl IntoView, button: &'static str) -> AnyView {
        let rest: Vec<String> =
            self.errors.0.iter().filter(|(name, _)| name.is_empty() || name == "form").map(|(_, m)| m.clone()).collect();
        view! {
            <form class=format!("page-form {class}") method="post" action=self.action>
                {(!self.notice.is_empty()).then(|| view! { <p class="notice" role="status">{self.notice}</p> })}
                <p class="form-sentence" role="alert">{rest.join(". ")}</p>
                <div class="fields">{fields.into_view()}</div>
                <p class="form-actions"><button class="btn btn-primary">{button}</button></p>
                {page_user()}
            </form>
        }
        .into_any()
    }
}

/// A form with only a button and hidden values.
pub fn button_form(action: impl Into<String>, label: &'static str, hidden: &[(&'static str, String)]) -> AnyView {
    let inputs = hidden.iter().cloned().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! { <form class="press-form" method="post" action=action.into()>{inputs.collect_view()}<button class="btn btn-quiet">{label}</button>{page_user()}</form> }.into_any()
}

/// A GET form for the query of a page.
pub fn query_form(action: &str, fields: impl IntoView) -> AnyView {
    view! {
        <form class="query-form" method="get" action=action.to_owned()>{fields.into_view()}<button class="btn btn-quiet">"Apply"</button></form>
    }
    .into_any()
}

/// A select of a query form.
pub fn query_select(name: &'static str, label: &'static str, options: Options, empty: &'static str, chosen: Option<String>) -> AnyView {
    let chosen = chosen.unwrap_or_default();
    let options =
        std::iter::once((String::new(), empty.to_owned())).chain(options).filter(|(value, text)| !(value.is_empty() && text.is_empty()));
    let options = options.map(|(value, text)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    });
    let id = format!("ask-{name}");
    view! { <div class="field"><label for=id.clone()>{label}</label><select class="input" id=id name=name>{options.collect_view()}</select></div> }.into_any()
}

/// A date or text input of a query form.
pub fn query_input(name: &'static str, label: &'static str, kind: &'static str, value: String) -> AnyView {
    let id = format!("ask-{name}");
    view! { <div class="field"><label for=id.clone()>{label}</label><input class="input" id=id name=name type=kind value=value autocomplete="off"/></div> }.into_any()
}

/// A date as a query form holds it.
pub fn plain_day(day: Option<chrono::NaiveDate>) -> String {
    day.map(date::plain).unwrap_or_default()
}

/// A progress bar with a label.
pub fn bar(value: i64, of: i64, text: String) -> AnyView {
    let width = if of <= 0 { 0 } else { (value.max(0) as i128 * 1_000 / of as i128).min(1_000) as i64 };
    let (view_box, width) = ("0 0 1000 10", width.to_string());
    view! {
        <svg class="bar-line" viewBox=view_box preserveAspectRatio="none" role="img" aria-label=text>
            <rect class="bar-ground" width="1000" height="10" rx="5"></rect><rect class="bar-part" width=width height="10" rx="5"></rect>
        </svg>
    }
    .into_any()
}

/// The hidden field with the user of the page.
pub fn page_user() -> AnyView {
    view! { <input type="hidden" name=crate::ui::PAGE_USER value=crate::ui::page_user()/> }.into_any()
}
