//! The board: one column per status. A card is moved by the menu, which all cards share, or by dragging. Without JavaScript its button
//! opens the order, whose page changes the status.

use domain::{
    Error, FieldErrors,
    orders::{
        Field, OrderDraft, Status,
        pages::{BoardColumn, BoardView, Card},
        shown_number,
    },
};
use leptos::{ev::DragEvent, prelude::*, tachys::view::keyed::keyed, task::spawn_local};
use leptos_router::{LazyRoute, lazy_route};
use web_sys::{HtmlDialogElement, HtmlElement, HtmlFormElement, MouseEvent, SubmitEvent};

use super::{
    StatusBadge, api,
    fields::{Messages, OrderField},
    list_page::{Filters, ListChips},
    status_badge,
};
use crate::{
    error::AppError,
    forms,
    page_data::{self, Changes},
    routes,
    ui::{
        Avatar, Button, ButtonKind, Chip, Dialog, Erase, IgnoredValues, KeyedRow, Page, PageHead, PostForm, RowState, Rows, Toast,
        close_dialog, dom, open_dialog, skeleton,
    },
};

/// The route of the board.
#[derive(Debug)]
pub struct BoardRoute {
    address: Memo<String>,
}

#[lazy_route]
impl LazyRoute for BoardRoute {
    fn data() -> Self {
        Self { address: page_data::address(routes::board) }
    }

    fn view(this: Self) -> AnyView {
        let state = BoardState::new();
        let page = page_data::page(page_data::by_address(this.address, api::board), skeleton, move |board| {
            view! { <Board board=board state=state/> }.erase()
        });
        let menu = move || state.menu.get().map(|open| view! { <MoveMenu open=open state=state/> });
        let dialog = move || state.pending.get().map(|pending| view! { <TransitionDialog pending=pending state=state/> });
        view! { {page} {menu} {dialog} }.erase()
    }
}

/// The order that the menu is open for, and the statuses that it may move to.
#[derive(Clone)]
struct OpenMenu {
    number: String,
    version: i64,
    next: Vec<Status>,
}

/// A status change that needs more values: the order, the values so far, and the errors.
#[derive(Clone)]
struct PendingTransition {
    number: String,
    version: i64,
    to: Status,
    draft: OrderDraft,
    errors: FieldErrors,
    /// Why a change with these values was not made.
    sentence: String,
}

/// The state of the board, made once beside the route: it outlives every redraw, also one that happens while the server answers a change.
#[derive(Clone, Copy)]
struct BoardState {
    menu: RwSignal<Option<OpenMenu>>,
    pending: RwSignal<Option<PendingTransition>>,
    /// The errors beside the fields of the dialog.
    errors: RwSignal<FieldErrors>,
    cards: Rows<Card>,
    /// The order that was moved last, until the board shows it.
    moved: StoredValue<Option<String>>,
    changes: Changes,
    toast: Toast,
}

impl BoardState {
    fn new() -> Self {
        Self {
            menu: RwSignal::new(None),
            pending: RwSignal::new(None),
            errors: RwSignal::default(),
            cards: Rows::default(),
            moved: StoredValue::new(None),
            changes: expect_context(),
            toast: expect_context(),
        }
    }

    /// Whether the dialog asks for this status of this order.
    fn asks_for(self, number: &str, to: Status) -> bool {
        self.pending.try_with_untracked(|it| it.as_ref().is_some_and(|it| it.number == number && it.to == to)).unwrap_or_default()
    }

    /// Changes the status of an order, from the menu or by dragging; `form` is the one of the dialog that asked for values.
    fn change_status(self, number: String, version: i64, to: Status, draft: OrderDraft, form: Option<HtmlFormElement>) {
        if let Some(form) = &form {
            forms::set_sending(form, true);
        }
        spawn_local(async move {
            let answer = api::change_status(number.clone(), version, to, draft.clone()).await;
            if let Some(form) = &form {
                forms::set_sending(form, false);
            }
            let error = match answer {
                Ok(()) => {
                    if self.asks_for(&number, to) {
                        self.pending.set(None);
                    }
                    self.toast.show_with_undo(format!("Order {number} moved to {}", to.label()), format!("/orders/{number}/undo/"));
                    self.moved.set_value(Some(number));
                    return self.changes.notify();
                }
                Err(AppError(error)) => error,
            };
            // A dialog that is closed before the answer comes stays closed, and one that asks about another order stays as it is.
            let is_open = self.asks_for(&number, to);
            let is_free = form.is_none() && self.pending.try_with_untracked(Option::is_none).unwrap_or_default();
            match (error, form) {
                (Error::Invalid(errors), _) if is_open || is_free => {
                    self.errors.set(errors.clone());
                    self.pending.set(Some(PendingTransition { number, version, to, draft, errors, sentence: String::new() }));
                }
                // The server keeps what was typed while the user signs in again.
                (Error::SignedOut, Some(form)) => {
                    let _ = form.submit();
                }
                // What was typed stays: after a conflict it can be sent for the order as it is now.
                (Error::Conflict(conflict), _) if is_open => {
                    let sentence =
                        format!("{}. Check the order before you change its status.", Error::Conflict(conflict.clone()).sentence());
                    self.update_pending(conflict.version, sentence);
                    self.changes.notify();
                }
                (error, _) if is_open && error.is_temporary() => self.update_pending(version, error.sentence()),
                (error, _) => {
                    if is_open {
                        self.pending.set(None);
                    }
                    self.toast.refuse(error.sentence());
                    self.changes.notify();
                }
            }
        });
    }

