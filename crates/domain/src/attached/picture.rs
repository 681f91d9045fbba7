//! Pictures among attached files, and small ones of them, drawn by safe decoders under limits: nothing of a stranger's bytes reaches the
//! window's own decoder (docs/adr/0012, docs/adr/0019).

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Longer side, in pixels: sharp at twice the size it is shown in.
const SIDE: u32 = 256;
/// Of 100.
const QUALITY: u8 = 72;
/// A picture that is larger when unpacked has no small one, in bytes.
const UNPACKED_MAX: u64 = 48 * 1024 * 1024;

/// A small picture of this one, as a JPEG of at most 256 pixels a side; none of what is no picture, unpacks to more than
/// 48 MiB, or cannot be read.
#[must_use]
pub fn small_picture(media_type: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    read(media_type, bytes, |Read { picture, turned }| {
        let mut picture = if picture.width().max(picture.height()) > SIDE {
            picture.thumbnail(SIDE, SIDE)
        } else {
            picture
        };
        picture.apply_orientation(turned);
        let mut out = Vec::new();
        let flat = on_white(picture);
        JpegEncoder::new_with_quality(&mut out, QUALITY).encode_image(&flat).ok()?;
        Some(out)
    })
}

/// A picture as it lies in its file.
pub(super) struct Read {
    pub picture: DynamicImage,
    /// How it is seen upright.
    pub turned: Orientation,
}

/// How pictures of this type are read; none of what is not read.
pub(super) fn within(media_type: &str) -> Option<ImageFormat> {
    match media_type {
        "image/jpeg" => Some(ImageFormat::Jpeg),
        "image/png" => Some(ImageFormat::Png),
        "image/webp" => Some(ImageFormat::WebP),
        "image/gif" => Some(ImageFormat::Gif),
        _ => None,
    }
}

/// Reads a stranger's picture and makes something of it, within the limits; a decoder that stops at a hostile picture stops
/// itself only.
pub(super) fn read<T>(
    media_type: &str,
    bytes: &[u8],
    make: impl FnOnce(Read) -> Option<T>,
) -> Option<T> {
    let format = within(media_type)?;
    catch_unwind(AssertUnwindSafe(|| make(unpacked(format, bytes)?))).ok().flatten()
}

fn unpacked(format: ImageFormat, bytes: &[u8]) -> Option<Read> {
    let mut limits = Limits::no_limits();
    limits.max_alloc = Some(UNPACKED_MAX);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    if decoder.total_bytes() > UNPACKED_MAX {
        return None;
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Some(Read { picture: DynamicImage::from_decoder(decoder).ok()?, turned })
}

/// What shines through is paper.
pub(super) fn on_white(picture: DynamicImage) -> image::RgbImage {
    let mut flat =
        image::RgbImage::from_pixel(picture.width(), picture.height(), image::Rgb([255; 3]));
    for (to, from) in flat.pixels_mut().zip(picture.into_rgba8().pixels()) {
        let [r, g, b, a] = from.0.map(u32::from);
        let mixed = |c: u32| u8::try_from((c * a + 255 * (255 - a)) / 255).unwrap_or(u8::MAX);
        to.0 = [mixed(r), mixed(g), mixed(b)];
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let picture = image::RgbaImage::from_fn(width, height, |x, _| {
            image::Rgba([10, 20, 30, if x * 2 < width { 255 } else { 0 }])
        });
        let mut out = Vec::new();
        DynamicImage::from(picture).write_to(&mut Cursor::new(&mut out), ImageFormat::Png).unwrap();
        out
    }

    fn size(jpeg: &[u8]) -> (u32, u32) {
        let read = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).unwrap();
        (read.width(), read.height())
    }

    #[test]
    fn a_picture_becomes_small_keeps_its_shape_and_lies_on_white() {
        let jpeg = small_picture("image/png", &png(1000, 500)).unwrap();
        assert_eq!(size(&jpeg), (256, 128));
        let read = image::load_from_memory(&jpeg).unwrap().to_rgb8();
        assert!(read.get_pixel(250, 64).0.iter().all(|c| *c > 245), "what shines through is paper");
        assert!(read.get_pixel(20, 64).0.iter().all(|c| *c < 60));
        // A small one is not blown up.
        assert_eq!(size(&small_picture("image/png", &png(40, 30)).unwrap()), (40, 30));
    }

    #[test]
    fn a_photograph_taken_upright_stands_upright() {
        let mut jpeg = Vec::new();
        let wide = image::RgbImage::new(80, 40);
        JpegEncoder::new(&mut jpeg).encode_image(&wide).unwrap();
        // EXIF: one entry, orientation 6.
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let mut turned = jpeg[..2].to_vec();
        turned.extend(exif);
        turned.extend(&jpeg[2..]);
        assert_eq!(size(&small_picture("image/jpeg", &turned).unwrap()), (40, 80));
    }

    /// B28 (part): what is no picture, is cut, is changed anywhere or unpacks to gigabytes has no small picture, and
    /// nothing stops.
    #[test]
    fn hostile_pictures_have_no_small_one_and_stop_nothing() {
        let good = png(300, 200);
        for media_type in ["image/png", "image/jpeg", "image/webp", "image/gif"] {
            assert_eq!(small_picture(media_type, b"no picture at all"), None);
            assert_eq!(small_picture(media_type, b""), None);
        }
        assert_eq!(small_picture("image/svg+xml", b"<svg/>"), None);
        assert_eq!(small_picture("image/heic", &good), None);
        for cut in (0..good.len()).step_by(37) {
            let _ = small_picture("image/png", &good[..cut]);
        }
        for at in (8..good.len()).step_by(11) {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            let _ = small_picture("image/png", &bad);
        }
        // A header that promises 60,000 × 60,000 pixels.
        let mut bomb = good.clone();
        bomb[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        let crc = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(small_picture("image/png", &bomb), None);
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |mut crc, byte| {
            crc ^= u32::from(*byte);
            for _ in 0..8 {
                crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
            }
            crc
        })
    }
}
