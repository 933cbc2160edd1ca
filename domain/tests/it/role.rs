//! Who may do what: the whole table, walked, against what the business decided.

use domain::{
    id::UserId,
    role::{Authority, Permission, Role, Visibility, may},
};

/// The decided permissions, written down a second time. The `match` names every permission, so that a new one does not compile before it is decided.
fn decided(role: Role, permission: Permission, agents_may_connect: bool) -> bool {
    let [admin, manager, agent, viewer] = match permission {
        Permission::Read => [true, true, true, true],
        Permission::Create => [true, true, true, false],
        Permission::EditOwn => [true, true, true, false],
        Permission::EditAny => [true, true, false, false],
        Permission::Connect => [true, true, agents_may_connect, false],
        Permission::EditConnected => [true, true, false, false],
        Permission::Assign => [true, true, false, false],
        Permission::Comment => [true, true, true, false],
        Permission::Trash => [true, true, false, false],
        Permission::Export => [true, true, false, false],
        Permission::Targets => [true, true, false, false],
        Permission::Campaigns => [true, true, false, false],
        Permission::Administer => [true, false, false, false],
    };
    match role {
        Role::Admin => admin,
        Role::Manager => manager,
        Role::Agent => agent,
        Role::Viewer => viewer,
    }
}

fn authority(role: Role, id: i64) -> Authority {
    Authority { id: UserId(id), role, team: None, agents_may_connect: false }
}

#[test]
fn the_whole_table_is_as_decided() {
    for role in Role::ALL {
        for permission in Permission::ALL {
            for setting in [false, true] {
                assert_eq!(
                    may(role, permission, setting),
                    decided(role, permission, setting),
                    "{role:?} {permission:?}, agents may connect: {setting}"
                );
                let authority = Authority { agents_may_connect: setting, ..authority(role, 1) };
                assert_eq!(
                    authority.may(permission),
                    decided(role, permission, setting),
                    "{role:?} {permission:?} as an actor, agents may connect: {setting}"
                );
            }
        }
    }
}

#[test]
fn the_table_names_every_act_and_role_once() {
    assert_eq!(Permission::ALL.iter().collect::<std::collections::HashSet<_>>().len(), Permission::ALL.len());
    assert_eq!(Role::ALL.iter().collect::<std::collections::HashSet<_>>().len(), 4);
}

#[test]
fn a_viewer_may_only_read() {
    for setting in [false, true] {
        let allowed: Vec<Permission> = Permission::ALL.into_iter().filter(|permission| may(Role::Viewer, *permission, setting)).collect();
        assert_eq!(allowed, [Permission::Read]);
    }
}

#[test]
fn nobody_but_an_admin_administers() {
    for role in Role::ALL {
        for setting in [false, true] {
            assert_eq!(may(role, Permission::Administer, setting), role == Role::Admin, "{role:?}");
        }
    }
}

#[test]
fn an_admin_may_everything() {
    assert!(Permission::ALL.into_iter().all(|permission| may(Role::Admin, permission, false)));
}

#[test]
fn the_setting_gives_agents_connecting_and_nothing_else_to_anybody() {
    for role in Role::ALL {
        for permission in Permission::ALL {
            let changes = may(role, permission, false) != may(role, permission, true);
            assert_eq!(changes, role == Role::Agent && permission == Permission::Connect, "{role:?} {permission:?}");
        }
    }
}

#[test]
fn a_stronger_role_may_all_that_a_weaker_one_may() {
    for pair in Role::ALL.windows(2) {
        for permission in Permission::ALL {
            for setting in [false, true] {
                assert!(
                    may(pair[0], permission, setting) || !may(pair[1], permission, setting),
                    "{:?} lacks {permission:?} of {:?}",
                    pair[0],
                    pair[1]
                );
            }
        }
    }
}

#[test]
fn an_agent_edits_the_own_orders_and_no_others() {
    let agent = authority(Role::Agent, 7);
    assert!(agent.may_edit(Some(UserId(7))));
    assert!(!agent.may_edit(Some(UserId(8))));
    assert!(!agent.may_edit(None), "an order that nobody sold is not the agent's");
}

#[test]
fn managers_and_admins_edit_every_order() {
    for role in [Role::Admin, Role::Manager] {
        for owner in [None, Some(UserId(1)), Some(UserId(2))] {
            assert!(authority(role, 1).may_edit(owner), "{role:?} {owner:?}");
        }
    }
}

#[test]
fn a_viewer_edits_not_even_an_order_in_the_own_name() {
    assert!(!authority(Role::Viewer, 7).may_edit(Some(UserId(7))));
    assert!(!authority(Role::Viewer, 7).may_edit(None));
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
    assert_eq!(Visibility::default(), Visibility::All);
    for visibility in [Visibility::All, Visibility::Team, Visibility::Own] {
        assert_eq!(Visibility::from_code(visibility.code()), visibility);
    }
}

#[test]
fn a_broken_sight_setting_shows_less_and_never_more() {
    for code in ["", "ALL", "every", "all ", "' OR 1=1--"] {
        assert_eq!(Visibility::from_code(code), Visibility::Own, "{code:?}");
    }
}
