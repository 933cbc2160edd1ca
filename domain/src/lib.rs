//! The words of Curlew: what an order, a person, a sum of money or a phone number is, and the rules they obey.
//!
//! Pure and the same on both sides: the browser and the server run this code, so a rule and its message exist once.
//!
//! | where | what |
//! |---|---|
//! | [`orders`] | the order from draft to row, its statuses and what may follow what, lists, history |
//! | [`comments`] | notes on an order |
//! | [`campaigns`] | what is typed about one, and what it must be |
//! | [`dashboard`], [`reports`] | periods, measures, by what they are told apart |
//! | [`users`] | people, sign-in, the rule for passwords |
//! | [`role`] | who may do what: one table |
//! | [`money`], [`phone`], [`postcode`], [`date`], [`text`] | values as people type them |
//! | [`ratio`] | shares and averages, rounded |
//! | [`page`] | pages, sizes and counts of lists |
//! | [`error`] | the one error that every verb returns |

pub mod campaigns;
mod code;
pub mod comments;
pub mod dashboard;
pub mod date;
pub mod error;
pub mod id;
pub mod moment;
pub mod money;
pub mod orders;
pub mod page;
pub mod phone;
pub mod postcode;
pub mod ratio;
pub mod reports;
pub mod role;
pub mod text;
pub mod users;

pub use error::{Error, FieldErrors, Result};
