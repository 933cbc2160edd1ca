//! The order form: new, copied or existing. A plain form that posts to its own URL; once hydrated it validates a field
//! when the focus leaves it, and saves without a reload.

use std::rc::Rc;

use domain::{
    Error, FieldErrors,
    orders::{
        Field, Group, OrderDraft,
        conflict::{Conflict, ConflictField},
        field::FieldType,
        is_number,
        pages::{OrderForm, Similar},
        rules, shown_number,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    LazyRoute,
    hooks::{use_location, use_navigate, use_params_map, use_query_map},
    lazy_route,
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlFormElement};

use super::{
    api,
    duplicates_page::listed,
    fields::{Messages, control},
};
use crate::{
    error::AppError,
    forms,
    page_data::{self, Changes, Newest, PageData},
    ui::{
        Toast,
        el::{El, el, form as plain_form, hidden, link, live, live_text, none},
        skeleton, titled,
    },
};

/// The route of the form.
#[derive(Debug)]
pub struct FormRoute {
    form: PageData<OrderForm>,
}

#[lazy_route]
impl LazyRoute for FormRoute {
    fn data() -> Self {
        let number = use_params_map().with_untracked(|params| params.get("number"));
        let copy = use_query_map().with_untracked(|query| query.get("copy"));
        let search = use_location().search.get_untracked();
        let of = match number {
            // An old value to restore is in the query.
            Some(number) if !search.is_empty() => format!("{number}?{search}"),
            Some(number) => number,
            None => copy.map(|number| format!("copy={number}")).unwrap_or_default(),
        };
        Self { form: page_data::order_form(of) }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(this.form, skeleton, draw)
    }
}

fn draw(form: OrderForm) -> AnyView {
    let errors = RwSignal::new(form.errors.clone());
    let messages = Messages::of(errors);
    let questions = messages.questions;
    let today = domain::date::parse(&form.today).ok();
    let sentence = RwSignal::new(form.sentence.clone());
    let conflict = RwSignal::new(form.conflict.clone());
    let similar = RwSignal::new(Vec::<Similar>::new());
    let saving = RwSignal::new(false);
    let version = RwSignal::new(form.version);
    let (changes, toast) = (expect_context::<Changes>(), expect_context::<Toast>());
    let navigate = use_navigate();
    let typed = forms::guard_unsaved();

    let uuid = form.uuid.clone();
    let number = form.number.clone();
    let title = form.number.as_ref().map_or("New order".to_owned(), |number| format!("Edit {}", shown_number(number)));
    let action = form.number.as_ref().map_or("/orders/new/".to_owned(), |number| format!("/orders/{number}/update/"));
    let back = form.number.as_ref().map_or("/orders/".to_owned(), |number| format!("/orders/{number}/"));
    let stored = number.clone();
    let before = Rc::new(form.draft.clone());
    let drawn = before.clone();
    let requires = form.choices.requires.clone();
    let currency = StoredValue::new(form.currency.clone());

    let show_errors = move |found: FieldErrors| {
        sentence.set(Some(match found.0.as_slice() {
            // A message without a field is shown above the form.
            [(name, message)] if Field::find(name).is_none() => message.clone(),
            [_] => "Check 1 field below".to_owned(),
            many => format!("Check {} fields below", many.len()),
        }));
        errors.set(found);
        forms::focus("[aria-invalid=true]");
    };
    let submit = move |event: Event| {
        let Some(element) = forms::form_of(&event) else { return };
        event.prevent_default();
        if saving.get_untracked() {
            return;
        }
        let pairs = forms::pairs(&element, Some(&event));
        let draft = forms::draft(&pairs);
        if let Err(Error::Invalid(found)) = currency.with_value(|currency| rules::parse(&draft, &requires, currency)) {
            return show_errors(found);
        }
        // A field that still has the focus is checked for warnings when it is saved.
        let warning = today.and_then(|today| draft.first_warning(&drawn, today)).map(|(_, label)| label);
        saving.set(true);
        let (navigate, uuid, number, version_then) = (navigate.clone(), uuid.clone(), stored.clone(), version.get_untracked());
        spawn_local(async move {
            let answer = match &number {
                None => api::create(uuid, draft).await,
                Some(number) => api::edit(number.clone(), version_then, draft).await.map(|()| number.clone()),
            };
            saving.set(false);
            match answer {
                Ok(saved) => {
                    typed(false);
                    changes.notify();
                    let mut label = match &number {
                        None if is_number(&saved) => format!("Order {saved} created"),
                        None => "The order is saved on this device and will be sent when you're back online".to_owned(),
                        Some(_) => "Changes saved".to_owned(),
                    };
                    if let Some(warning) = warning {
                        label = format!("{label}. {warning}");
                    }
                    toast.show_on_next_page(label, number.map(|number| format!("/orders/{number}/undo/")));
                    navigate(&format!("/orders/{saved}/"), Default::default());
                }
                Err(AppError(Error::Invalid(found))) => show_errors(found),
                Err(AppError(Error::Conflict(held))) => {
                    version.set(held.version);
                    fill(&element, &held);
                    errors.set(FieldErrors::default());
                    sentence.set(None);
                    conflict.set(Some(*held));
                    forms::focus(".conflict");
                }
                // The server keeps the input of a plain form while the user signs in again.
                Err(AppError(Error::SignedOut)) => {
                    typed(false);
                    let _ = element.submit();
                }
                Err(other) => {
                    sentence.set(Some(other.0.sentence()));
                    forms::focus(".form-sentence");
                }
            }
        });
    };
    let (checked, asked) = (number.clone(), Newest::default());
    let judge = move |draft: &OrderDraft, field| currency.with_value(|currency| draft.check(field, currency));
    let check = move |field: Field, element: HtmlFormElement| {
        let pairs = forms::pairs(&element, None);
        let draft = forms::draft(&pairs);
        errors.update(|errors| {
            errors.0.retain(|(name, _)| name != field.name());
            if let Err(message) = judge(&draft, field) {
                errors.add(field.name(), message);
            }
        });
        let warning = today.and_then(|today| draft.warning(field, today)).filter(|_| draft.get(field) != before.get(field));
        questions.update(|questions| {
            questions.0.retain(|(name, _)| name != field.name());
            if let Some(label) = warning {
                questions.add(field.name(), label);
            }
        });
        if matches!(field.shape(), FieldType::Phone | FieldType::Email) {
            let mut contact = OrderDraft::default();
            for field in [Field::Mobile, Field::Landline, Field::Email] {
                if judge(&draft, field).is_ok() {
                    contact.set(field, draft.get(field));
                }
            }
            let number = checked.clone();
            let is_newest = asked.ask();
            spawn_local(async move {
                // A response to an older request is ignored.
                if let Ok(found) = page_data::similar(contact, number).await
                    && is_newest()
                {
                    similar.set(found);
                }
            });
        }
    };
    let left = move |event: Event| {
        let Some(input) = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok()) else { return };
        let Some(field) = input.get_attribute("name").as_deref().and_then(Field::find) else { return };
        let Some(element) = input.closest("form").ok().flatten().and_then(|it| it.dyn_into::<HtmlFormElement>().ok()) else { return };
        // Focus also leaves a field when its form is removed from the page: a signal that changed then would run effects
        // of a disposed page.
        let check = check.clone();
        request_animation_frame(move || {
            if element.is_connected() {
                check(field, element);
            }
        });
    };
    let delivery = |field: Field| field.group() == Group::Delivery && field != Field::DeliverToBilling;
    let groups = Group::ALL.map(|group| {
        let controls = Field::of(group).filter(|field| *field != Field::Owner || !form.choices.owners.is_empty()).map(|field| {
            let drawn = control(field, &form.draft, &form.choices, form.locked.contains(&field), messages, "");
            if delivery(field) { el("div", "delivery").with(drawn) } else { drawn }
        });
        el("fieldset", "card group").with(el("legend", "").text(group.label())).with(el("div", "fields").all(controls))
    });
    let head = el("header", "page-head").with(
        el("div", "")
            .with(el("h1", "").attr("tabindex", "-1").text(title.as_str()))
            .all(form.customer.clone().map(|customer| el("p", "muted").text(customer))),
    );
    let end = el("div", "form-end").with(link("btn btn-quiet", back).attr("data-back", "").text("Cancel")).with(
        el("button", "btn btn-primary")
            .live_attr("disabled", move || saving.get().then(String::new))
            .any(live_text(move || if saving.get() { "Saving…" } else { "Save" }.to_owned())),
    );
    let form = plain_form("order-form", action)
        .attr("novalidate", "")
        .on("submit", submit)
        .on("focusout", left)
        .on("input", move |_| typed(true))
        .with(hidden("uuid", form.uuid.as_str()))
        .with(el("input", "").attr("type", "hidden").attr("name", "version").live_attr("value", move || Some(version.get().to_string())))
        .with(
            el("p", "form-sentence")
                .attr("role", "alert")
                .attr("tabindex", "-1")
                .any(live_text(move || sentence.get().unwrap_or_default())),
        )
        .any(live(move || conflict.with(|held| held.as_ref().map_or_else(none, |held| dispute(held).view()))))
        .any(live(move || {
            let found = similar.get();
            if found.is_empty() { none() } else { similar_orders(found).view() }
        }))
        .all(groups)
        .with(end);
    titled(title, [head, form])
}

