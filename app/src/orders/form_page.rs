//! The order form: new, copied or existing. A plain form that posts to its own URL; once hydrated it validates a field
//! when the focus leaves it, and saves without a reload.

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
use leptos::{ev::FocusEvent, prelude::*, tachys::view::keyed::keyed, task::spawn_local};
use leptos_router::{LazyRoute, NavigateOptions, hooks::use_navigate, lazy_route};
use wasm_bindgen::JsCast;
use web_sys::{HtmlFormElement, HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement, SubmitEvent};

use super::{
    api,
    fields::{Messages, OrderField},
    show_page::PossibleDuplicates,
};
use crate::{
    error::AppError,
    forms,
    page_data::{self, Changes, Newest, PageData},
    routes::{self, parts_of},
    ui::{Button, ButtonKind, Erase, ErrorSummary, FieldMessage, LinkButton, Page, PageHead, PostForm, Toast, dom, skeleton},
};

/// The route of the form.
#[derive(Debug)]
pub struct FormRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for FormRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::forms) }
    }

    fn view(this: Self) -> AnyView {
        let address = this.address;
        // It is not read again when something changes, so that typed text is kept.
        page_data::page_by_key(
            PageData::new(move || address.with(|address| form_of(address)), api::form),
            skeleton,
            move |_| address.get_untracked(),
            |form| view! { <OrderFormPage form=form/> }.erase(),
        )
    }
}

/// Which form an address asks for, as [`api::form`] takes it.
fn form_of(address: &str) -> String {
    let (path, search) = address.split_once('?').unwrap_or((address, ""));
    match parts_of(path).as_slice() {
        // An old value to restore is in the query.
        ["orders", number, "update"] if !search.is_empty() => format!("{number}?{search}"),
        ["orders", number, "update"] => (*number).to_owned(),
        _ => {
            let pairs = domain::page::query_pairs(search);
            let copied = forms::value(&pairs, "copy");
            if copied.is_empty() { String::new() } else { format!("copy={copied}") }
        }
    }
}

/// The state of the form. The form is read once, so it begins with the page.
#[derive(Clone, Copy)]
struct FormState {
    /// What was read: the draft to compare with, and the rules.
    form: StoredValue<OrderForm>,
    errors: RwSignal<FieldErrors>,
    warnings: RwSignal<FieldErrors>,
    /// The sentence above the form.
    sentence: RwSignal<Option<String>>,
    conflict: RwSignal<Option<Conflict>>,
    similar: RwSignal<Vec<Similar>>,
    is_saving: RwSignal<bool>,
    version: RwSignal<i64>,
    /// Tells the newest check for duplicates from older ones.
    newest: StoredValue<Newest>,
    changes: Changes,
    toast: Toast,
}

impl FormState {
    fn new(form: &OrderForm) -> Self {
        Self {
            form: StoredValue::new(form.clone()),
            errors: RwSignal::new(form.errors.clone()),
            warnings: RwSignal::default(),
            sentence: RwSignal::new(form.sentence.clone()),
            conflict: RwSignal::new(form.conflict.clone()),
            similar: RwSignal::new(Vec::new()),
            is_saving: RwSignal::new(false),
            version: RwSignal::new(form.version),
            newest: StoredValue::new(Newest::default()),
            changes: expect_context(),
            toast: expect_context(),
        }
    }

    fn messages(self) -> Messages {
        Messages::with_warnings(self.errors, self.warnings)
    }

    fn show_errors(self, found: FieldErrors) {
        self.sentence.set(Some(match found.0.as_slice() {
            // A message without a field is shown above the form.
            [(name, message)] if Field::find(name).is_none() => message.clone(),
            [_] => "Check 1 field below".to_owned(),
            many => format!("Check {} fields below", many.len()),
        }));
        self.errors.set(found);
        forms::focus("[aria-invalid=true]");
    }

