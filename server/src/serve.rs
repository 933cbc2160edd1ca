//! `curlew serve`: start, listen, and stop in an orderly way.

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

/// How long requests may go on after the listener closed.
const DRAIN: Duration = Duration::from_secs(25);
/// How long a caller may take to send the headers of a request.
const HEADERS: Duration = Duration::from_secs(10);
/// How often a silent HTTP/2 connection is asked whether its peer is still there, and how long the answer may take.
const PING: Duration = Duration::from_secs(20);
/// How often a server looks for work that another one left.
const RESUME: Duration = Duration::from_secs(30);
/// Every sign-in answers after this long.
const SIGN_IN: Duration = Duration::from_millis(750);

/// Serves until a signal asks it to stop. The first SIGTERM turns `/readyz` to 503, waits until a balancer has noticed
/// (`CURLEW_STOP_DELAY`), closes the listener and lets requests end; Ctrl C and SIGHUP do the same without the wait. A second signal ends
/// what is left at once, still with a checkpoint.
///
/// Errors, each one sentence: another `serve` on the same SQLite file, a database that cannot be opened, a port that is taken.
pub async fn serve(config: Config, tls: Option<Tls>) -> Result<(), String> {
    // From the first moment: a start that takes long, or fails, ends in an orderly way too.
    let mut signals = Signals::new().map_err(|cause| format!("Signals cannot be handled: {cause}."))?;
    let files = connections::raise_file_limit();
    if files < connections::WANTED_FILES {
        tracing::warn!(
            files,
            "the limit of open files allows {} connections; 5,000 browsers need {} (LimitNOFILE in the systemd unit, ulimit -Hn)",
            Limits::below(files).connections,
            connections::WANTED_FILES
        );
    }
    let started = tokio::select! {
        started = start(config, tls) => started?,
        signal = signals.next() => {
            tracing::info!("stopped by {} before it served", signal.name());
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
                tracing::warn!("{} again: requests that are under way are cut off", again.name());
                stopping.graceful_shutdown(Some(Duration::ZERO));
                stopping.shutdown();
            }
        }
    });
    let ended = listen(state, listener, Limits::below(files), handle, tls).await.map_err(|cause| format!("The server ended: {cause}."));
    // Writes whose callers are gone are finished before the database is closed.
    tasks.close();
    if tokio::time::timeout(DRAIN, tasks.wait()).await.is_err() {
        tracing::warn!(tasks = tasks.len(), "requests were still under way at the end");
    }
    db.close().await;
    tracing::info!("stopped");
    ended
}

/// What a start gives.
struct Started {
    state: State,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    _lock: Option<File>,
}

/// Opens the database, binds the address, and begins what runs beside requests.
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
        // Requests are answered meanwhile.
        Err(domain::Error::Busy(_)) => drop(tokio::spawn(keep_files(db.clone()))),
        kept => warn_unless_kept(kept),
    }
    let state = state(db.clone(), config, SIGN_IN);
    let address = state.config.address;
    let listener = TcpListener::bind(address).map_err(|cause| match cause.kind() {
        io::ErrorKind::AddrInUse => format!("Port {} is taken: stop what listens there, or set CURLEW_ADDR or PORT.", address.port()),
        io::ErrorKind::AddrNotAvailable => format!("{} is no address of this machine: correct CURLEW_ADDR.", address.ip()),
        io::ErrorKind::PermissionDenied => {
            format!("Curlew may not listen on port {}: choose one above 1023 in CURLEW_ADDR or PORT.", address.port())
        }
        _ => format!("Curlew cannot listen on {address}: {cause}."),
    })?;
    tracing::info!("Curlew listens on {} ({address})", state.config.base_url);
    if state.setup.is_open(&db).await.unwrap_or_default() {
        tracing::info!("The database is empty. Make the first admin at {}/setup/?token={}", state.config.base_url, state.setup.token);
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
        tracing::warn!(%cause, "this release's files are not kept in the database");
    }
}

/// Answers on a listener until its handle says stop.
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
        // Without TLS nobody speaks HTTP/2; to look out for it would double the memory that each connection reads into.
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
        tasks: TaskTracker::new(),
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
        if let Err(cause) = db::offline::sweep(&db).await {
            tracing::warn!(%cause, "sweeping the change log");
        }
        if let Err(cause) = db::sync::sweep(&db).await {
            tracing::warn!(%cause, "forgetting keys of outboxes");
        }
        if let Err(cause) = db::bulk_actions::sweep(&db).await {
            tracing::warn!(%cause, "forgetting acts on many orders");
        }
        if let Err(cause) = db::health::sweep(&db).await {
            tracing::warn!(%cause, "forgetting servers that are gone");
        }
        if let Err(cause) = db::rollups::compact(&db).await {
            tracing::warn!(%cause, "compacting the rollups");
        }
    }
}

/// Goes on with acts on many orders that a server left which is gone.
async fn resume(db: Db) {
    loop {
        match db::bulk_actions::left(&db).await {
            Ok(left) => left.into_iter().for_each(|id| drop(tokio::spawn(crate::handlers::bulk::run(db.clone(), id)))),
            Err(cause) => tracing::warn!(%cause, "looking for acts on many orders"),
        }
        tokio::time::sleep(RESUME).await;
    }
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
        let tls = config.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEW).await;
                if let Err(cause) = tls.reload_from_pem_file(&self.cert, &self.key).await {
                    tracing::warn!(%cause, "reading the certificate again; the one that was read stays");
                }
            }
        });
        Ok(config)
    }
}
