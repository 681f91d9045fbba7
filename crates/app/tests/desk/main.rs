//! The officer's verbs through `Desk`: a desk's day, papers, files, plans, rounds, hall, practice. One program, because each would link the whole house again.
#![expect(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "tests")]

mod attachments;
mod bundle;

mod clerk;
mod command_list;
mod contact;
mod control;
mod controller;
mod copied;
mod correct;
mod desk_day;
mod hall;
mod knowledge;
mod mend;
mod moments;
mod moved;
mod owed;
mod papers;
mod plan;
mod previews;
mod published;
mod redirect;
mod referral_files;
mod restricted;
mod round;
mod round_files;
mod scan_folder;
mod scenarios;
mod shift;
mod spool;
mod status_page;
mod stick_files;
mod stick_guards;
mod tampering;
mod terms;
mod training;
mod travel;
mod tree;
mod typed;
mod undo;
mod undo_beside;
mod viewer;
mod vouch;
mod words;
