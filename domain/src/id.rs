//! Typed database ids: an order's id cannot be passed where a user's is expected.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.trim().parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// The id of a user.
    UserId
    /// The id of a team.
    TeamId
    /// The id of a campaign.
    CampaignId
    /// The id of a company.
    CompanyId
    /// The id of an order; never shown to users, who see its number.
    OrderId
    /// The id of a comment.
    CommentId
}
