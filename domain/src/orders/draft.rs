//! The order form: the input as typed ([`OrderDraft`]) and its validation into a [`NewOrder`].

use std::{fmt, ops::Deref};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{MapAccess, Visitor},
};

use super::{Address, BusinessType, Field, FollowUpKind, OrderFields, Status, Title, field::FieldType};
use crate::{
    date,
    error::{FieldErrors, Result},
    money, phone, text,
};

/// An order as typed: text by field, not validated. A missing field is empty.
///
/// Kept in the order of the form: a list is enough for so few fields, and a map would add code to the browser's download.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrderDraft(Vec<(Field, String)>);

impl Serialize for OrderDraft {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, value)| (field, value)))
    }
}

impl<'de> Deserialize<'de> for OrderDraft {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Typed;
        impl<'de> Visitor<'de> for Typed {
            type Value = OrderDraft;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text by field")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<OrderDraft, A::Error> {
                let mut draft = OrderDraft::default();
                while let Some((field, value)) = map.next_entry::<Field, String>()? {
                    draft.set(field, value);
                }
                Ok(draft)
            }
        }
        deserializer.deserialize_map(Typed)
    }
}

impl OrderDraft {
    /// Reads the pairs of a form. Unknown names are ignored, so `version` or `created_at` cannot be injected.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut draft = Self::default();
        for (name, value) in pairs {
            if let Some(field) = Field::find(name) {
                draft.set(field, value);
            }
        }
        draft
    }

    /// The text of a field.
    pub fn get(&self, field: Field) -> &str {
        self.0.iter().find(|(it, _)| *it == field).map_or("", |(_, value)| value)
    }

    /// Sets the text of a field.
    pub fn set(&mut self, field: Field, value: impl Into<String>) {
        let value = value.into();
        match (self.0.binary_search_by_key(&field, |(it, _)| *it), value.is_empty()) {
            (Ok(at), true) => drop(self.0.remove(at)),
            (Ok(at), false) => self.0[at].1 = value,
            (Err(_), true) => {}
            (Err(at), false) => self.0.insert(at, (field, value)),
        }
    }

    /// A copy for a second order of the same customer: contact, address and product are kept, what belongs to the first order is cleared.
    pub fn copied(&self) -> Self {
        let mut copy = self.clone();
        for field in [Field::Status, Field::Owner, Field::LossReason, Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote] {
            copy.set(field, "");
        }
        copy
    }

    /// Validates one field, as the browser does when the focus leaves it; amounts are read in `currency` (ISO 4217 code).
    pub fn check(&self, field: Field, currency: &str) -> std::result::Result<(), String> {
        let typed = self.get(field);
        match field.shape() {
            FieldType::Line(max) => text::line(typed, max).map(|_| ()),
            FieldType::Code(max) => text::line(&text::figure(typed), max).map(|_| ()),
            FieldType::Lines(max) => text::lines(typed, max).map(|_| ()),
            _ if text::is_blank(typed) && !typed.contains('\0') => Ok(()),
            FieldType::Phone => phone::shape(typed).map(|_| ()),
            FieldType::Email => email(typed).map(|_| ()),
            FieldType::Money => money::parse(typed, currency).map(|_| ()),
            FieldType::Date => date::parse(typed).and_then(|date| match field {
                Field::DateOfBirth | Field::EligibilityDate if date == UNKNOWN_DATE => {
                    Err("1 January 1970 meant “unknown” in the old system: leave this field empty".into())
                }
                _ => Ok(()),
            }),
            FieldType::YesNo if !matches!(typed, "yes" | "no") => Err("Choose yes or no".into()),
            FieldType::Tick if typed != "yes" => Err("Select this or leave it clear".into()),
            FieldType::YesNo | FieldType::Tick => Ok(()),
            FieldType::Choice => self.choice(field, typed),
        }
    }

    /// A warning about a value that is allowed but may be a mistake: a follow-up date in the past, a text that does not look like a
    /// postcode. `today` is the business's current day.
    ///
    /// ```
    /// use domain::orders::{Field, OrderDraft};
    /// let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 26).unwrap();
    /// let mut draft = OrderDraft::default();
    /// draft.set(Field::FollowUpOn, "2025-11-30");
    /// assert_eq!(draft.warning(Field::FollowUpOn, today), Some("This date is in the past. Is it correct?"));
    /// ```
    pub fn warning(&self, field: Field, today: chrono::NaiveDate) -> Option<&'static str> {
        let typed = self.get(field);
        match field {
            Field::FollowUpOn => date::parse(typed).is_ok_and(|day| day < today).then_some("This date is in the past. Is it correct?"),
            Field::BillingPostcode | Field::DeliveryPostcode => {
                // Postal codes of other countries contain digits too.
                let like_one = typed.bytes().any(|it| it.is_ascii_digit())
                    && typed.bytes().all(|it| it.is_ascii_alphanumeric() || b" -".contains(&it));
                (!text::is_blank(typed) && !like_one).then_some("This doesn't look like a postcode. Is it correct?")
            }
            _ => None,
        }
    }

    /// The first warning about a field that differs from the draft `before`.
    pub fn first_warning(&self, before: &Self, today: chrono::NaiveDate) -> Option<(Field, &'static str)> {
        let changed = |field: &Field| self.get(*field) != before.get(*field);
        [Field::FollowUpOn, Field::BillingPostcode, Field::DeliveryPostcode]
            .into_iter()
            .filter(changed)
            .find_map(|field| Some((field, self.warning(field, today)?)))
    }

    fn choice(&self, field: Field, typed: &str) -> std::result::Result<(), String> {
        let known = match field {
            Field::Status => Status::from_code(typed).is_some(),
            Field::Title => Title::find(typed).is_some(),
            Field::BusinessType => BusinessType::find(typed).is_some(),
            Field::FollowUpKind => FollowUpKind::find(typed).is_some(),
            Field::Network => return text::line(typed, 255).map(|_| ()),
            _ => typed.trim().parse::<i64>().is_ok_and(|id| id > 0),
        };
        if known { Ok(()) } else { Err("Choose from the list".into()) }
    }

    /// Validates all fields, without the requirements of the status ([`super::Rules::parse`]); amounts are read in `currency` (ISO 4217 code).
    ///
    /// Errors: [`crate::Error::Invalid`] with a message for each field that breaks its rule, in the order of the form.
    ///
    /// ```
    /// use domain::orders::{Field, OrderDraft};
    /// let mut draft = OrderDraft::default();
    /// draft.set(Field::BusinessName, "Oakley Joinery Ltd");
    /// draft.set(Field::BoxValue, "£412");
    /// assert_eq!(draft.parse("GBP").unwrap().box_value.unwrap().0, 41_200);
    /// draft.set(Field::BoxValue, "-1");
    /// assert!(draft.parse("GBP").is_err());
    /// ```
    pub fn parse(&self, currency: &str) -> Result<NewOrder> {
        let mut errors = FieldErrors::default();
        for &field in Field::ALL {
            if let Err(message) = self.check(field, currency) {
                errors.add(field.name(), message);
            }
        }
        // After the checks above each of these succeeds; where one failed there is a message, and the result is not used.
        let line = |field: Field| match field.shape() {
            FieldType::Lines(max) => text::lines(self.get(field), max).ok().flatten(),
            FieldType::Line(max) => text::line(self.get(field), max).ok().flatten(),
            FieldType::Code(max) => text::line(&text::figure(self.get(field)), max).ok().flatten(),
            _ => text::line(self.get(field), 255).ok().flatten(),
        };
        let phone = |field| phone::shape(self.get(field)).ok();
        let sum = |field| money::parse(self.get(field), currency).ok();
        let day = |field| date::parse(self.get(field)).ok();
        let address = |fields: [Field; 5]| {
            let [house, street, city, county, postcode] = fields.map(line);
            Address { house, street, city, county, postcode: postcode.map(|code| code.to_ascii_uppercase()) }
        };
        let deliver_to_billing = self.get(Field::DeliverToBilling) == "yes";
        let fields = OrderFields {
            status: Status::from_code(self.get(Field::Status)).unwrap_or(Status::New),
            owner: self.get(Field::Owner).parse().ok(),
            campaign: self.get(Field::Campaign).parse().ok(),
            company: self.get(Field::Company).parse().ok(),
            follow_up_on: day(Field::FollowUpOn),
            follow_up_kind: FollowUpKind::find(self.get(Field::FollowUpKind)),
            follow_up_note: line(Field::FollowUpNote),
            title: Title::find(self.get(Field::Title)),
            first_name: line(Field::FirstName),
            last_name: line(Field::LastName),
            mobile: phone(Field::Mobile),
            landline: phone(Field::Landline),
            email: email(self.get(Field::Email)).ok(),
            business_name: line(Field::BusinessName),
            business_type: BusinessType::find(self.get(Field::BusinessType)),
            billing: address([Field::BillingHouse, Field::BillingStreet, Field::BillingCity, Field::BillingCounty, Field::BillingPostcode]),
            deliver_to_billing,
            delivery: if deliver_to_billing {
                Address::default()
            } else {
                address([Field::DeliveryHouse, Field::DeliveryStreet, Field::DeliveryCity, Field::DeliveryCounty, Field::DeliveryPostcode])
            },
            date_of_birth: day(Field::DateOfBirth),
            eligibility_date: day(Field::EligibilityDate),
            network: line(Field::Network),
            sale_type: line(Field::SaleType),
            handset: line(Field::Handset),
            tariff: line(Field::Tariff),
            tariff_code: line(Field::TariffCode),
            sim_required: match self.get(Field::SimRequired) {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            spend_cap: sum(Field::SpendCap),
            network_account_number: line(Field::NetworkAccountNumber),
            account_address: line(Field::AccountAddress),
            deal_source: line(Field::DealSource),
            box_value: sum(Field::BoxValue),
            loss_reason: line(Field::LossReason),
            commission_details: line(Field::CommissionDetails),
            additional_details: line(Field::AdditionalDetails),
        };
        let someone = [&fields.business_name, &fields.first_name, &fields.last_name, &fields.mobile, &fields.landline, &fields.email];
        if errors.is_empty() && someone.iter().all(|it| it.is_none()) {
            errors.add(Field::BusinessName.name(), "Enter a business name, a person's name, a phone number or an e-mail address");
        }
        errors.0.sort_by_key(|(name, _)| Field::find(name));
        errors.or(NewOrder(fields))
    }
}

