//! The pages of Curlew: compiled for the server, which renders them, and for the browser, which hydrates them.
//!
//! | module | contents |
//! |---|---|
//! | [`routes`] | the routes of the pages |
//! | [`page_data`] | how pages get their data |
//! | [`orders`] | lists, an order, its form |
//! | [`people`] | the profile page |
//! | [`dashboard`] | figures and charts |
//! | [`design`] | one example of each component |
//! | [`campaigns`], [`companies`], [`reports`], [`commission`], [`activity`], [`admin`], [`help`] | their pages |
//! | `form_builder` | describes the forms of these pages (server only) |
//! | [`layout`] | sidebar, top bar, tab bar, shortcuts |
//! | [`ui`] | generic parts: buttons, badges, pagers |
//! | [`shell`] | the document around a page (server only) |
//! | [`auth`] | sign-in pages and error pages: plain HTML (server only) |

#![recursion_limit = "512"]

pub mod activity;
pub mod admin;
#[cfg(feature = "ssr")]
pub mod auth;
pub mod campaigns;
pub mod commission;
pub mod companies;
#[cfg(feature = "ssr")]
pub mod context;
pub mod dashboard;
pub mod design;
pub mod error;
#[cfg(feature = "ssr")]
pub mod form_builder;
pub mod forms;
pub mod help;
pub mod layout;
pub mod orders;
pub mod page_data;
pub mod people;
pub mod reports;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod ui;

pub use routes::App;
