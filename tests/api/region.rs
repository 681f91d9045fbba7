//! A region on loopback TLS with something in it, and a device that is enrolled there.

use axum::http::header;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use esik_domain::event::{Body, Envelope, Role, VisitNoted};
use esik_domain::ids::CaseId;
use esik_domain::publication::Kind;
use esik_server::portal::NewClerk;
use esik_server::site::Site;
use esik_server::store::postgres::Address;
use esik_testkit::{Form, World};
use esik_wire::{
    EnrollRequest, EnrollResponse, OfficerCard, Segment, SignedEvent, ZERO_HASH, frame, signed,
};
use serde_json::json;
use std::path::Path;
use uuid::Uuid;

/// The clerk's name at the sign-in.
pub const LOGIN: &str = "heat.serik";
const PASSWORD: &str = "jylu-beremiz-2026";

/// A running region and what a caller needs to know of it.
pub struct Started {
    pub world: World,
    pub device: Uuid,
    pub key: SigningKey,
    pub epoch: String,
    /// A case that the device may see.
    pub case: String,
    /// Hashes of what was published.
    pub published: Vec<String>,
    /// What the device may push first.
    pub segment: Segment,
    pub officer: OfficerCard,
    /// A request to an agency, and its case's coupon: number, code, secret.
    pub request: String,
    pub coupon: [String; 3],
    /// Who is signed in there, and who is signed in at the region's own pages.
    pub clerk: Visitor,
    pub operator: Visitor,
}

/// Who is signed in at a page: the cookie, and the word that each form brings along.
pub struct Visitor {
    pub cookie: String,
    pub csrf: String,
}

/// A client that trusts the region and follows nothing.
pub fn client(world: &World) -> reqwest::Client {
    let ca = world.site().tls().ca_pem().unwrap();
    reqwest::Client::builder()
        .tls_certs_only([reqwest::Certificate::from_pem(ca.as_bytes()).unwrap()])
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// In a file.
pub fn in_a_file() -> Started {
    started(World::new())
}

/// In the PostgreSQL of the tests.
pub fn in_postgres() -> Started {
    let place = |dir: &Path| {
        let url = std::env::var("ESIK_TEST_POSTGRES").expect("docs/howto/test-with-postgresql.md");
        let schema = format!("api_{}", std::process::id());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, line) =
                tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("PostgreSQL");
            tokio::spawn(line);
            let anew = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
            client.batch_execute(&anew).await.unwrap();
        });
        let address = format!("{url}?options=-c%20search_path%3D{schema}");
        Site::on_postgres(Address::parse(&address, None).unwrap(), dir.join("region"), None)
    };
    started(World::in_place("2026-11-20T05:00:00Z", place))
}

fn started(world: World) -> Started {
    let desk = world.desk("Әлиева");
    let said = Form::says("Екі күннен бері жылу жоқ", "kk").category("ZKH-01").at("Абай, 5");
    let case = desk.takes_in(said.refer("E-HEA"));
    desk.sync();
    let referral = desk.case(&case)["referrals"][0]["id"].as_str().unwrap().to_owned();
    let coupon = coupon(&world, &case);
    let name = "Серік Жылубаев".to_owned();
    let clerk =
        NewClerk { agency: "E-HEA".into(), login: LOGIN.into(), name, password: PASSWORD.into() };
    world.region.add_clerk(clerk).unwrap();
    world.region.add_operator("oblys".into(), "Оператор".into(), PASSWORD.into()).unwrap();
    let clerk = signed_in(&world, LOGIN, &format!("/portal/requests/{referral}"));
    let operator = signed_in(&world, "oblys", "/region/aside");
    let edition = json!({ "version": 1, "cards": [] }).to_string();
    world.publish(Kind::Knowledge, &edition, None).unwrap();
    let published = world.region.store().publications().unwrap();
    let published = published.into_iter().map(|p| p.hash).collect();

    let (key, signing) = (SigningKey::from_bytes(&[5; 32]), SigningKey::from_bytes(&[6; 32]));
    let device = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0abc);
    let officer = OfficerCard {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0def).to_string().parse().unwrap(),
        name: "Бекова Д.".into(),
        post: "Инспектор".into(),
        role: Role::Officer,
        station: "07".into(),
        key: signed::key_text(&signing.verifying_key()),
        circles: Vec::new(),
        circles_word: None,
        revoked: false,
        voucher: None,
    };
    let code = world.code("07");
    let request = EnrollRequest {
        code: code.split('.').next().unwrap().to_owned(),
        device_id: device.to_string().parse().unwrap(),
        incarnation: 1,
        device_key: signed::key_text(&key.verifying_key()),
        officers: vec![officer.clone()],
        version: "0.1.0".into(),
    };
    let answer: EnrollResponse = {
        let region = world.region.clone();
        world.runtime().block_on(region.enroll(request, "test".into())).unwrap()
    };
    let segment = segment(device, &officer, &key, &signing, &answer.epoch);
    Started {
        world,
        device,
        key,
        epoch: answer.epoch,
        case,
        published,
        segment,
        officer,
        request: referral,
        coupon,
        clerk,
        operator,
    }
}

