//! Seeded data in the import format: the same seed gives the same bytes on every machine.
//!
//! All words lie in `data/*.json`. No line describes a person: IINs are of the year 2099
//! (`domain.md` §4.1), names and addresses are put together by chance.

mod data;
mod splitmix;

use chrono::{DateTime, Duration, Utc};
use data::{DATA, Data, Pools, Sexes, Story};
use esik_app::{api::Refusal, refusal};
use esik_domain::catalog::{Catalog, Route};
use esik_domain::closing::needs_second;
use esik_domain::event::{Address, Disclosed, PartyRole};
use esik_domain::leaving::may_refer;
use esik_store::exchange::cases::{CaseLine, EventLine, PartyLine};
use splitmix::SplitMix64;
use std::io::Write as _;
use std::process::ExitCode;

/// Lengths of a narrative, in characters.
const SHORTEST: usize = 200;
const LONGEST: usize = 860;
/// Of a hundred cases, so many in Russian; the rest in Kazakh.
const RUSSIAN: u64 = 70;

/// Cases of a seed, in the order of their opening.
pub struct Cases {
    data: &'static Data,
    /// Four digits of the seed, so that two seeds share no number.
    series: u64,
    rng: SplitMix64,
    made: u64,
    of: u64,
}

/// # Errors
/// `internal` when the program was built with broken data.
pub fn cases(count: u32, seed: u64) -> Result<Cases, Refusal> {
    let data = DATA.as_ref().ok_or_else(|| refusal("internal"))?;
    let series = SplitMix64::new(seed).below(10_000);
    Ok(Cases { data, series, rng: SplitMix64::new(seed), made: 0, of: u64::from(count) })
}

/// Prints the lines.
pub fn print(count: u32, seed: u64) -> Result<ExitCode, Refusal> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    for case in cases(count, seed)? {
        // Nobody listens any more: a closed pipe ends the work, it is no error.
        let Ok(line) = serde_json::to_string(&case) else { continue };
        if writeln!(out, "{line}").is_err() {
            break;
        }
    }
    let _ = out.flush();
    Ok(ExitCode::SUCCESS)
}

impl Iterator for Cases {
    type Item = CaseLine;
    fn next(&mut self) -> Option<CaseLine> {
        if self.made == self.of {
            return None;
        }
        let case = one(self.data, &mut self.rng, self.series, self.made, self.of);
        self.made += 1;
        Some(case)
    }
}

/// One language's words.
struct Tongue<'a> {
    ru: bool,
    pools: &'a Pools,
    names: &'a Sexes,
    organisations: &'a [String],
}

fn one(data: &Data, rng: &mut SplitMix64, series: u64, n: u64, of: u64) -> CaseLine {
    let ru = rng.percent(RUSSIAN);
    let tongue = if ru {
        Tongue {
            ru,
            pools: &data.phrases.ru,
            names: &data.people.ru,
            organisations: &data.people.organisations.ru,
        }
    } else {
        Tongue {
            ru,
            pools: &data.phrases.kk,
            names: &data.people.kk,
            organisations: &data.people.organisations.kk,
        }
    };
    let opened_at = opened(data, rng, n, of);
    let (place, address) = address(data, rng, &tongue);
    let story = rng.weighted(&data.stories);
    let narrative = story.map(|(_, s)| narrative(rng, s, &tongue, &place)).unwrap_or_default();
    let category = story.map(|(code, _)| code.clone());
    // Thrown first and left out after: the rest of the line stays as the seed gave it.
    let agency = category.as_deref().and_then(|c| agency(rng, c).filter(|body| referable(c, body)));
    CaseLine {
        number: Some(format!("2{series:04}{:07}", n + 1)),
        ext_number: None,
        opened_at: Some(opened_at),
        channel: rng.weighted(&data.channels).cloned(),
        language: Some(if ru { "ru" } else { "kk" }.to_owned()),
        narrative,
        address: Some(address),
        parties: parties(data, rng, &tongue),
        events: events(data, rng, &tongue, opened_at, referred(agency.as_deref()))
            .into_iter()
            .map(|e| looked_at_twice(e, category.as_deref()))
            .collect(),
        agency,
        category,
    }
}

/// In some themes one officer only asks for the closing: a region refuses it without a second look.
fn looked_at_twice(mut event: EventLine, category: Option<&str>) -> EventLine {
    if event.kind == "closed" && category.is_some_and(needs_second) {
        "closing_asked".clone_into(&mut event.kind);
    }
    event
}

