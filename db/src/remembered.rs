//! What a server remembers of what it read of orders: the answer to a question, for as long as the database holds what it held when it
//! was asked ([`Scope::state`]). A question is the text of its statement with all of its values, so that whoever may see something else
//! asks something else.

use std::{any::Any, sync::Arc, time::Duration};

use domain::Result;
use moka::future::Cache;
use sea_orm::sea_query::SelectStatement;

use crate::{Db, Scope, dialect};

/// How long an answer is kept that may be asked for again.
const KEPT: Duration = Duration::from_secs(60);
/// The most that is kept, in bytes of questions.
const ROOM: u64 = 8 * 1024 * 1024;

type CachedValue = Arc<dyn Any + Send + Sync>;

/// Answers by what the database held and by what was asked.
#[derive(Clone)]
pub(crate) struct Remembered(Cache<(String, String), CachedValue>);

impl std::fmt::Debug for Remembered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Remembered").field(&self.0.entry_count()).finish()
    }
}

impl Default for Remembered {
    fn default() -> Self {
        let size =
            |(state, question): &(String, String), _: &CachedValue| u32::try_from(state.len() + question.len() + 256).unwrap_or(u32::MAX);
        Self(Cache::builder().weigher(size).max_capacity(ROOM).time_to_live(KEPT).build())
    }
}

impl Remembered {
    /// Forgets all of it: something changed that no state of the database tells.
    pub(crate) fn forget(&self) {
        self.0.invalidate_all();
    }
}

impl Db {
    /// What `read` answers to a statement, or what it answered while the database held the same. Who asks at the same time waits for
    /// one answer.
    ///
    /// Errors: those of `read`; nothing is kept of them.
    pub(crate) async fn remembered<T: Send + Sync + 'static>(
        &self,
        scope: &Scope,
        statement: &SelectStatement,
        read: impl Future<Output = Result<T>>,
    ) -> Result<Arc<T>> {
        let Some(state) = scope.state.clone() else { return read.await.map(Arc::new) };
        let question = dialect::backend(self).build(statement).to_string();
        let read = async { read.await.map(|it| Arc::new(it) as CachedValue) };
        let answer = self.remembered.0.try_get_with((state, question), read).await.map_err(|error| (*error).clone())?;
        answer.downcast().map_err(|_| crate::error::fault("a statement is read in two ways"))
    }
}
