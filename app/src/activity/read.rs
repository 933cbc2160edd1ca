//! Reads pages of the activity log.

use chrono::NaiveDate;
use db::{
    Db, Scope,
    activity::{self, ActivityQuery},
    audit::ActivityKind,
};
use domain::{
    Result,
    activity::ActivityView,
    dashboard::view::{ActivityRow, QueryForm},
    date,
    orders::pages::Control,
};

/// The page of a URL (path and query).
///
/// Errors: database errors.
pub async fn activity(db: &Db, scope: &Scope, address: &str) -> Result<ActivityView> {
    let pairs = domain::page::query_pairs(address.split_once('?').map_or("", |(_, query)| query));
    let (query, ignored) = ActivityQuery::from_pairs(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let (found, next) = activity::list(db, scope, &query).await?;
    let [owners, ..] = db::dashboard::choices(db, scope).await?;
    let mut days: Vec<(NaiveDate, Vec<ActivityRow>)> = Vec::new();
    for entry in found {
        let day = entry.day;
        let entry = db::dashboard::activity_row(entry);
        match days.last_mut().filter(|(last, _)| *last == day) {
            Some((_, entries)) => entries.push(entry),
            None => days.push((day, vec![entry])),
        }
    }
    let older = next.map(|before| {
        let pairs = query.pairs().into_iter().chain([("before", before)]);
        format!("/activity/?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish())
    });
    Ok(ActivityView {
        ignored,
        query: query_form(&query, owners),
        days: days.into_iter().map(|(day, entries)| (date::long(day), entries)).collect(),
        older,
        help: crate::help::link(&["activity"]),
    })
}

fn query_form(query: &ActivityQuery, owners: Vec<(String, String)>) -> QueryForm {
    let kinds = ActivityKind::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect();
    let day = |day: Option<NaiveDate>| day.map(date::plain).unwrap_or_default();
    QueryForm {
        label: String::new(),
        action: "/activity/".into(),
        controls: vec![
            Control::select("who", "Person", "Everyone", owners, query.who.map(|id| id.to_string())),
            Control::select("kind", "Type", "All types", kinds, query.kind.map(|it| it.code().to_owned())),
            Control::input("order", "Order", "line", query.order.clone()),
            Control::input("from", "From", "date", day(query.from)),
            Control::input("to", "To", "date", day(query.to)),
        ],
        hidden_fields: Vec::new(),
        clear: None,
    }
}
