//! The named world of demo, tests and browser tests.
