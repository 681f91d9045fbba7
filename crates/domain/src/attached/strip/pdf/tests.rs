//! Documents made by hand: what stays of them, what goes, and what is not given.

use super::super::flate::{Budget, deflate_zlib};
use super::super::testing::has;
use super::pdf;
use crate::attached::stripped;

const PDF: &str = "application/pdf";

/// A file of these objects, numbered from 1, and how its description goes on. The first is the catalogue.
fn file(objects: &[Vec<u8>], trailer: &str) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%Aigul\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (n, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend(format!("{} 0 obj\n", n + 1).as_bytes());
        out.extend(object);
        out.extend(b"\nendobj\n% Aigul\n");
    }
    let at = out.len();
    out.extend(
        format!("{table}trailer\n<</Root 1 0 R {trailer}>>\nstartxref\n{at}\n%%EOF\n").bytes(),
    );
    out
}

fn text(objects: &[&str], trailer: &str) -> Vec<u8> {
    let objects: Vec<_> = objects.iter().map(|o| o.as_bytes().to_vec()).collect();
    file(&objects, trailer)
}

fn stream(dict: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!("<<{dict}/Length {}>>\nstream\n", bytes.len());
    [head.as_bytes(), bytes, b"\nendstream"].concat()
}

#[test]
fn a_document_keeps_its_pages_where_they_lay_and_tells_nothing_else() {
    let told = text(
        &[
            "<</Pages 2 0 R/Meta#64ata 4 0 R/OCG<</CreatorInfo<</Creator(Aigul)>>>>>>",
            "<</Kids[3 0 R]/Count 1>>",
            "<</Type/Page/PieceInfo<</A(Aigul)>>/Thumb 4 0 R/Annots[<</Subtype/Text/Rect[0 0 1 1]/T(Ai\\)gul)\
             /M(2019)/Contents(note)>> <</Subtype/Widget/Rect[0 0 1 1]/T(field)>>]>>",
            "(Aigul)",
            "<</Author(Aigul)>>",
        ],
        "/Info 5 0 R/Size 6/ID[(a)(b)]/Made(Aigul)",
    );
    let bare = stripped(PDF, &told).unwrap();
    assert_eq!(bare.len(), told.len());
    for gone in [&b"gul"[..], b"2019", b"Meta#64ata", b"Thumb", b"/Info"] {
        assert!(!has(&bare, gone), "{}", String::from_utf8_lossy(gone));
    }
    for there in [
        &b"/Contents(note)"[..],
        b"/T(field)",
        b"/Kids[3 0 R]",
        b"/ID[(a)(b)]",
        b"5 0 obj 0 endobj",
    ] {
        assert!(has(&bare, there), "{}", String::from_utf8_lossy(there));
    }
    assert_eq!(stripped(PDF, &bare).as_ref(), Some(&bare), "bare stays bare");
    for end in 0..told.len() - 1 {
        let whole = stripped(PDF, &told[..end]);
        assert!(whole.is_none_or(|w| !has(&w, b"gul")), "cut at {end}");
    }
}

#[test]
fn a_signed_document_is_not_changed_by_a_byte() {
    let signed = text(
        &["<</Pages 2 0 R/Sig<</ByteRange[0 1 2 3]/Contents<00>/M(2019)>>>>", "<<>>"],
        "/Info 2 0 R",
    );
    assert_eq!(stripped(PDF, &signed).as_ref(), Some(&signed));
}

#[test]
fn what_cannot_be_followed_is_not_given() {
    let whole = |root: &str, trailer: &str| stripped(PDF, &text(&[root, "<<>>"], trailer));
    assert!(whole("<</Pages 2 0 R>>", "").is_some());
    // Enciphered; a table before that is this one; no pages; a number that is not the object's.
    let at =
        text(&["<</Pages 2 0 R>>", "<<>>"], "").windows(5).position(|w| w == b"\nxref").unwrap()
            + 1;
    assert_eq!(whole("<</Pages 2 0 R>>", "/Encrypt 2 0 R"), None);
    assert_eq!(whole("<</Pages 2 0 R>>", &format!("/Prev {at}")), None);
    assert_eq!(whole("<<>>", ""), None);
    let mut other = text(&["<</Pages 2 0 R>>", "<<>>"], "");
    let head = other.windows(7).position(|w| w == b"2 0 obj").unwrap();
    other[head] = b'7';
    assert_eq!(stripped(PDF, &other), None);
    // Deeper than any program nests.
    let deep = |n: usize| format!("<</Pages 2 0 R/A{}1{}>>", "[".repeat(n), "]".repeat(n));
    assert!(whole(&deep(50), "").is_some());
    assert_eq!(whole(&deep(70), ""), None);
    // A picture behind a filter that cannot be undone where it lies.
    let picture = |filter: &str| {
        let bytes = b"\xff\xd8\xff\xe1\0\x07Aigul\xff\xd9";
        let picture = stream(&format!("/Filter[{filter}]"), bytes);
        stripped(PDF, &file(&[b"<</Pages 1 0 R/A 2 0 R>>".to_vec(), picture], ""))
    };
    assert!(!has(&picture("/DCTDecode").unwrap(), b"Aigul"));
    assert_eq!(picture("/LZWDecode/DCTDecode"), None);
}

