//! What the station does: visit, case, referral, task, party, number, calendar, policy, events and their fold.
//!
//! Pure: no I/O, no clock, no async, no SQL. Time, ids and randomness are arguments.

pub mod answer;
pub mod aside;
pub mod attached;
pub mod audience;
pub mod calendar;
pub mod calendars;
pub mod case;
pub mod catalog;
pub mod closing;
pub mod deadline;
pub mod event;
pub mod extension;
pub mod fold;
pub mod ids;
pub mod iin;
pub mod knowledge;
pub mod ladder;
pub mod leaving;
pub mod look;
pub mod moments;
pub mod name;
pub mod number;
pub mod owed_list;
pub mod person;
pub mod phone;
pub mod plan;
pub mod policy;
pub mod priority;
pub mod publication;
pub mod queue;
pub mod recount;
pub mod reply;
pub mod round;
pub mod said;
pub mod shift;
pub mod suggest;
pub mod text;
pub mod training;
pub mod undo;
pub mod who;
