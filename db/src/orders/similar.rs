//! Possible duplicates: orders that share a phone, an e-mail, or business and postcode.

use std::collections::HashMap;

use domain::{
    Result,
    orders::{Field, NameParts, OrderDraft, Status, pages::Similar},
};
use sea_orm::{
    ColumnTrait, Condition, FromQueryResult, JoinType, Order,
    sea_query::{Expr, ExprTrait, Func, Query, SelectStatement, WindowStatement},
};
use serde::Serialize;

use super::{e164_of, show};
use crate::{Db, Scope, dialect, entity::order, error::unexpected, text};

/// The maximum number of duplicates shown.
const SHOWN: i64 = 5;

/// Orders with the same phone, e-mail, or business and postcode as a draft, newest first, at most five. They are a warning only.
/// `except`: the number of the draft's own order.
pub async fn similar(db: &Db, scope: &Scope, draft: &OrderDraft, except: Option<&str>) -> Result<Vec<Similar>> {
    let alike = DuplicateCriteria::of_draft(scope, draft, except.unwrap_or_default().replace('\0', ""));
    let mut found = twins(db, scope, &[alike]).await?;
    Ok(found.remove(&0).unwrap_or_default().into_iter().map(similar_of).collect())
}

/// The values to compare.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct DuplicateCriteria {
    /// The position among several orders.
    nth: i64,
    /// The number of the order itself, which is excluded.
    number: String,
    mobile: Option<String>,
    landline: Option<String>,
    email: Option<String>,
    business: Option<String>,
    postcode: Option<String>,
}

impl DuplicateCriteria {
    /// The values of a draft. Only these fields are validated: duplicates are also found for an otherwise invalid draft.
    pub fn of_draft(scope: &Scope, draft: &OrderDraft, number: String) -> Self {
        let mut contact = OrderDraft::default();
        for field in [Field::Mobile, Field::Landline, Field::Email, Field::BusinessName, Field::BillingPostcode] {
            if draft.check(field, &scope.settings.currency).is_ok() {
                contact.set(field, draft.get(field));
            }
        }
        let Ok(valid) = contact.parse(&scope.settings.currency) else { return Self::default() };
        let [mobile, landline] = e164_of(&valid).unwrap_or_default();
        let place = valid.business_name.as_deref().map(text::key).zip(valid.billing.postcode.as_deref().map(text::postcode_key));
        let (business, postcode) = place.unzip();
        Self { mobile, landline, email: valid.email.as_deref().map(text::key), business, postcode, number, nth: 0 }
    }

    /// The values of a stored order.
    fn of_row(row: &order::Model) -> Self {
        let business = row.business_name.as_ref().map(|_| row.business_key.clone());
        let (business, postcode) = business.zip(row.postcode_key.clone()).unzip();
        Self {
            nth: 0,
            number: row.number.clone(),
            mobile: row.mobile_e164.clone(),
            landline: row.landline_e164.clone(),
            email: row.email_key.clone(),
            business,
            postcode,
        }
    }

    fn is_empty(&self) -> bool {
        self.mobile.is_none() && self.landline.is_none() && self.email.is_none() && self.business.is_none()
    }
}

/// A kind of match, which has its own index.
struct MatchRule {
    /// The columns to compare.
    same: &'static [(order::Column, &'static str)],
    /// The condition of the partial index.
    has: &'static [order::Column],
}

/// The kinds of match.
const WAYS: [MatchRule; 6] = [
    MatchRule { same: &[(order::Column::MobileE164, "mobile")], has: &[] },
    MatchRule { same: &[(order::Column::LandlineE164, "mobile")], has: &[] },
    MatchRule { same: &[(order::Column::MobileE164, "landline")], has: &[] },
    MatchRule { same: &[(order::Column::LandlineE164, "landline")], has: &[] },
    MatchRule { same: &[(order::Column::EmailKey, "email")], has: &[] },
    MatchRule {
        same: &[(order::Column::BusinessKey, "business"), (order::Column::PostcodeKey, "postcode")],
        has: &[order::Column::BusinessName],
    },
];

/// A row of a possible duplicate.
#[derive(Clone, Debug, FromQueryResult)]
pub(crate) struct DuplicateRow {
    pub number: String,
    pub status: String,
    pub business_name: Option<String>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub mobile: Option<String>,
    pub landline: Option<String>,
    pub email: Option<String>,
    pub company_id: Option<i64>,
}

impl DuplicateRow {
    /// The columns that it is read from.
    pub const COLUMNS: [order::Column; 9] = [
        order::Column::Number,
        order::Column::Status,
        order::Column::BusinessName,
        order::Column::FirstName,
        order::Column::LastName,
        order::Column::Mobile,
        order::Column::Landline,
        order::Column::Email,
        order::Column::CompanyId,
    ];

    pub fn name_parts(&self) -> NameParts<'_> {
        NameParts {
            business_name: self.business_name.as_deref(),
            first_name: self.first_name.as_deref(),
            last_name: self.last_name.as_deref(),
            mobile: self.mobile.as_deref(),
            landline: self.landline.as_deref(),
            email: self.email.as_deref(),
        }
    }
}

