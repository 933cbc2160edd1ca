//! Commission and targets: totals of a month, statements, targets.

pub mod page;
