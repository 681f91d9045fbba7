//! A clerk of a body at the region's portal, over the network.

use esik_server::portal::NewClerk;
use esik_testkit::{PASSWORD, World};

/// A page of the portal, as a browser of the clerk gets it.
pub struct Clerk<'a> {
    pub world: &'a World,
    pub http: reqwest::Client,
    pub cookie: String,
}

impl<'a> Clerk<'a> {
    pub fn sign_in(world: &'a World, login: &str, agency: &str) -> Self {
        world
            .region
            .add_clerk(NewClerk {
                login: login.to_owned(),
                name: "Сейтқали М.".to_owned(),
                agency: agency.to_owned(),
                password: PASSWORD.to_owned(),
            })
            .unwrap();
        Self::enters(world, login)
    }

    /// Who decides about what was set aside.
    pub fn operator(world: &'a World) -> Self {
        let words = ["oblys", "Бекова А. Т.", PASSWORD].map(str::to_owned);
        let [login, name, password] = words;
        world.region.add_operator(login, name, password).unwrap();
        Self::enters(world, "oblys")
    }

    fn enters(world: &'a World, login: &str) -> Self {
        let ca =
            std::fs::read_to_string(world.folder().join("region.db.state/tls/ca.pem")).unwrap();
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(esik_sync::tls::config_for_ca(&ca).unwrap())
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let sent = http
            .post(format!("{}/portal/sign-in", world.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("login={login}&password={PASSWORD}"))
            .send();
        let answer = world.runtime().block_on(sent).unwrap();
        let cookies: Vec<&str> =
            answer.headers().get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
        let session = cookies.iter().find(|c| c.starts_with("__Host-esik=")).unwrap();
        let cookie = session.split(';').next().unwrap().to_owned() + "; __Host-esik-lang=ru";
        Self { world, http, cookie }
    }

    pub fn get(&self, path: &str) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
        let url = format!("{}{path}", self.world.url());
        let sent = self.http.get(url).header("cookie", &self.cookie).send();
        self.world.runtime().block_on(async {
            let answer = sent.await.unwrap();
            let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
            (status, headers, answer.bytes().await.unwrap().to_vec())
        })
    }

    pub fn page(&self, path: &str) -> String {
        let (status, _, body) = self.get(path);
        assert_eq!(status, 200, "{path}");
        String::from_utf8(body).unwrap()
    }

    /// Sends a form; gives the status.
    pub fn posts(&self, path: &str, form: String) -> u16 {
        let sent = self
            .http
            .post(format!("{}{path}", self.world.url()))
            .header("cookie", &self.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form)
            .send();
        self.world.runtime().block_on(sent).unwrap().status().as_u16()
    }

    /// Answers a request, as the form of its page does.
    pub fn answers(&self, referral: &str, text: &str) {
        self.acts(referral, &[("act", "answer"), ("text", text)]);
    }

    /// Says that it is not theirs.
    pub fn refuses(&self, referral: &str, reason: &str) {
        self.acts(referral, &[("act", "reject"), ("code", "not_ours"), ("reason", reason)]);
    }

    fn acts(&self, referral: &str, fields: &[(&str, &str)]) {
        let path = format!("/portal/requests/{referral}");
        let page = self.page(&path);
        let token = page.split("name=\"csrf\" value=\"").nth(1).unwrap();
        let token = token.split('"').next().unwrap();
        let mut body = String::new();
        for (name, value) in std::iter::once(&("csrf", token)).chain(fields) {
            body.push_str(&format!(
                "--B\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            ));
        }
        let sent = self
            .http
            .post(format!("{}{path}", self.world.url()))
            .header("cookie", &self.cookie)
            .header("content-type", "multipart/form-data; boundary=B")
            .body(body + "--B--\r\n")
            .send();
        let status = self.world.runtime().block_on(sent).unwrap().status().as_u16();
        assert_eq!(status, 303, "it was taken");
    }
}
