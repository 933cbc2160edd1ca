//! Who may do what: one table, read by every verb, every page and the tests.

use serde::{Deserialize, Serialize};

use crate::id::{TeamId, UserId};

/// What a person is in the business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, people and settings too.
    Admin,
    /// Every order, campaigns, reports, export, trash, moves into and out of Connected.
    Manager,
    /// Creates orders, edits and moves the own ones, comments on any in sight.
    Agent,
    /// Reads.
    Viewer,
}

impl Role {
    /// All roles, the strongest first.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Manager, Self::Agent, Self::Viewer];

    /// The stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Agent => "agent",
            Self::Viewer => "viewer",
        }
    }

    /// The word on a page.
    pub fn label(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::Manager => "Manager",
            Self::Agent => "Agent",
            Self::Viewer => "Viewer",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|role| role.code() == text)
            .ok_or_else(|| format!("“{text}” is no role: admin, manager, agent or viewer"))
    }
}

/// What can be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See lists and orders.
    Read,
    /// Write a new order.
    Create,
    /// Change an order of one's own.
    EditOwn,
    /// Change anybody's order.
    EditAny,
    /// Move an order into or out of Connected.
    Connect,
    /// Change box value, owner or campaign of a Connected order.
    EditConnected,
    /// Give an order to somebody else.
    Give,
    /// Add a comment, and say how far it is.
    Comment,
    /// Take orders out as a file, and bring them in.
    Export,
    /// Put an order into the trash, take it out.
    Trash,
    /// Set targets, see everybody's commission, close a month.
    Targets,
    /// Create and change campaigns and companies.
    Campaigns,
    /// People, invitations, settings.
    Administer,
}

impl Permission {
    /// Every act, for the page that explains rights and for the tests that walk the table.
    pub const ALL: [Self; 13] = [
        Self::Read,
        Self::Create,
        Self::EditOwn,
        Self::EditAny,
        Self::Connect,
        Self::EditConnected,
        Self::Give,
        Self::Comment,
        Self::Export,
        Self::Trash,
        Self::Targets,
        Self::Campaigns,
        Self::Administer,
    ];
}

impl Permission {
    /// What it is, on the page that explains rights.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "See lists, orders, figures and activity in their sight",
            Self::Create => "Write orders",
            Self::EditOwn => "Edit and move their own orders",
            Self::EditAny => "Edit and move anybody's orders, merge companies",
            Self::Connect => "Move orders into and out of Connected",
            Self::EditConnected => "Change box value, owner or campaign of a Connected order",
            Self::Give => "Assign orders to other people",
            Self::Comment => "Comment on any order in their sight",
            Self::Export => "Export and import, see sign-ins and administration in the activity",
            Self::Trash => "Move orders to trash and restore them",
            Self::Targets => "Set targets, see everybody's commission, close a month",
            Self::Campaigns => "Create and change campaigns and companies",
            Self::Administer => "Manage users, teams and settings",
        }
    }
}

/// **The table.** `agents_may_connect` is the business's setting of that name (off by default).
///
/// ```
/// use domain::role::{Permission, Role, may};
/// assert!(may(Role::Agent, Permission::EditOwn, false));
/// assert!(!may(Role::Agent, Permission::Connect, false));
/// assert!(may(Role::Agent, Permission::Connect, true));
/// ```
pub fn may(role: Role, permission: Permission, agents_may_connect: bool) -> bool {
    use Permission::*;
    match role {
        Role::Admin => true,
        Role::Manager => permission != Administer,
        Role::Agent => matches!(permission, Read | Create | EditOwn | Comment) || (permission == Connect && agents_may_connect),
        Role::Viewer => permission == Read,
    }
}

/// Which orders agents and viewers see: a setting of the business.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// Every order.
    #[default]
    All,
    /// The own ones and those of the own team.
    Team,
    /// The own ones.
    Own,
}

impl Visibility {
    /// The stored form.
    pub fn code(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Team => "team",
            Self::Own => "own",
        }
    }

    /// From the stored form; anything unknown is the narrowest.
    pub fn from_code(code: &str) -> Self {
        match code {
            "all" => Self::All,
            "team" => Self::Team,
            _ => Self::Own,
        }
    }
}

/// The person who asks, with what decides about rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// Who.
    pub id: UserId,
    /// As what.
    pub role: Role,
    /// In which team.
    pub team: Option<TeamId>,
    /// The setting "agents may connect".
    pub agents_may_connect: bool,
}

impl Authority {
    /// Whether this person may do this at all.
    pub fn may(&self, permission: Permission) -> bool {
        may(self.role, permission, self.agents_may_connect)
    }

    /// Whether this person may change an order that this owner sold.
    pub fn may_edit(&self, owner: Option<UserId>) -> bool {
        self.may(Permission::EditAny) || (self.may(Permission::EditOwn) && owner == Some(self.id))
    }
}
