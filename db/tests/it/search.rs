//! The search: what finds an order, in what order, and what it says; the answers are the same on both databases.

use db::{
    clock::{DAY, HOUR, MINUTE},
    orders,
    testing::{NOW, TestWorld, world},
};
use domain::{
    id::{CampaignId, CompanyId, TeamId, UserId},
    money::Money,
    orders::{
        Field, OrderDraft, OrderRow, Status,
        list::{Bounds, Filter, ListQuery, OrdersPage, PagePosition, Sort, SortBy, View},
    },
};

use crate::orders::{change_status, create, draft};

/// A text that is searched for, and the customers that it finds, in this order.
type Case = (&'static str, &'static [&'static str]);

const FIELDS: [&str; 7] = ["business_name", "first_name", "last_name", "mobile", "landline", "email", "billing_postcode"];

/// Orders in words that nobody else has, the oldest first, a minute apart.
const WORLD: [[&str; 7]; 26] = [
    ["Zyxwell Joinery", "Jane", "Smith-Jones", "", "", "jane@moor.example", "ZE2 9QQ"],
    ["Quibblesworth & Sons", "Smith", "Janeway", "", "", "", ""],
    ["Café Zylo", "Séamus", "O'Brien", "", "", "seamus.obrien@zylo.example", ""],
    ["Brontë Cafe", "Núria", "O’Brien-Vask", "", "020 7946 0018", "", ""],
    ["O'Zylo's Tea Room", "Bríd", "Vask", "", "", "", ""],
    ["The Don Quux Company", "Will", "Vornhill", "", "", "", ""],
    ["Hillquux", "Irwin", "Blat", "", "", "", ""],
    ["Grimble Works", "", "", "", "", "", ""],
    ["Ungrimble Works", "", "", "", "", "", ""],
    ["Grimbleton", "", "", "", "", "", ""],
    ["Fizzwick", "Hattie", "Grimble", "", "", "", ""],
    ["Megrimble", "", "", "", "", "", ""],
    ["50% Vlimp_Snork", "", "", "", "", "", ""],
    ["Vlimp Wand", "Nora", "Notley", "", "", "", ""],
    ["Жук и Дом", "Борис", "Ёлкин", "", "", "", ""],
    ["東京屋", "", "", "", "", "", ""],
    ["Ñandú Çelik", "Björn", "Åkesson", "", "", "", ""],
    ["", "Quillon", "Pemberton", "", "", "", ""],
    ["", "", "", "", "", "hello.world+vlumpo@sub-domain.wibble.example", ""],
    ["", "", "", "", "020 7946 0999", "", ""],
    ["A1 Blorp", "X", "Y", "", "", "", ""],
    ["Blorp Axy", "", "", "", "", "", ""],
    ["Flurbing", "", "", "", "", "", ""],
    ["Flurbed", "", "", "", "", "", ""],
    ["Zyxmoor (Smith, Jane)", "", "", "", "", "", ""],
    ["zyxWELL annexe", "", "", "", "", "ANNEXE@ZYXWELL.EXAMPLE", "ze3 8hh"],
];

/// What a search answers altogether: these words are nobody else's in the demo company.
const WHOLE: &[Case] = &[
    // By every field, in any order, in any case.
    ("zyxwell", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("ZYXWELL", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("zYxWeLl", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("  zyxwell  ", &["zyxWELL annexe", "Zyxwell Joinery"]),
    (",zyxwell,", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("zyxwell!!!", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("joinery zyxwell", &["Zyxwell Joinery"]),
    ("zyxwell joinery", &["Zyxwell Joinery"]),
    ("zyxwell zyxwell", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("zyx zyxwell", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("quibblesworth", &["Quibblesworth & Sons"]),
    ("quibblesworth & sons", &["Quibblesworth & Sons"]),
    ("QUIBBLESWORTH&SONS", &["Quibblesworth & Sons"]),
    ("quillon", &["Quillon Pemberton"]),
    ("pemberton quillon", &["Quillon Pemberton"]),
    ("quill pem", &["Quillon Pemberton"]),
    ("seamus zylo", &["Café Zylo"]),
    ("jane moor ze2", &["Zyxwell Joinery"]),
    ("jane smith zyxwell", &["Zyxwell Joinery"]),
    ("jane@moor.example zyx", &["Zyxwell Joinery"]),
    ("annexe@zyxwell.example", &["zyxWELL annexe"]),
    ("example zyxwell", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("ze2 9qq", &["Zyxwell Joinery"]),
    ("9qq ze2", &["Zyxwell Joinery"]),
    ("ZE2", &["Zyxwell Joinery"]),
    ("9QQ", &["Zyxwell Joinery"]),
    ("9q", &["Zyxwell Joinery"]),
    ("8HH ze3", &["zyxWELL annexe"]),
    ("ze", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("vlumpo", &["hello.world+vlumpo@sub-domain.wibble.example"]),
    ("lumpo", &["hello.world+vlumpo@sub-domain.wibble.example"]),
    ("@wibble", &["hello.world+vlumpo@sub-domain.wibble.example"]),
    ("vlumpo@wibble", &["hello.world+vlumpo@sub-domain.wibble.example"]),
    ("wibble vlumpo", &["hello.world+vlumpo@sub-domain.wibble.example"]),
    ("sub-domain wibble", &["hello.world+vlumpo@sub-domain.wibble.example"]),
    ("hello.world+vlumpo@sub-domain.wibble.example", &["hello.world+vlumpo@sub-domain.wibble.example"]),
    ("WORLD.HELLO wibble", &["hello.world+vlumpo@sub-domain.wibble.example"]),
    // Not found: words that are not there, or that are written as one.
    ("zyxwells", &[]),
    ("zyxwell quux", &[]),
    ("zyxwelljoinery", &[]),
    ("smithjones", &[]),
    ("subdomain wibble", &[]),
    ("qq", &[]),
    ("ze29 8hh", &[]),
    ("janezyxwell", &[]),
    ("grimbleworks", &[]),
    ("quibblesworthsons", &[]),
    ("wibbleexample", &[]),
    // Diacritics, decomposed letters and other scripts.
    ("café", &["Brontë Cafe", "Café Zylo"]),
    ("cafe", &["Brontë Cafe", "Café Zylo"]),
    ("CAFÉ", &["Brontë Cafe", "Café Zylo"]),
    ("CAFE", &["Brontë Cafe", "Café Zylo"]),
    ("Cafè", &["Brontë Cafe", "Café Zylo"]),
    ("cafe\u{301}", &["Brontë Cafe", "Café Zylo"]),
    ("cafe zylo", &["Café Zylo"]),
    ("ZYLO CAFÉ", &["Café Zylo"]),
    ("bronte", &["Brontë Cafe"]),
    ("brontë", &["Brontë Cafe"]),
    ("BRONTË", &["Brontë Cafe"]),
    ("nuria vask", &["Brontë Cafe"]),
    ("núria", &["Brontë Cafe"]),
    ("NURIA", &["Brontë Cafe"]),
    ("bríd", &["O'Zylo's Tea Room"]),
    ("Brid Vask", &["O'Zylo's Tea Room"]),
    ("nandu", &["Ñandú Çelik"]),
    ("ñandú", &["Ñandú Çelik"]),
    ("NANDU ÇELIK", &["Ñandú Çelik"]),
    ("celik", &["Ñandú Çelik"]),
    ("ndu", &["Ñandú Çelik"]),
    ("åkesson", &["Ñandú Çelik"]),
    ("AKESSON", &["Ñandú Çelik"]),
    ("a\u{30a}kesson bjorn", &["Ñandú Çelik"]),
    ("жук", &["Жук и Дом"]),
    ("ЖУК", &["Жук и Дом"]),
    ("жу", &["Жук и Дом"]),
    ("ук", &[]),
    ("дом жук", &["Жук и Дом"]),
    ("жук и дом", &["Жук и Дом"]),
    ("елкин", &["Жук и Дом"]),
    ("ЁЛКИН", &["Жук и Дом"]),
    ("рис", &["Жук и Дом"]),
    ("ис", &[]),
    ("東京", &["東京屋"]),
    ("東京屋", &["東京屋"]),
    ("東", &["東京屋"]),
    ("京屋", &[]),
    ("屋", &[]),
    // Apostrophes vanish, hyphens separate.
    ("o'brien vask", &["Brontë Cafe"]),
    ("O’Brien-Vask", &["Brontë Cafe"]),
    ("obrien vask", &["Brontë Cafe"]),
    ("brien vask", &["Brontë Cafe"]),
    ("o brien vask", &["Brontë Cafe"]),
    ("vask o'b", &["Brontë Cafe"]),
    ("ob'rien zylo", &["Café Zylo"]),
    ("o'zylo's", &["O'Zylo's Tea Room"]),
    ("OZYLO’S", &["O'Zylo's Tea Room"]),
    ("ozylos", &["O'Zylo's Tea Room"]),
    ("ozylo", &["O'Zylo's Tea Room"]),
    ("zylos", &["O'Zylo's Tea Room"]),
    ("zylo", &["Café Zylo", "O'Zylo's Tea Room"]),
    ("o zylo s", &["Café Zylo"]),
    ("'zylo'", &["Café Zylo", "O'Zylo's Tea Room"]),
    ("jones-smith", &["Zyxwell Joinery"]),
    ("smith-jones zyxwell", &["Zyxwell Joinery"]),
    ("jones, smith; zyxwell", &["Zyxwell Joinery"]),
    // One and two letters stand at the beginning, three and more anywhere; no stop words, no stems.
    ("will quux", &["The Don Quux Company"]),
    ("don quux", &["The Don Quux Company"]),
    ("the quux", &["The Don Quux Company"]),
    ("The Don Quux Company", &["The Don Quux Company"]),
    ("quux", &["The Don Quux Company", "Hillquux"]),
    ("wi quux", &["The Don Quux Company"]),
    ("ir quux", &["Hillquux"]),
    ("in quux", &[]),
    ("win quux", &["Hillquux"]),
    ("rwi quux", &["Hillquux"]),
    ("rn quux", &[]),
    ("orn quux", &["The Don Quux Company"]),
    ("ill quux", &["Hillquux", "The Don Quux Company"]),
    ("hill quux", &["Hillquux", "The Don Quux Company"]),
    ("il quux", &[]),
    ("hi quux", &["Hillquux"]),
    ("to quux", &[]),
    ("bl quux", &["Hillquux"]),
    ("x y blorp", &["A1 Blorp"]),
    ("blorp x", &["A1 Blorp"]),
    ("blorp xy", &[]),
    ("blorp axy", &["Blorp Axy"]),
    ("xy", &[]),
    ("a1 blorp", &["A1 Blorp"]),
    ("blorp a", &["Blorp Axy", "A1 Blorp"]),
    ("blorp ax", &["Blorp Axy"]),
    ("blorp", &["Blorp Axy", "A1 Blorp"]),
    ("bl or", &[]),
    ("flurb", &["Flurbed", "Flurbing"]),
    ("flurbing", &["Flurbing"]),
    ("flurbed", &["Flurbed"]),
    ("flurbs", &[]),
    ("flurbings", &[]),
    ("lurb", &["Flurbed", "Flurbing"]),
    ("flurber", &[]),
    // What others take for operators is literal.
    ("vlimp", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp_snork", &["50% Vlimp_Snork"]),
    ("vlimp%snork", &["50% Vlimp_Snork"]),
    ("vlimp snork", &["50% Vlimp_Snork"]),
    ("vl%mp", &[]),
    ("vl_mp", &[]),
    ("vl*mp", &[]),
    ("vlim*", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp*:*", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("*vlimp*", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("%vlimp%", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("%vl", &["hello.world+vlumpo@sub-domain.wibble.example", "Vlimp Wand", "50% Vlimp_Snork"]),
    ("50% vlimp", &["50% Vlimp_Snork"]),
    ("50 vlimp", &["50% Vlimp_Snork"]),
    ("vlimp AND snork", &[]),
    ("vlimp OR zyxwell", &[]),
    ("vlimp or snork", &[]),
    ("NOT vlimp", &["Vlimp Wand"]),
    ("vlimp NOT zyxwell", &[]),
    ("vlimp and", &["Vlimp Wand"]),
    ("vlimp not", &["Vlimp Wand"]),
    ("vlimp or", &[]),
    ("AND vlimp", &["Vlimp Wand"]),
    ("-vlimp", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp -snork", &["50% Vlimp_Snork"]),
    ("+vlimp", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("zyxwell -annexe", &["zyxWELL annexe"]),
    ("\"vlimp snork\"", &["50% Vlimp_Snork"]),
    ("\"snork vlimp\"", &["50% Vlimp_Snork"]),
    ("\"vlimp", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("'vlimp'", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp''", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("(vlimp)", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("NEAR(vlimp snork)", &[]),
    ("NEAR(vlimp, snork, 2)", &[]),
    ("NEAR(vlimp", &[]),
    ("near vlimp", &[]),
    ("vlimp;", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp\\", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("\\vlimp", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp:snork", &["50% Vlimp_Snork"]),
    ("vlimp & snork", &["50% Vlimp_Snork"]),
    ("vlimp <-> snork", &["50% Vlimp_Snork"]),
    ("!vlimp", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp~1000", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("^vlimp", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("{vlimp}", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("[vlimp]", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vl[i]mp", &[]),
    ("vlimp?", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp $$", &["Vlimp Wand", "50% Vlimp_Snork"]),
    ("vlimp\0snork", &["50% Vlimp_Snork"]),
    ("vlimp\tsnork", &["50% Vlimp_Snork"]),
    ("vlimp\nsnork", &["50% Vlimp_Snork"]),
    ("vlimp\u{a0}snork", &["50% Vlimp_Snork"]),
    ("business_name:vlimp", &[]),
    ("' OR 1=1--", &[]),
    ("vlimp' OR 'x'='x", &[]),
    ("vlimp'; DROP TABLE orders;--", &[]),
    ("1; DELETE FROM orders", &[]),
    ("<b>vlimp</b>", &[]),
    // The ranking: all words at beginnings first, the newest first among equals.
    ("grimble", &["Fizzwick", "Grimbleton", "Grimble Works", "Megrimble", "Ungrimble Works"]),
    ("GRIMBLE", &["Fizzwick", "Grimbleton", "Grimble Works", "Megrimble", "Ungrimble Works"]),
    ("grimb", &["Fizzwick", "Grimbleton", "Grimble Works", "Megrimble", "Ungrimble Works"]),
    ("rimble", &["Megrimble", "Fizzwick", "Grimbleton", "Ungrimble Works", "Grimble Works"]),
    ("imble", &["Megrimble", "Fizzwick", "Grimbleton", "Ungrimble Works", "Grimble Works"]),
    ("grimble works", &["Grimble Works", "Ungrimble Works"]),
    ("works grimble", &["Grimble Works", "Ungrimble Works"]),
    ("rimble works", &["Ungrimble Works", "Grimble Works"]),
    ("un grimble", &["Ungrimble Works"]),
    ("me grimble", &["Megrimble"]),
    ("hattie grimble", &["Fizzwick"]),
    ("grimble hattie fizz", &["Fizzwick"]),
    ("megrim", &["Megrimble"]),
    ("grimbles", &[]),
    ("zyx", &["zyxWELL annexe", "Zyxmoor (Smith, Jane)", "Zyxwell Joinery"]),
    ("yxw", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("well zyx", &["zyxWELL annexe", "Zyxwell Joinery"]),
    ("moor zyx", &["Zyxwell Joinery", "Zyxmoor (Smith, Jane)"]),
    ("zyx moor", &["Zyxwell Joinery", "Zyxmoor (Smith, Jane)"]),
    ("jane zyx", &["Zyxmoor (Smith, Jane)", "Zyxwell Joinery"]),
    ("zyx smith jan", &["Zyxmoor (Smith, Jane)", "Zyxwell Joinery"]),
    ("quux ill", &["Hillquux", "The Don Quux Company"]),
    ("hill qu", &["The Don Quux Company"]),
    // A landline in any spelling.
    ("020 7946 0999", &["020 7946 0999"]),
    ("+442079460999", &["020 7946 0999"]),
    ("+44 20 7946 0999", &["020 7946 0999"]),
    ("0044 20 7946 0999", &["020 7946 0999"]),
    ("+44 (0)20 7946 0999", &["020 7946 0999"]),
    ("(020) 7946 0999", &["020 7946 0999"]),
    ("020-7946-0999", &["020 7946 0999"]),
    ("020.7946.0999", &["020 7946 0999"]),
    ("020/7946/0999", &["020 7946 0999"]),
    ("02079460999", &["020 7946 0999"]),
    ("2079460999", &["020 7946 0999"]),
    ("79460999", &["020 7946 0999"]),
    ("7946 0018", &["Brontë Cafe"]),
    ("02079460018", &["Brontë Cafe"]),
    ("020 7946 0017", &[]),
];

/// What a search answers among the orders of [`WORLD`]: the demo company has hits of its own.
const AMONG: &[Case] = &[
    ("will", &["The Don Quux Company"]),
    ("WILL", &["The Don Quux Company"]),
    ("don", &["The Don Quux Company"]),
    ("the", &["The Don Quux Company"]),
    ("wi", &["hello.world+vlumpo@sub-domain.wibble.example", "The Don Quux Company"]),
    ("ir", &["Hillquux"]),
    ("ill", &["Quillon Pemberton", "Hillquux", "The Don Quux Company"]),
    ("hill", &["Hillquux", "The Don Quux Company"]),
    ("o'brien", &["Brontë Cafe", "Café Zylo"]),
    ("O’Brien", &["Brontë Cafe", "Café Zylo"]),
    ("obrien", &["Brontë Cafe", "Café Zylo"]),
    ("brien", &["Brontë Cafe", "Café Zylo"]),
    ("o brien", &["Brontë Cafe", "Café Zylo"]),
    ("o'b", &["Brontë Cafe", "Café Zylo"]),
    ("smith jane", &["Zyxmoor (Smith, Jane)", "Quibblesworth & Sons", "Zyxwell Joinery"]),
    ("jane smith", &["Zyxmoor (Smith, Jane)", "Quibblesworth & Sons", "Zyxwell Joinery"]),
    ("JANE, SMITH", &["Zyxmoor (Smith, Jane)", "Quibblesworth & Sons", "Zyxwell Joinery"]),
    ("Jane Smith-Jones", &["Zyxwell Joinery"]),
    ("jane@moor.example", &["Zyxwell Joinery"]),
    ("moor", &["Zyxwell Joinery", "Zyxmoor (Smith, Jane)"]),
    ("moor.example jane", &["Zyxwell Joinery"]),
    ("example jane", &["Zyxwell Joinery"]),
    ("jane", &["Zyxmoor (Smith, Jane)", "Quibblesworth & Sons", "Zyxwell Joinery"]),
    ("way", &["Quibblesworth & Sons"]),
    ("company", &["The Don Quux Company"]),
    ("works", &["Ungrimble Works", "Grimble Works"]),
    ("hattie", &["Fizzwick"]),
    ("ha gr", &["Fizzwick"]),
    ("gr wo", &["Grimble Works"]),
    ("x", &["A1 Blorp"]),
    ("y", &["A1 Blorp"]),
    ("z", &["zyxWELL annexe", "Zyxmoor (Smith, Jane)", "Café Zylo", "Zyxwell Joinery"]),
    ("zy", &["zyxWELL annexe", "Zyxmoor (Smith, Jane)", "Café Zylo", "Zyxwell Joinery"]),
    ("xyz", &[]),
    ("blorp 1", &["Blorp Axy", "A1 Blorp"]),
    ("q", &["Quillon Pemberton", "The Don Quux Company", "Quibblesworth & Sons"]),
    ("jan smi", &["Zyxmoor (Smith, Jane)", "Quibblesworth & Sons", "Zyxwell Joinery"]),
    ("ane smi", &["Zyxmoor (Smith, Jane)", "Quibblesworth & Sons", "Zyxwell Joinery"]),
    ("is", &[]),
    ("bo", &[]),
    ("50%", &["50% Vlimp_Snork"]),
    ("near", &[]),
    ("and", &["Ñandú Çelik", "Vlimp Wand"]),
    ("or", &[]),
    ("not", &["Vlimp Wand"]),
    ("tea", &["O'Zylo's Tea Room"]),
    ("co", &["The Don Quux Company"]),
    ("oak", &[]),
    ("lor", &["Blorp Axy", "A1 Blorp"]),
];

/// Texts without any letter or digit.
const WORDLESS: [&str; 24] = [
    "!!!", "%", "_", "\\", "\"", "'", "’", "*", "--", "()", "%%%", "@", "&", "…", "🙂", "+", "' '", "%_%", "\\%", "\"\"", "/*", "<>", "-",
    "?",
];

/// One British mobile in every spelling that people type.
const SPELLINGS: [&str; 8] = [
    "07700 900777",
    "+447700900777",
    "+44 7700 900777",
    "0044 7700 900777",
    "7700900777",
    "+44 (0)7700 900777",
    "07700-900-777",
    "(07700) 900777",
];

fn typed(pairs: &[(&str, &str)]) -> OrderDraft {
    OrderDraft::from_pairs(pairs.iter().copied())
}

/// The orders of [`WORLD`] on top of the demo company.
async fn known() -> TestWorld {
    let world = world().await;
    for (nth, values) in WORLD.into_iter().enumerate() {
        world.db.clock.set(NOW + (nth as i64 + 1) * MINUTE);
        create(&world, "xavier", &OrderDraft::from_pairs(FIELDS.into_iter().zip(values))).await;
    }
    world
}

/// Creates an order of nothing but a business name, so many minutes from now.
async fn business(world: &TestWorld, minutes: i64, name: &str) -> String {
    world.db.clock.set(NOW + minutes * MINUTE);
    create(world, "xavier", &typed(&[("business_name", name)])).await
}

fn query(text: &str) -> ListQuery {
    ListQuery { text: text.into(), per_page: Some(100), ..ListQuery::of(View::Search) }
}

async fn page(world: &TestWorld, who: &str, query: ListQuery) -> OrdersPage {
    orders::list(&world.db, &world.scope(who).await, query, Vec::new()).await.unwrap()
}

/// The rows of all pages; their count must agree, and nothing may be ignored.
async fn rows(world: &TestWorld, who: &str, query: ListQuery) -> Vec<OrderRow> {
    let (mut rows, mut nth) = (Vec::new(), 1);
    loop {
        let at = page(world, who, query.at(PagePosition::Page(nth))).await;
        assert_eq!(at.ignored, Vec::<String>::new(), "{:?}", query.text);
        rows.extend(at.rows);
        if nth >= at.pages {
            assert_eq!(rows.len() as u64, at.count.0, "{:?}", query.text);
            return rows;
        }
        nth += 1;
    }
}

async fn customers(world: &TestWorld, query: ListQuery) -> Vec<String> {
    rows(world, "layla", query).await.into_iter().map(|row| row.customer).collect()
}

/// The customers that a text finds, of those whose name begins with `name`.
async fn named(world: &TestWorld, text: &str, name: &str) -> Vec<String> {
    customers(world, query(text)).await.into_iter().filter(|it| it.starts_with(name)).collect()
}

/// Whether somebody finds an order by a text.
async fn finds(world: &TestWorld, who: &str, text: &str, number: &str) -> bool {
    rows(world, who, query(text)).await.iter().any(|row| row.number == number)
}

/// The hits in a part of a row.
fn marked(row: &OrderRow, part: &str) -> Vec<String> {
    let pieces = row.marks.iter().find(|(name, _)| name == part).map(|(_, pieces)| pieces.as_slice());
    pieces.unwrap_or_default().iter().skip(1).step_by(2).cloned().collect()
}

/// The text of a part of a row that has hits in it.
fn message(row: &OrderRow, part: &str) -> String {
    row.marks.iter().find(|(name, _)| name == part).map(|(_, pieces)| pieces.concat()).unwrap_or_default()
}

/// The only row that a text finds.
async fn only(world: &TestWorld, text: &str) -> OrderRow {
    let mut rows = rows(world, "layla", query(text)).await;
    assert_eq!(rows.len(), 1, "{text:?}");
    rows.remove(0)
}

#[tokio::test]
async fn every_case_finds_these_orders_in_this_order() {
    let world = known().await;
    let mut wrong = Vec::new();
    for (text, expected) in WHOLE {
        let found = customers(&world, query(text)).await;
        if found != *expected {
            wrong.push(format!("{text:?} found {found:?} instead of {expected:?}"));
        }
    }
    let names: Vec<String> = WORLD.iter().map(name_of).collect();
    for (text, expected) in AMONG {
        let mut found = customers(&world, query(text)).await;
        found.retain(|customer| names.contains(customer));
        if found != *expected {
            wrong.push(format!("{text:?} found {found:?} instead of {expected:?} among ours"));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), WHOLE.len() + AMONG.len(), wrong.join("\n"));
}

/// What the row of an order of [`WORLD`] is called: the business, else the person, else phone or e-mail.
fn name_of([business, first, last, mobile, landline, email, _]: &[&str; 7]) -> String {
    let person = format!("{first} {last}").trim().to_owned();
    [*business, person.as_str(), *mobile, *landline, *email].into_iter().find(|it| !it.is_empty()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_manager_and_an_admin_find_the_same() {
    let world = known().await;
    for (text, _) in WHOLE.iter().chain(AMONG) {
        let (layla, ada) = (page(&world, "layla", query(text)).await, page(&world, "ada", query(text)).await);
        assert_eq!((layla.rows, layla.count, layla.ignored), (ada.rows, ada.count, ada.ignored), "{text:?}");
    }
}

#[tokio::test]
async fn every_row_shows_where_it_was_found() {
    let world = known().await;
    for (text, _) in WHOLE {
        for row in rows(&world, "layla", query(text)).await {
            assert!(row.marks.iter().any(|(part, _)| !marked(&row, part).concat().is_empty()), "{text:?}: {row:?}");
            for (part, whole) in [
                ("number", Some(&row.number)),
                ("customer", Some(&row.customer)),
                ("contact", row.contact.as_ref()),
                ("mobile", row.mobile.as_ref()),
            ] {
                if row.marks.iter().any(|(name, _)| name == part) {
                    assert_eq!(Some(&message(&row, part)), whole, "{text:?}: {row:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn what_holds_no_word_finds_nothing_and_says_so() {
    let world = known().await;
    for text in WORDLESS {
        let shown = page(&world, "layla", query(text)).await;
        assert_eq!((shown.rows.len(), shown.count.0, shown.ignored.len()), (0, 0, 1), "{text:?}: {:?}", shown.ignored);
        assert!(!shown.ignored[0].trim().is_empty(), "{text:?}");
        // Neither a filter nor a sort lets everything through.
        let filter = Filter { statuses: vec![Status::New, Status::Connected], ..Filter::default() };
        let shown = page(&world, "layla", query(text).with(filter)).await;
        assert_eq!((shown.rows.len(), shown.count.0), (0, 0), "{text:?} with a filter");
        let sort = Some(Sort { by: SortBy::Value, down: true });
        let shown = page(&world, "layla", ListQuery { sort, ..query(text) }).await;
        assert_eq!((shown.rows.len(), shown.count.0), (0, 0), "{text:?} with a sort");
    }
}

#[tokio::test]
async fn an_empty_search_finds_nothing_and_says_nothing() {
    let world = world().await;
    let shown = page(&world, "layla", query("")).await;
    assert_eq!((shown.rows.len(), shown.count.0, shown.ignored), (0, 0, vec![]));
    for blank in [" ", "   ", "\t", "\u{a0}"] {
        let shown = page(&world, "layla", query(blank)).await;
        assert_eq!((shown.rows.len(), shown.count.0), (0, 0), "{blank:?}");
    }
}

#[tokio::test]
async fn sixty_four_kilobytes_do_not_fail() {
    let world = world().await;
    business(&world, 1, "Zyxwell Joinery").await;
    for piece in
        ["z", "zyxwell ", "a ", "7", "0 ", "é", "e\u{301}", "東京 ", "a'", "1000401 ", "\"a\" OR ", "(", "%_", "a*:* & ", "\\'", "zyx%"]
    {
        let text = piece.repeat(65_536 / piece.len());
        let shown = page(&world, "layla", query(&text)).await;
        assert!(shown.rows.len() as u64 <= shown.count.0, "{piece:?}");
        if !text.chars().any(char::is_alphanumeric) {
            assert_eq!((shown.rows.len(), shown.count.0), (0, 0), "{piece:?}");
        }
    }
    for piece in [" ", "!", "'", "\0", "🙂"] {
        let shown = page(&world, "layla", query(&piece.repeat(65_536 / piece.len()))).await;
        assert_eq!((shown.rows.len(), shown.count.0), (0, 0), "{piece:?}");
    }
}

#[tokio::test]
async fn a_mobile_is_found_in_any_spelling_whatever_spelling_it_was_typed_in() {
    let world = world().await;
    let mut expected = Vec::new();
    for (mobile, name) in SPELLINGS.into_iter().zip(["a", "b", "c", "d", "e", "f", "g", "h"]) {
        let name = format!("Caller {name}");
        create(&world, "xavier", &typed(&[("business_name", name.as_str()), ("mobile", mobile)])).await;
        expected.push(name);
    }
    create(&world, "xavier", &typed(&[("business_name", "Caller next door"), ("mobile", "07700 900778")])).await;
    expected.sort();
    let others =
        ["07700.900.777", "07700/900777", "(07700)-900-777", "+44-7700-900-777", "07700900777", "077 009 007 77", " 07700 900777 "];
    let parts = ["900777", "900 777", "00777", "700900777"];
    for text in SPELLINGS.into_iter().chain(others).chain(parts) {
        let mut found = named(&world, text, "Caller").await;
        found.sort();
        assert_eq!(found, expected, "{text:?}");
    }
    for text in ["07700 900776", "+44 7700 900779", "07701 900777", "900776"] {
        assert_eq!(named(&world, text, "Caller").await, Vec::<String>::new(), "{text:?}");
    }
    assert_eq!(named(&world, "+44 (0)7700 900778", "Caller").await, ["Caller next door"]);
}

#[tokio::test]
async fn a_landline_is_found_in_any_spelling_whatever_spelling_it_was_typed_in() {
    let world = world().await;
    let spellings = [
        "020 7946 0777",
        "+442079460777",
        "+44 20 7946 0777",
        "0044 20 7946 0777",
        "+44 (0)20 7946 0777",
        "020-7946-0777",
        "(020) 7946 0777",
    ];
    let mut expected = Vec::new();
    for (landline, name) in spellings.into_iter().zip(["Desk a", "Desk b", "Desk c", "Desk d", "Desk e", "Desk f", "Desk g"]) {
        create(&world, "xavier", &typed(&[("business_name", name), ("landline", landline)])).await;
        expected.push(name);
    }
    create(&world, "xavier", &typed(&[("business_name", "Desk next door"), ("landline", "020 7946 0778")])).await;
    for text in spellings.into_iter().chain(["2079460777", "020.7946.0777", "020/7946/0777", "02079460777", "79460777", "460777"]) {
        let mut found = customers(&world, query(text)).await;
        found.sort();
        assert_eq!(found, expected, "{text:?}");
    }
}

#[tokio::test]
async fn a_phone_is_found_while_it_is_being_typed() {
    let world = world().await;
    create(&world, "xavier", &typed(&[("business_name", "Caller"), ("mobile", "+44 7700 900777")])).await;
    for text in
        ["0770", "07700", "07700 90", "07700 9007", "07700 90077", "07700 900777", "+44 7700 9007", "+44 7700 90077", "0044 7700 90077"]
    {
        assert_eq!(named(&world, text, "Caller").await, ["Caller"], "{text:?}");
    }
}

#[tokio::test]
async fn nothing_but_number_names_email_phones_and_billing_postcode_is_searched() {
    let world = world().await;
    let pairs = [
        ("business_name", "Plainwold"),
        ("billing_postcode", "ZE2 9QQ"),
        ("billing_city", "Plimborough"),
        ("billing_street", "Plimstreet"),
        ("delivery_postcode", "ZE3 8HH"),
        ("delivery_city", "Plimdeliver"),
        ("handset", "Plimphone"),
        ("tariff", "Plimtariff"),
        ("network_account_number", "Plimaccount"),
        ("additional_details", "Plimdetails"),
        ("commission_details", "Plimcommission"),
    ];
    let number = create(&world, "xavier", &typed(&pairs)).await;
    db::comments::add(&world.db, &world.scope("xavier").await, &number, "Plimcomment").await.unwrap();
    for text in ["plim", "plimborough", "8hh", "plimphone", "plimdetails", "plimcomment"] {
        assert_eq!(customers(&world, query(text)).await, Vec::<String>::new(), "{text:?}");
    }
    for text in ["plainwold", "9qq", "ze2 9qq", number.as_str(), format!("{number} plain").as_str()] {
        assert!(finds(&world, "layla", text, &number).await, "{text:?}");
    }
}

#[tokio::test]
async fn an_order_is_found_as_soon_as_it_is_written() {
    let world = world().await;
    for n in 1..=5 {
        let number = business(&world, n, &format!("Freshwold {n}")).await;
        for text in ["freshwold", "eshwol", number.as_str()] {
            let found = rows(&world, "hannah", query(text)).await;
            assert_eq!(found.first().map(|row| row.number.as_str()), Some(number.as_str()), "{text:?}");
        }
        assert_eq!(customers(&world, query("freshwold")).await.len(), n as usize);
    }
}

#[tokio::test]
async fn after_an_edit_an_order_is_found_by_its_new_words_alone() {
    let world = world().await;
    let old = ["Oldwold Ltd", "Ogbert", "Wolden", "07700 900123", "020 7946 0101", "post@oldwood.example", "ZE1 1OL"];
    let new = ["Newnold Ltd", "Nigbert", "Nolden", "07700 900456", "020 7946 0202", "mail@newnood.example", "ZE4 4NE"];
    let number = create(&world, "xavier", &OrderDraft::from_pairs(FIELDS.into_iter().zip(old))).await;
    let old_texts = ["oldwold", "dwol", "ogbert", "wolden", "+447700900123", "02079460101", "oldwood", "post@oldwood.example", "1ol"];
    let new_texts = ["newnold", "wnol", "nigbert", "nolden", "+447700900456", "02079460202", "newnood", "mail@newnood.example", "4ne"];
    for (old, new) in old_texts.into_iter().zip(new_texts) {
        assert!(finds(&world, "xavier", old, &number).await, "{old:?} before");
        assert!(!finds(&world, "xavier", new, &number).await, "{new:?} before");
    }
    let scope = world.scope("xavier").await;
    let form = orders::form_update(&world.db, &scope, &number).await.unwrap();
    let mut changed = form.draft.clone();
    for (field, value) in FIELDS.into_iter().zip(new) {
        changed.set(Field::find(field).unwrap(), value);
    }
    orders::edit(&world.db, &scope, &number, form.version, &changed).await.unwrap();
    for (old, new) in old_texts.into_iter().zip(new_texts) {
        assert!(!finds(&world, "xavier", old, &number).await, "{old:?} after");
        assert!(finds(&world, "xavier", new, &number).await, "{new:?} after");
    }
    assert!(finds(&world, "xavier", &number, &number).await);
    // A move changes no words; an emptied field takes its words along.
    change_status(&world, "xavier", &number, Status::ToProcess, &OrderDraft::default()).await.unwrap();
    assert!(finds(&world, "xavier", "newnold newnood", &number).await);
    let form = orders::form_update(&world.db, &scope, &number).await.unwrap();
    let mut emptied = form.draft.clone();
    emptied.set(Field::Email, "");
    orders::edit(&world.db, &scope, &number, form.version, &emptied).await.unwrap();
    assert!(!finds(&world, "xavier", "newnood", &number).await);
    assert!(finds(&world, "xavier", "newnold", &number).await);
}

#[tokio::test]
async fn the_trash_is_not_found() {
    let world = world().await;
    let number = create(&world, "xavier", &draft("Binwold")).await;
    business(&world, 1, "Binwold kept").await;
    assert_eq!(customers(&world, query("binwold")).await, ["Binwold kept", "Binwold"]);
    world.sql(&format!("UPDATE orders SET trashed_at = 1 WHERE number = '{number}'")).await.unwrap();
    assert_eq!(customers(&world, query("binwold")).await, ["Binwold kept"]);
    for who in ["xavier", "layla", "ada"] {
        for text in [number.as_str(), "binwold", "inwol", "07700 900123"] {
            assert!(!finds(&world, who, text, &number).await, "{who} {text:?}");
        }
    }
    world.sql(&format!("UPDATE orders SET trashed_at = NULL WHERE number = '{number}'")).await.unwrap();
    assert_eq!(customers(&world, query("binwold")).await, ["Binwold kept", "Binwold"]);
}

#[tokio::test]
async fn agents_find_only_what_they_see() {
    let world = world().await;
    let pairs = [("business_name", "Secretwold"), ("mobile", "07700 900123"), ("email", "who@secretwold.example")];
    let number = create(&world, "xavier", &typed(&pairs)).await;
    let texts = ["secretwold", "cretwo", "who@secretwold.example", "+44 7700 900123", number.as_str()];
    for (visible, seeing, blind) in [
        ("own", &["xavier", "layla", "ada"][..], &["hannah", "gus", "dawn"][..]),
        ("team", &["xavier", "hannah", "layla", "ada"][..], &["gus", "dawn"][..]),
    ] {
        db::settings::write(&world.db, "sight", visible).await.unwrap();
        for text in texts {
            for who in seeing {
                assert!(finds(&world, who, text, &number).await, "{visible} {who} {text:?}");
            }
            for who in blind {
                assert!(!finds(&world, who, text, &number).await, "{visible} {who} {text:?}");
            }
        }
    }
    // What is out of sight is not counted either.
    assert_eq!(page(&world, "gus", query("secretwold")).await.count.0, 0);
}

#[tokio::test]
async fn filters_narrow_a_search() {
    let world = world().await;
    let campaign = world.number("SELECT min(id) FROM campaigns").await;
    let company = world.number("SELECT min(id) FROM companies").await;
    let team = world.number("SELECT team_id FROM users WHERE username = 'gus'").await;
    let (campaign_text, company_text) = (campaign.to_string(), company.to_string());
    let mut numbers = Vec::new();
    for (nth, who, pairs) in [
        (1, "xavier", [("business_name", "Fribble One"), ("network", "EE"), ("box_value", "100"), ("campaign", campaign_text.as_str())]),
        (2, "gus", [("business_name", "Fribble Two"), ("network", "O2"), ("box_value", "200"), ("company", company_text.as_str())]),
        (3, "xavier", [("business_name", "Fribble Three"), ("network", "EE"), ("box_value", "300"), ("handset", "Pixel 9")]),
        (4, "gus", [("business_name", "Unfribble"), ("network", "EE"), ("box_value", "400"), ("handset", "Pixel 9")]),
    ] {
        world.db.clock.set(NOW + nth * DAY);
        numbers.push(create(&world, who, &typed(&pairs)).await);
    }
    change_status(&world, "xavier", &numbers[2], Status::ToProcess, &OrderDraft::default()).await.unwrap();
    let (xavier, gus) = (world.scope("xavier").await.user.id, world.scope("gus").await.user.id);
    let day = |text| Some(domain::date::parse(text).unwrap());
    let none = Filter::default();
    let cases: [(Filter, &[&str]); 15] = [
        (none.clone(), &["Fribble Three", "Fribble Two", "Fribble One", "Unfribble"]),
        (Filter { statuses: vec![Status::New], ..none.clone() }, &["Fribble Two", "Fribble One", "Unfribble"]),
        (Filter { statuses: vec![Status::ToProcess], ..none.clone() }, &["Fribble Three"]),
        (
            Filter { statuses: vec![Status::New, Status::ToProcess], ..none.clone() },
            &["Fribble Three", "Fribble Two", "Fribble One", "Unfribble"],
        ),
        (Filter { statuses: vec![Status::Parked], ..none.clone() }, &[]),
        (Filter { owner: Some(xavier), ..none.clone() }, &["Fribble Three", "Fribble One"]),
        (Filter { owner: Some(gus), ..none.clone() }, &["Fribble Two", "Unfribble"]),
        (Filter { team: Some(TeamId(team)), ..none.clone() }, &["Fribble Two", "Unfribble"]),
        (Filter { campaign: Some(CampaignId(campaign)), ..none.clone() }, &["Fribble One"]),
        (Filter { company: Some(CompanyId(company)), ..none.clone() }, &["Fribble Two"]),
        (Filter { network: Some("EE".into()), ..none.clone() }, &["Fribble Three", "Fribble One", "Unfribble"]),
        (Filter { created: Bounds { from: day("2026-11-24"), to: day("2026-11-25") }, ..none.clone() }, &["Fribble Three", "Fribble Two"]),
        (
            Filter { value: Bounds { from: Some(Money(15_000)), to: Some(Money(35_000)) }, ..none.clone() },
            &["Fribble Three", "Fribble Two"],
        ),
        (Filter { due: true, ..none.clone() }, &[]),
        (Filter { owner: Some(xavier), network: Some("EE".into()), statuses: vec![Status::New], ..none.clone() }, &["Fribble One"]),
    ];
    for (filter, expected) in cases {
        let asked = query("fribble").with(filter);
        assert_eq!(customers(&world, asked.clone()).await, expected, "{}", asked.href());
    }
    // An owner that nobody is narrows nothing, and that is said.
    let asked = query("fribble").with(Filter { owner: Some(UserId(987_654)), ..none });
    let shown = page(&world, "layla", asked).await;
    assert_eq!((shown.count.0, shown.ignored.len()), (4, 1));
}

#[tokio::test]
async fn a_chosen_sort_replaces_the_ranking() {
    let world = world().await;
    let mut numbers = Vec::new();
    for (nth, (name, value)) in [("Sortle Alpha", "300"), ("Sortle Beta", "100"), ("Unsortle", "200")].into_iter().enumerate() {
        world.db.clock.set(NOW + (nth as i64 + 1) * HOUR);
        numbers.push(create(&world, "xavier", &typed(&[("business_name", name), ("box_value", value)])).await);
    }
    world.db.clock.set(NOW + DAY);
    change_status(&world, "xavier", &numbers[0], Status::ToProcess, &OrderDraft::default()).await.unwrap();
    assert_eq!(customers(&world, query("sortle")).await, ["Sortle Beta", "Sortle Alpha", "Unsortle"]);
    for (by, down) in [
        (SortBy::Created, ["Unsortle", "Sortle Beta", "Sortle Alpha"]),
        (SortBy::Updated, ["Sortle Alpha", "Unsortle", "Sortle Beta"]),
        (SortBy::Value, ["Sortle Alpha", "Unsortle", "Sortle Beta"]),
        (SortBy::Business, ["Unsortle", "Sortle Beta", "Sortle Alpha"]),
    ] {
        let sorted = |down| ListQuery { sort: Some(Sort { by, down }), ..query("sortle") };
        assert_eq!(customers(&world, sorted(true)).await, down, "{by:?} down");
        let mut up = down;
        up.reverse();
        assert_eq!(customers(&world, sorted(false)).await, up, "{by:?} up");
    }
}

#[tokio::test]
async fn the_order_of_that_number_comes_first() {
    let world = world().await;
    let number = business(&world, 1, "Depot").await;
    business(&world, 2, &format!("{number} Warehouse")).await;
    business(&world, 3, &format!("Barn{number}")).await;
    let expected = ["Depot".to_owned(), format!("{number} Warehouse"), format!("Barn{number}")];
    assert_eq!(customers(&world, query(&number)).await, expected);
    // With another word it is a word like others.
    assert_eq!(customers(&world, query(&format!("{number} depot"))).await, ["Depot"]);
    assert_eq!(customers(&world, query(&format!("ware {number}"))).await, [expected[1].as_str()]);
    // A sort that is chosen replaces this rank too.
    let sort = Some(Sort { by: SortBy::Created, down: true });
    let mut newest = expected;
    newest.reverse();
    assert_eq!(customers(&world, ListQuery { sort, ..query(&number) }).await, newest);
}

#[tokio::test]
async fn an_old_order_is_found_first_by_its_number() {
    let world = world().await;
    for number in ["1000001", "1000200", "1000400"] {
        let found = rows(&world, "layla", query(number)).await;
        assert_eq!(found.first().map(|row| row.number.as_str()), Some(number), "{number:?}");
    }
    assert!(!finds(&world, "layla", "1000401", "1000400").await);
}

#[tokio::test]
async fn among_equals_the_time_of_creation_decides_not_the_row() {
    let world = world().await;
    for (minutes, name) in
        [(30, "Latewold"), (10, "Latewold early"), (20, "Latewold mid"), (60, "Plate"), (50, "Unlatewold"), (70, "Slatewold")]
    {
        business(&world, minutes, name).await;
    }
    for (text, expected) in [
        ("latewold", &["Latewold", "Latewold mid", "Latewold early", "Slatewold", "Unlatewold"][..]),
        ("atewold", &["Slatewold", "Unlatewold", "Latewold", "Latewold mid", "Latewold early"][..]),
    ] {
        assert_eq!(customers(&world, query(text)).await, expected, "{text:?}");
    }
}

#[tokio::test]
async fn pages_go_through_a_search_in_its_order() {
    let world = world().await;
    let (mut begins, mut inside) = (Vec::new(), Vec::new());
    for n in 1..=15 {
        for (name, into) in [(format!("Pagewold {n:02}"), &mut begins), (format!("Unpagewold {n:02}"), &mut inside)] {
            business(&world, 2 * n + i64::from(name.starts_with('U')), &name).await;
            into.insert(0, name);
        }
    }
    let ranked: Vec<String> = begins.iter().chain(&inside).cloned().collect();
    let mut by_name = ranked.clone();
    by_name.sort();
    for (sort, expected) in [(None, ranked), (Some(Sort { by: SortBy::Business, down: false }), by_name)] {
        let asked = ListQuery { sort, per_page: Some(9), ..query("pagewold") };
        let mut found = Vec::new();
        for n in 1..=4 {
            let at = page(&world, "layla", asked.at(PagePosition::Page(n))).await;
            assert_eq!((at.page, at.pages, at.count.0, at.per_page), (Some(n), 4, 30, 9), "{sort:?}");
            assert_eq!((at.newer.is_some(), at.older.is_some(), at.ignored.len()), (n > 1, n < 4, 0), "{sort:?} page {n}");
            found.extend(at.rows.into_iter().map(|row| row.customer));
        }
        assert_eq!(found, expected, "{sort:?}");
        let past = page(&world, "layla", asked.at(PagePosition::Page(50))).await;
        assert_eq!((past.page, past.rows.len(), past.ignored.len()), (Some(4), 3, 1), "{sort:?}");
        assert_eq!(past.rows[2].customer, expected[29], "{sort:?}");
        assert_eq!(past.older, None, "{sort:?}");
    }
    for (size, pages) in [(9, 4), (25, 2), (50, 1), (100, 1)] {
        let at = page(&world, "layla", ListQuery { per_page: Some(size), ..query("pagewold") }).await;
        assert_eq!((at.rows.len() as u32, at.pages), (size.min(30), pages), "{size} a page");
    }
}

#[tokio::test]
async fn hits_are_marked_in_the_row() {
    let world = world().await;
    for (nth, pairs) in [
        [("business_name", "Oakley Joinery Zyxwell"), ("mobile", "07700 900123"), ("email", "post@moorwold.example")],
        [("business_name", "Café Zyló"), ("first_name", "Núria"), ("last_name", "O’Brien-Vask")],
        [("first_name", "Will"), ("last_name", "Irwin"), ("billing_postcode", "ZE2 9QQ")],
        [("business_name", "Landwold"), ("landline", "020 7946 0018"), ("billing_postcode", "ZE3 8HH")],
    ]
    .into_iter()
    .enumerate()
    {
        world.db.clock.set(NOW + (nth as i64 + 1) * MINUTE);
        create(&world, "xavier", &typed(&pairs)).await;
    }
    let cases: [(&str, &str, &[&str]); 15] = [
        ("zyxwell oak", "customer", &["Oak", "Zyxwell"]),
        ("joi zyx", "customer", &["Joi", "Zyx"]),
        ("inery zyxwell", "customer", &["inery", "Zyxwell"]),
        ("cafe", "customer", &["Café"]),
        ("CAFÉ zyl", "customer", &["Café", "Zyl"]),
        ("nuria", "contact", &["Núria"]),
        ("obrien vask", "contact", &["O’Brien", "Vask"]),
        ("o'brien nuria", "contact", &["Núria", "O’Brien"]),
        ("will irwin 9qq", "customer", &["Will", "Irwin"]),
        ("wi 9qq", "customer", &["Wi"]),
        ("9qq", "Postcode", &["9QQ"]),
        ("landwold 8hh", "Postcode", &["8HH"]),
        ("landwold 8hh", "customer", &["Landwold"]),
        ("moorwold", "E-mail", &["moorwold"]),
        ("post@moorwold.example", "E-mail", &["post", "moorwold", "example"]),
    ];
    for (text, part, hits) in cases {
        let row = only(&world, text).await;
        // Whether the sign between two hits is marked with them is all the same.
        let found = marked(&row, part).join(" ");
        let found: Vec<&str> = found.split([' ', '@', '.', '-']).filter(|it| !it.is_empty()).collect();
        assert_eq!(found, hits, "{text:?}: {:?}", row.marks);
    }
    for (text, part, whole) in [
        ("zyxwell", "customer", "Oakley Joinery Zyxwell"),
        ("vask", "contact", "Núria O’Brien-Vask"),
        ("moorwold", "E-mail", "post@moorwold.example"),
        ("02079460018", "Landline", "020 7946 0018"),
        ("9qq", "Postcode", "ZE2 9QQ"),
    ] {
        assert_eq!(message(&only(&world, text).await, part), whole, "{text:?}");
    }
    let landline = marked(&only(&world, "+44 20 7946 0018").await, "Landline").concat();
    assert!(domain::phone::digits(&landline).ends_with("2079460018"), "{landline:?}");
    // A list that searches for nothing marks nothing.
    assert!(page(&world, "layla", ListQuery::of(View::All)).await.rows.iter().all(|row| row.marks.is_empty()));
}

#[tokio::test]
async fn a_mobile_is_marked_although_it_is_typed_with_spaces() {
    let world = world().await;
    let number = create(&world, "xavier", &typed(&[("business_name", "Phonewold"), ("mobile", "07700 900123")])).await;
    for (text, digits) in [
        ("07700900123", "7700900123"),
        ("07700 900123", "7700900123"),
        ("+447700900123", "7700900123"),
        ("+44 (0)7700 900123", "7700900123"),
        ("7700900123", "7700900123"),
        ("900123", "900123"),
        ("phonewold 900123", "900123"),
    ] {
        let found = rows(&world, "layla", query(text)).await;
        let row = found.iter().find(|row| row.number == number).unwrap();
        let hit = marked(row, "mobile").concat();
        assert!(domain::phone::digits(&hit).ends_with(digits), "{text:?}: {:?}", row.marks);
        assert_eq!(message(row, "mobile"), "07700 900123", "{text:?}");
    }
    let row = rows(&world, "layla", query(&number)).await.remove(0);
    assert_eq!(marked(&row, "number"), [number.as_str()]);
}

#[tokio::test]
async fn letters_that_do_not_decompose_are_found_sorted_and_compared_as_their_english_ones() {
    let world = world().await;
    for (name, text) in [
        ("Łukasz Qfoods", "lukasz qfoods"),
        ("Ørsted Qfoods", "orsted qfoods"),
        ("Weiß Qfoods", "weiss qfoods"),
        ("Ærø Qfoods", "aero qfoods"),
        ("Œuvre Qfoods", "oeuvre qfoods"),
        ("Đorđe Qfoods", "dorde qfoods"),
        ("Garðar Þór Qfoods", "gardar thor qfoods"),
        ("Işık Qfoods", "isik qfoods"),
        ("Ŧørring Qfoods", "torring qfoods"),
    ] {
        create(&world, "xavier", &typed(&[("business_name", name)])).await;
        assert_eq!(customers(&world, query(text)).await, [name], "{text}");
        assert_eq!(customers(&world, query(&text.to_uppercase())).await, [name], "{text}");
        assert_eq!(customers(&world, query(name)).await, [name]);
        assert_eq!(db::text::key(name), text);
    }
    let shown = page(&world, "layla", query("lukasz")).await;
    assert_eq!(marked(&shown.rows[0], "customer"), ["Łukasz"]);
    create(&world, "xavier", &typed(&[("business_name", "Zzebra Qfoods")])).await;
    let by_name = Sort { by: SortBy::Business, down: false };
    let sorted = customers(&world, ListQuery { sort: Some(by_name), ..query("qfoods") }).await;
    let names = ["Ærø", "Đorđe", "Garðar Þór", "Işık", "Łukasz", "Œuvre", "Ørsted", "Ŧørring", "Weiß", "Zzebra"];
    assert_eq!(sorted, names.map(|it| format!("{it} Qfoods")));
}

#[tokio::test]
async fn what_shows_nothing_in_a_name_hides_it_from_no_search() {
    let world = world().await;
    for name in ["Qoak\u{200B}ley", "Qo\u{AD}akley", "\u{FEFF}Qoakley", "Qoak\u{2060}ley", "Qoakley"] {
        create(&world, "xavier", &typed(&[("business_name", name)])).await;
    }
    for text in ["qoakley", "qo\u{AD}ak\u{200B}ley", "\u{FEFF}qoakley"] {
        assert_eq!(customers(&world, query(text)).await.len(), 5, "{text:?}");
    }
    // A joiner that its script needs stays in the name.
    let name = "می\u{200C}خواهم";
    let number = create(&world, "xavier", &typed(&[("business_name", name)])).await;
    assert_eq!(world.text(&format!("SELECT business_name FROM orders WHERE number = '{number}'")).await.as_deref(), Some(name));
    assert_eq!(customers(&world, query("میخواهم")).await, [name]);
}

#[tokio::test]
async fn a_phone_is_found_by_any_part_of_it_in_any_spelling() {
    let world = world().await;
    let landline = create(&world, "xavier", &typed(&[("business_name", "Desk"), ("landline", "0113 496 0704 ext 45")])).await;
    let mobile = create(&world, "xavier", &typed(&[("business_name", "Caller"), ("mobile", "+44 07700 900511")])).await;
    let stored = world.text(&format!("SELECT mobile_e164 FROM orders WHERE number = '{mobile}'")).await;
    assert_eq!(stored.as_deref(), Some("+447700900511"));
    let dialled = world.text(&format!("SELECT landline_e164 FROM orders WHERE number = '{landline}'")).await;
    assert_eq!(dialled.as_deref(), Some("+441134960704"), "dialled without its extension");
    for text in ["0113 49", "+44 113", "0044 113 4", "(0113) 496", "0113 496 0704 ext 45", "\u{202A}0113 496 0704\u{202C}", "+44 0113 496"]
    {
        assert!(finds(&world, "layla", text, &landline).await, "{text:?}");
        assert!(!finds(&world, "layla", text, &mobile).await, "{text:?}");
    }
    for text in ["+44 77", "07700 9", "0044 7700", "+44 07700 900511", "+44 (0)7700 9", "077"] {
        assert!(finds(&world, "layla", text, &mobile).await, "{text:?}");
        assert!(!finds(&world, "layla", text, &landline).await, "{text:?}");
    }
    let shown = rows(&world, "layla", query("07700 9005")).await;
    let row = shown.iter().find(|it| it.number == mobile).unwrap();
    assert_eq!(marked(row, "mobile"), ["7700 9005"]);
}

#[tokio::test]
async fn what_a_release_before_spelled_is_spelled_anew_once() {
    let world = world().await;
    let number = create(&world, "xavier", &typed(&[("business_name", "Łukasz Qfoods"), ("email", "łukasz@foods.example")])).await;
    for sql in [
        "UPDATE orders SET business_key = 'łukasz qfoods', email_key = 'łukasz@foods.example', search_text = '  łukasz  qfoods' WHERE number = '{n}'",
        "INSERT INTO companies (name, name_key, created_at, updated_at) VALUES ('Łukasz', 'łukasz', 1, 1)",
        "INSERT INTO companies (name, name_key, created_at, updated_at) VALUES ('Lukasz', 'lukasz', 1, 1)",
        "INSERT INTO teams (name, name_key) VALUES ('Øst', 'øst')",
        "INSERT INTO teams (name, name_key) VALUES ('Łódź', 'łodz')",
        "INSERT INTO teams (name, name_key) VALUES ('Lodz', 'lodz')",
        "DELETE FROM settings WHERE name = 'search_spelling'",
    ] {
        world.sql(&sql.replace("{n}", &number)).await.unwrap();
    }
    let world = world.upgraded().await;
    assert_eq!(customers(&world, query("lukasz qfoods")).await, ["Łukasz Qfoods"]);
    let keys = world.texts("SELECT business_key || ' ' || email_key FROM orders WHERE business_name = 'Łukasz Qfoods'").await;
    assert_eq!(keys, ["lukasz qfoods lukasz@foods.example"]);
    assert_eq!(world.number("SELECT count(*) FROM companies WHERE name_key = 'lukasz'").await, 2);
    assert_eq!(
        world.texts("SELECT name_key FROM teams WHERE name IN ('Øst', 'Łódź', 'Lodz') ORDER BY name_key").await,
        ["lodz", "ost", "łodz"]
    );
}
