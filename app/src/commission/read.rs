//! Reads the pages of commission and targets.

use chrono::{Datelike, Months, NaiveDate};
use db::{
    Db, Scope,
    commission::{self, TargetOf},
    dashboard::Reached,
};
use domain::{
    Error, Result,
    commission::{CommissionPage, CommissionView, MonthLinks, StatementLine, StatementView, TargetGroup, TargetRow, TargetsView},
    dashboard::view::Progress,
    date,
    id::{TeamId, UserId},
    money::{Money, plain_rate},
    orders::pages::Link,
    ratio,
    role::Permission,
};

use crate::{form_builder::FormBuilder, forms, help};

/// A page by its URL (path and query).
///
/// Errors: [`Error::NotFound`] for a page that does not exist or that the user may not see.
pub async fn page(db: &Db, scope: &Scope, address: &str) -> Result<CommissionPage> {
    let (path, search) = address.split_once('?').unwrap_or((address, ""));
    let month = month_of(db, scope, search);
    Ok(match crate::routes::parts_of(path).as_slice() {
        ["commission"] | ["commission", "close"] => CommissionPage::Summary(summary(db, scope, month).await?),
        ["commission", user] => {
            let user = user.parse().map_err(|_| Error::NotFound)?;
            CommissionPage::Statement(statement(db, scope, UserId(user), month).await?)
        }
        ["targets"] | ["targets", "person" | "team", _] => CommissionPage::Targets(targets(db, scope, month).await?),
        _ => return Err(Error::NotFound),
    })
}

/// The month in a URL (`month=2026-11`); the current month if missing or invalid.
fn month_of(db: &Db, scope: &Scope, search: &str) -> NaiveDate {
    let pairs = domain::page::query_pairs(search);
    let typed = forms::value(&pairs, "month");
    let read = date::parse(&format!("{typed}-01")).or_else(|_| date::parse(typed)).ok();
    let day = read.unwrap_or_else(|| scope.settings.calendar.day(db.now()));
    day.with_day(1).unwrap_or(day)
}

/// A month as in a URL.
fn code(month: NaiveDate) -> String {
    date::plain(month)[..7].to_owned()
}

fn months(path: &str, month: NaiveDate) -> MonthLinks {
    let (before, after) = (month - Months::new(1), month + Months::new(1));
    let link = |label: String, month: NaiveDate, on: bool| Link::new(label, format!("{path}?month={}", code(month)), on);
    MonthLinks {
        previous: link(format!("← {}", date::month(before)), before, false),
        current: link(date::month(month), month, true),
        next: link(format!("{} →", date::month(after)), after, false),
    }
}

/// The totals of a month, for all users or only for the user's own.
async fn summary(db: &Db, scope: &Scope, month: NaiveDate) -> Result<CommissionView> {
    let found = commission::summaries(db, scope, month).await?;
    let closed = commission::closed_up_to(db).await?;
    let show = |minor: i64| Money(minor).show(&scope.settings.currency);
    let is_closed = closed.is_some_and(|closed| closed >= month);
    let is_over = month + Months::new(1) <= scope.settings.calendar.day(db.now());
    let form = FormBuilder::new("/commission/close/");
    let may_close = scope.authority().may(Permission::Targets) && (is_over && !is_closed || form.is_back());
    let close = may_close.then(|| {
        let earlier = match closed {
            Some(closed) if closed + Months::new(1) < month => {
                format!(" All earlier open months, from {}, will be closed too.", date::month(closed + Months::new(1)))
            }
            Some(_) => String::new(),
            None => " All earlier open months will be closed too.".to_owned(),
        };
        form.hidden("month", code(month))
            .text(format!(
                "Closing {} is final. Later changes are recorded as corrections in the next open month.{earlier}",
                date::month(month)
            ))
            .build("Close month")
    });
    let rows = found.iter().map(|it| {
        let href = format!("/commission/{}/?month={}", it.user, code(month));
        (Link::new(it.name.clone(), href, false), it.lines.to_string(), show(it.amount))
    });
    Ok(CommissionView {
        title: format!("Commission for {}", date::month(month)),
        subtitle: if is_closed { "Closed: these figures are final" } else { "Open" }.into(),
        months: months("/commission/", month),
        targets: format!("/targets/?month={}", code(month)),
        rows: rows.collect(),
        total: show(found.iter().map(|it| it.amount).sum()),
        close,
        help: help::link(&["commission"]),
    })
}

