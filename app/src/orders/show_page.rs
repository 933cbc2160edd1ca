//! The order page: its fields by section, then its timeline.

use domain::{
    FieldErrors,
    orders::{
        Field, Status,
        history::Entry,
        pages::{DetailField, FollowUpAct, OrderView, Section, Similar},
        shown_number,
    },
};
use leptos::{prelude::*, tachys::view::keyed::keyed};
use leptos_router::{LazyRoute, hooks::use_query_map, lazy_route};

use super::{
    StatusBadge, api,
    duplicates_page::{MergeForm, SimilarList},
    fields::{Messages, OrderField},
    timeline::Timeline,
    transitions::Transitions,
};
use crate::{
    page_data::{self, Changes},
    ui::{
        Button, ButtonKind, Disclosure, Draw, Erase, Icon, LinkButton, Notice, Page, PageKey, PostForm, Rows, Toast,
        error_page::error_view, icon::set, skeleton, suspense,
    },
};

/// The page of an order.
#[derive(Debug)]
pub struct ShowRoute {
    number: Memo<String>,
}

#[lazy_route]
impl LazyRoute for ShowRoute {
    fn data() -> Self {
        Self { number: page_data::id() }
    }

    fn view(this: Self) -> AnyView {
        let (page, state, key, query) =
            (page_data::by_address(this.number, api::show), OrderState::new(), PageKey::default(), use_query_map());
        suspense(skeleton, move || {
            let show = query.with(|query| query.get("show")).unwrap_or_default();
            Box::pin(async move {
                match page.get().await {
                    Ok(order) => Box::new(move || {
                        state.take(&order);
                        key.draw(&order.number, view! { <Order order=&order state=state show=show/> }.erase())
                    }) as Draw,
                    Err(error) => Box::new(move || error_view(error)),
                }
            })
        })
    }
}

/// The state of the order page, made once beside the route: it outlives every redraw, also one that happens while the server answers a form.
#[derive(Clone, Copy)]
pub struct OrderState {
    /// The number and the version of the order on screen, and whether it came with a refused form.
    order: RwSignal<(String, i64, bool)>,
    /// The errors beside the fields that a status asks for, and the status.
    pub transition_errors: RwSignal<FieldErrors>,
    pub refused_status: RwSignal<Option<Status>>,
    /// The message above the status buttons.
    pub transition_message: RwSignal<Option<String>>,
    /// The errors of the follow-up form.
    pub follow_up_errors: RwSignal<FieldErrors>,
    /// The message below the comment.
    pub comment_message: RwSignal<Option<String>>,
    /// The entries of the timeline.
    pub entries: Rows<Entry>,
    pub changes: Changes,
    pub toast: Toast,
}

impl OrderState {
    fn new() -> Self {
        Self {
            order: RwSignal::default(),
            transition_errors: RwSignal::default(),
            refused_status: RwSignal::new(None),
            transition_message: RwSignal::new(None),
            follow_up_errors: RwSignal::default(),
            comment_message: RwSignal::new(None),
            entries: Rows::default(),
            changes: expect_context(),
            toast: expect_context(),
        }
    }

    /// The number of the order on screen.
    pub fn number(self) -> String {
        self.order.with_untracked(|(number, ..)| number.clone())
    }

    /// The version of the order on screen; a write with an older one is a conflict. Tracked.
    pub fn version(self) -> i64 {
        self.order.with(|(_, version, _)| *version)
    }

    /// Takes an order that was read. Messages of another order or version go, as do those of a refused form once the order is read anew; a form
    /// that the server refused brings its own.
    fn take(self, order: &OrderView) {
        let of = (order.number.clone(), order.version, order.refused.is_some());
        if self.order.with_untracked(|it| *it == of) {
            return;
        }
        self.order.set(of);
        let refused = order.refused.as_ref();
        let transition = refused.filter(|it| it.to.is_some());
        let other = refused.filter(|it| it.to.is_none());
        set_if_changed(self.refused_status, transition.and_then(|it| it.to));
        set_if_changed(self.transition_errors, transition.map(|it| it.errors.clone()).unwrap_or_default());
        set_if_changed(self.transition_message, transition.map(|it| it.sentence.clone()));
        set_if_changed(self.follow_up_errors, other.map(|it| it.errors.clone()).unwrap_or_default());
        set_if_changed(self.comment_message, other.and_then(|it| it.errors.get("body").map(str::to_owned)));
    }
}

/// Sets a signal, unless it has the value: what shows it is not run for nothing.
fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|it| *it != value) {
        signal.set(value);
    }
}

/// The page; `show` is the filter of the timeline.
#[component]
fn Order<'a>(order: &'a OrderView, state: OrderState, show: String) -> impl IntoView + use<> {
    let header = view! { <Header order=order/> };
    let transitions = (!order.next.is_empty()).then(|| view! { <Transitions order=order state=state/> });
    let follow_up = view! { <FollowUp order=order/> };
    let follow_up_form = order.may_edit.then(|| view! { <FollowUpForm order=order state=state/> });
    let merge = order.merge.clone().map(|name| view! { <MergeForm name=name fields=vec![("order".to_owned(), order.number.clone())]/> });
    let similar =
        (!order.similar.is_empty()).then(|| view! { <PossibleDuplicates orders=order.similar.clone()>{merge}</PossibleDuplicates> });
    let sections = order.sections.iter().cloned().map(|section| view! { <DetailSection section=section/> }).collect::<Vec<_>>();
    let timeline = view! { <Timeline order=order state=state show=show/> };
    view! {
        <Page title=format!("{} · {}", order.customer, shown_number(&order.number))>
            <article class="order">
                {header}
                {transitions}
                {follow_up}
                {follow_up_form}
                {similar}
                <div class="order-columns"><div class="order-details">{sections}</div>{timeline}</div>
            </article>
        </Page>
    }
}

