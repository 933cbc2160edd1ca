//! The names that the demo company is made of: its people, campaigns and customers, and what its agents write.

use domain::{
    orders::{BusinessType, Status, Title},
    role::Role,
};

/// Teams.
pub const TEAMS: [&str; 3] = ["Harbour", "Moor", "Estuary"];

/// Username, first name, last name, role, and the position of the team in [`TEAMS`].
pub const PEOPLE: &[(&str, &str, &str, Role, Option<usize>)] = &[
    ("ada", "Ada", "Marsh", Role::Admin, None),
    ("layla", "Layla", "Reyes", Role::Manager, Some(0)),
    ("neil", "Neil", "Williams", Role::Manager, Some(1)),
    ("xavier", "Xavier", "Taylor", Role::Agent, Some(0)),
    ("hannah", "Hannah", "Wright", Role::Agent, Some(0)),
    ("cameron", "Cameron", "Bates", Role::Agent, Some(0)),
    ("dawn", "Dawn", "Price", Role::Agent, Some(1)),
    ("freya", "Freya", "Turner", Role::Agent, Some(1)),
    ("priya", "Priya", "Nair", Role::Agent, Some(1)),
    ("gus", "Gus", "Hollin", Role::Agent, Some(2)),
    ("mercy", "Mercy", "Osei", Role::Agent, Some(2)),
    ("ruth", "Ruth", "Cole", Role::Viewer, Some(2)),
];

/// A campaign of the demo company.
pub struct Campaign {
    pub name: &'static str,
    /// In whole pounds; 0: it has none.
    pub target: i64,
    /// How many days ago it started.
    pub started: i64,
    /// In how many days it ends, if it ends.
    pub ends: Option<i64>,
    pub active: bool,
}

const fn campaign(name: &'static str, target: i64, started: i64, ends: Option<i64>, active: bool) -> Campaign {
    Campaign { name, target, started, ends, active }
}

pub const CAMPAIGNS: [Campaign; 8] = [
    campaign("Spring upgrade", 26_000, 120, None, true),
    campaign("Winback 2025", 25_000, 420, Some(-45), false),
    campaign("SIM only push", 30_000, 200, None, true),
    campaign("Fleet & field teams", 52_000, 300, Some(65), true),
    campaign("Referral", 60_000, 365, None, true),
    campaign("Trade show Leeds", 0, 60, None, true),
    campaign("Cold calling", 32_000, 240, None, true),
    campaign("Café & Restaurants", 24_000, 90, Some(30), true),
];

/// How many customers the demo company has.
pub const BUSINESSES: usize = 360;

const OWNERS: [&str; 48] = [
    "Oakley",
    "Harbour",
    "St Anne’s",
    "Blue Door",
    "Tern & Co",
    "Hollin",
    "Kestrel",
    "Whitby",
    "Moorland",
    "Old Mill",
    "Northgate",
    "Saltaire",
    "Wainwright",
    "Aire Valley",
    "Holmfirth",
    "Greenbank",
    "Ashworth",
    "Pennine",
    "Castlegate",
    "Riverside",
    "Marsden",
    "Beckside",
    "Foxglove",
    "Hargreaves",
    "Brightwell",
    "Calder",
    "Swaledale",
    "Thornton",
    "Kirkgate",
    "Lockwood",
    "Meadowbank",
    "Nidderdale",
    "Applegarth",
    "Priestley",
    "Quarry Lane",
    "Ridgeway",
    "Sutcliffe",
    "Townsend",
    "Underwood",
    "Victoria",
    "Wharfedale",
    "Yorke & Sons",
    "Abbey",
    "Bramley",
    "Cooper & Daughters",
    "Dales",
    "Eastwood",
    "Fairfield",
];

const TRADES: [&str; 40] = [
    "Joinery",
    "Plumbing & Heating",
    "Lettings",
    "Day Nursery",
    "Physiotherapy",
    "Accountants",
    "Kebab House",
    "Farm Shop",
    "Couriers",
    "Roofing",
    "Dental Care",
    "Motors",
    "Brewing",
    "Florists",
    "Electrical",
    "Scaffolding",
    "Landscapes",
    "Vets",
    "Bakery",
    "Opticians",
    "Care Homes",
    "Haulage",
    "Tyres",
    "Estate Agents",
    "Interiors",
    "Print & Design",
    "Security",
    "Cleaning Services",
    "Catering",
    "Solicitors",
    "Pharmacy",
    "Windows & Doors",
    "Coach Hire",
    "Recruitment",
    "Fitness",
    "Butchers",
    "Surveyors",
    "Skip Hire",
    "Self Storage",
    "Pet Supplies",
];

/// A customer.
pub struct Business {
    pub name: String,
    pub kind: BusinessType,
    /// The part of its e-mail addresses after the `@`.
    pub domain: String,
    pub house: String,
    pub street: &'static str,
    pub city: &'static City,
    pub postcode: String,
    pub landline: String,
    pub employees: i64,
    /// In pence.
    pub monthly_spend: i64,
}

