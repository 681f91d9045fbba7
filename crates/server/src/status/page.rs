//! The pages themselves.

use super::answer::Answer;
use super::ask::Ask;
use super::form::Say;
use super::shown::{Shown, State};
use crate::page_asked::{PageAsked, PageNamed};
use crate::portal::texts::Texts;
use crate::region::Region;
use crate::retry_after::with_retry_after;
use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequestParts, State as Of};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Asia::Almaty;
use esik_domain::catalog::{Catalog, Lang};
use esik_wire::{ApiError, ApiErrorCode};
use serde::Deserialize;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

const KK: &str = include_str!("texts/kk.ftl");
const RU: &str = include_str!("texts/ru.ftl");
const EN: &str = include_str!("texts/en.ftl");

static KK_TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::read(Lang::Kk, KK));
static RU_TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::read(Lang::Ru, RU));
static EN_TEXTS: LazyLock<Texts> = LazyLock::new(|| Texts::read(Lang::En, EN));

/// What was typed and can be shown again, at most, in bytes as they stand in the page: two answers that say the same are
/// of about one length.
const KEPT_BYTES: usize = 48;

pub(super) fn texts(lang: Lang) -> &'static Texts {
    match lang {
        Lang::Kk => &KK_TEXTS,
        Lang::Ru => &RU_TEXTS,
        Lang::En => &EN_TEXTS,
    }
}

/// Who looks: the address, and the language the browser prefers. No cookie is read and none is set: a telephone is lent.
pub struct Looks {
    pub(super) peer: String,
    pub(super) prefers: Lang,
}

impl FromRequestParts<Arc<Region>> for Looks {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        region: &Arc<Region>,
    ) -> Result<Self, Infallible> {
        Ok(Self {
            peer: crate::peer::peer(region, &parts.extensions, &parts.headers),
            prefers: preferred(&parts.headers),
        })
    }
}

/// The language the browser prefers, else Kazakh.
fn preferred(headers: &HeaderMap) -> Lang {
    let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    let first = asked.and_then(|v| {
        v.split(',').find_map(|l| Lang::from_code(l.trim().get(..2).unwrap_or_default()))
    });
    first.unwrap_or(Lang::Kk)
}

/// `?lang=ru`.
#[derive(Deserialize, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct Wish {
    lang: String,
}

/// The form: what is typed, the language it stands in, and the language in which it is asked for without an answer.
#[derive(Deserialize, Default, utoipa::ToSchema)]
#[schema(as = TypedCoupon)]
#[serde(default)]
pub struct Typed {
    number: String,
    code: String,
    lang: String,
    other: String,
}

impl Typed {
    /// What is asked for, when it can be.
    pub fn ask(&self) -> Option<Ask> {
        Ask::typed(&self.number, &self.code)
    }
}

/// A language as one chooses it: `(code, name in itself, chosen)`.
pub struct Tongue {
    pub code: &'static str,
    pub name: &'static str,
    pub here: bool,
    /// Where a link leads; a button of the form when empty.
    pub link: String,
}

/// One promise in words.
pub struct Promise {
    pub what: String,
    pub until: String,
    pub kept: bool,
    pub late: bool,
}

/// The answer in words.
pub struct Told {
    pub number: String,
    /// The station's telephone, and where a press on it leads.
    pub phone: Option<(String, Option<String>)>,
    pub mark: &'static str,
    pub state: String,
    pub means: String,
    pub promises: Vec<Promise>,
    pub next: Option<String>,
    pub late: bool,
    pub received: String,
    pub changed: String,
}

#[derive(Template)]
#[template(path = "status.html")]
pub struct Page {
    t: &'static Texts,
    lang: &'static str,
    tongues: Vec<Tongue>,
    /// The answer; the form when there is none.
    told: Option<Told>,
    /// The form in which one says how it is: beside the answer, or when something typed into it would be lost.
    say: Option<Say>,
    /// Why there is none.
    fault: Option<String>,
    /// What to do about it.
    todo: Vec<String>,
    number: String,
    code: String,
}

impl Page {
    /// The form; `link` leads to it in another language, and keeps nothing.
    pub(super) fn blank(lang: Lang) -> Self {
        Self {
            t: texts(lang),
            lang: lang.code(),
            tongues: tongues(lang, |code| format!("/s?lang={code}")),
            told: None,
            say: None,
            fault: None,
            todo: Vec::new(),
            number: String::new(),
            code: String::new(),
        }
    }

    /// The form with what was typed; another language keeps it.
    fn form(lang: Lang, typed: Typed) -> Self {
        Self {
            tongues: tongues(lang, |_| String::new()),
            number: kept(typed.number),
            code: kept(typed.code),
            ..Self::blank(lang)
        }
    }

    /// Does the page begin with what went wrong?
    fn faulty(&self) -> bool {
        self.fault.is_some() || self.say.as_ref().is_some_and(|s| s.fault.is_some())
    }

