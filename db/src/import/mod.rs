//! The original's database.
