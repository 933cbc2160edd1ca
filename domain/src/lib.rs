//! The domain of Curlew: orders, users, money, phone numbers, and the rules they obey.
//!
//! Pure code without I/O that both the server and the browser run, so that a rule and its message exist once.
//!
//! | module | contents |
//! |---|---|
//! | [`orders`] | the order from draft to row, its statuses and transitions, lists, history |
//! | [`comments`] | comments on an order |
//! | [`campaigns`] | the campaign form and its validation |
//! | [`companies`], [`commission`], [`activity`], [`admin`] | the view models of their pages |
//! | [`dashboard`], [`reports`] | periods, measures, groupings |
//! | [`forms`] | forms as data |
//! | [`users`] | users, devices, the password rule |
//! | [`role`] | roles and permissions: one table |
//! | [`money`], [`phone`], [`postcode`], [`date`], [`text`] | values as people type them |
//! | [`ratio`] | shares and averages, rounded |
//! | [`page`] | pages, sizes and counts of lists |
//! | [`error`] | the error that every operation returns |

pub mod activity;
pub mod admin;
pub mod campaigns;
mod code;
pub mod comments;
pub mod commission;
pub mod companies;
pub mod dashboard;
pub mod date;
pub mod error;
pub mod forms;
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
