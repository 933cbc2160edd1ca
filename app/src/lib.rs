//! The pages of Curlew: compiled for the server, which renders them, and for the browser, which hydrates them.
//!
//! | module | contents |
//! |---|---|
//! | [`routes`] | the routes of the pages |
//! | [`page_data`] | how pages get their data |
//! | [`orders`] | lists, an order, its form |
//! | [`people`] | the profile page |
//! | [`server_pages`] | pages that only the server renders: their route, their table, their parts |
//! | [`dashboard`] | figures and charts |
//! | `campaigns`, `companies`, `reports`, `commission`, `activity`, `admin`, `help` | server pages (server only) |
//! | [`layout`] | sidebar, top bar, tab bar, shortcuts |
//! | [`ui`] | generic parts: buttons, badges, pagers |
//! | [`shell`] | the document around a page (server only) |
//! | [`auth`] | sign-in pages and error pages: plain HTML (server only) |

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
#[cfg(feature = "ssr")]
pub mod help;
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
