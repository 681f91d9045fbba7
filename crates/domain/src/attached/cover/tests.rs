//! What is covered is gone, what is not stays, and it is where the officer saw it.

use super::*;
use image::{ImageReader, Rgba, RgbaImage};

/// Nothing in it is black, and every place looks another.
fn scene(width: u32, height: u32) -> DynamicImage {
    let shade = |n: u32, side: u32| u8::try_from(40 + 200 * n / side).unwrap_or(u8::MAX);
    image::RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), 128]))
        .into()
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Vec::new();
    picture.write_to(&mut Cursor::new(&mut out), format).unwrap();
    out
}

fn read_back(covered: &Covered) -> DynamicImage {
    ImageReader::new(Cursor::new(&covered.bytes)).with_guessed_format().unwrap().decode().unwrap()
}

/// The JPEG with an EXIF entry that says how it is turned, and where it was taken.
fn turned(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0]);
    exif.extend(b"GPS 53.28 69.39");
    let mut out = jpeg[..2].to_vec();
    out.extend([0xff, 0xe1]);
    out.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    out.extend(exif);
    out.extend(&jpeg[2..]);
    out
}

const fn part(x: u32, y: u32, w: u32, h: u32) -> CoverBox {
    CoverBox { x, y, w, h }
}

fn is_black(picture: &DynamicImage, x: u32, y: u32) -> bool {
    picture.get_pixel(x, y).0.iter().take(3).all(|c| *c <= NEAR)
}

#[test]
fn what_is_covered_is_black_and_the_rest_is_as_it_was() {
    let scene = scene(400, 300);
    let parts = [part(1_000, 2_000, 2_500, 1_000), part(9_000, 9_000, 1_000, 1_000)];
    for (media_type, format, becomes) in [
        ("image/png", ImageFormat::Png, "image/png"),
        ("image/gif", ImageFormat::Gif, "image/png"),
        ("image/jpeg", ImageFormat::Jpeg, "image/jpeg"),
        ("image/webp", ImageFormat::WebP, "image/jpeg"),
    ] {
        let bytes = written(&scene, format);
        let copy = covered(media_type, &bytes, &parts).unwrap();
        assert_eq!(copy.media_type, becomes);
        let (before, after) = (image::load_from_memory(&bytes).unwrap(), read_back(&copy));
        assert_eq!(after.dimensions(), (400, 300));
        let (mut black, mut far) = (0, 0);
        for (x, y) in (0..400).flat_map(|x| (0..300).map(move |y| (x, y))) {
            let inside = (40..140).contains(&x) && (60..90).contains(&y) || (x >= 360 && y >= 270);
            if is_black(&after, x, y) {
                black += 1;
            } else {
                assert!(!inside, "{media_type}: {x}, {y} is to be covered");
                let (was, is) = (before.get_pixel(x, y).0, after.get_pixel(x, y).0);
                far += u32::from(was.iter().zip(is).any(|(a, b)| a.abs_diff(b) > 12));
            }
        }
        // Of a JPEG whole blocks of eight are covered, and nothing more.
        let most = if becomes == "image/png" { 4_200 } else { 104 * 40 + 40 * 36 };
        assert!((4_200..=most).contains(&black), "{media_type}: {black}");
        assert_eq!(far, 0, "{media_type}: the rest is as it was");
    }
}

/// Two originals that differ only where they are covered have the same copy, byte for byte: so nothing of what was there is in it.
#[test]
fn nothing_of_what_was_covered_is_in_the_copy() {
    let part = part(3_010, 2_990, 2_020, 3_030);
    for (media_type, format) in [("image/jpeg", ImageFormat::Jpeg), ("image/png", ImageFormat::Png)]
    {
        let copies = [0_u32, 77].map(|secret| {
            let mut scene = scene(333, 222).into_rgb8();
            for (x, y) in (101..167).flat_map(|x| (67..133).map(move |y| (x, y))) {
                let shade = u8::try_from((x * 7 + y * 13 + secret * 31) % 256).unwrap();
                scene.put_pixel(x, y, Rgb([shade, 255 - shade, shade]));
            }
            // Written without loss: how an original was packed is no matter here.
            let bytes = written(&scene.into(), ImageFormat::Png);
            let read = image::load_from_memory(&bytes).unwrap();
            let bytes = if format == ImageFormat::Png { bytes } else { lossless_enough(&read) };
            covered(media_type, &bytes, &[part]).unwrap().bytes
        });
        assert_eq!(copies[0], copies[1], "{media_type}");
    }
}

/// A JPEG that two pictures with the same blocks share outside the blocks that differ.
fn lossless_enough(picture: &DynamicImage) -> Vec<u8> {
    let mut out = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut out, 100)).unwrap();
    out
}

