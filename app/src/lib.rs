//! The pages of Curlew: compiled for the server, which renders them, and for the browser, which takes them over.
//!
//! | where | what |
//! |---|---|
//! | [`routes`] | which page answers which address |
//! | [`reader`] | the one seam by which pages get their data |
//! | [`orders`] | lists, an order, its form |
//! | [`people`] | a person's own page |
//! | [`layout`] | rail, top bar, tabs, shortcuts |
//! | [`ui`] | buttons, badges, pagers: no nouns in here |
//! | [`shell`] | the document around a page (server) |
//! | [`entry`] | pages before sign-in, and error pages: plain HTML (server) |

#![recursion_limit = "512"]

#[cfg(feature = "ssr")]
pub mod context;
#[cfg(feature = "ssr")]
pub mod entry;
pub mod error;
pub mod forms;
pub mod layout;
pub mod orders;
pub mod people;
pub mod reader;
pub mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
pub mod ui;

pub use routes::App;
