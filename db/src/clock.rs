//! The clock as a parameter: the only code that reads the system time.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A source of the current time.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system clock.
    #[default]
    System,
    /// A fixed time, for tests: microseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that is fixed at an instant.
    pub fn fixed(at: i64) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at)))
    }

    /// The current time, in microseconds since 1970 (UTC).
    #[allow(clippy::disallowed_methods, reason = "this is the clock")]
    pub fn now(&self) -> i64 {
        match self {
            Self::System => chrono::Utc::now().timestamp_micros(),
            Self::Fixed(at) => at.load(Ordering::SeqCst),
        }
    }

    /// Sets a fixed clock; has no effect on the system clock.
    pub fn set(&self, at: i64) {
        if let Self::Fixed(now) = self {
            now.store(at, Ordering::SeqCst);
        }
    }
}

/// Microseconds in a second, a minute, an hour and a day.
pub const SECOND: i64 = 1_000_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
pub const DAY: i64 = 24 * HOUR;
