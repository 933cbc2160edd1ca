//! A server over a test world: callers with and without a session.

use std::{io::Read, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header},
};
use db::testing::{TestWorld, world};
use http_body_util::BodyExt;
use server::{config::Config, router::router, serve::state};
use tower::ServiceExt;

pub const BASE: &str = "http://127.0.0.1:3000";

pub struct TestServer {
    pub world: TestWorld,
    pub router: Router,
}

/// The fields of a form, by name.
pub type Fields<'a> = &'a [(&'a str, &'a str)];

pub struct TestResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl TestResponse {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |it| it.to_str().unwrap())
    }

    pub fn cookies(&self) -> Vec<String> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap().to_owned()).collect()
    }

    /// The address of the form that is stored, as the browser hears it.
    pub fn stored(&self) -> Option<String> {
        self.cookies().iter().find_map(|it| Some(it.split(';').next()?.strip_prefix("curlew-stored=")?.to_owned()))
    }
}

pub async fn server() -> TestServer {
    server_for(world().await, BASE).await
}

pub async fn server_for(world: TestWorld, base: &str) -> TestServer {
    let (config, verdicts) = Config::judge(|name| (name == "CURLEW_BASE_URL").then(|| base.to_owned()));
    let config = config.unwrap_or_else(|| panic!("{:?}", verdicts.into_iter().filter_map(|it| it.problem).collect::<Vec<_>>()));
    let router = router(state(world.db.clone(), config, Duration::from_millis(1)));
    TestServer { world, router }
}

/// What Chromium sends with every request, but for `Sec-Fetch-Site`, which tests of cross-site requests choose.
const BROWSER: [(&str, &str); 3] = [
    ("accept-encoding", "gzip, deflate, br, zstd"),
    ("accept-language", "en-GB,en;q=0.9"),
    ("user-agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"),
];
/// What it sends for a page, and for a request of a script.
const BROWSER_BY_KIND: [(&str, &str, &str); 3] = [
    ("accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "*/*"),
    ("sec-fetch-mode", "navigate", "cors"),
    ("sec-fetch-dest", "document", "empty"),
];

/// A body as it was before it was compressed.
fn plain(headers: &HeaderMap, bytes: Vec<u8>) -> Vec<u8> {
    let mut read = Vec::new();
    match headers.get(header::CONTENT_ENCODING).map(|it| it.to_str().unwrap()) {
        None => return bytes,
        Some("gzip") => flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut read).unwrap(),
        Some("br") => brotli::Decompressor::new(bytes.as_slice(), 4096).read_to_end(&mut read).unwrap(),
        Some(other) => panic!("a browser would read {other} too; this does not"),
    };
    read
}

/// The types of a plain form and of what scripts send.
pub const FORM: &str = "application/x-www-form-urlencoded";
pub const JSON: &str = "application/json";

/// The value of a hidden field of a page.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#x27;", "'").replace("&amp;", "&"))
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl TestServer {
    /// Sends it as a browser does, and reads the answer as one does.
    pub async fn send(&self, mut request: Request<Body>) -> TestResponse {
        let is_page = !request.uri().path().starts_with("/fn/") && !request.uri().path().starts_with("/api/");
        for (name, value) in BROWSER {
            request.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        for (name, page, script) in BROWSER_BY_KIND {
            request.headers_mut().entry(name).or_insert(HeaderValue::from_static(if is_page { page } else { script }));
        }
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = plain(&parts.headers, body.collect().await.unwrap().to_bytes().to_vec());
        TestResponse { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, path: &str, cookie: &str) -> TestResponse {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, cookie: &str, pairs: &[(&str, &str)]) -> TestResponse {
        self.post_body(path, cookie, FORM, form(pairs)).await
    }

    /// Posts a body of a type, from a page of this site.
    pub async fn post_body(&self, path: &str, cookie: &str, kind: &str, body: impl Into<Body>) -> TestResponse {
        let request =
            Request::post(path).header(header::COOKIE, cookie).header("sec-fetch-site", "same-origin").header(header::CONTENT_TYPE, kind);
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Signs in and returns the session's cookie.
    pub async fn signed_in(&self, name: &str) -> String {
        let answer = self.post("/login/", "", &[("username", name), ("password", db::demo::PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let cookie = answer.cookies().into_iter().find(|it| it.starts_with("curlew=") || it.starts_with("__Host-curlew=")).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}
