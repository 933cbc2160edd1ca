//! The nine statuses: names as people say them, and the whole table of moves, walked.

use std::collections::HashSet;

use domain::{
    id::UserId,
    orders::{
        Field, FollowUpKind, NewOrder, OrderDraft, Rules,
        Status::{self, *},
    },
    role::{Authority, Role},
};

fn authority(role: Role, agents_may_connect: bool) -> Authority {
    Authority { id: UserId(1), role, team: None, agents_may_connect }
}

fn usual() -> Rules {
    Rules::default()
}

fn judged(draft: &OrderDraft) -> domain::Result<NewOrder> {
    usual().parse(draft, "GBP")
}

fn touches_connected(from: Status, to: Status) -> bool {
    from == Connected || to == Connected
}

fn transitions() -> impl Iterator<Item = (Status, Status)> {
    Status::ALL.into_iter().flat_map(|from| usual().next(from).to_vec().into_iter().map(move |to| (from, to)))
}

fn order(status: Status) -> OrderDraft {
    OrderDraft::from_pairs([("business_name", "Oakley Joinery Ltd"), ("status", status.code())])
}

#[test]
fn the_nine_statuses_have_the_codes_and_words_of_the_original() {
    let named: HashSet<(&str, &str)> = Status::ALL.into_iter().map(|status| (status.code(), status.label())).collect();
    let wanted = HashSet::from([
        ("NW", "New"),
        ("HD", "Held"),
        ("PK", "Parked"),
        ("TP", "To Process"),
        ("FD", "Future End Date"),
        ("AW", "Awaiting Stock"),
        ("IS", "Issues"),
        ("CN", "Connected"),
        ("CNL", "Cancelled"),
    ]);
    assert_eq!(named, wanted);
    assert_eq!(Status::ALL.len(), 9);
}

#[test]
fn a_status_reads_back_from_its_stored_form() {
    for status in Status::ALL {
        assert_eq!(Status::from_code(status.code()), Some(status));
        assert_eq!(serde_json::to_string(&status).unwrap(), format!("\"{}\"", status.code()), "stored and sent alike");
    }
    for code in ["", "XX", "New", "CN\0", "CNL ", "NW,CN", "*"] {
        assert_eq!(Status::from_code(code), None, "{code:?}");
    }
}

#[test]
fn no_status_follows_itself() {
    for status in Status::ALL {
        assert!(!usual().next(status).contains(&status), "{status:?}");
    }
}

#[test]
fn nothing_becomes_new_again() {
    for status in Status::ALL {
        assert!(!usual().next(status).contains(&New), "{status:?}");
    }
}

#[test]
fn every_status_can_be_reached_from_new() {
    let mut reached = HashSet::from([New]);
    let mut open = vec![New];
    while let Some(from) = open.pop() {
        open.extend(usual().next(from).iter().copied().filter(|to| reached.insert(*to)));
    }
    assert_eq!(reached, HashSet::from(Status::ALL));
}

#[test]
fn every_status_can_be_left_and_names_each_next_one_once() {
    for status in Status::ALL {
        let rules = usual();
        let next = rules.next(status);
        assert!(!next.is_empty(), "{status:?} is a dead end");
        assert_eq!(next.iter().collect::<HashSet<_>>().len(), next.len(), "{status:?}");
    }
}

#[test]
fn every_order_can_be_lost_and_a_lost_one_taken_up_again() {
    for status in Status::ALL.into_iter().filter(|status| *status != Cancelled) {
        assert!(usual().next(status).contains(&Cancelled), "{status:?} cannot be cancelled");
    }
    assert!(usual().next(Cancelled).contains(&ToProcess));
}

#[test]
fn an_order_is_processed_before_it_is_connected() {
    assert!(!usual().next(New).contains(&Connected), "the rhythm is written, processed, connected");
    assert!(!usual().next(Cancelled).contains(&Connected));
    assert!(usual().next(ToProcess).contains(&Connected));
}

#[test]
fn what_the_table_lacks_is_refused_to_everybody() {
    for role in Role::ALL {
        for setting in [false, true] {
            let authority = authority(role, setting);
            for from in Status::ALL {
                for to in Status::ALL.into_iter().filter(|to| *to != from && !usual().next(from).contains(to)) {
                    let why = usual().refusal(from, to, &authority).unwrap_or_else(|| panic!("{role:?} moves {from:?} to {to:?}"));
                    assert!(why.contains(from.label()) && why.contains(to.label()), "the message names both: {why}");
                }
            }
        }
    }
}

#[test]
fn managers_and_admins_make_every_move_of_the_table() {
    for role in [Role::Admin, Role::Manager] {
        for (from, to) in transitions() {
            assert_eq!(usual().refusal(from, to, &authority(role, false)), None, "{role:?} {from:?} {to:?}");
        }
    }
}

#[test]
fn only_managers_move_into_or_out_of_connected() {
    for (from, to) in transitions() {
        let refused = usual().refusal(from, to, &authority(Role::Agent, false)).is_some();
        assert_eq!(refused, touches_connected(from, to), "{from:?} {to:?}");
    }
    assert!(transitions().any(|(_, to)| to == Connected) && transitions().any(|(from, _)| from == Connected), "there are such moves");
}

