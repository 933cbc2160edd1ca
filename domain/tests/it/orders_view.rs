//! What a page of an order is made of, as it travels and as devices save it.

use domain::{
    orders::{
        bulk::Group,
        duplicates::DuplicateGroup,
        pages::{Link, OrderListView, Section},
    },
    users::{Action, Device},
};

#[test]
fn a_section_that_an_earlier_release_saved_on_a_device_is_read() {
    let field = r#"{"label":"Mobile","value":"07700 900123","link":"tel:07700900123"}"#;
    let [saved, of_now] =
        ["facts", "fields"].map(|name| serde_json::from_str::<Section>(&format!(r#"{{"title":"Who","{name}":[{field}]}}"#)).unwrap());
    assert_eq!(saved, of_now);
    assert_eq!(saved.fields[0].value, "07700 900123");
}

#[test]
fn view_models_travel_under_the_names_that_open_tabs_and_devices_read() {
    let list = OrderListView { empty_action: Some(Link::new("New order", "/orders/new/", false)), ..OrderListView::default() };
    let sent = serde_json::to_value(&list).unwrap();
    for name in ["here", "kept", "chips", "way"] {
        assert!(sent.get(name).is_some(), "{name}");
    }
    assert_eq!(sent["way"], serde_json::json!({ "words": "New order", "href": "/orders/new/", "on": false }));
    assert_eq!(serde_json::from_value::<OrderListView>(sent).unwrap(), list);
    let names = |value: serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let group = DuplicateGroup { key: String::new(), text: String::new(), count: String::new(), orders: Vec::new(), name: String::new() };
    assert!(names(serde_json::to_value(&group).unwrap()).contains(&"words".into()));
    let group = Group { reason: String::new(), count: String::new(), first: Vec::new() };
    assert!(names(serde_json::to_value(&group).unwrap()).contains(&"words".into()));
    let action = Action { label: String::new(), under: String::new(), href: String::new(), press: String::new() };
    assert!(names(serde_json::to_value(&action).unwrap()).contains(&"words".into()));
    let device = r#"{"id":"1","name":"Firefox","address":"::1","signed_in":{"at":0,"short":"","full":""},"used":{"at":0,"short":"","full":""},"remembered":true,"here":true}"#;
    assert!(serde_json::from_str::<Device>(device).unwrap().is_current);
}
