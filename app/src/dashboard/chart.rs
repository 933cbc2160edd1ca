//! A bar chart as SVG, rendered by the server: two amounts per bar, one within the other, and a table with the numbers.

use domain::money::Money;
use leptos::prelude::*;

/// A bar: its short and full label, its link, and its two amounts.
pub struct Bar {
    pub short: String,
    pub full: String,
    pub href: String,
    pub sold: i64,
    pub connected: i64,
}

const WIDTH: i64 = 900;
const HEIGHT: i64 = 300;
const ABOVE: i64 = 18;
const RIGHT: i64 = 64;
const BELOW: i64 = 30;
/// The number of grid lines above the base line.
const LINES: i64 = 4;

/// The top of the axis in minor units: a round amount, at least the highest bar, whose quarters are whole units, so that the
/// labels of the grid lines are exact and different.
fn axis_top(highest: i64) -> i64 {
    let mut step = 100;
    loop {
        for top in [1, 2, 4, 6, 8].map(|round| round * step) {
            if top >= highest && top % (LINES * 100) == 0 {
                return top;
            }
        }
        step *= 10;
    }
}

/// An amount on the axis, in whole units, thousands or millions.
fn short(minor: i64) -> String {
    let units = minor / 100;
    match units {
        1_000_000.. => format!("{}.{}m", units / 1_000_000, units % 1_000_000 / 100_000),
        1_000.. if units % 1_000 == 0 => format!("{}k", units / 1_000),
        1_000.. => format!("{}.{}k", units / 1_000, units % 1_000 / 100),
        _ => units.to_string(),
    }
}

/// Renders the chart and its table, which opens on demand. `title` names both.
pub fn chart(title: &str, bars: &[Bar], names: [&'static str; 2], show: impl Fn(i64) -> String) -> AnyView {
    let most = bars.iter().map(|bar| bar.sold.max(bar.connected)).max().unwrap_or_default();
    let top = axis_top(most);
    let count = i64::try_from(bars.len()).unwrap_or(1).max(1);
    let (room, high) = (WIDTH - RIGHT, HEIGHT - BELOW - ABOVE);
    let step = room * 100 / count;
    let wide = (step * 62 / 100).min(4_600);
    let every = (count / 12 + 1) as usize;
    let at = |hundredths: i64| format!("{}.{:02}", hundredths / 100, hundredths % 100);
    let tall = move |sum: i64| (sum.max(0) as i128 * high as i128 / top as i128) as i64;
    let lines = (0..=LINES).map(|nth| {
        let (y, sum) = (ABOVE + high - high * nth / LINES, top * nth / LINES);
        view! {
            <line class="chart-line" x1="0" x2=room.to_string() y1=y.to_string() y2=y.to_string()></line>
            <text class="chart-axis" x=WIDTH.to_string() y=(y - 4).to_string() text-anchor="end">{short(sum)}</text>
        }
    });
    let drawn = bars.iter().enumerate().map(|(nth, bar)| {
        let x = step * nth as i64 + (step - wide) / 2;
        let (sold, connected) = (tall(bar.sold), tall(bar.connected));
        let caption = format!("{}: {} {}, {} {}", bar.full, names[1], show(bar.sold), names[0], show(bar.connected));
        let label = (nth % every == 0).then(|| {
            let middle = at(x + wide / 2);
            // A phone has room for every other label.
            let class = if (nth / every).is_multiple_of(2) { "chart-axis" } else { "chart-axis chart-axis-wide" };
            view! { <text class=class x=middle y=(HEIGHT - 6).to_string() text-anchor="middle">{bar.short.clone()}</text> }
        });
        let rect = |class: &'static str, height: i64, inset: i64| {
            view! { <rect class=class x=at(x + inset) y=(ABOVE + high - height).to_string() width=at((wide - 2 * inset).max(20)) height=height.to_string() rx="2"></rect> }
        };
        // The connected bar is inside the sold bar, and longer where more was connected than sold.
        view! {
            <g class="chart-bar"><title>{caption}</title>{rect("chart-sold", sold, 0)}{rect("chart-connected", connected, if connected > sold { wide / 6 } else { 0 })}</g>
            {label}
        }
    });
    let total = |of: fn(&Bar) -> i64| bars.iter().map(of).sum::<i64>();
    let caption = format!("{title}: {} {}, {} {}", names[1], show(total(|it| it.sold)), names[0], show(total(|it| it.connected)));
    let rows = bars.iter().map(|bar| {
        view! {
            <tr><th scope="row"><a href=bar.href.clone()>{bar.full.clone()}</a></th><td class="num">{show(bar.sold)}</td><td class="num">{show(bar.connected)}</td></tr>
        }
    });
    view! {
        <svg class="chart" viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=caption>{lines.collect_view()}{drawn.collect_view()}</svg>
        <details class="chart-table">
            <summary class="link-button">"View as table"</summary>
            <div class="table-frame"><table class="data-table">
                <thead><tr><th scope="col">"Period"</th><th scope="col" class="num">{capital(names[1])}</th><th scope="col" class="num">{capital(names[0])}</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
        </details>
    }
    .into_any()
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// An amount without minor units, for narrow places.
pub fn whole_units(minor: i64, currency: &str) -> String {
    let shown = Money(minor).show(currency);
    shown.strip_suffix(&shown[shown.len() - 3..]).map_or(shown.clone(), str::to_owned)
}
