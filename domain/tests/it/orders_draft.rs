//! The order's form: what is typed is kept, judged field by field, and comes back from storage as it went in.

use std::collections::HashSet;

use chrono::NaiveDate;
use domain::{
    Error, FieldErrors,
    id::{CampaignId, CompanyId, UserId},
    money::{MOST, Money},
    orders::{
        BusinessType, Field, FollowUpKind, Group, OrderDraft, Rules, Status, Title, choice::NETWORKS, draft::email, field::FieldType,
    },
};

/// An order with every field filled in, as a form holds it.
const FULL: [(&str, &str); 42] = [
    ("status", "FD"),
    ("owner", "7"),
    ("campaign", "3"),
    ("box_value", "1234.50"),
    ("deal_source", "Referral"),
    ("loss_reason", "Price"),
    ("follow_up_on", "2026-11-22"),
    ("follow_up_kind", "contract_ends"),
    ("follow_up_note", "Ring before ten"),
    ("business_name", "Oakley Joinery Ltd"),
    ("business_type", "LTD"),
    ("company", "12"),
    ("title", "ms"),
    ("first_name", "Zoë"),
    ("last_name", "O’Neill"),
    ("mobile", "07700 900123"),
    ("landline", "(0113) 863-1524"),
    ("email", "zoe@oakley.co.uk"),
    ("date_of_birth", "1984-02-29"),
    ("billing_house", "Unit 4"),
    ("billing_street", "Mill Lane"),
    ("billing_city", "Leeds"),
    ("billing_county", "West Yorkshire"),
    ("billing_postcode", "LS1 4AP"),
    ("deliver_to_billing", ""),
    ("delivery_house", "9"),
    ("delivery_street", "Quay"),
    ("delivery_city", "Hull"),
    ("delivery_county", "East Yorkshire"),
    ("delivery_postcode", "HU1 1AA"),
    ("sale_type", "Upgrade"),
    ("network", "O2"),
    ("handset", "iPhone 17"),
    ("tariff", "Business 30"),
    ("tariff_code", "B30-24"),
    ("sim_required", "no"),
    ("spend_cap", "50.00"),
    ("network_account_number", "0012345678"),
    ("account_address", "Unit 4\nMill Lane\nLeeds"),
    ("eligibility_date", "2026-12-01"),
    ("commission_details", "Split\n\n50:50"),
    ("additional_details", "=1+1\n{{7*7}}\n</script><script>"),
];

fn full() -> OrderDraft {
    OrderDraft::from_pairs(FULL)
}

/// The least that is an order, with one field typed.
fn with(field: Field, typed: &str) -> OrderDraft {
    let mut draft = OrderDraft::from_pairs([("business_name", "Oakley Joinery Ltd")]);
    draft.set(field, typed);
    draft
}

fn errors(draft: &OrderDraft) -> FieldErrors {
    match Rules::default().parse(draft, "GBP") {
        Ok(order) => panic!("taken: {order:?}"),
        Err(Error::Invalid(errors)) => errors,
        Err(other) => panic!("another kind of error: {other:?}"),
    }
}

/// The field alone is refused, in the whole order too, and beside itself only.
fn refuses(field: Field, typed: &str) {
    let shown: String = typed.chars().take(40).collect();
    let draft = with(field, typed);
    let message = draft.check(field, "GBP").expect_err(&format!("{} takes {shown:?}", field.name()));
    assert!(message.contains(' ') && message.chars().count() < 200, "{}: {message:?}", field.name());
    let errors = errors(&draft);
    assert_eq!(errors.0, [(field.name().to_owned(), message)], "{} {shown:?}", field.name());
    assert_eq!(draft.get(field), typed, "what was typed stays for the second try");
}

/// The fields that hold free text, with the most characters of each.
fn texts() -> impl Iterator<Item = (Field, usize)> {
    Field::ALL.iter().filter_map(|&field| match field.shape() {
        FieldType::Line(max) | FieldType::Lines(max) => Some((field, max)),
        _ => None,
    })
}

