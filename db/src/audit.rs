//! Writes history, activity and change log entries in the transaction of each change.
//!
//! Each entry has a commitment to its payload: SHA-256(salt ‖ payload), 32 bytes, with 16 random bytes of salt. When payload
//! and salt are erased, the commitment remains and reveals nothing, so that a hash chain over the commitments stays valid.

use chrono::NaiveDate;
use domain::{
    Result,
    id::UserId,
    orders::history::{HistoryKind, Payload},
};
use rand::RngCore;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    entity::{activity, change_log, order, order_history},
    error::{fault, unexpected},
    events::PreviousHolder,
};

/// A payload with its salt and commitment.
pub(crate) struct Sealed {
    pub salt: Vec<u8>,
    pub commitment: Vec<u8>,
    pub payload: String,
}

/// Makes the commitment of a payload with a fresh salt.
pub(crate) fn seal(random: &mut impl RngCore, payload: String) -> Sealed {
    let mut salt = vec![0; 16];
    random.fill_bytes(&mut salt);
    let commitment = commitment(&salt, &payload);
    Sealed { salt, commitment, payload }
}

/// SHA-256 of salt and payload.
pub fn commitment(salt: &[u8], payload: &str) -> Vec<u8> {
    Sha256::new().chain_update(salt).chain_update(payload.as_bytes()).finalize().to_vec()
}

/// Derived values from before a change that undo needs and that are no fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UndoValues {
    /// `connected_on` before the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected_on: Option<NaiveDate>,
    /// The team before the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<i64>,
    /// The commission before the change: amount, rate, user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commission: Option<(i64, i64, i64)>,
}

/// A payload as stored.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct StoredPayload {
    #[serde(flatten)]
    pub payload: Payload,
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    pub before: Option<UndoValues>,
}

/// A history entry of a change that can be undone.
pub(crate) fn history_with(
    happened: HistoryKind,
    order: &order::Model,
    version: i64,
    actor: Option<i64>,
    at: i64,
    payload: Payload,
) -> Result<order_history::ActiveModel> {
    let earned = order.commission.zip(order.commission_rate).zip(order.commission_to);
    let commission = earned.map(|((sum, rate), user)| (sum, rate, user));
    let before = Some(UndoValues { connected_on: order.connected_on, team: order.team_id, commission });
    let json = serde_json::to_string(&StoredPayload { payload, before }).map_err(|cause| fault(&cause.to_string()))?;
    Ok(sealed_row(&mut rand::rng(), order.id, version, happened, actor, at, json))
}

/// Makes a history entry of an order, ready to insert.
pub(crate) fn history_row(
    random: &mut impl RngCore,
    order_id: i64,
    version: i64,
    happened: HistoryKind,
    actor_id: Option<i64>,
    at: i64,
    payload: &Payload,
) -> Result<order_history::ActiveModel> {
    let json = serde_json::to_string(payload).map_err(|cause| fault(&cause.to_string()))?;
    Ok(sealed_row(random, order_id, version, happened, actor_id, at, json))
}

fn sealed_row(
    random: &mut impl RngCore,
    order_id: i64,
    version: i64,
    happened: HistoryKind,
    actor_id: Option<i64>,
    at: i64,
    json: String,
) -> order_history::ActiveModel {
    let sealed = seal(random, json);
    order_history::ActiveModel {
        order_id: Set(order_id),
        version: Set(version),
        happened: Set(happened.code().into()),
        actor_id: Set(actor_id),
        at: Set(at),
        salt: Set(Some(sealed.salt)),
        commitment: Set(sealed.commitment),
        payload: Set(Some(sealed.payload)),
        ..Default::default()
    }
}