/// The customer at `nth`; each of the first [`BUSINESSES`] has a name of its own.
pub fn business(nth: usize) -> Business {
    let nth = nth % BUSINESSES;
    let block = nth / OWNERS.len();
    let (owner, trade) = (OWNERS[nth % OWNERS.len()], TRADES[(nth * 7 + block) % TRADES.len()]);
    let kind = match nth % 6 {
        0 | 3 => BusinessType::LimitedCompany,
        1 | 4 => BusinessType::SoleTrader,
        2 => BusinessType::Partnership,
        _ if trade.contains("Solicitors") => BusinessType::LimitedLiabilityPartnership,
        _ => BusinessType::LimitedCompany,
    };
    let name = if kind == BusinessType::LimitedCompany { format!("{owner} {trade} Ltd") } else { format!("{owner} {trade}") };
    let letters = |text: &str| text.to_lowercase().chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let city = &CITIES[(nth * 5 + block) % CITIES.len()];
    let letter = |at: usize| char::from(b"ABDEFGHJLNPRSTUWXYZ"[at % 19]);
    Business {
        name,
        kind,
        domain: format!("{}.example", letters(&format!("{owner}{trade}"))),
        house: (nth * 13 % 180 + 1).to_string(),
        street: STREETS[(nth * 11 + block) % STREETS.len()],
        city,
        postcode: format!("{} {}{}{}", city.district, nth % 9 + 1, letter(nth), letter(nth * 7 + 3)),
        // Ofcom keeps these for fiction: https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama
        landline: format!("{}{:03}", city.dial, nth * 2 + 100),
        employees: [2, 3, 4, 6, 8, 12, 18, 25, 40, 65][nth % 10],
        monthly_spend: [4_500, 6_000, 9_500, 14_000, 22_000, 38_000][nth % 6],
    }
}

/// A first name, and how its bearer is addressed.
pub const FIRST: [(&str, Title); 32] = [
    ("Ann", Title::Mrs),
    ("Dev", Title::Mr),
    ("Mercy", Title::Ms),
    ("Ruth", Title::Mrs),
    ("Finn", Title::Mr),
    ("Emre", Title::Mr),
    ("Priya", Title::Ms),
    ("Gus", Title::Mr),
    ("Hana", Title::Ms),
    ("Owen", Title::Mr),
    ("Siân", Title::Ms),
    ("Callum", Title::Mr),
    ("Aoife", Title::Miss),
    ("Zoë", Title::Ms),
    ("Rhys", Title::Mr),
    ("Ines", Title::Ms),
    ("Tomasz", Title::Mr),
    ("Grace", Title::Mrs),
    ("Leila", Title::Dr),
    ("Will", Title::Mr),
    ("Don", Title::Mr),
    ("Nia", Title::Miss),
    ("Björn", Title::Mr),
    ("Kofi", Title::Mr),
    ("Sarah", Title::Mrs),
    ("Imran", Title::Mr),
    ("Becky", Title::Ms),
    ("Graham", Title::Mr),
    ("Chloe", Title::Miss),
    ("Anil", Title::Dr),
    ("Maureen", Title::Mrs),
    ("Steve", Title::Mr),
];

pub const LAST: [&str; 32] = [
    "Oakley",
    "Patel",
    "Osei",
    "Cole",
    "Shaw",
    "Kaya",
    "Nair",
    "Hollin",
    "Ito",
    "Hughes",
    "Morgan",
    "Fraser",
    "O’Brien",
    "Walker",
    "Evans",
    "Silva",
    "Nowak",
    "Bennett",
    "Haddad",
    "Turner",
    "Marsh",
    "Price",
    "Lindqvist",
    "Mensah",
    "Holroyd",
    "Ahmed",
    "Barraclough",
    "Dobson",
    "Whitehead",
    "Chaudhry",
    "Sykes",
    "Firth",
];

pub const STREETS: [&str; 24] = [
    "Station Road",
    "High Street",
    "Mill Lane",
    "Church Street",
    "Canal Walk",
    "Victoria Terrace",
    "Harbour View",
    "Moor Road",
    "Albion Street",
    "The Crescent",
    "Park Row",
    "Wellington Street",
    "Bridge End",
    "Market Place",
    "Queen Street",
    "Westgate",
    "Kirkstall Lane",
    "Commercial Road",
    "Manor Drive",
    "Prospect Business Park",
    "Unit 4, Forge Lane",
    "The Old Dairy",
    "North Parade",
    "Weavers Yard",
];

/// A city, its county, a postcode district, and the beginning of its telephone numbers.
pub struct City {
    pub name: &'static str,
    pub county: &'static str,
    pub district: &'static str,
    pub dial: &'static str,
}

