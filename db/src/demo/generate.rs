//! Generates one order of the demo world with its history: created, moved along by the status rules, commented on.

use chrono::{Datelike, Weekday};
use domain::{
    Result,
    comments::CommentStatus,
    date,
    id::{CampaignId, CompanyId, UserId},
    money::Money,
    orders::{
        Address, BusinessType, Field, FollowUpKind, OrderFields, Status, Title, choice,
        history::{FieldChange, HistoryKind, Payload},
    },
    role::Role,
};
use rand::{Rng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::{Person, World, names};
use crate::{
    audit::{self, ActivityKind, Subject},
    calendar::Calendar,
    clock::{DAY, HOUR, MINUTE},
    entity::{activity, change_log, comment, commission, order, order_history},
    orders::set_fields,
};

/// How many of the youngest orders are ugly on purpose.
pub const UGLY: usize = 5;
/// Fourteen months, in days.
const SPAN: i64 = 425;

/// Rows, ready to insert.
#[derive(Default)]
pub struct Generated {
    pub orders: Vec<order::ActiveModel>,
    pub history: Vec<order_history::ActiveModel>,
    pub comments: Vec<comment::ActiveModel>,
    pub activity: Vec<activity::ActiveModel>,
    pub changes: Vec<change_log::ActiveModel>,
    pub commissions: Vec<commission::ActiveModel>,
}

/// When so many orders were written, the oldest first: on working days and in working hours mostly, a few today.
pub fn times(random: &mut ChaCha8Rng, world: &World, how_many: usize) -> Vec<i64> {
    let today = world.calendar.start(world.calendar.day(world.now));
    let of_today = (how_many / 60).clamp(how_many.min(5), 400);
    let mut times: Vec<i64> = (of_today..how_many)
        .map(|_| {
            loop {
                let day = today - random.random_range(1..=SPAN) * DAY;
                let sunday = world.calendar.day(day + 12 * HOUR).weekday() == Weekday::Sun;
                if !sunday || random.random_bool(0.1) {
                    return day + 8 * HOUR + random.random_range(0..600) * MINUTE + random.random_range(0..60_000_000);
                }
            }
        })
        .collect();
    let since = (world.now - today).max(MINUTE);
    times.extend((0..of_today).map(|_| world.now - random.random_range(0..since.min(9 * HOUR))));
    times.sort_unstable();
    times
}

fn pick<'a, T>(random: &mut ChaCha8Rng, from: &'a [T]) -> &'a T {
    from.choose(random).unwrap_or(&from[0])
}

fn seller<'a>(random: &mut ChaCha8Rng, world: &'a World) -> &'a Person {
    let sellers: Vec<&Person> = world.people.iter().filter(|it| matches!(it.role, Role::Agent)).collect();
    // Some sell more than others.
    let at = (random.random_range(0.0..1.0f64).powf(1.6) * sellers.len() as f64) as usize;
    sellers[at.min(sellers.len() - 1)]
}

