//! The fields of the order form: name, label, section and type, in the order in which people fill them in.

use crate::code::travels_as_code;

/// The sections of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    Deal,
    Contact,
    Billing,
    Delivery,
    Sale,
    Details,
}

impl Group {
    /// All sections, in the order of the form.
    pub const ALL: [Self; 6] = [Self::Deal, Self::Contact, Self::Billing, Self::Delivery, Self::Sale, Self::Details];

    /// The heading of the section.
    pub fn label(self) -> &'static str {
        match self {
            Self::Deal => "Deal",
            Self::Contact => "Contact",
            Self::Billing => "Billing address",
            Self::Delivery => "Delivery address",
            Self::Sale => "Sale",
            Self::Details => "Details",
        }
    }
}

/// The type of a field, which decides its control and its validation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// One line of text, up to this many characters.
    Line(usize),
    /// A number or code that is not validated, up to this many characters: an account number, a postcode ([`crate::text::figure`]).
    Code(usize),
    /// Several lines of text, up to this many characters.
    Lines(usize),
    Phone,
    Email,
    Money,
    Date,
    /// One choice from a list that the page provides.
    Choice,
    /// `yes`, `no` or empty.
    YesNo,
    /// `yes` when the box is checked.
    Tick,
}

macro_rules! fields {
    ($($variant:ident $name:literal $label:literal $group:ident $shape:expr;)*) => {
        /// One field of the order form.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $(#[doc = $label] $variant,)* }

        travels_as_code!(Field, Field::name, Field::find);

        impl Field {
            /// All fields, in the order of the form.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in forms, history and CSV.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The words on a page.
            pub fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)* }
            }

            /// The section of the form.
            pub fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group,)* }
            }

            /// The type of the field.
            pub fn shape(self) -> FieldType {
                match self { $(Self::$variant => $shape,)* }
            }
        }
    };
}

use FieldType::*;

fields! {
    Status "status" "Status" Deal Choice;
    Owner "owner" "Owner" Deal Choice;
    Campaign "campaign" "Campaign" Deal Choice;
    BoxValue "box_value" "Box value" Deal Money;
    DealSource "deal_source" "Deal source" Deal Line(255);
    LossReason "loss_reason" "Loss reason" Deal Line(255);
    FollowUpOn "follow_up_on" "Follow-up date" Deal Date;
    FollowUpKind "follow_up_kind" "Follow-up type" Deal Choice;
    FollowUpNote "follow_up_note" "Follow-up note" Deal Line(255);
    BusinessName "business_name" "Business name" Contact Line(255);
    BusinessType "business_type" "Business type" Contact Choice;
    Company "company" "Company" Contact Choice;
    Title "title" "Title" Contact Choice;
    FirstName "first_name" "First name" Contact Line(100);
    LastName "last_name" "Last name" Contact Line(100);
    Mobile "mobile" "Mobile" Contact Phone;
    Landline "landline" "Landline" Contact Phone;
    Email "email" "E-mail" Contact Email;
    DateOfBirth "date_of_birth" "Date of birth" Contact Date;
    BillingHouse "billing_house" "House number or name" Billing Line(255);
    BillingStreet "billing_street" "Street" Billing Line(255);
    BillingCity "billing_city" "City" Billing Line(255);
    BillingCounty "billing_county" "County" Billing Line(255);
    BillingPostcode "billing_postcode" "Postcode" Billing Code(20);
    DeliverToBilling "deliver_to_billing" "Deliver to the billing address" Delivery Tick;
    DeliveryHouse "delivery_house" "House number or name" Delivery Line(255);
    DeliveryStreet "delivery_street" "Street" Delivery Line(255);
    DeliveryCity "delivery_city" "City" Delivery Line(255);
    DeliveryCounty "delivery_county" "County" Delivery Line(255);
    DeliveryPostcode "delivery_postcode" "Postcode" Delivery Code(20);
    SaleType "sale_type" "Sale type" Sale Line(255);
    Network "network" "Network" Sale Choice;
    Handset "handset" "Handset" Sale Line(255);
    Tariff "tariff" "Tariff" Sale Line(255);
    TariffCode "tariff_code" "Tariff code" Sale Code(255);
    SimRequired "sim_required" "SIM required" Sale YesNo;
    SpendCap "spend_cap" "Spend cap" Sale Money;
    NetworkAccountNumber "network_account_number" "Network account number" Sale Code(255);
    AccountAddress "account_address" "Account address" Sale Lines(1_000);
    EligibilityDate "eligibility_date" "Eligibility date" Sale Date;
    CommissionDetails "commission_details" "Commission details" Details Lines(10_000);
    AdditionalDetails "additional_details" "Additional details" Details Lines(10_000);
}

impl Field {
    /// Finds a field by its name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.name() == name)
    }

    /// The fields of a section.
    pub fn of(group: Group) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |field| field.group() == group)
    }

    /// The label, with its section where two fields share a label: "Delivery street".
    pub fn full_label(self) -> String {
        match (self.group(), self) {
            (_, Self::DeliverToBilling) => self.label().to_owned(),
            (Group::Billing, _) => format!("Billing {}", self.label().to_ascii_lowercase()),
            (Group::Delivery, _) => format!("Delivery {}", self.label().to_ascii_lowercase()),
            _ => self.label().to_owned(),
        }
    }
}