    fn unknown(mut self) -> Self {
        self.fault = Some(self.t.get("unknown"));
        let todo = ["unknown-check", "unknown-later", "unknown-ask"];
        self.todo = todo.into_iter().map(|key| self.t.get(key)).collect();
        self
    }

    fn show(&self, status: StatusCode) -> Response {
        match self.render() {
            Ok(html) => (status, Html(html)).into_response(),
            Err(e) => {
                tracing::error!(error = %e, "a page cannot be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

fn tongues(here: Lang, link: impl Fn(&str) -> String) -> Vec<Tongue> {
    [(Lang::Kk, "Қазақша"), (Lang::Ru, "Русский"), (Lang::En, "English")]
        .into_iter()
        .map(|(lang, name)| Tongue {
            code: lang.code(),
            name,
            here: lang == here,
            link: link(lang.code()),
        })
        .collect()
}

/// What was typed, if it stands in the page as it is and is not long.
fn kept(text: String) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | '–' | '.' | '№');
    if text.len() <= KEPT_BYTES && text.chars().all(plain) { text } else { String::new() }
}

/// The empty form.
#[utoipa::path(get, path = "/s", tag = "applicant", operation_id = "coupon", params(Wish),
    responses((status = 200, description = "the page")))]
pub async fn form(looks: Looks, PageAsked(wish): PageAsked<Wish>) -> Response {
    Page::blank(wished(&wish, looks.prefers)).show(StatusCode::OK)
}

fn wished(wish: &Wish, prefers: Lang) -> Lang {
    Lang::from_code(&wish.lang).unwrap_or(prefers)
}

/// The page for whoever comes while the house is full.
pub fn full(region: &Region, headers: &HeaderMap, e: ApiError) -> Response {
    let page = Page::blank(preferred(headers));
    finish(page, Err(e), region.env.now(), Say::default(), None)
}

/// A number and a code by hand.
#[utoipa::path(post, path = "/s", tag = "applicant",
    request_body(content = Typed, content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "the page"), (status = 404, description = "no such coupon"),
        (status = 429, description = "too often, Retry-After")))]
pub async fn typed(
    Of(region): Of<Arc<Region>>,
    looks: Looks,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let typed = form.map(|f| f.0).unwrap_or_default();
    if let Some(lang) = Lang::from_code(&typed.other) {
        return Page::form(lang, typed).show(StatusCode::OK);
    }
    let lang = Lang::from_code(&typed.lang).unwrap_or(looks.prefers);
    let ask = typed.ask();
    let say = Say::blank(&region, ask.as_ref(), texts(lang));
    let answer = region.how_it_is(ask, looks.peer).await;
    finish(Page::form(lang, typed), answer, region.env.now(), say, None)
}

/// What the QR code leads to.
#[utoipa::path(get, path = "/s/{number}/{secret}", tag = "applicant",
    params(("number" = String, Path, description = "the number"), ("secret" = String, Path, description = "what only the coupon has"), Wish),
    responses((status = 200, description = "the page"), (status = 404, description = "no such coupon"),
        (status = 429, description = "too often, Retry-After")))]
pub async fn scanned(
    Of(region): Of<Arc<Region>>,
    looks: Looks,
    PageAsked(wish): PageAsked<Wish>,
    PageNamed(rest): PageNamed<String>,
) -> Response {
    let lang = wished(&wish, looks.prefers);
    let rest = rest.unwrap_or_default();
    let ask = Ask::scanned(&rest);
    let say = Say::blank(&region, ask.as_ref(), texts(lang));
    let answer = region.how_it_is(ask, looks.peer).await;
    finish(Page::blank(lang), answer, region.env.now(), say, None)
}

/// The page with the answer; `instead` is what came of a word, where that is not the answer itself.
pub(super) fn finish(
    mut page: Page,
    answer: Result<Answer, ApiError>,
    now: DateTime<Utc>,
    say: Say,
    instead: Option<(StatusCode, Option<u64>)>,
) -> Response {
    let shown = if let Ok(Answer::Shown(shown)) = &answer { Some(shown) } else { None };
    page.say = match shown {
        Some(shown) => Some(say.beside(shown, page.t)),
        None => Some(Say { asks: true, ..say }).filter(Say::holds_something),
    };
    if page.say.is_some() {
        // In another language the form keeps what is typed into it.
        page.tongues = tongues(page.t.lang(), |_| String::new());
    }
    let (status, wait) = match answer {
        Ok(Answer::Shown(shown)) => {
            let today = now.with_timezone(&Almaty).date_naive();
            page.told = Some(told(page.t, &shown, today));
            instead.unwrap_or((StatusCode::OK, None))
        }
        Ok(Answer::Unknown) => {
            page = page.unknown();
            (StatusCode::NOT_FOUND, None)
        }
        Ok(Answer::Wait(seconds)) => {
            page.fault = Some(page.t.count("too-often", "minutes", seconds.div_ceil(60)));
            page.todo = vec![page.t.get("too-often-qr"), page.t.get("unknown-ask")];
            (StatusCode::TOO_MANY_REQUESTS, Some(seconds))
        }
        Err(e) => {
            page.fault = Some(page.t.get("trouble"));
            let busy = e.code == ApiErrorCode::Busy;
            let status = if busy {
                StatusCode::SERVICE_UNAVAILABLE
            } else {
                StatusCode::INTERNAL_SERVER_ERROR
            };
            (status, e.retry_after_s)
        }
    };
    with_retry_after(page.show(status), wait)
}

