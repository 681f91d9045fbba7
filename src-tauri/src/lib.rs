//! The Tauri shell: one host of the core. Nothing but the window lives here.

mod closing;
mod engine;
mod hands;
mod host;
mod rpc;
mod web_data;

use esik_app::env::{Env, MachineClock};
use esik_app::host::Host as _;
use esik_app::platform::{Platform as _, ThisMachine};
use esik_app::{Desk, DeskConfig};
use host::WindowHost;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tauri::webview::WebviewWindowBuilder;
use tauri::{Manager as _, WebviewUrl};

/// Opens the desk. `--profile DIR` or `ESIK_PROFILE` names the profile, else the user's data folder.
#[must_use]
pub fn run() -> ExitCode {
    // Before any thread: afterwards the environment is everybody's.
    engine::tell();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "warn,esik=info".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    ThisMachine.harden();
    let profile = match profile_dir() {
        Some(dir) => dir,
        None => {
            tracing::error!("no folder for the profile: give --profile DIR");
            return ExitCode::from(2);
        }
    };
    match open(profile) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the window could not be opened");
            ExitCode::FAILURE
        }
    }
}

fn open(profile: PathBuf) -> Result<(), Box<dyn std::error::Error>> {
    let host = Arc::new(WindowHost::new(profile.clone(), Box::new(ThisMachine)));
    let window_host = Arc::clone(&host);
    let automated = std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some();
    let web_data = web_data::fresh(&profile);
    let shown = web_data.clone();
    tauri::Builder::default()
        .plugin(tauri_plugin_single_instance::init(|app, _, _| {
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.set_focus();
            }
        }))
        .invoke_handler(tauri::generate_handler![rpc::rpc, hands::hand_take, hands::hand_paste])
        .setup(move |app| {
            let desk = Desk::open(
                DeskConfig::from_environment(profile),
                Env::new(Arc::new(MachineClock::from_environment())),
                host,
                tauri::async_runtime::handle().inner().clone(),
            );
            let desk = Arc::new(desk);
            let (closing_desk, closing_host) = (Arc::clone(&desk), Arc::clone(&window_host));
            app.manage(desk);
            app.manage(hands::Hands::default());
            let builder = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Esik")
                .inner_size(1280.0, 800.0)
                .min_inner_size(640.0, 480.0)
                .on_navigation(is_ours)
                .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
                // What one person told must not be offered to the next one's form.
                .general_autofill_enabled(false);
            let builder = hands::who_takes_drops(builder);
            // WebKitGTK's ephemeral context turns automation off: under the driver the web view gets
            // a folder of its own that is wiped instead (`settled.md` 27).
            let builder =
                if automated { builder.data_directory(web_data) } else { builder.incognito(true) };
            let window = builder.build()?;
            window_host.attach(app.handle().clone());
            let asked = closing::Asked::default();
            let shell = app.handle().clone();
            window.on_window_event(move |event| {
                hands::over(&shell, event);
                if let tauri::WindowEvent::CloseRequested { api, .. } = event
                    && asked.first(|| closing_desk.could_send_first())
                {
                    api.prevent_close();
                    closing_host.changed(&closing::question());
                }
            });
            Ok(())
        })
        .build(tauri::generate_context!())?
        .run(move |app, event| {
            if let tauri::RunEvent::Exit = event {
                if let Some(desk) = app.try_state::<Arc<Desk>>() {
                    desk.close();
                }
                let _ = std::fs::remove_dir_all(&shown);
            }
        });
    Ok(())
}

/// Only the bundled pages; everything else is refused.
fn is_ours(url: &tauri::Url) -> bool {
    matches!(
        (url.scheme(), url.host_str()),
        ("tauri", _) | ("http" | "https", Some("tauri.localhost"))
    ) || (cfg!(debug_assertions) && url.host_str() == Some("localhost") && url.port() == Some(5173))
}

fn profile_dir() -> Option<PathBuf> {
    let mut args = std::env::args_os().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--profile" {
            return args.next().map(PathBuf::from);
        }
    }
    std::env::var_os("ESIK_PROFILE").map(PathBuf::from).or_else(|| ThisMachine.data_dir())
}
