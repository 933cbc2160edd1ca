//! The pages of commission and targets.

use chrono::{Datelike, Months, NaiveDate};
use db::{
    commission::{self, Statement, TargetOf},
    dashboard::Reached,
};
use domain::{
    date,
    id::{TeamId, UserId},
    money::{Money, plain_rate},
    ratio,
    role::Permission,
};
use leptos::prelude::*;

use crate::{
    forms,
    server_pages::parts::{Form, PageRequest, PageView, bar, empty, head, sum},
};

/// The month in a URL (`month=2026-11`); the current month if missing or invalid.
pub fn month_of(asked: &PageRequest) -> NaiveDate {
    let today = asked.scope.settings.calendar.day(asked.db.now());
    let typed = forms::value(&asked.pairs, "month");
    let read = date::parse(&format!("{typed}-01")).or_else(|_| date::parse(typed)).ok();
    let day = read.unwrap_or(today);
    day.with_day(1).unwrap_or(day)
}

/// A month as in a URL.
pub fn code(month: NaiveDate) -> String {
    date::plain(month)[..7].to_owned()
}

fn months(path: &str, month: NaiveDate) -> AnyView {
    let (before, after) = (month - Months::new(1), month + Months::new(1));
    view! {
        <nav class="segments" aria-label="Month">
            <a href=format!("{path}?month={}", code(before)) rel="prev">{format!("← {}", date::month(before))}</a>
            <a href=format!("{path}?month={}", code(month)) aria-current="true">{date::month(month)}</a>
            <a href=format!("{path}?month={}", code(after)) rel="next">{format!("{} →", date::month(after))}</a>
        </nav>
    }
    .into_any()
}

/// The totals of a month, for all users or only for the user's own.
pub async fn summary(asked: &PageRequest) -> PageView {
    let month = month_of(asked);
    let scope = &asked.scope;
    let found = commission::summaries(&asked.db, scope, month).await?;
    let closed = commission::closed_up_to(&asked.db).await?;
    let currency = scope.settings.currency.clone();
    let may = scope.authority().may(Permission::Targets);
    let today = scope.settings.calendar.day(asked.db.now());
    let is_closed = closed.is_some_and(|closed| closed >= month);
    let over = month + Months::new(1) <= today;
    let form = Form::at("/commission/close/");
    let close = (may && (over && !is_closed || form.is_back())).then(|| {
        let earlier = match closed {
            Some(closed) if closed + Months::new(1) < month => format!(" All earlier open months, from {}, will be closed too.", date::month(closed + Months::new(1))),
            Some(_) => String::new(),
            None => " All earlier open months will be closed too.".to_owned(),
        };
        let said = format!("Closing {} is final. Later changes are recorded as corrections in the next open month.{earlier}", date::month(month));
        let fields = view! { <input type="hidden" name="month" value=code(month)/><p>{said}</p> };
        let sure = form.clone().drawn("card", fields, "Close month");
        view! { <details class="filters" open=form.is_back()><summary class="chip">{format!("Close {}", date::month(month))}</summary>{sure}</details> }
    });
    let rows = found.iter().map(|it| {
        view! { <tr><th scope="row"><a data-row="" href=format!("/commission/{}/?month={}", it.user, code(month))>{it.name.clone()}</a></th><td class="num">{it.lines}</td><td class="num">{sum(it.amount, &currency)}</td></tr> }
    });
    let total: i64 = found.iter().map(|it| it.amount).sum();
    let table = if found.is_empty() {
        empty("No commission this month. The rate comes from the order's campaign, from the person, or from the role (in Settings).", None)
    } else {
        view! {
            <div class="table-frame"><table class="data-table">
                <thead><tr><th scope="col">"Person"</th><th scope="col" class="num">"Entries"</th><th scope="col" class="num">"Commission"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
                <tfoot><tr><th scope="row">"Total"</th><td></td><td class="num">{sum(total, &currency)}</td></tr></tfoot>
            </table></div>
        }
        .into_any()
    };
    let under = if is_closed { "Closed: these figures are final" } else { "Open" };
    let targets = view! { <a class="btn btn-quiet" href=format!("/targets/?month={}", code(month))>"Targets"</a> };
    Ok((
        format!("Commission for {}", date::month(month)),
        view! { {head("Commission", under, targets)} {months("/commission/", month)} {table} {close} }.into_any(),
    ))
}

/// The statement of a user and month.
pub async fn statement(asked: &PageRequest, user: i64) -> PageView {
    let month = month_of(asked);
    let it = commission::statement(&asked.db, &asked.scope, UserId(user), month).await?;
    Ok((format!("{}, {}", it.name, date::month(month)), drawn(&it, &asked.scope.settings.currency)))
}

