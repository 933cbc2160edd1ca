//! Campaigns: the form as typed, its validation, and the view models of its pages ([`view`]).

pub mod view;

use chrono::NaiveDate;

use crate::{
    Result, date,
    error::FieldErrors,
    money::{self, Money},
    text,
};

/// A campaign as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CampaignDraft {
    pub name: String,
    /// The target for the whole campaign.
    pub target: String,
    pub start_on: String,
    pub end_on: String,
    /// In per cent.
    pub rate: String,
    pub active: bool,
}

/// A validated campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCampaign {
    pub name: String,
    pub target: Option<Money>,
    pub start_on: Option<NaiveDate>,
    pub end_on: Option<NaiveDate>,
    /// In hundredths of a per cent.
    pub rate: Option<i64>,
    pub active: bool,
}

impl CampaignDraft {
    /// Validates the draft; amounts are read in `currency` (ISO 4217 code).
    ///
    /// Errors: [`crate::Error::Invalid`] beside `name`, `target`, `start_on`, `end_on`, `rate`.
    ///
    /// ```
    /// use domain::campaigns::CampaignDraft;
    /// let draft = CampaignDraft { name: "Spring".into(), start_on: "2026-03-01".into(), end_on: "2026-02-01".into(), ..Default::default() };
    /// assert_eq!(draft.parse("GBP").unwrap_err().sentence(), "The end date must be on or after the start date");
    /// ```
    pub fn parse(&self, currency: &str) -> Result<NewCampaign> {
        let mut errors = FieldErrors::default();
        let name = match text::line(&self.name, 120) {
            Ok(Some(name)) => name,
            Ok(None) => {
                errors.add("name", "Enter a campaign name");
                String::new()
            }
            Err(why) => {
                errors.add("name", why);
                String::new()
            }
        };
        let target = optional(&self.target, |typed| money::parse(typed, currency), "target", &mut errors);
        let start_on = optional(&self.start_on, date::parse, "start_on", &mut errors);
        let end_on = optional(&self.end_on, date::parse, "end_on", &mut errors);
        let rate = optional(&self.rate, money::parse_rate, "rate", &mut errors);
        if start_on.zip(end_on).is_some_and(|(start, end)| end < start) {
            errors.add("end_on", "The end date must be on or after the start date");
        }
        errors.or(NewCampaign { name, target, start_on, end_on, rate, active: self.active })
    }
}

/// Parses an optional value: blank text is `None`.
pub fn optional<T>(
    typed: &str,
    parse: impl Fn(&str) -> std::result::Result<T, String>,
    field: &str,
    errors: &mut FieldErrors,
) -> Option<T> {
    if typed.trim().is_empty() {
        return None;
    }
    parse(typed).map_err(|why| errors.add(field, why)).ok()
}