fn fields(random: &mut ChaCha8Rng, world: &World, owner: &Person, ugly: Option<usize>) -> OrderFields {
    let (company, name) = pick(random, &world.companies).clone();
    let (first, last) = (*pick(random, &names::FIRST), *pick(random, &names::LAST));
    let (city, county, code) = *pick(random, &names::CITIES);
    let (tariff, tariff_code) = *pick(random, &names::TARIFFS);
    let with_company = random.random_bool(0.8);
    let plain: String = first.to_lowercase().chars().filter(char::is_ascii_alphabetic).collect();
    let mut it = OrderFields {
        status: Status::New,
        owner: Some(UserId(owner.id)),
        campaign: random.random_bool(0.85).then(|| CampaignId(*pick(random, &world.campaigns))),
        company: with_company.then_some(CompanyId(company)),
        follow_up_on: None,
        follow_up_kind: None,
        follow_up_note: None,
        title: Some(*pick(random, Title::ALL)),
        first_name: Some(first.into()),
        last_name: Some(last.into()),
        // Ofcom keeps 07700 900000 to 900999 for fiction.
        mobile: Some(format!("07700 900{:03}", random.random_range(0..1_000))),
        landline: random.random_bool(0.3).then(|| format!("0113 496 0{:03}", random.random_range(0..1_000))),
        email: random.random_bool(0.8).then(|| format!("{plain}.{:05}@example.co.uk", random.random_range(0..100_000))),
        business_name: Some(name),
        business_type: Some(*pick(random, BusinessType::ALL)),
        billing: Address {
            house: Some(random.random_range(1..200).to_string()),
            street: Some((*pick(random, &names::STREETS)).into()),
            city: Some(city.into()),
            county: Some(county.into()),
            postcode: Some(format!("{code} {}AB", random.random_range(1..10))),
        },
        deliver_to_billing: true,
        delivery: Address::default(),
        date_of_birth: None,
        eligibility_date: None,
        network: Some((*pick(random, &choice::NETWORKS)).into()),
        sale_type: Some((*pick(random, &choice::SALE_TYPES)).into()),
        handset: Some((*pick(random, &names::HANDSETS)).into()),
        tariff: Some(tariff.into()),
        tariff_code: Some(tariff_code.into()),
        sim_required: Some(random.random_bool(0.5)),
        spend_cap: random.random_bool(0.4).then(|| Money(random.random_range(0..10) * 500)),
        network_account_number: None,
        account_address: None,
        deal_source: Some((*pick(random, &choice::DEAL_SOURCES)).into()),
        box_value: Some(Money(random.random_range(3_000..90_000) + if random.random_bool(0.1) { 150_000 } else { 0 })),
        loss_reason: None,
        commission_details: None,
        additional_details: None,
    };
    match ugly {
        Some(0) => it.business_name = Some("The Worshipful Company of Wire Drawers & Silver Thread Makers".into()),
        // Not sold, so that it stands in lists and not in every figure.
        Some(1) => {
            (it.box_value, it.campaign) = (Some(Money(999_999_999)), None);
            (it.status, it.loss_reason) = (Status::Cancelled, Some(choice::LOSS_REASONS[0].into()));
        }
        Some(2) => {
            (it.business_name, it.mobile, it.email, it.network, it.box_value, it.company) = (None, None, None, None, None, None);
            it.owner = None;
        }
        Some(3) => {
            it.business_name = Some("\"></title><svg/onload=alert(1)> {{7*7}}".into());
            it.additional_details = Some("</textarea></script><script>alert(2)</script> &amp;\nsecond line".into());
        }
        Some(4) => (it.first_name, it.last_name) = (Some("Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch".into()), None),
        _ => {}
    }
    it
}

/// Where an order of this age is heading.
fn road(random: &mut ChaCha8Rng, age: i64) -> &'static [Status] {
    use Status::*;
    const CONNECTED: &[&[Status]] =
        &[&[ToProcess, Connected], &[ToProcess, AwaitingStock, Connected], &[Held, ToProcess, Connected], &[ToProcess, Issues, Connected]];
    const LOST: &[&[Status]] = &[&[Cancelled], &[Held, Cancelled], &[ToProcess, Issues, Cancelled]];
    const OPEN: &[&[Status]] =
        &[&[], &[ToProcess], &[Held], &[Parked], &[FutureEndDate], &[ToProcess, AwaitingStock], &[ToProcess, Issues], &[ToProcess], &[]];
    let roads = match random.random_range(0..100) {
        n if age > 10 * DAY && n < 66 => CONNECTED,
        n if age > 10 * DAY && n < 82 => LOST,
        n if age > 2 * DAY && n < 30 => CONNECTED,
        n if n < 8 => LOST,
        _ => OPEN,
    };
    roads.choose(random).copied().unwrap_or_default()
}

fn change(field: Field, from: String, to: String, labels: Option<(&str, &str)>) -> FieldChange {
    let label = |it: &str| (!it.is_empty()).then(|| it.to_owned());
    FieldChange { field, from, to, from_label: labels.and_then(|(it, _)| label(it)), to_label: labels.and_then(|(_, it)| label(it)) }
}

