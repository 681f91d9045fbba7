//! Every decoder that meets foreign bytes, each as a function of bytes that must come back (docs/adr/0027-fuzzing.md).
//!
//! What the function asserts is what a reader of those bytes may rely on. libFuzzer drives the same functions from
//! `fuzz/`; every build replays all kept inputs through them without it.

mod case;
mod desk;
mod file;
#[cfg(feature = "line")]
mod line;
#[cfg(feature = "paper")]
mod paper;
#[cfg(feature = "region")]
mod region;
mod typed;
mod wire;

/// A decoder under test.
pub type Target = fn(&[u8]);

/// All of them; the name is that of the libFuzzer target and of its folder in `fuzz/corpus`.
pub const TARGETS: &[(&str, Target)] = &[
    ("event", case::event),
    ("history", case::history),
    ("message", wire::message),
    ("tree", wire::tree),
    ("bundle", wire::bundle),
    ("receipt", wire::receipt),
    ("request", wire::request),
    ("publication", wire::publication),
    ("calendar", wire::calendar),
    ("knowledge", wire::knowledge),
    ("sealed", file::sealed),
    ("sniff", file::sniff),
    ("strip", file::strip),
    ("picture", file::picture),
    ("name", file::name),
    ("typed", typed::typed),
    ("suggest", typed::suggest),
    ("places", typed::places),
    #[cfg(feature = "line")]
    ("joining", line::joining),
    #[cfg(feature = "line")]
    ("certificate", line::certificate),
    ("keys", desk::keys),
    ("search", desk::search),
    ("import", desk::import),
    ("copies", desk::copies),
    #[cfg(feature = "region")]
    ("forms", region::forms),
    #[cfg(feature = "region")]
    ("said", region::said),
    #[cfg(feature = "region")]
    ("rows", region::rows),
    #[cfg(feature = "paper")]
    ("paper", paper::paper),
];

/// Runs one by its name.
///
/// # Panics
/// When there is none of that name: a fuzzer must not run for ever on nothing.
pub fn run(name: &str, bytes: &[u8]) {
    let found = TARGETS.iter().find(|(of, _)| *of == name);
    assert!(found.is_some(), "no decoder is called {name}");
    if let Some((_, target)) = found {
        target(bytes);
    }
}

/// The first byte chooses, the rest is read.
fn chosen(bytes: &[u8]) -> Option<(u8, &[u8])> {
    bytes.split_first().map(|(first, rest)| (*first, rest))
}

/// Bytes as text, when they are.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok()
}
