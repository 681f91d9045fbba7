//! The hall's queue: a ticket, the few words heard at the door, and what of them may be kept.

use crate::case::CaseState;
use crate::catalog::{Catalog, circle_with_flags};
use crate::event::{Body, Envelope};
use crate::ids::{CategoryCode, Circle, DeviceId, OfficerId};
use crate::suggest::{FlagRoute, History, Suggestion, suggest};
use crate::text::normalize_input;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Longest first words, in characters: a theme, not the story.
pub const WORDS_CHARS_MAX: usize = 200;
/// Longest name, in characters.
const NAME_CHARS_MAX: usize = 80;
/// Letters of desks, as they are called out in the hall: none that sounds or looks like a figure or
/// like another one.
const LETTERS: &[char] = &[
    'А', 'Б', 'В', 'Г', 'Д', 'Е', 'Ж', 'И', 'К', 'Л', 'М', 'Н', 'П', 'Р', 'С', 'Т', 'У', 'Ф', 'Х',
    'Ц', 'Ш', 'Э', 'Ю', 'Я',
];

/// What is known of somebody in the hall before the intake. Nothing is mandatory.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct QueueAbout {
    /// First words, a line; empty when they speak of a crime, whose content does not live here.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub words: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// What it may be about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// Red flags, codes of [`crate::suggest::red_flag_codes`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
}

/// A place in the queue, as its events add up to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ticket {
    /// The letter of the desk that gave it.
    pub desk: String,
    /// The desk's n-th ticket of the day.
    pub n: u32,
    pub language: String,
    pub urgent: bool,
    pub about: QueueAbout,
    pub joined_at: DateTime<Utc>,
    /// The latest call; a call does not end the waiting, leaving does.
    pub called: Option<Called>,
    /// `served`, `gone`, `mistake`.
    pub left: Option<String>,
}

/// Who called the ticket, and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Called {
    pub at: DateTime<Utc>,
    pub by: OfficerId,
}

impl CaseState {
    /// True for a stream that is only a place in the queue: no list of visits or cases shows it.
    #[must_use]
    pub fn is_ticket(&self) -> bool {
        self.ticket.is_some() && self.visits.is_empty() && self.number.is_none()
    }
}

/// What one event does to the ticket. Without a ticket only joining does anything.
pub(crate) fn apply(ticket: &mut Option<Ticket>, e: &Envelope, body: Body) {
    match (ticket, body) {
        (ticket @ None, Body::QueueJoined(b)) => {
            *ticket = Some(Ticket {
                desk: b.desk,
                n: b.n,
                language: b.language,
                urgent: b.urgent,
                about: QueueAbout::default(),
                joined_at: e.occurred_at,
                called: None,
                left: None,
            });
        }
        (Some(t), Body::QueueTold(b)) => t.about = b.about,
        (Some(t), Body::QueueCalled(_)) => {
            t.called = Some(Called { at: e.occurred_at, by: e.actor_id });
        }
        (Some(t), Body::QueueLeft(b)) => {
            t.left.get_or_insert(b.how);
        }
        _ => {}
    }
}

/// What of the first words is kept, how urgent it is, and who may know of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Heard {
    pub about: QueueAbout,
    pub urgent: bool,
    /// Of [`Heard::about`]; the ticket itself is open: a person in the hall is no secret, the matter is.
    pub circle: Circle,
    /// The words speak of a crime: they are not kept (`settled.md` 2), the sign is.
    pub words_dropped: bool,
}

/// Judges what the consultant typed. When in doubt whether a matter is restricted, it is.
#[must_use]
pub fn hear(
    catalog: &Catalog,
    words: &str,
    name: &str,
    category: Option<CategoryCode>,
    urgent: bool,
) -> Heard {
    let words = line(words, WORDS_CHARS_MAX);
    let found = suggest(catalog, &words, &History::default());
    let flags: Vec<&str> = found.red_flags.iter().map(|f| f.code.as_str()).collect();
    let circle = circle_of(&found, category.as_ref());
    let route = |wanted: FlagRoute| found.red_flags.iter().any(|f| f.route == wanted);
    let crime = route(FlagRoute::Register);
    Heard {
        urgent: urgent || crime || route(FlagRoute::Emergency),
        words_dropped: crime && !words.is_empty(),
        about: QueueAbout {
            words: if crime { String::new() } else { words },
            name: line(name, NAME_CHARS_MAX),
            category,
            flags: flags.into_iter().map(str::to_owned).collect(),
        },
        circle,
    }
}

/// Who may know of a matter that nobody has judged yet, from its words and the category chosen so far.
/// When in doubt whether it is restricted, it is.
#[must_use]
pub fn circle_of_words(catalog: &Catalog, words: &str, category: Option<&CategoryCode>) -> Circle {
    circle_of(&suggest(catalog, words, &History::default()), category)
}

fn circle_of(found: &Suggestion, category: Option<&CategoryCode>) -> Circle {
    let flags: Vec<&str> = found.red_flags.iter().map(|f| f.code.as_str()).collect();
    let guess = found.categories.first().map(|c| c.code.as_str()).unwrap_or_default();
    let chosen = category.map_or("", |c| c.as_str());
    let home = flags.iter().any(|f| matches!(*f, "afraid_home" | "sexual_violence"));
    circle_with_flags(chosen, &flags)
        .or_else(|| circle_with_flags(guess, &flags))
        .or(home.then_some("dv"))
        .map_or_else(Circle::open, |c| Circle(c.to_owned()))
}

/// The letter of a station's n-th desk, from 0: `А`, `Б`, … , then two letters. Never the same for
/// two desks.
#[must_use]
pub fn desk_letter(n: u32) -> String {
    let count = u32::try_from(LETTERS.len()).unwrap_or(u32::MAX);
    let letter = |i: u32| LETTERS.get(usize::try_from(i).unwrap_or(0)).copied().unwrap_or('А');
    let (first, last) = (n / count, letter(n % count));
    if first == 0 { last.to_string() } else { format!("{}{last}", desk_letter(first - 1)) }
}

/// The mark of a desk that joined a region and was not told its letter yet: three letters from its
/// id, which the letters given by a region do not reach.
#[must_use]
pub fn provisional_letter(device: DeviceId) -> String {
    let count = u32::try_from(LETTERS.len()).unwrap_or(u32::MAX);
    let three = count + count * count;
    let [.., a, b, c, d] = *device.0.as_bytes();
    desk_letter(three + u32::from_be_bytes([a, b, c, d]) % count.pow(3))
}

/// A ticket as it is called out: `Б-7`; `7` at a desk without a letter.
#[must_use]
pub fn label(desk: &str, n: u32) -> String {
    if desk.is_empty() { n.to_string() } else { format!("{desk}-{n}") }
}

/// One line without control characters, at most so long.
fn line(text: &str, chars_max: usize) -> String {
    let text = normalize_input(text);
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().take(chars_max).collect::<String>().trim_end().to_owned()
}
