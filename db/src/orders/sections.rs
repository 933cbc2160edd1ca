//! The sections of the order page, with formatted values.

use domain::{
    date,
    moment::Moment,
    orders::{
        Address, BusinessType, FollowUpKind, OrderFields, Title,
        pages::{DetailField, Section},
    },
};

use crate::entity::order;

/// Makes a field with its label.
pub(crate) fn detail(label: &str, value: impl Into<String>) -> DetailField {
    DetailField { label: label.to_owned(), value: value.into(), link: None }
}

fn section(title: &str, fields: Vec<Option<DetailField>>) -> Section {
    Section { title: title.to_owned(), fields: fields.into_iter().flatten().collect() }
}

fn line(label: &str, value: Option<&String>) -> Option<DetailField> {
    value.map(|value| detail(label, value))
}

fn linked(label: &str, value: Option<&String>, link: Option<String>) -> Option<DetailField> {
    value.map(|value| DetailField { link, ..detail(label, value) })
}

/// The sections of contact, product and addresses.
pub(crate) fn detail_sections(fields: &OrderFields, row: &order::Model, spend_cap: Option<String>) -> Vec<Section> {
    let contact = fields.contact().map(|name| fields.title.map_or(name.clone(), |title| format!("{} {name}", Title::label(title))));
    let call = |e164: &Option<String>| e164.as_ref().map(|number| format!("tel:{number}"));
    let delivery = if fields.deliver_to_billing { Some("Same as billing address".to_owned()) } else { address(&fields.delivery) };
    vec![
        section(
            "Contact",
            vec![
                line("Name", contact.as_ref()),
                linked("Mobile", fields.mobile.as_ref(), call(&row.mobile_e164)),
                linked("Landline", fields.landline.as_ref(), call(&row.landline_e164)),
                linked("E-mail", fields.email.as_ref(), fields.email.as_ref().map(|it| format!("mailto:{it}"))),
                fields.business_type.map(|it| detail("Business type", BusinessType::label(it))),
                fields.date_of_birth.map(|day| detail("Date of birth", date::show(day))),
            ],
        ),
        section(
            "Sale",
            vec![
                line("Sale type", fields.sale_type.as_ref()),
                line("Network", fields.network.as_ref()),
                line("Handset", fields.handset.as_ref()),
                line("Tariff", fields.tariff.as_ref()),
                line("Tariff code", fields.tariff_code.as_ref()),
                fields.sim_required.map(|it| detail("SIM required", if it { "Yes" } else { "No" })),
                line("Spend cap", spend_cap.as_ref()),
                line("Network account number", fields.network_account_number.as_ref()),
                line("Account address", fields.account_address.as_ref()),
                fields.eligibility_date.map(|day| detail("Eligibility date", date::show(day))),
            ],
        ),
        section("Address", vec![line("Billing", address(&fields.billing).as_ref()), line("Delivery", delivery.as_ref())]),
    ]
}

/// The section of the deal: owner, source, notes.
pub(crate) fn deal(
    fields: &OrderFields,
    [owner, team, campaign]: [Option<String>; 3],
    created: &Moment,
    updated: Option<Moment>,
) -> Section {
    let follow_up = fields.follow_up_on.map(|day| {
        let kind = fields.follow_up_kind.map_or("Follow-up", FollowUpKind::label);
        let when = format!("{kind}, {}", date::show(day));
        fields.follow_up_note.as_ref().map_or(when.clone(), |note| format!("{when}: {note}"))
    });
    section(
        "Deal",
        vec![
            line("Owner", owner.as_ref()),
            line("Team", team.as_ref()),
            line("Campaign", campaign.as_ref()),
            line("Deal source", fields.deal_source.as_ref()),
            line("Follow-up", follow_up.as_ref()),
            line("Loss reason", fields.loss_reason.as_ref()),
            Some(detail("Created", &created.full)),
            updated.map(|it| detail("Updated", it.full)),
            line("Commission details", fields.commission_details.as_ref()),
            line("Additional details", fields.additional_details.as_ref()),
        ],
    )
}

/// Formats an address, one part per line.
fn address(of: &Address) -> Option<String> {
    let house = [of.house.as_deref(), of.street.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let house = Some(house).filter(|it| !it.is_empty());
    let parts = [house, of.city.clone(), of.county.clone(), of.postcode.clone()];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then_some(text)
}
