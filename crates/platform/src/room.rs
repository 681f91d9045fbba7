//! Room on a disk where the system has no call that takes it: by writing.

use std::fs::File;
use std::io::{self, Write as _};

/// Bytes written at once.
const PIECE: usize = 1 << 20;

/// Writes so many bytes that no file system can make smaller, and waits until the disk has them.
pub(crate) fn write_through(file: &mut File, bytes: u64) -> io::Result<()> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut piece = vec![0; PIECE];
    let mut left = bytes;
    while left > 0 {
        for eight in piece.chunks_exact_mut(8) {
            // Xorshift: it has to look like noise, nobody has to be unable to guess it.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            eight.copy_from_slice(&state.to_le_bytes());
        }
        let now = usize::try_from(left).map_or(PIECE, |left| left.min(PIECE));
        file.write_all(piece.get(..now).unwrap_or_default())?;
        left -= now as u64;
    }
    file.sync_all()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::{Platform as _, ThisMachine};

    #[test]
    fn room_is_really_taken_whichever_way() {
        let dir = tempfile::tempdir().unwrap();
        let bytes = 5 * PIECE as u64 / 2;
        let taken = |name: &str, take: &dyn Fn(&mut File) -> io::Result<()>| {
            let path = dir.path().join(name);
            take(&mut File::create(&path).unwrap()).unwrap();
            let meta = path.metadata().unwrap();
            assert_eq!(meta.len(), bytes);
            ThisMachine.taken_bytes(&meta)
        };
        assert!(taken("called", &|f| ThisMachine.take_room(f, bytes)) >= bytes);
        assert!(taken("written", &|f| write_through(f, bytes)) >= bytes);
        let sparse = taken("sparse", &|f| f.set_len(bytes));
        assert!(cfg!(not(unix)) || sparse < bytes, "a length alone is told from room: {sparse}");
        assert!(ThisMachine.free_bytes(dir.path()).is_none_or(|free| free > 0));
    }
}
