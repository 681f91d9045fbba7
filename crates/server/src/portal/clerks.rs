//! Clerks: their accounts, passwords and sessions.

use crate::attempts::Patience;
use crate::region::{Region, failed};
use crate::store::{ClerkRow, SessionRow, StoreError};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use chrono::TimeDelta;
use esik_domain::catalog::Catalog;
use esik_domain::ids::AgencyCode;
use esik_wire::ApiError;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// A session without a request for so long is over.
pub const IDLE: TimeDelta = TimeDelta::minutes(30);
/// The shortest password of a clerk, in characters.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// The longest password that is looked at, in bytes.
const PASSWORD_BYTES_MAX: usize = 1024;
/// Wrong passwords of one login before it has to wait.
const PATIENCE: Patience = Patience { tries: 5, window: TimeDelta::minutes(15) };
/// Wrong passwords from one address before it has to wait.
const PATIENCE_PEER: Patience = Patience { tries: 50, window: TimeDelta::minutes(15) };
/// How often “last seen” is written.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(1);

/// Stands in a clerk's row instead of an agency: an operator of the region (adr/0022). The catalogue has no such
/// agency, and no request can be addressed to it.
pub const OPERATOR: &str = "REGION";

/// A clerk to be.
pub struct NewClerk {
    pub agency: String,
    pub login: String,
    pub name: String,
    pub password: String,
}

/// Why a clerk is not added.
#[derive(Debug, thiserror::Error)]
pub enum ClerkError {
    #[error("there is no agency {0} in the catalogue")]
    Agency(String),
    #[error("a login has 3 to 64 characters: letters, digits, dot, dash, underscore")]
    Login,
    #[error("the login {0} is taken")]
    Taken(String),
    #[error("a name is one line of at most 200 characters")]
    Name,
    #[error("a password has at least {PASSWORD_CHARS_MIN} characters")]
    Password,
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A login as it is kept: lower case, without spaces around.
#[must_use]
pub fn normalise_login(typed: &str) -> String {
    typed.trim().to_lowercase().chars().take(64).collect()
}

/// A clerk who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub login: String,
    pub name: String,
    pub agency: AgencyCode,
    pub csrf: String,
    pub(crate) token_hash: String,
}

impl SignedIn {
    /// An operator of the region, not a clerk of an agency.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        self.agency.as_str() == OPERATOR
    }

    /// The person behind an event of the region.
    pub(crate) fn on_behalf(&self) -> String {
        format!("{}@{}", self.login, self.agency)
    }
}

/// What came of a try to sign in.
pub enum SignIn {
    /// The cookie's value.
    Done(String, SignedIn),
    Wrong,
    /// Too many wrong ones: wait so many seconds.
    Wait(u64),
}

fn token_hash(token: &str) -> String {
    hex::encode(Sha256::digest(format!("esik/session/1\n{token}")))
}

impl Region {
    /// Adds a clerk and gives the login as it is kept.
    ///
    /// # Errors
    /// See [`ClerkError`].
    pub fn add_clerk(&self, c: NewClerk) -> Result<String, ClerkError> {
        if Catalog::shipped().agency(&c.agency).is_none() {
            return Err(ClerkError::Agency(c.agency));
        }
        self.add_account(c)
    }

    /// Adds an operator of the region: who looks after stations and decides about what was set aside.
    ///
    /// # Errors
    /// See [`ClerkError`].
    pub fn add_operator(
        &self,
        login: String,
        name: String,
        password: String,
    ) -> Result<String, ClerkError> {
        self.add_account(NewClerk { agency: OPERATOR.to_owned(), login, name, password })
    }

