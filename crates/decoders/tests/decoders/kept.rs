//! The kept inputs: seeds in `fuzz/corpus/<decoder>`, what once failed in `fuzz/crashes/<decoder>`.

use std::path::{Path, PathBuf};

pub fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
}

/// Inputs of a decoder, in the order of their names.
pub fn inputs(of: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for kind in ["corpus", "crashes"] {
        let Ok(folder) = std::fs::read_dir(fuzz().join(kind).join(of)) else { continue };
        for file in folder {
            let path = file.unwrap().path();
            let name = format!("{kind}/{of}/{}", path.file_name().unwrap().display());
            found.push((name, std::fs::read(path).unwrap()));
        }
    }
    found.sort();
    found
}
