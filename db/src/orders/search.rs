//! Search: exact number first, then matches at the start of words, then inside words, newest first within each.

use domain::{
    Result,
    orders::list::{ListQuery, SortBy},
    page::COUNT_TO,
};
use sea_orm::{
    ConnectionTrait, DbBackend, FromQueryResult, JoinType, Statement, TransactionOptions,
    sea_query::{Alias, CaseStatement, Condition, Expr, ExprTrait, Query, SelectStatement},
};

use super::list;
use crate::{
    Db, Scope,
    dialect::{self, contains_without_index},
    entity::order,
    error::unexpected,
    text,
    transaction::Transaction,
};

/// The number of filtered orders up to which they are scanned; above it the trigram index is faster.
const FEW: u64 = 30_000;

/// The result of a search.
pub(crate) struct Found {
    /// The rows of the page.
    pub ids: Vec<i64>,
    /// The number of matches, up to one more than are counted.
    pub count: u64,
}

#[derive(FromQueryResult)]
struct Candidate {
    id: i64,
    class: i32,
    created_at: i64,
}

/// Reads a page of a search. `filter` is the condition of the filters; terms must not be empty.
pub(crate) async fn read_page(
    db: &Db,
    scope: &Scope,
    query: &ListQuery,
    filter: &Condition,
    terms: &[String],
    skip: u64,
    take: u64,
) -> Result<Found> {
    let patterns: Vec<String> = terms.iter().map(|term| text::pattern(term)).collect();
    let few = dialect::is_sqlite(db) && list::is_narrow(scope, query) && list::count_of(db, scope, query, filter, FEW + 1).await? <= FEW;
    let candidates = candidates(db, query, filter, terms, &patterns, few);
    let mut rows = ask(db, &candidates).await?;
    let count = rows.len() as u64;
    let by = query.sorted().by;
    // Too many to rank: walk an index in its order and check each row until the page is full.
    if count > COUNT_TO {
        let take = Ord::min(take, COUNT_TO.saturating_sub(skip));
        return Ok(Found { ids: list::ids(db, &walk(db, query, filter, &patterns, skip, take)).await?, count });
    }
    if query.sort.is_some() && by != SortBy::Created {
        let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let among = dialect::among(&db.read, (order::Entity, order::Column::Id), &ids);
        let sorted = list::ordered(query.sorted(), skip, take).and_where(among).take();
        return Ok(Found { ids: list::ids(db, &sorted).await?, count });
    }
    let rank = |row: &Candidate| if query.sort.is_some() { 0 } else { row.class };
    rows.sort_by_key(|row| (rank(row), std::cmp::Reverse((row.created_at, row.id))));
    if query.sort.is_some_and(|sort| !sort.down) {
        rows.reverse();
    }
    let page = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    Ok(Found { ids: rows.iter().skip(page(skip)).take(page(take)).map(|row| row.id).collect(), count })
}

/// Finds candidates, at most one more than are ranked.
fn candidates(db: &Db, query: &ListQuery, filter: &Condition, terms: &[String], patterns: &[String], few: bool) -> SelectStatement {
    let begins = terms.iter().fold(Condition::all(), |all, term| {
        all.add(contains_without_index((order::Entity, order::Column::SearchText), &format!("{}{term}", text::BEGINS), db))
    });
    let class = CaseStatement::new()
        .case(Expr::col((order::Entity, order::Column::Number)).eq(query.text.trim().replace('\0', "")), 0)
        .case(begins, 1)
        .finally(2);
    let mut select = Query::select();
    select
        .column((order::Entity, order::Column::Id))
        .column((order::Entity, order::Column::CreatedAt))
        .expr_as(class, Alias::new("class"))
        .cond_where(filter.clone())
        .limit(COUNT_TO + 1);
    if !dialect::is_sqlite(db) {
        select.from(order::Entity);
        for pattern in patterns {
            // Terms have letters and digits only: no wildcards.
            select.and_where(Expr::col((order::Entity, order::Column::SearchText)).like(format!("%{pattern}%")));
        }
    } else if few {
        select.from(order::Entity).cond_where(all_hold(db, patterns));
    } else {
        let search = Alias::new("orders_search");
        let phrase = patterns.iter().map(|pattern| format!("\"{pattern}\"")).collect::<Vec<_>>().join(" AND ");
        // A cross join keeps SQLite from reordering the join: the search index comes first.
        let same = Expr::col((order::Entity, order::Column::Id)).eq(Expr::col((search.clone(), Alias::new("rowid"))));
        select.from(search).join(JoinType::CrossJoin, order::Entity, Condition::all()).and_where(same);
        select.and_where(Expr::cust_with_values("orders_search MATCH ?", [phrase]));
    }
    select
}

fn all_hold(db: &Db, patterns: &[String]) -> Condition {
    patterns
        .iter()
        .fold(Condition::all(), |all, pattern| all.add(contains_without_index((order::Entity, order::Column::SearchText), pattern, db)))
}

async fn ask(db: &Db, select: &SelectStatement) -> Result<Vec<Candidate>> {
    let statement = dialect::backend(db).build(select);
    if dialect::is_sqlite(db) {
        return Candidate::find_by_statement(statement).all(&db.read).await.map_err(unexpected);
    }
    let txn = Transaction::begin(&db.read, TransactionOptions::default()).await.map_err(unexpected)?;
    txn.execute_raw(Statement::from_string(DbBackend::Postgres, dialect::BY_BITMAP)).await.map_err(unexpected)?;
    let rows = Candidate::find_by_statement(statement).all(&txn).await.map_err(unexpected)?;
    txn.commit().await.map_err(unexpected)?;
    Ok(rows)
}

/// Walks the index of the sort and checks each row: common terms are found soon.
fn walk(db: &Db, query: &ListQuery, filter: &Condition, patterns: &[String], skip: u64, take: u64) -> SelectStatement {
    list::ordered(query.sorted(), skip, take).cond_where(filter.clone()).cond_where(all_hold(db, patterns)).to_owned()
}

/// The statements of a search as text with their values, for tests and benchmarks that read query plans.
pub fn search_sql(db: &Db, scope: &Scope, query: &ListQuery) -> [String; 2] {
    let terms = text::terms(&query.text);
    let patterns: Vec<String> = terms.iter().map(|term| text::pattern(term)).collect();
    let filter = list::filtered(scope, query, db.now());
    let backend = dialect::backend(db);
    [
        backend.build(&candidates(db, query, &filter, &terms, &patterns, false)).to_string(),
        backend.build(&walk(db, query, &filter, &patterns, 0, 9)).to_string(),
    ]
}
