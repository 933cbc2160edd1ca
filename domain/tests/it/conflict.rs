//! Two people edit one order: what only one touched merges by itself, what both changed differently is asked.

use domain::orders::{Field, OrderDraft, conflict::merge};

fn draft(pairs: &[(&str, &str)]) -> OrderDraft {
    OrderDraft::from_pairs(pairs.iter().copied())
}

#[test]
fn every_field_merges_in_every_way_two_people_can_touch_it() {
    // before, theirs, mine: merged, disputed
    let ways = [
        ("a", "a", "a", "a", false),
        ("a", "b", "a", "b", false),
        ("a", "a", "b", "b", false),
        ("a", "b", "b", "b", false),
        ("a", "b", "c", "c", true),
        ("", "b", "", "b", false),
        ("", "", "c", "c", false),
        ("", "b", "c", "c", true),
        ("a", "", "a", "", false),
        ("a", "a", "", "", false),
        ("a", "", "", "", false),
        ("a", "", "c", "c", true),
        ("a", "b", "", "", true),
    ];
    for &field in Field::ALL {
        for (before, theirs, mine, wanted, disputed) in ways {
            let one = |value: &str| draft(&[(field.name(), value)]);
            let (merged, asked) = merge(&one(before), &one(theirs), &one(mine));
            let way = format!("{}: {before:?} {theirs:?} {mine:?}", field.name());
            assert_eq!(merged, one(wanted), "{way}");
            assert_eq!(asked, if disputed { vec![field] } else { vec![] }, "{way}");
        }
    }
}

#[test]
fn fields_touched_by_different_people_never_disturb_each_other() {
    let before = draft(&[("business_name", "Oakley"), ("box_value", "100.00"), ("handset", "iPhone"), ("tariff", "Red")]);
    let theirs = draft(&[("business_name", "Oakley"), ("box_value", "200.00"), ("handset", "iPhone"), ("email", "ann@oakley.co.uk")]);
    let mine = draft(&[("business_name", "Oakley Ltd"), ("box_value", "100.00"), ("tariff", "Red")]);
    let (merged, disputed) = merge(&before, &theirs, &mine);
    assert!(disputed.is_empty(), "{disputed:?}");
    assert_eq!(merged, draft(&[("business_name", "Oakley Ltd"), ("box_value", "200.00"), ("email", "ann@oakley.co.uk")]));
}

#[test]
fn disputed_fields_come_in_the_order_of_the_form() {
    let names: Vec<&str> = Field::ALL.iter().map(|field| field.name()).collect();
    let all = |value: &'static str| OrderDraft::from_pairs(names.iter().map(|name| (*name, value)));
    let (merged, disputed) = merge(&all("a"), &all("b"), &all("c"));
    assert_eq!(disputed, Field::ALL);
    assert_eq!(merged, all("c"), "what this person typed is never lost");
}

#[test]
fn nothing_typed_means_taking_theirs_whole() {
    let before = draft(&[("business_name", "Oakley"), ("status", "NW")]);
    let theirs = draft(&[("business_name", "Oakley Ltd"), ("status", "CNL"), ("loss_reason", "Price")]);
    assert_eq!(merge(&before, &theirs, &before), (theirs, vec![]));
}

#[test]
fn nothing_saved_by_the_other_means_keeping_mine_whole() {
    let before = draft(&[("business_name", "Oakley"), ("tariff", "Red")]);
    let mine = draft(&[("business_name", "Oakley Ltd")]);
    assert_eq!(merge(&before, &before, &mine), (mine, vec![]));
}

#[test]
fn the_same_dispute_is_found_from_either_side() {
    let before = draft(&[("handset", "a"), ("tariff", "a"), ("email", "a@b.co")]);
    let one = draft(&[("handset", "b"), ("tariff", "a")]);
    let two = draft(&[("handset", "c"), ("tariff", "d"), ("email", "e@f.co")]);
    assert_eq!(merge(&before, &one, &two).1, merge(&before, &two, &one).1);
    assert_eq!(merge(&before, &one, &two).1, [Field::Email, Field::Handset]);
}

#[test]
fn of_several_choices_of_one_field_the_first_counts_and_nothing_else_is_touched() {
    let mut mine = draft(&[("handset", "mine"), ("tariff", "mine"), ("email", "a@b.co")]);
    let pairs = [
        ("pick.handset", "mine"),
        ("pick.tariff", "theirs"),
        ("theirs.tariff", "first"),
        ("theirs.tariff", "second"),
        ("pick.email", "theirs"),
        ("pick.handset", "theirs "),
        ("pick.version", "theirs"),
        ("theirs.handset", "theirs"),
    ];
    domain::orders::conflict::choose(pairs, &mut mine);
    assert_eq!(mine, draft(&[("handset", "mine"), ("tariff", "first")]), "what the other left empty is taken as empty");
}