/// Tells the story of one order that was written at `at`.
pub fn generate(
    random: &mut ChaCha8Rng,
    world: &World,
    id: i64,
    number: i64,
    at: i64,
    ugly: Option<usize>,
    generated: &mut Generated,
) -> Result<()> {
    let owner = seller(random, world);
    let managers: Vec<&Person> = world.people.iter().filter(|it| it.role == Role::Manager).collect();
    let mut fields = fields(random, world, owner, ugly);
    let owner_id = fields.owner.map(|it| it.0);
    let customer = fields.customer();
    let (mut version, mut updated, mut connected_on) = (1, at, None);
    generated.history.push(audit::history_row(random, id, 1, HistoryKind::Created, Some(owner.id), at, &Payload::default())?);
    generated.activity.push(audit::activity_row(random, Some(owner.id), ActivityKind::Created, Some(id), at, &customer));
    let mut time = at;
    for &to in road(random, world.now - at) {
        time += random.random_range(20 * MINUTE..3 * DAY);
        if time >= world.now || fields.status == Status::Cancelled {
            break;
        }
        let by = if to == Status::Connected { pick(random, &managers).id } else { owner.id };
        let from = fields.status;
        let mut changes = vec![change(Field::Status, from.code().into(), to.code().into(), Some((from.label(), to.label())))];
        fields.status = to;
        match to {
            Status::Cancelled => {
                let reason = *pick(random, &choice::LOSS_REASONS);
                fields.loss_reason = Some(reason.into());
                changes.push(change(Field::LossReason, String::new(), reason.into(), None));
            }
            Status::FutureEndDate | Status::AwaitingStock => {
                let day = world.calendar.day(world.now + random.random_range(-3..30) * DAY);
                let kind = to.follow_up_kind().unwrap_or(FollowUpKind::Other);
                (fields.follow_up_on, fields.follow_up_kind) = (Some(day), Some(kind));
                changes.push(change(Field::FollowUpOn, String::new(), date::plain(day), Some(("", &date::show(day)))));
                changes.push(change(Field::FollowUpKind, String::new(), kind.code().into(), Some(("", kind.label()))));
            }
            _ => {}
        }
        connected_on = (to == Status::Connected).then(|| world.calendar.day(time));
        version += 1;
        updated = time;
        generated.history.push(audit::history_row(
            random,
            id,
            version,
            HistoryKind::Moved,
            Some(by),
            time,
            &Payload { changes, note: None },
        )?);
        generated.activity.push(audit::activity_row(random, Some(by), ActivityKind::Moved, Some(id), time, &customer));
    }
    for _ in 0..[0, 0, 1, 1, 2, 3][random.random_range(0..6)] {
        let when = (at + random.random_range(5 * MINUTE..4 * DAY)).min(world.now - MINUTE).max(at);
        let status = *pick(random, &CommentStatus::ALL);
        let author = pick(random, &world.people).id;
        generated.comments.push(comment::ActiveModel {
            order_id: Set(id),
            author_id: Set(Some(author)),
            body: Set((*pick(random, &names::NOTES)).into()),
            created_at: Set(when),
            status: Set(status.label().into()),
            status_by: Set((status != CommentStatus::Open).then_some(owner.id)),
            status_at: Set((status != CommentStatus::Open).then_some(when)),
            ..Default::default()
        });
        generated.activity.push(audit::activity_row(random, Some(author), ActivityKind::Commented, Some(id), when, &number.to_string()));
    }
    let e164 = |typed: &Option<String>| typed.as_deref().map(|it| format!("+44{}", domain::phone::digits(it).trim_start_matches('0')));
    let phones = [e164(&fields.mobile), e164(&fields.landline)];
    // Who connected what earned it: the rate of agents.
    let earned = connected_on.zip(owner_id).map(|(on, user)| {
        let value = fields.box_value.unwrap_or_default();
        let amount = value.share(super::RATE).0;
        generated.commissions.push(commission::ActiveModel {
            month: Set(Calendar::first(on)),
            user_id: Set(user),
            order_id: Set(id),
            amount: Set(amount),
            value: Set(value.0),
            rate: Set(super::RATE),
            reason: Set("Connected".into()),
            happened_on: Set(on),
            at: Set(updated),
            actor_id: Set(None),
            ..Default::default()
        });
        (amount, user)
    });
    let number = number.to_string();
    let mut row = order::ActiveModel {
        commission: Set(earned.map(|(amount, _)| amount)),
        commission_rate: Set(earned.map(|_| super::RATE)),
        commission_to: Set(earned.map(|(_, user)| user)),
        id: Set(id),
        uuid: Set(uuid(random, at)),
        number: Set(number.clone()),
        legacy_id: Set(None),
        version: Set(version),
        team_id: Set(owner_id.and(owner.team)),
        created_at: Set(at),
        device_created_at: Set(None),
        updated_at: Set(updated),
        connected_on: Set(connected_on),
        trashed_at: Set(None),
        batch: Set(0),
        ..Default::default()
    };
    set_fields(&mut row, &number, fields, phones);
    generated.orders.push(row);
    generated.changes.push(audit::change_row(Subject::Order(id), updated));
    Ok(())
}

/// A UUIDv7 of the order's own time.
fn uuid(random: &mut ChaCha8Rng, at: i64) -> Uuid {
    let (high, low): (u64, u64) = (random.random(), random.random());
    let millis = u64::try_from(at / 1_000).unwrap_or_default();
    Uuid::from_u64_pair((millis << 16) | 0x7000 | (high & 0x0FFF), (low & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000)
}