/// The kind of an activity entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityKind {
    SignedIn,
    SignedOut,
    FailedSignIn,
    Created,
    Edited,
    Moved,
    Trashed,
    Restored,
    Undone,
    Commented,
    SetCommentStatus,
    Imported,
    Exported,
    CreatedUser,
    /// An entry of the activity log that was imported.
    Noted,
    ResetPassword,
    SetTarget,
    ClosedMonth,
    ChangedCampaign,
    ChangedCompany,
    ChangedUser,
    ChangedTeam,
    ChangedSettings,
}

impl ActivityKind {
    /// All kinds, for the filter of the log.
    pub const ALL: [Self; 23] = [
        Self::Created,
        Self::Edited,
        Self::Moved,
        Self::Commented,
        Self::SetCommentStatus,
        Self::Trashed,
        Self::Restored,
        Self::Undone,
        Self::Imported,
        Self::Exported,
        Self::SetTarget,
        Self::ClosedMonth,
        Self::ChangedCampaign,
        Self::ChangedCompany,
        Self::CreatedUser,
        Self::ChangedUser,
        Self::ResetPassword,
        Self::ChangedTeam,
        Self::ChangedSettings,
        Self::SignedIn,
        Self::SignedOut,
        Self::FailedSignIn,
        Self::Noted,
    ];

    /// Parses the stored code.
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The verb phrase that follows the name of the user.
    pub fn label(self) -> &'static str {
        match self {
            Self::SignedIn => "signed in",
            Self::SignedOut => "signed out",
            Self::FailedSignIn => "failed to sign in",
            Self::Created => "created order",
            Self::Edited => "edited order",
            Self::Moved => "changed the status of order",
            Self::Trashed => "trashed order",
            Self::Restored => "restored order",
            Self::Undone => "undid a change to order",
            Self::Commented => "commented on order",
            Self::SetCommentStatus => "changed the status of a comment on order",
            Self::Imported => "imported",
            Self::Exported => "exported",
            Self::CreatedUser => "added a person",
            Self::Noted => "noted",
            Self::ResetPassword => "set or reset a password",
            Self::SetTarget => "set a target",
            Self::ClosedMonth => "closed a month",
            Self::ChangedCampaign => "changed a campaign",
            Self::ChangedCompany => "changed a company",
            Self::ChangedUser => "changed a person",
            Self::ChangedTeam => "changed a team",
            Self::ChangedSettings => "changed the settings",
        }
    }

    /// The stored code.
    pub fn code(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignedOut => "signed_out",
            Self::FailedSignIn => "failed_sign_in",
            Self::Created => "created",
            Self::Edited => "edited",
            Self::Moved => "moved",
            Self::Trashed => "trashed",
            Self::Restored => "restored",
            Self::Undone => "undone",
            Self::Commented => "commented on order",
            Self::SetCommentStatus => "set_comment_status",
            Self::Imported => "imported",
            Self::Exported => "exported",
            Self::CreatedUser => "created_user",
            Self::Noted => "noted",
            Self::ResetPassword => "reset_password",
            Self::SetTarget => "set_target",
            Self::ClosedMonth => "closed_month",
            Self::ChangedCampaign => "changed_campaign",
            Self::ChangedCompany => "changed_company",
            Self::ChangedUser => "changed_user",
            Self::ChangedTeam => "changed_team",
            Self::ChangedSettings => "changed_settings",
        }
    }
}

/// Makes an entry of the activity log, ready to insert. `detail` is a sentence or number; personal data in it can be erased.
pub(crate) fn activity_row(
    random: &mut impl RngCore,
    actor_id: Option<i64>,
    kind: ActivityKind,
    order_id: Option<i64>,
    at: i64,
    detail: &str,
) -> activity::ActiveModel {
    let sealed = seal(random, detail.to_owned());
    activity::ActiveModel {
        at: Set(at),
        actor_id: Set(actor_id),
        kind: Set(kind.code().into()),
        order_id: Set(order_id),
        salt: Set(Some(sealed.salt)),
        commitment: Set(sealed.commitment),
        payload: Set(Some(sealed.payload)),
        ..Default::default()
    }
}

