//! The closed lists of the order form: a code for storage and CSV, a label for people.

use crate::code::travels_as_code;

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $code:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $(#[doc = $label] $variant,)* }

        travels_as_code!($name, $name::code, $name::find);

        impl $name {
            /// All values, in the order of the form.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The stored code.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The label on a page.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// Parses a code or a label, ignoring case.
            pub fn find(text: &str) -> Option<Self> {
                let text = text.trim().trim_end_matches('.');
                Self::ALL.iter().copied().find(|it| it.code().eq_ignore_ascii_case(text) || it.label().eq_ignore_ascii_case(text))
            }

            /// Code and label of each value, for a select.
            pub fn options() -> Vec<(String, String)> {
                Self::ALL.iter().map(|it| (it.code().to_owned(), it.label().to_owned())).collect()
            }
        }
    };
}

pub(crate) use choices;

choices! {
    /// The title of a person.
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
    /// The kind of follow-up.
    FollowUpKind {
        CallBack = "call_back", "Call back";
        StockDue = "stock_due", "Stock due";
        ContractEnds = "contract_ends", "Contract ends";
        Renewal = "renewal", "Renewal";
        Other = "other", "Other";
    }
}

/// The initial list of networks; another network that an import brings is kept and shown.
pub const NETWORKS: [&str; 3] = ["O2", "EE", "Three"];

/// The initial list of sale types.
pub const SALE_TYPES: [&str; 4] = ["New", "Upgrade", "Resign", "Port"];

/// The initial list of deal sources.
pub const DEAL_SOURCES: [&str; 4] = ["Phone", "Web", "Referral", "Cold call"];

/// The initial list of loss reasons.
pub const LOSS_REASONS: [&str; 5] = ["Price", "Went elsewhere", "Credit check", "No answer", "Changed their mind"];
