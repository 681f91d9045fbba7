//! Full pages of feeds as they went over the line. At six in the evening every desk of a station reads the same ones;
//! an event never changes, so neither does a page that is full, until a case leaves the feed or comes into it.

use bytes::Bytes;
use esik_domain::ids::{Pos, Scope};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Bytes kept, at most.
const KEPT_BYTES: usize = 6 * 1024 * 1024;

/// What a page is asked by: feed, position already held, entries at most, and where a case came into the feed or left it last.
/// All of one history.
pub type Asked = (Scope, Pos, u32, Pos);

/// A page that is full.
#[derive(Clone, Debug)]
pub struct FullPage {
    pub bytes: Bytes,
    pub entries: usize,
}

/// The latest full pages.
#[derive(Debug, Default)]
pub struct Pages(Mutex<VecDeque<(Asked, FullPage)>>);

impl Pages {
    /// The page, when it is still here.
    pub fn get(&self, asked: &Asked) -> Option<FullPage> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(a, _)| a == asked).map(|(_, page)| page.clone())
    }

    /// Keeps a page as long as there is room; the oldest go first.
    pub fn keep(&self, asked: Asked, page: FullPage) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if page.bytes.len() > KEPT_BYTES || kept.iter().any(|(a, _)| *a == asked) {
            return;
        }
        kept.push_back((asked, page));
        let mut bytes: usize = kept.iter().map(|(_, p)| p.bytes.len()).sum();
        while bytes > KEPT_BYTES {
            let Some((_, oldest)) = kept.pop_front() else { return };
            bytes -= oldest.bytes.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(bytes: usize) -> FullPage {
        FullPage { bytes: vec![0; bytes].into(), entries: 1 }
    }

    /// S30 (part).
    #[test]
    fn pages_kept_take_so_much_memory_and_no_more() {
        let pages = Pages::default();
        let asked = |n: u64| (Scope::from("station:07"), Pos(n), 500, Pos(0));
        for n in 0..20 {
            pages.keep(asked(n), page(KEPT_BYTES / 4));
            pages.keep(asked(n), page(1));
        }
        let here: Vec<u64> = (0..20).filter(|n| pages.get(&asked(*n)).is_some()).collect();
        assert_eq!(here, [16, 17, 18, 19]);
        assert_eq!(pages.get(&asked(19)).unwrap().bytes.len(), KEPT_BYTES / 4);
        assert!(pages.get(&(Scope::from("station:08"), Pos(19), 500, Pos(0))).is_none());
        pages.keep(asked(99), page(KEPT_BYTES + 1));
        assert!(pages.get(&asked(99)).is_none() && pages.get(&asked(19)).is_some());
    }
}
