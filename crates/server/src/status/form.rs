//! The form in which somebody says how it is, and the page that tells what became of it.

use super::answer::Answer;
use super::ask::{Ask, By};
use super::page::{self, Looks, Page, Wish, finish, texts};
use super::say::{FORM_SIGNS, Fault, Heard, Words};
use super::shown::{LastSaid, Shown};
use crate::page_asked::PageAsked;
use crate::portal::texts::Texts;
use crate::region::Region;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State as Of};
use axum::http::StatusCode;
use axum::response::Response;
use esik_domain::catalog::Lang;
use esik_domain::event::Word;
use serde::Deserialize;
use std::sync::Arc;

/// The form as it was sent.
#[derive(Deserialize, Default, utoipa::ToSchema)]
#[schema(as = WordForm)]
#[serde(default)]
pub struct Sent {
    number: String,
    code: String,
    secret: String,
    form: String,
    word: String,
    stars: String,
    text: String,
    lang: String,
    /// The language it is wanted in, without saying anything.
    other: String,
}

impl Sent {
    pub(crate) fn ask(&self) -> Option<Ask> {
        if self.secret.is_empty() {
            Ask::typed(&self.number, &self.code)
        } else {
            Ask::scanned(&format!("{}/{}", self.number, self.secret))
        }
    }

    /// What it says.
    pub(crate) fn words(&self) -> Words {
        Words::of(&self.word, &self.stars, &self.text, &self.form)
    }
}

/// A number of one question, as it is chosen.
pub struct Choice {
    pub value: &'static str,
    pub name: String,
    pub chosen: bool,
}

/// The form as it stands in the page.
#[derive(Default)]
pub struct Say {
    pub number: String,
    /// What proves that somebody holds the coupon: one of these.
    pub code: String,
    pub secret: String,
    pub form: String,
    /// Is it asked whether the trouble is over?
    pub asks: bool,
    pub words: Vec<Choice>,
    pub stars: Vec<Choice>,
    pub text: String,
    /// Why it was not taken.
    pub fault: Option<String>,
    /// It was taken.
    pub done: Option<String>,
    /// What was said last.
    pub said: Option<String>,
}

impl Say {
    /// An empty form of whoever asked so.
    pub fn blank(region: &Region, ask: Option<&Ask>, t: &'static Texts) -> Self {
        let mut say =
            Self { form: hex::encode(region.env.bytes::<{ FORM_SIGNS / 2 }>()), ..Self::default() };
        say.choices(t, "", "");
        if let Some(ask) = ask {
            say.number.clone_from(&ask.number);
            let proof = if ask.by == By::Code { &mut say.code } else { &mut say.secret };
            proof.clone_from(&ask.word);
        }
        say
    }

    /// The form with what was chosen and typed; the same form.
    fn kept(region: &Region, ask: Option<&Ask>, t: &'static Texts, sent: &Sent) -> Self {
        let mut say = Self::blank(region, ask, t);
        let words = Words::of(&sent.word, &sent.stars, "", &sent.form);
        if !words.form.is_empty() {
            say.form = words.form;
        }
        say.choices(t, &sent.word, &sent.stars);
        say.text.clone_from(&sent.text);
        say
    }

    fn choices(&mut self, t: &'static Texts, word: &str, stars: &str) {
        self.words = [("solved", "say-yes"), ("not_solved", "say-no")]
            .map(|(value, key)| Choice { value, name: t.get(key), chosen: value == word })
            .into();
        self.stars = ["1", "2", "3", "4", "5"]
            .map(|value| Choice { value, name: value.to_owned(), chosen: value == stars })
            .into();
    }

    /// Was anything chosen or typed?
    pub fn holds_something(&self) -> bool {
        !self.text.is_empty() || self.words.iter().chain(&self.stars).any(|c| c.chosen)
    }

    /// Beside what is shown of the case.
    pub fn beside(mut self, shown: &Shown, t: &Texts) -> Self {
        self.asks = shown.asks;
        self.said = shown.said.map(|s| last_said(s, t));
        self
    }
}

fn last_said(said: LastSaid, t: &Texts) -> String {
    let key = match said.word {
        Some(Word::Solved) => "said-solved",
        Some(_) => "said-not-solved",
        None => "said-message",
    };
    t.with(key, "day", &t.date(said.on))
}

/// Whoever comes back to this address without the form is asked for the coupon.
#[utoipa::path(get, path = "/s/say", tag = "applicant", operation_id = "blank_word", params(Wish),
    responses((status = 200, description = "the page")))]
pub async fn blank(looks: Looks, wish: PageAsked<Wish>) -> Response {
    page::form(looks, wish).await
}

/// Somebody says how it is.
#[utoipa::path(post, path = "/s/say", tag = "applicant",
    request_body(content = Sent, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "the page"), (status = 404, description = "no such coupon"),
        (status = 422, description = "nothing is said, too much, or it is not asked"),
        (status = 429, description = "too often, Retry-After")))]
pub async fn said(
    Of(region): Of<Arc<Region>>,
    looks: Looks,
    form: Result<Form<Sent>, FormRejection>,
) -> Response {
    let sent = form.map(|f| f.0).unwrap_or_default();
    let ask = sent.ask();
    let now = region.env.now();
    if let Some(lang) = Lang::from_code(&sent.other) {
        // In another language: nothing is said, and nothing typed is lost.
        let say = Say::kept(&region, ask.as_ref(), texts(lang), &sent);
        let answer = region.how_it_is(ask, looks.peer).await;
        return finish(Page::blank(lang), answer, now, say, None);
    }
    let lang = Lang::from_code(&sent.lang).unwrap_or(looks.prefers);
    let t = texts(lang);
    let words = sent.words();
    let mut say = Say::kept(&region, ask.as_ref(), t, &sent);
    let mut instead = None;
    let answer = match region.hear(ask.clone(), words, looks.peer).await {
        Ok(Heard::Said(shown, due)) => {
            say = Say::blank(&region, ask.as_ref(), t);
            let day = due.map_or_else(String::new, |d| t.date(d));
            say.done = Some(t.with("said", "day", &day));
            Ok(Answer::Shown(shown))
        }
        Ok(Heard::Not(shown, fault)) => {
            say.fault = Some(told(fault, t));
            instead = Some(match fault {
                Fault::TooMuch(seconds) => (StatusCode::TOO_MANY_REQUESTS, Some(seconds)),
                _ => (StatusCode::UNPROCESSABLE_ENTITY, None),
            });
            Ok(Answer::Shown(shown))
        }
        Ok(Heard::Unknown) => Ok(Answer::Unknown),
        Ok(Heard::Wait(seconds)) => Ok(Answer::Wait(seconds)),
        Err(e) => Err(e),
    };
    finish(Page::blank(lang), answer, now, say, instead)
}

fn told(fault: Fault, t: &Texts) -> String {
    match fault {
        Fault::Empty => t.get("say-empty"),
        Fault::Long(signs) => t.count("say-long", "signs", signs as u64),
        Fault::NotAsked => t.get("say-not-asked"),
        Fault::TooMuch(seconds) => t.count("say-too-much", "hours", seconds.div_ceil(3600)),
    }
}