#[test]
fn agents_connect_when_the_setting_says_so() {
    for (from, to) in transitions() {
        assert_eq!(usual().refusal(from, to, &authority(Role::Agent, true)), None, "{from:?} {to:?}");
    }
}

#[test]
fn a_viewer_never_moves_into_or_out_of_connected_whatever_the_setting() {
    for (from, to) in transitions().filter(|(from, to)| touches_connected(*from, *to)) {
        for setting in [false, true] {
            assert!(usual().refusal(from, to, &authority(Role::Viewer, setting)).is_some(), "{from:?} {to:?}");
        }
    }
}

#[test]
fn the_moves_on_offer_are_exactly_those_that_are_not_refused() {
    for role in Role::ALL {
        for setting in [false, true] {
            let authority = authority(role, setting);
            for from in Status::ALL {
                let offered = usual().next_for(from, &authority);
                for to in Status::ALL.into_iter().filter(|to| *to != from) {
                    assert_eq!(offered.contains(&to), usual().refusal(from, to, &authority).is_none(), "{role:?} {from:?} {to:?}");
                }
                assert!(!offered.contains(&from), "{role:?} {from:?}");
            }
        }
    }
}

#[test]
fn an_agent_finds_nothing_to_do_on_a_connected_order() {
    assert!(usual().next_for(Connected, &authority(Role::Agent, false)).is_empty());
    assert!(!usual().next_for(Connected, &authority(Role::Agent, true)).is_empty());
}

#[test]
fn a_save_that_leaves_the_status_alone_is_no_move() {
    for role in [Role::Admin, Role::Manager, Role::Agent] {
        for status in Status::ALL {
            assert_eq!(usual().refusal(status, status, &authority(role, false)), None, "{role:?} {status:?}");
        }
    }
}

#[test]
fn a_new_order_starts_as_new_and_never_as_connected() {
    for role in [Role::Admin, Role::Manager, Role::Agent] {
        for setting in [false, true] {
            let first = usual().first_for(&authority(role, setting));
            assert_eq!(first[0], New);
            assert!(!first.contains(&Connected), "{role:?}");
            assert_eq!(first.iter().collect::<HashSet<_>>().len(), first.len());
        }
    }
}

#[test]
fn a_viewer_is_offered_no_move_and_no_new_order() {
    let viewer = authority(Role::Viewer, false);
    for status in Status::ALL {
        assert!(usual().next_for(status, &viewer).is_empty(), "{status:?} {:?}", usual().next_for(status, &viewer));
    }
    assert!(usual().first_for(&viewer).is_empty());
}

#[test]
fn apart_from_new_and_connected_every_status_may_follow_every_other() {
    for from in Status::ALL.into_iter().filter(|from| *from != Connected) {
        for to in Status::ALL.into_iter().filter(|to| *to != from && !matches!(to, New | Connected)) {
            assert_eq!(usual().refusal(from, to, &authority(Role::Agent, false)), None, "{from:?} {to:?}");
        }
    }
}

#[test]
fn a_cancelled_order_needs_a_reason() {
    let mut draft = order(Cancelled);
    for reason in ["", "   ", "\u{3164}", "\u{200b}"] {
        draft.set(Field::LossReason, reason);
        let domain::Error::Invalid(errors) = judged(&draft).unwrap_err() else { panic!("{reason:?} is another kind of error") };
        assert_eq!(errors.0.len(), 1, "{errors:?}");
        assert!(errors.get("loss_reason").is_some(), "{reason:?}");
    }
    draft.set(Field::LossReason, "Went elsewhere");
    assert_eq!(judged(&draft).unwrap().loss_reason.as_deref(), Some("Went elsewhere"));
}

#[test]
fn no_other_status_needs_a_reason() {
    for status in Status::ALL.into_iter().filter(|status| *status != Cancelled) {
        if let Err(domain::Error::Invalid(errors)) = judged(&order(status)) {
            assert_eq!(errors.get("loss_reason"), None, "{status:?}");
        }
    }
    assert!(judged(&order(New)).is_ok() && judged(&order(ToProcess)).is_ok() && judged(&order(Issues)).is_ok());
}

#[test]
fn future_end_date_and_awaiting_stock_ask_for_a_follow_up_and_no_other_status_does() {
    for status in Status::ALL {
        let asks = usual().asks(status).contains(&Field::FollowUpOn);
        assert_eq!(asks, matches!(status, FutureEndDate | AwaitingStock), "{status:?}");
    }
    assert_eq!(FutureEndDate.follow_up_kind(), Some(FollowUpKind::ContractEnds));
    assert_eq!(AwaitingStock.follow_up_kind(), Some(FollowUpKind::StockDue));
    assert_eq!(Cancelled.follow_up_kind(), None);
}

#[test]
fn a_move_to_cancelled_asks_for_the_reason() {
    for status in Status::ALL {
        assert_eq!(usual().asks(status).contains(&Field::LossReason), status == Cancelled, "{status:?}");
    }
}

#[test]
fn what_a_status_requires_it_also_asks_for() {
    for status in Status::ALL {
        if let Err(domain::Error::Invalid(errors)) = judged(&order(status)) {
            for (name, _) in &errors.0 {
                assert!(usual().asks(status).contains(&Field::find(name).unwrap()), "{status:?} requires {name} and never asks");
            }
        }
    }
}
