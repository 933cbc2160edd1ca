//! The timeline of comments and changes, newest first, with filters; the comment form is on top.

use domain::{
    Error,
    comments::{Comment, CommentStatus},
    id::CommentId,
    moment::Moment,
    orders::{
        Field,
        history::{Entry, FieldChange, HistoryKind, Payload},
        pages::{Link, OrderView},
    },
};
use leptos::{prelude::*, tachys::view::keyed::keyed, task::spawn_local};
use leptos_router::location::Url;
use web_sys::SubmitEvent;

use super::{api, show_page::OrderState};
use crate::{
    error::AppError,
    forms,
    ui::{Avatar, Button, ButtonKind, Erase, PostForm, RowState, Segments, unmarked},
};

/// The timeline of an order; `show` is its filter, as in the URL.
#[component]
pub fn Timeline<'a>(order: &'a OrderView, state: OrderState, show: String) -> impl IntoView + use<> {
    let number = order.number.clone();
    let tabs = [("", "All"), ("notes", "Comments"), ("changes", "Changes")].map(|(value, label)| {
        let href = if value.is_empty() { format!("/orders/{number}/") } else { format!("/orders/{number}/?show={value}") };
        Link::new(label, href, show == value)
    });
    let entries = order.timeline.iter().filter(|entry| match show.as_str() {
        "notes" => matches!(entry, Entry::Comment(_)),
        "changes" => matches!(entry, Entry::Change { .. }),
        _ => true,
    });
    // An entry is drawn anew when this user's permissions change; what it shows is its own signal.
    let (may_edit, may_comment) = (order.may_edit, order.may_comment);
    let key = |entry: &Entry| match entry {
        Entry::Comment(comment) => format!("comment {} {may_comment}", comment.id),
        Entry::Change { happened, at, .. } => format!("{happened:?} {} {may_edit}", at.at),
    };
    let entries = keyed(
        state.entries.update(entries.map(|entry| (key(entry), entry.clone()))),
        |(key, _)| key.clone(),
        move |_, (_, entry)| {
            let number = number.clone();
            (|_| (), view! { <TimelineEntry entry=entry number=number may_edit=may_edit may_comment=may_comment state=state/> })
        },
    );
    view! {
        <section class="timeline" aria-labelledby="timeline-title">
            <header class="timeline-head">
                <h2 id="timeline-title">"Timeline"</h2>
                <Segments label="Show in the timeline" links=tabs.to_vec()/>
            </header>
            {may_comment.then(|| view! { <CommentForm order=order state=state/> })}
            <ol class="timeline-entries">{entries}</ol>
        </section>
    }
}

/// The form of a new comment.
#[component]
fn CommentForm<'a>(order: &'a OrderView, state: OrderState) -> impl IntoView + use<> {
    let typed = order.refused.as_ref().filter(|it| it.to.is_none()).map(|it| it.body.clone()).unwrap_or_default();
    let message = state.comment_message;
    view! {
        <PostForm
            class="timeline-write"
            action=format!("/orders/{}/comment/", order.number)
            on:submit=move |event: SubmitEvent| submit_comment(&event, None, state)
        >
            <label class="visually-hidden" for="body">"Comment"</label>
            <textarea
                class="input"
                id="body"
                name="body"
                rows="2"
                placeholder="Write a comment"
                aria-describedby="body-error"
                aria-invalid=move || message.with(|it| it.is_some().then_some("true"))
            >
                {unmarked(typed)}
            </textarea>
            <Button kind=ButtonKind::Primary>"Comment"</Button>
            <p class="field-message" id="body-error">{move || message.get().unwrap_or_default()}</p>
        </PostForm>
    }
}

/// Submits a comment form without a reload: a new comment, or (with its id) the status of one.
fn submit_comment(event: &SubmitEvent, id: Option<CommentId>, state: OrderState) {
    let Some(form) = forms::form_of(event) else { return };
    event.prevent_default();
    let text = forms::value(&forms::pairs(&form, Some(event)), if id.is_some() { "status" } else { "body" }).to_owned();
    let number = state.number();
    forms::set_sending(&form, true);
    spawn_local(async move {
        let answer = api::comment(number, id, text.clone()).await;
        forms::set_sending(&form, false);
        match answer {
            Ok(()) => {
                form.reset();
                state.comment_message.set(None);
                state.toast.show(if id.is_some() { "Comment updated" } else { "Comment added" });
                state.changes.notify();
            }
            Err(AppError(Error::SignedOut)) if id.is_some() => forms::submit_with(&form, "status", &text),
            Err(AppError(Error::SignedOut)) => {
                let _ = form.submit();
            }
            Err(other) => {
                state.comment_message.set(Some(other.0.sentence()));
                forms::focus("#body");
            }
        }
    });
}

/// An entry of the timeline.
#[component]
fn TimelineEntry(
    entry: ArcRwSignal<RowState<Entry>>,
    number: String,
    may_edit: bool,
    may_comment: bool,
    state: OrderState,
) -> impl IntoView {
    move || {
        entry.with(|it| match &it.value {
            Entry::Comment(comment) => {
                let number = number.clone();
                view! { <CommentEntry comment=comment number=number may_comment=may_comment state=state/> }.erase()
            }
            Entry::Change { happened, by, at, payload } => {
                let number = (may_edit && *happened != HistoryKind::Created).then(|| number.clone());
                view! { <ChangeEntry kind=*happened by=by.clone() at=at payload=payload.as_ref() number=number/> }.erase()
            }
        })
    }
}

