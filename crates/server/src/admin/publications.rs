//! `admin publish`, `published`, `preview`: calendars, papers and cards for the region's desks.

use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use clap::{Args, ValueEnum};
use esik_domain::knowledge::Edition;
use esik_domain::publication::{BODY_BYTES_MAX, Kind, read_calendar};
use esik_letters::Template;
use esik_server::store::PublicationRow;
use esik_server::{NewPublication, PublishError, Region};
use serde_json::{Value, json};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A kind as it is typed.
#[derive(Clone, Copy, ValueEnum)]
pub enum KindArg {
    Calendar,
    Paper,
    Knowledge,
}

impl From<KindArg> for Kind {
    fn from(of: KindArg) -> Kind {
        match of {
            KindArg::Calendar => Kind::Calendar,
            KindArg::Paper => Kind::Paper,
            KindArg::Knowledge => Kind::Knowledge,
        }
    }
}

#[derive(Args)]
pub struct Publish {
    kind: KindArg,
    file: PathBuf,
    /// First day on which it holds, yyyy-mm-dd; today when missing.
    #[arg(long)]
    from: Option<NaiveDate>,
    /// Surname, initials and post of the person behind it.
    #[arg(long)]
    by: String,
}

#[derive(Args)]
pub struct Preview {
    kind: KindArg,
    file: PathBuf,
    /// Where a paper is written, as PDF; it is only checked when missing.
    #[arg(long)]
    out: Option<PathBuf>,
}

/// Publishes.
pub fn publish(of: Publish, region: &Region) -> anyhow::Result<Value> {
    let new = NewPublication {
        kind: of.kind.into(),
        body: text(&of.file)?,
        holds_from: of.from,
        by: of.by,
    };
    Ok(line(region.publish(&new)?))
}

/// Checks, and sets a paper.
pub fn preview(of: &Preview) -> anyhow::Result<Value> {
    let body = text(&of.file)?;
    let broken = PublishError::Broken;
    if of.out.is_some() && !matches!(of.kind, KindArg::Paper) {
        bail!("--out is for papers");
    }
    Ok(match Kind::from(of.kind) {
        Kind::Calendar => {
            let read = read_calendar(&body, None).map_err(broken)?;
            json!({ "kind": "calendar", "version": read.version })
        }
        Kind::Knowledge => {
            let read = Edition::read(&body, None).map_err(broken)?;
            json!({ "kind": "knowledge", "version": read.version.to_string(),
                "cards": read.cards.len(), "services": read.services.len() })
        }
        Kind::Paper => {
            let template = Template::check(&body).map_err(|e| broken(e.to_string()))?;
            let set = template.specimen().and_then(|s| s.typeset());
            let set = set.map_err(|e| broken(e.to_string()))?;
            if let Some(out) = &of.out {
                std::fs::write(out, &set.pdf)
                    .with_context(|| format!("writing {}", out.display()))?;
            }
            json!({ "kind": "paper", "name": template.id, "version": template.version.to_string(),
                "pages": set.pages })
        }
    })
}

/// A publication as JSON.
pub fn line(p: PublicationRow) -> Value {
    json!({ "kind": p.kind, "name": p.name, "version": p.label, "holds_from": p.holds_from,
        "published_at": p.published_at, "by": p.by, "hash": p.hash })
}

/// The file, never more of it than can be published.
fn text(file: &Path) -> anyhow::Result<String> {
    let reading = || format!("reading {}", file.display());
    let mut bytes = Vec::new();
    let most = u64::try_from(BODY_BYTES_MAX).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(file)
        .with_context(reading)?
        .take(most)
        .read_to_end(&mut bytes)
        .with_context(reading)?;
    if bytes.len() > BODY_BYTES_MAX {
        let whole = std::fs::metadata(file)
            .map_or(bytes.len(), |m| usize::try_from(m.len()).unwrap_or(usize::MAX));
        return Err(PublishError::TooLarge(whole).into());
    }
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", file.display()))
}
