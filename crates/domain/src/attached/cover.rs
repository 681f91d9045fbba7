//! Covering parts of a picture: the copy is drawn anew, and under a covered part there is nothing (docs/adr/0060).

use super::picture::{Read, on_white, read, within};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, GenericImageView as _, ImageFormat, Luma, Rgb};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// Covered parts of one picture, at most.
pub const COVERS_MAX: usize = 50;
/// The whole width or height, in the parts a place is told in.
pub const WHOLE: u32 = 10_000;
/// Longer side of what an officer covers parts of, in pixels: small print of a sheet of paper can be read.
const SHEET_SIDE: u32 = 1_600;
/// Of 100.
const SHEET_QUALITY: u8 = 80;
/// Of 100: the copy is what the body gets.
const COPY_QUALITY: u8 = 92;
/// A JPEG is written in blocks of so many pixels, each by itself.
const BLOCK: u32 = 8;
/// How far a covered pixel may be from black after the copy was read again.
const NEAR: u8 = 4;

/// A part to be covered, in ten-thousandths of the picture as it is seen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, ts_rs::TS)]
pub struct CoverBox {
    pub x: u32,
    pub y: u32,
    pub w: u32,
    pub h: u32,
}

impl CoverBox {
    /// It covers something, and nothing beside the picture.
    #[must_use]
    pub fn is_within(&self) -> bool {
        let ends =
            |from: u32, long: u32| long > 0 && from.checked_add(long).is_some_and(|to| to <= WHOLE);
        ends(self.x, self.w) && ends(self.y, self.h)
    }
}

/// A picture large enough to cover parts of it.
#[derive(Debug)]
pub struct Sheet {
    pub jpeg: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// The covered copy.
#[derive(Debug)]
pub struct Covered {
    pub bytes: Vec<u8>,
    pub media_type: &'static str,
    /// With its dot.
    pub ending: &'static str,
}

/// True for the types of pictures that can be covered.
#[must_use]
pub fn can_cover(media_type: &str) -> bool {
    within(media_type).is_some()
}

/// The picture upright, of at most 1600 pixels a side, as a JPEG made here; none of what cannot be covered.
#[must_use]
pub fn sheet(media_type: &str, bytes: &[u8]) -> Option<Sheet> {
    read(media_type, bytes, |Read { picture, turned }| {
        let side = picture.width().max(picture.height());
        let mut picture =
            if side > SHEET_SIDE { picture.thumbnail(SHEET_SIDE, SHEET_SIDE) } else { picture };
        picture.apply_orientation(turned);
        let flat = on_paper(picture);
        let (width, height) = flat.dimensions();
        let mut jpeg = Vec::new();
        flat.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, SHEET_QUALITY)).ok()?;
        Some(Sheet { jpeg, width, height })
    })
}

/// A copy in full size with these parts black, drawn anew: nothing of the file's bytes is in it, only what is seen outside the
/// parts. It is read again before it is given. None of what cannot be covered, and for parts that are not all within it.
#[must_use]
pub fn covered(media_type: &str, bytes: &[u8], parts: &[CoverBox]) -> Option<Covered> {
    let usable = !parts.is_empty() && parts.len() <= COVERS_MAX;
    if !usable || !parts.iter().all(CoverBox::is_within) {
        return None;
    }
    let format = match within(media_type)? {
        ImageFormat::Jpeg | ImageFormat::WebP => ImageFormat::Jpeg,
        _ => ImageFormat::Png,
    };
    let (made, areas) = read(media_type, bytes, |Read { mut picture, turned }| {
        picture.apply_orientation(turned);
        let mut flat = on_paper(picture);
        let size = flat.dimensions();
        let grid = if format == ImageFormat::Jpeg { BLOCK } else { 1 };
        let areas: Vec<Area> = parts.iter().map(|part| Area::of(*part, size, grid)).collect();
        areas.iter().for_each(|area| area.blacken(&mut flat));
        let mut made = Vec::new();
        if format == ImageFormat::Jpeg {
            let encoder = JpegEncoder::new_with_quality(&mut made, COPY_QUALITY);
            flat.write_with_encoder(encoder).ok()?;
        } else {
            flat.write_to(&mut Cursor::new(&mut made), format).ok()?;
        }
        Some((made, areas))
    })?;
    let (media_type, ending) = match format {
        ImageFormat::Jpeg => ("image/jpeg", ".jpg"),
        _ => ("image/png", ".png"),
    };
    // What was promised is looked for in what will be kept, not in what was meant.
    let holds =
        read(media_type, &made, |again| Some(areas.iter().all(|a| a.is_black(&again.picture))));
    (holds == Some(true)).then_some(Covered { bytes: made, media_type, ending })
}

/// Pixels from, and to but not with.
#[derive(Clone, Copy, Debug)]
struct Area {
    x: (u32, u32),
    y: (u32, u32),
}

impl Area {
    /// Whole pixels, and whole blocks of a JPEG: rather more is covered than less. No block holds both sides of an edge, so
    /// nothing of what was covered is left in how its neighbours are written.
    fn of(part: CoverBox, (width, height): (u32, u32), grid: u32) -> Self {
        let span = |from: u32, long: u32, side: u32| {
            let at = |share: u32| u64::from(share) * u64::from(side);
            let (whole, grid) = (u64::from(WHOLE), u64::from(grid));
            let begin = at(from) / whole / grid * grid;
            let end = at(from + long).div_ceil(whole).div_ceil(grid) * grid;
            let pixel = |n: u64| u32::try_from(n).unwrap_or(u32::MAX).min(side);
            (pixel(begin), pixel(end))
        };
        Self { x: span(part.x, part.w, width), y: span(part.y, part.h, height) }
    }

    fn pixels(self) -> impl Iterator<Item = (u32, u32)> {
        (self.y.0..self.y.1).flat_map(move |y| (self.x.0..self.x.1).map(move |x| (x, y)))
    }

    fn blacken(self, picture: &mut DynamicImage) {
        match picture {
            DynamicImage::ImageLuma8(grey) => {
                self.pixels().for_each(|(x, y)| grey.put_pixel(x, y, Luma([0])));
            }
            DynamicImage::ImageRgb8(colour) => {
                self.pixels().for_each(|(x, y)| colour.put_pixel(x, y, Rgb([0; 3])));
            }
            // `on_paper` makes no other; the look afterwards would find it.
            _ => {}
        }
    }

    fn is_black(self, picture: &DynamicImage) -> bool {
        let (width, height) = picture.dimensions();
        self.x.1 <= width
            && self.y.1 <= height
            && self.pixels().all(|(x, y)| {
                let [r, g, b, a] = picture.get_pixel(x, y).0;
                r.max(g).max(b) <= NEAR && a == u8::MAX
            })
    }
}

/// Eight bits of colour or grey a pixel, and what shines through is paper: nothing hides behind transparency.
fn on_paper(picture: DynamicImage) -> DynamicImage {
    let color = picture.color();
    let opaque = if color.has_alpha() { on_white(picture).into() } else { picture };
    if color.has_color() { opaque.into_rgb8().into() } else { opaque.into_luma8().into() }
}

#[cfg(test)]
mod tests;