    /// Saves the form. `set_unsaved` says whether there is text that is not saved.
    fn submit(self, event: &SubmitEvent, set_unsaved: impl Fn(bool) + Copy + 'static, navigate: impl Fn(&str, NavigateOptions) + 'static) {
        let Some(element) = forms::form_of(event) else { return };
        event.prevent_default();
        if self.is_saving.get_untracked() {
            return;
        }
        let draft = forms::draft(&forms::pairs(&element, Some(event)));
        let parsed = self.form.with_value(|form| rules::parse(&draft, &form.choices.requires, &form.currency).map(|_| ()));
        if let Err(Error::Invalid(found)) = parsed {
            return self.show_errors(found);
        }
        // A field that still has the focus is checked for warnings when it is saved.
        let (number, uuid, warning) = self.form.with_value(|form| {
            let today = domain::date::parse(&form.today).ok();
            let warning = today.and_then(|today| draft.first_warning(&form.draft, today)).map(|(_, label)| label);
            (form.number.clone(), form.uuid.clone(), warning)
        });
        let version = self.version.get_untracked();
        self.is_saving.set(true);
        spawn_local(async move {
            let answer = match &number {
                None => api::create(uuid, draft).await,
                Some(number) => api::edit(number.clone(), version, draft).await.map(|()| number.clone()),
            };
            self.is_saving.set(false);
            let is_left = !element.is_connected();
            match answer {
                Ok(_) if is_left => self.changes.notify(),
                Ok(saved) => {
                    set_unsaved(false);
                    self.changes.notify();
                    let mut label = match &number {
                        None if is_number(&saved) => format!("Order {saved} created"),
                        None => "The order is saved on this device and will be sent when you're back online".to_owned(),
                        Some(_) => "Changes saved".to_owned(),
                    };
                    if let Some(warning) = warning {
                        label = format!("{label}. {warning}");
                    }
                    self.toast.show_on_next_page(label, number.map(|number| format!("/orders/{number}/undo/")));
                    navigate(&format!("/orders/{saved}/"), NavigateOptions::default());
                }
                Err(AppError(Error::Invalid(found))) => self.show_errors(found),
                Err(AppError(Error::Conflict(conflict))) => {
                    self.version.set(conflict.version);
                    fill(&element, &conflict);
                    self.errors.set(FieldErrors::default());
                    self.sentence.set(None);
                    self.conflict.set(Some(*conflict));
                    forms::focus(".order-form-conflict");
                }
                // The server keeps the input of a plain form while the user signs in again.
                Err(AppError(Error::SignedOut)) => {
                    set_unsaved(false);
                    let _ = element.submit();
                }
                Err(other) => {
                    self.sentence.set(Some(other.0.sentence()));
                    forms::focus(".form-message");
                }
            }
        });
    }

    /// The focus left a field: checks it.
    fn leave(self, event: &FocusEvent) {
        let Some(input) = dom::target::<web_sys::Element>(event) else { return };
        let Some(field) = input.get_attribute("name").as_deref().and_then(Field::find) else { return };
        let Some(element) = input.closest("form").ok().flatten().and_then(|it| it.dyn_into::<HtmlFormElement>().ok()) else { return };
        // Focus also leaves a field when its form is removed from the page: a signal that changed then would run effects
        // of a disposed page.
        request_animation_frame(move || {
            if element.is_connected() {
                self.check(field, &element);
            }
        });
    }

