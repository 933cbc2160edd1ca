//! Limits the number of connections, logs refused ones, and closes idle ones.

use std::{
    future::Future,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{body::HttpBody, extract::connect_info::Connected};
use axum_server::{AddrListener, Address, accept::Accept};
use http::{Request, Response};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, Sleep},
};
use tower::Service;

/// Open files reserved for the database, certificates and the like.
const RESERVED: u64 = 256;
/// The open files that 5,000 browsers need, with some reserve.
pub const WANTED_FILES: u64 = 8_192;
/// How often a full server logs it.
const WARN_AGAIN: Duration = Duration::from_secs(10);

/// Raises the soft limit of open files to the hard limit, and returns it.
pub fn raise_file_limit() -> u64 {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => limit,
        Err(cause) => {
            tracing::warn!(%cause, "could not raise the open file limit");
            rlimit::Resource::NOFILE.get_soft().unwrap_or(1_024)
        }
    }
}

/// The limits of connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The maximum number of connections.
    pub connections: usize,
    /// How long an idle connection stays open.
    pub idle: Duration,
}

impl Limits {
    /// The connections that fit below a limit of open files, with an idle time of a minute.
    pub fn below(files: u64) -> Self {
        let connections = usize::try_from(files.saturating_sub(RESERVED).max(16)).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { connections, idle: Duration::from_secs(60) }
    }
}

/// The address of a peer.
#[derive(Clone, Copy, Debug)]
pub struct Peer(SocketAddr);

impl Connected<Peer> for SocketAddr {
    fn connect_info(peer: Peer) -> Self {
        peer.0
    }
}

impl Address for Peer {
    type Stream = Limited;
    type Listener = Listener;
}

/// A listener that accepts connections up to a limit, and logs refusals.
#[derive(Debug)]
pub struct Listener {
    inner: TcpListener,
    room: Arc<Semaphore>,
    last_warning: std::sync::Mutex<Option<Instant>>,
}

impl Listener {
    /// Wraps a listening socket, with a maximum number of connections.
    ///
    /// Errors: those of the socket.
    pub fn new(listener: std::net::TcpListener, connections: usize) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { inner: TcpListener::from_std(listener)?, room: Arc::new(Semaphore::new(connections)), last_warning: Default::default() })
    }

    fn warn(&self, what: &str, cause: &dyn std::fmt::Display) {
        let mut last_warning = self.last_warning.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if last_warning.is_none_or(|at| at.elapsed() >= WARN_AGAIN) {
            *last_warning = Some(Instant::now());
            tracing::warn!(%cause, "{what}");
        }
    }
}

impl AddrListener<Limited, Peer> for Listener {
    async fn bind_to(peer: Peer) -> io::Result<Self> {
        Self::new(std::net::TcpListener::bind(peer.0)?, Limits::below(raise_file_limit()).connections)
    }

    async fn accept_stream(&self) -> io::Result<(Limited, Peer)> {
        loop {
            let (stream, address) = match self.inner.accept().await {
                Ok(accepted) => accepted,
                Err(cause) => {
                    self.warn("a connection could not be accepted", &cause);
                    return Err(cause);
                }
            };
            let Ok(permit) = self.room.clone().try_acquire_owned() else {
                self.warn("connections are being refused", &"the open file limit has been reached; raise LimitNOFILE");
                continue;
            };
            // Nagle's algorithm would delay the small writes of a response by 40 ms.
            stream.set_nodelay(true)?;
            return Ok((Limited { stream, _permit: permit }, Peer(address)));
        }
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        self.inner.local_addr().map(Peer)
    }
}

/// A connection that holds a permit.
#[derive(Debug)]
pub struct Limited {
    stream: TcpStream,
    _permit: OwnedSemaphorePermit,
}

impl AsyncRead for Limited {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Limited {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Wraps an acceptor so that idle connections are closed, with any HTTP version.
#[derive(Clone, Debug)]
pub struct IdleAcceptor<A> {
    pub inner: A,
    pub idle: Duration,
}

impl<A, I, S> Accept<I, S> for IdleAcceptor<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
    A::Stream: Send,
    A::Service: Send,
{
    type Stream = IdleStream<A::Stream>;
    type Service = Counting<A::Service>;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepting, longest) = (self.inner.accept(stream, service), self.idle);
        Box::pin(async move {
            let (stream, service) = accepting.await?;
            let open = Arc::new(AtomicUsize::new(0));
            Ok((IdleStream { stream, open: open.clone(), longest, idle: None }, Counting { service, open }))
        })
    }
}

pin_project! {
    /// A connection that ends after `longest` without a request.
    pub struct IdleStream<S> {
        #[pin]
        stream: S,
        open: Arc<AtomicUsize>,
        longest: Duration,
        // Runs while no request is open and no data arrives.
        idle: Option<Pin<Box<Sleep>>>,
    }
}

impl<S: AsyncRead> AsyncRead for IdleStream<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.project();
        match this.stream.poll_read(cx, buffer) {
            Poll::Ready(read) => {
                *this.idle = None;
                Poll::Ready(read)
            }
            Poll::Pending if this.open.load(Ordering::Acquire) > 0 => {
                *this.idle = None;
                Poll::Pending
            }
            Poll::Pending => {
                let idle = this.idle.get_or_insert_with(|| Box::pin(tokio::time::sleep(*this.longest)));
                ready!(idle.as_mut().poll(cx));
                // Reported as end of file: the connection closes cleanly.
                Poll::Ready(Ok(()))
            }
        }
    }
}

impl<S: AsyncWrite> AsyncWrite for IdleStream<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.project().stream.poll_write(cx, bytes)
    }

    fn poll_write_vectored(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.project().stream.poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.project().stream.poll_shutdown(cx)
    }
}

/// A service that counts the open requests of its connection, up to the last byte of the response.
#[derive(Clone, Debug)]
pub struct Counting<S> {
    service: S,
    open: Arc<AtomicUsize>,
}

/// One open request.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn new(open: &Arc<AtomicUsize>) -> Self {
        open.fetch_add(1, Ordering::AcqRel);
        Self(open.clone())
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl<S, B, R> Service<Request<B>> for Counting<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    R: 'static,
{
    type Response = Response<CountedBody<R>>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let open = Open::new(&self.open);
        let answering = self.service.call(request);
        Box::pin(async move { Ok(answering.await?.map(|body| CountedBody { body, _open: open })) })
    }
}

pin_project! {
    /// A response body; its request is open until it is sent.
    pub struct CountedBody<B> {
        #[pin]
        body: B,
        _open: Open,
    }
}

impl<B: HttpBody> HttpBody for CountedBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
