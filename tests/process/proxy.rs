//! A line between desk and region that does what it is told: it is cut at a byte, swallows everything, or lets
//! one byte a second through.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Which way bytes go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From the desk to the region.
    Up,
    /// From the region to the desk.
    Down,
}

/// How the line is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Line {
    Good,
    /// After so many bytes this way the connection ends, once; then the line is good.
    CutAt(Way, u64),
    /// Connections are taken, what comes is swallowed, nothing is ever answered.
    BlackHole,
    /// One byte a second comes back.
    Trickle,
    /// Nobody listens.
    Refused,
}

struct State {
    upstream: AtomicU16,
    line: Mutex<Line>,
    up: AtomicU64,
    down: AtomicU64,
    /// Connections that were taken.
    taken: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
    listens: AtomicBool,
    ended: AtomicBool,
}

/// The line. Its port stays the same whatever becomes of it.
pub struct Proxy {
    state: Arc<State>,
    pub port: u16,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.ended.store(true, Ordering::SeqCst);
        self.hang_up();
    }
}

impl Proxy {
    /// A good line to a port of this machine.
    pub fn to(upstream: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State {
            upstream: AtomicU16::new(upstream),
            line: Mutex::new(Line::Good),
            up: AtomicU64::new(0),
            down: AtomicU64::new(0),
            taken: AtomicU64::new(0),
            open: Mutex::default(),
            listens: AtomicBool::new(true),
            ended: AtomicBool::new(false),
        });
        let line = Arc::clone(&state);
        std::thread::spawn(move || listen(listener, port, &line));
        Self { state, port }
    }

    /// The address of the region on this line.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    /// From now on the line is so; bytes are counted from 0.
    pub fn set(&self, line: Line) {
        *self.state.line.lock().unwrap() = line;
        self.state.up.store(0, Ordering::SeqCst);
        self.state.down.store(0, Ordering::SeqCst);
        // It has to be seen gone or there again, or the next call would still be taken, or still be refused.
        let listens = || self.state.listens.load(Ordering::SeqCst);
        let as_told = || listens() == (line != Line::Refused);
        system_tests::program::until("the line is as told", Duration::from_secs(20), as_told);
        if line == Line::Refused {
            self.hang_up();
        }
    }

    /// Ends every connection, so that the next call begins with a new one.
    pub fn hang_up(&self) {
        for line in self.state.open.lock().unwrap().drain(..) {
            let _ = line.shutdown(Shutdown::Both);
        }
    }

    /// Bytes that went this way since the line was set.
    pub fn bytes(&self, way: Way) -> u64 {
        match way {
            Way::Up => self.state.up.load(Ordering::SeqCst),
            Way::Down => self.state.down.load(Ordering::SeqCst),
        }
    }

    /// Connections taken so far.
    pub fn taken(&self) -> u64 {
        self.state.taken.load(Ordering::SeqCst)
    }

    /// Whether the cut that was asked for came.
    pub fn was_cut(&self) -> bool {
        *self.state.line.lock().unwrap() == Line::Good
    }
}

const LOOK: Duration = Duration::from_millis(2);

fn listen(first: TcpListener, port: u16, state: &Arc<State>) {
    let mut listener = Some(first);
    while !state.ended.load(Ordering::SeqCst) {
        if *state.line.lock().unwrap() == Line::Refused {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(("127.0.0.1", port)).ok();
        }
        state.listens.store(listener.is_some(), Ordering::SeqCst);
        let Some(here) = &listener else {
            std::thread::sleep(LOOK);
            continue;
        };
        here.set_nonblocking(true).unwrap();
        match here.accept() {
            Ok((client, _)) => take(client, state),
            Err(_) => std::thread::sleep(LOOK),
        }
    }
}

fn take(client: TcpStream, state: &Arc<State>) {
    state.taken.fetch_add(1, Ordering::SeqCst);
    client.set_nonblocking(false).unwrap();
    let upstream = ("127.0.0.1", state.upstream.load(Ordering::SeqCst));
    let Ok(server) = TcpStream::connect(upstream) else { return };
    let (_, _) = (client.set_nodelay(true), server.set_nodelay(true));
    let copies = [&client, &server].map(|line| line.try_clone().unwrap());
    state.open.lock().unwrap().extend(copies);
    for (way, from, to) in [(Way::Up, &client, &server), (Way::Down, &server, &client)] {
        let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        let state = Arc::clone(state);
        std::thread::spawn(move || pump(way, from, to, &state));
    }
}

fn pump(way: Way, mut from: TcpStream, mut to: TcpStream, state: &State) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(n) = from.read(&mut buffer) {
        if n == 0 {
            break;
        }
        let counter = if way == Way::Up { &state.up } else { &state.down };
        let line = *state.line.lock().unwrap();
        let before = counter.fetch_add(n as u64, Ordering::SeqCst);
        let passed = match line {
            Line::CutAt(cut, at) if cut == way && before + n as u64 >= at => {
                *state.line.lock().unwrap() = Line::Good;
                let rest = usize::try_from(at.saturating_sub(before)).unwrap();
                let _ = to.write_all(&buffer[..rest.min(n)]);
                break;
            }
            // Nothing of what was said gets through.
            Line::BlackHole | Line::Refused => true,
            Line::Trickle if way == Way::Down => buffer[..n].iter().all(|byte| {
                std::thread::sleep(Duration::from_secs(1));
                !state.ended.load(Ordering::SeqCst) && to.write_all(&[*byte]).is_ok()
            }),
            _ => to.write_all(&buffer[..n]).is_ok(),
        };
        if !passed {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// The test of the test: a desk that calls right after the line was set meets the line as it is now.
#[test]
fn a_line_is_as_told_at_once() {
    let proxy = Proxy::to(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port());
    let call = || TcpStream::connect(("127.0.0.1", proxy.port));
    for _ in 0..20 {
        proxy.set(Line::Refused);
        assert!(call().is_err());
        proxy.set(Line::BlackHole);
        assert!(call().is_ok());
    }
}
