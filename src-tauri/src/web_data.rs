//! Where the web view keeps its data: in memory where the machine has such a folder, else inside the profile. Wiped at
//! start and at exit; what a program that was killed left behind goes with the next start.

use esik_app::platform::{Platform as _, ThisMachine};
use std::path::{Path, PathBuf};

/// The folder's name, before the number of the program.
const NAME: &str = "esik-web-";

/// A folder of this program's own that holds nothing yet.
pub(crate) fn fresh(profile: &Path) -> PathBuf {
    let base = ThisMachine.memory_dir().unwrap_or_else(|| profile.to_path_buf());
    sweep(&base, Path::new("/proc"));
    let dir = base.join(format!("{NAME}{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&dir);
    dir
}

/// Takes away what programs left that run no more. Where the system does not list the running ones, nothing is touched.
fn sweep(base: &Path, running: &Path) {
    if !running.join(std::process::id().to_string()).is_dir() {
        return;
    }
    let left = |entry: &std::fs::DirEntry| {
        let name = entry.file_name();
        let number = name.to_str().and_then(|name| name.strip_prefix(NAME))?.parse::<u32>().ok()?;
        (!running.join(number.to_string()).exists()).then(|| entry.path())
    };
    for entry in std::fs::read_dir(base).into_iter().flatten().flatten() {
        if let Some(dir) = left(&entry) {
            // Another person's is not ours to take.
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sweep;

    #[test]
    fn what_a_killed_program_left_goes_and_what_a_running_one_uses_stays() {
        let place = tempfile::tempdir().unwrap();
        let (base, running) = (place.path().join("shm"), place.path().join("proc"));
        let own = std::process::id().to_string();
        for dir in ["shm/esik-web-7", "shm/esik-web-9", "shm/esik-web-x", "shm/other-7", "proc/9"] {
            std::fs::create_dir_all(place.path().join(dir)).unwrap();
        }
        sweep(&base, &running);
        assert!(base.join("esik-web-7").exists(), "who runs is not known: nothing is touched");
        std::fs::create_dir_all(running.join(own)).unwrap();
        sweep(&base, &running);
        let mut left: Vec<_> = std::fs::read_dir(&base)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(left, ["esik-web-9", "esik-web-x", "other-7"]);
    }
}
