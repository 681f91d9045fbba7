//! A region and its desks, bodies and people: every story runs over both engines.

mod admin;
mod backup;
mod bundle;
mod carried;
mod circles;
mod files;
mod futures;
mod given_back;
mod herd;
mod holes;
mod http;
mod numbers;
mod poison;
mod portal;
mod push;
mod quarantine;
mod rights;
mod status;
mod terms;
mod words;
