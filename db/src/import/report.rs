//! The report of an import: read, created, changed, unchanged, and all warnings by order number.

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use chrono::NaiveDate;
use domain::orders::Status;

use super::{Staged, normalise::ImportWarning};

/// The counts and warnings of one run.
#[derive(Debug, Default)]
pub struct Report {
    pub users: Counts,
    pub campaigns: Counts,
    pub companies: Counts,
    /// Orders read.
    pub read: u64,
    pub written: u64,
    pub changed: u64,
    /// Unchanged in the source since the last run.
    pub same: u64,
    /// Orders edited in Curlew since, by number: left unchanged.
    pub unchanged: Vec<String>,
    pub changes: u64,
    pub creations: u64,
    pub unsigned_creations: u64,
    pub empty_changes: u64,
    pub comments: u64,
    pub activity: u64,
    connected: u64,
    connected_undated: u64,
    connected_differs: u64,
    warnings: BTreeMap<&'static str, Vec<String>>,
    notes: Vec<String>,
    sums: BTreeMap<&'static str, (u64, i64)>,
}

/// Read, created, changed and unchanged.
#[derive(Debug, Default)]
pub struct Counts {
    pub read: u64,
    pub written: u64,
    pub changed: u64,
    pub unchanged: u64,
}

impl Report {
    /// Adds a sentence.
    pub fn add_note(&mut self, sentence: String) {
        self.notes.push(sentence);
    }

    /// Adds the warnings and counts of an order.
    pub(super) fn note(&mut self, order: &Staged, last: Option<NaiveDate>, warnings: Vec<ImportWarning>) {
        for oddity in warnings {
            self.warnings.entry(oddity.kind).or_default().push(order.number.clone());
        }
        let created = order.entries.first();
        self.creations += u64::from(created.is_some());
        self.unsigned_creations += u64::from(created.is_some_and(|it| it.by.is_none()));
        self.changes += order.entries.len().saturating_sub(1) as u64;
        self.empty_changes += order.entries.iter().skip(1).filter(|it| it.payload.changes.is_empty()).count() as u64;
        self.comments += order.comments.len() as u64;
        let (count, sum) = self.sums.entry(order.fields.status.label()).or_default();
        *count += 1;
        *sum += order.fields.box_value.map_or(0, |it| it.0);
        if order.fields.status == Status::Connected {
            self.connected += 1;
            self.connected_undated += u64::from(order.connected_on.is_none());
            self.connected_differs += u64::from(last.is_some() && last != order.connected_on);
        }
    }

    /// The whole report.
    pub fn text(&self, took: Duration) -> String {
        let mut text = String::new();
        let seconds = took.as_secs_f64().max(0.001);
        let _ = writeln!(text, "Read in {seconds:.1} s ({:.0} orders/s)", self.read as f64 / seconds);
        let _ = writeln!(text, "{:<12}{:>9}{:>9}{:>9}{:>12}", "", "read", "written", "changed", "unchanged");
        let mut line = |name: &str, read: u64, written: u64, changed: u64, unchanged: u64| {
            let _ = writeln!(text, "{name:<12}{read:>9}{written:>9}{changed:>9}{unchanged:>12}");
        };
        for (name, it) in [("people", &self.users), ("campaigns", &self.campaigns), ("companies", &self.companies)] {
            line(name, it.read, it.written, it.changed, it.unchanged);
        }
        line("orders", self.read, self.written, self.changed, self.same + self.unchanged.len() as u64);
        let _ = writeln!(
            text,
            "Comments: {}; changes with their authors: {} (only the time changed: {}); orders created: {} (by an unknown person: {}); activity entries: {}",
            self.comments, self.changes, self.empty_changes, self.creations, self.unsigned_creations, self.activity
        );
        let _ = writeln!(
            text,
            "Connected orders that keep the date from the old system: {} (without a date: {}); with a date that differs from their history: {}",
            self.connected, self.connected_undated, self.connected_differs
        );
        for (status, (count, sum)) in &self.sums {
            let _ = writeln!(text, "  {status:<16}{count:>8}{:>16}", domain::money::Money(*sum).plain());
        }
        if !self.unchanged.is_empty() {
            let _ = writeln!(text, "Edited in Curlew since the last import, so not updated: {}", self.unchanged.join(", "));
        }
        for note in &self.notes {
            let _ = writeln!(text, "{note}");
        }
        for (kind, numbers) in &self.warnings {
            let _ = writeln!(text, "{kind} ({}): {}", numbers.len(), numbers.join(", "));
        }
        text
    }
}
