//! Follow-ups: set, complete or postpone.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use domain::{
    Error, Result, date,
    orders::{Field, FollowUpKind, OrderDraft, pages::FollowUpAct},
};

use super::change::{self, Change};
use crate::{Db, Scope};

/// The fields of a follow-up.
pub(super) const FIELDS: [Field; 3] = [Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote];

/// The next working day.
fn next_workday(today: NaiveDate) -> NaiveDate {
    let mut day = today + Days::new(1);
    while matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        day = day + Days::new(1);
    }
    day
}

/// Sets a follow-up as `typed`, completes it, or postpones it to the next working day or by seven days.
///
/// Errors: [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Invalid`] beside the date, where it is invalid or the status requires one.
pub async fn follow_up(db: &Db, scope: &Scope, number: &str, act: FollowUpAct, typed: &OrderDraft) -> Result<()> {
    let Change { txn, row, before } = change::open(db, scope, number).await?;
    let today = scope.settings.calendar.day(db.now());
    let mut draft = OrderDraft::from(&before);
    match act {
        FollowUpAct::Done => {
            for field in FIELDS {
                draft.set(field, "");
            }
        }
        FollowUpAct::Tomorrow => draft.set(Field::FollowUpOn, date::plain(next_workday(today))),
        FollowUpAct::Week => draft.set(Field::FollowUpOn, date::plain(today + Days::new(7))),
        FollowUpAct::On => {
            let day = date::parse(typed.get(Field::FollowUpOn)).map_err(|message| Error::invalid(Field::FollowUpOn.name(), message))?;
            draft.set(Field::FollowUpOn, date::plain(day));
            let kind = FollowUpKind::find(typed.get(Field::FollowUpKind)).unwrap_or(FollowUpKind::CallBack);
            draft.set(Field::FollowUpKind, kind.code());
            draft.set(Field::FollowUpNote, typed.get(Field::FollowUpNote));
        }
    }
    change::set(db, scope, &txn, row, &draft, &FIELDS).await?;
    change::commit(db, txn).await
}
