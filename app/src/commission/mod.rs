//! Commission and targets: everybody's sums of a month, a person's statement, what is to be reached.

pub mod page;
