//! The order page: its fields by section, then its timeline.

use domain::{
    FieldErrors,
    orders::{
        Field,
        pages::{FollowUpAct, OrderView, Section},
        shown_number,
    },
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::{badge, duplicates_page::one_company, fields::asked, form_page::similar_orders, timeline::timeline, transitions::transitions};
use crate::{
    page_data::{self, PageData},
    ui::{
        Icon,
        el::{El, button, el, form as plain_form, hidden, link},
        icon::{Drawing, set},
        skeleton, titled,
    },
};

/// The page of an order.
#[derive(Debug)]
pub struct ShowRoute {
    shown: PageData<OrderView>,
}

#[lazy_route]
impl LazyRoute for ShowRoute {
    fn data() -> Self {
        Self { shown: page_data::order(page_data::number()) }
    }

    fn view(this: Self) -> AnyView {
        let messages = OrderMessages::new();
        page_data::page(this.shown, skeleton, move |shown| order(shown, messages))
    }
}

/// The messages of the page's forms. They are made once: the page may be drawn again while the server answers one of them.
#[derive(Clone, Copy)]
pub struct OrderMessages {
    /// Beside the fields that a status asks for.
    pub errors: RwSignal<FieldErrors>,
    /// Above the status buttons.
    pub status: RwSignal<Option<String>>,
    /// Below the comment.
    pub comment: RwSignal<Option<String>>,
    /// The order and the version that they belong to.
    of: StoredValue<Option<(String, i64)>>,
}

impl OrderMessages {
    fn new() -> Self {
        Self { errors: RwSignal::default(), status: RwSignal::new(None), comment: RwSignal::new(None), of: StoredValue::new(None) }
    }

    /// Removes those of another order or version; a form that the server refused brings its own.
    fn begin(self, shown: &OrderView) {
        let of = Some((shown.number.clone(), shown.version));
        if self.of.get_value() == of {
            return;
        }
        self.of.set_value(of);
        let refused = shown.refused.as_ref();
        set_if_changed(self.errors, refused.map(|it| it.errors.clone()).unwrap_or_default());
        set_if_changed(self.status, refused.filter(|it| it.to.is_some()).map(|it| it.sentence.clone()));
        set_if_changed(self.comment, refused.filter(|it| it.to.is_none()).and_then(|it| it.errors.get("body").map(str::to_owned)));
    }
}

/// Sets a signal, unless it has the value: the parts that show it, also those about to be replaced, are not run for nothing.
fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|it| *it != value) {
        signal.set(value);
    }
}

fn order(mut shown: OrderView, messages: OrderMessages) -> AnyView {
    messages.begin(&shown);
    let (sections, similar) = (std::mem::take(&mut shown.sections), std::mem::take(&mut shown.similar));
    let (number, customer, box_value) = (shown.number.clone(), shown.customer.clone(), shown.box_value.take());
    let (status, may_edit, may_create, connected_on) = (shown.status, shown.may_edit, shown.may_create, shown.connected_on.take());
    let follow_up = shown.follow_up.clone().map(|label| follow_up(&number, label, shown.due, may_edit));
    let press = |act: &str, label: &'static str| plain_form("", format!("/orders/{number}/{act}/")).with(button("btn btn-quiet", label));
    let mut acts = el("span", "order-acts");
    if may_create {
        acts = acts.with(link("btn btn-quiet", format!("/orders/new/?copy={number}")).any(icon(set::LuCopy)).text("Copy order"));
    }
    if may_edit {
        acts = acts
            .with(link("btn btn-quiet", format!("/orders/{number}/update/")).attr("data-key", "e").any(icon(set::LuPencil)).text("Edit"));
    }
    if shown.may_undo {
        acts = acts.with(press("undo", "Undo"));
    }
    if shown.may_trash {
        acts = acts.with(press("trash", "Move to trash"));
    }
    let merge = shown.merge.take().map(|name| one_company(name, [hidden("order", number.as_str())]));
    let may_move = !shown.next.is_empty();
    let set = may_edit.then(|| set_follow_up(&shown));
    let stored = StoredValue::new(shown);
    let title = format!("{customer} · {}", shown_number(&number));
    let under = el("p", "muted")
        .with(el("span", "num").text(shown_number(&number)))
        .with(badge(status))
        .all(connected_on.map(|day| el("span", "").text(format!("on {day}"))));
    let head = el("header", "page-head order-head")
        .with(
            el("div", "")
                .with(link("back", "/orders/").attr("data-back", "").text("← Orders"))
                .with(el("h1", "").attr("tabindex", "-1").text(customer))
                .with(under),
        )
        .with(el("div", "order-worth").with(el("strong", "").text(box_value.unwrap_or_else(|| "No box value".into()))).with(acts));
    let mut page = el("article", "order").with(head);
    if may_move {
        page = page.with(transitions(stored, messages));
    }
    let page = page.all(follow_up).all(set).all((!similar.is_empty()).then(|| similar_orders(similar).all(merge))).with(
        el("div", "order-columns")
            .with(el("div", "detail-fields").all(sections.into_iter().map(section)))
            .with(timeline(stored, messages.comment)),
    );
    titled(title, [page])
}

