//! Companies: pages, duplicates and merging.

mod duplicates;
mod merge;
mod pages;
mod present;

use domain::{Result, text};
use sea_orm::{ColumnTrait, Condition};

pub use duplicates::{duplicates, duplicates_sql};
pub use merge::{OrdersToMerge, merge, merge_into};
pub(crate) use merge::{company_for_restored_order, having_orders, is_hidden_expr, resolve_merged_company, restore_deleted_company};
pub use pages::{CompanyDraft, CompanyPage, delete, draft, list, restore, save, show};
pub use present::company_view;

use crate::{
    Db, Scope,
    audit::{self, ActivityKind},
    entity::company,
    scope::published,
    transaction::Transaction,
};

/// The condition of companies on offer: neither merged nor deleted.
pub(crate) fn offered() -> Condition {
    Condition::all()
        .add(published(company::Column::Batch))
        .add(company::Column::MergedInto.is_null())
        .add(company::Column::DeletedAt.is_null())
}

/// The same, including a hidden company of a bulk action.
pub(crate) fn offered_or_hidden() -> Condition {
    Condition::all()
        .add(published(company::Column::Batch))
        .add(company::Column::DeletedAt.is_null())
        .add(Condition::any().add(company::Column::MergedInto.is_null()).add(is_hidden_expr()))
}

/// Completes a change of a company: writes activity, commits, and notifies all servers.
async fn commit_company_change(db: &Db, scope: &Scope, txn: Transaction, detail: &str) -> Result<()> {
    audit::log_activity(&txn, Some(scope.user.id.0), ActivityKind::ChangedCompany, None, db.now(), detail).await?;
    db.commit_reference_data(txn).await
}

/// Company names as in a select: equal names carry the number that their pages show too.
///
/// ```
/// let named = |id, name: &str| (id, name.to_owned());
/// let shown = db::companies::with_distinct_names(vec![named(3, "Oak Ltd"), named(7, "OAK ltd"), named(9, "Elm")]);
/// assert_eq!(shown, [named(3, "Oak Ltd (no. 3)"), named(7, "OAK ltd (no. 7)"), named(9, "Elm")]);
/// ```
pub fn with_distinct_names(companies: Vec<(i64, String)>) -> Vec<(i64, String)> {
    let mut often = std::collections::HashMap::<String, usize>::new();
    for (_, name) in &companies {
        *often.entry(crate::text::key(name)).or_default() += 1;
    }
    let twice = |name: &str| often.get(&crate::text::key(name)).is_some_and(|times| *times > 1);
    companies.into_iter().map(|(id, name)| if twice(&name) { (id, format!("{name} (no. {id})")) } else { (id, name) }).collect()
}

/// Finds companies by typed text: `Oak Ltd`, or as [`with_distinct_names`] shows them.
fn parse_name_and_number(text_: &str) -> (Option<String>, Option<i64>) {
    let number = text_.trim().strip_suffix(')').and_then(|text| text.rsplit_once("(no. ")).and_then(|(_, id)| id.trim().parse().ok());
    (text::line(text_, 255).ok().flatten(), number)
}
