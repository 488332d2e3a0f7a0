//! Readers: files that other tools wrote, turned into contributions for a fold.

pub mod input;
pub mod issues;
mod json;
pub mod release;
