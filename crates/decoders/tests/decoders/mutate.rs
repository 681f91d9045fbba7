//! Small changes of an input, drawn from a seed.

/// The same seed, the same changes.
pub struct Dice(pub u64);

impl Dice {
    pub fn of(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 17) % sides.max(1) as u64).unwrap()
    }
}

/// What decoders stumble over.
const STONES: &[&[u8]] = &[
    b"9223372036854775807",
    b"18446744073709551616",
    b"-1",
    b"1e999",
    b"\\u0000",
    b"\\ud800",
    b"\0",
    b"\xff\xff\xff\xff",
    b"\xed\xa0\x80",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
    b"{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":",
    b"null",
    b"\"",
    "\u{202e}\u{feff}\u{345}".as_bytes(),
    "ә́ҰІ ".as_bytes(),
    b"\n\n",
    b"/../",
    b"2026-02-30",
    b"+999999-12-31T23:59:59.999999999Z",
];

/// One to four changes; `other` is another input to take a piece from.
pub fn changed(input: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = input.to_vec();
    for _ in 0..=dice.of(4) {
        let at = dice.of(out.len() + 1);
        let piece = |of: &[u8], dice: &mut Dice| {
            let from = dice.of(of.len() + 1);
            let long = dice.of(of.len() - from + 1).min(64);
            of[from..from + long].to_vec()
        };
        match dice.of(8) {
            0 => out.truncate(at),
            1 if at < out.len() => out[at] ^= 1 << dice.of(8),
            2 if at < out.len() => out[at] = u8::try_from(dice.of(256)).unwrap(),
            3 => drop(out.splice(at..at, STONES[dice.of(STONES.len())].iter().copied())),
            4 => {
                let end = (at + dice.of(16)).min(out.len());
                out.splice(at..end, STONES[dice.of(STONES.len())].iter().copied());
            }
            5 => {
                let end = (at + dice.of(32)).min(out.len());
                out.drain(at..end);
            }
            6 => {
                let own = out.clone();
                out.splice(at..at, piece(&own, dice));
            }
            _ => drop(out.splice(at..at, piece(other, dice))),
        }
    }
    out.truncate(256 * 1024);
    out
}
