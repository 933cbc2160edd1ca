//! The clock as a parameter: the only place that asks the machine what time it is.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// What time it is.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's.
    #[default]
    System,
    /// One that stands still until it is set: microseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at an instant.
    pub fn fixed(at: i64) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at)))
    }

    /// Now, in microseconds since 1970 in UTC.
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> i64 {
        match self {
            Self::System => chrono::Utc::now().timestamp_micros(),
            Self::Fixed(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Moves a fixed clock; the machine's cannot be moved.
    pub fn set(&self, at: i64) {
        if let Self::Fixed(now) = self {
            now.store(at, Ordering::SeqCst);
        }
    }
}

/// Microseconds of a second, a minute, an hour and a day.
pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
