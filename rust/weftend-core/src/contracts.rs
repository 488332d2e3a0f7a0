//! The contracts that ship with WeftEnd: stream definitions, event contracts, vocabularies, in compiled form.

/// The compiled contracts, schema `weftend.contracts/0`: canonical JSON and one newline, the same bytes that the
/// Python package ships.
pub static COMPILED: &[u8] = include_bytes!("../contracts/compiled.json");