const fn city(name: &'static str, county: &'static str, district: &'static str, dial: &'static str) -> City {
    City { name, county, district, dial }
}

static CITIES: [City; 16] = [
    city("Leeds", "West Yorkshire", "LS1", "0113 496 0"),
    city("Whitby", "North Yorkshire", "YO21", "01632 960"),
    city("York", "North Yorkshire", "YO1", "01632 960"),
    city("Hull", "East Yorkshire", "HU1", "01632 960"),
    city("Sheffield", "South Yorkshire", "S1", "0114 496 0"),
    city("Manchester", "Greater Manchester", "M1", "0161 496 0"),
    city("Durham", "County Durham", "DH1", "0191 498 0"),
    city("Lancaster", "Lancashire", "LA1", "01632 960"),
    city("Bradford", "West Yorkshire", "BD1", "01632 960"),
    city("Huddersfield", "West Yorkshire", "HD1", "01632 960"),
    city("Harrogate", "North Yorkshire", "HG1", "01632 960"),
    city("Doncaster", "South Yorkshire", "DN1", "01632 960"),
    city("Newcastle upon Tyne", "Tyne and Wear", "NE1", "0191 498 0"),
    city("Liverpool", "Merseyside", "L1", "0151 496 0"),
    city("Halifax", "West Yorkshire", "HX1", "01632 960"),
    city("Scarborough", "North Yorkshire", "YO11", "01632 960"),
];

pub const HANDSETS: [&str; 8] =
    ["iPhone 16 128GB", "iPhone 17", "iPhone 17 Pro 256GB", "Galaxy S25", "Galaxy A56", "Pixel 9", "Pixel 9a", "Nokia 3210"];

/// A tariff: its name, its code, whether it is without a handset, and what an order for it is worth, in whole pounds.
pub const TARIFFS: [(&str, &str, bool, (i64, i64)); 5] = [
    ("Unlimited 24m", "UNL24", false, (280, 760)),
    ("50GB 12m", "D50-12", false, (150, 380)),
    ("SIM only 5GB", "SIM5", true, (60, 190)),
    ("Business share", "BSH", false, (420, 1_450)),
    ("Fleet 100GB", "FLT100", true, (680, 2_600)),
];

/// What agents write while an order is open.
pub const NOTES: [&str; 16] = [
    "Called, no answer. Trying again after lunch.",
    "Wants the number ported, PAC code to follow.",
    "Credit check passed.",
    "Asked for a black handset, not blue.",
    "Director is away until Monday.",
    "Delivery to the shop, not to the home address.",
    "Contract with the old network ends on the 14th.",
    "Signed and sent back.",
    "Needs two more SIMs next month: worth a call.",
    "Billing name must read exactly as on the letterhead.",
    "Spoke to reception. The decision maker is in on Thursday mornings.",
    "Quoted the 24-month deal. They want to compare with their current bill first.",
    "Bill arrived by e-mail: they pay £38 a line, we can save them £9.",
    "Happy with the price, waiting for the partner to agree.",
    "Left a voicemail and sent the summary by e-mail.",
    "Roaming matters to them: two drivers go to France every week.",
];

/// What agents write about an order that has come so far.
pub fn notes(status: Status) -> &'static [&'static str] {
    match status {
        Status::Held => &[
            "Waiting for the proof of address.",
            "Credit check referred. Network wants last year's accounts.",
            "Customer asked us to hold until payday.",
        ],
        Status::Parked => &["Moving premises in spring, call again then.", "Budget is frozen until the new financial year."],
        Status::FutureEndDate => {
            &["Still in contract with the old network. Diarised for a month before the end.", "Early exit fee is too high, worth waiting."]
        }
        Status::AwaitingStock => &["Stock promised for Thursday.", "Two of five handsets in, the rest is due next week."],
        Status::Issues => &[
            "Port rejected: the account number does not match the PAC.",
            "Courier says delivered, customer says not. Raised with the network.",
            "Direct debit bounced, asked for new bank details.",
        ],
        Status::Connected => &[
            "Live this morning, customer confirmed.",
            "Happy customer, asked for our card for a neighbour.",
            "Number ported overnight, all working.",
        ],
        Status::Cancelled => {
            &["Old network matched the price.", "No answer after five attempts, closing this one.", "Decided to keep the phones they have."]
        }
        _ => &NOTES,
    }
}

/// Notes of follow-ups.
pub const FOLLOW_UPS: [&str; 6] = [
    "Ask for the PAC code",
    "Check that the contract is signed",
    "Call back after 2 pm",
    "Go through the quote",
    "Confirm the delivery address",
    "Ask about the second line",
];

/// What a text needs before it may stand in front of an e-mail's `@`.
pub fn mailbox(first: &str, last: &str) -> String {
    let plain = |text: &str| deunicode::deunicode(text).to_lowercase().chars().filter(char::is_ascii_alphabetic).collect::<String>();
    format!("{}.{}", plain(first), plain(last))
}
