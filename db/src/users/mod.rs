//! Users: sign-in, first admin, invitations, administration, the frame of a page.

mod actions;
mod add;
pub mod admin;
mod columns;
mod frame;
mod profile;
mod sign_in;
mod token;

pub use actions::actions;
pub(crate) use add::new_row;
pub use add::{Invitation, add, first_admin, is_empty};
pub use columns::choose_columns;
pub use frame::frame;
pub use profile::profile;
pub(crate) use sign_in::digest;
pub use sign_in::{Client, SignedIn, confirm, sign_in, sign_out};
pub use token::{invite, reset, set_password, token_owner};

/// The token of the first start: 256 random bits.
pub fn fresh_token() -> String {
    token::random()
}

/// The names of these users, sorted by name.
pub async fn names(db: &crate::Db, ids: &[domain::id::UserId]) -> domain::Result<Vec<String>> {
    let reference_data = db.reference_data().await?;
    Ok(reference_data.owners.iter().filter(|it| ids.contains(&it.id)).map(|it| it.name.clone()).collect())
}