fn of_shape(shape: FieldType) -> impl Iterator<Item = Field> {
    Field::ALL.iter().copied().filter(move |field| field.shape() == shape)
}

#[test]
fn the_form_has_every_field_of_the_order_once() {
    let names: HashSet<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    assert_eq!(names, FULL.iter().map(|(name, _)| *name).collect());
    assert_eq!(names.len(), Field::ALL.len());
    let grouped: Vec<Field> = Group::ALL.into_iter().flat_map(Field::of).collect();
    assert_eq!(grouped, Field::ALL, "every field stands in one part of the form, in its order");
    for &field in Field::ALL {
        assert_eq!(Field::find(field.name()), Some(field));
        assert_eq!(serde_json::to_string(&field).unwrap(), format!("\"{}\"", field.name()));
    }
    let labels: HashSet<String> = Field::ALL.iter().map(|field| field.full_label()).collect();
    assert_eq!(labels.len(), Field::ALL.len(), "no two fields are called the same in a message");
}

#[test]
fn extra_fields_are_never_obeyed() {
    let smuggled = [
        ("role", "admin"),
        ("owner_id", "1"),
        ("version", "99"),
        ("created_at", "2001-01-01"),
        ("updated_at", "2001-01-01"),
        ("connected_on", "2026-01-01"),
        ("number", "000001"),
        ("uuid", "0"),
        ("id", "1"),
        ("team", "1"),
        ("trashed", ""),
        ("Status", "CN"),
        ("status ", "CN"),
        ("status[]", "CN"),
        ("__proto__", "x"),
        ("", "x"),
    ];
    assert_eq!(OrderDraft::from_pairs(smuggled), OrderDraft::default());
    assert_eq!(OrderDraft::from_pairs(FULL.into_iter().chain(smuggled)), full());
}

#[test]
fn extra_fields_of_a_sent_draft_are_never_obeyed() {
    let sent = r#"{"business_name":"Oakley","version":"99","role":"admin"}"#;
    if let Ok(draft) = serde_json::from_str::<OrderDraft>(sent) {
        assert_eq!(draft, OrderDraft::from_pairs([("business_name", "Oakley")]));
    }
}

#[test]
fn a_draft_travels_without_loss() {
    let odd =
        OrderDraft::from_pairs([("box_value", "NaN"), ("first_name", "</script><script>"), ("additional_details", "a\r\n\u{202e}b\0")]);
    for draft in [OrderDraft::default(), full(), odd] {
        let sent = serde_json::to_string(&draft).unwrap();
        assert_eq!(serde_json::from_str::<OrderDraft>(&sent).unwrap(), draft);
    }
}

#[test]
fn a_full_order_means_what_was_typed() {
    let order = full().parse("GBP").unwrap();
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
    assert_eq!(order.status, Status::FutureEndDate);
    assert_eq!((order.owner, order.campaign, order.company), (Some(UserId(7)), Some(CampaignId(3)), Some(CompanyId(12))));
    assert_eq!((order.box_value, order.spend_cap), (Some(Money(123_450)), Some(Money(5_000))));
    assert_eq!((order.follow_up_on, order.follow_up_kind), (day(2026, 11, 22), Some(FollowUpKind::ContractEnds)));
    assert_eq!((order.date_of_birth, order.eligibility_date), (day(1984, 2, 29), day(2026, 12, 1)));
    assert_eq!((order.title, order.business_type), (Some(Title::Ms), Some(BusinessType::LimitedCompany)));
    assert_eq!((text(&order.first_name), text(&order.last_name)), ("Zoë".into(), "O’Neill".into()));
    assert_eq!((text(&order.mobile), text(&order.landline)), ("07700 900123".into(), "(0113) 863-1524".into()));
    assert_eq!((text(&order.billing.house), text(&order.billing.postcode)), ("Unit 4".into(), "LS1 4AP".into()));
    assert_eq!((text(&order.delivery.city), text(&order.delivery.county)), ("Hull".into(), "East Yorkshire".into()));
    assert_eq!((order.sim_required, order.deliver_to_billing), (Some(false), false));
    assert_eq!(text(&order.network_account_number), "0012345678", "leading zeros stay");
    assert_eq!(text(&order.account_address), "Unit 4\nMill Lane\nLeeds");
    assert_eq!(text(&order.commission_details), "Split\n\n50:50");
    assert_eq!(text(&order.additional_details), "=1+1\n{{7*7}}\n</script><script>");
}