/// The answer in a language; only what [`Shown`] allows goes in.
fn told(t: &Texts, shown: &Shown, today: NaiveDate) -> Told {
    let (code, mark) = match shown.state {
        State::Received => ("received", "acc"),
        State::Work => ("work", "acc"),
        State::Answered => ("answered", "ok"),
        State::Closed => ("closed", "calm"),
        State::InPerson => ("person", "acc"),
    };
    let open = shown.state != State::Closed;
    let promises = shown.promised.iter().map(|p| Promise {
        what: p.body.as_ref().map_or_else(|| t.get("neutral"), |b| body_name(b.as_str(), t.lang())),
        until: t.date(p.until),
        kept: p.kept,
        late: open && !p.kept && p.until < today,
    });
    Told {
        number: shown.number.clone(),
        phone: shown.phone.as_ref().map(|p| (p.clone(), esik_domain::phone::check(p).e164)),
        mark,
        state: t.get(&format!("state-{code}")),
        means: t.get(&format!("state-{code}-means")),
        promises: promises.collect(),
        next: shown.next.map(|d| t.date(d)),
        late: shown.next.is_some_and(|d| d < today),
        received: t.date(shown.received),
        changed: t.date(shown.changed),
    }
}

fn body_name(code: &str, lang: Lang) -> String {
    Catalog::shipped().agency(code).map_or_else(String::new, |a| a.name.get(lang).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(source: &str) -> Vec<(&str, String)> {
        let mut out: Vec<(&str, String)> = Vec::new();
        for line in source.lines().filter(|l| !l.starts_with('#') && !l.trim().is_empty()) {
            match line.split_once(" = ").filter(|_| !line.starts_with([' ', '}'])) {
                Some((key, text)) => out.push((key, text.to_owned())),
                None => out.last_mut().unwrap().1.push_str(line),
            }
        }
        out
    }

    #[test]
    fn every_text_is_there_in_three_languages_and_none_is_a_copy() {
        let all = [KK, RU, EN].map(entries);
        let keys =
            |e: &[(&str, String)]| e.iter().map(|(k, _)| (*k).to_owned()).collect::<Vec<_>>();
        assert_eq!(keys(&all[0]), keys(&all[1]));
        assert_eq!(keys(&all[0]), keys(&all[2]));
        assert!(all[0].len() > 30);
        for (n, (key, kk)) in all[0].iter().enumerate() {
            let (ru, en) = (&all[1][n].1, &all[2][n].1);
            assert!(![kk, ru, en].iter().any(|t| t.trim().is_empty()), "{key} is empty");
            assert!(kk != ru && ru != en && kk != en, "{key} is a copy");
            for text in [kk, ru] {
                let mut bare = text.clone();
                for token in ["[one]", "[few]", "*[many]", "*[other]"] {
                    bare = bare.replace(token, "");
                }
                while let (Some(a), Some(b)) = (bare.find("{ $"), bare.find(['}', '>'])) {
                    bare.replace_range(a..=b, "");
                }
                assert!(!bare.chars().any(|c| c.is_ascii_alphabetic()), "{key}: {bare}");
            }
        }
        for lang in [Lang::Kk, Lang::Ru, Lang::En] {
            let sources = [
                include_str!("page.rs"),
                include_str!("form.rs"),
                include_str!("../../templates/status.html"),
            ];
            for rest in sources.iter().flat_map(|s| s.split("t.get(\"").skip(1)) {
                let key = rest.split('"').next().unwrap();
                assert_ne!(texts(lang).get(key), key, "{key}");
            }
            for state in ["received", "work", "answered", "closed", "person"] {
                for key in [format!("state-{state}"), format!("state-{state}-means")] {
                    assert_ne!(texts(lang).get(&key), key);
                }
            }
        }
    }

    /// What must not be named is told in the words of the coupon.
    #[test]
    fn the_neutral_words_are_those_of_the_coupon() {
        let pair = esik_letters::neutral_promise().unwrap();
        assert_eq!(
            (texts(Lang::Kk).get("neutral"), texts(Lang::Ru).get("neutral")),
            (pair.kk, pair.ru)
        );
    }
}
