//! Roles and permissions: one table, used by every operation, every page and the tests.

use serde::{Deserialize, Serialize};

use crate::id::{TeamId, UserId};

/// The role of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Everything, including people and settings.
    Admin,
    /// All orders, campaigns, reports, export, trash, changing orders to and from Connected.
    Manager,
    /// Creates orders, edits their own, comments on all visible orders.
    Agent,
    /// Reads.
    Viewer,
}

impl Role {
    /// All roles, the most powerful first.
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

    /// The label on a page.
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
            .ok_or_else(|| format!("“{text}” is not a role: use admin, manager, agent or viewer"))
    }
}

/// The permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// View lists and orders.
    Read,
    /// Create an order.
    Create,
    /// Edit one's own orders.
    EditOwn,
    /// Edit any order.
    EditAny,
    /// Change an order to or from Connected.
    Connect,
    /// Change box value, owner or campaign of a Connected order.
    EditConnected,
    /// Assign an order to someone else.
    Assign,
    /// Comment, and change the status of a comment.
    Comment,
    /// Export and import orders.
    Export,
    /// Move orders to trash and restore them.
    Trash,
    /// Set targets, see everybody's commission, close a month.
    Targets,
    /// Create and edit campaigns and companies.
    Campaigns,
    /// Manage users, teams and settings.
    Administer,
}

impl Permission {
    /// All permissions, for the page that shows them and for the tests that check the table.
    pub const ALL: [Self; 13] = [
        Self::Read,
        Self::Create,
        Self::EditOwn,
        Self::EditAny,
        Self::Connect,
        Self::EditConnected,
        Self::Assign,
        Self::Comment,
        Self::Export,
        Self::Trash,
        Self::Targets,
        Self::Campaigns,
        Self::Administer,
    ];
}

impl Permission {
    /// The label on the page that shows the permissions.
    pub fn label(self) -> &'static str {
        match self {
            Self::Read => "View the orders, figures and activity they have access to",
            Self::Create => "Create orders",
            Self::EditOwn => "Edit their own orders and change their status",
            Self::EditAny => "Edit all orders and change their status, merge companies",
            Self::Connect => "Change orders to and from Connected",
            Self::EditConnected => "Change the box value, owner or campaign of a Connected order",
            Self::Assign => "Assign orders to other people",
            Self::Comment => "Comment on any order they have access to",
            Self::Export => "Export and import orders, view sign-ins and admin changes in Activity",
            Self::Trash => "Move orders to trash and restore them",
            Self::Targets => "Set targets, view everyone's commission, close months",
            Self::Campaigns => "Create and edit campaigns and companies",
            Self::Administer => "Manage people, teams and settings",
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

/// Which orders agents and viewers can see: a setting of the business.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Visibility {
    /// All orders.
    #[default]
    All,
    /// Their own orders and those of their team.
    Team,
    /// Their own orders.
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

    /// Parses the stored code; anything unknown is the narrowest.
    pub fn from_code(code: &str) -> Self {
        match code {
            "all" => Self::All,
            "team" => Self::Team,
            _ => Self::Own,
        }
    }
}

/// The user and everything that decides about their permissions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authority {
    /// The id of the user.
    pub id: UserId,
    /// The role of the user.
    pub role: Role,
    /// The team of the user.
    pub team: Option<TeamId>,
    /// The setting of that name.
    pub agents_may_connect: bool,
}

impl Authority {
    /// Whether this user has the permission.
    pub fn may(&self, permission: Permission) -> bool {
        may(self.role, permission, self.agents_may_connect)
    }

    /// Whether this user may edit an order of this owner.
    pub fn may_edit(&self, owner: Option<UserId>) -> bool {
        self.may(Permission::EditAny) || (self.may(Permission::EditOwn) && owner == Some(self.id))
    }
}
