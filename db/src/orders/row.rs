//! Converts between stored rows and domain fields, with the derived normalised columns.

use domain::{
    Error, FieldErrors, Result,
    id::{CampaignId, CompanyId, UserId},
    money::Money,
    orders::{Address, BusinessType, Field, FollowUpKind, OrderFields, Status, Title},
};
use sea_orm::ActiveValue::Set;

use crate::{entity::order, text};

/// The E.164 numbers of mobile and landline.
///
/// Errors: [`Error::Invalid`] beside a phone number that is in no numbering plan.
///
/// ```
/// # let mut draft = domain::orders::OrderDraft::default();
/// draft.set(domain::orders::Field::Mobile, "07700 900123");
/// let phones = db::orders::e164_of(&draft.parse("GBP").unwrap()).unwrap();
/// assert_eq!(phones[0].as_deref(), Some("+447700900123"));
/// ```
pub fn e164_of(fields: &OrderFields) -> Result<[Option<String>; 2]> {
    let mut errors = FieldErrors::default();
    let phones = [(Field::Mobile, &fields.mobile), (Field::Landline, &fields.landline)].map(|(field, typed)| {
        typed.as_deref().and_then(|typed| text::e164(typed).map_err(|message| errors.add(field.name(), message)).ok())
    });
    if errors.is_empty() { Ok(phones) } else { Err(Error::Invalid(errors)) }
}

/// The E.164 numbers of a change; an invalid number that was not changed keeps its stored value, others get none.
pub(crate) fn phones_or_stored(fields: &OrderFields, row: &order::Model) -> [Option<String>; 2] {
    let of = |typed: &Option<String>, before: &Option<String>, stored: &Option<String>| match typed.as_deref().map(text::e164) {
        Some(Ok(phone)) => Some(phone),
        Some(Err(_)) if typed == before => stored.clone(),
        _ => None,
    };
    [of(&fields.mobile, &row.mobile, &row.mobile_e164), of(&fields.landline, &row.landline, &row.landline_e164)]
}

/// Sets the derived columns for search, sort and comparison, where they differ.
pub(crate) fn set_derived_columns(
    row: &mut order::ActiveModel,
    number: &str,
    fields: &OrderFields,
    mobile_e164: Option<&str>,
    landline_e164: Option<&str>,
) {
    row.search_text.set_if_not_equals(text::search_text(number, fields, mobile_e164, landline_e164));
    row.business_key.set_if_not_equals(text::key(&fields.customer()));
    row.postcode_key.set_if_not_equals(fields.billing.postcode.as_deref().map(text::postcode_key));
    row.email_key.set_if_not_equals(fields.email.as_deref().map(text::key));
}

/// Sets the fields and the derived columns of a row; the search text includes the number.
pub(crate) fn set_fields(row: &mut order::ActiveModel, number: &str, fields: OrderFields, phones: [Option<String>; 2]) {
    let [mobile_e164, landline_e164] = phones;
    set_derived_columns(row, number, &fields, mobile_e164.as_deref(), landline_e164.as_deref());
    row.mobile_e164 = Set(mobile_e164);
    row.landline_e164 = Set(landline_e164);
    row.status = Set(fields.status.code().into());
    row.owner_id = Set(fields.owner.map(|id| id.0));
    row.campaign_id = Set(fields.campaign.map(|id| id.0));
    row.company_id = Set(fields.company.map(|id| id.0));
    row.follow_up_on = Set(fields.follow_up_on);
    row.follow_up_kind = Set(fields.follow_up_kind.map(|kind| kind.code().into()));
    row.follow_up_note = Set(fields.follow_up_note);
    row.title = Set(fields.title.map(|title| title.code().into()));
    row.first_name = Set(fields.first_name);
    row.last_name = Set(fields.last_name);
    row.mobile = Set(fields.mobile);
    row.landline = Set(fields.landline);
    row.email = Set(fields.email);
    row.business_name = Set(fields.business_name);
    row.business_type = Set(fields.business_type.map(|kind| kind.code().into()));
    let Address { house, street, city, county, postcode } = fields.billing;
    row.billing_house = Set(house);
    row.billing_street = Set(street);
    row.billing_city = Set(city);
    row.billing_county = Set(county);
    row.billing_postcode = Set(postcode);
    row.deliver_to_billing = Set(fields.deliver_to_billing);
    let Address { house, street, city, county, postcode } = fields.delivery;
    row.delivery_house = Set(house);
    row.delivery_street = Set(street);
    row.delivery_city = Set(city);
    row.delivery_county = Set(county);
    row.delivery_postcode = Set(postcode);
    row.date_of_birth = Set(fields.date_of_birth);
    row.eligibility_date = Set(fields.eligibility_date);
    row.network = Set(fields.network);
    row.sale_type = Set(fields.sale_type);
    row.handset = Set(fields.handset);
    row.tariff = Set(fields.tariff);
    row.tariff_code = Set(fields.tariff_code);
    row.sim_required = Set(fields.sim_required);
    row.spend_cap = Set(fields.spend_cap.map(|sum| sum.0));
    row.network_account_number = Set(fields.network_account_number);
    row.account_address = Set(fields.account_address);
    row.deal_source = Set(fields.deal_source);
    row.box_value = Set(fields.box_value.map(|sum| sum.0));
    row.loss_reason = Set(fields.loss_reason);
    row.commission_details = Set(fields.commission_details);
    row.additional_details = Set(fields.additional_details);
}

/// Reads the fields of a stored row.
pub(crate) fn fields_of(row: &order::Model) -> OrderFields {
    let row = row.clone();
    OrderFields {
        status: Status::from_code(&row.status).unwrap_or(Status::Issues),
        owner: row.owner_id.map(UserId),
        campaign: row.campaign_id.map(CampaignId),
        company: row.company_id.map(CompanyId),
        follow_up_on: row.follow_up_on,
        follow_up_kind: row.follow_up_kind.as_deref().and_then(FollowUpKind::find),
        follow_up_note: row.follow_up_note,
        title: row.title.as_deref().and_then(Title::find),
        first_name: row.first_name,
        last_name: row.last_name,
        mobile: row.mobile,
        landline: row.landline,
        email: row.email,
        business_name: row.business_name,
        business_type: row.business_type.as_deref().and_then(BusinessType::find),
        billing: Address {
            house: row.billing_house,
            street: row.billing_street,
            city: row.billing_city,
            county: row.billing_county,
            postcode: row.billing_postcode,
        },
        deliver_to_billing: row.deliver_to_billing,
        delivery: Address {
            house: row.delivery_house,
            street: row.delivery_street,
            city: row.delivery_city,
            county: row.delivery_county,
            postcode: row.delivery_postcode,
        },
        date_of_birth: row.date_of_birth,
        eligibility_date: row.eligibility_date,
        network: row.network,
        sale_type: row.sale_type,
        handset: row.handset,
        tariff: row.tariff,
        tariff_code: row.tariff_code,
        sim_required: row.sim_required,
        spend_cap: row.spend_cap.map(Money),
        network_account_number: row.network_account_number,
        account_address: row.account_address,
        deal_source: row.deal_source,
        box_value: row.box_value.map(Money),
        loss_reason: row.loss_reason,
        commission_details: row.commission_details,
        additional_details: row.additional_details,
    }
}