    /// Says in the dialog why the change was not made.
    fn update_pending(self, version: i64, sentence: String) {
        self.pending.update(|pending| {
            if let Some(pending) = pending {
                (pending.version, pending.sentence) = (version, sentence);
            }
        });
    }

    /// After an order was moved by keyboard its card is drawn in another column: the focus follows it there.
    fn follow_moved(self) {
        let Some(number) = self.moved.try_update_value(Option::take).flatten() else { return };
        request_animation_frame(move || {
            let is_lost = document().active_element().is_none_or(|it| it.tag_name() == "BODY");
            let card = format!(".board-card:has([href='/orders/{number}/']) :is(.board-move, .board-link)");
            if is_lost && let Some(it) = dom::all::<HtmlElement>(&card).pop() {
                let _ = it.focus();
            }
        });
    }
}

/// The page.
#[component]
fn Board(board: BoardView, state: BoardState) -> impl IntoView {
    let BoardView { list, mut columns } = board;
    if cfg!(feature = "hydrate") {
        state.follow_moved();
    }
    let cards = columns.iter_mut().flat_map(|column| {
        let status = column.status.code();
        std::mem::take(&mut column.cards).into_iter().map(move |card| (format!("{status} {}", card.row.number), card))
    });
    let mut cards = state.cards.update(cards);
    let columns = columns
        .into_iter()
        .map(|column| {
            let prefix = format!("{} ", column.status.code());
            let (cards_of_column, others) = std::mem::take(&mut cards).into_iter().partition(|(key, _)| key.starts_with(&prefix));
            cards = others;
            view! { <Column column=column cards=cards_of_column state=state/> }
        })
        .collect::<Vec<_>>();
    view! {
        <Page title="Board">
            <div class="order-list">
                <PageHead title="Board"/>
                <ListChips list=&list/>
                <div class="toolbar"><Filters list=&list/><Chip href="/orders/">"View as list"</Chip></div>
                <IgnoredValues sentences=list.ignored.clone()/>
                <div class="board" tabindex="0" role="group" aria-label="Orders by status">{columns}</div>
            </div>
        </Page>
    }
}

/// A column: a status with its orders. A card can be dropped on it.
#[component]
fn Column(column: BoardColumn, cards: Vec<KeyedRow<Card>>, state: BoardState) -> impl IntoView {
    let BoardColumn { status, count, sum, more, .. } = column;
    let drop = move |event: DragEvent| {
        event.prevent_default();
        let data = event.data_transfer().and_then(|it| it.get_data("text/plain").ok());
        let mut parts = data.as_deref().unwrap_or_default().split(' ');
        let (Some(number), Some(version), Some(next)) = (parts.next(), parts.next().and_then(|it| it.parse().ok()), parts.next()) else {
            return;
        };
        // A drop on a column that is not allowed has no effect; the server would refuse it too.
        if next.split(',').any(|code| code == status.code()) {
            state.change_status(number.to_owned(), version, status, OrderDraft::default(), None);
        }
    };
    let cards = keyed(cards, |(key, _)| key.clone(), move |_, (_, card)| (|_| (), view! { <BoardCard card=card state=state/> }));
    view! {
        <section class="board-column" aria-label=status.label() on:dragover=|event: DragEvent| event.prevent_default() on:drop=drop>
            <header class="board-head">
                <h2 class=status_badge::class(status)>{status.label()}</h2>
                <span class="numeric">{count}</span>
                <small class="numeric">{sum}</small>
            </header>
            {cards}
            {more.map(|href| view! { <a class="board-more" href=href>"View all"</a> })}
        </section>
    }
}

/// A card: an order. What it shows is a signal, so that a change of another order does not touch it.
#[component]
fn BoardCard(card: ArcRwSignal<RowState<Card>>, state: BoardState) -> impl IntoView {
    move || {
        let Card { row, version, next } = card.with(|it| it.value.clone());
        let number = row.number.clone();
        let codes = next.iter().map(|it| it.code()).collect::<Vec<_>>().join(",");
        let carried = format!("{number} {version} {codes}");
        let drag = move |event: DragEvent| {
            if let Some(data) = event.data_transfer() {
                let _ = data.set_data("text/plain", &carried);
            }
        };
        let is_movable = !next.is_empty();
        let is_draggable = if is_movable { "true" } else { "false" };
        let open = OpenMenu { number: number.clone(), version, next };
        let button = is_movable.then(|| view! { <MoveButton open=open state=state/> });
        view! {
            <article class="card board-card" draggable=is_draggable on:dragstart=drag>
                <a class="board-link" href=format!("/orders/{number}/") data-row="">{row.customer}</a>
                <p class="muted"><span class="numeric">{shown_number(&number).to_owned()}</span><span>{row.at.short}</span></p>
                <div class="board-end">
                    <b class="numeric">{row.box_value.unwrap_or_else(|| "–".into())}</b>
                    {row.owner.map(|name| view! { <Avatar name=name/> })}
                    {button}
                </div>
            </article>
        }
    }
}