#[test]
fn a_picture_packed_once_more_tells_nothing_either() {
    let photo = [
        &b"\xff\xd8\xff\xe1\x01\x02"[..],
        &b"Aigul's place, Aigul's day".repeat(10)[..256],
        b"\xff\xd9",
    ]
    .concat();
    let packed = deflate_zlib(&photo).unwrap();
    let picture = stream("/Filter[/FlateDecode/DCTDecode]", &packed);
    let told = file(&[b"<</Pages 1 0 R/A 2 0 R>>".to_vec(), picture], "");
    let bare = stripped(PDF, &told).unwrap();
    let from = bare.windows(8).position(|w| w == b"\nstream\n").unwrap() + 8;
    let plain = Budget::of(10_000).inflate_zlib(&bare[from..from + packed.len()]).unwrap();
    assert_eq!(plain, [&b"\xff\xd8\xff\xe1\x01\x02"[..], &[0; 256], b"\xff\xd9"].concat());
}

#[test]
fn a_stream_of_objects_is_unpacked_within_its_budget() {
    // Object 3 lies within object 2; the places are told by a stream, too.
    let inside = [&b"3 0 4 9 "[..], b"<</A 1>> (Aigul, Aigul, Aigul)", &[b' '; 5_000]].concat();
    let packed = deflate_zlib(&inside).unwrap();
    let mut out = b"%PDF-1.7\n".to_vec();
    let first = out.len();
    out.extend(b"1 0 obj\n<</Pages 3 0 R>>\nendobj\n");
    let second = out.len();
    let dict = "/Type/ObjStm/N 2/First 8/Filter/FlateDecode";
    out.extend([b"2 0 obj\n".to_vec(), stream(dict, &packed), b"\nendobj\n".to_vec()].concat());
    let fifth = out.len();
    let place = |kind: u8, at: usize| [kind, u8::try_from(at).unwrap(), 0];
    let places =
        [place(0, 0), place(1, first), place(1, second), place(2, 2), place(2, 2), place(1, fifth)];
    let dict = "/Type/XRef/W[1 1 1]/Size 6/Root 1 0 R/Info 4 0 R";
    out.extend(
        [b"5 0 obj\n".to_vec(), stream(dict, &places.concat()), b"\nendobj\n".to_vec()].concat(),
    );
    out.extend(format!("startxref\n{fifth}\n%%EOF").bytes());
    let bare = pdf(&out, &mut Budget::of(10_000)).unwrap();
    let from = bare.windows(8).position(|w| w == b"\nstream\n").unwrap() + 8;
    let plain = Budget::of(10_000).inflate_zlib(&bare[from..from + packed.len()]).unwrap();
    assert!(has(&plain, b"<</A 1>> null   ") && !has(&plain, b"Aigul"));
    assert!(!has(&bare, b"/Info"));
    assert_eq!(pdf(&out, &mut Budget::of(5_000)), None, "a bomb does not go off");
}

/// A thousand streams whose length is told by one object a long remark stands in.
#[test]
fn a_file_that_names_the_same_bytes_again_and_again_costs_no_more_than_its_length() {
    let of = |streams: usize| {
        let all: String = (3..3 + streams).map(|n| format!("{n} 0 R ")).collect();
        let length = [b"%".to_vec(), vec![b'x'; 100_000], b"\n1".to_vec()].concat();
        let mut objects = vec![format!("<</Pages 2 0 R/All[{all}]>>").into_bytes(), length];
        let one = b"<</Length 2 0 R>>\nstream\n1\nendstream";
        objects.extend(std::iter::repeat_n(one.to_vec(), streams));
        file(&objects, "")
    };
    assert!(stripped(PDF, &of(2)).is_some());
    assert_eq!(stripped(PDF, &of(200)), None);
}

/// A photograph that tells where it was made.
fn photo() -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        [&[0xff, marker], length.as_slice(), body].concat()
    };
    let exif = segment(0xe1, b"Exif\0\0Aigul's telephone, 53.28 69.39");
    let shown = [segment(0xdb, b"table"), segment(0xda, b"head"), b"drawn".to_vec()].concat();
    [b"\xff\xd8".to_vec(), exif, shown, b"\xff\xd9".to_vec()].concat()
}

/// A document to which these objects belong, from the fifth on; its list of attached files leads to the fourth.
fn attaching(fourth: &str, more: &[Vec<u8>]) -> Vec<u8> {
    let catalogue = "<</Pages 2 0 R/Names<</EmbeddedFiles<</Names[(f)4 0 R]>>>>>>";
    let objects = [catalogue, "<</Kids[3 0 R]/Count 1>>", "<</Type/Page>>", fourth];
    let objects = objects.iter().map(|o| o.as_bytes().to_vec());
    file(&objects.chain(more.iter().cloned()).collect::<Vec<_>>(), "/Size 9")
}

