//! The page of the activity log: filters, newest entries first, and a link to older ones.

use db::{
    activity::{self, ActivityEntry, ActivityQuery},
    audit::ActivityKind,
};
use domain::date;
use leptos::prelude::*;

use crate::{
    dashboard::page::activity_list,
    server_pages::parts::{PageRequest, PageView, empty, head, ignored, plain_day, query_input, query_select},
};

/// Renders the page.
pub async fn draw(asked: &PageRequest) -> PageView {
    let (query, ignored_) = ActivityQuery::from_pairs(asked.borrowed());
    let (found, next) = activity::list(&asked.db, &asked.scope, &query).await?;
    let [owners, ..] = db::dashboard::choices(&asked.db, &asked.scope).await?;
    let kinds = ActivityKind::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    let mut days: Vec<(chrono::NaiveDate, Vec<ActivityEntry>)> = Vec::new();
    for it in found {
        match days.last_mut().filter(|(day, _)| *day == it.day) {
            Some((_, all)) => all.push(it),
            None => days.push((it.day, vec![it])),
        }
    }
    let listed = if days.is_empty() {
        empty("No activity matches these filters", Some(("All activity", "/activity/")))
    } else {
        days.iter()
            .map(|(day, all)| view! { <section class="card panel"><h2>{date::long(*day)}</h2>{activity_list(all, true)}</section> })
            .collect_view()
            .into_any()
    };
    let older = next.map(|before| {
        let pairs = query.pairs().into_iter().chain([("before", before)]);
        let href = format!("/activity/?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish());
        view! { <p class="pager"><a class="pager-step" href=href rel="next">"Older →"</a></p> }
    });
    let page = view! {
        {head("Activity", "Everything the team has done, newest first", ())}
        {ignored(&ignored_)}
        <form class="query-form card" method="get" action="/activity/">
            {query_select("who", "Person", owners, "Everyone", query.who.map(|id| id.to_string()))}
            {query_select("kind", "Type", kinds, "All types", query.kind.map(|it| it.code().to_owned()))}
            {query_input("order", "Order", "text", query.order.clone())}
            {query_input("from", "From", "date", plain_day(query.from))}
            {query_input("to", "To", "date", plain_day(query.to))}
            <button class="btn btn-quiet">"Apply"</button>
        </form>
        {listed}
        {older}
    };
    Ok(("Activity".into(), page.into_any()))
}