/// The places are those of the picture as it was seen, however the telephone was held.
#[test]
fn a_photograph_taken_upright_is_covered_where_it_was_seen() {
    let jpeg = written(&scene(320, 160), ImageFormat::Jpeg);
    for orientation in 1..=8 {
        let bytes = turned(&jpeg, orientation);
        let seen = sheet("image/jpeg", &bytes).unwrap();
        let upright = if orientation < 5 { (320, 160) } else { (160, 320) };
        assert_eq!((seen.width, seen.height), upright, "{orientation}");
        let shown = image::load_from_memory(&seen.jpeg).unwrap();
        // The upper left quarter, as it is seen.
        let copy = covered("image/jpeg", &bytes, &[part(0, 0, 5_000, 5_000)]).unwrap();
        let after = read_back(&copy);
        assert_eq!(after.dimensions(), upright);
        let (middle, far) = ((upright.0 / 4, upright.1 / 4), (upright.0 - 8, upright.1 - 8));
        assert!(is_black(&after, middle.0, middle.1), "{orientation}");
        for (x, y) in [far, (middle.0, far.1), (far.0, middle.1)] {
            let (was, is) = (shown.get_pixel(x, y).0, after.get_pixel(x, y).0);
            assert!(was.iter().zip(is).all(|(a, b)| a.abs_diff(b) < 20), "{orientation}: {x}, {y}");
        }
        let tells = |what: &[u8]| copy.bytes.windows(what.len()).any(|w| w == what);
        assert!(!tells(b"Exif") && !tells(b"GPS"), "nothing beside the picture");
    }
}

#[test]
fn what_hides_behind_transparency_or_after_the_picture_is_gone() {
    let hidden =
        RgbaImage::from_fn(64, 64, |x, _| Rgba([200, 10, 10, if x < 32 { 0 } else { 255 }]));
    let mut bytes = written(&hidden.into(), ImageFormat::Png);
    bytes.extend(b"a film of the same moment");
    let copy = covered("image/png", &bytes, &[part(9_000, 9_000, 1_000, 1_000)]).unwrap();
    let after = read_back(&copy);
    assert!(!after.color().has_alpha());
    assert_eq!(after.get_pixel(3, 3).0, [255; 4], "what shines through is paper");
    assert_eq!(after.get_pixel(40, 3).0, [200, 10, 10, 255]);
    assert!(!copy.bytes.windows(6).any(|w| w == b"a film"));
    // A grey sheet stays grey: a third of the bytes.
    let grey = written(&scene(80, 60).into_luma8().into(), ImageFormat::Png);
    let copy = covered("image/png", &grey, &[part(0, 0, 100, 100)]).unwrap();
    assert!(!read_back(&copy).color().has_color());
    let thin = written(&scene(80, 60).into_luma_alpha8().into(), ImageFormat::Png);
    let copy = covered("image/png", &thin, &[part(0, 0, 100, 100)]).unwrap();
    assert_eq!(read_back(&copy).color(), image::ColorType::L8);
}

#[test]
fn a_sheet_is_large_enough_to_read_and_no_larger() {
    let wide = written(&scene(2_000, 500), ImageFormat::Png);
    let seen = sheet("image/png", &wide).unwrap();
    assert_eq!((seen.width, seen.height), (1_600, 400));
    let seen = sheet("image/png", &written(&scene(90, 60), ImageFormat::Png)).unwrap();
    assert_eq!((seen.width, seen.height), (90, 60), "a small one is not blown up");
}

#[test]
fn no_part_lies_outside_and_none_is_nothing() {
    let bytes = written(&scene(40, 30), ImageFormat::Png);
    let made = |parts: &[CoverBox]| covered("image/png", &bytes, parts).is_some();
    assert!(made(&[part(0, 0, WHOLE, WHOLE)]), "all of it may be covered");
    assert!(made(&[part(9_999, 9_999, 1, 1)]), "and one corner");
    assert!(!made(&[]));
    assert!(!made(&[part(0, 0, 0, 100)]) && !made(&[part(0, 0, 100, 0)]));
    assert!(!made(&[part(9_999, 0, 2, 100)]) && !made(&[part(0, u32::MAX, 1, u32::MAX)]));
    assert!(!made(&[part(0, 0, 100, 100); COVERS_MAX + 1]));
    assert!(made(&[part(0, 0, 100, 100); COVERS_MAX]));
}

/// B28 (part): what is no picture, is cut, or unpacks to gigabytes has no sheet and no copy, and nothing stops.
#[test]
fn hostile_pictures_are_neither_shown_nor_copied() {
    let good = written(&scene(90, 60), ImageFormat::Png);
    let all = [part(0, 0, WHOLE, WHOLE)];
    let none = |media_type: &str, bytes: &[u8]| {
        sheet(media_type, bytes).is_none() && covered(media_type, bytes, &all).is_none()
    };
    for media_type in ["image/jpeg", "image/png", "image/webp", "image/gif"] {
        assert!(none(media_type, b"no picture at all") && none(media_type, b""));
    }
    for media_type in ["image/svg+xml", "image/heic", "application/pdf", "text/plain"] {
        assert!(!can_cover(media_type) && none(media_type, &good));
    }
    for cut in (0..good.len()).step_by(37) {
        let _ = covered("image/png", &good[..cut], &all);
    }
    // A header that promises 60,000 × 60,000 pixels of a GIF.
    let mut bomb = written(&scene(9, 9), ImageFormat::Gif);
    bomb[6..10].copy_from_slice(&[0x60, 0xea, 0x60, 0xea]);
    assert!(none("image/gif", &bomb));
}
