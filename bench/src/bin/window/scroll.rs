//! D4: frames of the control board while it is scrolled, beside a bare page of plain rows in the same
//! engine, in turn. The board loads its rows as it goes; the page has them all.

use super::{DISPLAY, browser};
use esik_bench::desk::PASSWORD;
use esik_bench::{Report, median, option, percentile};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::Path;
use system_tests::driver::{Window, keys};

/// Three rows a frame: faster than anybody reads.
const STEP_PX: u64 = 123;
/// Rows of the bare page; more than a run passes.
const ROWS: usize = 5_000;

/// Scrolls the box frame by frame from its top; gives the milliseconds of each frame and how far it came.
const SCROLL: &str = "
const [css, step, frames, done] = arguments;
const box = document.querySelector(css);
box.scrollTop = 0;
const took = [];
let last;
function frame(now) {
  if (last !== undefined) took.push(now - last);
  last = now;
  if (took.length >= frames) return done([took, box.scrollTop]);
  box.scrollTop += step;
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);";

pub fn measure(esik: &Path, profile: &Path, dir: &Path) {
    let (frames, rounds) = (option("frames", 1_000), option("rounds", 5));
    let page = dir.join("rows.html");
    std::fs::write(&page, rows()).unwrap();
    let url = format!("file://{}", page.display());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (mut bare, mut own) = (Vec::new(), Vec::new());
    let mut far = 0.0;
    for _ in 0..rounds {
        let display = ("DISPLAY", Path::new(DISPLAY));
        runtime.block_on(async {
            let args = ["--automation", "--geometry=1280x800"];
            let window = Window::open_program(browser(), &args, &[display]).await;
            window.client.goto(&url).await.unwrap_or_else(|e| panic!("{e}"));
            bare.extend(scroll(&window, "#rows", frames).await.0);
            window.close().await;
        });
        runtime.block_on(async {
            let places = [("ESIK_PROFILE", profile), display];
            let window = Window::open_program(esik, &[], &places).await;
            window.types("input[type=password]", &format!("{PASSWORD}{}", keys::ENTER)).await;
            window.find("nav").await;
            window.chord(keys::ALT, '2').await;
            window.find(".grid-body [data-index='5']").await;
            let (took, came) = scroll(&window, ".grid-body", frames).await;
            own.extend(took);
            far = came;
            window.close().await;
        });
    }
    let mut report = Report::default();
    report.put("frames of each", own.len() as u64);
    report.put("the board came to, px", far);
    for p in [50.0, 99.0] {
        report.put(&format!("bare page: frame ms p{p}"), percentile(&bare, p));
        report.put(&format!("Esik: frame ms p{p}"), percentile(&own, p));
    }
    report.put("× bare, p50", median(&own) / median(&bare));
    report.put("× bare, p99 (D4 ≤ 1.2)", percentile(&own, 99.0) / percentile(&bare, 99.0));
    report.tell("window: scrolling");
}

async fn scroll(window: &Window, css: &str, frames: u64) -> (Vec<f64>, f64) {
    let args = vec![json!(css), json!(STEP_PX), json!(frames)];
    let told =
        window.client.execute_async(SCROLL, args).await.unwrap_or_else(|e| panic!("{css}: {e}"));
    let took = told.pointer("/0").and_then(Value::as_array).unwrap_or_else(|| panic!("{told}"));
    let came = told.pointer("/1").and_then(Value::as_f64).unwrap_or_default();
    (took.iter().filter_map(Value::as_f64).collect(), came)
}

/// A box as large as the board's, with as much text in a row.
fn rows() -> String {
    let mut page = String::from(
        "<!doctype html><meta charset=utf-8><style>body{margin:0;font:15px sans-serif}\
         #rows{height:560px;overflow:auto}p{margin:0;height:41px;border-bottom:1px solid #ddd;\
         display:grid;grid-template-columns:140px 1fr 200px 120px 120px 100px}</style><div id=rows>",
    );
    for i in 0..ROWS {
        let _ = write!(
            page,
            "<p><b>ESK-0417-2026-{i}</b><span>Холодные батареи, Абая 12, кв. {i}</span>\
             <span>Алматинские тепловые сети</span><span>у органа</span><span>вх. {i}</span>\
             <i>26.11.2026</i>"
        );
    }
    page + "</div>"
}
