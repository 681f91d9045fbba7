//! The one form of a request: what was typed, what is wrong with it, and the file.

use super::act::Act;
use super::texts::Texts;
use crate::files::FILE_BYTES_MAX;
use crate::region::Region;
use axum::extract::Multipart;
use esik_domain::answer::REFUSALS;
use esik_domain::attached::{HEAD_BYTES, clean_name, sniff};
use esik_domain::event::FileRef;
use esik_wire::{ApiError, ApiErrorCode};
use std::sync::Arc;

/// An answer, at most, in characters.
pub const ANSWER_CHARS_MAX: usize = 20_000;
/// A reason, at most, in characters.
pub const REASON_CHARS_MAX: usize = 4_000;
/// A text as it stands in the signed JSON, at most, in bytes: an event is 64 KiB in all.
const TEXT_JSON_MAX: usize = 48 * 1024;
/// A text field of the form, at most, in bytes; beyond it nobody typed it.
const FIELD_BYTES_MAX: usize = 256 * 1024;

/// What was typed, as it was typed; it comes back into the form whatever happens.
#[derive(Clone, Default, Debug, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(default)]
pub struct Typed {
    pub incoming_number: String,
    pub code: String,
    pub reason: String,
    pub text: String,
}

impl Typed {
    /// Is there anything beside what this act took?
    pub fn left_after(&self, act: &str) -> bool {
        let free = |name: &str, value: &str| act != name && !value.trim().is_empty();
        free("register", &self.incoming_number)
            || free("reject", &self.reason)
            || free("answer", &self.text)
    }

    pub fn anything(&self) -> bool {
        self.left_after("")
    }

    /// What stays in the form after an act.
    pub fn without(mut self, act: &str) -> Self {
        match act {
            "register" => self.incoming_number.clear(),
            "reject" => {
                self.code.clear();
                self.reason.clear();
            }
            "answer" => self.text.clear(),
            _ => {}
        }
        self
    }
}

/// The file part of the form.
#[derive(Default)]
pub enum Upload {
    #[default]
    None,
    Empty,
    TooLarge,
    File {
        name: String,
        bytes: Vec<u8>,
    },
}

impl Upload {
    /// Bytes of a file that came whole.
    pub(crate) fn bytes(&self) -> u64 {
        match self {
            Self::File { bytes, .. } => bytes.len() as u64,
            _ => 0,
        }
    }
}

/// The form as it came.
#[derive(Default)]
pub struct Form {
    pub csrf: String,
    pub act: String,
    pub typed: Typed,
    pub upload: Upload,
    /// It did not come whole.
    pub cut: bool,
}

/// What a browser sends.
#[derive(utoipa::ToSchema)]
#[schema(as = RequestForm)]
#[expect(dead_code, reason = "only described")]
pub struct Sent {
    csrf: String,
    act: String,
    incoming_number: String,
    code: String,
    reason: String,
    text: String,
    #[schema(value_type = Option<String>, format = Binary)]
    file: Option<Vec<u8>>,
}

/// A text for the person, with what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    key: &'static str,
    arg: Option<(&'static str, String)>,
}

impl Text {
    pub const fn key(key: &'static str) -> Self {
        Self { key, arg: None }
    }
    pub fn arg(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arg = Some((name, value.to_string()));
        self
    }
    pub fn say(&self, t: &Texts) -> String {
        match &self.arg {
            None => t.get(self.key),
            Some((name, value)) => t.with(self.key, name, value),
        }
    }
}

/// What is wrong, and where: the id of a field of the page, or none for the form as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub field: &'static str,
    pub text: Text,
}

fn fault(field: &'static str, text: Text) -> Fault {
    Fault { field, text }
}

