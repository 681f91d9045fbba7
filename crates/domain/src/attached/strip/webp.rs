//! WebP: a RIFF of chunks.

/// What is needed to see the picture, still or moving, in its colours.
const KEPT: [&[u8]; 7] = [b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// Bits of `VP8X` that promise chunks which are left out: Exif and XMP.
const PROMISES: u8 = 0b0000_1100;

/// Chunk by chunk to the length the head names; what follows is left out, too.
pub(super) fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let length = usize::try_from(u32_le(bytes.get(4..8)?)?).ok()?;
    let body = bytes.strip_prefix(b"RIFF")?.get(4..length.checked_add(4)?)?;
    let mut rest = body.strip_prefix(b"WEBP")?;
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    while !rest.is_empty() {
        let kind = rest.get(..4)?;
        let length = usize::try_from(u32_le(rest.get(4..8)?)?).ok()?;
        // A chunk of an odd length is followed by one byte more.
        let whole = length.checked_add(8 + length % 2)?;
        let (chunk, later) = rest.split_at_checked(whole)?;
        if KEPT.contains(&kind) {
            let at = out.len();
            out.extend(chunk);
            if kind == b"VP8X" {
                *out.get_mut(at + 8)? &= !PROMISES;
            }
        }
        rest = later;
    }
    let length = u32::try_from(out.len() - 8).ok()?.to_le_bytes();
    out.get_mut(4..8)?.copy_from_slice(&length);
    Some(out)
}

fn u32_le(four: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use crate::attached::stripped;

    fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len()).unwrap().to_le_bytes();
        let pad = &[0u8][..body.len() % 2];
        [kind, length.as_slice(), body, pad].concat()
    }

    fn riff(chunks: &[Vec<u8>]) -> Vec<u8> {
        chunk(b"RIFF", &[b"WEBP".to_vec(), chunks.concat()].concat())
    }

    #[test]
    fn a_webp_keeps_what_is_drawn_and_tells_nothing_else() {
        let told = riff(&[
            chunk(b"VP8X", &[0x1c, 0, 0, 0, 9, 0, 0, 9, 0, 0]),
            chunk(b"ICCP", b"colours"),
            chunk(b"VP8L", b"picture"),
            chunk(b"EXIF", b"GPS 53.28,69.39"),
            chunk(b"XMP ", b"<author>"),
            chunk(b"NOTE", b"who knows"),
        ]);
        let bare = riff(&[
            chunk(b"VP8X", &[0x10, 0, 0, 0, 9, 0, 0, 9, 0, 0]),
            chunk(b"ICCP", b"colours"),
            chunk(b"VP8L", b"picture"),
        ]);
        let tail = [told, b"behind".to_vec()].concat();
        assert_eq!(stripped("image/webp", &tail), Some(bare.clone()));
        assert_eq!(stripped("image/webp", &bare), Some(bare.clone()));
        for end in 0..bare.len() {
            assert_eq!(stripped("image/webp", &bare[..end]), None, "cut at {end}");
        }
    }
}
