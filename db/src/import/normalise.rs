//! Normalises legacy values: no record is lost; a value that an order cannot store is left empty, and kept in the timeline and the report.

use chrono::NaiveDate;
use domain::{
    comments::{CommentStatus, LONGEST},
    date,
    id::{CampaignId, CompanyId, UserId},
    money,
    orders::{
        Address, BusinessType, Field, OrderDraft, OrderFields, Status, Title, draft,
        history::{HistoryKind, Payload},
    },
    phone,
};

use super::{
    Maps, Staged, StagedComment, StagedEntry, changes,
    source::{ImportNote, Snapshot, Version},
};
use crate::{calendar::Calendar, orders::ValueLabels, text};

/// A value that could not be stored: its kind for the report, a sentence for the timeline.
pub struct ImportWarning {
    pub kind: &'static str,
    pub sentence: String,
}

/// Collects warnings while values are normalised.
#[derive(Default)]
struct Judge(Vec<ImportWarning>);

impl Judge {
    fn keep(&mut self, kind: &'static str, field: Field, value: &str) {
        self.0.push(ImportWarning { kind, sentence: format!("{}: “{value}” ({kind})", field.full_label()) });
    }

    /// Normalises one line of at most `max` characters; a value that is changed is kept in a warning.
    fn line(&mut self, field: Field, value: &Option<String>, max: usize) -> Option<String> {
        let value = value.as_deref()?;
        match domain::text::line(value, max) {
            Ok(text) => text,
            Err(_) => {
                self.keep("text cut or cleaned", field, value);
                let plain: String =
                    value.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_turning(*c)).take(max).collect();
                domain::text::line(&plain, max).ok().flatten()
            }
        }
    }

    fn lines(&mut self, field: Field, value: &Option<String>, max: usize) -> Option<String> {
        let value = value.as_deref()?;
        match domain::text::lines(value, max) {
            Ok(text) => text,
            Err(_) => {
                self.keep("text cut or cleaned", field, value);
                let plain: String =
                    value.chars().filter(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && !is_turning(*c)).take(max).collect();
                domain::text::lines(&plain, max).ok().flatten()
            }
        }
    }

    fn phone(&mut self, field: Field, value: &Option<String>) -> (Option<String>, Option<String>) {
        let Some(value) = value.as_deref().map(str::trim).filter(|it| !domain::text::is_blank(it)) else { return (None, None) };
        match phone::shape(value).and_then(|typed| text::e164(&typed).map(|e164| (typed, e164))) {
            Ok((typed, e164)) => (Some(typed), Some(e164)),
            Err(_) => {
                self.keep("invalid phone number", field, value);
                (None, None)
            }
        }
    }

    fn email(&mut self, value: &Option<String>) -> Option<String> {
        let value = value.as_deref().map(str::trim).filter(|it| !domain::text::is_blank(it))?;
        draft::email(value).map_err(|_| self.keep("invalid e-mail address", Field::Email, value)).ok()
    }

    fn sum(&mut self, field: Field, value: &Option<String>) -> Option<money::Money> {
        let value = value.as_deref()?;
        money::parse_figures(value).map_err(|_| self.keep("invalid amount", field, value)).ok()
    }

    fn day(&mut self, field: Field, value: &Option<String>) -> Option<NaiveDate> {
        let value = value.as_deref()?;
        match date::parse(value) {
            Ok(day) if day == draft::UNKNOWN_DATE => {
                self.keep("placeholder date of 1 January 1970", field, value);
                None
            }
            Ok(day) => Some(day),
            Err(_) => {
                self.keep("invalid date", field, value);
                None
            }
        }
    }

    fn choice<T>(&mut self, field: Field, value: &Option<String>, find: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = value.as_deref().map(str::trim).filter(|it| !it.is_empty())?;
        let found = find(value);
        if found.is_none() {
            self.keep("unknown choice", field, value);
        }
        found
    }
}

