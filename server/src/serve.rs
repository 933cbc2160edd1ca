//! `curlew serve`: start, listen, and leave in good order.

use std::{
    fs::File,
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use axum_server::{
    Handle,
    accept::NoDelayAcceptor,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use db::{Db, Options, password::Gate};
use hyper_util::rt::TokioTimer;
use tokio::sync::watch;

use crate::{
    config::Config,
    live::Live,
    router::router,
    site,
    state::{Setup, State},
};

/// How long requests may go on after SIGTERM.
const DRAIN: Duration = Duration::from_secs(25);
/// How long a caller may take to send the headers of a request.
const HEADERS: Duration = Duration::from_secs(10);
/// How often a server looks for work that another one left.
const RESUME: Duration = Duration::from_secs(30);
/// Every sign-in answers after this long.
const SIGN_IN: Duration = Duration::from_millis(750);

/// Serves until SIGTERM or Ctrl C.
///
/// Errors, each one sentence: another `serve` on the same SQLite file, a database that cannot be opened, a port that is taken.
pub async fn serve(config: Config, tls: Option<Tls>) -> Result<(), String> {
    let tls = match tls {
        Some(tls) => Some(tls.read().await?),
        None => None,
    };
    let _lock = lock(&config.database_url)?;
    let db = db::connect(&Options::serve(&config.database_url)).await.map_err(|cause| cause.to_string())?;
    db::settings::seed(&db, config.time_zone, &config.currency).await.map_err(|cause| cause.to_string())?;
    if let Err(cause) = site::keep(&db).await {
        tracing::warn!(%cause, "this release's files are not kept in the database");
    }
    let state = state(db.clone(), config, SIGN_IN);
    let address = state.config.address;
    let listener = TcpListener::bind(address).map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => format!("Port {} is taken: stop what listens there, or set CURLEW_ADDR or PORT.", address.port()),
        _ => format!("Curlew cannot listen on {address}: {cause}."),
    })?;
    tracing::info!("Curlew listens on {} ({address})", state.config.base_url);
    if state.setup.is_open(&db).await.unwrap_or_default() {
        tracing::info!("The database is empty. Make the first admin at {}/setup/?token={}", state.config.base_url, state.setup.token);
    }
    tokio::spawn(sweep(db.clone()));
    tokio::spawn(resume(db.clone()));
    tokio::spawn(crate::live::follow(state.live.clone(), db.announcer.clone()));
    tokio::spawn(db::news::follow(db.clone(), state.config.listen_url.clone()));
    let leaving = state.leaving.clone();
    let handle = Handle::new();
    let drain = handle.clone();
    tokio::spawn(async move {
        stop().await;
        leaving.send_replace(true);
        tracing::info!("stopping");
        drain.graceful_shutdown(Some(DRAIN));
    });
    let ended = listen(state, listener, handle, tls).await.map_err(|cause| format!("The server ended: {cause}."));
    db.close().await;
    ended
}

/// Answers on a listener until its handle says stop.
///
/// Errors: those of the socket.
pub async fn listen(state: State, listener: TcpListener, handle: Handle<SocketAddr>, tls: Option<RustlsConfig>) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    if let Some(tls) = tls {
        let acceptor = RustlsAcceptor::new(tls).handshake_timeout(HEADERS).acceptor(NoDelayAcceptor::new());
        let mut server = axum_server::from_tcp(listener)?.acceptor(acceptor).handle(handle);
        server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
        return server.serve(router(state).into_make_service_with_connect_info::<SocketAddr>()).await;
    }
    // Nagle's algorithm would hold the small writes of an answer back for 40 ms.
    // Without TLS nobody speaks HTTP/2; to look out for it would double the memory that each connection reads into.
    let mut server = axum_server::from_tcp(listener)?.acceptor(NoDelayAcceptor::new()).handle(handle).http1_only();
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    server.serve(router(state).into_make_service_with_connect_info::<SocketAddr>()).await
}