/// The heading, the status, the box value, and the actions on the whole order.
#[component]
fn Header<'a>(order: &'a OrderView) -> impl IntoView + use<> {
    let number = order.number.as_str();
    let connected_on = order.connected_on.as_ref().map(|day| view! { <span>{format!("on {day}")}</span> });
    let copy = order.may_create.then(|| {
        view! { <LinkButton href=format!("/orders/new/?copy={number}")><Icon of=set::LuCopy/>"Copy order"</LinkButton> }
    });
    let edit = order.may_edit.then(|| {
        view! { <LinkButton href=format!("/orders/{number}/update/") attr:data-key="e"><Icon of=set::LuPencil/>"Edit"</LinkButton> }
    });
    let button = |may: bool, action: &str, label: &'static str| {
        may.then(|| view! { <PostForm action=format!("/orders/{number}/{action}/")><Button>{label}</Button></PostForm> })
    };
    view! {
        <header class="page-head order-head">
            <div>
                <a class="link-back" href="/orders/" data-back="">"← Orders"</a>
                <h1 tabindex="-1">{order.customer.clone()}</h1>
                <p class="muted"><span class="numeric">{shown_number(number).to_owned()}</span><StatusBadge status=order.status/>{connected_on}</p>
            </div>
            <div class="order-worth">
                <strong>{order.box_value.clone().unwrap_or_else(|| "No box value".into())}</strong>
                <span class="order-actions">
                    {copy} {edit} {button(order.may_undo, "undo", "Undo")} {button(order.may_trash, "trash", "Move to trash")}
                </span>
            </div>
        </header>
    }
}

/// The current follow-up, with buttons to complete or postpone it.
#[component]
fn FollowUp<'a>(order: &'a OrderView) -> impl IntoView + use<> {
    let (is_due, action) = (order.due, format!("/orders/{}/follow-up/", order.number));
    let buttons = order.may_edit.then(|| {
        let buttons = [(FollowUpAct::Done, "d"), (FollowUpAct::Tomorrow, "t"), (FollowUpAct::Week, "w")]
            .map(|(act, key)| view! { <button name="act" value=act.code() data-key=key>{act.label()}</button> });
        view! {
            <PostForm action=action>
                <span class="segments segments-small" role="group" aria-label="Follow-up">{buttons}</span>
            </PostForm>
        }
    });
    let class = if is_due { "order-follow-up order-follow-up-due" } else { "order-follow-up" };
    order.follow_up.clone().map(|text| {
        view! {
            <aside class=class aria-label="Follow-up">
                <p>{text}{is_due.then(|| view! { <strong>" · due"</strong> })}</p>
                {buttons}
            </aside>
        }
    })
}

/// The fields of a follow-up.
const FOLLOW_UP: [Field; 3] = [Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote];

/// The follow-up form, a plain form that opens with a key.
#[component]
fn FollowUpForm<'a>(order: &'a OrderView, state: OrderState) -> impl IntoView + use<> {
    let refused =
        order.refused.as_ref().filter(|it| it.to.is_none() && FOLLOW_UP.iter().any(|field| it.errors.get(field.name()).is_some()));
    let draft = refused.map_or(&order.draft, |it| &it.draft);
    let messages = Messages::of(state.follow_up_errors);
    let fields = FOLLOW_UP.map(|field| view! { <OrderField field=field draft=draft messages=messages prefix="fu-"/> });
    let label = if order.follow_up.is_some() { "Change follow-up" } else { "Set follow-up" };
    let action = format!("/orders/{}/follow-up/", order.number);
    view! {
        <Disclosure class="order-follow-up-form" label=label key="f" open=refused.is_some()>
            <PostForm class="card action-form" action=action novalidate=true>
                <input type="hidden" name="act" value=FollowUpAct::On.code()/>
                <div class="field-grid">{fields}</div>
                <Button kind=ButtonKind::Primary>"Save follow-up"</Button>
            </PostForm>
        </Disclosure>
    }
}

/// Possible duplicates: a warning only.
#[component]
pub fn PossibleDuplicates(orders: Vec<Similar>, #[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <Notice attr:role="status">
            <p>"Possible duplicates"</p>
            <SimilarList orders=orders/>
            {children.map(|children| children())}
        </Notice>
    }
}

/// A section of fields; empty fields are left out.
#[component]
fn DetailSection(section: Section) -> impl IntoView {
    // By what they show: what a device adds beside a number goes with it.
    let key = |field: &DetailField| format!("{}={}", field.label, field.value);
    let fields = keyed(section.fields, key, |_, field| (|_| (), view! { <Detail field=field/> }));
    view! { <section class="card"><h2>{section.title}</h2><dl>{fields}</dl></section> }
}

/// A field and its value; a phone number and an e-mail address are links.
#[component]
fn Detail(field: DetailField) -> impl IntoView {
    let DetailField { label, value, link } = field;
    let value = match link {
        Some(href) if href.starts_with("tel:") => {
            view! { <a class="link-phone" href=href rel="external"><Icon of=set::LuPhone/>{value}</a> }.erase()
        }
        Some(href) => view! { <a href=href rel="external">{value}</a> }.erase(),
        None => view! { <span>{value}</span> }.erase(),
    };
    view! { <div><dt>{label}</dt><dd>{value}</dd></div> }
}
