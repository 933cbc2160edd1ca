//! Status rules: allowed transitions and required fields, with a default that a business can change.

use super::{Field, NewOrder, OrderDraft, Status, pages::StatusTransition};
use crate::{
    Error, Result,
    error::FieldErrors,
    role::{Authority, Permission},
    text,
};

use Status::*;

/// The status rules of a business: for each status the allowed next statuses and the required fields.
///
/// ```
/// use domain::orders::{Rules, Status};
/// let rules = Rules::default();
/// assert!(rules.next(Status::ToProcess).contains(&Status::Connected));
/// assert!(!rules.next(Status::New).contains(&Status::Connected));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules([Rule; Status::ALL.len()]);

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Rule {
    next: Vec<Status>,
    requires: Vec<Field>,
}

impl Default for Rules {
    /// **The default table.** An order becomes Connected only after it was processed, and leaves Connected only for a problem, a
    /// correction or a loss. A cancelled order can be reopened.
    fn default() -> Self {
        Self::of(usual_next, usual_requires)
    }
}

fn usual_next(from: Status) -> Vec<Status> {
    let next: &[Status] = match from {
        New => &[ToProcess, Held, Parked, FutureEndDate, AwaitingStock, Issues, Cancelled],
        Held => &[ToProcess, Parked, FutureEndDate, AwaitingStock, Issues, Cancelled],
        Parked => &[ToProcess, Held, FutureEndDate, AwaitingStock, Issues, Cancelled],
        ToProcess => &[Connected, Held, Parked, FutureEndDate, AwaitingStock, Issues, Cancelled],
        FutureEndDate => &[ToProcess, Held, Parked, AwaitingStock, Issues, Cancelled],
        AwaitingStock => &[Connected, ToProcess, Held, Parked, FutureEndDate, Issues, Cancelled],
        Issues => &[Connected, ToProcess, Held, Parked, FutureEndDate, AwaitingStock, Cancelled],
        Connected => &[ToProcess, Issues, Cancelled],
        Cancelled => &[ToProcess, Held, Parked, FutureEndDate, AwaitingStock, Issues],
    };
    next.to_vec()
}

fn usual_requires(of: Status) -> Vec<Field> {
    match of {
        Cancelled => vec![Field::LossReason],
        FutureEndDate | AwaitingStock => vec![Field::FollowUpOn],
        _ => Vec::new(),
    }
}

impl Rules {
    /// The fields that a status can require.
    pub const REQUIRABLE: [Field; 21] = [
        Field::Campaign,
        Field::BoxValue,
        Field::DealSource,
        Field::LossReason,
        Field::FollowUpOn,
        Field::BusinessName,
        Field::Company,
        Field::FirstName,
        Field::LastName,
        Field::Mobile,
        Field::Email,
        Field::DateOfBirth,
        Field::BillingPostcode,
        Field::SaleType,
        Field::Network,
        Field::Handset,
        Field::Tariff,
        Field::TariffCode,
        Field::SimRequired,
        Field::NetworkAccountNumber,
        Field::EligibilityDate,
    ];

    /// Makes rules from two functions. No order becomes New again, no status follows itself, and Connected always requires the box
    /// value, because connected orders count as revenue.
    pub fn of(next: impl Fn(Status) -> Vec<Status>, requires: impl Fn(Status) -> Vec<Field>) -> Self {
        let mut rules: [Rule; Status::ALL.len()] = Default::default();
        for from in Status::ALL {
            let mut rule = Rule { next: next(from), requires: requires(from) };
            let mut seen = vec![from, New];
            rule.next.retain(|to| {
                !seen.contains(to) && {
                    seen.push(*to);
                    true
                }
            });
            rule.requires.retain(|field| Self::REQUIRABLE.contains(field));
            if from == Connected {
                rule.requires.push(Field::BoxValue);
            }
            rule.requires.sort_unstable();
            rule.requires.dedup();
            rules[from as usize] = rule;
        }
        Self(rules)
    }

    /// The allowed next statuses, in the order in which they are offered.
    pub fn next(&self, from: Status) -> &[Status] {
        &self.0[from as usize].next
    }

    /// The required fields of a status, in the order of the form.
    pub fn requires(&self, of: Status) -> &[Field] {
        &self.0[of as usize].requires
    }

