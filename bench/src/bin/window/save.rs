//! L2: the same durable save asked for by the page of the window, beside the core alone, in turn.
//!
//! Both are fresh desks. The page's clock has steps of a millisecond.

use esik_bench::desk::{PASSWORD, ask, form, fresh};
use esik_bench::{Report, median, option, percentile, words};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Instant;
use system_tests::driver::{Window, keys};

/// Asks the core for each save as the screens do; gives the milliseconds of each.
const SAVES: &str = "
const [forms, done] = arguments;
(async () => {
  const took = [];
  for (const form of forms) {
    const start = performance.now();
    await window.__TAURI_INTERNALS__.invoke('rpc', { cmd: 'intake_finish', args: { form } });
    took.push(performance.now() - start);
  }
  return took;
})().then(done, (error) => done(JSON.stringify(error)));";

pub fn measure(esik: &Path, dir: &Path) {
    let (saves, rounds) = (option("saves", 50), option("rounds", 5));
    let cases = words::cases(2 * saves * (rounds + 1), 17);
    let mut parts = cases.chunks(usize::try_from(saves).unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (behind, alone) = (dir.join("behind-a-window"), dir.join("alone"));
    fresh(behind.clone(), runtime.handle().clone()).close();
    let desk = fresh(alone, runtime.handle().clone());
    // Windows of this process's children open on the bench's own screen.
    let window = runtime.block_on(Window::open_program(
        esik,
        &[],
        &[("ESIK_PROFILE", &behind), ("DISPLAY", Path::new(super::DISPLAY))],
    ));
    runtime.block_on(async {
        window.types("input[type=password]", &format!("{PASSWORD}{}", keys::ENTER)).await;
        window.find("nav").await;
    });
    let (mut core, mut through) = (Vec::new(), Vec::new());
    for round in 0..=rounds {
        let mut own = Vec::new();
        for case in parts.next().unwrap() {
            let form = form(case);
            let start = Instant::now();
            ask(&desk, "intake_finish", json!({ "form": form }));
            own.push(start.elapsed().as_secs_f64() * 1e3);
        }
        desk.opened().unwrap_or_else(|e| panic!("{e}")).store.index_now().unwrap();
        let forms: Vec<Value> = parts.next().unwrap().iter().map(form).collect();
        let told = runtime
            .block_on(window.client.execute_async(SAVES, vec![json!(forms)]))
            .unwrap_or_else(|e| panic!("{e}"));
        let told = told.as_array().unwrap_or_else(|| panic!("{told}")).clone();
        // The first round only warms both.
        if round > 0 {
            core.extend(own);
            through.extend(told.iter().filter_map(Value::as_f64));
        }
    }
    runtime.block_on(window.close());
    desk.close();
    let mut report = Report::default();
    report.put("saves", core.len() as u64);
    for p in [50.0, 99.0] {
        report.put(&format!("core: wall ms p{p}"), percentile(&core, p));
        report.put(&format!("through the window: wall ms p{p}"), percentile(&through, p));
    }
    report.put("window − core, ms p50", median(&through) - median(&core));
    report.put(
        "window − core, ms p99 (L2 ≤ 3)",
        percentile(&through, 99.0) - percentile(&core, 99.0),
    );
    report.tell("window: durable save");
}
