//! Shapes of what comes into a profile and goes out of it as files: cases of another system, and the list of a copy.

pub mod cases;
pub mod copies;