#[test]
fn a_full_order_opens_in_the_form_as_it_was_saved() {
    let fields = full().parse("GBP").unwrap().into_fields();
    let reopened = OrderDraft::from(&fields);
    for &field in Field::ALL {
        assert_eq!(reopened.get(field), full().get(field), "{}", field.name());
    }
    assert_eq!(reopened, full());
}

#[test]
fn saving_an_untouched_order_changes_nothing() {
    let mut drafts: Vec<OrderDraft> = Status::ALL
        .into_iter()
        .map(|status| {
            let mut draft = full();
            draft.set(Field::Status, status.code());
            draft
        })
        .collect();
    drafts.extend(Title::ALL.iter().map(|it| with(Field::Title, it.code())));
    drafts.extend(BusinessType::ALL.iter().map(|it| with(Field::BusinessType, it.code())));
    drafts.extend(FollowUpKind::ALL.iter().map(|it| with(Field::FollowUpKind, it.code())));
    drafts.extend(NETWORKS.iter().map(|it| with(Field::Network, it)));
    drafts.extend(["yes", "no", ""].map(|it| with(Field::SimRequired, it)));
    drafts.extend(["0", "0.01", "£1,234.5", "99,999,999.99"].map(|it| with(Field::BoxValue, it)));
    drafts.extend(["1/2/2024", "2024-02-29", "2199-12-31"].map(|it| with(Field::EligibilityDate, it)));
    drafts.extend([" a ", "a\r\nb", "\u{3164}"].map(|it| with(Field::AdditionalDetails, it)));
    let mut ticked = full();
    ticked.set(Field::DeliverToBilling, "yes");
    drafts.push(ticked);
    for draft in drafts {
        let fields = draft.parse("GBP").unwrap().into_fields();
        let reopened = OrderDraft::from(&fields);
        assert_eq!(reopened.parse("GBP").unwrap().into_fields(), fields);
        assert_eq!(OrderDraft::from(&reopened.parse("GBP").unwrap().into_fields()), reopened);
    }
}

#[test]
fn every_field_of_the_form_reaches_storage_and_comes_back() {
    // One field at a time is emptied: exactly it comes back empty.
    for (name, value) in FULL.into_iter().filter(|(name, value)| !value.is_empty() && !["status", "follow_up_on"].contains(name)) {
        let field = Field::find(name).unwrap();
        let mut draft = full();
        draft.set(field, "");
        let reopened = OrderDraft::from(&draft.parse("GBP").unwrap().into_fields());
        assert_eq!(reopened, draft, "{name}, which was {value}");
    }
}

#[test]
fn what_is_left_empty_is_unknown_and_never_a_value() {
    let order = with(Field::Handset, "").parse("GBP").unwrap();
    assert_eq!(order.status, Status::New);
    assert_eq!((order.box_value, order.spend_cap, order.sim_required), (None, None, None), "unknown is not zero and not no");
    assert_eq!((order.date_of_birth, order.eligibility_date, order.follow_up_on), (None, None, None));
    assert_eq!((order.owner, order.campaign, order.company), (None, None, None));
    assert_eq!((order.title, order.business_type, order.follow_up_kind, order.network.clone()), (None, None, None, None));
    assert!(!order.deliver_to_billing);
    assert_eq!(OrderDraft::from(&*order), OrderDraft::from_pairs([("status", "NW"), ("business_name", "Oakley Joinery Ltd")]));
}

