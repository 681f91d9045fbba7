//! The window's only way in: one command that dispatches over the core's list.

use esik_app::api::Refusal;
use esik_app::{Desk, commands};
use serde_json::Value;
use std::sync::Arc;
use tauri::State;

/// Runs one command of the list off the window's thread.
///
/// # Errors
/// A [`Refusal`]: a code the catalogues have words for, never personal data.
#[tauri::command]
pub async fn rpc(desk: State<'_, Arc<Desk>>, cmd: String, args: Value) -> Result<Value, Refusal> {
    let desk = Arc::clone(&desk);
    tauri::async_runtime::spawn_blocking(move || commands::dispatch(&desk, &cmd, args))
        .await
        .unwrap_or_else(|_| Err(esik_app::internal()))
}
