//! The buttons that change the status. The fields that a status requires open below its button; all plain forms.

use domain::{
    Error,
    orders::{
        Field, OrderDraft, Status,
        pages::{OrderView, StatusTransition},
    },
};
use leptos::{prelude::*, task::spawn_local};
use web_sys::Event;

use super::{api, fields::asked, show_page::OrderMessages, status_badge};
use crate::{
    error::AppError,
    forms,
    page_data::Changes,
    ui::{
        Toast,
        el::{El, button, el, form as plain_form, hidden, live_text},
    },
};

/// One button for each transition that this user may make.
pub fn transitions(shown: StoredValue<OrderView>, messages: OrderMessages) -> El {
    let (next, refused) = shown.with_value(|it| (it.next.clone(), it.refused.clone()));
    let OrderMessages { errors, status: sentence, .. } = messages;
    let (changes, toast) = (expect_context::<Changes>(), expect_context::<Toast>());
    let submit = move |event: Event| {
        let Some(element) = forms::form_of(&event) else { return };
        event.prevent_default();
        let pairs = forms::pairs(&element, Some(&event));
        let asked = forms::draft(&pairs);
        let Some(to) = Status::from_code(forms::value(&pairs, "to")) else { return };
        let (number, version) = shown.with_value(|it| (it.number.clone(), it.version));
        let undo = format!("/orders/{number}/undo/");
        forms::set_sending(&element, true);
        spawn_local(async move {
            let answer = api::change_status(number, version, to, asked).await;
            forms::set_sending(&element, false);
            match answer {
                Ok(()) => {
                    toast.show_with_undo(format!("Status changed to {}", to.label()), undo.clone());
                    changes.notify();
                }
                Err(AppError(Error::Invalid(found))) => {
                    sentence.set(Some(Error::Invalid(found.clone()).sentence()));
                    errors.set(found);
                    forms::focus(".transitions [aria-invalid=true]");
                }
                Err(AppError(Error::SignedOut)) => {
                    let _ = element.submit();
                }
                Err(AppError(held @ Error::Conflict(_))) => {
                    toast.refuse(format!("{}. Check the order before you change its status.", held.sentence()));
                    changes.notify();
                }
                Err(other) => sentence.set(Some(other.0.sentence())),
            }
        });
    };
    let one = move |StatusTransition { to, asks }: StatusTransition| {
        let (action, version, draft) = shown.with_value(|it| {
            let draft = refused
                .as_ref()
                .filter(|refused| refused.to == Some(to))
                .map_or_else(|| asked_draft(it, to, &asks), |refused| refused.draft.clone());
            (format!("/orders/{}/move/", it.number), it.version, draft)
        });
        let form = |class: &'static str| {
            plain_form(class, action.as_str())
                .on("submit", submit)
                .with(hidden("to", to.code()))
                .with(hidden("version", version.to_string()))
        };
        let badge = || el("span", status_badge::class(to)).text(to.label());
        if asks.iter().all(|field| !draft.get(*field).is_empty()) && to != Status::Cancelled {
            return form("").with(el("button", "transition").with(badge()));
        }
        let open = refused.as_ref().is_some_and(|it| it.to == Some(to));
        let fields = asks.iter().map(|field| asked(*field, &draft, errors, move_prefix(to)));
        let why = match asks.as_slice() {
            [Field::LossReason] => "Choose a loss reason",
            [Field::BoxValue] => "Enter a box value. Connected orders count towards revenue.",
            [Field::FollowUpOn, ..] => "Enter a follow-up date",
            _ => "This status needs a value here",
        };
        let form = form("card action-form")
            .attr("novalidate", "")
            .with(el("p", "message").text(why))
            .with(el("div", "fields").all(fields))
            .with(button("btn btn-primary", format!("Change to {}", to.label())));
        el("details", "transition-details").flag("open", open).with(el("summary", "transition").with(badge())).with(form)
    };
    el("section", "transitions")
        .attr("aria-label", "Status")
        .with(el("h2", "transitions-title").text("Change status to"))
        .with(el("p", "form-sentence").attr("role", "alert").any(live_text(move || sentence.get().unwrap_or_default())))
        .with(el("div", "transitions-row").all(next.into_iter().map(one)))
}

/// The draft of a transition: the order's values, with the kind of follow-up that the status suggests.
fn asked_draft(shown: &OrderView, to: Status, asks: &[Field]) -> OrderDraft {
    let mut draft = OrderDraft::default();
    for &field in asks {
        draft.set(field, shown.draft.get(field));
    }
    if let Some(kind) = to.follow_up_kind() {
        draft.set(Field::FollowUpKind, kind.code());
        draft.set(Field::FollowUpOn, "");
        draft.set(Field::FollowUpNote, "");
    }
    draft
}

/// The prefix of ids, which must differ where several statuses require the same field.
fn move_prefix(to: Status) -> &'static str {
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
