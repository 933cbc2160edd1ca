//! Connections: how many there may be, what is logged when one cannot be taken, and when an idle one is closed.

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

/// Open files that are kept for the database, certificates and the like.
const RESERVED: u64 = 256;
/// The open files that 5,000 browsers need, with some room.
pub const WANTED_FILES: u64 = 8_192;
/// How often a full server says so in its log.
const SAY_AGAIN: Duration = Duration::from_secs(10);

/// Raises the soft limit of open files to the hard one, and answers how many there may be.
pub fn raise_file_limit() -> u64 {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) => limit,
        Err(cause) => {
            tracing::warn!(%cause, "raising the limit of open files");
            rlimit::Resource::NOFILE.get_soft().unwrap_or(1_024)
        }
    }
}

/// What a server allows its connections.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// How long a connection on which nothing is asked stays open.
    pub idle: Duration,
}

impl Limits {
    /// As many connections as fit below a limit of open files, and a minute without a request for each.
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

/// Takes connections as long as there is room, and says so when there is none.
#[derive(Debug)]
pub struct Listener {
    inner: TcpListener,
    room: Arc<Semaphore>,
    said: std::sync::Mutex<Option<Instant>>,
}

impl Listener {
    /// Over a socket that listens already, for so many connections at once.
    ///
    /// Errors: those of the socket.
    pub fn new(listener: std::net::TcpListener, connections: usize) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { inner: TcpListener::from_std(listener)?, room: Arc::new(Semaphore::new(connections)), said: Default::default() })
    }

    fn say(&self, what: &str, cause: &dyn std::fmt::Display) {
        let mut said = self.said.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if said.is_none_or(|at| at.elapsed() >= SAY_AGAIN) {
            *said = Some(Instant::now());
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
                    self.say("a connection could not be accepted", &cause);
                    return Err(cause);
                }
            };
            let Ok(permit) = self.room.clone().try_acquire_owned() else {
                self.say("connections are refused", &"there are as many as the limit of open files allows; raise LimitNOFILE");
                continue;
            };
            // Nagle's algorithm would hold the small writes of an answer back for 40 ms.
            stream.set_nodelay(true)?;
            return Ok((Limited { stream, _permit: permit }, Peer(address)));
        }
    }

    fn get_local_addr(&self) -> io::Result<Peer> {
        self.inner.local_addr().map(Peer)
    }
}

/// A connection that holds one of the places for connections.
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

/// Wraps an acceptor so that its connections are closed when nothing was asked on them for some time, whatever HTTP they speak.
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
    /// A connection that ends when no request was open for `longest`.
    pub struct IdleStream<S> {
        #[pin]
        stream: S,
        open: Arc<AtomicUsize>,
        longest: Duration,
        // Runs while no request is open and nothing arrives.
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
                // Read as its end: the connection closes in good order.
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

/// A service that counts the requests of its connection which are not answered to their last byte.
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
    /// The body of an answer; its request is open until it is sent.
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
