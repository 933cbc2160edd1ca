//! Write transactions, and the connection for single statements. Both run each statement to its last step.
//!
//! sqlx stops a SQLite statement after its first row when one row is requested, and never sees the result of its last step. For
//! `INSERT … RETURNING` that step checks foreign keys and, outside of a transaction, commits: a failed write on a full disk would be acknowledged.

use std::{future::Future, time::Duration};

use backon::{ConstantBuilder, Retryable};
use domain::{Error, Result as DomainResult};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement, TransactionOptions,
    TransactionTrait,
};

/// How long a command or a starting server waits for another process that is writing.
const LONGEST_WAIT: Duration = Duration::from_secs(600);

/// Retries a write that may have to wait for another process, as for a server that starts beside `curlew demo` or an import, while the
/// database is busy, for at most ten minutes. The log says what it waits for.
///
/// Errors: those of `act`; [`Error::Busy`] once the ten minutes are over.
pub async fn retry_while_busy<T, F: Future<Output = DomainResult<T>>>(act: impl FnMut() -> F) -> DomainResult<T> {
    let pause = Duration::from_secs(1);
    let tries = usize::try_from(LONGEST_WAIT.as_secs()).unwrap_or(usize::MAX);
    let retry = act.retry(ConstantBuilder::default().with_delay(pause).with_max_times(tries)).when(|cause| matches!(cause, Error::Busy(_)));
    retry
        .notify(|_, _| tracing::info!("another process is writing to the database (perhaps an import or the demo data); waiting for it"))
        .await
}

/// A transaction that rolls back unless it is committed.
#[derive(Debug)]
pub struct Transaction(DatabaseTransaction);

impl Transaction {
    /// Starts it in its own task, so that BEGIN is always answered: a caller that is cancelled meanwhile leaves a transaction that rolls
    /// back, never a connection in an unknown state.
    pub(crate) async fn begin(pool: &DatabaseConnection, options: TransactionOptions) -> Result<Self, DbErr> {
        let pool = pool.clone();
        let begun = tokio::spawn(async move { pool.begin_with_options(options).await }).await;
        begun.map_err(|cause| DbErr::Custom(cause.to_string()))?.map(Self)
    }

    /// Errors: nothing of it is stored, as far as the database says.
    pub async fn commit(self) -> Result<(), DbErr> {
        self.0.commit().await
    }

    pub async fn rollback(self) -> Result<(), DbErr> {
        self.0.rollback().await
    }
}

/// The connection for single-statement writes, each of which commits by itself.
#[derive(Clone, Debug)]
pub struct Writer(DatabaseConnection);

impl Writer {
    pub(crate) fn new(pool: DatabaseConnection) -> Self {
        Self(pool)
    }

    /// The pool, to be observed.
    #[cfg(feature = "testing")]
    pub(crate) fn pool_mut(&mut self) -> &mut DatabaseConnection {
        &mut self.0
    }

    /// The pool, for transactions and migrations.
    pub(crate) fn pool(&self) -> &DatabaseConnection {
        &self.0
    }
}

/// Both pass statements on, and read all rows even where one is requested.
macro_rules! carried_out_to_the_end {
    ($type:ty) => {
        #[async_trait::async_trait]
        impl ConnectionTrait for $type {
            fn get_database_backend(&self) -> DbBackend {
                self.0.get_database_backend()
            }

            async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
                self.0.execute_raw(statement).await
            }

            async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
                self.0.execute_unprepared(sql).await
            }

            async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
                Ok(self.0.query_all_raw(statement).await?.into_iter().next())
            }

            async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
                self.0.query_all_raw(statement).await
            }
        }
    };
}

carried_out_to_the_end!(Transaction);
carried_out_to_the_end!(Writer);
