//! `curlew serve`: starts, serves, and stops gracefully.

use std::{
    fs::File,
    io,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use axum_server::{
    Handle,
    accept::{Accept, DefaultAcceptor},
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use db::{Db, Options, password::Gate};
use hyper_util::rt::TokioTimer;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::{
    config::Config,
    connections::{self, Counting, IdleAcceptor, IdleStream, Limited, Limits, Listener, Peer},
    live::Live,
    router::router,
    signals::{Signal, Signals},
    site,
    state::{Setup, State},
};

/// How long requests may continue after the listener has closed.
const DRAIN: Duration = Duration::from_secs(25);
/// How long a client may take to send the headers of a request.
const HEADERS: Duration = Duration::from_secs(10);
/// The ping interval and timeout of a silent HTTP/2 connection.
const PING: Duration = Duration::from_secs(20);
/// How often a server looks for unfinished work of other servers.
const RESUME: Duration = Duration::from_secs(30);
/// Every sign-in responds after this long.
const SIGN_IN: Duration = Duration::from_millis(750);

/// Serves until a signal asks it to stop. The first SIGTERM turns `/readyz` to 503, waits until a balancer has noticed
/// (`CURLEW_STOP_DELAY`), closes the listener and lets requests end; Ctrl C and SIGHUP do the same without the wait. A second signal ends
/// running requests immediately, still with a checkpoint.
///
/// Errors, each one sentence: another `serve` on the same SQLite file, a database that cannot be opened, a port in use.
pub async fn serve(config: Config, tls: Option<Tls>) -> Result<(), String> {
    // From the start, so that a slow or failing start also ends gracefully.
    let mut signals = Signals::new().map_err(|cause| format!("Signals can't be handled: {cause}"))?;
    let files = connections::raise_file_limit();
    if files < connections::WANTED_FILES {
        tracing::warn!(
            files,
            "the open file limit allows {} connections; 5,000 browsers need {} (LimitNOFILE in the systemd unit, ulimit -Hn)",
            Limits::below(files).connections,
            connections::WANTED_FILES
        );
    }
    let started = tokio::select! {
        started = start(config, tls) => started?,
        signal = signals.next() => {
            tracing::info!("stopped by {} before the server was ready", signal.name());
            return Ok(());
        }
    };
    let Started { state, listener, tls, _lock } = started;
    let db = state.db.clone();
    let (leaving, delay, tasks) = (state.leaving.clone(), state.config.stop_delay, state.tasks.clone());
    let handle = Handle::new();
    let stopping = handle.clone();
    tokio::spawn(async move {
        let signal = signals.next().await;
        leaving.send_replace(true);
        tracing::info!("{}: stopping", signal.name());
        let orderly = async {
            if signal == Signal::Terminate {
                tokio::time::sleep(delay).await;
            }
            stopping.graceful_shutdown(Some(DRAIN));
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = orderly => {}
            again = signals.next() => {
                tracing::warn!("{} again: cutting off requests that are still running", again.name());
                stopping.graceful_shutdown(Some(Duration::ZERO));
                stopping.shutdown();
            }
        }
    });
    let ended = listen(state, listener, Limits::below(files), handle, tls).await.map_err(|cause| format!("The server stopped: {cause}"));
    // Writes whose clients are gone are finished before the database is closed.
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!(tasks = tasks.len(), "requests were still running at shutdown");
    }
    db.close().await;
    tracing::info!("stopped");
    ended
}

/// A started server.
struct Started {
    state: State,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    _lock: Option<File>,
}

/// Opens the database, binds the address, and starts background tasks.
async fn start(config: Config, tls: Option<Tls>) -> Result<Started, String> {
    let tls = match tls {
        Some(tls) => Some(tls.read().await?),
        None => None,
    };
    let lock = lock(&config.database_url)?;
    let db = db::connect(&Options::serve(&config.database_url)).await.map_err(|cause| cause.to_string())?;
    match db::retry_while_busy(|| db::settings::seed(&db, config.time_zone, &config.currency)).await {
        Ok(()) => {}
        Err(domain::Error::ReadOnly) => tracing::warn!("the database is read-only: pages can be read, nothing can be saved"),
        Err(cause) => return Err(cause.to_string()),
    }
    match site::keep(&db).await {
        // Requests are served meanwhile.
        Err(domain::Error::Busy(_)) => drop(tokio::spawn(keep_files(db.clone()))),
        kept => warn_unless_kept(kept),
    }
    let state = state(db.clone(), config, SIGN_IN);
    let address = state.config.address;
    let listener = TcpListener::bind(address).map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => {
            format!("Port {} is already in use: stop the other program, or set CURLEW_ADDR or PORT", address.port())
        }
        io::ErrorKind::AddrNotAvailable => format!("{} is not an address of this machine: correct CURLEW_ADDR", address.ip()),
        io::ErrorKind::PermissionDenied => {
            format!("Curlew isn't allowed to listen on port {}: choose a port above 1023 in CURLEW_ADDR or PORT", address.port())
        }
        _ => format!("Curlew can't listen on {address}: {cause}"),
    })?;
    tracing::info!("Curlew is listening on {} ({address})", state.config.base_url);
    if state.setup.is_open(&db).await.unwrap_or_default() {
        tracing::info!("The database is empty. Create the first admin at {}/setup/?token={}", state.config.base_url, state.setup.token);
    }
    tokio::spawn(sweep(db.clone()));
    tokio::spawn(resume(db.clone()));
    tokio::spawn(db::health::watch(db.clone()));
    tokio::spawn(crate::live::follow(state.live.clone(), db.events.clone()));
    tokio::spawn(db::change_feed::follow(db.clone(), state.config.listen_url.clone()));
    Ok(Started { state, listener, tls, _lock: lock })
}

