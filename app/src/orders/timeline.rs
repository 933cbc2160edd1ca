//! The timeline of comments and changes, newest first, with filters; the comment form is on top.

use domain::{
    Error,
    comments::{Comment, CommentStatus},
    id::CommentId,
    moment::Moment,
    orders::{
        Field,
        history::{Entry, FieldChange, HistoryKind, Payload},
        pages::OrderView,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{hooks::use_query_map, location::Url};
use web_sys::Event;

use super::api;
use crate::{
    error::AppError,
    forms,
    page_data::Changes,
    ui::{
        Toast, avatar,
        el::{El, button, el, form, hidden, link, live, live_text},
    },
};

/// The timeline of an order.
pub fn timeline(shown: StoredValue<OrderView>, message: RwSignal<Option<String>>) -> El {
    let query = use_query_map();
    let which = Memo::new(move |_| query.with(|query| query.get("show")).unwrap_or_default());
    let number = shown.with_value(|it| it.number.clone());
    let tab = |value: &'static str, text: &'static str| {
        let href = if value.is_empty() { format!("/orders/{number}/") } else { format!("/orders/{number}/?show={value}") };
        link("", href).live_attr("aria-current", move || (which.get() == value).then(|| "true".to_owned())).text(text)
    };
    let tabs = el("nav", "segments").attr("aria-label", "Show in the timeline").all([
        tab("", "All"),
        tab("notes", "Comments"),
        tab("changes", "Changes"),
    ]);
    let entries = live(move || {
        let which = which.get();
        shown.with_value(|it| {
            let shown = it.timeline.iter().filter(|entry| match which.as_str() {
                "notes" => matches!(entry, Entry::Comment(_)),
                "changes" => matches!(entry, Entry::Change { .. }),
                _ => true,
            });
            let drawn = shown.map(|entry| match entry {
                Entry::Comment(comment) => note(comment, &it.number, it.may_comment, message),
                Entry::Change { happened, by, at, payload } => {
                    let number = (it.may_edit && *happened != HistoryKind::Created).then_some(it.number.as_str());
                    change(*happened, by.as_deref(), at, payload.as_ref(), number)
                }
            });
            el("ol", "entries").all(drawn).view()
        })
    });
    el("section", "timeline")
        .attr("aria-labelledby", "timeline-title")
        .with(el("header", "timeline-head").with(el("h2", "").attr("id", "timeline-title").text("Timeline")).with(tabs))
        .all(shown.with_value(|it| it.may_comment).then(|| write(shown, message)))
        .any(entries)
}

/// The comment form.
fn write(shown: StoredValue<OrderView>, message: RwSignal<Option<String>>) -> El {
    let refused = shown.with_value(|it| it.refused.clone()).filter(|it| it.to.is_none());
    let typed = refused.map(|it| it.body).unwrap_or_default();
    let number = shown.with_value(|it| it.number.clone());
    let area = el("textarea", "input")
        .attr("id", "body")
        .attr("name", "body")
        .attr("rows", "2")
        .attr("placeholder", "Write a comment")
        .attr("aria-describedby", "body-error")
        .live_attr("aria-invalid", move || message.with(|it| it.as_ref().map(|_| "true".to_owned())))
        .typed(typed);
    form("write", format!("/orders/{number}/comment/"))
        .on("submit", submit_comment(number, None, message))
        .with(el("label", "visually-hidden").attr("for", "body").text("Comment"))
        .with(area)
        .with(button("btn btn-primary", "Comment"))
        .with(el("p", "message").attr("id", "body-error").any(live_text(move || message.get().unwrap_or_default())))
}

fn note(comment: &Comment, number: &str, may_comment: bool, message: RwSignal<Option<String>>) -> El {
    let author = comment.author.as_deref().unwrap_or("Not recorded");
    let by = comment.status_by.as_ref().map(|by| format!("{} {by}", comment.status.label()));
    let state = if may_comment {
        note_status(number, comment.id, comment.status, message)
    } else {
        el("p", "entry-state").text(comment.status.label())
    };
    let body = el("div", "entry-body")
        .with(head(author, "commented", &comment.created))
        .with(el("p", "entry-text").text(comment.body.as_str()))
        .with(state)
        .all(by.map(|by| el("p", "entry-state").text(by)));
    el("li", "entry entry-note").with(avatar(author)).with(body)
}

/// The header of an entry: who did what, and when.
fn head(who: &str, kind: &str, at: &Moment) -> El {
    let when = el("time", "").attr("title", at.full.as_str()).text(at.short.as_str());
    el("p", "entry-head").with(el("strong", "").text(who)).text(format!(" {kind} · ")).with(when)
}

/// Submits a comment form in place: a new comment, or (with its id) the status of one.
fn submit_comment(number: String, id: Option<CommentId>, message: RwSignal<Option<String>>) -> impl FnMut(Event) {
    let (changes, toast) = (expect_context::<Changes>(), expect_context::<Toast>());
    move |event: Event| {
        let Some(element) = forms::form_of(&event) else { return };
        event.prevent_default();
        let text = forms::value(&forms::pairs(&element, Some(&event)), if id.is_some() { "status" } else { "body" }).to_owned();
        let number = number.clone();
        forms::set_sending(&element, true);
        spawn_local(async move {
            let said = text.clone();
            let answer = api::comment(number, id, text).await;
            forms::set_sending(&element, false);
            match answer {
                Ok(()) => {
                    element.reset();
                    message.set(None);
                    toast.show(if id.is_some() { "Comment updated" } else { "Comment added" });
                    changes.notify();
                }
                Err(AppError(Error::SignedOut)) if id.is_some() => forms::submit_with(&element, "status", &said),
                Err(AppError(Error::SignedOut)) => {
                    let _ = element.submit();
                }
                Err(other) => {
                    message.set(Some(other.0.sentence()));
                    forms::focus("#body");
                }
            }
        });
    }
}

/// The status buttons of a comment.
fn note_status(number: &str, id: CommentId, status: CommentStatus, message: RwSignal<Option<String>>) -> El {
    let number = number.to_owned();
    let action = format!("/orders/{number}/comment/update/");
    let each = CommentStatus::ALL.map(|it| {
        button("", it.label())
            .attr("name", "status")
            .attr("value", it.label())
            .attr("aria-pressed", if it == status { "true" } else { "false" })
    });
    form("note-status", action)
        .on("submit", submit_comment(number, Some(id), message))
        .with(hidden("comment_id", id.to_string()))
        .with(el("span", "segments segments-small").attr("role", "group").attr("aria-label", "Status of this comment").all(each))
}

/// A change; `number` is set where an old value can be restored in the form.
fn change(happened: HistoryKind, by: Option<&str>, at: &Moment, payload: Option<&Payload>, number: Option<&str>) -> El {
    let verb = match happened {
        HistoryKind::Created => "created the order",
        HistoryKind::Edited => "edited the order",
        HistoryKind::Moved => "changed the status",
        HistoryKind::Kept => "imported the order from the old system",
        HistoryKind::Trashed => "moved the order to trash",
        HistoryKind::Restored => "restored the order from trash",
        HistoryKind::Undone => "undid the last change",
    };
    let said = payload.is_some();
    let changes: &[FieldChange] = payload.map_or(&[], |it| &it.changes);
    let value = |text: &str| if text.is_empty() { el("span", "none").text("empty") } else { el("span", "").text(text) };
    let none = changes.is_empty();
    let changes = changes.iter().map(|it| {
        el("li", "")
            .with(el("span", "changes-field").text(it.field.full_label()))
            .with(value(it.before()))
            .text(" → ")
            .with(value(it.after()))
            .all(number.filter(|_| it.field != Field::Status && !it.from.is_empty()).map(|number| {
                let old = Url::escape(&it.from);
                link("changes-again", format!("/orders/{number}/update/?{}={old}", it.field.name()))
                    .attr("aria-label", format!("Restore the previous value of {} in the form", it.field.full_label()))
                    .text("restore")
            }))
    });
    let changes = (!none).then(|| el("ul", "changes").all(changes));
    let state = match (said, happened) {
        (false, _) => Some("The details were erased"),
        (true, HistoryKind::Edited) if none => Some("Saved without changes"),
        _ => None,
    };
    let body = el("div", "entry-body")
        .with(head(by.unwrap_or("Not recorded"), verb, at))
        .all(payload.and_then(|it| it.note.as_deref()).map(|note| el("p", "entry-text").text(note)))
        .all(changes)
        .all(state.map(|state| el("p", "entry-state").text(state)));
    let face = by.map_or_else(|| el("span", "avatar avatar-none").attr("aria-hidden", "true").text("?"), avatar);
    el("li", "entry entry-change").with(face).with(body)
}
