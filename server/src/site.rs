//! The files of this release, embedded with brotli and gzip versions; files of earlier releases come from the database.

use std::sync::Arc;

use app::shell::Assets;
use axum::{
    body::Body,
    extract::{Path, State as Get},
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse,
};
use db::{Db, releases::Asset};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::state::State;

#[derive(RustEmbed)]
#[folder = "$CURLEW_SITE"]
#[allow_missing = true]
struct Site;

/// The pictures of the user guide.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../docs/guide/pictures"]
#[allow_missing = true]
struct GuidePictures;

/// Serves a picture of the user guide, cached for a day, because its name stays when the picture changes.
pub async fn guide_picture(Path(name): Path<String>) -> Response<Body> {
    let Some(file) = GuidePictures::get(&name) else { return not_found() };
    ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=86400")], file.data).into_response()
}

fn bytes(path: &str) -> Option<Vec<u8>> {
    Site::get(path).map(|file| file.data.into_owned())
}

/// The names of the files that pages refer to, found by pattern (`curlew.<hash>.js` and so on).
pub fn assets() -> Assets {
    let names: Vec<String> = Site::iter().filter_map(|path| path.strip_prefix("pkg/").map(str::to_owned)).collect();
    let find = |start: &str, end: &str| names.iter().find(|name| name.starts_with(start) && name.ends_with(end)).cloned();
    let url = |name: Option<String>| name.map(|name| format!("/pkg/{name}"));
    // `pieces_<route>.<hash>.bin`
    let pieces = names.iter().filter(|name| name.ends_with(".bin")).filter_map(|name| {
        let (route, _) = name.strip_prefix("pieces_")?.split_once('.')?;
        Some((route.to_owned(), format!("/pkg/{name}")))
    });
    Assets {
        css: url(find("curlew", ".css")),
        font: url(find("inter", ".woff2")),
        js: url(find("curlew", ".js")),
        wasm: url(find("curlew", ".wasm")),
        live: url(find("live.", ".js")),
        pieces: Arc::new(pieces.collect()),
    }
}

/// Stores this release's files in the database. A binary without a site stores nothing.
pub async fn keep(db: &Db) -> domain::Result<()> {
    let mut assets: Vec<Asset> = Vec::new();
    let mut digest = Sha256::new();
    let mut paths: Vec<String> = Site::iter().map(|path| path.to_string()).filter(|path| path.starts_with("pkg/")).collect();
    paths.sort();
    for path in paths.iter().filter(|path| !path.ends_with(".br") && !path.ends_with(".gz")) {
        let Some(plain) = bytes(path) else { continue };
        digest.update(path.as_bytes());
        digest.update(&plain);
        assets.push(Asset {
            content_type: content_type(path),
            brotli: bytes(&format!("{path}.br")),
            gzip: bytes(&format!("{path}.gz")),
            path: path.clone(),
            plain,
        });
    }
    if assets.is_empty() {
        return Ok(());
    }
    let id: String = digest.finalize().iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    db::releases::keep(db, &id, assets).await
}

/// The files of this release that a device caches, and the release's hash.
pub fn release() -> (String, Vec<String>) {
    let mut paths: Vec<String> = Site::iter().map(|path| path.to_string()).collect();
    let kept = |path: &String| path.starts_with("pkg/") && [".js", ".wasm", ".css", ".woff2"].iter().any(|end| path.ends_with(end));
    paths.retain(|path| kept(path) && !path.starts_with("pkg/sw."));
    paths.sort();
    let sum = Sha256::digest(paths.join("\n").as_bytes());
    (sum.iter().take(8).map(|byte| format!("{byte:02x}")).collect(), paths.into_iter().map(|path| format!("/{path}")).collect())
}

/// The script of the service worker, without the release's data.
pub fn worker() -> Option<String> {
    let path = Site::iter().find(|path| path.starts_with("pkg/sw.") && path.ends_with(".js"))?;
    String::from_utf8(bytes(&path)?).ok()
}

fn content_type(path: &str) -> String {
    mime_guess::from_path(path).first_or_octet_stream().to_string()
}

/// `GET /pkg/…`: names contain hashes, so responses are cached for ever.
pub async fn file(Get(state): Get<State>, Path(path): Path<String>, headers: HeaderMap) -> Response<Body> {
    let path = format!("pkg/{path}");
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| {
        accepted
            .split(',')
            .any(|it| it.split(';').next().is_some_and(|it| it.trim() == coding) && !it.contains("q=0,") && !it.trim_end().ends_with("q=0"))
    };
    if path.ends_with(".br") || path.ends_with(".gz") {
        return not_found();
    }
    if let Some(plain) = Site::get(&path) {
        let sibling = |coding: &str, end: &str| if accepts(coding) { Site::get(&format!("{path}{end}")) } else { None };
        let (coding, data) = match (sibling("br", ".br"), sibling("gzip", ".gz")) {
            (Some(br), _) => (Some("br"), br.data),
            (_, Some(gz)) => (Some("gzip"), gz.data),
            _ => (None, plain.data),
        };
        return answer(&content_type(&path), coding, data.into_owned());
    }
    match db::releases::find(&state.db, &path).await {
        Ok(Some(asset)) => match (asset.brotli.filter(|_| accepts("br")), asset.gzip.filter(|_| accepts("gzip"))) {
            (Some(br), _) => answer(&asset.content_type, Some("br"), br),
            (_, Some(gz)) => answer(&asset.content_type, Some("gzip"), gz),
            _ => answer(&asset.content_type, None, asset.plain),
        },
        _ => not_found(),
    }
}

fn not_found() -> Response<Body> {
    let mut response = Response::new(Body::from("not found"));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}

fn answer(content_type: &str, coding: Option<&str>, data: Vec<u8>) -> Response<Body> {
    let mut response = Response::builder()
        .header(header::CONTENT_TYPE, content_type)
        .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
        .header(header::VARY, "accept-encoding");
    if let Some(coding) = coding {
        response = response.header(header::CONTENT_ENCODING, coding);
    }
    response.body(Body::from(data)).unwrap_or_else(|_| not_found())
}
