//! The reference of the request that is being answered: in each line of the log about it, and on each error page.

use std::future::Future;

tokio::task_local! {
    static CURRENT: String;
}

/// A fresh reference: 16 hexadecimal digits.
pub fn fresh() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// Does some work under a reference. A task that the work spawns has none, unless it is wrapped too.
pub async fn scope<T>(id: String, work: impl Future<Output = T>) -> T {
    CURRENT.scope(id, work).await
}

/// The reference of the work that is being done; outside of a request a fresh one.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_else(|_| fresh())
}
