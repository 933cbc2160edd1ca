//! The page of a bulk action: selection, preview, progress, result. All plain forms.

use std::time::Duration;

use domain::{
    FieldErrors,
    orders::bulk::{BulkActionForm, BulkActionView, Group, Kind, Stage},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{LazyRoute, lazy_route};

use super::{api, list_page::control};
use crate::{
    page_data::{self, Changes, PageData},
    ui::{
        el::{El, button, el, form, hidden, link, live_text},
        skeleton, titled,
    },
};

/// The route of a bulk action.
#[derive(Debug)]
pub struct BulkActionRoute {
    shown: PageData<BulkActionView>,
}

#[lazy_route]
impl LazyRoute for BulkActionRoute {
    fn data() -> Self {
        Self { shown: page_data::bulk_action(page_data::number()) }
    }

    fn view(this: Self) -> AnyView {
        page_data::page(this.shown, skeleton, bulk)
    }
}

/// The polling interval while the action runs.
const LOOK_AGAIN: Duration = Duration::from_millis(700);

/// The progress; while the action runs only this changes on the page.
#[derive(Clone)]
struct Progress {
    sentence: String,
    done: u64,
}

/// Polls while the action is in its stage and this rendering of the page exists; at another stage the page is rendered
/// again and polls by itself.
fn follow(id: String, stage: Stage, now: RwSignal<Progress>, changes: Changes) {
    let look = move || {
        if now.is_disposed() {
            return;
        }
        spawn_local(async move {
            let view =
                api::bulk_action(id.clone()).await.ok().and_then(|json| serde_json::from_slice::<BulkActionView>(json.as_bytes()).ok());
            match view {
                _ if now.is_disposed() => {}
                Some(view) if view.stage != stage => changes.notify(),
                view => {
                    if let Some(view) = view {
                        now.set(Progress { sentence: view.sentence, done: view.done });
                    }
                    follow(id, stage, now, changes);
                }
            }
        });
    };
    set_timeout(look, LOOK_AGAIN);
}

fn is_moving(stage: Stage) -> bool {
    matches!(stage, Stage::Running | Stage::Undoing)
}

fn bulk(shown: BulkActionView) -> AnyView {
    let changes = expect_context::<Changes>();
    let now = RwSignal::new(Progress { sentence: shown.sentence.clone(), done: shown.done });
    if is_moving(shown.stage) && cfg!(feature = "hydrate") {
        follow(shown.id.clone(), shown.stage, now, changes);
    }
    let here = format!("/orders/bulk/{}/", shown.id);
    let press = |act: &str, class: &'static str, text: String| form("", format!("{here}{act}/")).with(button(class, text));
    let head = el("header", "page-head").with(
        el("div", "")
            .with(link("back", "/orders/").attr("data-back", "").text("← Orders"))
            .with(el("h1", "").attr("tabindex", "-1").text(shown.title.as_str()))
            .with(el("p", "muted").text(shown.act.as_str())),
    );
    let acts = match shown.stage {
        Stage::Ready if shown.done < shown.of => vec![press("start", "btn btn-primary", format!("Apply: {}", lowercase_first(&shown.act)))],
        Stage::Running => vec![press("stop", "btn btn-quiet", "Stop".into())],
        _ if shown.may_undo => vec![press("undo", "btn btn-quiet", "Undo".into())],
        _ => Vec::new(),
    };
    let bar = is_moving(shown.stage).then(|| {
        el("progress", "bulk-progress")
            .attr("max", shown.of.to_string())
            .live_attr("value", move || Some(now.read().done.to_string()))
            .attr("aria-label", "Orders done")
    });
    // Without JavaScript the page does not update itself.
    let look = is_moving(shown.stage).then(|| link("btn btn-quiet only-plain", here.clone()).text("Refresh"));
    let view = el("section", "card bulk-summary")
        .attr("id", format!("bulk-{}", shown.id))
        .with(el("p", "bulk-sentence").attr("role", "status").any(live_text(move || now.read().sentence.clone())))
        .all(bar)
        .all(shown.refused.into_iter().map(|it| group(it, shown.stage)))
        .with(el("div", "bulk-acts").all(acts).all(look));
    let text = if shown.stage == Stage::Ready { "Choose another action" } else { "Choose an action" };
    let (errors, nothing) = (shown.errors, FieldErrors::default());
    let forms = shown.forms.into_iter().map(|it| {
        let wrong = if Some(it.kind) == shown.said { &errors } else { &nothing };
        action_form(it, &here, wrong)
    });
    let forms = el("section", "bulk-forms").attr("aria-label", text).all(forms);
    titled(format!("{} · {}", shown.title, shown.stage.label()), [head, view, forms])
}

fn lowercase_first(label: &str) -> String {
    let mut label = label.to_owned();
    if let Some(first) = label.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    label
}

/// Orders that do not change, with the reason.
fn group(of: Group, stage: Stage) -> El {
    let will = if stage == Stage::Ready { "will not change" } else { "not changed" };
    let first = of.first.into_iter().map(|order| el("li", "").with(link("num", order.href).text(order.label)));
    el("div", "bulk-group")
        .with(el("p", "").with(el("b", "num").text(format!("{} {will}: ", of.count))).text(of.reason))
        .with(el("ul", "").all(first))
}

/// The form of one action.
fn action_form(of: BulkActionForm, here: &str, errors: &FieldErrors) -> El {
    let title = of.kind.label();
    let open = of.controls.iter().any(|it| !it.value.is_empty() || errors.get(&it.name).is_some());
    let controls = of.controls.into_iter().map(|it| {
        // Several forms have the same field, so the ids differ.
        let shown = control(&it, of.kind.code());
        shown.all(errors.get(&it.name).map(|message| el("p", "message message-error").attr("role", "alert").text(message)))
    });
    let hint = (of.kind == Kind::Move).then(|| {
        el("p", "muted").text(
            "Cancelled needs a loss reason; Future End Date and Awaiting Stock need a follow-up date. If you leave a field empty, each order keeps its own value.",
        )
    });
    let form = form("card action-form", here.to_owned())
        .attr("novalidate", "")
        .with(hidden("kind", of.kind.code()))
        .all(hint)
        .with(el("div", "fields").all(controls))
        .with(button("btn btn-primary", "Preview"));
    el("details", "filters").flag("open", open).with(el("summary", "chip").text(title)).with(form)
}
