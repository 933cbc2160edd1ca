//! Parts of forms: a form that posts with the user of the page, hidden fields, fields with their label, checkboxes.

use domain::{FieldErrors, orders::pages::Control};
use leptos::{prelude::*, tachys::view::keyed::keyed};

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, MouseEvent};

use super::{Content, Erase, PAGE_USER, dom, page_user};

/// A form that is posted, with the user of the page in it: the server refuses it when someone else signed in meanwhile.
#[component]
pub fn PostForm(
    #[prop(into)] action: String,
    #[prop(optional)] class: &'static str,
    #[prop(optional)] id: Option<&'static str>,
    /// Its messages are Curlew's, not the browser's.
    #[prop(optional)]
    novalidate: bool,
    children: Content,
) -> impl IntoView {
    view! {
        <form class=class method="post" action=action id=id novalidate=novalidate>
            <input type="hidden" name=PAGE_USER value=page_user()/>
            {children.draw()}
        </form>
    }
}

/// What is wrong with a form that was refused: each message with its field's label, and a link to the field. Nothing while there is none.
#[component]
pub fn ErrorSummary(errors: Vec<FieldMessage>) -> impl IntoView {
    let links = errors
        .into_iter()
        .map(|FieldMessage { id, label, message }| view! { <li><a href=format!("#{id}") rel="external">{format!("{label}: {message}")}</a></li> })
        .collect::<Vec<_>>();
    (!links.is_empty()).then(|| view! { <ul class="form-summary" on:click=focus_field>{links}</ul> })
}

/// Focuses the field that a pressed link names; of a field with suggestions, the line that is typed into.
fn focus_field(event: MouseEvent) {
    let link = dom::target::<Element>(&event).and_then(|it| it.closest("a").ok().flatten()).and_then(|it| it.get_attribute("href"));
    let field = link.and_then(|href| document().get_element_by_id(href.trim_start_matches('#')));
    let line = field
        .as_ref()
        .and_then(|it| it.closest(".suggest").ok().flatten())
        .and_then(|it| it.query_selector(".suggest-line").ok().flatten());
    if let Some(field) = line.or(field).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        let _ = field.focus();
    }
}

/// A message about a field.
#[derive(Clone, Debug)]
pub struct FieldMessage {
    /// The id of the field's control.
    pub id: String,
    pub label: String,
    pub message: String,
}

/// Hidden fields by name and value.
#[component]
pub fn HiddenFields(fields: Vec<(String, String)>) -> impl IntoView {
    fields.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view().erase()
}

/// A checkbox and its label.
#[component]
pub fn Checkbox(
    #[prop(into)] name: String,
    #[prop(into)] value: String,
    #[prop(optional)] checked: bool,
    #[prop(into)] label: String,
) -> impl IntoView {
    view! {
        <label class="checkbox">
            <input type="checkbox" name=name value=value checked=checked/>
            <span>{label}</span>
        </label>
    }
}

/// The fields of a filter or an action. They are drawn anew when their values change; until then what is typed and not yet sent stays.
/// `form` makes their ids unique among the forms of a page.
#[component]
pub fn ControlFields(
    controls: Vec<Control>,
    form: &'static str,
    /// Why a field was refused, by its name.
    #[prop(optional)]
    errors: FieldErrors,
    /// What the page ignores of the URL: it leaves the fields.
    #[prop(optional)]
    ignored: Vec<String>,
) -> impl IntoView {
    let values = controls.iter().map(|it| format!("{}={} {:?}\n", it.name, it.value, it.options));
    let messages = errors.0.iter().map(|(name, message)| format!("{name}: {message}\n"));
    let key: String = values.chain(messages).chain(ignored).collect();
    keyed(
        [(key, controls, errors)],
        |(key, ..)| key.clone(),
        move |_, (_, controls, errors)| {
            let fields = controls
                .into_iter()
                .map(|control| {
                    let error = errors.get(&control.name).map(str::to_owned);
                    view! { <ControlField control=control form=form error=error/> }
                })
                .collect::<Vec<_>>();
            (|_| (), fields)
        },
    )
}

/// A field of a filter or an action, by its kind, with its error message. `form` makes its id unique among the forms of a page.
#[component]
pub fn ControlField(control: Control, form: &'static str, #[prop(optional_no_strip)] error: Option<String>) -> impl IntoView {
    let Control { name, label, kind, value, options } = control;
    let id = format!("{form}-{name}");
    let message_id = format!("{id}-error");
    let invalid = error.is_some().then_some("true");
    let described = error.is_some().then(|| message_id.clone());
    let error = error.map(|error| view! { <p class="field-message field-message-error" id=message_id role="alert">{error}</p> });
    match kind.as_str() {
        "many" => {
            let boxes = options
                .into_iter()
                .map(|(option, label)| {
                    let checked = value.split(',').any(|it| it == option);
                    view! { <Checkbox name=name.clone() value=option checked=checked label=label/> }
                })
                .collect_view();
            view! {
                <fieldset class="field field-wide checkbox-group" aria-describedby=described><legend>{label}</legend>{boxes}{error}</fieldset>
            }
            .erase()
        }
        "tick" => view! { <Checkbox name=name value="yes" checked=value == "yes" label=label/> {error} }.erase(),
        "select" => {
            // The options of a query form are complete.
            let empty = match form {
                "ask" => None,
                "filter" => Some("Any"),
                _ => Some("Choose"),
            };
            let empty = empty.map(|label| view! { <option value="">{label}</option> });
            let options = options
                .into_iter()
                .map(|(option, label)| {
                    let selected = option == value;
                    view! { <option value=option selected=selected>{label}</option> }
                })
                .collect_view();
            view! {
                <div class="field">
                    <label for=id.clone()>{label}</label>
                    <select class="input" id=id name=name autofocus=invalid.is_some() aria-invalid=invalid aria-describedby=described>{empty}{options}</select>
                    {error}
                </div>
            }
            .erase()
        }
        kind => {
            let (kind, decimal) = match kind {
                "date" => ("date", false),
                "line" => ("text", false),
                "search" => ("search", false),
                _ => ("text", true),
            };
            view! {
                <div class="field">
                    <label for=id.clone()>{label}</label>
                    <input
                        class="input"
                        id=id
                        name=name
                        type=kind
                        inputmode=decimal.then_some("decimal")
                        autocomplete="off"
                        value=value
                        autofocus=invalid.is_some()
                        aria-invalid=invalid
                        aria-describedby=described
                    />
                    {error}
                </div>
            }
            .erase()
        }
    }
}
