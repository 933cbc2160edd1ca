//! The original's database.
use crate::Db;
pub async fn dcrm(_: &Db, _: &str, _: impl Fn(&str)) -> Result<String, String> { Err("later".into()) }
