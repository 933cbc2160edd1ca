//! Generates one order of the demo company with its history: created, its status changed by the rules, commented on.

use chrono::{Datelike, TimeDelta, Weekday};
use domain::{
    Result,
    comments::CommentStatus,
    date,
    id::{CampaignId, CompanyId, UserId},
    money::Money,
    orders::{
        Address, Field, FollowUpKind, OrderFields, Status, choice,
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

/// How many awkward orders there are with [`super::Plan::edge_cases`].
pub const EDGE_CASES: usize = 5;
/// Fourteen months, in days.
const SPAN: i64 = 425;
/// Three busy weeks, in days, and the most orders that are added to them.
const BUSY: (i64, usize) = (21, 240);
/// How business picked up: of every four other orders two are of the last two months and one is of the last five, in days.
const RECENT: [i64; 4] = [60, 60, 150, SPAN];

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

/// When so many orders were created, the oldest first, in microseconds: on working days and in working hours mostly, a few today; of a new
/// company (`new`) a third within three weeks, half as many again as in the three weeks before.
pub fn times(random: &mut ChaCha8Rng, world: &World, how_many: usize, new: bool) -> Vec<i64> {
    let today = world.calendar.start(world.calendar.day(world.now));
    let of_today = (how_many / 60).clamp(how_many.min(5), 400);
    let busy = if new { of_today + (how_many / 8).min(BUSY.1) } else { of_today };
    let mut times: Vec<i64> = (of_today..how_many)
        .map(|nth| {
            let span = match nth {
                nth if nth < busy => BUSY.0,
                nth if new => RECENT[nth % RECENT.len()],
                _ => SPAN,
            };
            loop {
                let day = today - random.random_range(1..=span) * DAY;
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
    if let Some(host) = world.people.iter().find(|it| it.is_host)
        && random.random_bool(0.1)
    {
        return host;
    }
    let sellers: Vec<&Person> = world.people.iter().filter(|it| matches!(it.role, Role::Agent)).collect();
    // Some sell more than others.
    let at = (random.random_range(0.0..1.0f64).powf(1.6) * sellers.len() as f64) as usize;
    sellers[at.min(sellers.len() - 1)]
}

fn fields(random: &mut ChaCha8Rng, world: &World, owner: &Person, key: Key, awkward: Option<usize>) -> OrderFields {
    // Each customer has an order before one has two.
    let at = (key.nth * 101 + key.nth / names::BUSINESSES) % world.companies.len();
    let (company, name) = world.companies[at].clone();
    let customer = names::business(at);
    let (first, title) = *pick(random, &names::FIRST);
    let last = *pick(random, &names::LAST);
    let (tariff, tariff_code, sim_only, (least, most)) = *pick(random, &names::TARIFFS);
    let campaigns: Vec<i64> = world.campaigns.iter().filter(|(_, start)| *start <= key.at).map(|(id, _)| *id).collect();
    let campaign = random.random_bool(0.85).then(|| campaigns.choose(random).copied()).flatten();
    let mut it = OrderFields {
        status: Status::New,
        owner: Some(UserId(owner.id)),
        campaign: campaign.map(CampaignId),
        company: random.random_bool(0.97).then_some(CompanyId(company)),
        follow_up_on: None,
        follow_up_kind: None,
        follow_up_note: None,
        title: Some(title),
        first_name: Some(first.into()),
        last_name: Some(last.into()),
        mobile: Some(format!("07700 900{:03}", mobile(key.nth))),
        landline: random.random_bool(0.4).then_some(customer.landline),
        email: random.random_bool(0.8).then(|| format!("{}@{}", names::mailbox(first, last), customer.domain)),
        business_name: Some(name),
        business_type: Some(customer.kind),
        billing: Address {
            house: Some(customer.house),
            street: Some(customer.street.into()),
            city: Some(customer.city.name.into()),
            county: Some(customer.city.county.into()),
            postcode: Some(customer.postcode),
        },
        deliver_to_billing: true,
        delivery: Address::default(),
        date_of_birth: None,
        eligibility_date: None,
        network: Some((*pick(random, &choice::NETWORKS)).into()),
        sale_type: Some((*pick(random, &choice::SALE_TYPES)).into()),
        handset: (!sim_only).then(|| (*pick(random, &names::HANDSETS)).into()),
        tariff: Some(tariff.into()),
        tariff_code: Some(tariff_code.into()),
        sim_required: Some(sim_only || random.random_bool(0.4)),
        spend_cap: random.random_bool(0.4).then(|| Money(random.random_range(0..10) * 500)),
        network_account_number: None,
        account_address: None,
        deal_source: Some((*pick(random, &choice::DEAL_SOURCES)).into()),
        box_value: Some(Money(random.random_range(least * 4..most * 4) * 25)),
        loss_reason: None,
        commission_details: None,
        additional_details: None,
    };
    match awkward {
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

/// Moves an instant into the hours from 8 to 18 of its business day, keeping the order of instants.
fn in_working_hours(calendar: &Calendar, at: i64) -> i64 {
    let midnight = calendar.start(calendar.day(at));
    midnight + 8 * HOUR + (at - midnight) * 10 / 24
}

/// The last three digits of a mobile number: Ofcom keeps 07700 900000 to 900999 for fiction. The first 405 orders have one each, from a part
/// of the range that leaves numbers for tests.
fn mobile(nth: usize) -> usize {
    if nth < 405 { 125 + nth * 167 % 405 } else { (nth * 387 + 12) % 1_000 }
}

/// The statuses that an order of this age goes through.
fn road(random: &mut ChaCha8Rng, age: i64) -> &'static [Status] {
    use Status::*;
    const CONNECTED: &[&[Status]] =
        &[&[ToProcess, Connected], &[ToProcess, AwaitingStock, Connected], &[Held, ToProcess, Connected], &[ToProcess, Issues, Connected]];
    const LOST: &[&[Status]] = &[&[Cancelled], &[Held, Cancelled], &[ToProcess, Issues, Cancelled]];
    const OPEN: &[&[Status]] =
        &[&[], &[ToProcess], &[Held], &[Parked], &[FutureEndDate], &[ToProcess, AwaitingStock], &[ToProcess, Issues], &[ToProcess], &[]];
    // What is still open after a month waits for something.
    const WAITING: &[&[Status]] = &[&[Parked], &[FutureEndDate], &[Held, FutureEndDate]];
    // Of a hundred: connected below the first number, lost below the second.
    let (connected, lost, open) = match age / DAY {
        30.. => (78, 96, WAITING),
        10..30 => (58, 72, OPEN),
        2..10 => (30, 38, OPEN),
        _ => (0, 6, OPEN),
    };
    let roads = match random.random_range(0..100) {
        n if n < connected => CONNECTED,
        n if n < lost => LOST,
        _ => open,
    };
    roads.choose(random).copied().unwrap_or_default()
}

/// Gives an order that is still open a day on which somebody looks at it again: the person whose sign-in is printed always has some.
fn follow_up(random: &mut ChaCha8Rng, world: &World, owner: &Person, at: i64, fields: &mut OrderFields) {
    use Status::*;
    let is_open = matches!(fields.status, New | Held | Parked | ToProcess | Issues) && fields.owner.is_some();
    if !is_open || world.now - at > 40 * DAY || !(owner.is_host || random.random_bool(0.45)) {
        return;
    }
    let days = *pick(random, &[-1, 0, 0, 0, 1, 1, 2, 3, 5, 7]);
    fields.follow_up_on = Some(world.calendar.day(world.now) + TimeDelta::days(days));
    fields.follow_up_kind = Some(FollowUpKind::CallBack);
    fields.follow_up_note = random.random_bool(0.7).then(|| (*pick(random, &names::FOLLOW_UPS)).into());
}

/// Which order: its id and number, its place among all, and when it was created, in microseconds.
#[derive(Clone, Copy)]
pub struct Key {
    pub id: i64,
    pub number: i64,
    pub nth: usize,
    pub at: i64,
}

fn change(field: Field, from: String, to: String, labels: Option<(&str, &str)>) -> FieldChange {
    let label = |it: &str| (!it.is_empty()).then(|| it.to_owned());
    FieldChange { field, from, to, from_label: labels.and_then(|(it, _)| label(it)), to_label: labels.and_then(|(_, it)| label(it)) }
}

/// Generates the order at `key` with its history, comments and commission.
///
/// Errors: [`domain::Error::Unexpected`] where its history cannot be encoded.
pub fn generate(random: &mut ChaCha8Rng, world: &World, key: Key, awkward: Option<usize>, generated: &mut Generated) -> Result<()> {
    let Key { id, number, at, .. } = key;
    let owner = seller(random, world);
    let managers: Vec<&Person> = world.people.iter().filter(|it| it.role == Role::Manager).collect();
    let mut fields = fields(random, world, owner, key, awkward);
    let owner_id = fields.owner.map(|it| it.0);
    let customer = fields.customer();
    let (mut version, mut updated, mut connected_on) = (1, at, None);
    generated.history.push(audit::history_row(random, id, 1, HistoryKind::Created, Some(owner.id), at, &Payload::default())?);
    generated.activity.push(audit::activity_row(random, Some(owner.id), ActivityKind::Created, Some(id), at, &customer));
    let mut time = at;
    for &to in road(random, world.now - at) {
        time = in_working_hours(&world.calendar, time + random.random_range(20 * MINUTE..3 * DAY)).max(time + 10 * MINUTE);
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
                let day = world.calendar.day(
                    world.now + if to == Status::AwaitingStock { random.random_range(-1..8) } else { random.random_range(-3..120) } * DAY,
                );
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
    follow_up(random, world, owner, at, &mut fields);
    let is_recent = world.now - at < 14 * DAY;
    let comments = [0, 0, 1, 1, 2, 3][random.random_range(0..6)];
    for nth in 0..comments {
        let within = (world.now - at).clamp(2 * MINUTE, 4 * DAY);
        let when = in_working_hours(&world.calendar, at + random.random_range(0..within)).clamp(at, world.now.max(at));
        let status = match random.random_range(0..100) {
            n if n < if is_recent { 25 } else { 2 } => CommentStatus::Open,
            n if n < if is_recent { 40 } else { 4 } => CommentStatus::InProgress,
            _ => CommentStatus::Closed,
        };
        let author = if random.random_bool(0.75) { owner.id } else { pick(random, &managers).id };
        let (when, notes) = if nth + 1 == comments { (when.max(updated), names::notes(fields.status)) } else { (when, &names::NOTES[..]) };
        generated.comments.push(comment::ActiveModel {
            order_id: Set(id),
            author_id: Set(Some(author)),
            body: Set((*pick(random, notes)).into()),
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
    // Whoever sold what is connected earned it.
    let earned = connected_on.zip(owner_id).map(|(on, user)| {
        let value = fields.box_value.unwrap_or_default();
        let rate = super::rate(owner.role);
        let amount = value.share(rate).0;
        generated.commissions.push(commission::ActiveModel {
            month: Set(Calendar::first(on)),
            user_id: Set(user),
            order_id: Set(id),
            amount: Set(amount),
            value: Set(value.0),
            rate: Set(rate),
            reason: Set("Connected".into()),
            happened_on: Set(on),
            at: Set(updated),
            actor_id: Set(None),
            ..Default::default()
        });
        (amount, rate, user)
    });
    let number = number.to_string();
    let mut row = order::ActiveModel {
        commission: Set(earned.map(|(amount, ..)| amount)),
        commission_rate: Set(earned.map(|(_, rate, _)| rate)),
        commission_to: Set(earned.map(|(.., user)| user)),
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