    /// Checks a field: its error, its warning, and orders with the same phone or e-mail.
    fn check(self, field: Field, element: &HtmlFormElement) {
        let draft = forms::draft(&forms::pairs(element, None));
        let judge = |draft: &OrderDraft, field| self.form.with_value(|form| draft.check(field, &form.currency));
        self.errors.update(|errors| {
            errors.0.retain(|(name, _)| name != field.name());
            if let Err(message) = judge(&draft, field) {
                errors.add(field.name(), message);
            }
        });
        let warning = self.form.with_value(|form| {
            let today = domain::date::parse(&form.today).ok();
            today.and_then(|today| draft.warning(field, today)).filter(|_| draft.get(field) != form.draft.get(field))
        });
        self.warnings.update(|warnings| {
            warnings.0.retain(|(name, _)| name != field.name());
            if let Some(label) = warning {
                warnings.add(field.name(), label);
            }
        });
        if !matches!(field.shape(), FieldType::Phone | FieldType::Email) {
            return;
        }
        let mut contact = OrderDraft::default();
        for field in [Field::Mobile, Field::Landline, Field::Email] {
            if judge(&draft, field).is_ok() {
                contact.set(field, draft.get(field));
            }
        }
        let number = self.form.with_value(|form| form.number.clone());
        let is_newest = self.newest.with_value(Newest::ask);
        spawn_local(async move {
            // A response to an older request is ignored.
            if let Ok(found) = api::similar(contact, number).await
                && is_newest()
            {
                self.similar.set(found);
            }
        });
    }
}

/// The page.
#[component]
fn OrderFormPage(form: OrderForm) -> impl IntoView {
    let state = FormState::new(&form);
    let set_unsaved = forms::guard_unsaved();
    let navigate = use_navigate();
    let submit = move |event: SubmitEvent| state.submit(&event, set_unsaved, navigate.clone());
    let (title, action, back) = match &form.number {
        Some(number) => (format!("Edit {}", shown_number(number)), format!("/orders/{number}/update/"), format!("/orders/{number}/")),
        None => ("New order".to_owned(), "/orders/new/".to_owned(), "/orders/".to_owned()),
    };
    let groups = Group::ALL.map(|group| view! { <FieldGroup group=group form=&form messages=state.messages()/> });
    let similar = move || {
        let orders = state.similar.get();
        (!orders.is_empty()).then(|| view! { <PossibleDuplicates orders=orders/> })
    };
    // Once it was sent; until then each message stands beside its field alone.
    let summary = move || {
        let errors = state.errors.with(|errors| if state.sentence.with(Option::is_none) { Vec::new() } else { errors.0.clone() });
        let messages = errors.into_iter().filter_map(|(name, message)| {
            let label = Field::find(&name)?.label().to_owned();
            Some(FieldMessage { id: name, label, message })
        });
        view! { <ErrorSummary errors=messages.collect()/> }
    };
    let conflict = move || state.conflict.with(|it| it.as_ref().map(|conflict| view! { <ConflictNotice conflict=conflict/> }));
    view! {
        <Page title=title.clone()>
            <PageHead title=title subtitle=form.customer.clone().unwrap_or_default()/>
            <PostForm
                class="order-form"
                action=action
                novalidate=true
                on:submit=submit
                on:focusout=move |event: FocusEvent| state.leave(&event)
                on:input=move |_| set_unsaved(true)
            >
                <input type="hidden" name="uuid" value=form.uuid.clone()/>
                <input type="hidden" name="version" value=move || state.version.get().to_string()/>
                <p class="form-message" role="alert" tabindex="-1">{move || state.sentence.get().unwrap_or_default()}</p>
                {summary}
                {conflict}
                {similar}
                {groups}
                <div class="order-form-end">
                    <LinkButton href=back attr:data-back="">"Cancel"</LinkButton>
                    <Button kind=ButtonKind::Primary attr:disabled=move || state.is_saving.get()>
                        {move || if state.is_saving.get() { "Saving…" } else { "Save" }}
                    </Button>
                </div>
            </PostForm>
        </Page>
    }
}

/// A group of fields with its legend.
#[component]
fn FieldGroup<'a>(group: Group, form: &'a OrderForm, messages: Messages) -> impl IntoView + use<> {
    let fields = Field::of(group)
        .filter(|field| *field != Field::Owner || !form.choices.owners.is_empty())
        .map(|field| {
            let is_locked = form.locked.contains(&field);
            let control = view! { <OrderField field=field draft=&form.draft choices=&form.choices locked=is_locked messages=messages/> };
            let is_delivery = field.group() == Group::Delivery && field != Field::DeliverToBilling;
            if is_delivery { view! { <div class="order-form-delivery">{control}</div> }.erase() } else { control.erase() }
        })
        .collect::<Vec<_>>();
    view! { <fieldset class="card order-form-group"><legend>{group.label()}</legend><div class="field-grid">{fields}</div></fieldset> }
}