#[test]
fn an_empty_field_breaks_no_rule_of_its_own() {
    for &field in Field::ALL {
        for typed in ["", " ", "\u{3164}", "\u{200b}"] {
            let mut draft = OrderDraft::default();
            draft.set(field, typed);
            assert_eq!(draft.check(field, "GBP"), Ok(()), "{} {typed:?}", field.name());
        }
    }
}

#[test]
fn markup_is_stored_as_typed_in_every_text() {
    for (field, _) in texts().filter(|(_, max)| *max > 20) {
        for typed in
            ["\"><svg/onload=alert(1)>", "</script><script>", "{{7*7}}", "javascript:alert(1)", "=HYPERLINK(\"x\")", "' OR 1=1--", "\\%_"]
        {
            let mut draft = with(field, typed);
            draft.set(Field::FirstName, if field == Field::FirstName { typed } else { "Ann" });
            let reopened = OrderDraft::from(&draft.parse("GBP").unwrap().into_fields());
            assert_eq!(reopened.get(field), typed, "{}", field.name());
        }
    }
}

#[test]
fn nul_is_refused_in_every_field_but_a_tick() {
    for &field in Field::ALL.iter().filter(|field| field.shape() != FieldType::Tick) {
        for typed in ["\0", "a\0b", "1\0"] {
            refuses(field, typed);
        }
    }
}

#[test]
fn a_tick_is_yes_or_nothing() {
    for typed in ["\0", "no\0", "true", "on", "YES", &"x".repeat(1_000_000)] {
        assert!(
            with(Field::DeliverToBilling, typed).check(Field::DeliverToBilling, "GBP").is_err(),
            "{:?}",
            typed.chars().take(9).collect::<String>()
        );
    }
}

#[test]
fn a_megabyte_is_refused_in_every_field_but_a_tick() {
    let megabyte = "x".repeat(1_000_000);
    for &field in Field::ALL.iter().filter(|field| field.shape() != FieldType::Tick) {
        let message = with(field, &megabyte).check(field, "GBP").expect_err(field.name());
        assert!(message.len() < 200, "{}: a message does not repeat the megabyte", field.name());
    }
    refuses(Field::FirstName, &megabyte);
}

#[test]
fn text_that_is_turned_around_is_refused_in_every_text() {
    for (field, _) in texts() {
        refuses(field, "abc\u{202e}def");
    }
    refuses(Field::Email, "ann\u{202e}@oakley.co.uk");
    refuses(Field::Network, "O\u{202e}2");
}

#[test]
fn a_line_break_is_kept_in_long_texts_and_refused_in_lines() {
    for (field, _) in texts() {
        match field.shape() {
            FieldType::Lines(_) => {
                assert_eq!(OrderDraft::from(&with(field, "a\r\nb").parse("GBP").unwrap().into_fields()).get(field), "a\nb")
            }
            _ => refuses(field, "a\nb"),
        }
    }
}

#[test]
fn a_text_is_taken_up_to_its_limit_and_not_beyond() {
    for (field, max) in texts() {
        let mut draft = with(field, &"é".repeat(max));
        assert_eq!(draft.check(field, "GBP"), Ok(()), "{}", field.name());
        assert!(draft.parse("GBP").is_ok(), "{}", field.name());
        draft.set(field, "é".repeat(max + 1));
        assert!(draft.check(field, "GBP").is_err(), "{}", field.name());
    }
}

#[test]
fn details_hold_up_to_10_000_characters() {
    for field in [Field::CommissionDetails, Field::AdditionalDetails] {
        let most = "🙂".repeat(10_000);
        assert_eq!(OrderDraft::from(&with(field, &most).parse("GBP").unwrap().into_fields()).get(field), most);
        refuses(field, &"🙂".repeat(10_001));
    }
}

