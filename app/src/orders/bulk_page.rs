//! The page of a bulk action: selection, preview, progress, result. All plain forms.

use std::time::Duration;

use domain::{
    FieldErrors,
    orders::{
        bulk::{BulkActionForm, BulkActionView, Group, Kind, Stage},
        pages::Link,
    },
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{LazyRoute, lazy_route};

use super::api;
use crate::{
    error::AppError,
    page_data::{self, Changes},
    ui::{BackLink, Button, ButtonKind, ControlFields, Disclosure, Erase, LinkButton, Page, PageHead, PostForm, skeleton},
};

/// The route of a bulk action.
#[derive(Debug)]
pub struct BulkActionRoute {
    id: Memo<String>,
}

#[lazy_route]
impl LazyRoute for BulkActionRoute {
    fn data() -> Self {
        Self { id: page_data::id() }
    }

    fn view(this: Self) -> AnyView {
        let progress = Progress::new();
        page_data::page(page_data::by_address(this.id, api::bulk_action), skeleton, move |action| {
            view! { <BulkAction action=action progress=progress/> }.erase()
        })
    }
}

/// The polling interval while the action runs.
const POLL_INTERVAL: Duration = Duration::from_millis(700);

/// The progress; while the action runs only this changes on the page. Made once beside the route.
#[derive(Clone, Copy)]
struct Progress {
    sentence: RwSignal<String>,
    done: RwSignal<u64>,
    /// The action that is polled, and its stage.
    polled: StoredValue<Option<(String, Stage)>>,
    changes: Changes,
}

impl Progress {
    fn new() -> Self {
        Self { sentence: RwSignal::default(), done: RwSignal::new(0), polled: StoredValue::new(None), changes: expect_context() }
    }

    /// Takes an action that was read, and polls it while it runs.
    fn take(self, action: &BulkActionView) {
        self.sentence.set(action.sentence.clone());
        self.done.set(action.done);
        let running = is_running(action.stage).then(|| (action.id.clone(), action.stage));
        if cfg!(feature = "hydrate") && self.polled.get_value() != running {
            self.polled.set_value(running.clone());
            if let Some((id, stage)) = running {
                self.poll(id, stage);
            }
        }
    }

    /// Whether this action is still polled, and the page still there.
    fn is_polled(self, id: &str, stage: Stage) -> bool {
        self.polled.try_with_value(|it| it.as_ref().is_some_and(|it| it.0 == id && it.1 == stage)).unwrap_or_default()
    }

    /// Polls until the action has another stage; then the page is read again.
    fn poll(self, id: String, stage: Stage) {
        let poll = move || {
            if !self.is_polled(&id, stage) {
                return;
            }
            spawn_local(async move {
                let answer = api::bulk_action(id.clone()).await;
                if !self.is_polled(&id, stage) {
                    return;
                }
                match answer {
                    Ok(action) if action.stage == stage => {
                        self.sentence.set(action.sentence);
                        self.done.set(action.done);
                        self.poll(id, stage);
                    }
                    Err(AppError(error)) if error.is_temporary() => self.poll(id, stage),
                    // It has another stage, or cannot be read: the page says so.
                    _ => {
                        self.polled.set_value(None);
                        self.changes.notify();
                    }
                }
            });
        };
        set_timeout(poll, POLL_INTERVAL);
    }
}

fn is_running(stage: Stage) -> bool {
    matches!(stage, Stage::Running | Stage::Undoing)
}

/// The page.
#[component]
fn BulkAction(action: BulkActionView, progress: Progress) -> impl IntoView {
    progress.take(&action);
    let BulkActionView { id, title, stage, act, forms, done, of, refused, may_undo, said, errors, .. } = action;
    let url = format!("/orders/bulk/{id}/");
    let button = |action: &str, kind: ButtonKind, label: String| {
        view! { <PostForm action=format!("{url}{action}/")><Button kind=kind>{label}</Button></PostForm> }
    };
    let button = match stage {
        Stage::Ready if done < of => Some(button("start", ButtonKind::Primary, format!("Apply: {}", lowercase_first(&act)))),
        Stage::Running => Some(button("stop", ButtonKind::Quiet, "Stop".into())),
        _ if may_undo => Some(button("undo", ButtonKind::Quiet, "Undo".into())),
        _ => None,
    };
    let is_running = is_running(stage);
    let bar = is_running.then(|| {
        view! { <progress class="bulk-progress" max=of.to_string() value=move || progress.done.get().to_string() aria-label="Orders done"></progress> }
    });
    // Without JavaScript the page does not update itself.
    let refresh = is_running.then(|| view! { <LinkButton class="bulk-plain-only" href=url.clone()>"Refresh"</LinkButton> });
    let refused = refused.into_iter().map(|group| view! { <UnchangedOrders group=group stage=stage/> }).collect::<Vec<_>>();
    let nothing = FieldErrors::default();
    let forms = forms
        .into_iter()
        .map(|form| {
            let errors = if Some(form.kind) == said { &errors } else { &nothing };
            view! { <ActionForm form=form action=url.clone() errors=errors/> }
        })
        .collect::<Vec<_>>();
    let forms_label = if stage == Stage::Ready { "Choose another action" } else { "Choose an action" };
    view! {
        <Page title=format!("{title} · {}", stage.label())>
            <BackLink link=Link::new("Orders", "/orders/", false)/>
            <PageHead title=title.clone() subtitle=act.clone()/>
            <section class="card bulk-summary" id=format!("bulk-{id}")>
                <p class="bulk-sentence" role="status">{move || progress.sentence.get()}</p>
                {bar}
                {refused}
                <div class="button-row">{button}{refresh}</div>
            </section>
            <section class="bulk-forms" aria-label=forms_label>{forms}</section>
        </Page>
    }
}

fn lowercase_first(label: &str) -> String {
    let mut label = label.to_owned();
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    label
}

/// Orders that do not change, with the reason.
#[component]
fn UnchangedOrders(group: Group, stage: Stage) -> impl IntoView {
    let what = if stage == Stage::Ready { "will not change" } else { "not changed" };
    let first = group.first.into_iter().map(|it| view! { <li><a class="numeric" href=it.href>{it.label}</a></li> }).collect::<Vec<_>>();
    view! {
        <div class="bulk-group">
            <p><b class="numeric">{format!("{} {what}: ", group.count)}</b>{group.reason}</p>
            <ul>{first}</ul>
        </div>
    }
}

/// The form of one action.
#[component]
fn ActionForm<'a>(form: BulkActionForm, action: String, errors: &'a FieldErrors) -> impl IntoView + use<> {
    let BulkActionForm { kind, controls } = form;
    let is_open = controls.iter().any(|it| !it.value.is_empty() || errors.get(&it.name).is_some());
    let errors = errors.clone();
    let hint = (kind == Kind::Move).then(|| {
        view! {
            <p class="muted">
                "Cancelled needs a loss reason; Future End Date and Awaiting Stock need a follow-up date. If you leave a field empty, each order keeps its own value."
            </p>
        }
    });
    view! {
        <Disclosure label=kind.label() open=is_open>
            <PostForm class="card action-form" action=action novalidate=true>
                <input type="hidden" name="kind" value=kind.code()/>
                {hint}
                <div class="field-grid"><ControlFields controls=controls form=kind.code() errors=errors/></div>
                <Button kind=ButtonKind::Primary>"Preview"</Button>
            </PostForm>
        </Disclosure>
    }
}
