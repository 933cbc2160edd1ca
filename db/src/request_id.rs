//! The id of the current request, in its log lines and on its error page.

use std::future::Future;

tokio::task_local! {
    static CURRENT: String;
}

/// Generates an id of 16 hexadecimal digits.
pub fn generate() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// Runs work with an id. Tasks that it spawns have none, unless they are wrapped too.
pub async fn scope<T>(id: String, work: impl Future<Output = T>) -> T {
    CURRENT.scope(id, work).await
}

/// The id of the current work; a new one outside of a request.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| generate())
}