/// The current follow-up, with buttons to complete or postpone it.
fn follow_up(number: &str, text: String, due: bool, may_edit: bool) -> El {
    let mut each = el("span", "segments segments-small").attr("role", "group").attr("aria-label", "Follow-up");
    for (act, key) in [(FollowUpAct::Done, "d"), (FollowUpAct::Tomorrow, "t"), (FollowUpAct::Week, "w")] {
        each = each.with(button("", act.label()).attr("name", "act").attr("value", act.code()).attr("data-key", key));
    }
    let acts = may_edit.then(|| plain_form("", format!("/orders/{number}/follow-up/")).with(each));
    el("aside", if due { "follow-up follow-up-due" } else { "follow-up" })
        .attr("aria-label", "Follow-up")
        .with(el("p", "").text(text).all(due.then(|| el("strong", "").text(" · due"))))
        .all(acts)
}

/// The follow-up form, a plain form that opens with a key.
fn set_follow_up(shown: &OrderView) -> El {
    let refused =
        shown.refused.as_ref().filter(|it| it.to.is_none() && FOLLOW_UP.iter().any(|field| it.errors.get(field.name()).is_some()));
    let draft = refused.map_or(&shown.draft, |it| &it.draft);
    let errors = RwSignal::new(refused.map(|it| it.errors.clone()).unwrap_or_default());
    let mut fields = el("div", "fields");
    for field in FOLLOW_UP {
        fields = fields.with(asked(field, draft, errors, "fu-"));
    }
    let form = plain_form("card action-form", format!("/orders/{}/follow-up/", shown.number))
        .attr("novalidate", "")
        .with(hidden("act", FollowUpAct::On.code()))
        .with(fields)
        .with(button("btn btn-primary", "Save follow-up"));
    let label = if shown.follow_up.is_some() { "Change follow-up" } else { "Set follow-up" };
    let summary = el("summary", "chip").attr("data-key", "f").text(label);
    el("details", "filters follow-form").flag("open", refused.is_some()).with(summary).with(form)
}

/// The fields of a follow-up.
const FOLLOW_UP: [Field; 3] = [Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote];

fn icon(of: Drawing) -> AnyView {
    view! { <Icon of/> }.into_any()
}

/// A section of fields; empty fields are left out.
fn section(of: Section) -> El {
    let mut fields = el("dl", "");
    for detail in of.fields {
        let value = match detail.link {
            Some(href) => {
                let call = href.starts_with("tel:");
                let link = link(if call { "call" } else { "" }, href).attr("rel", "external");
                if call { link.any(icon(set::LuPhone)) } else { link }
            }
            None => el("span", ""),
        };
        fields = fields.with(el("div", "").with(el("dt", "").text(detail.label)).with(el("dd", "").with(value.text(detail.value))));
    }
    el("section", "card").with(el("h2", "").text(of.title)).with(fields)
}
