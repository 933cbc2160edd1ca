//! Follow-ups: done, or looked at again on another day.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{
    Result,
    orders::{Field, OrderDraft, pages::Snooze},
};

use super::change::{self, Change};
use crate::{Db, Scope};

/// What a follow-up is made of.
pub(super) const FIELDS: [Field; 3] = [Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote];

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
/// Errors: [`domain::Error::NotFound`]; [`domain::Error::Forbidden`]; [`domain::Error::Invalid`] where the status asks for a date.
pub async fn follow_up(db: &Db, scope: &Scope, number: &str, off: Option<Snooze>) -> Result<()> {
    let Change { txn, row, before } = change::open(db, scope, number).await?;
    let today = scope.settings.calendar.day(db.now());
    let mut draft = OrderDraft::from(&before);
    match off {
        None => {
            for field in FIELDS {
                draft.set(field, "");
            }
        }
        Some(Snooze::Tomorrow) => draft.set(Field::FollowUpOn, domain::date::plain(next_workday(today))),
        Some(Snooze::Week) => draft.set(Field::FollowUpOn, domain::date::plain(today + Days::new(7))),
    }
    change::set(db, scope, &txn, row, &draft, &FIELDS).await?;
    change::commit(db, txn).await
}
