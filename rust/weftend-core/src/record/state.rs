//! What a recorder holds for one process: its writer, its counters, and what it refused.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::contract::EventContract;
use super::counter::Cell;
use super::event::{self, Event, EventCode, Refusal};
use super::settings::Settings;
use super::spool::{self, Writer};
use crate::canonical::Buffer;

/// What a recorder holds for one process.
#[derive(Debug)]
pub(super) struct State {
    writer: Writer,
    line: Buffer,
    refused: BTreeMap<EventCode, u64>,
    counters: Vec<Weak<Cell>>,
}

#[derive(Serialize)]
struct RefusedNote {
    refused: BTreeMap<&'static str, u64>,
    v: u8,
}

impl State {
    pub(super) fn new(settings: &Settings) -> Self {
        State {
            writer: new_writer(settings),
            line: Buffer::new(),
            refused: BTreeMap::new(),
            counters: Vec::new(),
        }
    }

    /// The state of a forked child of the process that this state belongs to. What the counters held is the
    /// parent's to spool, and so is what was refused.
    pub(super) fn of_child(&self, settings: &Settings) -> Self {
        for cell in self.counters() {
            cell.disown();
        }
        State {
            counters: self.counters.clone(),
            ..State::new(settings)
        }
    }

    pub(super) fn write(
        &mut self,
        contract: &EventContract,
        event: &Event<'_>,
    ) -> Result<(), Refusal> {
        self.line.truncate(0);
        let left_out = event::write_line(&mut self.line, contract, event)
            .map_err(|refusal| self.refuse(refusal))?;
        if self.writer.append(self.line.as_slice()).is_err() {
            return Err(self.refuse(EventCode::SpoolUnwritable.into()));
        }
        if left_out == 0 {
            return Ok(());
        }
        let unlisted = event
            .fields
            .iter()
            .find(|(name, _)| !contract.fields.iter().any(|field| field.name == *name));
        Err(self.refuse(Refusal {
            code: EventCode::FieldUnlisted,
            field: unlisted.map_or_else(String::new, |(name, _)| (*name).to_owned()),
        }))
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) -> Refusal {
        *self.refused.entry(refusal.code).or_default() += 1;
        refusal
    }

    /// Refusals travel in the spool, so that they reach the operator like events do, once.
    pub(super) fn write_refused(&mut self) -> Result<(), Refusal> {
        if self.refused.is_empty() {
            return Ok(());
        }
        let note = RefusedNote {
            refused: self
                .refused
                .iter()
                .map(|(code, count)| (code.as_str(), *count))
                .collect(),
            v: 0,
        };
        let written = spool::line(&note).and_then(|line| self.writer.append(&line));
        written.map_err(|_| Refusal::from(EventCode::SpoolUnwritable))?;
        self.refused.clear();
        Ok(())
    }

    /// Flush `cell` with every other from now on.
    pub(super) fn add_counter(&mut self, cell: &Arc<Cell>) {
        self.counters.retain(|counter| counter.strong_count() > 0);
        self.counters.push(Arc::downgrade(cell));
    }

    pub(super) fn counters(&self) -> Vec<Arc<Cell>> {
        self.counters.iter().filter_map(Weak::upgrade).collect()
    }

    /// End the recording: what is written next is another one.
    pub(super) fn renew(&mut self, settings: &Settings) {
        self.writer = new_writer(settings);
    }
}

fn new_writer(settings: &Settings) -> Writer {
    Writer::new(
        settings.spool.clone(),
        settings.limits,
        new_recording(),
        settings.producer.clone(),
    )
}

/// A random name for one process's recording, 32 lower-case hex digits; it never leaves the machine.
fn new_recording() -> String {
    let mut bytes = [0_u8; 16];
    if getrandom::fill(&mut bytes).is_err() {
        // Without randomness the clock and the process keep recordings apart on one machine.
        bytes = (u128::from(std::process::id()) << 96 | u128::from(now_ms().unsigned_abs()))
            .to_be_bytes();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Milliseconds since 1970 began; 0 before that.
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
