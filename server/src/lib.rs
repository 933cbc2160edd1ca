//! The door of Curlew: wires, no rules. Configuration, HTTP, sessions, the embedded site.
//!
//! | where | what |
//! |---|---|
//! | [`config`] | the environment, each setting with its verdict |
//! | [`router`] | the table of addresses, and the layers around it |
//! | [`doors`] | plain forms: parse, call one verb, answer 303 or the page again |
//! | [`access`] | who asks: the one place that lets a request in |
//! | [`csrf`], [`headers`], [`limits`] | what every request and answer passes |
//! | [`sessions`] | tower-sessions over `db::sessions` |
//! | [`site`] | the files of this release and of earlier ones |

#![recursion_limit = "512"]

pub mod access;
pub mod config;
pub mod csrf;
pub mod doors;
pub mod headers;
pub mod install;
pub mod limits;
pub mod live;
pub mod page;
pub mod router;
pub mod serve;
pub mod sessions;
pub mod site;
pub mod state;
