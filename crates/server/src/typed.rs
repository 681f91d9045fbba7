//! What strangers type into the region's pages, read as those pages read it: for tests that send any bytes
//! (docs/adr/0027-fuzzing.md).

use crate::portal::aside::AsideForm;
use crate::portal::forms::{self, Upload};
use crate::portal::sign_in::{SignInForm, SignOutForm};
use crate::status::ask::Ask;
pub use crate::status::{FORM_SIGNS, Words};
use crate::status::{form, page};
use axum::body::Body;
use axum::extract::{Form, FromRequest as _, Multipart, Request};
use axum::http::header::CONTENT_TYPE;

const URLENCODED: &str = "application/x-www-form-urlencoded";

fn post(media_type: &str, body: Vec<u8>) -> Option<Request> {
    Request::post("/").header(CONTENT_TYPE, media_type).body(Body::from(body)).ok()
}

/// The form of a request at the portal, with its file: its texts, and the file's name last. `None` for what is no form.
pub async fn request(media_type: &str, body: Vec<u8>) -> Option<Vec<String>> {
    let parts = Multipart::from_request(post(media_type, body)?, &()).await.ok()?;
    let form = forms::read(parts).await;
    // Whether an act comes of it is the page's own matter; that it can be told is ours.
    let _ = forms::act(&form);
    let name = match form.upload {
        Upload::File { name, .. } => esik_domain::attached::clean_name(&name),
        _ => String::new(),
    };
    let typed = form.typed;
    Some(vec![
        form.csrf,
        form.act,
        typed.incoming_number,
        typed.code,
        typed.reason,
        typed.text,
        name,
    ])
}

/// The small forms of the portal – signing in and out, what was set aside: how many of them it is.
pub async fn small(body: &[u8]) -> usize {
    let mut read = 0;
    for form in 0..3 {
        let Some(post) = post(URLENCODED, body.to_vec()) else { continue };
        read += usize::from(match form {
            0 => Form::<SignInForm>::from_request(post, &()).await.is_ok(),
            1 => Form::<SignOutForm>::from_request(post, &()).await.is_ok(),
            _ => Form::<AsideForm>::from_request(post, &()).await.is_ok(),
        });
    }
    read
}

/// The form of the applicant's page: number and code as they are asked for.
pub async fn status(body: &[u8]) -> Option<(String, String)> {
    let typed = Form::<page::Typed>::from_request(post(URLENCODED, body.to_vec())?, &()).await;
    typed.ok()?.0.ask().map(|ask| (ask.number, ask.word))
}

/// The form in which the holder of a coupon says how it is: number and proof as they are asked for, when they are well formed, and
/// the words as they would be kept. `None` for what is no form.
pub async fn said(body: &[u8]) -> Option<(Option<(String, String)>, Words)> {
    let sent =
        Form::<form::Sent>::from_request(post(URLENCODED, body.to_vec())?, &()).await.ok()?.0;
    Some((sent.ask().map(|ask| (ask.number, ask.word)), sent.words()))
}

/// What the QR code leads to, behind `/s/`.
#[must_use]
pub fn scanned(rest: &str) -> Option<(String, String)> {
    Ask::scanned(rest).map(|ask| (ask.number, ask.word))
}