/// The statement of a user and month.
async fn statement(db: &Db, scope: &Scope, user: UserId, month: NaiveDate) -> Result<StatementView> {
    let it = commission::statement(db, scope, user, month).await?;
    let show = |minor: i64| Money(minor).show(&scope.settings.currency);
    let lines = it.lines.iter().map(|line| StatementLine {
        day: date::show(line.on),
        order: Link::new(line.number.clone(), format!("/orders/{}/", line.number), false),
        customer: line.customer.clone(),
        reason: line.reason.clone(),
        value: show(line.value),
        rate: format!("{}%", plain_rate(line.rate)),
        amount: show(line.amount),
    });
    Ok(StatementView {
        title: format!("{}, {}", it.name, date::month(month)),
        subtitle: format!("Commission for {}{}", date::month(it.month), if it.closed { ", closed" } else { "" }),
        back: Link::new("Commission", format!("/commission/?month={}", code(it.month)), false),
        months: months(&format!("/commission/{}/", it.user), it.month),
        csv: format!("/commission/{}/csv/?month={}", it.user, code(it.month)),
        lines: lines.collect(),
        total: show(it.total),
        heading: it.name,
        help: help::link(&["commission"]),
    })
}

/// The targets of a month with their progress.
async fn targets(db: &Db, scope: &Scope, month: NaiveDate) -> Result<TargetsView> {
    let [people, teams] = db::dashboard::target_progress(db, scope, month).await?;
    let measured = if scope.settings.targets_by_sold { "in revenue" } else { "in connected revenue" };
    let group = |title: &str, of: &str, rows: Vec<Reached>| TargetGroup {
        title: title.into(),
        of: of.into(),
        rows: rows.into_iter().map(|row| target_row(scope, month, row)).collect(),
    };
    Ok(TargetsView {
        title: format!("Targets for {}", date::month(month)),
        subtitle: format!("{}, measured {measured}", date::month(month)),
        months: months("/targets/", month),
        groups: vec![group("People", "Person", people), group("Teams", "Team", teams)],
        help: help::link(&["targets"]),
    })
}

fn target_row(scope: &Scope, month: NaiveDate, (of, name, target, reached, pace): Reached) -> TargetRow {
    let show = |minor: i64| Money(minor).show(&scope.settings.currency);
    let (kind, id) = match of {
        TargetOf::Person(UserId(id)) => ("person", id),
        TargetOf::Team(TeamId(id)) => ("team", id),
    };
    let percent = target.filter(|it| *it > 0).map(|target| format!("{}%", ratio::share(reached, target, 100)));
    let progress = target.map(|target| Progress::new(reached, target, format!("{} of target", percent.clone().unwrap_or_default())));
    let pace = pace.filter(|_| target.is_some()).map(|pace| format!("on track for {}", show(pace)));
    let text = percent.into_iter().chain(pace).collect::<Vec<_>>().join(" · ");
    let form = scope.authority().may(Permission::Targets).then(|| {
        let stored = target.map(|it| Money(it).plain()).unwrap_or_default();
        FormBuilder::new(format!("/targets/{kind}/{id}/")).hidden("month", code(month)).decimal("target", "Target", &stored).build("Save")
    });
    TargetRow { name, reached: show(reached), progress, text, form, target: target.map(show).unwrap_or_default() }
}
