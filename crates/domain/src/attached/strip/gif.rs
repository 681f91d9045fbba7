//! GIF: blocks of at most 255 bytes behind one another.

/// The only word a program may say: how often a moving picture is shown. Anything else – XMP, a camera's or an
/// editor's own block – is left out.
const LOOPS: &[u8] = b"NETSCAPE2.0\x03\x01";

/// Block by block to the mark of the end; what follows it is left out, too.
pub(super) fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let (head, mut rest) = bytes.split_at_checked(13)?;
    if !head.starts_with(b"GIF87a") && !head.starts_with(b"GIF89a") {
        return None;
    }
    let mut out = head.to_vec();
    take(&mut out, &mut rest, colours(*head.get(10)?))?;
    // How the next picture is shown: goes with it, so that of what is left out nothing stays.
    let mut shown: &[u8] = &[];
    loop {
        let (&block, later) = rest.split_first()?;
        match block {
            0x21 => {
                let (&label, later) = later.split_first()?;
                let after = behind_blocks(later)?;
                let length = later.len().checked_sub(after.len())?;
                let body = later.get(..length)?;
                match (label, body) {
                    // Exactly one block of four bytes.
                    (0xf9, [4, _, _, _, _, 0]) => shown = rest.get(..length.checked_add(2)?)?,
                    (0xff, [11, said @ ..]) if said.starts_with(LOOPS) => {
                        out.extend([0x21, 0xff, 11]);
                        out.extend(said.get(..LOOPS.len() + 2)?);
                        out.push(0);
                    }
                    _ => {}
                }
                rest = after;
            }
            0x2c => {
                out.extend(std::mem::take(&mut shown));
                let table = colours(*rest.get(9)?);
                take(&mut out, &mut rest, 10 + table + 1)?;
                let after = behind_blocks(rest)?;
                out.extend(rest.get(..rest.len().checked_sub(after.len())?)?);
                rest = after;
            }
            0x3b => {
                out.push(0x3b);
                return Some(out);
            }
            _ => return None,
        }
    }
}

/// Bytes of the table of colours that these flags announce.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn take(out: &mut Vec<u8>, rest: &mut &[u8], length: usize) -> Option<()> {
    let (taken, later) = rest.split_at_checked(length)?;
    out.extend(taken);
    *rest = later;
    Some(())
}

/// What follows blocks that each tell their length, the last one's being none.
fn behind_blocks(mut rest: &[u8]) -> Option<&[u8]> {
    loop {
        let (&length, later) = rest.split_first()?;
        rest = later.get(usize::from(length)..)?;
        if length == 0 {
            return Some(rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::attached::stripped;

    fn picture() -> Vec<u8> {
        // 10 × 10, its own table of two colours, LZW of width 2, one block of data.
        [&b"\x2c\0\0\0\0\x0a\0\x0a\0\x80"[..], b"\0\0\0\xff\xff\xff", b"\x02\x03\x8c\x2d\x99\0"]
            .concat()
    }

    #[test]
    fn a_moving_picture_keeps_what_moves_and_tells_nothing_else() {
        let head = b"GIF89a\x0a\0\x0a\0\x80\0\0\0\0\0\xff\xff\xff";
        let loops = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x05\0\0";
        let shown = b"\x21\xf9\x04\x01\x0a\0\0\0";
        // XMP is not cut into blocks: a tail of falling numbers leads to the end wherever one falls in.
        let tail: Vec<u8> = (0..=255u8).rev().collect();
        let xmp = [b"\x21\xff\x0bXMP DataXMP<x>Aigul</x>\x01", tail.as_slice(), b"\0"].concat();
        let told = [
            head,
            &xmp[..],
            b"\x21\xfe\x05Aigul\0",
            b"\x21\xff\x0bAigul's 1.0\x04now!\0",
            loops,
            // Said of words that are left out: goes with them.
            b"\x21\xf9\x04\x01\x63\0\0\0",
            b"\x21\x01\x0c\0\0\0\0\0\0\0\0\x08\x08\x01\0\x05Aigul\0",
            shown,
            &picture(),
            b"\x21\xfe\x08Kokshetau"[..11].as_ref(),
            b"\0",
            &picture(),
            b"\x3b",
            b"Aigul",
        ]
        .concat();
        let bare = [&head[..], loops, shown, &picture(), &picture(), b"\x3b"].concat();
        assert_eq!(stripped("image/gif", &told), Some(bare.clone()));
        assert_eq!(stripped("image/gif", &bare), Some(bare.clone()), "bare stays bare");
        for end in 0..bare.len() {
            assert_eq!(stripped("image/gif", &bare[..end]), None, "cut at {end}");
        }
    }
}
