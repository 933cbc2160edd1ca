//! The board: one column per status. A card is moved by its menu, with or without JavaScript, or by dragging.

use domain::{
    Error, FieldErrors,
    orders::{
        Field, OrderDraft, Status,
        list::View,
        pages::{BoardColumn, BoardView, Card},
        shown_number,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{LazyRoute, lazy_route};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Event, HtmlDialogElement, HtmlElement, HtmlFormElement};

use super::{
    api,
    fields::asked,
    list_page::{filters, ignored, views},
    status_badge,
};
use crate::{
    error::AppError,
    forms,
    page_data::{self, Changes, PageData},
    ui::{
        Toast, avatar, dom,
        el::{El, button, el, form, hidden, link, live, none},
        skeleton, titled,
    },
};

/// The route of the board.
#[derive(Debug)]
pub struct BoardRoute {
    shown: PageData<BoardView>,
}

#[lazy_route]
impl LazyRoute for BoardRoute {
    fn data() -> Self {
        Self { shown: page_data::board(page_data::address(|path| View::from_path(path) == Some(View::Board))) }
    }

    fn view(this: Self) -> AnyView {
        // The board may be drawn again while the server answers a change, or while it is asked for values.
        let mover = Mover::new();
        let (pending, asker) = (mover.pending, mover.clone());
        let ask = live(move || pending.get().map_or_else(none, |asked| ask(asked, &asker).view()));
        let page = page_data::page(this.shown, skeleton, move |shown| board(shown, &mover));
        view! { {page} {ask} }.into_any()
    }
}

fn board(shown: BoardView, mover: &Mover) -> AnyView {
    let columns = shown.columns.into_iter().map(|it| column(it, mover));
    let page = el("div", "list")
        .with(el("header", "page-head").with(el("h1", "").attr("tabindex", "-1").text("Board")))
        .with(views(&shown.list))
        .with(el("div", "tools").with(filters(&shown.list)).with(link("chip", "/orders/").text("View as list")))
        .all(ignored(&shown.list))
        .with(el("div", "board").attr("tabindex", "0").attr("role", "group").attr("aria-label", "Orders by status").all(columns));
    titled("Board", [page])
}

/// A status change that needs more values: the order, the values so far, and the errors.
#[derive(Clone)]
struct PendingTransition {
    number: String,
    version: i64,
    to: Status,
    draft: OrderDraft,
    errors: FieldErrors,
}

/// Changes the status of an order, from the menu or by dragging.
#[derive(Clone)]
struct Mover {
    changes: Changes,
    toast: Toast,
    pending: RwSignal<Option<PendingTransition>>,
}

impl Mover {
    fn new() -> Self {
        Self { changes: expect_context(), toast: expect_context(), pending: RwSignal::new(None) }
    }

    fn change_status(&self, number: String, version: i64, to: Status, draft: OrderDraft, form: Option<HtmlFormElement>) {
        let it = self.clone();
        // Whether a dialog asks: one that is closed before the answer comes stays closed.
        let is_asked = self.pending.with_untracked(Option::is_some);
        if let Some(form) = &form {
            forms::set_sending(form, true);
        }
        spawn_local(async move {
            let answer = api::change_status(number.clone(), version, to, draft.clone()).await;
            if let Some(form) = form {
                forms::set_sending(&form, false);
            }
            match answer {
                Ok(()) => {
                    let _ = it.pending.try_set(None);
                    it.toast.show_with_undo(format!("Order {number} moved to {}", to.label()), format!("/orders/{number}/undo/"));
                    it.changes.notify();
                }
                Err(AppError(Error::Invalid(errors))) => {
                    if !is_asked || it.pending.try_with_untracked(Option::is_some) == Some(true) {
                        let _ = it.pending.try_set(Some(PendingTransition { number, version, to, draft, errors }));
                    }
                }
                Err(other) => {
                    let _ = it.pending.try_set(None);
                    it.toast.refuse(other.0.sentence());
                    it.changes.notify();
                }
            }
        });
    }
}

/// A dialog that asks for the values that the new status requires.
fn ask(of: PendingTransition, mover: &Mover) -> El {
    let PendingTransition { number, version, to, draft, errors } = of;
    let pending = mover.pending;
    let fields: Vec<Field> = errors.0.iter().filter_map(|(name, _)| Field::find(name)).collect();
    let other: Vec<&str> = errors.0.iter().filter(|(name, _)| Field::find(name).is_none()).map(|(_, message)| message.as_str()).collect();
    let sentence = el("p", "form-sentence").attr("role", "alert").text(other.join(". "));
    let shown = RwSignal::new(errors);
    let controls: Vec<El> = fields.iter().map(|field| asked(*field, &draft, shown, "ask-")).collect();
    let action = format!("/orders/{number}/move/");
    let (mover, before, menu) = (mover.clone(), draft, format!("[aria-label='Move order {number}']"));
    // The focus returns to the card, which may have been rendered again meanwhile.
    let closed = move |_| {
        pending.set(None);
        let menu = menu.clone();
        request_animation_frame(move || {
            if let Some(summary) = dom::find::<HtmlElement>(&menu) {
                let _ = summary.focus();
            }
        });
    };
    let given = move |event: Event| {
        let Some(element) = forms::form_of(&event) else { return };
        event.prevent_default();
        let typed = forms::draft(&forms::pairs(&element, None));
        let mut draft = before.clone();
        fields.iter().for_each(|field| draft.set(*field, typed.get(*field)));
        mover.change_status(number.clone(), version, to, draft, Some(element));
    };
    request_animation_frame(|| {
        if let Some(dialog) = dom::find::<HtmlDialogElement>("#board-ask").filter(|it| !it.open()) {
            let _ = dialog.show_modal();
        }
    });
    let text = format!("Move to {}", to.label());
    let close = |_| {
        if let Some(dialog) = dom::find::<HtmlDialogElement>("#board-ask") {
            dialog.close();
        }
    };
    let cancel = el("button", "btn btn-quiet").attr("type", "button").on("click", close).text("Cancel");
    let form = form("action-form", action)
        .attr("novalidate", "")
        .on("submit", given)
        .with(hidden("to", to.code()))
        .with(hidden("version", version.to_string()))
        .with(sentence)
        .with(el("div", "fields").all(controls))
        .with(el("p", "dialog-acts").with(button("btn btn-primary", text.as_str())).with(cancel));
    el("dialog", "dialog")
        .attr("id", "board-ask")
        .attr("aria-labelledby", "board-ask-title")
        .on("close", closed)
        .with(el("h2", "").attr("id", "board-ask-title").text(text))
        .with(form)
}

fn column(of: BoardColumn, mover: &Mover) -> El {
    let to = of.status;
    let dropping = mover.clone();
    let dropped = move |event: Event| {
        event.prevent_default();
        let data = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer).and_then(|it| it.get_data("text/plain").ok());
        let mut parts = data.as_deref().unwrap_or_default().split(' ');
        let (Some(number), Some(version), Some(next)) = (parts.next(), parts.next().and_then(|it| it.parse().ok()), parts.next()) else {
            return;
        };
        // A drop on a column that is not allowed has no effect; the server would refuse it too.
        if next.split(',').any(|code| code == to.code()) {
            dropping.change_status(number.to_owned(), version, to, OrderDraft::default(), None);
        }
    };
    let more = of.more.as_deref().map(|href| link("board-more", href).text("View all"));
    el("section", "board-column")
        .attr("aria-label", to.label())
        .on("dragover", |event: Event| event.prevent_default())
        .on("drop", dropped)
        .with(
            el("header", "board-head")
                .with(el("h2", status_badge::class(to)).text(to.label()))
                .with(el("span", "num").text(of.count))
                .with(el("small", "num").text(of.sum)),
        )
        .all(of.cards.into_iter().map(|it| card(it, mover)))
        .all(more)
}

