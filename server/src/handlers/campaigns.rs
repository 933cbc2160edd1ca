//! Handlers of campaigns.

use axum::extract::State as Get;
use db::campaigns;
use domain::{Result, campaigns::CampaignDraft};

use super::{
    Access, Pairs,
    page_forms::{Fields, FormResult, FromFields, Id, Saved},
    value,
};
use crate::state::State;

impl FromFields for CampaignDraft {
    fn from_fields(fields: &Pairs) -> Result<Self> {
        let text = |name: &str| value(fields, name).to_owned();
        Ok(Self {
            name: text("name"),
            target: text("target"),
            start_on: text("start_on"),
            end_on: text("end_on"),
            rate: text("rate"),
            active: value(fields, "active") == "yes",
        })
    }
}

/// `POST /campaigns/new/`
pub async fn create(Get(state): Get<State>, Access(scope): Access, Fields(draft): Fields<CampaignDraft>) -> FormResult {
    let id = campaigns::save(&state.db, &scope, None, &draft).await?;
    Saved::at(format!("/campaigns/{id}/"), "saved")
}

/// `POST /campaigns/<id>/edit/`
pub async fn edit(Get(state): Get<State>, Access(scope): Access, Id(of): Id, Fields(draft): Fields<CampaignDraft>) -> FormResult {
    let id = campaigns::save(&state.db, &scope, Some(of), &draft).await?;
    Saved::at(format!("/campaigns/{id}/"), "saved")
}
