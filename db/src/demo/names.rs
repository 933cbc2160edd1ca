//! Who and what the demo world is made of.

use domain::role::Role;

/// Teams.
pub const TEAMS: [&str; 3] = ["Harbour", "Moor", "Estuary"];

/// Username, names, role and team.
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

/// Name and target in whole pounds; 0 is none.
pub const CAMPAIGNS: [(&str, i64); 8] = [
    ("Spring upgrade", 60_000),
    ("Winback 2025", 25_000),
    ("SIM only push", 40_000),
    ("Fleet & field teams", 120_000),
    ("Referral", 15_000),
    ("Trade show Leeds", 0),
    ("Cold calling", 30_000),
    ("Café & Restaurants", 9_000),
];

const TRADES: [&str; 15] = [
    "Joinery",
    "Plumbing",
    "Lettings",
    "Nursery",
    "Physio",
    "Accountants",
    "Kebab House",
    "Farm Shop",
    "Couriers",
    "Roofing",
    "Dental Care",
    "Garage",
    "Brewing",
    "Florists",
    "Electrical",
];
const PLACES: [&str; 12] = [
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
];

/// Sixty companies.
pub fn companies() -> Vec<String> {
    (0..60)
        .map(|nth| {
            let place = PLACES[nth % PLACES.len()];
            let trade = TRADES[(nth * 7 + nth / PLACES.len()) % TRADES.len()];
            if nth % 3 == 0 { format!("{place} {trade} Ltd") } else { format!("{place} {trade}") }
        })
        .collect()
}

pub const FIRST: [&str; 24] = [
    "Ann", "Dev", "Mercy", "Ruth", "Finn", "Emre", "Priya", "Gus", "Hana", "Owen", "Siân", "Callum", "Aoife", "Zoë", "Rhys", "Ines",
    "Tomasz", "Grace", "Leila", "Will", "Don", "Nia", "Björn", "Kofi",
];
pub const LAST: [&str; 24] = [
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
];
pub const STREETS: [&str; 10] = [
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
];
pub const CITIES: [(&str, &str, &str); 8] = [
    ("Leeds", "West Yorkshire", "LS1"),
    ("Whitby", "North Yorkshire", "YO21"),
    ("York", "North Yorkshire", "YO1"),
    ("Hull", "East Yorkshire", "HU1"),
    ("Sheffield", "South Yorkshire", "S1"),
    ("Manchester", "Greater Manchester", "M1"),
    ("Durham", "County Durham", "DH1"),
    ("Lancaster", "Lancashire", "LA1"),
];
pub const HANDSETS: [&str; 6] = ["iPhone 16 128GB", "iPhone 17", "Galaxy S25", "Galaxy A56", "Pixel 9", "Nokia 3210"];
pub const TARIFFS: [(&str, &str); 5] =
    [("Unlimited 24m", "UNL24"), ("50GB 12m", "D50-12"), ("SIM only 5GB", "SIM5"), ("Business share", "BSH"), ("Fleet 100GB", "FLT100")];
pub const NOTES: [&str; 12] = [
    "Called, no answer. Trying again after lunch.",
    "Wants the number ported, PAC code to follow.",
    "Credit check passed.",
    "Asked for a black handset, not blue.",
    "Director is away until Monday.",
    "Delivery to the shop, not to the home address.",
    "Contract with the old network ends on the 14th.",
    "Signed and sent back.",
    "Needs two more SIMs next month: worth a call.",
    "Stock promised for Thursday.",
    "Billing name must read exactly as on the letterhead.",
    "Happy customer, asked for our card for a neighbour.",
];
