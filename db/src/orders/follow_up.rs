//! Follow-ups: done, or looked at again on another day.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{
    Error, Result,
    orders::{Field, OrderDraft, pages::Snooze},
};

use super::{e164_of, edit, fields_of, show};
use crate::{Db, Scope, announcer::Topic, error::unexpected};

/// The next day of work.
fn next_workday(today: NaiveDate) -> NaiveDate {
    let mut day = today + Days::new(1);
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day + Days::new(1);
    }
    day
}

/// Says that a follow-up is done (`None`), or puts it off.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`] where the status asks for a date.
pub async fn follow_up(db: &Db, scope: &Scope, number: &str, off: Option<Snooze>) -> Result<()> {
    let found = show::find(db, scope, number).await?;
    let txn = db.begin().await?;
    let row = show::lock(&txn, scope, found.id).await?;
    let before = fields_of(&row);
    if !scope.actor().may_edit(before.owner) {
        return Err(Error::Forbidden("Only its owner or a manager may change this order.".into()));
    }
    let today = scope.settings.calendar.day(db.now());
    let mut draft = OrderDraft::from(&before);
    match off {
        None => {
            for field in [Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote] {
                draft.set(field, "");
            }
        }
        Some(Snooze::Tomorrow) => draft.set(Field::FollowUpOn, domain::date::plain(next_workday(today))),
        Some(Snooze::Week) => draft.set(Field::FollowUpOn, domain::date::plain(today + Days::new(7))),
    }
    let fields = draft.parse()?.into_fields();
    let phones = e164_of(&fields).unwrap_or([row.mobile_e164.clone(), row.landline_e164.clone()]);
    edit::save(db, scope, &txn, row, fields, phones).await?;
    txn.commit().await.map_err(unexpected)?;
    db.announcer.say(Topic::Orders);
    Ok(())
}
