//! Writes `data/suggest.model` anew; run it after a change of the lexicon, the phrases or the texts.

fn main() -> std::io::Result<()> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/data/suggest.model");
    let model = esik_domain::suggest::learn::learn();
    std::fs::write(file, &model)?;
    println!("{file}: {} bytes", model.len());
    Ok(())
}
