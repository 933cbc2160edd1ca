//! The buttons that change the status. The fields that a status requires open below its button; all plain forms.

use domain::{
    Error,
    orders::{
        Field, OrderDraft, Status,
        pages::{OrderView, StatusTransition},
    },
};
use leptos::{prelude::*, tachys::view::keyed::keyed, task::spawn_local};
use web_sys::SubmitEvent;

use super::{
    StatusBadge, api,
    fields::{Messages, OrderField},
    show_page::OrderState,
};
use crate::{
    error::AppError,
    forms,
    ui::{Button, ButtonKind, Content, Erase, PostForm},
};

/// One button for each transition that this user may make.
#[component]
pub fn Transitions<'a>(order: &'a OrderView, state: OrderState) -> impl IntoView + use<> {
    let number = order.number.clone();
    let transitions: Vec<Transition> = order.next.iter().map(|it| Transition::new(order, it)).collect();
    // A button is drawn anew when its form consists of something else: what is typed and opened in the others stays.
    let buttons = keyed(transitions, Transition::key, move |_, transition| {
        let action = format!("/orders/{number}/move/");
        (|_| (), view! { <TransitionButton transition=transition action=action state=state/> })
    });
    view! {
        <section class="transitions" aria-label="Status">
            <h2 class="transitions-title">"Change status to"</h2>
            <p class="form-message" role="alert">{move || state.transition_message.get().unwrap_or_default()}</p>
            <div class="transitions-row">{buttons}</div>
        </section>
    }
}

/// A status that the order may change to, with the fields that it asks for.
struct Transition {
    to: Status,
    asks: Vec<Field>,
    /// What the fields start with.
    draft: OrderDraft,
    /// Whether its form was refused and is open.
    is_open: bool,
}

impl Transition {
    /// The fields start with the order's values, and with the kind of follow-up that the status suggests.
    fn new(order: &OrderView, of: &StatusTransition) -> Self {
        let StatusTransition { to, asks } = of.clone();
        if let Some(refused) = order.refused.as_ref().filter(|it| it.to == Some(to)) {
            return Self { to, asks, draft: refused.draft.clone(), is_open: true };
        }
        let mut draft = OrderDraft::default();
        for &field in &asks {
            draft.set(field, order.draft.get(field));
        }
        if let Some(kind) = to.follow_up_kind() {
            draft.set(Field::FollowUpKind, kind.code());
            draft.set(Field::FollowUpOn, "");
            draft.set(Field::FollowUpNote, "");
        }
        Self { to, asks, draft, is_open: false }
    }

    /// All that its form consists of.
    fn key(&self) -> String {
        let values = self.asks.iter().map(|field| format!("\n{}={}", field.name(), self.draft.get(*field)));
        std::iter::once(self.to.code().to_owned()).chain(values).collect()
    }

    /// Whether nothing is left to enter. A cancellation always shows its reason.
    fn is_complete(&self) -> bool {
        self.to != Status::Cancelled && self.asks.iter().all(|field| !self.draft.get(*field).is_empty())
    }
}

/// The button of a transition, or the form behind it.
#[component]
fn TransitionButton(transition: Transition, action: String, state: OrderState) -> impl IntoView {
    let to = transition.to;
    if transition.is_complete() {
        return view! {
            <TransitionForm to=to action=action state=state>
                <button class="transitions-button"><StatusBadge status=to/></button>
            </TransitionForm>
        }
        .erase();
    }
    let Transition { asks, draft, is_open, .. } = transition;
    let why = match asks.as_slice() {
        [Field::LossReason] => "Choose a loss reason",
        [Field::BoxValue] => "Enter a box value. Connected orders count towards revenue.",
        [Field::FollowUpOn, ..] => "Enter a follow-up date",
        _ => "This status needs a value here",
    };
    let messages = Messages::of_status(state.transition_errors, state.refused_status, to);
    let fields = asks
        .into_iter()
        .map(|field| view! { <OrderField field=field draft=&draft messages=messages prefix=id_prefix(to)/> })
        .collect::<Vec<_>>();
    view! {
        <details class="transitions-details" open=is_open>
            <summary class="transitions-button"><StatusBadge status=to/></summary>
            <TransitionForm class="card action-form" to=to action=action state=state>
                <p class="field-message">{why}</p>
                <div class="field-grid">{fields}</div>
                <Button kind=ButtonKind::Primary>{format!("Change to {}", to.label())}</Button>
            </TransitionForm>
        </details>
    }
    .erase()
}

/// The form of a transition; its version is the one of the order on screen.
#[component]
fn TransitionForm(
    #[prop(optional)] class: &'static str,
    to: Status,
    action: String,
    state: OrderState,
    children: Content,
) -> impl IntoView {
    view! {
        <PostForm class=class action=action novalidate=true on:submit=move |event| submit(&event, to, state)>
            <input type="hidden" name="to" value=to.code()/>
            <input type="hidden" name="version" value=move || state.version().to_string()/>
            {children.draw()}
        </PostForm>
    }
}

/// Changes the status without a reload.
fn submit(event: &SubmitEvent, to: Status, state: OrderState) {
    let Some(form) = forms::form_of(event) else { return };
    event.prevent_default();
    let draft = forms::draft(&forms::pairs(&form, Some(event)));
    let (number, version) = (state.number(), state.version());
    forms::set_sending(&form, true);
    spawn_local(async move {
        let answer = api::change_status(number.clone(), version, to, draft).await;
        forms::set_sending(&form, false);
        match answer {
            Ok(()) => {
                state.toast.show_with_undo(format!("Status changed to {}", to.label()), format!("/orders/{number}/undo/"));
                state.changes.notify();
            }
            Err(AppError(Error::Invalid(found))) => {
                state.transition_message.set(Some(Error::Invalid(found.clone()).sentence()));
                state.refused_status.set(Some(to));
                state.transition_errors.set(found);
                forms::focus_invalid(form);
            }
            Err(AppError(Error::SignedOut)) => {
                let _ = form.submit();
            }
            Err(AppError(conflict @ Error::Conflict(_))) => {
                state.toast.refuse(format!("{}. Check the order before you change its status.", conflict.sentence()));
                state.changes.notify();
            }
            Err(other) => {
                state.transition_message.set(Some(other.0.sentence()));
            }
        }
    });
}

/// The prefix of ids, which must differ where several statuses require the same field.
fn id_prefix(to: Status) -> &'static str {
    match to {
        Status::FutureEndDate => "fd-",
        Status::AwaitingStock => "aw-",
        Status::Cancelled => "cnl-",
        Status::Connected => "cn-",
        Status::ToProcess => "tp-",
        Status::Held => "hd-",
        Status::Parked => "pk-",
        _ => "is-",
    }
}