/// The header of an entry: who did what, and when.
#[component]
fn EntryHead<'a>(who: String, what: &'static str, at: &'a Moment) -> impl IntoView + use<> {
    view! {
        <p class="timeline-entry-head"><strong>{who}</strong>{format!(" {what} · ")}<time title=at.full.clone()>{at.short.clone()}</time></p>
    }
}

/// A comment, with the buttons of its status.
#[component]
fn CommentEntry<'a>(comment: &'a Comment, number: String, may_comment: bool, state: OrderState) -> impl IntoView + use<> {
    let author = comment.author.clone().unwrap_or_else(|| "Not recorded".into());
    let (id, status) = (comment.id, comment.status);
    let status_by = comment.status_by.as_ref().map(|by| view! { <p class="timeline-entry-state">{format!("{} {by}", status.label())}</p> });
    let state = if may_comment {
        let buttons = CommentStatus::ALL.map(|it| {
            let pressed = if it == status { "true" } else { "false" };
            view! { <button name="status" value=it.label() aria-pressed=pressed>{it.label()}</button> }
        });
        view! {
            <PostForm
                class="timeline-note-status"
                action=format!("/orders/{number}/comment/update/")
                on:submit=move |event: SubmitEvent| submit_comment(&event, Some(id), state)
            >
                <input type="hidden" name="comment_id" value=id.to_string()/>
                <span class="segments segments-small" role="group" aria-label="Status of this comment">{buttons}</span>
            </PostForm>
        }
        .erase()
    } else {
        view! { <p class="timeline-entry-state">{status.label()}</p> }.erase()
    };
    view! {
        <li class="timeline-entry timeline-note">
            <Avatar name=author.clone()/>
            <div class="timeline-entry-body">
                <EntryHead who=author what="commented" at=&comment.created/>
                <p class="timeline-entry-text">{comment.body.clone()}</p>
                {state}
                {status_by}
            </div>
        </li>
    }
}

/// A change; `number` is set where an old value can be restored in the form.
#[component]
fn ChangeEntry<'a>(
    kind: HistoryKind,
    by: Option<String>,
    at: &'a Moment,
    payload: Option<&'a Payload>,
    number: Option<String>,
) -> impl IntoView + use<> {
    let what = match kind {
        HistoryKind::Created => "created the order",
        HistoryKind::Edited => "edited the order",
        HistoryKind::Moved => "changed the status",
        HistoryKind::Kept => "imported the order from the old system",
        HistoryKind::Trashed => "moved the order to trash",
        HistoryKind::Restored => "restored the order from trash",
        HistoryKind::Undone => "undid the last change",
    };
    let changes: &[FieldChange] = payload.map_or(&[], |it| &it.changes);
    let state = match (payload, kind) {
        (None, _) => Some("The details were erased"),
        (Some(_), HistoryKind::Edited) if changes.is_empty() => Some("Saved without changes"),
        _ => None,
    };
    let changes = changes.iter().map(|change| view! { <ChangedField change=change number=number.clone()/> }).collect::<Vec<_>>();
    let avatar = match &by {
        Some(by) => view! { <Avatar name=by.clone()/> }.erase(),
        None => view! { <span class="avatar avatar-none" aria-hidden="true">"?"</span> }.erase(),
    };
    view! {
        <li class="timeline-entry timeline-change">
            {avatar}
            <div class="timeline-entry-body">
                <EntryHead who=by.unwrap_or_else(|| "Not recorded".into()) what=what at=at/>
                {payload.and_then(|it| it.note.clone()).map(|note| view! { <p class="timeline-entry-text">{note}</p> })}
                {(!changes.is_empty()).then(|| view! { <ul class="timeline-changes">{changes}</ul> })}
                {state.map(|state| view! { <p class="timeline-entry-state">{state}</p> })}
            </div>
        </li>
    }
}

/// A field with its old and its new value, and a link to the form with the old one.
#[component]
fn ChangedField<'a>(change: &'a FieldChange, number: Option<String>) -> impl IntoView + use<> {
    let value = |text: &str| {
        let (class, text) = if text.is_empty() { ("timeline-changes-empty", "empty") } else { ("", text) };
        view! { <span class=class>{text.to_owned()}</span> }
    };
    let field = change.field;
    let restore = number.filter(|_| field != Field::Status && !change.from.is_empty()).map(|number| {
        let href = format!("/orders/{number}/update/?{}={}", field.name(), Url::escape(&change.from));
        let label = format!("Restore the previous value of {} in the form", field.full_label());
        view! { <a class="timeline-changes-again" href=href aria-label=label>"restore"</a> }
    });
    view! {
        <li><span class="timeline-changes-field">{field.full_label()}</span>{value(change.before())}" → "{value(change.after())}{restore}</li>
    }
}
