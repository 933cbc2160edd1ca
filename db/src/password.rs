//! Passwords: Argon2id, two at a time, with a queue. Hashes of the Django CRM are verified too.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{Error, FieldErrors, Result};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

use crate::error::fault;

/// Argon2id parameters: memory in KiB, passes, lanes.
const MEMORY: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;

/// The most common passwords of at least twelve characters, in lower case.
const COMMON: &str = include_str!("common_passwords.txt");

/// Limits concurrent hashing: two at a time, sixteen in the queue, then [`Error::Busy`].
#[derive(Clone, Debug)]
pub struct Gate {
    working: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// Every sign-in response takes this long, or a multiple of it.
    pub deadline: Duration,
}

impl Gate {
    /// Makes a gate whose sign-ins respond after `deadline`.
    pub fn new(deadline: Duration) -> Self {
        Self { working: Arc::new(Semaphore::new(2)), waiting: Arc::new(Semaphore::new(18)), deadline }
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let place = self.waiting.clone().try_acquire_owned().map_err(|_| Error::Busy(5))?;
        let turn = self.working.clone().acquire_owned().await.map_err(|_| Error::Unavailable)?;
        // The permit moves into the work: a caller who disconnects does not free memory for another 64 MiB.
        let work = move || {
            let _held = (place, turn);
            work()
        };
        tokio::task::spawn_blocking(work).await.map_err(|cause| fault(&cause.to_string()))
    }

    /// Hashes a password, in PHC form.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.run(move || hash(&password)).await?
    }

    /// Verifies a password against a stored hash; without a hash it takes as long and fails.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> Result<bool> {
        let (password, stored) = (password.to_owned(), stored.map(str::to_owned));
        self.run(move || match stored {
            Some(stored) => verify(&password, &stored),
            None => {
                let _ = hash(&password);
                false
            }
        })
        .await
    }
}

fn argon() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(|cause| fault(&cause.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str) -> Result<String> {
    argon()?.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|cause| fault(&cause.to_string()))
}

fn verify(password: &str, stored: &str) -> bool {
    if let Some(rest) = stored.strip_prefix("pbkdf2_sha256$") {
        return verify_django(password, rest).unwrap_or(false);
    }
    PasswordHash::new(stored).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

/// Verifies `iterations$salt$base64(hash)`, the format of Django's `PBKDF2PasswordHasher`. The iterations are bounded: a forged hash must
/// not occupy a core for hours.
fn verify_django(password: &str, rest: &str) -> Option<bool> {
    let mut parts = rest.split('$');
    let (iterations, salt, expected) = (parts.next()?.parse::<u32>().ok()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || !(1..=5_000_000).contains(&iterations) {
        return None;
    }
    let expected = BASE64_STANDARD.decode(expected).ok()?;
    let mut found = [0u8; 32];
    pbkdf2::pbkdf2_hmac::<sha2::Sha256>(password.as_bytes(), salt.as_bytes(), iterations, &mut found);
    Some(found.ct_eq(expected.as_slice()).into())
}

/// Whether a stored hash should be renewed at the next sign-in.
pub(crate) fn is_outdated(stored: &str) -> bool {
    !stored.starts_with(&format!("$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}$"))
}

/// Validates a new password by all rules, including the common ones.
pub fn check_new(typed: &str, username: &str, email: Option<&str>, field: &str, errors: &mut FieldErrors) {
    domain::users::password(typed, username, email, field, errors);
    let lower = typed.to_lowercase();
    if errors.get(field).is_none() && COMMON.lines().any(|common| common == lower) {
        errors.add(field, "This is a common password: choose another one");
    }
}
