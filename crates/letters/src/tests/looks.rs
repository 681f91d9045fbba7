//! A paper as a picture: nothing at the edge of the sheet, no words on top of each other, no empty page.

use super::Paper;

/// Narrowest white edge a printer in an office can be trusted with, in millimetres.
const EDGE_MM: f64 = 7.0;
/// How fine the picture is.
const DPI: usize = 60;

/// Fails when something is cut off, lies at the edge, lies over something else, or a page is empty.
pub fn looks_right(name: &str, paper: &Paper, pages: usize) {
    let boxes = paper.boxes();
    assert_eq!(boxes.len(), pages, "{name}");
    for (n, words) in boxes.iter().enumerate() {
        let page = n + 1;
        assert!(!words.is_empty(), "{name}: page {page} is empty");
        let (width, height, pixels) = paper.picture(page, &DPI.to_string());
        let edge = (EDGE_MM / 25.4 * DPI as f64) as usize;
        for (i, pixel) in pixels.iter().enumerate() {
            let (x, y) = (i % width, i / width);
            let inside = x >= edge && x < width - edge && y >= edge && y < height - edge;
            assert!(inside || *pixel > 250, "{name}: ink at the edge of page {page}, {x} {y}");
        }
        let points = |px: usize| px as f64 / DPI as f64 * 72.0;
        for ([left, top, right, bottom], word) in words {
            assert!(
                *left >= 0.0 && *top >= 0.0 && *right <= points(width) && *bottom <= points(height),
                "{name}: {word} leaves page {page}"
            );
        }
        no_overlap(name, page, words);
    }
}

fn no_overlap(name: &str, page: usize, words: &[([f64; 4], String)]) {
    for (i, (a, first)) in words.iter().enumerate() {
        for (b, second) in &words[i + 1..] {
            let w = a[2].min(b[2]) - a[0].max(b[0]);
            let h = a[3].min(b[3]) - a[1].max(b[1]);
            // Boxes are as high as the font's tallest letter: lines touch by a little, words side by side do not.
            let lower = (a[3] - a[1]).min(b[3] - b[1]);
            assert!(
                w <= 1.0 || h <= lower * 0.45,
                "{name}: «{first}» and «{second}» lie over each other on page {page}"
            );
        }
    }
}

/// Every line of `text` is on the paper, in its order.
pub fn whole(paper: &Paper, text: &str) {
    let words = paper.words();
    let mut from = 0;
    for line in text.lines().filter(|l| !l.trim().is_empty()) {
        let first: String = line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
        let found = words[from..].find(&first).unwrap_or_else(|| panic!("lost: {first}"));
        from += found + first.len();
    }
}
