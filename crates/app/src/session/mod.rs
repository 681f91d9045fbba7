//! Who works at the desk: first run, sign-in, lock, officers, settings.

pub mod contacts;
pub mod create;
pub mod mend;
pub mod open;
pub mod settings;
pub mod typed;
pub mod vouch;
