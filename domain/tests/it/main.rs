//! The rules of Curlew's words, tested from the description of the product: one module per noun.
#![allow(clippy::unwrap_used)]

mod comments;
mod conflict;
mod dashboard;
mod date;
mod money;
mod orders_draft;
mod orders_list;
mod orders_status;
mod orders_view;
mod page;
mod phone;
mod role;
mod text;
mod users;
