//! A cache of query results about orders: a result is valid as long as the state of the database is the same
//! ([`Scope::state`]). The key is the text of the statement with all values, so that users with other permissions have other
//! keys.

use std::{any::Any, sync::Arc, time::Duration};

use domain::Result;
use moka::future::Cache;
use sea_orm::sea_query::SelectStatement;

use crate::{Db, Scope, dialect};

/// How long a result is kept.
const KEPT: Duration = Duration::from_secs(60);
/// The maximum size of the cache, in bytes of keys.
const ROOM: u64 = 8 * 1024 * 1024;

type CachedValue = Arc<dyn Any + Send + Sync>;

/// Results by database state and statement.
#[derive(Clone)]
pub(crate) struct QueryCache(Cache<(String, String), CachedValue>);

impl std::fmt::Debug for QueryCache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("QueryCache").field(&self.0.entry_count()).finish()
    }
}

impl Default for QueryCache {
    fn default() -> Self {
        let size =
            |(state, question): &(String, String), _: &CachedValue| u32::try_from(state.len() + question.len() + 256).unwrap_or(u32::MAX);
        Self(Cache::builder().weigher(size).max_capacity(ROOM).time_to_live(KEPT).build())
    }
}

impl QueryCache {
    /// Clears the cache, for changes that the state does not reflect.
    pub(crate) fn forget(&self) {
        self.0.invalidate_all();
    }
}

impl Db {
    /// Returns the cached result of a statement, or calls `read`. Concurrent callers wait for
    /// one result.
    ///
    /// Errors: those of `read`, which are not cached.
    pub(crate) async fn cached_query<T: Send + Sync + 'static>(
        &self,
        scope: &Scope,
        statement: &SelectStatement,
        read: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        let Some(state) = scope.state.clone() else { return read.await.map(Arc::new) };
        let question = dialect::backend(self).build(statement).to_string();
        let read = async { read.await.map(|it| Arc::new(it) as CachedValue) };
        let answer = self.query_cache.0.try_get_with((state, question), read).await.map_err(|error| (*error).clone())?;
        answer.downcast().map_err(|_| crate::error::fault("one statement was read as two different types"))
    }
}
