//! WeftEnd release folders: what is counted in them, read whole or refused whole.
//!
//! | file | what it holds | observations |
//! |---|---|---|
//! | `release_manifest.json` | the release's own digests ([`Manifest`]); has to be there | none |
//! | `tartarus.jsonl` | a record a line | every line |
//! | `receipts/pulses.json` | an array of pulses | those of kind `CAP_DENY` |
//! | folders below `receipts/`, at most [`bounds::DEPTH`] deep | four documents of one run | every folder that has `safe_run_receipt.json` or `analysis/weftend_mint_v1.json` |
//!
//! Everything else is ignored. A known file that is broken is an issue with its place; all issues are collected
//! and then nothing is returned. Symbolic links are never followed: one in a known place is an issue, others are
//! counted and passed by. What a field holds never goes into an issue.

pub mod bounds;
mod fields;
mod found;
mod manifest;
mod observation;
mod pulses;
mod receipts;
mod run;
mod tartarus;

use std::path::Path;

use weftend_core::error::Issue;
use weftend_core::fold::{FoldError, Partial};

pub use manifest::Manifest;
pub use observation::{MAPS, REFS};

use crate::input::{Folder, Refusal};
use crate::issues::Issues;
use found::Found;
use observation::Observation;

/// How many observations of each kind there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Lines of `tartarus.jsonl`.
    pub tartarus: u64,
    /// Pulses of kind `CAP_DENY`.
    pub pulses: u64,
    /// Run folders.
    pub runs: u64,
}

/// A release folder, read whole.
#[derive(Clone)]
pub struct Reading {
    /// What the release calls itself.
    pub manifest: Manifest,
    /// The observations, each once.
    pub partial: Partial,
    /// Observations that were read, copies included.
    pub seen: Counts,
    /// Those of them that were copies of another: what the fold left out.
    pub copies: Counts,
    /// Symbolic links below `receipts/` that were passed by.
    pub links: u64,
}

/// Reads the release folder at `path` into a partial fold with the channels `channels`: any of [`MAPS`] and
/// [`REFS`]; what belongs to none of them is left out.
///
/// The same folder gives the same reading, however many threads there are.
///
/// # Errors
/// All that is wrong with the folder: [`Issues`] in their order.
pub fn read_release(path: &Path, channels: &[String]) -> Result<Reading, Issues> {
    let shown = path.display();
    let release = Folder::open(path).map_err(|refusal| refusal.issue(format!("{shown}#")))?;
    let (manifest, (tartarus, (pulses, runs))) = rayon::join(
        || manifest::read(&release),
        || rayon::join(|| tartarus::read(&release), || read_receipts(&release)),
    );
    let parts = [tartarus, pulses, runs];
    let mut issues = Issues::default();
    parts
        .iter()
        .for_each(|part| issues.merge(part.issues.clone()));
    match manifest {
        Ok(manifest) if issues.is_empty() => fold(manifest, parts, channels),
        Ok(_) => Err(issues),
        Err(refused) => {
            issues.merge(refused);
            Err(issues)
        }
    }
}

fn read_receipts(release: &Folder) -> (Found, Found) {
    const PATH: &str = "receipts";
    match release.folder(c"receipts") {
        Ok(receipts) => (
            pulses::read(&receipts, PATH),
            receipts::read_runs(receipts, PATH),
        ),
        Err(Refusal::Missing) => (Found::default(), Found::default()),
        Err(refusal) => (
            Found::refused(refusal.issue(format!("{PATH}#"))),
            Found::default(),
        ),
    }
}

fn fold(manifest: Manifest, parts: [Found; 3], channels: &[String]) -> Result<Reading, Issues> {
    let mut filling = Filling::new(channels)?;
    let [tartarus, pulses, runs] = parts;
    let links = runs.links;
    let (tartarus, pulses, runs) = (
        filling.add_all(tartarus)?,
        filling.add_all(pulses)?,
        filling.add_all(runs)?,
    );
    filling.partial.settle();
    Ok(Reading {
        manifest,
        partial: filling.partial,
        seen: Counts {
            tartarus: tartarus.0,
            pulses: pulses.0,
            runs: runs.0,
        },
        copies: Counts {
            tartarus: tartarus.1,
            pulses: pulses.1,
            runs: runs.1,
        },
        links,
    })
}

/// The partial that is being filled, and which of its channels each of ours is.
struct Filling {
    partial: Partial,
    places: [Option<usize>; MAPS.len() + REFS.len()],
}

impl Filling {
    fn new(channels: &[String]) -> Result<Self, Issues> {
        let place = |name: &str| channels.iter().position(|channel| channel == name);
        let [a, b, c] = MAPS.map(place);
        let [d, e] = REFS.map(place);
        let partial = Partial::new(channels.to_vec()).map_err(refused)?;
        Ok(Filling {
            partial,
            places: [a, b, c, d, e],
        })
    }

    /// Adds each observation once; how many there were, and how many of them were copies.
    fn add_all(&mut self, found: Found) -> Result<(u64, u64), Issues> {
        let mut observations = found.observations;
        let seen = observations.len();
        observations.sort_unstable_by_key(|observation| observation.unit);
        observations.dedup_by_key(|observation| observation.unit);
        for observation in &observations {
            self.add(observation).map_err(refused)?;
        }
        Ok((seen as u64, (seen - observations.len()) as u64))
    }

    fn add(&mut self, observation: &Observation) -> Result<(), FoldError> {
        let unit = &observation.unit;
        self.partial.touch(unit)?;
        for (channel, key) in &observation.keys {
            if let Some(place) = self.places.get(*channel as usize).copied().flatten() {
                self.partial.add(unit, unit, place, key, 1)?;
            }
        }
        self.partial.end_record();
        Ok(())
    }
}

fn refused(error: FoldError) -> Issues {
    Issue {
        code: error.code(),
        path: String::new(),
        message: error.to_string(),
    }
    .into()
}