/// What handlers share.
pub fn state(db: Db, config: Config, sign_in: Duration) -> State {
    // The page renderer needs to know its executor once; a second time is no harm.
    let _ = any_spawner::Executor::init_tokio();
    State {
        db,
        gate: Gate::new(sign_in),
        config: Arc::new(config),
        assets: site::assets(),
        setup: Arc::new(Setup::new(db::users::fresh_token())),
        leaving: watch::Sender::new(false),
        live: Live::default(),
    }
}

/// One `serve` per SQLite file: the lock goes with the process, however it ends.
fn lock(url: &str) -> Result<Option<File>, String> {
    let Some(path) = db::dialect::sqlite_path(url) else { return Ok(None) };
    match db::dialect::lock_beside(&path, "serve") {
        Ok(Some(file)) => Ok(Some(file)),
        Ok(None) => Err(format!("Another `curlew serve` runs on {}: stop it first.", path.display())),
        Err(cause) => Err(format!("{} cannot be locked: {cause}.", path.display())),
    }
}

async fn sweep(db: Db) {
    loop {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        if let Err(cause) = db::sessions::sweep(&db).await {
            tracing::warn!(%cause, "sweeping sessions");
        }
        if let Err(cause) = db::sync::sweep(&db).await {
            tracing::warn!(%cause, "forgetting keys of outboxes");
        }
        if let Err(cause) = db::many::sweep(&db).await {
            tracing::warn!(%cause, "forgetting acts on many orders");
        }
        if let Err(cause) = db::figures::fold(&db).await {
            tracing::warn!(%cause, "folding figures");
        }
    }
}

/// Goes on with acts on many orders that a server left which is gone.
async fn resume(db: Db) {
    loop {
        match db::many::left(&db).await {
            Ok(left) => left.into_iter().for_each(|id| drop(tokio::spawn(crate::doors::many::run(db.clone(), id)))),
            Err(cause) => tracing::warn!(%cause, "looking for acts on many orders"),
        }
        tokio::time::sleep(RESUME).await;
    }
}

async fn stop() {
    let interrupted = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut terminated) => tokio::select! { () = interrupted => {}, _ = terminated.recv() => {} },
            Err(_) => interrupted.await,
        }
    }
    #[cfg(not(unix))]
    interrupted.await;
}

/// A certificate and its key, as PEM files, for who serves TLS without a proxy.
#[derive(Clone, Debug)]
pub struct Tls {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// How often the files are read again: a certificate that was renewed needs no restart.
const RENEW: Duration = Duration::from_secs(3_600);

impl Tls {
    /// Reads the files, and keeps reading them.
    ///
    /// Errors: one sentence that names both.
    async fn read(self) -> Result<RustlsConfig, String> {
        // A second time is no harm: it is the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let read = RustlsConfig::from_pem_file(&self.cert, &self.key).await;
        let config =
            read.map_err(|cause| format!("{} and {} are no certificate with its key: {cause}.", self.cert.display(), self.key.display()))?;
        let kept = config.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEW).await;
                if let Err(cause) = kept.reload_from_pem_file(&self.cert, &self.key).await {
                    tracing::warn!(%cause, "reading the certificate again; the one that was read stays");
                }
            }
        });
        Ok(config)
    }
}

/// Asks the server of these settings whether it takes requests; without TLS, as a proxy beside it would.
///
/// Errors: one sentence, when it does not.
pub fn ready(config: &Config) -> Result<(), String> {
    let mut address = config.address;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    let asked = || -> io::Result<String> {
        let wait = Duration::from_secs(2);
        let mut stream = TcpStream::connect_timeout(&address, wait)?;
        stream.set_read_timeout(Some(wait))?;
        stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(4_096).read_to_string(&mut answer)?;
        Ok(answer)
    };
    match asked() {
        Ok(answer) if answer.split(' ').nth(1) == Some("200") => Ok(()),
        Ok(_) => Err(format!("The server on {address} takes no requests now.")),
        Err(cause) => Err(format!("Nothing answers on {address}: {cause}.")),
    }
}
