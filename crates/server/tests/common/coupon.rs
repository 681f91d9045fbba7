//! Who holds a coupon, and the applicant's page over the real router.

use super::{Desk, World, drafted, fresh, opened, visit};
use axum::body::{Body as HttpBody, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode, header};
use esik_domain::event::{
    Address, Body, CaseClosed, CaseOpened, CouponIssued, Party, PartyAdded, PartyRole, Role,
    VisitNoted, Word,
};
use esik_domain::ids::{CaseId, PartyId, ReferralId};
use esik_server::router;
use serde_json::Map;
use std::net::SocketAddr;
use tower::ServiceExt as _;

pub const NUMBER: &str = "ESK-07-2026-1";
pub const CODE: &str = "ABCD2345";
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

pub struct Seen {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub html: String,
}

impl Seen {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

pub async fn ask(
    w: &World,
    from: &str,
    request: axum::http::request::Builder,
    body: Vec<u8>,
) -> Seen {
    let mut request: Request<HttpBody> =
        request.header(header::ACCEPT_LANGUAGE, "ru").body(HttpBody::from(body)).unwrap();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(from.parse().unwrap(), 4711)));
    let response = router(w.region.clone()).oneshot(request).await.unwrap();
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap();
    let html = String::from_utf8(bytes.to_vec()).unwrap();
    Seen { status: head.status, headers: head.headers, html }
}

pub async fn get(w: &World, path: &str) -> Seen {
    ask(w, "198.51.100.1", Request::get(path), vec![]).await
}

pub async fn typed_from(w: &World, from: &str, number: &str, code: &str) -> Seen {
    let encode = |s: &str| s.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let body = format!("number={}&code={}", encode(number), encode(code));
    let request =
        Request::post("/s").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    ask(w, from, request, body.into_bytes()).await
}

pub async fn typed(w: &World, number: &str, code: &str) -> Seen {
    typed_from(w, "198.51.100.1", number, code).await
}

pub fn coupon(number: &str, code: &str, secret: &str) -> Body {
    Body::CouponIssued(CouponIssued {
        number: number.to_owned(),
        code: code.to_owned(),
        secret: secret.to_owned(),
        receiver_name: "RECEIVER".to_owned(),
        receiver_post: "POST".to_owned(),
        phone: String::new(),
        more: Map::new(),
    })
}

/// What may be said of it openly, or not.
#[derive(Clone, Default)]
pub struct Told {
    pub circle: &'static str,
    pub referral: &'static str,
    pub circumstances: &'static [&'static str],
    pub call_note: &'static str,
    pub do_not_call: bool,
}

/// A case full of what must not leave, with a coupon, ready to be sent to the heating network.
pub async fn told(w: &World) -> (Desk, CaseId, ReferralId) {
    told_as(w, &Told { circle: "open", referral: "open", ..Told::default() }).await
}

pub async fn told_as(w: &World, as_: &Told) -> (Desk, CaseId, ReferralId) {
    let circle = as_.circle;
    let mut desk = w.desk_with("07", Role::Officer, &["dv"]).await;
    let (case, id) = (CaseId(fresh()), ReferralId(fresh()));
    let Body::VisitNoted(seen) = visit() else { unreachable!() };
    let circumstances = as_.circumstances.iter().map(|c| (*c).to_owned()).collect();
    desk.say(case, &Body::VisitNoted(VisitNoted { circumstances, ..seen }), circle);
    let Body::CaseOpened(case_opened) = opened(NUMBER) else { unreachable!() };
    let address = Address { text: "ADDRESS, 12".to_owned(), ..Address::default() };
    let case_opened = CaseOpened {
        title: "TITLE".to_owned(),
        narrative: "NARRATIVE".to_owned(),
        address: Some(address),
        ext_number: Some("EXTERNAL".to_owned()),
        ..case_opened
    };
    desk.say(case, &Body::CaseOpened(case_opened), circle);
    let party = Party {
        role: PartyRole::Applicant,
        surname: "SURNAME".to_owned(),
        given: "GIVEN".to_owned(),
        iin: "IIN".to_owned(),
        phone: "PHONE".to_owned(),
        call_note: as_.call_note.to_owned(),
        do_not_call: as_.do_not_call,
        ..Party::default()
    };
    let party = PartyAdded { party_id: PartyId(fresh()), party, more: Map::new() };
    desk.say(case, &Body::PartyAdded(party), circle);
    desk.say(case, &drafted(id, "E-HEA", "ASKED"), as_.referral);
    desk.say(case, &coupon(NUMBER, CODE, SECRET), circle);
    (desk, case, id)
}

pub fn closed() -> Body {
    Body::CaseClosed(CaseClosed {
        word: Word::Solved,
        outcome: "helped".to_owned(),
        text: "CLOSING".to_owned(),
        satisfaction: None,
        not_called: String::new(),
        more: Map::new(),
    })
}

/// What a page says, without its marks: tags, and what stands in every page of the kind.
pub fn words(html: &str) -> String {
    let main = html.split("<main").nth(1).unwrap().split("</main>").next().unwrap();
    let mut out = String::new();
    for piece in main.split('<').skip(1) {
        let text = piece.split_once('>').map_or("", |(_, text)| text).trim();
        if !text.is_empty() {
            out.push_str(text);
            out.push('\n');
        }
    }
    out
}