#[test]
fn a_name_that_nobody_can_see_is_empty() {
    for typed in ["\u{3164}", "\u{202e}", "\u{200b}\u{200d}", "\u{feff}", "\u{a0}"] {
        for field in [Field::BusinessName, Field::FirstName, Field::LastName] {
            let mut draft = OrderDraft::default();
            draft.set(field, typed);
            assert!(!errors(&draft).is_empty(), "an order of nobody was taken: {} {typed:?}", field.name());
        }
        let mut draft = with(Field::FirstName, typed);
        draft.set(Field::LastName, "Lee");
        assert_eq!(draft.parse("GBP").unwrap().first_name, None, "{typed:?}");
        assert_eq!(draft.parse("GBP").unwrap().contact().as_deref(), Some("Lee"));
    }
}

#[test]
fn any_one_way_to_know_the_customer_is_enough() {
    for (name, value) in [
        ("business_name", "Oakley"),
        ("first_name", "Ann"),
        ("last_name", "Lee"),
        ("mobile", "07700 900123"),
        ("landline", "0113 863 1524"),
        ("email", "ann@oakley.co.uk"),
    ] {
        let order = OrderDraft::from_pairs([(name, value)]).parse("GBP").unwrap();
        assert_eq!(order.customer(), value, "{name}");
    }
    assert!(errors(&OrderDraft::default()).get("business_name").is_some());
}

#[test]
fn a_customer_is_called_by_the_business_before_the_person() {
    let order = full().parse("GBP").unwrap();
    assert_eq!(order.customer(), "Oakley Joinery Ltd");
    assert_eq!(order.contact().as_deref(), Some("Zoë O’Neill"));
}

#[test]
fn sums_are_read_as_meant_or_refused() {
    for field in of_shape(FieldType::Money) {
        let read = |typed: &str| {
            let order = with(field, typed).parse("GBP").unwrap();
            if field == Field::BoxValue { order.box_value } else { order.spend_cap }
        };
        for (typed, pence) in [("1,234.56", 123_456), ("£12", 1_200), ("0", 0), ("99,999,999.99", MOST.0)] {
            assert_eq!(read(typed), Some(Money(pence)), "{} {typed}", field.name());
        }
        for typed in ["NaN", "1e308", "-0.01", "12.345", "100000000", "Infinity", "£", "1,2,3", "free"] {
            refuses(field, typed);
        }
    }
    assert_eq!(of_shape(FieldType::Money).count(), 2);
}

#[test]
fn days_are_read_as_meant_or_refused() {
    for field in of_shape(FieldType::Date) {
        for typed in ["22/11/2026", "2026-11-22"] {
            assert_eq!(
                OrderDraft::from(&with(field, typed).parse("GBP").unwrap().into_fields()).get(field),
                "2026-11-22",
                "{}",
                field.name()
            );
        }
        for typed in ["31 February", "31/02/2026", "2026-02-31", "10000-01-01", "0000-00-00", "tomorrow", "2026-11-22T01:30"] {
            refuses(field, typed);
        }
    }
    assert_eq!(of_shape(FieldType::Date).count(), 3);
}

#[test]
fn a_date_of_birth_is_never_the_first_of_1970() {
    for typed in ["1970-01-01", "01/01/1970", "1.1.1970"] {
        refuses(Field::DateOfBirth, typed);
    }
    assert!(with(Field::DateOfBirth, "1970-01-02").parse("GBP").is_ok());
    assert!(with(Field::DateOfBirth, "1969-12-31").parse("GBP").is_ok());
}

#[test]
fn an_eligibility_date_is_never_the_first_of_1970() {
    for typed in ["1970-01-01", "01/01/1970", "1.1.1970"] {
        refuses(Field::EligibilityDate, typed);
    }
}

