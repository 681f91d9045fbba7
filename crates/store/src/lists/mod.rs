//! What screens read. Every question takes the officer who asks and hides what he may not know of.

mod aside;
mod board;
mod case;
mod counts;
mod hall;
mod home;
mod lines;
mod past;
mod period;
mod person;
mod record;
mod route;
mod similar;
pub(crate) mod strange;
mod unsent;

pub use aside::{
    answered_by, confirmed, day, days, owed_lists, place, places, shift, shifts, taken_since,
};
pub use board::{Board, ControlPage, Only, Place, Queue, control};
pub use case::{
    Happening, case_events, case_state, find_by_number, happenings, refused_count, visible,
};
pub use counts::{BodyOwes, QueueCounts, bodies_owe, counts, moved};
pub use hall::{Waiting, hall, next_ticket, ticket_circle};
pub use home::{Reception, reception};
pub use lines::{CaseLine, ObligationBody, OwedLine, ReferralBrief, case_line};
pub use past::past_cases;
pub use period::{alive_between, opened_between};
pub use person::{Alike, KeptWord, Linked, PersonCase, PersonFound, person};
pub use record::{AnswerRecord, answer_record};
pub use route::past_routes;
pub use similar::{SimilarLine, SimilarQuery, SimilarWhy, similar};
pub use unsent::{RefusedLine, WaitingLine, WaitingLines, refused, set_aside, unapplied, waiting};

pub(crate) use lines::case_line_of;
pub(crate) use record::write_answer_times;
pub(crate) use route::write_past_routes;
