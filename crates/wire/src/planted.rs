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

/// Whether a region's database may commit: false once the program on it is as good as killed ([`dies_after`]).
#[cfg(not(feature = "planted"))]
#[must_use]
#[inline(always)]
pub const fn may_commit(_: Option<&str>) -> bool {
    true
}

/// The program on a database makes so many commits more, and dies before the next one; here it never does.
#[cfg(not(feature = "planted"))]
pub const fn dies_after(_: &str, _: u32) {}

/// Another program begins on it; whether the one before had died.
#[cfg(not(feature = "planted"))]
#[must_use]
pub const fn lives_again(_: &str) -> bool {
    false
}

/// Commits that programs still make before they die, by the path of their database.
#[cfg(feature = "planted")]
static DYING: std::sync::Mutex<std::collections::BTreeMap<String, u32>> =
    std::sync::Mutex::new(std::collections::BTreeMap::new());

/// It has died.
#[cfg(feature = "planted")]
const DEAD: u32 = u32::MAX;

#[cfg(feature = "planted")]
fn dying() -> std::sync::MutexGuard<'static, std::collections::BTreeMap<String, u32>> {
    DYING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Whether a region's database may commit: false once the program on it is as good as killed ([`dies_after`]).
#[cfg(feature = "planted")]
#[must_use]
pub fn may_commit(database: Option<&str>) -> bool {
    let mut dying = dying();
    let Some(left) = database.and_then(|path| dying.get_mut(path)) else { return true };
    if *left == DEAD {
        return false;
    }
    match left.checked_sub(1) {
        Some(fewer) => *left = fewer,
        None => *left = DEAD,
    }
    *left != DEAD
}

/// The program on a database makes so many commits more, and dies before the next one.
#[cfg(feature = "planted")]
pub fn dies_after(database: &str, commits: u32) {
    dying().insert(database.to_owned(), commits);
}

/// Another program begins on it; whether the one before had died.
#[cfg(feature = "planted")]
#[must_use]
pub fn lives_again(database: &str) -> bool {
    dying().remove(database) == Some(DEAD)
}