/// Cases spread over the window's working hours, one after another.
fn opened(data: &Data, rng: &mut SplitMix64, n: u64, of: u64) -> DateTime<Utc> {
    let minutes = data.window.days * 24 * 60;
    let at = i64::try_from(n).unwrap_or(0).saturating_mul(minutes)
        / i64::try_from(of).unwrap_or(1).max(1);
    let day = at / (24 * 60);
    // Nine working hours of each day, in the order the day goes.
    let within = at % (24 * 60) * 9 / 24;
    let seconds = i64::try_from(rng.below(20)).unwrap_or(0);
    data.window.from + Duration::days(day) + Duration::minutes(within) + Duration::seconds(seconds)
}

struct Place {
    street: String,
    house: u64,
    flat: u64,
}

fn address(data: &Data, rng: &mut SplitMix64, tongue: &Tongue<'_>) -> (Place, Address) {
    let Some(street) = rng.pick(&data.places.streets) else {
        return (Place { street: String::new(), house: 1, flat: 1 }, Address::default());
    };
    let name = if tongue.ru { &street.ru } else { &street.kk };
    let place = Place {
        street: name.clone(),
        house: 1 + rng.below(street.houses),
        flat: 1 + rng.below(120),
    };
    let text = if tongue.ru {
        format!("{}, д. {}, кв. {}", place.street, place.house, place.flat)
    } else {
        format!("{}, {}-үй, {}-пәтер", place.street, place.house, place.flat)
    };
    // Five decimals: a metre.
    let mut shifted = |middle: f64| {
        let shift = f64::from(u32::try_from(rng.below(1000)).unwrap_or(0)) - 500.0;
        ((middle * 100_000.0) + shift).round() / 100_000.0
    };
    let (lat, lon) = (shifted(street.lat), shifted(street.lon));
    (place, Address { text, lat: Some(lat), lon: Some(lon) })
}

fn narrative(rng: &mut SplitMix64, story: &Story, tongue: &Tongue<'_>, place: &Place) -> String {
    let told = if tongue.ru { &story.ru } else { &story.kk };
    // Most are of middle length, a few are long: three throws of a die, the middle one counts.
    let mut throws = [rng.below(470), rng.below(430), rng.below(390)];
    throws.sort_unstable();
    let long = if rng.percent(8) { rng.below(260) } else { 0 };
    let wanted = SHORTEST + usize::try_from(throws[1] + long).unwrap_or(0);
    let mut parts = vec![rng.word(told)];
    if rng.percent(35) {
        let second = rng.word(told);
        if !parts.contains(&second) {
            parts.push(second);
        }
    }
    // An officer writes the trouble first; some write as the person spoke.
    let open = rng.word(&tongue.pools.open);
    if rng.percent(20) {
        parts.insert(0, open)
    } else {
        parts.push(open)
    }
    let wish = rng.word(&tongue.pools.wish);
    let wish = filled(rng, &wish, place);
    let mut text = parts.iter().map(|p| filled(rng, p, place)).collect::<Vec<_>>().join(" ");
    let mut length = text.chars().count() + wish.chars().count() + 1;
    let mut used: Vec<String> = Vec::new();
    while length < wanted && used.len() < tongue.pools.more.len() {
        let next = rng.word(&tongue.pools.more);
        if used.contains(&next) {
            continue;
        }
        let sentence = filled(rng, &next, place);
        used.push(next);
        let more = sentence.chars().count() + 1;
        if length + more > LONGEST {
            break;
        }
        text.push(' ');
        text.push_str(&sentence);
        length += more;
    }
    format!("{text} {wish}")
}

/// Numbers are such that the sentence around them stays right: 5–20 and 65–70 take one plural form.
fn filled(rng: &mut SplitMix64, sentence: &str, place: &Place) -> String {
    if !sentence.contains('{') {
        return sentence.to_owned();
    }
    sentence
        .replace("{place}", &place.street)
        .replace("{house}", &place.house.to_string())
        .replace("{flat}", &place.flat.to_string())
        .replace("{days}", &(5 + rng.below(16)).to_string())
        .replace("{years}", &(5 + rng.below(16)).to_string())
        .replace("{age}", &(65 + 10 * rng.below(3) + rng.below(6)).to_string())
        .replace("{floor}", &(1 + rng.below(9)).to_string())
        .replace("{deg}", &(8 + rng.below(8)).to_string())
}

/// The body of the category, for what is handed on at all.
fn agency(rng: &mut SplitMix64, category: &str) -> Option<String> {
    let category = Catalog::shipped().category(category)?;
    let handed_on = match category.route? {
        Route::Forward => 92,
        Route::Police => 70,
        Route::Emergency => 40,
        Route::Advise => 10,
        // Registered in КУИ; what is left for others is rare.
        Route::Register => 15,
    };
    if !rng.percent(handed_on) {
        return None;
    }
    if category.route == Some(Route::Register) || rng.percent(12) {
        return rng.pick(&category.agency_secondary).cloned();
    }
    category.agency_primary.clone()
}

