//! Bugs put in on purpose, so that the checks are seen to find them (docs/adr/0018-simulator.md, docs/soak.md).
//! Without the feature `planted` no bug is compiled: [`is`] is the constant `false`.

/// True in a program that was built for the simulator and the hunts alone.
pub const COMPILED: bool = cfg!(feature = "planted");

/// Whether this bug is awake.
#[cfg(not(feature = "planted"))]
#[must_use]
#[inline(always)]
pub const fn is(_: &str) -> bool {
    false
}

/// A program or a test wakes up with the bug that `ESIK_PLANTED` names.
#[cfg(feature = "planted")]
static AWAKE: std::sync::LazyLock<std::sync::RwLock<String>> =
    std::sync::LazyLock::new(|| std::env::var("ESIK_PLANTED").unwrap_or_default().into());

/// Whether this bug is awake.
#[cfg(feature = "planted")]
#[must_use]
pub fn is(name: &str) -> bool {
    AWAKE.read().is_ok_and(|awake| *awake == name)
}

/// Wakes one bug in this process and lets every other one sleep; an empty name wakes none.
#[cfg(feature = "planted")]
pub fn wake(name: &str) {
    if let Ok(mut awake) = AWAKE.write() {
        name.clone_into(&mut awake);
    }
}