#[test]
fn attached_files_are_bare_where_they_lie() {
    let packed = |dict: &str, bytes: &[u8]| {
        stream(&format!("/Filter/FlateDecode{dict}"), &deflate_zlib(bytes).unwrap())
    };
    let told = "/Type/EmbeddedFile/Params<</Size 66/ModDate(D:2019)/CheckSum(Aigul)>>";
    for (fourth, fifth) in [
        ("<</Type/Filespec/F(f.jpg)/EF<</F 6 0 R/UF 6 0 R>>>>", "<<>>"),
        ("<</F(f.jpg)/EF 5 0 R>>", "<</F 6 0 R>>"),
        ("<</F(f.jpg)/EF<<>>/RF<</F[(g.jpg)6 0 R]>>>>", "<<>>"),
    ] {
        let fifth = fifth.as_bytes().to_vec();
        let of = |sixth: Vec<u8>| attaching(fourth, &[fifth.clone(), sixth]);
        let whole = of(packed(told, &photo()));
        let bare = stripped(PDF, &whole).unwrap();
        assert_eq!(bare.len(), whole.len(), "{fourth}");
        assert!(has(&bare, b"/F(f.jpg)") && !has(&bare, b"CheckSum") && !has(&bare, b"2019"));
        let at = bare.windows(8).rposition(|w| w == b"\nstream\n").unwrap();
        let inside = Budget::new().inflate_zlib(&bare[at + 8..]).unwrap();
        assert_eq!(Some(inside), stripped("image/jpeg", &photo()), "{fourth}");
        assert_eq!(stripped(PDF, &bare), Some(bare), "bare stays bare");

        // What tells nothing stays, packed or not; what cannot be made bare where it lies is not given.
        assert!(stripped(PDF, &of(stream("", b"words"))).is_some());
        assert!(stripped(PDF, &of(packed("", b"words"))).is_some());
        assert_eq!(stripped(PDF, &of(stream("", &photo()))), None);
        assert_eq!(stripped(PDF, &of(packed("/Params 3 0 R", &photo()))), None);
        assert_eq!(stripped(PDF, &of(stream("/Filter/LZWDecode", b"words"))), None);
        assert_eq!(stripped(PDF, &of(packed("", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 Aigul"))), None);
        assert_eq!(stripped(PDF, &of(packed("", b"\x89PNG\r\n\x1a\ncut"))), None);
    }
    // As deep as documents within documents go, and no deeper.
    let mut inner = photo();
    for depth in 1..=4 {
        let fourth = "<</Type/Filespec/EF<</F 5 0 R>>>>";
        inner = attaching(fourth, &[packed("", &inner)]);
        let bare = stripped(PDF, &inner);
        assert_eq!(bare.is_some(), depth <= 3, "{depth}");
    }
}

#[test]
fn a_list_that_only_looks_like_one_of_files_loses_nothing() {
    let packed = deflate_zlib(b"begincmap endcmap").unwrap();
    let fonts = text(
        &[
            "<</Pages 2 0 R>>",
            "<</Kids[3 0 R]/Count 1/Resources<</Font<</EF 4 0 R/RF<</ToUnicode 5 0 R>>>>>>>>",
            "<</Type/Page>>",
            "<</Type/Font/ToUnicode 5 0 R/FontDescriptor 6 0 R>>",
            "<<>>",
            "<</Type/FontDescriptor>>",
        ],
        "/Size 7",
    );
    let bare = stripped(PDF, &fonts).unwrap();
    assert!(has(&bare, b"/EF 4 0 R") && has(&bare, b"/Type/FontDescriptor"));
    let map = [
        b"<</Pages 2 0 R>>".to_vec(),
        b"<</Kids[]/Count 0/Resources<</Font<</EF 3 0 R>>>>>>".to_vec(),
        b"<</Type/Font/ToUnicode 4 0 R>>".to_vec(),
        stream("/Filter/FlateDecode", &packed),
    ];
    let bare = stripped(PDF, &file(&map, "/Size 5")).unwrap();
    assert!(has(&bare, &packed));
}

proptest::proptest! {
    /// Whatever is attached: where a copy is made, the attached file in it is the copy that would be made of it alone.
    #[test]
    fn an_attached_file_is_what_it_would_be_alone(
        photo_first in proptest::prelude::any::<bool>(),
        more in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300),
    ) {
        let content = if photo_first { [photo(), more].concat() } else { more };
        let packed = deflate_zlib(&content).unwrap();
        let fourth = "<</Type/Filespec/EF<</F 5 0 R>>>>";
        let whole = attaching(fourth, &[stream("/Filter/FlateDecode", &packed)]);
        let media = crate::attached::sniff(&content[..content.len().min(4096)], "");
        if let Some(bare) = stripped(PDF, &whole) {
            let at = bare.windows(8).rposition(|w| w == b"\nstream\n").unwrap();
            let inside = Budget::new().inflate_zlib(&bare[at + 8..]).unwrap();
            proptest::prop_assert_eq!(Some(inside), stripped(media, &content));
            proptest::prop_assert_eq!(stripped(PDF, &bare), Some(bare));
        }
    }
}
