//! The region's own description, told in more detail to whoever makes requests from it: what a message looks
//! like before it is packed, and names of things that are there. Answers are left as they are described.

use crate::region::{LOGIN, Started};
use serde_json::{Value, json};

/// The description as schemathesis gets it.
pub fn told(mut api: Value, region: &Started) -> Value {
    for (name, schema) in api["components"]["schemas"].as_object_mut().unwrap() {
        // Nobody is to be signed out.
        if name != "SignOutForm" {
            filled_in(schema, region);
        }
    }
    let paths = api["paths"].as_object_mut().unwrap();
    for (path, item) in paths.iter_mut() {
        for operation in item.as_object_mut().unwrap().values_mut() {
            // The proxy signs.
            operation.as_object_mut().unwrap().remove("security");
            let parameters = operation.get_mut("parameters").and_then(Value::as_array_mut);
            for parameter in parameters.into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap_or_default().to_owned();
                let schema = parameter["schema"].take();
                let known = known(&name, path, region);
                if let Some(first) = known.first() {
                    parameter["example"] = json!(first);
                }
                parameter["schema"] = either(schema, known);
            }
            let Some(body) = operation.get_mut("requestBody") else { continue };
            if !path.starts_with("/v1/") {
                for content in body["content"].as_object_mut().unwrap().values_mut() {
                    content["example"] = form(path, region);
                }
                continue;
            }
            body["content"] = if let Some(schema) = message(path, region) {
                let example = whole(path, region);
                json!({ "application/json": { "schema": schema, "example": example } })
            } else {
                let binary = json!({ "type": "string", "format": "binary", "maxLength": 4096 });
                json!({ "application/octet-stream": { "schema": binary } })
            };
        }
    }
    api
}

fn either(schema: Value, known: Vec<String>) -> Value {
    match (known.is_empty(), schema.is_null()) {
        (true, _) => schema,
        (false, true) => json!({ "enum": known }),
        (false, false) => json!({ "anyOf": [{ "enum": known }, schema] }),
    }
}

/// A form as somebody sends it who means it.
fn form(path: &str, region: &Started) -> Value {
    let [number, code, _] = &region.coupon;
    match path {
        "/portal/requests/{id}" => json!({ "csrf": region.clerk.csrf, "act": "register",
            "incoming_number": "Ж-431", "text": "", "file": "" }),
        "/region/aside" => json!({ "csrf": region.operator.csrf, "matter": "", "act": "accepted" }),
        "/s" => json!({ "number": number, "code": code, "lang": "ru" }),
        "/s/say" => json!({ "number": number, "code": code, "text": "Жылу әлі жоқ", "lang": "kk" }),
        _ => json!({}),
    }
}

/// Forms, with words that mean something in their fields.
fn filled_in(schema: &mut Value, region: &Started) {
    match schema {
        Value::Array(all) => all.iter_mut().for_each(|one| filled_in(one, region)),
        Value::Object(object) => {
            for (key, value) in object {
                if key == "properties" {
                    for (name, field) in value.as_object_mut().unwrap() {
                        let words = field_words(name, region);
                        // Without it nothing of a form is looked at.
                        let needed = name == "csrf";
                        *field = either(if needed { Value::Null } else { field.take() }, words);
                    }
                } else {
                    filled_in(value, region);
                }
            }
        }
        _ => {}
    }
}

