//! Puts companies and their figures into words and links.

use domain::{companies::CompanyView, dashboard::Period, date, money::Money, orders::pages::Link, page::grouped};

use super::{CompanyPage, pages::sold_href};
use crate::dashboard::{chart_bar, chart_of};

/// The view model of the page of a company, without the forms that end it.
pub fn company_view(page: CompanyPage, currency: &str) -> CompanyView {
    let show = |minor: i64| Money(minor).show(currency);
    let details = [
        Some(format!("Company no. {}", page.id)),
        page.business_type.clone(),
        page.employees.map(|n| if n == 1 { "1 employee".to_owned() } else { format!("{n} employees") }),
        page.monthly_spend.map(|spend| format!("monthly spend {}", show(spend))),
    ];
    let bars = page.months.iter().map(|(month, sold, connected)| {
        let (short, href) = (date::month(*month)[..3].to_owned(), sold_href(page.id, Period::Month.days(*month)));
        chart_bar(short, date::month(*month), href, [*sold, *connected], currency)
    });
    let chart = chart_of("Revenue by month", bars.collect(), currency);
    CompanyView {
        subtitle: details.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        edit: page.may_edit.then(|| format!("/companies/{}/edit/", page.id)),
        merged_into: page.merged_into.filter(|id| *id != page.id).map(|id| format!("/companies/{id}/")),
        is_deleted: page.deleted,
        figures: vec![
            ("Orders".into(), Link::new(grouped(page.orders.unsigned_abs()), page.href.clone(), false)),
            ("Revenue".into(), Link::new(show(page.revenue), page.href, false)),
            ("Connected revenue".into(), Link::new(show(page.connected), page.connected_href, false)),
        ],
        has_more: page.more,
        chart,
        people: page.people.into_iter().map(|(name, value)| (name, show(value))).collect(),
        note: page.note,
        newest: page.newest,
        all_href: page.all_href,
        ending: None,
        help: None,
        title: page.name,
    }
}
