//! The document: nothing inline but what the nonce allows, no style attribute anywhere.

use crate::harness::server;

#[tokio::test]
async fn no_page_has_a_style_attribute_or_a_script_without_the_nonce() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    let pages = ["/orders/", "/orders/today/", "/orders/new/", "/orders/1000396/", "/orders/1000396/update/", "/nothing/"];
    for (path, cookie) in pages.into_iter().map(|path| (path, cookie.as_str())).chain([("/login/", ""), ("/invite/x/", "")]) {
        let answer = server.get(path, cookie).await;
        assert!(!answer.body.contains(" style="), "{path}");
        assert!(!answer.body.contains(" onclick=") && !answer.body.contains("javascript:"), "{path}");
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap_or_default();
        for script in answer.body.split("<script").skip(1) {
            let tag = script.split('>').next().unwrap();
            assert!(!nonce.is_empty() && tag.contains(&format!("nonce=\"{nonce}\"")), "{path}: <script{tag}>");
        }
        assert!(answer.body.contains("lang=\"en-GB\"") && answer.body.contains("width=device-width, initial-scale=1"), "{path}");
        assert!(!answer.body.contains("user-scalable") && !answer.body.contains("maximum-scale"), "{path}");
    }
}

#[tokio::test]
async fn every_page_has_a_title_and_one_heading() {
    let server = server().await;
    let cookie = server.signed_in("layla").await;
    for path in ["/orders/", "/orders/mine/", "/orders/new/", "/orders/1000396/", "/orders/1000396/update/", "/nothing/"] {
        let answer = server.get(path, &cookie).await;
        assert_eq!(answer.body.matches("<h1").count(), 1, "{path}");
        let title = answer.body.split("<title>").nth(1).and_then(|it| it.split("</title>").next()).unwrap_or_default();
        assert!(title.ends_with("Curlew") && title.len() > 8, "{path}: {title}");
    }
}

#[test]
fn every_test_that_a_document_names_exists() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut sources = String::new();
    for folder in ["db/tests/it", "server/tests/http", "domain/tests/it", "end2end/tests", "server/src"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = file.unwrap().path();
            if path.is_file() {
                sources += &std::fs::read_to_string(path).unwrap();
            }
        }
    }
    let text = std::fs::read_to_string(root.join("docs/ORIGINAL.md")).unwrap();
    let mut named = 0;
    for name in text
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|it| it.matches('_').count() > 2 && it.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'))
    {
        named += 1;
        assert!(sources.contains(&format!("fn {name}(")), "docs/ORIGINAL.md names {name}, which is no test");
    }
    let rows = text.lines().filter(|line| line.starts_with("| "));
    for name in rows.flat_map(|line| line.split('"').skip(1).step_by(2)).filter(|it| it.split(' ').count() > 4 && !it.contains("deleted")) {
        named += 1;
        let axe = name.ends_with("axe, overflow, targets");
        assert!(axe || sources.contains(&format!("test(\"{name}\"")), "docs/ORIGINAL.md names “{name}”, which is no browser test");
    }
    assert!(named > 50, "{named}");
}