/// Puts the other person's changes into the fields that only they changed.
fn fill(form: &HtmlFormElement, held: &Conflict) {
    for (field, _, label) in &held.merged {
        let Some(input) = form.query_selector(&format!("[name={}]", field.name())).ok().flatten() else { continue };
        let value = held.draft.get(*field);
        if let Some(input) = input.dyn_ref::<web_sys::HtmlInputElement>() {
            if field.shape() == FieldType::Tick { input.set_checked(value == "yes") } else { input.set_value(value) }
        } else if let Some(input) = input.dyn_ref::<web_sys::HtmlSelectElement>() {
            input.set_value(value);
            // A field with suggestions shows it there too.
            if let Some(line) = input.previous_element_sibling() {
                let _ = line.set_attribute("data-taken", &format!("{value}\n{label}"));
            }
        } else if let Some(input) = input.dyn_ref::<web_sys::HtmlTextAreaElement>() {
            input.set_value(value);
        }
    }
}

/// Possible duplicates: a warning only.
pub fn similar_orders(found: Vec<Similar>) -> El {
    el("div", "notice").attr("role", "status").with(el("p", "").text("Possible duplicates")).with(listed(found))
}

/// An edit conflict: the old value, theirs and mine, field by field.
fn dispute(held: &Conflict) -> El {
    let or_empty = |value: &str| if value.is_empty() { "(empty)".to_owned() } else { value.to_owned() };
    let row = |it: &ConflictField| {
        let name = format!("pick.{}", it.field.name());
        let theirs = hidden(format!("theirs.{}", it.field.name()), it.theirs.as_str());
        let pick = |value: &'static str, text: &str, on: bool| {
            let radio = el("input", "").attr("type", "radio").attr("name", name.as_str()).attr("value", value).flag("checked", on);
            el("td", "").with(el("label", "pick").with(radio).text(or_empty(text)))
        };
        el("tr", "").all([
            el("th", "").attr("scope", "row").text(it.field.full_label()).with(theirs),
            el("td", "").text(or_empty(&it.before_label)),
            pick("theirs", &it.theirs_label, false),
            pick("mine", &it.mine_label, true),
        ])
    };
    let table = (!held.fields.is_empty()).then(|| {
        let head = ["Field", "Before", "Theirs", "Yours"].map(|text| el("th", "").attr("scope", "col").text(text));
        let table = el("table", "choices").with(el("thead", "").with(el("tr", "").all(head)));
        el("div", "table-frame").with(table.with(el("tbody", "").all(held.fields.iter().map(row))))
    });
    let merged = (!held.merged.is_empty()).then(|| {
        let lines = held
            .merged
            .iter()
            .map(|(field, before, after)| el("li", "").text(format!("{}: {} → {}", field.full_label(), or_empty(before), or_empty(after))));
        el("div", "").with(el("p", "").text("Also changed, and updated in the form:")).with(el("ul", "").all(lines))
    });
    let what = if held.fields.is_empty() {
        "None of your changes conflict with theirs: save again to keep both."
    } else {
        "Choose a value for each field below, then save."
    };
    el("section", "conflict card")
        .attr("tabindex", "-1")
        .attr("aria-labelledby", "conflict-title")
        .with(el("h2", "").attr("id", "conflict-title").text(format!("{} saved this order while you were editing it", held.by)))
        .with(el("p", "").text(format!("{}. {what}", held.at.full)))
        .all(table)
        .all(merged)
}
