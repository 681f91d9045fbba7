//! A socket with TLS around the router: port 0 is allowed, the bound address is told.

use crate::http;
use crate::region::Region;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use esik_platform::{Platform as _, ThisMachine};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::task::JoinHandle;

/// Connections the kernel keeps while we are busy: with the default of 128 a herd of desks loses
/// its first packets and waits a second per try (performance.md).
const BACKLOG: u32 = 4096;
/// Who has not sent his request's head by then is not a desk.
const HEAD_TIMEOUT: Duration = Duration::from_secs(15);
/// Requests under way may finish for so long at shutdown.
const GRACE: Duration = Duration::from_secs(5);

/// A server that runs.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    handle: Handle<SocketAddr>,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Lets requests under way finish (five seconds) and stops.
    ///
    /// # Errors
    /// When the server had failed.
    pub async fn shutdown(self) -> io::Result<()> {
        self.handle.graceful_shutdown(Some(GRACE));
        self.finished().await
    }

    /// Stops at once, as a power cut would.
    pub async fn kill(self) {
        self.handle.shutdown();
        let _ = self.task.await;
    }

    /// Waits until the server stops.
    ///
    /// # Errors
    /// When it failed.
    pub async fn finished(self) -> io::Result<()> {
        self.task.await.map_err(io::Error::other)?
    }
}

/// Serves a region, with its tree brought to the head before. Returns as soon as the socket listens.
///
/// # Errors
/// When the address cannot be bound.
pub async fn serve(
    region: Arc<Region>,
    listen: SocketAddr,
    tls: Arc<rustls::ServerConfig>,
) -> io::Result<Running> {
    let followed = region.clone();
    if let Err(error) = tokio::task::spawn_blocking(move || followed.follow_tree()).await? {
        // Bodies and applicants are served without it; the next greeting tries again.
        tracing::error!(%error, "the tree could not be brought to the head");
    }
    let socket = if listen.is_ipv6() { TcpSocket::new_v6()? } else { TcpSocket::new_v4()? };
    // A restarted server takes its port back at once.
    socket.set_reuseaddr(ThisMachine.takes_port_back())?;
    socket.bind(listen)?;
    let listener = socket.listen(BACKLOG)?.into_std()?;
    let addr = listener.local_addr()?;
    let handle = Handle::new();
    let mut server = axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(tls))?
        .handle(handle.clone());
    server.http_builder().http1().header_read_timeout(HEAD_TIMEOUT);
    let app = http::router(region).into_make_service_with_connect_info::<SocketAddr>();
    let task = tokio::spawn(server.serve(app));
    Ok(Running { addr, handle, task })
}