fn field_words(name: &str, region: &Started) -> Vec<String> {
    let [number, code, secret] = &region.coupon;
    let words: &[&str] = match name {
        "csrf" => &[&region.clerk.csrf, &region.operator.csrf],
        "act" => {
            &["register", "accept", "reject", "answer", "lang-ru", "accepted", "left", "asked"]
        }
        "code" => &["not_ours", "other", code],
        "number" => &[number],
        "secret" => &[secret],
        "lang" | "other" => &["kk", "ru", "en"],
        "login" => &[LOGIN],
        "next" => &[&region.request],
        "word" => &["solved", "not_solved"],
        "stars" => &["1", "5"],
        _ => &[],
    };
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Things that are there.
fn known(name: &str, path: &str, region: &Started) -> Vec<String> {
    match name {
        "epoch" => vec![region.epoch.clone()],
        "scope" => vec!["station:07".into(), format!("officer:{}", region.officer.id)],
        "id" if path.starts_with("/portal/") => vec![region.request.clone()],
        "id" => vec![region.case.clone()],
        "number" => vec![region.coupon[0].clone()],
        "secret" => vec![region.coupon[2].clone()],
        "hash" if path.contains("publications") => region.published.clone(),
        "hash" => vec!["0".repeat(64)],
        _ => Vec::new(),
    }
}

fn whole(path: &str, region: &Started) -> Value {
    match path {
        "/v1/push" => json!(region.segment),
        "/v1/back" => json!({ "epoch": region.epoch, "events": region.segment.events }),
        _ => json!({ "protocol_min": 1, "protocol_max": 1, "device_id": region.device,
            "incarnation": 1, "head": { "seq": 0, "hash": "0".repeat(64) }, "known": null,
            "device_time": "2026-11-20T05:00:00Z", "unsent": 0, "officers": [region.officer],
            "numbers_left": 3, "version": "0.1.0" }),
    }
}

/// What a message looks like before it is packed.
fn message(path: &str, region: &Started) -> Option<Value> {
    let number = json!({ "type": "integer", "minimum": 0 });
    let hash = json!({ "anyOf": [{ "type": "string", "pattern": "^[0-9a-f]{64}$" },
        { "enum": [region.segment.head, "0".repeat(64)] }] });
    let device = json!({ "enum": [region.device, "01900000-0000-7000-8000-000000000fff"] });
    let key = json!({ "anyOf": [{ "type": "string" }, { "enum": [region.officer.key] }] });
    let officer = object(
        json!({ "id": { "anyOf": [{ "type": "string", "format": "uuid" }, { "enum": [region.officer.id] }] },
            "name": { "type": "string" }, "post": { "type": "string" },
            "role": { "enum": ["officer", "head", "region", "controller"] },
            "station": { "enum": ["07", "08"] }, "key": key,
            "circles": { "type": "array", "items": { "type": "string" }, "maxItems": 3 },
            "revoked": { "type": "boolean" } }),
    );
    let officers = json!({ "type": "array", "items": officer, "maxItems": 3 });
    let head = object(json!({ "seq": number, "hash": hash }));
    let epoch = json!({ "anyOf": [{ "enum": [region.epoch] }, { "type": "string" }] });
    let remembered = json!({ "anyOf": [{ "type": "null" },
        object(json!({ "epoch": epoch, "pos": number, "acked": head }))] });
    let event = json!({ "anyOf": [{ "enum": region.segment.events },
        object(json!({ "e": { "type": "string" }, "s": { "type": "string" } }))] });
    let life = json!({ "enum": [1, 2, 4294967295_u32] });
    match path {
        "/v1/hello" => Some(with(
            object(json!({
            "protocol_min": { "type": "integer", "minimum": 0, "maximum": 65535 },
            "protocol_max": { "type": "integer", "minimum": 0, "maximum": 65535 },
            "device_id": device, "incarnation": { "type": "integer", "minimum": 0, "maximum": 3 },
            "head": head, "known": remembered, "device_time": { "type": "string", "format": "date-time" },
            "unsent": number, "officers": officers, "numbers_left": number,
            "version": { "type": "string" } })),
            told_along(region),
        )),
        "/v1/push" => Some(with(
            object(json!({
            "device_id": device, "incarnation": life, "epoch": epoch,
            "first_seq": { "anyOf": [{ "enum": [1, 2] }, number] },
            "events": { "type": "array", "items": event, "maxItems": 3 }, "head": hash,
            "head_sig": { "anyOf": [{ "enum": [region.segment.head_sig] }, { "type": "string" }] } })),
            json!({ "branch_of": life, "behind": signed() }),
        )),
        "/v1/back" => Some(object(json!({ "epoch": epoch,
            "events": { "type": "array", "items": event, "maxItems": 3 } }))),
        "/v1/enroll" => Some(object(json!({
            "code": { "type": "string" }, "device_id": device,
            "incarnation": { "type": "integer", "minimum": 0, "maximum": 4294967295_u32 },
            "device_key": key, "officers": officers, "version": { "type": "string" } }))),
        _ => None,
    }
}

/// What a desk tells beside its greeting, when it has it.
fn told_along(region: &Started) -> Value {
    let by = json!({ "enum": [region.officer.id, "01900000-0000-7000-8000-000000000fff"] });
    let voucher = with(object(json!({ "s": { "type": "string" } })), json!({ "by": by }));
    let vouching = object(json!({ "officer": by, "voucher": voucher }));
    let number =
        json!({ "anyOf": [{ "enum": [0, 1, 50, u64::MAX] }, { "type": "integer", "minimum": 0 }] });
    let block = with(
        object(json!({ "station": { "enum": ["07", "08", ""] },
            "year": { "enum": [2025, 2026, 2027, i32::MIN, i32::MAX] },
            "from": number, "to": number })),
        json!({ "expires": { "type": "string", "format": "date-time" } }),
    );
    let head = region.world.region.tree_head().unwrap();
    json!({ "tree": { "anyOf": [{ "enum": [head] }, signed()] },
        "vouchers": { "type": "array", "items": vouching, "maxItems": 3 },
        "blocks": { "type": "array", "items": block, "maxItems": 20 } })
}

/// A text and a signature over it.
fn signed() -> Value {
    object(json!({ "t": { "type": "string" }, "s": { "type": "string" } }))
}

/// The object with fields that may be missing.
fn with(mut object: Value, optional: Value) -> Value {
    let Value::Object(optional) = optional else { return object };
    object["properties"].as_object_mut().unwrap().extend(optional);
    object
}

fn object(properties: Value) -> Value {
    let required: Vec<&String> = properties.as_object().unwrap().keys().collect();
    json!({ "type": "object", "required": required, "properties": properties })
}
