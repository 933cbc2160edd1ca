//! The HTTP server of Curlew, without business rules: configuration, HTTP, sessions, the embedded site.
//!
//! | module | contents |
//! |---|---|
//! | [`config`] | the configuration, with a verdict on each setting |
//! | [`router`] | the routes, and the layers around them |
//! | [`handlers`] | plain forms: parse, call one operation, respond with 303 or the page again |
//! | [`access`] | authentication of requests |
//! | [`request_log`], [`headers`], [`csrf`], [`admission`] | layers that every request and response passes |
//! | [`connections`] | limits of connections |
//! | [`error_page`] | error pages outside of the application |
//! | [`sessions`] | tower-sessions over `db::sessions` |
//! | [`site`], [`install`] | the files of this release and of earlier ones, and those of the installable application |
//! | [`page`], [`state`] | rendering application pages, and what handlers share |
//! | [`live`] | server-sent events |
//! | `renamed` | addresses of earlier releases |
//! | [`serve`], [`ready`], [`signals`] | starting, checking and stopping the server |

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