/// Writes an entry of the activity log.
pub(crate) async fn log_activity(
    txn: &impl ConnectionTrait,
    actor: Option<i64>,
    kind: ActivityKind,
    order: Option<i64>,
    at: i64,
    detail: &str,
) -> Result<()> {
    // The thread-local generator must not be held across an await.
    let row = activity_row(&mut rand::rng(), actor, kind, order, at, detail);
    activity::Entity::insert(row).exec_without_returning(txn).await.map_err(unexpected)?;
    Ok(())
}

/// The subject of a change log entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Order(i64),
    /// An import was published, with any number of orders.
    Import(i64),
    /// An order was reassigned; this is the previous owner.
    Reassigned(PreviousHolder),
    /// A user's saved views changed: no order did, but cached counts of the views ([`crate::query_cache`]) are stale.
    Views(UserId),
}

impl Subject {
    /// The kind as stored in the log, and the id it refers to.
    pub fn stored(self) -> (&'static str, i64) {
        match self {
            Self::Order(id) => ("order", id),
            Self::Import(id) => ("import", id),
            Self::Reassigned(PreviousHolder::Owner(id)) => ("lost_owner", id),
            Self::Reassigned(PreviousHolder::Team(id)) => ("lost_team", id),
            Self::Views(id) => ("views", id.0),
        }
    }

    pub fn read(topic: &str, id: i64) -> Self {
        match topic {
            "order" => Self::Order(id),
            "lost_owner" => Self::Reassigned(PreviousHolder::Owner(id)),
            "lost_team" => Self::Reassigned(PreviousHolder::Team(id)),
            _ => Self::Import(id),
        }
    }
}

/// Makes a row of the change log, ready to insert.
pub(crate) fn change_row(subject: Subject, at: i64) -> change_log::ActiveModel {
    let (topic, subject) = subject.stored();
    change_log::ActiveModel { topic: Set(topic.into()), subject_id: Set(subject), at: Set(at), ..Default::default() }
}

/// Writes history, activity and change log entries for one change of an order.
pub(crate) async fn record_order_change(
    txn: &impl ConnectionTrait,
    history: order_history::ActiveModel,
    activity: activity::ActiveModel,
    order_id: i64,
    at: i64,
) -> Result<()> {
    order_history::Entity::insert(history).exec_without_returning(txn).await.map_err(unexpected)?;
    activity::Entity::insert(activity).exec_without_returning(txn).await.map_err(unexpected)?;
    log_order_change(txn, order_id, at).await
}

/// Writes a change log entry only, for a changed comment.
pub(crate) async fn log_order_change(txn: &impl ConnectionTrait, order_id: i64, at: i64) -> Result<()> {
    change_log::Entity::insert(change_row(Subject::Order(order_id), at)).exec_without_returning(txn).await.map_err(unexpected)?;
    Ok(())
}

/// Writes a change log entry for the saved views of the user.
pub(crate) async fn views_changed(txn: &impl ConnectionTrait, user: UserId, at: i64) -> Result<()> {
    change_log::Entity::insert(change_row(Subject::Views(user), at)).exec_without_returning(txn).await.map_err(unexpected)?;
    Ok(())
}

/// Writes a change log entry for the previous owner and team of an order, so that they are notified although they can no longer see it.
pub(crate) async fn log_reassignment(txn: &impl ConnectionTrait, before: &order::Model, after: &order::Model, at: i64) -> Result<()> {
    let owner = before.owner_id.filter(|_| before.owner_id != after.owner_id).map(PreviousHolder::Owner);
    let team = before.team_id.filter(|_| before.team_id != after.team_id).map(PreviousHolder::Team);
    for lost in [owner, team].into_iter().flatten() {
        change_log::Entity::insert(change_row(Subject::Reassigned(lost), at)).exec_without_returning(txn).await.map_err(unexpected)?;
    }
    Ok(())
}
