//! SeaORM entities: rows as stored. They never leave this crate.

pub mod activity;
pub mod bulk;
pub mod bulk_item;
pub mod campaign;
pub mod change_log;
pub mod comment;
pub mod company;
pub mod import;
pub mod import_record;
pub mod import_staged;
pub mod known_device;
pub mod order;
pub mod order_history;
pub mod release;
pub mod release_asset;
pub mod release_file;
pub mod saved_view;
pub mod session;
pub mod setting;
pub mod sign_in_failure;
pub mod team;
pub mod user;
pub mod user_token;
