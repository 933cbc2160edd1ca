//! A bar chart as SVG: two amounts per period, one within the other, and a table with the numbers. The bar under the pointer, or chosen by
//! the arrow keys, is read out below.

use domain::dashboard::view::{ChartBar, ChartView};
use leptos::{ev::KeyboardEvent, prelude::*};

use super::{DataTable, Erase, Head};

const WIDTH: i64 = 900;
const HEIGHT: i64 = 300;
const ABOVE: i64 = 18;
const RIGHT: i64 = 64;
const BELOW: i64 = 30;
/// The height and the width of the plot.
const PLOT: (i64, i64) = (HEIGHT - BELOW - ABOVE, WIDTH - RIGHT);
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
fn axis_label(minor: i64) -> String {
    let units = minor / 100;
    match units {
        1_000_000.. => format!("{}.{}m", units / 1_000_000, units % 1_000_000 / 100_000),
        1_000.. if units % 1_000 == 0 => format!("{}k", units / 1_000),
        1_000.. => format!("{}.{}k", units / 1_000, units % 1_000 / 100),
        _ => units.to_string(),
    }
}

/// Hundredths of a unit of the drawing.
fn hundredths(value: i64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

/// The chart and its table, which opens on demand. `selected` is the URL of the bar that is read out; made once beside the route.
#[component]
pub fn Chart(chart: ChartView, selected: RwSignal<Option<String>>) -> impl IntoView {
    let ChartView { names, bars, summary } = chart;
    let count = bars.len().max(1);
    let top = axis_top(bars.iter().flat_map(|bar| bar.values).max().unwrap_or_default());
    let step = PLOT.1 * 100 / i64::try_from(count).unwrap_or(1);
    let every = count / 12 + 1;
    let lines = (0..=LINES)
        .map(|nth| {
            let (y, amount) = (ABOVE + PLOT.0 - PLOT.0 * nth / LINES, top * nth / LINES);
            view! {
                <line class="chart-line" x1="0" x2=PLOT.1.to_string() y1=y.to_string() y2=y.to_string()></line>
                <text class="chart-axis" x=WIDTH.to_string() y=(y - 4).to_string() text-anchor="end">{axis_label(amount)}</text>
            }
        })
        .collect::<Vec<_>>();
    let drawn = bars
        .iter()
        .enumerate()
        .map(|(nth, bar)| {
            let label = (nth % every == 0).then(|| (bar.short.clone(), nth / every % 2 == 1));
            let x = step * i64::try_from(nth).unwrap_or_default();
            view! { <Bar text=bar.text.clone() values=bar.values label=label x=x step=step top=top href=bar.href.clone() selected=selected/> }
        })
        .collect::<Vec<_>>();
    let texts: Vec<(String, String)> = bars.iter().map(|bar| (bar.href.clone(), bar.text.clone())).collect();
    let hrefs: Vec<String> = bars.iter().map(|bar| bar.href.clone()).collect();
    let read_out = move || {
        selected.with(|selected| {
            let text = texts.iter().find(|(href, _)| Some(href) == selected.as_ref());
            text.map(|(_, text)| text.clone()).unwrap_or_default()
        })
    };
    let choose = move |event: KeyboardEvent| {
        let last = hrefs.len().saturating_sub(1);
        let at = selected.with_untracked(|selected| hrefs.iter().position(|href| Some(href) == selected.as_ref()));
        let next: Option<usize> = match (event.key().as_str(), at) {
            ("ArrowRight", at) => Some(at.map_or(0, |at| (at + 1).min(last))),
            ("ArrowLeft", at) => Some(at.map_or(last, |at| at.saturating_sub(1))),
            ("Escape", Some(_)) => None,
            _ => return,
        };
        event.prevent_default();
        selected.set(next.and_then(|at| hrefs.get(at).cloned()));
    };
    let rows = bars
        .into_iter()
        .map(|ChartBar { full, href, texts: [outer, inner], .. }| {
            view! { <tr><th scope="row"><a href=href>{full}</a></th><td class="numeric">{outer}</td><td class="numeric">{inner}</td></tr> }
        })
        .collect::<Vec<_>>();
    let [outer, inner] = names;
    view! {
        <svg
            class="chart"
            viewBox=format!("0 0 {WIDTH} {HEIGHT}")
            role="img"
            aria-label=summary
            tabindex="0"
            on:keydown=choose
            on:mouseleave=move |_| selected.set(None)
            on:blur=move |_| selected.set(None)
        >
            {lines}
            {drawn}
        </svg>
        <p class="chart-value" aria-live="polite">{read_out}</p>
        <details class="chart-table">
            <summary class="link-button">"View as table"</summary>
            <DataTable heads=[Head::text("Period"), Head::number(outer), Head::number(inner)]>
                <tbody>{rows}</tbody>
            </DataTable>
        </details>
    }
    .erase()
}

/// What the colours of the chart stand for, to be shown beside its heading.
pub fn chart_legend() -> AnyView {
    view! {
        <p class="chart-legend"><span class="chart-legend-connected">"Connected revenue"</span><span class="chart-legend-sold">"Revenue"</span></p>
    }
    .erase()
}

/// A period: the inner bar is inside the outer one, and longer where its amount is higher.
#[component]
fn Bar(
    text: String,
    values: [i64; 2],
    /// The label below, and whether it is left out where there is little room.
    label: Option<(String, bool)>,
    /// The left edge and the width of the period, in hundredths.
    x: i64,
    step: i64,
    top: i64,
    href: String,
    selected: RwSignal<Option<String>>,
) -> impl IntoView {
    let width = (step * 62 / 100).min(4_600);
    let left = x + (step - width) / 2;
    let [outer, inner] = values.map(|amount| (i128::from(amount.max(0)) * i128::from(PLOT.0) / i128::from(top)) as i64);
    let inset = if inner > outer { width / 6 } else { 0 };
    let label = label.map(|(label, is_extra)| {
        let class = if is_extra { "chart-axis chart-axis-wide" } else { "chart-axis" };
        view! { <text class=class x=hundredths(left + width / 2) y=(HEIGHT - 6).to_string() text-anchor="middle">{label}</text> }
    });
    let y = |height: i64| (ABOVE + PLOT.0 - height).to_string();
    view! {
        <g class="chart-bar" on:mouseenter=move |_| selected.set(Some(href.clone()))>
            <title>{text}</title>
            <rect class="chart-sold" x=hundredths(left) y=y(outer) width=hundredths(width.max(20)) height=outer.to_string() rx="2"></rect>
            <rect
                class="chart-connected"
                x=hundredths(left + inset)
                y=y(inner)
                width=hundredths((width - 2 * inset).max(20))
                height=inner.to_string()
                rx="2"
            ></rect>
        </g>
        {label}
    }
}
