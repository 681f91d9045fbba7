//! A browser for the portal's stories: cookies, forms, the hidden token; over the real router.

use super::World;
use axum::body::{Body as HttpBody, to_bytes};
use axum::http::{Request, StatusCode, header};
use esik_domain::ids::ReferralId;
use esik_server::router;
use tower::ServiceExt as _;

pub const PASSWORD: &str = "жылу-береміз-2026";

pub struct Page {
    pub status: StatusCode,
    pub html: String,
    pub location: String,
    pub cookies: Vec<String>,
}

/// A browser: keeps its cookie and language, reads the hidden token of the last page.
pub struct Browser<'a> {
    world: &'a World,
    pub cookie: String,
    language: &'static str,
    pub csrf: String,
}

impl<'a> Browser<'a> {
    pub fn new(world: &'a World, language: &'static str) -> Self {
        Self { world, cookie: String::new(), language, csrf: String::new() }
    }

    pub async fn send(&mut self, req: axum::http::request::Builder, body: Vec<u8>) -> Page {
        let req: Request<HttpBody> = req
            .header(header::ACCEPT_LANGUAGE, self.language)
            .header(header::COOKIE, &self.cookie)
            .body(HttpBody::from(body))
            .unwrap();
        let response = router(self.world.region.clone()).oneshot(req).await.unwrap();
        let header = |name| {
            response
                .headers()
                .get_all(name)
                .iter()
                .map(|v| v.to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let cookies = header(header::SET_COOKIE);
        let location = header(header::LOCATION).pop().unwrap_or_default();
        let policy = header(header::CONTENT_SECURITY_POLICY).pop().unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"));
        for c in &cookies {
            if let Some(rest) = c.strip_prefix("__Host-esik=") {
                let value = rest.split(';').next().unwrap();
                self.cookie = format!("__Host-esik={value}");
            }
        }
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 64 << 20).await.unwrap();
        let html = String::from_utf8_lossy(&bytes).into_owned();
        if let Some(at) = html.find("name=\"csrf\" value=\"") {
            self.csrf = html.get(at + 19..at + 51).unwrap().to_owned();
        }
        Page { status, html, location, cookies }
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send(Request::get(path), vec![]).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let encode = |s: &str| s.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let body =
            fields.iter().map(|(k, v)| format!("{k}={}", encode(v))).collect::<Vec<_>>().join("&");
        let req =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(req, body.into_bytes()).await
    }

    /// The one form of a request's page, as a browser sends it.
    pub async fn act(
        &mut self,
        id: ReferralId,
        fields: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
    ) -> Page {
        let csrf = self.csrf.clone();
        let mut body = Vec::new();
        for (name, value) in fields.iter().chain([("csrf", csrf.as_str())].iter()) {
            body.extend(
                format!(
                    "--B\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .into_bytes(),
            );
        }
        if let Some((name, bytes)) = file {
            body.extend(
                format!(
                    "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
                     Content-Type: text/html\r\n\r\n"
                )
                .into_bytes(),
            );
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--B--\r\n");
        let req = Request::post(format!("/portal/requests/{id}"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=B");
        self.send(req, body).await
    }

    pub async fn sign_in(&mut self, login: &str) -> Page {
        let page = self.post("/portal/sign-in", &[("login", login), ("password", PASSWORD)]).await;
        assert_eq!((page.status, page.location.as_str()), (StatusCode::SEE_OTHER, "/portal"));
        page
    }
}
