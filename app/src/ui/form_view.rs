//! Forms that the server describes: fields with label and message, and the page around them.

use domain::forms::{FieldKind, FormField, FormPageView, FormView};
use leptos::prelude::*;

use super::{
    BackLink, Button, ButtonKind, Checkbox, Erase, ErrorSummary, FieldMessage, HelpLink, HiddenFields, Notice, Page, PageHead, PostForm,
    unmarked,
};

/// A form with its fields and its button.
#[component]
pub fn FormCard(form: FormView, #[prop(default = "page-form card")] class: &'static str) -> impl IntoView {
    let FormView { action, text, notice, sentence, hidden_fields, fields, button, .. } = form;
    let errors = fields.iter().filter(|field| !field.error.is_empty()).map(|field| FieldMessage {
        id: field.id.clone(),
        label: field.label.clone(),
        message: field.error.clone(),
    });
    // A form of one line shows its message beside the field.
    let errors = if fields.len() == 1 { Vec::new() } else { errors.collect::<Vec<_>>() };
    let fields = fields.into_iter().map(|field| view! { <Field field=field/> }).collect::<Vec<_>>();
    view! {
        <PostForm class=class action=action>
            {(!notice.is_empty()).then(|| view! { <Notice attr:role="status">{notice}</Notice> })}
            <p class="form-message" role="alert">{sentence}</p>
            <ErrorSummary errors=errors/>
            <HiddenFields fields=hidden_fields/>
            <div class="field-grid">{(!text.is_empty()).then(|| view! { <p>{text}</p> })}{fields}</div>
            <p class="form-actions"><Button kind=ButtonKind::Primary>{button}</Button></p>
        </PostForm>
    }
    .erase()
}

/// A field with its label, its control and its message.
#[component]
pub fn Field(field: FormField) -> impl IntoView {
    let FormField { id, name, label, kind, value, error } = field;
    match kind {
        FieldKind::Checkbox => {
            let message = view! { <FieldError message=error/> };
            return view! { <div class="field"><Checkbox name=name value="yes" checked=value == "yes" label=label/>{message}</div> }
                .erase();
        }
        FieldKind::Checkboxes(options) => {
            let boxes = options
                .into_iter()
                .map(|(option, label)| {
                    let checked = value.split(',').any(|it| it == option);
                    view! { <Checkbox name=name.clone() value=option checked=checked label=label/> }
                })
                .collect::<Vec<_>>();
            let message = view! { <FieldError message=error/> };
            return view! { <fieldset class="checkbox-group"><legend>{label}</legend>{boxes}{message}</fieldset> }.erase();
        }
        _ => {}
    }
    let class = match (&kind, error.is_empty()) {
        (FieldKind::Lines, true) => "field field-wide",
        (FieldKind::Lines, false) => "field field-wide field-error",
        (_, true) => "field",
        (_, false) => "field field-error",
    };
    let message_id = format!("{id}-error");
    let invalid = (!error.is_empty()).then_some("true");
    let control = match kind {
        FieldKind::Lines => {
            let default = value.clone();
            view! {
            <textarea class="input" id=id.clone() name=name rows="3" prop:defaultValue=default autofocus=invalid.is_some() aria-invalid=invalid aria-describedby=message_id.clone()>
                {unmarked(value)}
            </textarea>
        }
        .erase()
        }
        FieldKind::Select(options) => {
            let options = options
                .into_iter()
                .map(|(option, label)| {
                    let selected = option == value;
                    view! { <option value=option selected=selected>{label}</option> }
                })
                .collect::<Vec<_>>();
            view! {
                <select class="input" id=id.clone() name=name autofocus=invalid.is_some() aria-invalid=invalid aria-describedby=message_id.clone()>{options}</select>
            }
            .erase()
        }
        FieldKind::Suggested(suggestions) => {
            let list = format!("{id}-list");
            let suggestions = suggestions.into_iter().map(|it| view! { <option value=it></option> }).collect::<Vec<_>>();
            let input = input("text", "text", "off".into(), Some(list.clone()), &id, name, value, invalid, &message_id);
            view! { {input}<datalist id=list>{suggestions}</datalist> }.erase()
        }
        FieldKind::Password(autocomplete) => input("password", "text", autocomplete, None, &id, name, String::new(), invalid, &message_id),
        FieldKind::Date => input("date", "none", "off".into(), None, &id, name, value, invalid, &message_id),
        FieldKind::Email => input("text", "email", "off".into(), None, &id, name, value, invalid, &message_id),
        FieldKind::Decimal => input("text", "decimal", "off".into(), None, &id, name, value, invalid, &message_id),
        _ => input("text", "text", "off".into(), None, &id, name, value, invalid, &message_id),
    };
    view! { <div class=class><label for=id>{label}</label>{control}<p class="field-message" id=message_id>{error}</p></div> }.erase()
}

/// Why checkboxes were refused.
#[component]
fn FieldError(message: String) -> impl IntoView {
    (!message.is_empty()).then(|| view! { <p class="field-message field-message-error" role="alert">{message}</p> })
}

#[allow(clippy::too_many_arguments)]
fn input(
    kind: &'static str,
    mode: &'static str,
    autocomplete: String,
    list: Option<String>,
    id: &str,
    name: String,
    value: String,
    invalid: Option<&'static str>,
    message_id: &str,
) -> AnyView {
    view! {
        <input
            class="input"
            id=id.to_owned()
            name=name
            type=kind
            inputmode=mode
            list=list
            value=value
            autocomplete=autocomplete
            autofocus=invalid.is_some()
            aria-invalid=invalid
            aria-describedby=message_id.to_owned()
        />
    }
    .erase()
}

/// A page that consists of a form.
#[component]
pub fn FormPage(page: FormPageView) -> impl IntoView {
    let FormPageView { title, subtitle, back, secret_link, form, help } = page;
    view! {
        <Page title=title.clone()>
            <div class="page-body">
                {back.map(|link| view! { <BackLink link=link/> })}
                <PageHead title=title subtitle=subtitle/>
                <SecretLink link=secret_link/>
                <FormCard form=form/>
                <HelpLink link=help/>
            </div>
        </Page>
    }
}

/// An invitation or reset link that was just made; shown once.
#[component]
pub fn SecretLink(link: Option<String>) -> impl IntoView {
    link.map(|link| {
        view! {
            <Notice attr:role="status">
                <p>"Send this link to them. It works once, expires in 30 minutes and won't be shown again:"</p>
                <p><input class="input" readonly value=link aria-label="Link"/></p>
            </Notice>
        }
    })
}

/// A button that posts hidden values.
#[component]
pub fn ButtonForm(
    #[prop(into)] action: String,
    label: &'static str,
    #[prop(optional)] hidden_fields: Vec<(String, String)>,
) -> impl IntoView {
    view! {
        <PostForm class="press-form" action=action>
            <HiddenFields fields=hidden_fields/>
            <Button>{label}</Button>
        </PostForm>
    }
}
