//! Describes a form, with what was typed into it and why it was refused, where it comes back.

use domain::{
    FieldErrors,
    forms::{FieldKind, FormField, FormView},
};

use crate::{context, forms};

/// Values and labels.
pub type Options = Vec<(String, String)>;

/// A form under construction.
pub struct FormBuilder {
    view: FormView,
    typed: Option<forms::Pairs>,
    errors: FieldErrors,
}

impl FormBuilder {
    /// The form with an action.
    pub fn new(action: impl Into<String>) -> Self {
        let action = action.into();
        let refill = context::posted().and_then(|posted| posted.refill).filter(|refill| refill.action == action);
        let view = FormView { action, is_back: refill.is_some(), ..FormView::default() };
        match refill {
            Some(it) => Self { view: FormView { notice: it.notice.into(), ..view }, typed: Some(it.typed), errors: it.errors },
            None => Self { view, typed: None, errors: FieldErrors::default() },
        }
    }

    /// Whether it comes back with what was typed.
    pub fn is_back(&self) -> bool {
        self.view.is_back
    }

    /// Says what it does, above the fields.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.view.text = text.into();
        self
    }

    /// Adds a hidden field.
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.view.hidden_fields.push((name.into(), value.into()));
        self
    }

    /// Adds a field with its stored value.
    pub fn field(mut self, name: impl Into<String>, label: impl Into<String>, kind: FieldKind, stored: &str) -> Self {
        let name = name.into();
        let value = match (&self.typed, &kind) {
            (_, FieldKind::Password(_)) => String::new(),
            (Some(typed), FieldKind::Checkboxes(_)) => {
                typed.iter().filter(|(it, _)| *it == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(",")
            }
            (Some(typed), _) => forms::value(typed, &name).to_owned(),
            (None, _) => stored.to_owned(),
        };
        let action: String = self.view.action.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let error = self.errors.get(&name).unwrap_or_default().to_owned();
        self.view.fields.push(FormField { id: format!("f{action}{name}"), name, label: label.into(), kind, value, error });
        self
    }

    /// Adds a line of text.
    pub fn line(self, name: &str, label: &str, stored: &str) -> Self {
        self.field(name, label, FieldKind::Text, stored)
    }

    /// Adds an amount or a rate.
    pub fn decimal(self, name: &str, label: &str, stored: &str) -> Self {
        self.field(name, label, FieldKind::Decimal, stored)
    }

    /// Adds a date.
    pub fn date(self, name: &str, label: &str, stored: &str) -> Self {
        self.field(name, label, FieldKind::Date, stored)
    }

    /// Adds a select; `empty` is the label of the empty option.
    pub fn select(self, name: &str, label: &str, options: Options, empty: Option<&str>, stored: &str) -> Self {
        let options = empty.map(|label| (String::new(), label.to_owned())).into_iter().chain(options).collect();
        self.field(name, label, FieldKind::Select(options), stored)
    }

    /// Adds a checkbox.
    pub fn checkbox(self, name: &str, label: &str, stored: bool) -> Self {
        self.field(name, label, FieldKind::Checkbox, if stored { "yes" } else { "" })
    }

    /// The form with the label of its button. Messages that belong to none of its fields are shown above them.
    pub fn build(mut self, button: &str) -> FormView {
        let is_shown = |name: &str| self.view.fields.iter().any(|field| field.name == name);
        let rest: Vec<&str> = self.errors.0.iter().filter(|(name, _)| !is_shown(name)).map(|(_, message)| message.as_str()).collect();
        self.view.sentence = rest.join(". ");
        self.view.button = button.to_owned();
        self.view
    }
}