fn coupon(world: &World, case: &str) -> [String; 3] {
    let case: CaseId = case.parse().unwrap();
    let events = world.region.store().case_events(case).unwrap();
    let issued = events.iter().find_map(|e| match e.event.envelope().unwrap().read_body() {
        Body::CouponIssued(issued) => Some(issued),
        _ => None,
    });
    let issued = issued.expect("a coupon");
    [issued.number, issued.code, issued.secret]
}

fn signed_in(world: &World, login: &str, page: &str) -> Visitor {
    let (client, url) = (client(world), world.url());
    world.runtime().block_on(async {
        let form = format!("login={login}&password={PASSWORD}");
        let kind = "application/x-www-form-urlencoded";
        let answer = client.post(format!("{url}/portal/sign-in")).body(form);
        let answer = answer.header(header::CONTENT_TYPE, kind).send().await.unwrap();
        let cookies = answer.headers().get_all(header::SET_COOKIE);
        let cookie = cookies.iter().find_map(|c| c.to_str().unwrap().split(';').next());
        let cookie = cookie.expect("signed in").to_owned();
        let page = client.get(format!("{url}{page}")).header(header::COOKIE, &cookie);
        let html = page.send().await.unwrap().text().await.unwrap();
        let (_, rest) = html.split_once("name=\"csrf\" value=\"").expect("a form");
        Visitor { cookie, csrf: rest.split('"').next().unwrap().to_owned() }
    })
}

/// Somebody came: the first event of the device.
fn segment(
    device: Uuid,
    officer: &OfficerCard,
    key: &SigningKey,
    signing: &SigningKey,
    epoch: &str,
) -> Segment {
    let at: DateTime<Utc> = "2026-11-20T05:00:00Z".parse().unwrap();
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let body = json!({ "channel": "front_office", "language": "kk" });
    let body: VisitNoted = serde_json::from_value(body).unwrap();
    let body = Body::VisitNoted(body);
    let envelope: Envelope = serde_json::from_value(json!({
        "v": 1, "id": id, "case_id": id, "device_id": device, "incarnation": 1, "device_seq": 1,
        "prev": ZERO_HASH, "actor_id": officer.id, "role": "officer", "station_id": "07",
        "kind": body.kind(), "version": 1, "critical": false, "occurred_at": at,
        "body": body.to_value().unwrap(),
    }))
    .unwrap();
    let event = SignedEvent::sign(&envelope, signing).unwrap();
    let head = event.hash();
    Segment {
        branch_of: None,
        behind: None,
        device_id: device.to_string().parse().unwrap(),
        incarnation: 1,
        epoch: epoch.to_owned(),
        first_seq: 1,
        events: vec![event],
        head,
        head_sig: signed::sign_head(key, &head),
    }
}

impl Started {
    pub fn folder(&self) -> &Path {
        self.world.folder()
    }

    /// Events the region holds.
    pub fn events(&self) -> u64 {
        self.world.region.store().counts().unwrap().events
    }

    /// The last position it gave.
    pub fn order(&self) -> u64 {
        self.world.region.store().counts().unwrap().head_pos
    }
}

/// A message as a desk sends it; what is no JSON goes as it is.
pub fn framed(body: &[u8]) -> Vec<u8> {
    let json: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    json.and_then(|json| frame::encode(&json).ok()).unwrap_or_else(|| body.to_vec())
}
