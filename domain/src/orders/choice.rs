//! The closed lists of an order's form: code for storage and CSV, label for people.

use crate::code::travels_as_code;

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $(#[doc = $label] $variant,)* }

        travels_as_code!($name, $name::code, $name::find);

        impl $name {
            /// All of them, in the order of the form.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stored form.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The words on a page.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// From code or label, in any case.
            pub fn find(text: &str) -> Option<Self> {
                let text = text.trim().trim_end_matches('.');
                Self::ALL.iter().copied().find(|it| it.code().eq_ignore_ascii_case(text) || it.label().eq_ignore_ascii_case(text))
            }

            /// Code and label of each, for a select.
            pub fn options() -> Vec<(String, String)> {
                Self::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect()
            }
        }
    };
}

pub(crate) use choices;

choices! {
    /// How a person is addressed.
    Title {
        Mr = "mr", "Mr";
        Mrs = "mrs", "Mrs";
        Ms = "ms", "Ms";
        Miss = "miss", "Miss";
        Dr = "dr", "Dr";
        Professor = "prof", "Professor";
        Sir = "sir", "Sir";
        Madam = "madam", "Madam";
        Reverend = "rev", "Reverend";
    }
}

choices! {
    /// The legal form of the customer's business.
    BusinessType {
        SoleTrader = "SOT", "Sole Trader";
        LimitedCompany = "LTD", "Limited Company";
        LimitedPartnership = "LTP", "Limited Partnership";
        Partnership = "PAR", "Partnership";
        LimitedLiabilityPartnership = "LLP", "Limited Liability Partnership";
        Charity = "CHA", "Charity";
    }
}

choices! {
    /// Why an order is looked at again.
    FollowUpKind {
        CallBack = "call_back", "Call back";
        StockDue = "stock_due", "Stock due";
        ContractEnds = "contract_ends", "Contract ends";
        Renewal = "renewal", "Renewal";
        Other = "other", "Other";
    }
}

/// Networks that the form offers; another one that an import brings is kept and shown.
pub const NETWORKS: [&str; 3] = ["O2", "EE", "Three"];

/// Kinds of sale that the form suggests.
pub const SALE_TYPES: [&str; 4] = ["New", "Upgrade", "Resign", "Port"];

/// Where deals come from, as the form suggests.
pub const DEAL_SOURCES: [&str; 4] = ["Phone", "Web", "Referral", "Cold call"];

/// Reasons for a loss, as the form suggests.
pub const LOSS_REASONS: [&str; 5] = ["Price", "Went elsewhere", "Credit check", "No answer", "Changed their mind"];