/// Puts the other person's changes into the fields that only they changed.
fn fill(form: &HtmlFormElement, held: &Conflict) {
    for (field, _, label) in &held.merged {
        let Some(input) = form.query_selector(&format!("[name={}]", field.name())).ok().flatten() else { continue };
        let value = held.draft.get(*field);
        if let Some(input) = input.dyn_ref::<HtmlInputElement>() {
            if field.shape() == FieldType::Tick { input.set_checked(value == "yes") } else { input.set_value(value) }
        } else if let Some(input) = input.dyn_ref::<HtmlSelectElement>() {
            input.set_value(value);
            // A field with suggestions shows it there too.
            if let Some(line) = input.previous_element_sibling() {
                let _ = line.set_attribute("data-taken", &format!("{value}\n{label}"));
            }
        } else if let Some(input) = input.dyn_ref::<HtmlTextAreaElement>() {
            input.set_value(value);
        }
    }
}

/// A value, or that there is none.
fn or_empty(value: &str) -> String {
    if value.is_empty() { "(empty)".to_owned() } else { value.to_owned() }
}

/// An edit conflict: the old value, theirs and mine, field by field.
#[component]
fn ConflictNotice<'a>(conflict: &'a Conflict) -> impl IntoView + use<> {
    // By field and value: a choice never moves to another.
    let rows = keyed(
        conflict.fields.clone(),
        |it| format!("{}={} {} {}", it.field.name(), it.theirs, it.before_label, it.mine_label),
        |_, field| (|_| (), view! { <ConflictRow field=&field/> }),
    );
    let table = (!conflict.fields.is_empty()).then(|| {
        view! {
            <div class="table-frame">
                <table class="order-form-choices">
                    <thead>
                        <tr><th scope="col">"Field"</th><th scope="col">"Before"</th><th scope="col">"Theirs"</th><th scope="col">"Yours"</th></tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    let merged = conflict
        .merged
        .iter()
        .map(|(field, before, after)| {
            view! { <li>{format!("{}: {} → {}", field.full_label(), or_empty(before), or_empty(after))}</li> }
        })
        .collect::<Vec<_>>();
    let merged = (!merged.is_empty()).then(|| view! { <div><p>"Also changed, and updated in the form:"</p><ul>{merged}</ul></div> });
    let what = if conflict.fields.is_empty() {
        "None of your changes conflict with theirs: save again to keep both."
    } else {
        "Choose a value for each field below, then save."
    };
    view! {
        <section class="order-form-conflict card" tabindex="-1" aria-labelledby="conflict-title">
            <h2 id="conflict-title">{format!("{} saved this order while you were editing it", conflict.by)}</h2>
            <p>{format!("{}. {what}", conflict.at.full)}</p>
            {table}
            {merged}
        </section>
    }
}

/// A field that both changed, with a choice.
#[component]
fn ConflictRow<'a>(field: &'a ConflictField) -> impl IntoView + use<> {
    let name = field.field.name();
    let choice = |value: &'static str, label: &str, checked: bool| {
        view! {
            <td><label class="checkbox"><input type="radio" name=format!("pick.{name}") value=value checked=checked/>{or_empty(label)}</label></td>
        }
    };
    view! {
        <tr>
            <th scope="row">{field.field.full_label()}<input type="hidden" name=format!("theirs.{name}") value=field.theirs.clone()/></th>
            <td>{or_empty(&field.before_label)}</td>
            {choice("theirs", &field.theirs_label, false)}
            {choice("mine", &field.mine_label, true)}
        </tr>
    }
}