fn is_turning(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The fields of a snapshot, with E.164 phone numbers.
fn fields(of: &Snapshot, maps: &Maps, judge: &mut Judge) -> (OrderFields, [Option<String>; 2]) {
    let (mobile, mobile_e164) = judge.phone(Field::Mobile, &of.mobile);
    let (landline, landline_e164) = judge.phone(Field::Landline, &of.landline);
    let status = Status::from_code(of.status.trim()).unwrap_or_else(|| {
        judge.keep("unknown status", Field::Status, &of.status);
        Status::Issues
    });
    let address = |judge: &mut Judge, parts: [(Field, &Option<String>); 5]| {
        let [house, street, city, county, postcode] =
            parts.map(|(field, value)| judge.line(field, value, if field.name().ends_with("postcode") { 20 } else { 255 }));
        Address { house, street, city, county, postcode: postcode.map(|it| it.to_uppercase()) }
    };
    let billing = address(
        judge,
        [
            (Field::BillingHouse, &of.house),
            (Field::BillingStreet, &of.street),
            (Field::BillingCity, &of.city),
            (Field::BillingCounty, &of.county),
            (Field::BillingPostcode, &of.postcode),
        ],
    );
    let delivery = address(
        judge,
        [
            (Field::DeliveryHouse, &of.delivery_house),
            (Field::DeliveryStreet, &of.delivery_street),
            (Field::DeliveryCity, &of.delivery_city),
            (Field::DeliveryCounty, &of.delivery_county),
            (Field::DeliveryPostcode, &of.delivery_postcode),
        ],
    );
    let deliver_to_billing = delivery == billing && billing != Address::default();
    let network = judge.line(Field::Network, &of.network, 255).map(|it| {
        domain::orders::choice::NETWORKS.iter().find(|known| known.eq_ignore_ascii_case(&it)).map_or(it, |known| (*known).to_owned())
    });
    let fields = OrderFields {
        status,
        owner: maps.user(of.owner_id).map(UserId),
        campaign: of.campaign_id.and_then(|id| maps.campaigns.get(&id)).map(|(id, _)| CampaignId(*id)),
        company: of.company_id.and_then(|id| maps.companies.get(&id)).map(|(id, _)| CompanyId(*id)),
        follow_up_on: None,
        follow_up_kind: None,
        follow_up_note: None,
        title: judge.choice(Field::Title, &of.title, Title::find),
        first_name: judge.line(Field::FirstName, &of.first_name, 100),
        last_name: judge.line(Field::LastName, &of.last_name, 100),
        mobile,
        landline,
        email: judge.email(&of.email),
        business_name: judge.line(Field::BusinessName, &of.company_name, 255),
        business_type: judge.choice(Field::BusinessType, &of.company_type, BusinessType::find),
        billing,
        deliver_to_billing,
        delivery: if deliver_to_billing { Address::default() } else { delivery },
        date_of_birth: judge.day(Field::DateOfBirth, &of.date_of_birth),
        eligibility_date: judge.day(Field::EligibilityDate, &of.eligibility_date),
        network,
        sale_type: judge.line(Field::SaleType, &of.connection_type, 255),
        handset: judge.line(Field::Handset, &of.handset, 255),
        tariff: judge.line(Field::Tariff, &of.tariff, 255),
        tariff_code: judge.line(Field::TariffCode, &of.tariff_code, 255),
        sim_required: judge.choice(Field::SimRequired, &of.sim_required, |it| match it {
            "Y" | "y" | "Yes" | "yes" => Some(true),
            "N" | "n" | "No" | "no" => Some(false),
            _ => None,
        }),
        spend_cap: judge.sum(Field::SpendCap, &of.spend_cap),
        network_account_number: judge.line(Field::NetworkAccountNumber, &of.network_account_number, 255),
        account_address: judge.lines(Field::AccountAddress, &of.account_address, 1_000),
        deal_source: judge.line(Field::DealSource, &of.deal_source, 255),
        box_value: judge.sum(Field::BoxValue, &of.box_value),
        loss_reason: judge.line(Field::LossReason, &of.loss_reason, 255),
        commission_details: judge.lines(Field::CommissionDetails, &of.commission_details, 10_000),
        additional_details: judge.lines(Field::AdditionalDetails, &of.additional_details, 10_000),
    };
    (fields, [mobile_e164, landline_e164])
}

/// The business day on which it last became Connected, in the order of `history_id`.
pub fn last_connected(history: &[Version], calendar: Calendar) -> Option<NaiveDate> {
    let mut last = None;
    let mut before = "";
    for version in history {
        if version.snapshot.status == "CN" && before != "CN" {
            last = Some(calendar.day(version.at));
        }
        before = &version.snapshot.status;
    }
    last
}

/// Normalises an order with its history and comments.
pub fn order(
    of: Snapshot,
    history: Vec<Version>,
    comments: Vec<ImportNote>,
    digest: String,
    maps: &Maps,
    labels: &ValueLabels,
    connected_last: Option<NaiveDate>,
) -> (Staged, Vec<ImportWarning>) {
    let mut judge = Judge::default();
    let (fields, phones) = fields(&of, maps, &mut judge);
    let connected = of.connected_date.as_deref().and_then(|it| date::parse(it).ok());
    if fields.status != Status::Connected
        && let Some(day) = connected
    {
        judge.0.push(ImportWarning {
            kind: "connected date of an order that is not connected",
            sentence: format!("Connected date: {} (the order is not connected)", date::show(day)),
        });
    }
    if fields.status == Status::Connected && connected_last.is_some() && connected_last != connected {
        let history = connected_last.map(date::show).unwrap_or_default();
        let stored = connected.map_or("empty".to_owned(), date::show);
        judge.0.push(ImportWarning {
            kind: "connected date differs from the history",
            sentence: format!("Connected date: {stored}; the history says {history}"),
        });
    }
    if !of.is_open {
        judge.0.push(ImportWarning { kind: "closed in the old system", sentence: "Open: no".into() });
    }
    let mut entries = Vec::with_capacity(history.len().max(1));
    let mut before: Option<OrderDraft> = None;
    for version in &history {
        // Snapshots are normalised like the order; their warnings repeat the order's and are dropped.
        let draft = OrderDraft::from(&self::fields(&version.snapshot, maps, &mut Judge::default()).0);
        let entry = match &before {
            None => StagedEntry {
                history_id: version.history_id,
                happened: HistoryKind::Created,
                by: maps.user(version.by),
                at: version.at,
                payload: Payload::default(),
            },
            Some(before) => {
                let changes = changes(before, &draft, labels);
                let moved = changes.iter().any(|it| it.field == Field::Status);
                let note = (version.kind == "-").then(|| "Deleted in the old system".to_owned());
                StagedEntry {
                    history_id: version.history_id,
                    happened: if moved { HistoryKind::Moved } else { HistoryKind::Edited },
                    by: maps.user(version.by),
                    at: version.at,
                    payload: Payload { changes, note },
                }
            }
        };
        entries.push(entry);
        before = Some(draft);
    }
    if entries.is_empty() {
        entries.push(StagedEntry {
            history_id: 0,
            happened: HistoryKind::Created,
            by: None,
            at: of.created_at,
            payload: Payload::default(),
        });
    }
    let comments = comments
        .into_iter()
        .map(|it| {
            let status = match it.status.as_deref().map(str::trim) {
                None | Some("") => CommentStatus::Open,
                Some(typed) => CommentStatus::find(typed).unwrap_or_else(|| {
                    judge.0.push(ImportWarning { kind: "unknown comment status", sentence: format!("Comment status: “{typed}”") });
                    CommentStatus::Open
                }),
            };
            let body = it.body.unwrap_or_default();
            let body: String = body.chars().filter(|c| *c != '\0').take(LONGEST).collect();
            StagedComment {
                legacy_id: it.id,
                author: maps.user(it.owner_id),
                body: if domain::text::is_blank(&body) { "(no text)".into() } else { body },
                created_at: it.created_at,
                status: status.label().into(),
            }
        })
        .collect();
    let warnings = judge.0;
    let staged = Staged {
        legacy_id: of.order_id,
        number: of.number.trim().to_owned(),
        created_at: of.created_at,
        updated_at: of.updated_at.unwrap_or(of.created_at),
        connected_on: connected.filter(|_| fields.status == Status::Connected),
        fields,
        phones,
        last_history: history.last().map_or(0, |it| it.history_id),
        entries,
        comments,
        kept: warnings.iter().map(|it| it.sentence.clone()).collect(),
        digest,
    };
    (staged, warnings)
}
