//! The order in its forms: [`OrderDraft`] (typed) → [`NewOrder`] (validated) → [`OrderFields`] (stored) → [`OrderRow`] (in a list) and
//! [`pages::OrderView`] (on its page).

pub mod bulk;
pub mod choice;
pub mod conflict;
pub mod draft;
pub mod duplicates;
pub mod field;
pub mod history;
pub mod list;
pub mod pages;
pub mod rules;
pub mod status;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub use choice::{BusinessType, FollowUpKind, Title};
pub use draft::{NewOrder, OrderDraft, is_email};
pub use field::{Field, Group};
pub use rules::Rules;
pub use status::Status;

use crate::{
    id::{CampaignId, CompanyId, UserId},
    moment::Moment,
    money::Money,
};

/// Whether this is an order number. An order that was created offline and is not sent yet has a UUID instead.
///
/// ```
/// use domain::orders::{is_number, shown_number};
/// assert!(is_number("1000401") && is_number("AB-17"));
/// assert_eq!(shown_number("0193a1f0-5c7e-7bb1-8000-6a3d1c2b4e5f"), "Not sent");
/// ```
pub fn is_number(name: &str) -> bool {
    name.len() != 36 || name.as_bytes().get(8) != Some(&b'-')
}

/// The order number as pages show it.
pub fn shown_number(name: &str) -> &str {
    if is_number(name) { name } else { "Not sent" }
}

/// A postal address; each part may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    pub house: Option<String>,
    pub street: Option<String>,
    pub city: Option<String>,
    pub county: Option<String>,
    pub postcode: Option<String>,
}

/// All fields of an order; `None` means unknown. Only the server uses it: pages get drafts and labels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderFields {
    pub status: Status,
    pub owner: Option<UserId>,
    pub campaign: Option<CampaignId>,
    pub company: Option<CompanyId>,
    pub follow_up_on: Option<NaiveDate>,
    pub follow_up_kind: Option<FollowUpKind>,
    pub follow_up_note: Option<String>,
    pub title: Option<Title>,
    pub first_name: Option<String>,
    pub last_name: Option<String>,
    pub mobile: Option<String>,
    pub landline: Option<String>,
    pub email: Option<String>,
    pub business_name: Option<String>,
    pub business_type: Option<BusinessType>,
    pub billing: Address,
    pub deliver_to_billing: bool,
    pub delivery: Address,
    pub date_of_birth: Option<NaiveDate>,
    pub eligibility_date: Option<NaiveDate>,
    pub network: Option<String>,
    pub sale_type: Option<String>,
    pub handset: Option<String>,
    pub tariff: Option<String>,
    pub tariff_code: Option<String>,
    pub sim_required: Option<bool>,
    pub spend_cap: Option<Money>,
    pub network_account_number: Option<String>,
    pub account_address: Option<String>,
    pub deal_source: Option<String>,
    pub box_value: Option<Money>,
    pub loss_reason: Option<String>,
    pub commission_details: Option<String>,
    pub additional_details: Option<String>,
}

impl OrderFields {
    /// The name of the customer: the business, else the person, else a phone number or e-mail address.
    pub fn customer(&self) -> String {
        self.name_parts().customer()
    }

    /// First and last name.
    pub fn contact(&self) -> Option<String> {
        self.name_parts().contact()
    }

    fn name_parts(&self) -> NameParts<'_> {
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

/// The parts that the name of an order is made of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NameParts<'a> {
    pub business_name: Option<&'a str>,
    pub first_name: Option<&'a str>,
    pub last_name: Option<&'a str>,
    pub mobile: Option<&'a str>,
    pub landline: Option<&'a str>,
    pub email: Option<&'a str>,
}

impl NameParts<'_> {
    /// The name of the order: the business, else the person, else a phone number or e-mail address.
    pub fn customer(&self) -> String {
        let business = self.business_name.map(str::to_owned);
        let reached = self.mobile.or(self.landline).or(self.email);
        business.or_else(|| self.contact()).or_else(|| reached.map(str::to_owned)).unwrap_or_else(|| "No name".into())
    }

    /// First and last name.
    pub fn contact(&self) -> Option<String> {
        let name = [self.first_name, self.last_name].into_iter().flatten().collect::<Vec<_>>().join(" ");
        (!name.is_empty()).then_some(name)
    }
}

/// One row of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRow {
    pub number: String,
    pub status: Status,
    /// The business, else the person: the title of the row.
    pub customer: String,
    /// The person, when the title is the business.
    pub contact: Option<String>,
    pub mobile: Option<String>,
    pub mobile_e164: Option<String>,
    pub network: Option<String>,
    pub campaign: Option<String>,
    pub owner: Option<String>,
    /// Formatted in the business's currency.
    pub box_value: Option<String>,
    /// When it was created, or another time by which the list is sorted.
    pub at: Moment,
    /// The values of the additional columns that the user chose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<(list::Column, String)>,
    /// The search match: a part of the row, and its text in pieces of which every second one is highlighted.
    pub marks: Vec<(String, Vec<String>)>,
}