/// The date that the Django system stored for "unknown".
pub const UNKNOWN_DATE: chrono::NaiveDate = chrono::NaiveDate::from_ymd_opt(1970, 1, 1).expect("a day of the calendar");

/// Whether the text has the form of an e-mail address.
pub fn is_email(typed: &str) -> bool {
    email(typed).is_ok()
}

/// Validates the form of an e-mail address: a local part, one @, a domain with a dot, no spaces, at most 254 characters.
pub fn email(typed: &str) -> std::result::Result<String, String> {
    let wrong = || "Enter an e-mail address such as ann@oakley.co.uk".to_owned();
    let typed = text::line(&text::figure(typed), 254)?.ok_or_else(wrong)?;
    let (local, host) = typed.split_once('@').ok_or_else(wrong)?;
    let host_is_fine = host.contains('.') && !host.starts_with('.') && !host.ends_with('.') && !host.contains("..");
    let odd = |c: char| text::is_invisible(c) || matches!(c, '<' | '>' | '"' | ',' | ';' | '?' | '/' | '\\' | '#' | ':' | '(' | ')');
    if local.is_empty() || !host_is_fine || host.contains('@') || typed.chars().any(odd) {
        return Err(wrong());
    }
    Ok(typed)
}

/// A valid order, made only by [`OrderDraft::parse`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder(OrderFields);

