//! The pages of Curlew: compiled for the server, which renders them, and for the browser, which takes them over.
//!
//! | where | what |
//! |---|---|
//! | [`routes`] | which page answers which address |
//! | [`page_data`] | the one seam by which pages get their data |
//! | [`orders`] | lists, an order, its form |
//! | [`people`] | a person's own page |
//! | [`server_pages`] | pages that tell and post plain forms, drawn by the server alone: their seam, their table, their parts |
//! | [`dashboard`] | figures and charts |
//! | `campaigns`, `companies`, `reports`, `commission`, `activity`, `admin` | server pages, a noun each (server) |
//! | [`layout`] | rail, top bar, tabs, shortcuts |
//! | [`ui`] | buttons, badges, pagers: no nouns in here |
//! | [`shell`] | the document around a page (server) |
//! | [`entry`] | pages before sign-in, and error pages: plain HTML (server) |

#![recursion_limit = "512"]

#[cfg(feature = "ssr")]
pub mod activity;
#[cfg(feature = "ssr")]
pub mod admin;
#[cfg(feature = "ssr")]
pub mod auth;
#[cfg(feature = "ssr")]
pub mod campaigns;
#[cfg(feature = "ssr")]
pub mod commission;
#[cfg(feature = "ssr")]
pub mod companies;
#[cfg(feature = "ssr")]
pub mod context;
pub mod dashboard;
pub mod error;
pub mod forms;
pub mod layout;
pub mod orders;
pub mod page_data;
pub mod people;
#[cfg(feature = "ssr")]
pub mod reports;
pub mod routes;
pub mod server_pages;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod ui;

pub use routes::App;