/// The button of a card that opens the menu.
#[component]
fn MoveButton(open: OpenMenu, state: BoardState) -> impl IntoView {
    let (number, action) = (open.number.clone(), format!("/orders/{}/", open.number));
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        state.menu.set(Some(open.clone()));
    };
    view! { <form action=action on:submit=submit><button class="board-move" aria-label=format!("Move order {number}")>"Move"</button></form> }
}

/// The menu: the statuses that an order may move to.
#[component]
fn MoveMenu(open: OpenMenu, state: BoardState) -> impl IntoView {
    let OpenMenu { number, version, next } = open;
    let buttons = next
        .into_iter()
        .map(|to| view! { <button class="board-to" name="to" value=to.code()><StatusBadge status=to/></button> })
        .collect::<Vec<_>>();
    let (title, action) = (format!("Move order {number}"), format!("/orders/{number}/move/"));
    let submit = move |event: SubmitEvent| {
        let Some(form) = forms::form_of(&event) else { return };
        let Some(to) = Status::from_code(forms::value(&forms::pairs(&form, Some(&event)), "to")) else { return };
        event.prevent_default();
        close_dialog("#board-menu");
        state.change_status(number.clone(), version, to, OrderDraft::default(), None);
    };
    // The body of the dialog covers it: what is pressed beside that is the backdrop.
    let close_beside = |event: MouseEvent| {
        if dom::target::<HtmlDialogElement>(&event).is_some() {
            close_dialog("#board-menu");
        }
    };
    open_dialog("#board-menu");
    view! {
        <Dialog id="board-menu" class="board-menu" title=title on:click=close_beside on:close=move |_| state.menu.set(None)>
            <PostForm class="board-transitions" action=action on:submit=submit>
                <input type="hidden" name="version" value=version.to_string()/>
                {buttons}
            </PostForm>
        </Dialog>
    }
}

/// A dialog that asks for the values that the new status requires.
#[component]
fn TransitionDialog(pending: PendingTransition, state: BoardState) -> impl IntoView {
    let PendingTransition { number, version, to, draft, errors, sentence } = pending;
    let fields: Vec<Field> = errors.0.iter().filter_map(|(name, _)| Field::find(name)).collect();
    let other = errors.0.iter().filter(|(name, _)| Field::find(name).is_none()).map(|(_, message)| message.as_str());
    let sentence = other.chain((!sentence.is_empty()).then_some(sentence.as_str())).collect::<Vec<_>>().join(". ");
    let messages = Messages::of(state.errors);
    // By order and field: what was typed into one never moves to another.
    let (values, of) = (draft.clone(), format!("{number} {}", to.code()));
    let controls = keyed(
        fields.clone(),
        move |field| format!("{of} {}", field.name()),
        move |_, field| (|_| (), view! { <OrderField field=field draft=&values messages=messages prefix="ask-"/> }),
    );
    let action = format!("/orders/{number}/move/");
    // After Cancel the focus returns to the card, which may have been drawn again meanwhile.
    let button = format!("[aria-label='Move order {number}']");
    let close = move |_| {
        state.pending.set(None);
        let button = button.clone();
        request_animation_frame(move || {
            if let Some(button) = dom::find::<HtmlElement>(&button) {
                let _ = button.focus();
            }
        });
    };
    let submit = move |event: SubmitEvent| {
        let Some(form) = forms::form_of(&event) else { return };
        event.prevent_default();
        let typed = forms::draft(&forms::pairs(&form, None));
        let mut draft = draft.clone();
        fields.iter().for_each(|field| draft.set(*field, typed.get(*field)));
        state.change_status(number.clone(), version, to, draft, Some(form));
    };
    open_dialog("#board-ask");
    let cancel = |_| close_dialog("#board-ask");
    let title = format!("Move to {}", to.label());
    view! {
        <Dialog id="board-ask" title=title.clone() on:close=close>
            <PostForm class="action-form" action=action novalidate=true on:submit=submit>
                <input type="hidden" name="to" value=to.code()/>
                <input type="hidden" name="version" value=version.to_string()/>
                <p class="form-message" role="alert">{sentence}</p>
                <div class="field-grid">{controls}</div>
                <p class="dialog-actions">
                    <Button kind=ButtonKind::Primary>{title}</Button>
                    <Button submits=false on:click=cancel>"Cancel"</Button>
                </p>
            </PostForm>
        </Dialog>
    }
}