impl NewOrder {
    /// The fields to store.
    pub fn into_fields(self) -> OrderFields {
        self.0
    }
}

impl Deref for NewOrder {
    type Target = OrderFields;
    fn deref(&self) -> &OrderFields {
        &self.0
    }
}

impl From<&OrderFields> for OrderDraft {
    /// The draft of a stored order, as the form opens with it.
    fn from(fields: &OrderFields) -> Self {
        let mut draft = Self::default();
        let id = |id: Option<i64>| id.map(|id| id.to_string()).unwrap_or_default();
        let yes = |it: bool| if it { "yes" } else { "no" };
        let text = |it: &Option<String>| it.clone().unwrap_or_default();
        let day = |it: Option<chrono::NaiveDate>| it.map(date::plain).unwrap_or_default();
        let sum = |it: Option<money::Money>| it.map(money::Money::plain).unwrap_or_default();
        draft.set(Field::Status, fields.status.code());
        draft.set(Field::Owner, id(fields.owner.map(|it| it.0)));
        draft.set(Field::Campaign, id(fields.campaign.map(|it| it.0)));
        draft.set(Field::Company, id(fields.company.map(|it| it.0)));
        draft.set(Field::BoxValue, sum(fields.box_value));
        draft.set(Field::DealSource, text(&fields.deal_source));
        draft.set(Field::LossReason, text(&fields.loss_reason));
        draft.set(Field::FollowUpOn, day(fields.follow_up_on));
        draft.set(Field::FollowUpKind, fields.follow_up_kind.map_or("", FollowUpKind::code));
        draft.set(Field::FollowUpNote, text(&fields.follow_up_note));
        draft.set(Field::BusinessName, text(&fields.business_name));
        draft.set(Field::BusinessType, fields.business_type.map_or("", BusinessType::code));
        draft.set(Field::Title, fields.title.map_or("", Title::code));
        draft.set(Field::FirstName, text(&fields.first_name));
        draft.set(Field::LastName, text(&fields.last_name));
        draft.set(Field::Mobile, text(&fields.mobile));
        draft.set(Field::Landline, text(&fields.landline));
        draft.set(Field::Email, text(&fields.email));
        draft.set(Field::DateOfBirth, day(fields.date_of_birth));
        for (address, names) in [
            (
                &fields.billing,
                [Field::BillingHouse, Field::BillingStreet, Field::BillingCity, Field::BillingCounty, Field::BillingPostcode],
            ),
            (
                &fields.delivery,
                [Field::DeliveryHouse, Field::DeliveryStreet, Field::DeliveryCity, Field::DeliveryCounty, Field::DeliveryPostcode],
            ),
        ] {
            for (value, field) in
                [&address.house, &address.street, &address.city, &address.county, &address.postcode].into_iter().zip(names)
            {
                draft.set(field, text(value));
            }
        }
        draft.set(Field::DeliverToBilling, if fields.deliver_to_billing { "yes" } else { "" });
        draft.set(Field::SaleType, text(&fields.sale_type));
        draft.set(Field::Network, text(&fields.network));
        draft.set(Field::Handset, text(&fields.handset));
        draft.set(Field::Tariff, text(&fields.tariff));
        draft.set(Field::TariffCode, text(&fields.tariff_code));
        draft.set(Field::SimRequired, fields.sim_required.map_or("", yes));
        draft.set(Field::SpendCap, sum(fields.spend_cap));
        draft.set(Field::NetworkAccountNumber, text(&fields.network_account_number));
        draft.set(Field::AccountAddress, text(&fields.account_address));
        draft.set(Field::EligibilityDate, day(fields.eligibility_date));
        draft.set(Field::CommissionDetails, text(&fields.commission_details));
        draft.set(Field::AdditionalDetails, text(&fields.additional_details));
        draft
    }
}
