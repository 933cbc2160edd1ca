//! The HTTP server of Curlew, without business rules: configuration, HTTP, sessions, the embedded site.
//!
//! | where | what |
//! |---|---|
//! | [`config`] | the environment, each setting with its verdict |
//! | [`router`] | the table of addresses, and the layers around it |
//! | [`handlers`] | plain forms: parse, call one verb, answer 303 or the page again |
//! | [`access`] | who asks: the one place that lets a request in |
//! | [`request_log`], [`headers`], [`csrf`], [`admission`] | what every request and answer passes |
//! | [`connections`] | how many there may be, and when they are closed |
//! | [`error_page`] | what stands where no page of the application can |
//! | [`sessions`] | tower-sessions over `db::sessions` |
//! | [`site`] | the files of this release and of earlier ones |

#![recursion_limit = "512"]

pub mod access;
pub mod admission;
pub mod config;
pub mod connections;
pub mod csrf;
pub mod error_page;
pub mod handlers;
pub mod headers;
pub mod install;
pub mod live;
pub mod page;
pub mod ready;
mod renamed;
pub mod request_log;
pub mod router;
pub mod serve;
pub mod sessions;
pub mod signals;
pub mod site;
pub mod state;