fn drawn(it: &Statement, currency: &str) -> AnyView {
    let path = format!("/commission/{}/", it.user);
    let rows = it.lines.iter().map(|line| {
        view! {
            <tr>
                <td>{date::show(line.on)}</td><th scope="row"><a data-row="" href=format!("/orders/{}/", line.number)>{line.number.clone()}</a></th><td>{line.customer.clone()}</td><td>{line.reason.clone()}</td>
                <td class="num">{sum(line.value, currency)}</td><td class="num">{format!("{}%", plain_rate(line.rate))}</td><td class="num">{sum(line.amount, currency)}</td>
            </tr>
        }
    });
    let table = if it.lines.is_empty() {
        empty("No commission lines this month", None)
    } else {
        view! {
            <div class="table-frame"><table class="data-table">
                <thead><tr><th scope="col">"Date"</th><th scope="col">"Order"</th><th scope="col">"Customer"</th><th scope="col">"Reason"</th><th scope="col" class="num">"Box value"</th><th scope="col" class="num">"Rate"</th><th scope="col" class="num">"Commission"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
                <tfoot><tr><th scope="row" colspan="6">"Total"</th><td class="num">{sum(it.total, currency)}</td></tr></tfoot>
            </table></div>
        }
        .into_any()
    };
    let csv = format!("/commission/{}/csv/?month={}", it.user, code(it.month));
    let acts = view! { <a class="btn btn-quiet" href=csv rel="external" download="">"CSV"</a> };
    let under = format!("Commission for {}{}", date::month(it.month), if it.closed { ", closed" } else { "" });
    view! {
        <p><a class="back" data-back="" href=format!("/commission/?month={}", code(it.month))>"← Commission"</a></p>
        {head(it.name.clone(), under, acts)}
        {months(&path, it.month)}
        {table}
    }
    .into_any()
}

/// The targets of a month with their progress.
pub async fn targets(asked: &PageRequest) -> PageView {
    let month = month_of(asked);
    let scope = &asked.scope;
    let page = db::dashboard::target_progress(&asked.db, scope, month).await?;
    let currency = scope.settings.currency.clone();
    let may = scope.authority().may(Permission::Targets);
    let part = |title: &'static str, of: &'static str, rows: Vec<Reached>| {
        let rows = rows.into_iter().map(|(of, name, target, reached, pace)| {
            let (kind, id) = match of {
                TargetOf::Person(UserId(id)) => ("person", id),
                TargetOf::Team(TeamId(id)) => ("team", id),
            };
            let percent = target.filter(|it| *it > 0).map(|target| format!("{}%", ratio::share(reached, target, 100)));
            let shown = match target {
                Some(target) => bar(reached, target, format!("{} of target", percent.clone().unwrap_or_default())),
                None => ().into_any(),
            };
            let pace = pace.filter(|_| target.is_some()).map(|pace| format!(" · on track for {}", sum(pace, &currency)));
            let form = Form::at(format!("/targets/{kind}/{id}/"));
            let stored = target.map(|it| Money(it).plain()).unwrap_or_default();
            let set = may.then(|| {
                let fields = view! { <input type="hidden" name="month" value=code(month)/>{form.input("target", "Target", "decimal", &stored)} };
                form.clone().drawn("row-form", fields, "Save")
            });
            let only = (!may).then(|| target.map(|it| sum(it, &currency)));
            view! { <tr><th scope="row">{name}</th><td class="num">{sum(reached, &currency)}</td><td class="bar-cell">{shown}<small>{percent}{pace}</small></td><td>{set}{only}</td></tr> }
        });
        view! {
            <section class="card panel"><h2>{title}</h2><div class="table-frame"><table class="data-table">
                <thead><tr><th scope="col">{of}</th><th scope="col" class="num">"To date"</th><th scope="col">"Progress"</th><th scope="col">"Target"</th></tr></thead><tbody>{rows.collect_view()}</tbody>
            </table></div></section>
        }
    };
    let measured = if scope.settings.targets_by_sold { "in revenue" } else { "in connected revenue" };
    let under = format!("{}, measured {measured}", date::month(month));
    let [people, teams] = page;
    Ok((
        format!("Targets for {}", date::month(month)),
        view! { {head("Targets", under, ())} {months("/targets/", month)} {part("People", "Person", people)} {part("Teams", "Team", teams)} }.into_any(),
    ))
}
