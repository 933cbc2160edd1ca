//! A tower-sessions store on top of `db::sessions`, for both databases.

use std::{cell::RefCell, collections::HashMap};

use async_trait::async_trait;
use db::{
    Db, Scope,
    sessions::{self, Device, Stored},
};
use domain::id::UserId;
use time::{Duration, OffsetDateTime};
use tower_sessions::{
    Expiry, Session, SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// Keys of a session's data.
pub const USER: &str = "user";
pub const REMEMBERED: &str = "remembered";
pub const DEVICE: &str = "device";
pub const ADDRESS: &str = "address";
/// When the user last did something, in microseconds; written at most every five minutes.
pub const USED: &str = "used";
/// When the password was last confirmed.
pub const PASSWORD_AT: &str = "password_at";

/// A saved form.
pub const KEPT: &str = "kept";

/// The idle time of a session, as tower-sessions takes it.
pub fn idle(remembered: bool) -> Expiry {
    Expiry::OnInactivity(Duration::microseconds(sessions::lifetime(remembered).idle))
}

/// A changed session keeps the lifetime that the user chose: tower-sessions would apply the default.
pub async fn keep_length(session: &Session) {
    let remembered = session.get::<bool>(REMEMBERED).await.ok().flatten().unwrap_or_default();
    session.set_expiry(Some(idle(remembered)));
}

tokio::task_local! {
    /// The scope that loading a session leaves for the request.
    static LOADED: RefCell<Option<Scope>>;
}

/// The scope of a session, loaded with the session in one statement; `None` without a user.
pub async fn scope(session: &Session) -> std::result::Result<Option<Scope>, tower_sessions::session::Error> {
    LOADED
        .scope(RefCell::default(), async {
            let user = session.get::<i64>(USER).await?;
            Ok(LOADED.with(RefCell::take).filter(|scope| Some(scope.user.id.0) == user))
        })
        .await
}

/// The store.
#[derive(Clone, Debug)]
pub struct Store(pub Db);

fn backend(cause: impl std::fmt::Display) -> Error {
    Error::Backend(cause.to_string())
}

fn encode_record(record: &Record) -> Result<Stored> {
    let data = serde_json::to_string(&record.data).map_err(|cause| Error::Encode(cause.to_string()))?;
    let expires_at = i64::try_from(record.expiry_date.unix_timestamp_nanos() / 1_000).map_err(backend)?;
    Ok(Stored { data, expires_at })
}

#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let text = |name: &str| record.data.get(name).and_then(|it| it.as_str()).unwrap_or_default().to_owned();
        let device = Device {
            user: record.data.get(USER).and_then(serde_json::Value::as_i64).map(UserId),
            remembered: record.data.get(REMEMBERED).and_then(serde_json::Value::as_bool).unwrap_or_default(),
            name: text(DEVICE),
            address: text(ADDRESS),
        };
        // 128 random bits do not collide; otherwise another id is generated.
        for _ in 0..4 {
            if sessions::create(&self.0, &record.id.to_string(), &encode_record(record)?, &device).await.map_err(backend)? {
                return Ok(());
            }
            record.id = Id::default();
        }
        Err(backend("no free session ID"))
    }

    async fn save(&self, record: &Record) -> Result<()> {
        match sessions::save(&self.0, &record.id.to_string(), &encode_record(record)?).await {
            // A page is not refused because its session cannot be renewed.
            Err(domain::Error::ReadOnly) => Ok(()),
            saved => saved.map_err(backend),
        }
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let Some((found, scope)) = sessions::load(&self.0, &id.to_string()).await.map_err(backend)? else { return Ok(None) };
        // There may be no request for it.
        let _ = LOADED.try_with(|loaded| loaded.replace(scope));
        let data: HashMap<String, serde_json::Value> =
            serde_json::from_str(&found.data).map_err(|cause| Error::Decode(cause.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(found.expires_at) * 1_000).map_err(backend)?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(&self.0, &id.to_string()).await.map_err(backend)
    }
}
