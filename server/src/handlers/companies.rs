//! Handlers of companies.

use axum::extract::State as Get;
use db::companies::{self, CompanyDraft};
use domain::Result;

use super::{
    Access, Pairs,
    page_forms::{Fields, FormResult, FromFields, Id, Saved},
    value,
};
use crate::state::State;

impl FromFields for CompanyDraft {
    fn from_fields(fields: &Pairs) -> Result<Self> {
        let text = |name: &str| value(fields, name).to_owned();
        Ok(Self {
            name: text("name"),
            business_type: text("business_type"),
            employees: text("employees"),
            monthly_spend: text("monthly_spend"),
            note: text("note"),
        })
    }
}

/// `POST /companies/new/`
pub async fn create(Get(state): Get<State>, Access(scope): Access, Fields(draft): Fields<CompanyDraft>) -> FormResult {
    let id = companies::save(&state.db, &scope, None, &draft).await?;
    Saved::at(format!("/companies/{id}/"), "saved")
}

/// `POST /companies/<id>/edit/`
pub async fn edit(Get(state): Get<State>, Access(scope): Access, Id(of): Id, Fields(draft): Fields<CompanyDraft>) -> FormResult {
    let id = companies::save(&state.db, &scope, Some(of), &draft).await?;
    Saved::at(format!("/companies/{id}/"), "saved")
}

/// `POST /companies/<id>/merge/` with the name of the other company in `into`. Many orders are a bulk action, which is started there.
pub async fn merge(Get(state): Get<State>, Access(scope): Access, Id(of): Id, Fields(fields): Fields<Pairs>) -> FormResult {
    match companies::merge_into(&state.db, &scope, of, value(&fields, "into")).await? {
        Some(action) => Saved::at(format!("/orders/bulk/{action}/"), ""),
        None => Saved::at("/companies/", "merged"),
    }
}

/// `POST /companies/<id>/delete/`
pub async fn delete(Get(state): Get<State>, Access(scope): Access, Id(of): Id) -> FormResult {
    companies::delete(&state.db, &scope, of).await?;
    Saved::at("/companies/", "deleted")
}

/// `POST /companies/<id>/restore/`
pub async fn restore(Get(state): Get<State>, Access(scope): Access, Id(of): Id) -> FormResult {
    companies::restore(&state.db, &scope, of).await?;
    Saved::at(format!("/companies/{of}/"), "back")
}