#[test]
fn phones_are_kept_as_typed_or_refused() {
    for field in of_shape(FieldType::Phone) {
        for typed in ["07700 900123", "+447700900123", "7700900123", "(0113) 863-1524"] {
            assert_eq!(OrderDraft::from(&with(field, typed).parse("GBP").unwrap().into_fields()).get(field), typed, "{}", field.name());
        }
        for typed in ["phone", "12345", "07700 900123 ext", "07700900123\n07700900124", "javascript:alert(1)", "07700 9001"] {
            refuses(field, typed);
        }
    }
    assert_eq!(of_shape(FieldType::Phone).count(), 2);
}

#[test]
fn a_phone_is_kept_or_refused_and_never_lost() {
    let padded = format!("07700{}900123", " ".repeat(300));
    for field in of_shape(FieldType::Phone) {
        if let Ok(order) = with(field, &padded).parse("GBP") {
            assert_eq!(OrderDraft::from(&*order).get(field), padded, "{}", field.name());
        }
    }
}

#[test]
fn an_email_has_the_shape_of_one() {
    for typed in ["ann@oakley.co.uk", "a.b+c@x.co", "o’neill@oakley.ie", "ann@bücher.example", "ANN@OAKLEY.CO.UK"] {
        assert_eq!(email(typed), Ok(typed.to_owned()));
        assert_eq!(with(Field::Email, typed).parse("GBP").unwrap().email.as_deref(), Some(typed));
    }
}

#[test]
fn what_is_no_email_is_refused() {
    for typed in [
        "ann",
        "ann@",
        "@oakley.co.uk",
        "ann@oakley",
        "ann@.uk",
        "ann@oakley.",
        "ann@oakley..uk",
        "ann@@oakley.co.uk",
        "ann@oakley.co.uk@evil.example",
        "ann lee@oakley.co.uk",
        "ann@oakley.co.uk, bob@oakley.co.uk",
        "ann@oakley.co.uk;bob@oakley.co.uk",
        "Ann <ann@oakley.co.uk>",
        "\"><svg/onload=alert(1)>@x.co",
        "javascript:alert(1)",
        "{{7*7}}",
    ] {
        refuses(Field::Email, typed);
        assert!(email(typed).is_err(), "{typed}");
    }
    refuses(Field::Email, &format!("{}@oakley.co.uk", "a".repeat(254)));
}

#[test]
fn a_line_break_in_an_email_is_refused() {
    for typed in [
        "ann@oakley.co.uk\nBcc: all@evil.example",
        "ann@oakley.co.uk\r\nSubject: x",
        "ann\n@oakley.co.uk",
        "ann@oakley\r.co.uk",
        "ann@oakley\u{2028}.co.uk",
    ] {
        refuses(Field::Email, typed);
    }
}

#[test]
fn an_email_hides_nothing() {
    for typed in ["ann\u{202e}@oakley.co.uk", "ann\u{3164}@oakley.co.uk", "ann@oakley.co.uk?subject=x", "ann@oakley.co.uk/x"] {
        assert!(email(typed).is_err(), "{typed:?}");
    }
}

#[test]
fn a_choice_is_one_of_the_list() {
    for field in [Field::Status, Field::Title, Field::BusinessType, Field::FollowUpKind] {
        for typed in ["XX", "-1", "' OR 1=1--", "New,Held", "null", "undefined"] {
            refuses(field, typed);
        }
    }
    refuses(Field::SimRequired, "maybe");
    refuses(Field::SimRequired, "true");
}

#[test]
fn a_link_is_a_row_and_nothing_else() {
    for field in [Field::Owner, Field::Campaign, Field::Company] {
        for typed in ["0", "-1", "1.5", "1e9", "abc", "9223372036854775808", "1 OR 1=1", "1,2"] {
            refuses(field, typed);
        }
        assert_eq!(OrderDraft::from(&with(field, "7").parse("GBP").unwrap().into_fields()).get(field), "7", "{}", field.name());
    }
}