/// What the desk itself would refuse to send is not in generated data either.
fn referable(category: &str, body: &str) -> bool {
    let catalog = Catalog::shipped();
    let unit = catalog.agency(body).is_some_and(|a| a.internal);
    unit || may_refer(catalog, Some(category), body, Disclosed::default(), None).is_ok()
}

/// A unit of the police gets a task; only a body outside it gets a referral.
fn referred(agency: Option<&str>) -> bool {
    agency.and_then(|code| Catalog::shipped().agency(code)).is_some_and(|a| !a.internal)
}

fn parties(data: &Data, rng: &mut SplitMix64, tongue: &Tongue<'_>) -> Vec<PartyLine> {
    // Some come without giving a name.
    if rng.percent(4) {
        return Vec::new();
    }
    let mut out = vec![person(data, rng, tongue, PartyRole::Applicant)];
    if rng.percent(7)
        && let Some(first) = out.first_mut()
    {
        first.organisation = rng.word(tongue.organisations);
    }
    if rng.percent(12) {
        out.push(person(data, rng, tongue, PartyRole::Represented));
    }
    if rng.percent(6) {
        out.push(person(data, rng, tongue, PartyRole::HouseholdMember));
    }
    out
}

fn person(data: &Data, rng: &mut SplitMix64, tongue: &Tongue<'_>, role: PartyRole) -> PartyLine {
    // Kazakh names are as usual among those who speak Russian at the desk.
    let names = if tongue.ru && rng.percent(45) { &data.people.kk } else { tongue.names };
    let female = rng.percent(58);
    let of = if female { &names.female } else { &names.male };
    PartyLine {
        role,
        surname: rng.word(&of.surname),
        given: rng.word(&of.given),
        patronymic: rng.word(&of.patronymic),
        iin: if rng.percent(80) { iin(rng, female) } else { String::new() },
        phone: if rng.percent(92) { phone(data, rng) } else { String::new() },
        organisation: String::new(),
    }
}

/// Born in 2099: no living person has it. The check digit is right.
fn iin(rng: &mut SplitMix64, female: bool) -> String {
    loop {
        let (month, day) = (1 + rng.below(12), 1 + rng.below(28));
        let century = if female { 6 } else { 5 };
        let eleven = format!("99{month:02}{day:02}{century}{:04}", rng.below(10_000));
        let digits: Vec<u64> = eleven.bytes().map(|b| u64::from(b - b'0')).collect();
        let sum = |shift: u64| {
            digits.iter().zip(0u64..).map(|(d, i)| d * ((i + shift) % 11 + 1)).sum::<u64>() % 11
        };
        let check = match sum(0) {
            10 => sum(2),
            c => c,
        };
        if check != 10 {
            return format!("{eleven}{check}");
        }
    }
}

/// A mobile number of a block that begins with zeros.
fn phone(data: &Data, rng: &mut SplitMix64) -> String {
    format!("+7{}000{:04}", rng.word(&data.people.mobile_codes), rng.below(10_000))
}

/// A working hour of the same day or of one soon after.
fn later(data: &Data, rng: &mut SplitMix64, before: DateTime<Utc>) -> DateTime<Utc> {
    let day = (before - data.window.from).num_days() + i64::try_from(rng.below(3)).unwrap_or(0);
    let minute = i64::try_from(rng.below(9 * 60)).unwrap_or(0);
    let at = data.window.from + Duration::days(day) + Duration::minutes(minute);
    if at > before { at } else { at + Duration::days(1) }
}

fn events(
    data: &Data,
    rng: &mut SplitMix64,
    tongue: &Tongue<'_>,
    opened_at: DateTime<Utc>,
    referred: bool,
) -> Vec<EventLine> {
    let count = rng.weighted(&data.counts).copied().unwrap_or(3);
    let mut at = opened_at;
    let mut out = Vec::new();
    for n in 0..count {
        let kind = loop {
            let Some(kind) = rng.weighted(&data.kinds) else { break None };
            // A case ends once, and only what was referred can be reminded of.
            let fits = match kind.kind.as_str() {
                "closed" => n + 1 == count,
                "reminder" => referred,
                _ => true,
            };
            if fits {
                break Some(kind);
            }
        };
        let Some(kind) = kind else { break };
        at = later(data, rng, at);
        let text = rng.word(if tongue.ru { &kind.ru } else { &kind.kk });
        out.push(EventLine { kind: kind.kind.clone(), at: Some(at), text });
    }
    out
}
