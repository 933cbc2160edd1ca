//! What a page of an order is made of, as it travels and as devices save it.

use domain::orders::pages::Section;

#[test]
fn a_section_that_an_earlier_release_saved_on_a_device_is_read() {
    let field = r#"{"label":"Mobile","value":"07700 900123","link":"tel:07700900123"}"#;
    let [saved, of_now] =
        ["facts", "fields"].map(|name| serde_json::from_str::<Section>(&format!(r#"{{"title":"Who","{name}":[{field}]}}"#)).unwrap());
    assert_eq!(saved, of_now);
    assert_eq!(saved.fields[0].value, "07700 900123");
}
