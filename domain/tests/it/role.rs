//! Who may do what: the whole table, walked, against what the business decided.

use domain::{
    id::UserId,
    role::{Act, Actor, Role, Sight, may},
};

/// The decided rights, written down a second time. The `match` names every act, so that a new one does not compile before it is decided.
fn decided(role: Role, act: Act, agents_may_connect: bool) -> bool {
    let [admin, manager, agent, viewer] = match act {
        Act::Read => [true, true, true, true],
        Act::Create => [true, true, true, false],
        Act::EditOwn => [true, true, true, false],
        Act::EditAny => [true, true, false, false],
        Act::Connect => [true, true, agents_may_connect, false],
        Act::EditConnected => [true, true, false, false],
        Act::Give => [true, true, false, false],
        Act::Comment => [true, true, true, false],
        Act::Trash => [true, true, false, false],
        Act::Export => [true, true, false, false],
        Act::Targets => [true, true, false, false],
        Act::Campaigns => [true, true, false, false],
        Act::Administer => [true, false, false, false],
    };
    match role {
        Role::Admin => admin,
        Role::Manager => manager,
        Role::Agent => agent,
        Role::Viewer => viewer,
    }
}

fn actor(role: Role, id: i64) -> Actor {
    Actor { id: UserId(id), role, team: None, agents_may_connect: false }
}

#[test]
fn the_whole_table_is_as_decided() {
    for role in Role::ALL {
        for act in Act::ALL {
            for setting in [false, true] {
                assert_eq!(may(role, act, setting), decided(role, act, setting), "{role:?} {act:?}, agents may connect: {setting}");
                let actor = Actor { agents_may_connect: setting, ..actor(role, 1) };
                assert_eq!(actor.may(act), decided(role, act, setting), "{role:?} {act:?} as an actor, agents may connect: {setting}");
            }
        }
    }
}

#[test]
fn the_table_names_every_act_and_role_once() {
    assert_eq!(Act::ALL.iter().collect::<std::collections::HashSet<_>>().len(), Act::ALL.len());
    assert_eq!(Role::ALL.iter().collect::<std::collections::HashSet<_>>().len(), 4);
}

#[test]
fn a_viewer_may_only_read() {
    for setting in [false, true] {
        let allowed: Vec<Act> = Act::ALL.into_iter().filter(|act| may(Role::Viewer, *act, setting)).collect();
        assert_eq!(allowed, [Act::Read]);
    }
}

#[test]
fn nobody_but_an_admin_administers() {
    for role in Role::ALL {
        for setting in [false, true] {
            assert_eq!(may(role, Act::Administer, setting), role == Role::Admin, "{role:?}");
        }
    }
}

#[test]
fn an_admin_may_everything() {
    assert!(Act::ALL.into_iter().all(|act| may(Role::Admin, act, false)));
}

#[test]
fn the_setting_gives_agents_connecting_and_nothing_else_to_anybody() {
    for role in Role::ALL {
        for act in Act::ALL {
            let changes = may(role, act, false) != may(role, act, true);
            assert_eq!(changes, role == Role::Agent && act == Act::Connect, "{role:?} {act:?}");
        }
    }
}

#[test]
fn a_stronger_role_may_all_that_a_weaker_one_may() {
    for pair in Role::ALL.windows(2) {
        for act in Act::ALL {
            for setting in [false, true] {
                assert!(may(pair[0], act, setting) || !may(pair[1], act, setting), "{:?} lacks {act:?} of {:?}", pair[0], pair[1]);
            }
        }
    }
}

#[test]
fn an_agent_edits_the_own_orders_and_no_others() {
    let agent = actor(Role::Agent, 7);
    assert!(agent.may_edit(Some(UserId(7))));
    assert!(!agent.may_edit(Some(UserId(8))));
    assert!(!agent.may_edit(None), "an order that nobody sold is not the agent's");
}

#[test]
fn managers_and_admins_edit_every_order() {
    for role in [Role::Admin, Role::Manager] {
        for owner in [None, Some(UserId(1)), Some(UserId(2))] {
            assert!(actor(role, 1).may_edit(owner), "{role:?} {owner:?}");
        }
    }
}

#[test]
fn a_viewer_edits_not_even_an_order_in_the_own_name() {
    assert!(!actor(Role::Viewer, 7).may_edit(Some(UserId(7))));
    assert!(!actor(Role::Viewer, 7).may_edit(None));
}

#[test]
fn a_role_reads_back_from_its_stored_form() {
    for role in Role::ALL {
        assert_eq!(role.code().parse::<Role>(), Ok(role));
        assert_eq!(serde_json::to_string(&role).unwrap(), format!("\"{}\"", role.code()), "stored and sent alike");
    }
    assert_eq!(Role::ALL.map(Role::label), ["Admin", "Manager", "Agent", "Viewer"]);
}

#[test]
fn an_unknown_role_is_no_role() {
    for text in ["", "root", "superuser", "Admin ", " admin", "admin\0", "manager,admin", "*", "1"] {
        assert!(text.parse::<Role>().is_err(), "{text:?}");
    }
    assert!(serde_json::from_str::<Role>("\"root\"").is_err());
}

#[test]
fn agents_see_every_order_unless_the_business_narrows_it() {
    assert_eq!(Sight::default(), Sight::All);
    for sight in [Sight::All, Sight::Team, Sight::Own] {
        assert_eq!(Sight::from_code(sight.code()), sight);
    }
}

#[test]
fn a_broken_sight_setting_shows_less_and_never_more() {
    for code in ["", "ALL", "every", "all ", "' OR 1=1--"] {
        assert_eq!(Sight::from_code(code), Sight::Own, "{code:?}");
    }
}