/// Stores this release's files in the database once no other process is writing.
async fn keep_files(db: Db) {
    warn_unless_kept(db::retry_while_busy(|| site::keep(&db)).await);
}

fn warn_unless_kept(kept: domain::Result<()>) {
    if let Err(cause) = kept {
        tracing::warn!(%cause, "could not store this release's files in the database");
    }
}

/// Serves on a listener until its handle stops it.
///
/// Errors: those of the socket.
pub async fn listen(
    state: State,
    listener: TcpListener,
    limits: Limits,
    handle: Handle<Peer>,
    tls: Option<RustlsConfig>,
) -> io::Result<()> {
    let listener = Listener::new(listener, limits.connections)?;
    match tls {
        Some(tls) => {
            let acceptor = RustlsAcceptor::new(tls).handshake_timeout(HEADERS).acceptor(DefaultAcceptor::new());
            answer(state, listener, handle, IdleAcceptor { inner: acceptor, idle: limits.idle }, false).await
        }
        // Without TLS clients do not use HTTP/2; detecting it would double the read buffer of each connection.
        None => answer(state, listener, handle, IdleAcceptor { inner: DefaultAcceptor::new(), idle: limits.idle }, true).await,
    }
}

async fn answer<A>(state: State, listener: Listener, handle: Handle<Peer>, acceptor: IdleAcceptor<A>, only_http1: bool) -> io::Result<()>
where
    A: Accept<Limited, axum::middleware::AddExtension<axum::Router, axum::extract::ConnectInfo<SocketAddr>>>
        + Clone
        + Send
        + Sync
        + 'static,
    A::Future: Send + 'static,
    A::Stream: Send + Unpin,
    A::Service: Send,
    IdleStream<A::Stream>: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send,
    Counting<A::Service>: axum_server::service::SendService<http::Request<hyper::body::Incoming>> + Send,
{
    let mut server = axum_server::Server::from_listener(listener).acceptor(acceptor).handle(handle);
    if only_http1 {
        server = server.http1_only();
    }
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADERS);
    server.http_builder().http2().timer(TokioTimer::new()).keep_alive_interval(PING).keep_alive_timeout(PING);
    server.serve(router(state).into_make_service_with_connect_info::<SocketAddr>()).await
}

/// Makes the shared state of handlers.
pub fn state(db: Db, config: Config, sign_in: Duration) -> State {
    // The renderer needs its executor once; the error of a second initialisation is ignored.
    let _ = any_spawner::Executor::init_tokio();
    State {
        db,
        gate: Gate::new(sign_in),
        config: Arc::new(config),
        assets: site::assets(),
        setup: Arc::new(Setup::new(db::users::fresh_token())),
        leaving: watch::Sender::new(false),
        live: Live::default(),
        tasks: TaskTracker::new(),
    }
}

/// One `serve` per SQLite file: the lock ends with the process.
fn lock(url: &str) -> Result<Option<File>, String> {
    let Some(path) = db::dialect::sqlite_path(url) else { return Ok(None) };
    match db::dialect::lock_beside(&path, "serve") {
        Ok(Some(file)) => Ok(Some(file)),
        Ok(None) => Err(format!("Another `curlew serve` is using {}: stop it first", path.display())),
        Err(cause) => Err(format!("{} can't be locked: {cause}", path.display())),
    }
}

async fn sweep(db: Db) {
    loop {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        if let Err(cause) = db::sessions::sweep(&db).await {
            tracing::warn!(%cause, "could not delete expired sessions");
        }
        if let Err(cause) = db::offline::sweep(&db).await {
            tracing::warn!(%cause, "could not trim the change log");
        }
        if let Err(cause) = db::sync::sweep(&db).await {
            tracing::warn!(%cause, "could not delete old outbox keys");
        }
        if let Err(cause) = db::bulk_actions::sweep(&db).await {
            tracing::warn!(%cause, "could not delete old bulk actions");
        }
        if let Err(cause) = db::health::sweep(&db).await {
            tracing::warn!(%cause, "could not delete the records of stopped servers");
        }
        if let Err(cause) = db::rollups::compact(&db).await {
            tracing::warn!(%cause, "could not compact the rollups");
        }
    }
}

/// Continues bulk actions of servers that stopped.
async fn resume(db: Db) {
    loop {
        match db::bulk_actions::unfinished_actions(&db).await {
            Ok(unfinished) => unfinished.into_iter().for_each(|id| drop(tokio::spawn(crate::handlers::bulk::run(db.clone(), id)))),
            Err(cause) => tracing::warn!(%cause, "could not look for unfinished bulk actions"),
        }
        tokio::time::sleep(RESUME).await;
    }
}

/// A certificate and its key as PEM files, for serving TLS without a proxy.
#[derive(Clone, Debug)]
pub struct Tls {
    pub cert: PathBuf,
    pub key: PathBuf,
}

/// How often the files are reloaded: a renewed certificate needs no restart.
const RENEW: Duration = Duration::from_secs(3_600);

impl Tls {
    /// Loads the files, and reloads them regularly.
    ///
    /// Errors: one sentence that names both.
    async fn read(self) -> Result<RustlsConfig, String> {
        // The error of a second initialisation is ignored.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let read = RustlsConfig::from_pem_file(&self.cert, &self.key).await;
        let config =
            read.map_err(|cause| format!("{} and {} are not a certificate and its key: {cause}", self.cert.display(), self.key.display()))?;
        let tls = config.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEW).await;
                if let Err(cause) = tls.reload_from_pem_file(&self.cert, &self.key).await {
                    tracing::warn!(%cause, "could not reload the certificate; the previous one stays in use");
                }
            }
        });
        Ok(config)
    }
}