#[derive(FromQueryResult)]
struct TwinOf {
    nth: i64,
    #[sea_orm(nested)]
    it: DuplicateRow,
}

fn col(column: order::Column) -> (order::Entity, order::Column) {
    (order::Entity, column)
}

/// The newest duplicates of each of several orders, in one statement.
pub(crate) async fn twins(db: &Db, scope: &Scope, all: &[DuplicateCriteria]) -> Result<HashMap<i64, Vec<DuplicateRow>>> {
    let wanted: Vec<DuplicateCriteria> =
        (0..).zip(all).filter(|(_, it)| !it.is_empty()).map(|(nth, it)| DuplicateCriteria { nth, ..it.clone() }).collect();
    let Some(statement) = statement(db, scope, &wanted)? else { return Ok(HashMap::new()) };
    let found = TwinOf::find_by_statement(dialect::backend(db).build(&statement)).all(&db.read).await.map_err(unexpected)?;
    let mut by_nth: HashMap<i64, Vec<DuplicateRow>> = HashMap::new();
    for TwinOf { nth, it } in found {
        by_nth.entry(nth).or_default().push(it);
    }
    Ok(by_nth)
}

fn statement(db: &Db, scope: &Scope, wanted: &[DuplicateCriteria]) -> Result<Option<SelectStatement>> {
    if wanted.is_empty() {
        return Ok(None);
    }
    let json = serde_json::to_string(wanted).map_err(|cause| crate::error::fault(&cause.to_string()))?;
    let of_wanted = |name: &'static str| ("wanted", name);
    let ways = WAYS.iter().map(|MatchRule { same, has }| {
        let mut found = Query::select();
        found
            .column(of_wanted("nth"))
            .column(col(order::Column::Id))
            .from_subquery(dialect::rows_of_json(db, &json, &["number", "mobile", "landline", "email", "business", "postcode"]), "wanted")
            // A cross join keeps SQLite from reordering the join.
            .join(JoinType::CrossJoin, order::Entity, Condition::all())
            .cond_where(scope.visible_orders())
            .and_where(Expr::col(col(order::Column::Number)).not_equals(of_wanted("number")));
        for (column, name) in same.iter() {
            found.and_where(Expr::col(col(*column)).equals(of_wanted(name)));
        }
        // As in the index.
        for column in same.iter().map(|(column, _)| column).chain(has.iter()) {
            found.and_where(Expr::col(col(*column)).is_not_null());
        }
        found
    });
    let Some(found) = dialect::one_after_another(ways) else { return Ok(None) };
    let each = Query::select().distinct().columns(["nth", "id"]).from_subquery(found, "found").take();
    let newest = WindowStatement::partition_by("nth").order_by("id", Order::Desc).take();
    let placed =
        Query::select().columns(["nth", "id"]).expr_window_as(Func::cust("row_number"), newest, "place").from_subquery(each, "each").take();
    let mut select = Query::select();
    select
        .column(("placed", "nth"))
        .columns(DuplicateRow::COLUMNS.map(col))
        .from_subquery(placed, "placed")
        .join(JoinType::CrossJoin, order::Entity, Condition::all())
        .and_where(Expr::col(col(order::Column::Id)).equals(("placed", "id")))
        .and_where(Expr::col(("placed", "place")).lte(SHOWN))
        .order_by(("placed", "nth"), Order::Asc)
        .order_by(("placed", "id"), Order::Desc);
    Ok(Some(select))
}

/// The condition of orders that look like this one's customer. Each side of the OR repeats the trash condition of the indexes, because SQLite plans
/// each side separately.
pub(crate) fn same_customer(row: &order::Model) -> Condition {
    let alike = DuplicateCriteria::of_row(row);
    let typed = |name: &str| match name {
        "mobile" => alike.mobile.clone(),
        "landline" => alike.landline.clone(),
        "email" => alike.email.clone(),
        "business" => alike.business.clone(),
        _ => alike.postcode.clone(),
    };
    let mut same = Condition::any();
    for MatchRule { same: columns, has } in WAYS {
        let values: Option<Vec<(order::Column, String)>> = columns.iter().map(|(column, name)| Some((*column, typed(name)?))).collect();
        let Some(values) = values else { continue };
        let mut condition = Condition::all().add(order::Column::TrashedAt.is_null());
        for (column, value) in values {
            condition = condition.add(column.is_not_null()).add(column.eq(value));
        }
        for column in has {
            condition = condition.add(column.is_not_null());
        }
        same = same.add(condition);
    }
    same
}

/// The statement as text with its values, for tests that read query plans.
///
/// Errors: as [`show::find`].
pub async fn similar_sql(db: &Db, scope: &Scope, number: &str) -> Result<String> {
    let row = show::find(db, scope, number).await?;
    let statement = statement(db, scope, &[DuplicateCriteria::of_row(&row)])?;
    Ok(statement.map_or(String::new(), |it| dialect::backend(db).build(&it).to_string()))
}

/// Formats a possible duplicate.
pub(crate) fn similar_of(it: DuplicateRow) -> Similar {
    Similar { customer: it.name_parts().customer(), status: Status::from_code(&it.status).unwrap_or(Status::Issues), number: it.number }
}