/// Reads the form to its end, keeping no more than a file may have.
pub async fn read(mut parts: Multipart) -> Form {
    let mut form = Form::default();
    loop {
        let mut part = match parts.next_field().await {
            Ok(Some(part)) => part,
            Ok(None) => return form,
            Err(_) => {
                form.cut = true;
                return form;
            }
        };
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().map(str::to_owned);
        let limit = if name == "file" { FILE_BYTES_MAX } else { FIELD_BYTES_MAX };
        let mut bytes = Vec::new();
        let mut too_large = false;
        loop {
            match part.chunk().await {
                Ok(Some(chunk)) => {
                    too_large |= bytes.len() + chunk.len() > limit;
                    if !too_large {
                        bytes.extend_from_slice(&chunk);
                    }
                }
                Ok(None) => break,
                Err(_) => {
                    form.cut = true;
                    return form;
                }
            }
        }
        let text = |bytes: Vec<u8>| clean_text(&String::from_utf8_lossy(&bytes));
        match name.as_str() {
            "file" => {
                form.upload = match (file_name, too_large) {
                    (_, true) => Upload::TooLarge,
                    (Some(name), false) if !name.is_empty() && bytes.is_empty() => Upload::Empty,
                    (Some(name), false) if !name.is_empty() => Upload::File { name, bytes },
                    _ => Upload::None,
                }
            }
            "csrf" => form.csrf = text(bytes),
            "act" => form.act = text(bytes),
            "incoming_number" => form.typed.incoming_number = text(bytes),
            "code" => form.typed.code = text(bytes),
            "reason" => form.typed.reason = text(bytes),
            "text" => form.typed.text = text(bytes),
            _ => {}
        }
        form.cut |= too_large && name != "file";
    }
}

/// Text without control characters, with plain line ends: what may stand in an event.
pub fn clean_text(text: &str) -> String {
    text.replace("\r\n", "\n")
        .replace('\r', "\n")
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

/// The act the pressed button asks for, checked for form; the file is not kept yet.
pub fn act(form: &Form) -> Result<Act, Vec<Fault>> {
    let typed = &form.typed;
    let mut faults = Vec::new();
    let act = match form.act.as_str() {
        "register" => {
            let number = typed.incoming_number.split_whitespace().collect::<Vec<_>>().join(" ");
            if number.is_empty() {
                faults.push(fault("incoming_number", Text::key("error-incoming-empty")));
            } else if number.chars().count() > 64 {
                faults.push(fault("incoming_number", Text::key("error-incoming-long")));
            }
            Act::Register { incoming_number: number }
        }
        "accept" => Act::Accept,
        "reject" => {
            let reason = typed.reason.trim().to_owned();
            if !REFUSALS.contains(&typed.code.as_str()) {
                faults.push(fault("code", Text::key("error-code-empty")));
            }
            if reason.is_empty() {
                faults.push(fault("reason", Text::key("error-reason-empty")));
            } else if reason.chars().count() > REASON_CHARS_MAX {
                let text = Text::key("error-reason-long").arg("max", REASON_CHARS_MAX);
                faults.push(fault("reason", text));
            }
            Act::Reject { code: typed.code.clone(), reason }
        }
        "answer" => {
            let text = typed.text.trim().to_owned();
            let json = serde_json::to_string(&text).map_or(usize::MAX, |j| j.len());
            if text.is_empty() {
                faults.push(fault("text", Text::key("error-text-empty")));
            } else if text.chars().count() > ANSWER_CHARS_MAX || json > TEXT_JSON_MAX {
                let text = Text::key("error-text-long").arg("max", ANSWER_CHARS_MAX);
                faults.push(fault("text", text));
            }
            match form.upload {
                Upload::TooLarge => faults.push(fault("file", Text::key("error-file-large"))),
                Upload::Empty => faults.push(fault("file", Text::key("error-file-empty"))),
                Upload::File { .. } if !faults.is_empty() => {
                    faults.push(fault("file", Text::key("error-file-again")));
                }
                _ => {}
            }
            Act::Answer { text, file: None }
        }
        _ => {
            faults.push(fault("", Text::key("error-unreadable")));
            Act::Accept
        }
    };
    if faults.is_empty() { Ok(act) } else { Err(faults) }
}

impl Region {
    /// Keeps the form's file, if there is one.
    pub(crate) async fn keep_upload(
        self: &Arc<Self>,
        upload: Upload,
    ) -> Result<Option<FileRef>, ApiError> {
        let Upload::File { name, bytes } = upload else { return Ok(None) };
        self.off(move |region| {
            let token = hex::encode(region.env.bytes::<8>());
            let hash = region.files.keep(&bytes, &token).map_err(|e| {
                tracing::error!(error = %e, "an agency's file cannot be kept");
                ApiError::new(ApiErrorCode::Internal)
            })?;
            let name = clean_name(&name);
            let head = bytes.get(..HEAD_BYTES).unwrap_or(&bytes);
            Ok(Some(FileRef {
                hash,
                media_type: sniff(head, &name).to_owned(),
                name,
                bytes: bytes.len() as u64,
            }))
        })
        .await
    }
}