fn card(of: Card, mover: &Mover) -> El {
    let Card { row, version, next } = of;
    let number = row.number.clone();
    let codes = next.iter().map(|it| it.code()).collect::<Vec<_>>().join(",");
    let carried = format!("{number} {version} {codes}");
    let lifted = move |event: Event| {
        if let Some(data) = event.dyn_ref::<DragEvent>().and_then(DragEvent::data_transfer) {
            let _ = data.set_data("text/plain", &carried);
        }
    };
    let (moving, of) = (mover.clone(), number.clone());
    let pressed = move |event: Event| {
        let Some(element) = forms::form_of(&event) else { return };
        let pairs = forms::pairs(&element, Some(&event));
        let Some(to) = Status::from_code(forms::value(&pairs, "to")) else { return };
        event.prevent_default();
        if let Ok(Some(menu)) = element.closest("details") {
            let _ = menu.remove_attribute("open");
        }
        moving.change_status(of.clone(), version, to, OrderDraft::default(), Some(element));
    };
    let transitions = next.iter().map(|to| {
        button("board-to", "").attr("name", "to").attr("value", to.code()).with(el("span", status_badge::class(*to)).text(to.label()))
    });
    let menu = (!next.is_empty()).then(|| {
        let transitions = form("board-transitions", format!("/orders/{number}/move/"))
            .on("submit", pressed)
            .with(hidden("version", version.to_string()))
            .all(transitions);
        el("details", "board-menu")
            .with(el("summary", "").attr("aria-label", format!("Move order {number}")).text("Move"))
            .with(transitions)
    });
    let owner = row.owner.as_deref().map(avatar);
    el("article", "card board-card")
        .attr("draggable", if next.is_empty() { "false" } else { "true" })
        .on("dragstart", lifted)
        .with(link("row-link", format!("/orders/{number}/")).attr("data-row", "").text(row.customer))
        .with(el("p", "muted").with(el("span", "num").text(shown_number(&number))).with(el("span", "").text(row.at.short)))
        .with(el("div", "board-end").with(el("b", "num").text(row.box_value.unwrap_or_else(|| "–".into()))).all(owner).all(menu))
}
