//! Readers: files that other tools wrote, turned into contributions for a fold.

pub mod ci;
pub mod github;
pub mod gotest;
mod ijson;
pub mod input;
pub mod issues;
mod json;
pub mod junit;
pub mod keys;
pub mod ndjson;
pub mod refusal;
pub mod release;
pub mod sarif;
mod sha256;
pub mod testrun;
pub mod units;