    /// Whether there is a path of transitions from one status to another.
    pub fn reaches(&self, from: Status, to: Status) -> bool {
        let (mut reached, mut open) = (vec![from], vec![from]);
        while let Some(at) = open.pop() {
            for &next in self.next(at) {
                if !reached.contains(&next) {
                    reached.push(next);
                    open.push(next);
                }
            }
        }
        reached.contains(&to)
    }

    /// The fields that a transition to this status asks for: those required ones that can be entered with it. Others are entered in the form.
    pub fn asks(&self, to: Status) -> Vec<Field> {
        let typed = |field: &&Field| {
            !matches!(field, Field::Campaign | Field::Company | Field::Network | Field::SaleType | Field::DealSource | Field::SimRequired)
        };
        let with_its_own = |field: &Field| match field {
            Field::FollowUpOn => vec![Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote],
            other => vec![*other],
        };
        self.requires(to).iter().filter(typed).flat_map(with_its_own).collect()
    }

    /// The transitions that this user may make on an order that they may edit.
    pub fn next_for(&self, from: Status, authority: &Authority) -> Vec<Status> {
        self.next(from).iter().copied().filter(|to| self.refusal(from, *to, authority).is_none()).collect()
    }

    /// The statuses in which this user may create an order.
    pub fn first_for(&self, authority: &Authority) -> Vec<Status> {
        if authority.may(Permission::Create) { std::iter::once(New).chain(self.next_for(New, authority)).collect() } else { Vec::new() }
    }

    /// Why this user may not make this transition; `None` when it is allowed.
    pub fn refusal(&self, from: Status, to: Status, authority: &Authority) -> Option<String> {
        if from == to {
            return None;
        }
        if !self.next(from).contains(&to) {
            return Some(format!("An order can't change from {} to {}", from.label(), to.label()));
        }
        if !authority.may(Permission::EditOwn) {
            return Some("Your role can view orders but not change them".into());
        }
        if (from == Connected || to == Connected) && !authority.may(Permission::Connect) {
            return Some("Only a manager can change an order to or from Connected".into());
        }
        None
    }

    /// Every status with its required fields, as forms carry them.
    pub fn required(&self) -> Vec<StatusTransition> {
        Status::ALL.into_iter().map(|to| StatusTransition { to, asks: self.requires(to).to_vec() }).collect()
    }

    /// Validates a draft, including the required fields of its status.
    ///
    /// Errors: as [`parse`].
    pub fn parse(&self, draft: &OrderDraft, currency: &str) -> Result<NewOrder> {
        parse(draft, &self.required(), currency)
    }
}

/// Validates a draft, including the required fields of its status; amounts are read in `currency` (ISO 4217 code).
///
/// Errors: [`Error::Invalid`] with a message for each field, in the order of the form.
pub fn parse(draft: &OrderDraft, required: &[StatusTransition], currency: &str) -> Result<NewOrder> {
    let (valid, mut errors) = match draft.parse(currency) {
        Ok(valid) => (Some(valid), FieldErrors::default()),
        Err(Error::Invalid(errors)) => (None, errors),
        Err(other) => return Err(other),
    };
    let status = Status::from_code(draft.get(Field::Status)).unwrap_or(New);
    for &field in required.iter().filter(|it| it.to == status).flat_map(|it| &it.asks) {
        if text::is_blank(draft.get(field)) && errors.get(field.name()).is_none() {
            errors.add(field.name(), required_message(status, field));
        }
    }
    errors.0.sort_by_key(|(name, _)| Field::find(name));
    match valid {
        Some(valid) => errors.or(valid),
        None => Err(Error::Invalid(errors)),
    }
}

/// The message for a field that a status requires.
fn required_message(status: Status, field: Field) -> String {
    match (status, field) {
        (_, Field::LossReason) => "Choose a loss reason".into(),
        (FutureEndDate, Field::FollowUpOn) => "Enter the date when the current contract ends".into(),
        (AwaitingStock, Field::FollowUpOn) => "Enter the date when the stock is due".into(),
        (Connected, Field::BoxValue) => "Enter a box value. Connected orders count towards revenue.".into(),
        _ => format!("{} is required when the status is {}", field.full_label(), status.label()),
    }
}
