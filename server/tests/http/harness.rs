//! A house with a door: callers with and without a session.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use db::testing::{House, house};
use http_body_util::BodyExt;
use server::{config::Config, router::router, serve::state};
use tower::ServiceExt;

pub const BASE: &str = "http://127.0.0.1:3000";

pub struct Door {
    pub house: House,
    pub router: Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map_or("", |it| it.to_str().unwrap())
    }

    pub fn cookies(&self) -> Vec<String> {
        self.headers.get_all(header::SET_COOKIE).iter().map(|it| it.to_str().unwrap().to_owned()).collect()
    }
}

pub async fn door() -> Door {
    door_of(house().await, BASE).await
}

pub async fn door_of(house: House, base: &str) -> Door {
    let (config, verdicts) = Config::judge(|name| (name == "CURLEW_BASE_URL").then(|| base.to_owned()));
    let config = config.unwrap_or_else(|| panic!("{:?}", verdicts.into_iter().filter_map(|it| it.problem).collect::<Vec<_>>()));
    let router = router(state(house.db.clone(), config, Duration::from_millis(1)));
    Door { house, router }
}

pub fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

impl Door {
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        self.send(Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, path: &str, cookie: &str, pairs: &[(&str, &str)]) -> Answer {
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form(pairs))).unwrap()).await
    }

    /// Signs in and returns the session's cookie.
    pub async fn signed_in(&self, name: &str) -> String {
        let answer = self.post("/login/", "", &[("username", name), ("password", db::demo::PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let cookie = answer.cookies().into_iter().find(|it| it.starts_with("curlew=") || it.starts_with("__Host-curlew=")).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }
}
