//! Signals that stop the process.

use std::io;

/// A stop signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGTERM: from a service manager.
    Terminate,
    /// SIGINT: Ctrl C.
    Interrupt,
    /// SIGHUP: the terminal is gone.
    Hangup,
}

impl Signal {
    /// Its name for the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Terminate => "SIGTERM",
            Self::Interrupt => "SIGINT",
            Self::Hangup => "SIGHUP",
        }
    }
}

/// Handles stop signals from now on; before this each of them ends the process immediately.
#[derive(Debug)]
pub struct Signals {
    #[cfg(unix)]
    unix: [(Signal, tokio::signal::unix::Signal); 3],
}

impl Signals {
    /// Starts to handle them.
    ///
    /// Errors: those of the operating system.
    #[cfg(unix)]
    pub fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            unix: [
                (Signal::Terminate, signal(SignalKind::terminate())?),
                (Signal::Interrupt, signal(SignalKind::interrupt())?),
                (Signal::Hangup, signal(SignalKind::hangup())?),
            ],
        })
    }

    /// Starts to handle them.
    ///
    /// Errors: none.
    #[cfg(not(unix))]
    pub fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next signal.
    #[cfg(unix)]
    pub async fn next(&mut self) -> Signal {
        let [(first, a), (second, b), (third, c)] = &mut self.unix;
        tokio::select! {
            _ = a.recv() => *first,
            _ = b.recv() => *second,
            _ = c.recv() => *third,
        }
    }

    /// Waits for the next signal.
    #[cfg(not(unix))]
    pub async fn next(&mut self) -> Signal {
        let _ = tokio::signal::ctrl_c().await;
        Signal::Interrupt
    }
}