#[test]
fn the_lists_hold_the_words_of_the_business() {
    let words = |all: Vec<(String, String)>| all.into_iter().map(|(_, label)| label).collect::<Vec<_>>();
    assert_eq!(words(Title::options()), ["Mr", "Mrs", "Ms", "Miss", "Dr", "Professor", "Sir", "Madam", "Reverend"]);
    assert_eq!(
        words(BusinessType::options()),
        ["Sole Trader", "Limited Company", "Limited Partnership", "Partnership", "Limited Liability Partnership", "Charity"]
    );
    assert_eq!(words(FollowUpKind::options()), ["Call back", "Stock due", "Contract ends", "Renewal", "Other"]);
    assert_eq!(NETWORKS, ["O2", "EE", "Three"]);
}

#[test]
fn every_choice_is_found_by_code_and_by_word_and_codes_are_unique() {
    for title in Title::ALL {
        assert_eq!((Title::find(title.code()), Title::find(title.label())), (Some(*title), Some(*title)));
    }
    for kind in BusinessType::ALL {
        assert_eq!((BusinessType::find(kind.code()), BusinessType::find(kind.label())), (Some(*kind), Some(*kind)));
    }
    for kind in FollowUpKind::ALL {
        assert_eq!((FollowUpKind::find(kind.code()), FollowUpKind::find(kind.label())), (Some(*kind), Some(*kind)));
    }
    assert_eq!((Title::find(""), BusinessType::find("none"), FollowUpKind::find("call")), (None, None, None));
}

#[test]
fn a_network_that_an_import_brought_is_kept() {
    let reopened = OrderDraft::from(&with(Field::Network, "Vodafone").parse("GBP").unwrap().into_fields());
    assert_eq!(reopened.get(Field::Network), "Vodafone");
}

#[test]
fn one_tick_delivers_to_the_billing_address() {
    let mut draft = full();
    draft.set(Field::DeliverToBilling, "yes");
    let order = draft.parse("GBP").unwrap();
    assert!(order.deliver_to_billing);
    assert_eq!(order.delivery, domain::orders::Address::default(), "a second address would contradict the tick");
    assert_eq!(order.billing, full().parse("GBP").unwrap().billing);
}

#[test]
fn every_mistake_has_its_message_at_once() {
    let draft = OrderDraft::from_pairs([
        ("status", "CNL"),
        ("box_value", "NaN"),
        ("first_name", "a\0"),
        ("mobile", "phone"),
        ("email", "ann"),
        ("date_of_birth", "31/02/2026"),
    ]);
    let named: HashSet<String> = errors(&draft).0.into_iter().map(|(field, _)| field).collect();
    let wanted = ["box_value", "first_name", "mobile", "email", "date_of_birth", "loss_reason"];
    assert_eq!(named, wanted.map(str::to_owned).into());
}

#[test]
fn messages_come_in_the_order_of_the_form() {
    let draft = OrderDraft::from_pairs([("status", "CNL"), ("business_name", "Oakley"), ("email", "ann")]);
    let named: Vec<String> = errors(&draft).0.into_iter().map(|(field, _)| field).collect();
    assert_eq!(named, ["loss_reason", "email"]);
}

#[test]
fn a_date_that_is_wrong_has_one_message_even_where_the_status_asks_for_it() {
    let mut draft = with(Field::FollowUpOn, "31/02/2026");
    draft.set(Field::Status, "FD");
    assert_eq!(errors(&draft).0, [("follow_up_on".to_owned(), draft.check(Field::FollowUpOn, "GBP").unwrap_err())]);
}

#[test]
fn the_second_line_of_a_deal_keeps_the_customer_and_starts_afresh() {
    let copy = full().copied();
    for field in [Field::Status, Field::LossReason, Field::FollowUpOn, Field::FollowUpKind, Field::FollowUpNote] {
        assert_eq!(copy.get(field), "", "{}", field.name());
    }
    for field in [Field::BusinessName, Field::FirstName, Field::Mobile, Field::Email, Field::BillingPostcode, Field::DeliveryCity] {
        assert_eq!(copy.get(field), full().get(field), "{}", field.name());
    }
    assert_eq!(copy.parse("GBP").unwrap().status, Status::New);
}