    fn add_account(&self, c: NewClerk) -> Result<String, ClerkError> {
        let login = normalise_login(&c.login);
        let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
        if !(3..=64).contains(&login.len()) || !login.bytes().all(good) {
            return Err(ClerkError::Login);
        }
        let name = c.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(ClerkError::Name);
        }
        let row = ClerkRow {
            login: login.clone(),
            name,
            agency: AgencyCode(c.agency),
            password_hash: self.hash_password(&c.password)?,
            revoked: false,
        };
        if self.store.add_clerk(&row)? { Ok(login) } else { Err(ClerkError::Taken(login)) }
    }

    /// Argon2id of a password, as a PHC string.
    ///
    /// # Errors
    /// When the password is too short or the hash fails.
    pub fn hash_password(&self, password: &str) -> Result<String, ClerkError> {
        let long = password.len() <= PASSWORD_BYTES_MAX;
        if !long || password.chars().count() < PASSWORD_CHARS_MIN {
            return Err(ClerkError::Password);
        }
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &self.env.bytes::<16>())
            .map(|h| h.to_string())
            .map_err(|e| ClerkError::Hash(e.to_string()))
    }

    /// Signs a clerk in. A login nobody has costs as much time as a wrong password.
    pub(crate) async fn sign_in(
        self: &Arc<Self>,
        login: &str,
        password: String,
        peer: String,
    ) -> Result<SignIn, ApiError> {
        let login = normalise_login(login);
        // Closed only at shutdown; then there is nothing to protect.
        let _turn = self.hashing.acquire().await.ok();
        self.off(move |region| region.sign_in_now(login, &password, &peer)).await
    }

    fn sign_in_now(&self, login: String, password: &str, peer: &str) -> Result<SignIn, ApiError> {
        let now = self.env.now();
        let keys = [(format!("login:{login}"), PATIENCE), (format!("peer:{peer}"), PATIENCE_PEER)];
        for (key, patience) in &keys {
            if let Err(wait) = self.attempts.check(key, *patience, now) {
                return Ok(SignIn::Wait(wait));
            }
        }
        let clerk = self.store.clerk(&login).map_err(failed)?.filter(|c| !c.revoked);
        let fits = password.len() <= PASSWORD_BYTES_MAX
            && match &clerk {
                Some(c) => verify(password, &c.password_hash),
                None => {
                    let _ = self.hash_password("nobody has this login");
                    false
                }
            };
        let Some(clerk) = clerk.filter(|_| fits) else {
            for (key, patience) in &keys {
                self.attempts.wrong(key, *patience, now);
            }
            tracing::warn!(login, "a clerk's password was wrong");
            return Ok(SignIn::Wrong);
        };
        for (key, _) in &keys {
            self.attempts.right(key);
        }
        self.store.end_idle_sessions(now - IDLE).map_err(failed)?;
        let token = hex::encode(self.env.bytes::<16>());
        let session = SessionRow {
            token_hash: token_hash(&token),
            login: clerk.login.clone(),
            csrf: hex::encode(self.env.bytes::<16>()),
            seen_at: now,
        };
        self.store.put_session(&session).map_err(failed)?;
        // Somebody of the agency is here: what no clerk could see before is delivered now.
        if let Err(error) = self.deliver_waiting(&clerk.agency) {
            tracing::warn!(?error, login, "what waited for this agency is delivered another time");
        }
        Ok(SignIn::Done(token, signed_in(clerk, session)))
    }

    /// The clerk behind a cookie, while the session lives.
    pub(crate) fn who(&self, token: &str) -> Result<Option<SignedIn>, ApiError> {
        let now = self.env.now();
        let Some(session) = self.store.session(&token_hash(token)).map_err(failed)? else {
            return Ok(None);
        };
        if now - session.seen_at >= IDLE {
            if !self.read_only {
                self.store.end_session(&session.token_hash).map_err(failed)?;
            }
            return Ok(None);
        }
        let clerk = self.store.clerk(&session.login).map_err(failed)?.filter(|c| !c.revoked);
        let Some(clerk) = clerk else { return Ok(None) };
        if now - session.seen_at >= SEEN_EVERY && !self.read_only {
            let seen = SessionRow { seen_at: now, ..session.clone() };
            self.store.put_session(&seen).map_err(failed)?;
        }
        Ok(Some(signed_in(clerk, session)))
    }
}

fn signed_in(clerk: ClerkRow, session: SessionRow) -> SignedIn {
    SignedIn {
        login: clerk.login,
        name: clerk.name,
        agency: clerk.agency,
        csrf: session.csrf,
        token_hash: session.token_hash,
    }
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|h| Argon2::default().verify_password(password.as_bytes(), &h).is_ok())
}
