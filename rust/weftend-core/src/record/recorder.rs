//! The recorder: mode, contracts and spool behind one call that never fails its host.
//!
//! What goes wrong (a field out of bounds, a full disk, a broken contracts file) becomes a count that travels in
//! the spool to `weftend doctor`. The caller gets the refusal back as data and may ignore it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::Serialize;

use super::contract::{EventContract, EventContracts};
use super::control::{self, Mode};
use super::counter::{Cell, Counter};
use super::event::{self, Event, EventCode, FieldValue, Refusal};
use super::paths;
use super::spool::{self, Limits, Writer};
use crate::canonical::Buffer;

/// What a recorder is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How far what is recorded may go; [`Mode::Off`] records nothing.
    pub mode: Mode,
    /// The spool folder; made with the first event.
    pub spool: PathBuf,
    /// The bounds of the spool folder.
    pub limits: Limits,
    /// The program that records, such as `vox-mcp`.
    pub producer: Option<String>,
    /// The contracts in force, or why there are none.
    pub contracts: Result<Arc<EventContracts>, String>,
}

impl Settings {
    /// What this process's variables and files say, with the shipped contracts and those that `WEFTEND_CONTRACTS`
    /// names. Without a home the mode is [`Mode::Off`].
    pub fn of_process(producer: Option<String>) -> Self {
        let home = paths::home();
        let mode = control::decide(&paths::control_sources()).mode;
        Settings {
            mode: if home.is_some() { mode } else { Mode::Off },
            spool: home.map(|home| paths::spool(&home)).unwrap_or_default(),
            limits: Limits::default(),
            producer,
            contracts: load_contracts().map(Arc::new),
        }
    }
}

fn load_contracts() -> Result<EventContracts, String> {
    let mut contracts = EventContracts::from_json(crate::contracts::COMPILED)?;
    if let Some(path) = std::env::var_os("WEFTEND_CONTRACTS").filter(|path| !path.is_empty()) {
        let text = std::fs::read(path).map_err(|error| error.to_string())?;
        contracts.join(EventContracts::from_json(&text)?)?;
    }
    Ok(contracts)
}

/// Records events for one process. Clones share everything; any thread may use any of them.
#[derive(Clone, Debug)]
pub struct Recorder {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    on: AtomicBool,
    settings: Settings,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    writer: Writer,
    process: u32,
    line: Buffer,
    refused: BTreeMap<EventCode, u64>,
    counters: Vec<Weak<Cell>>,
}

#[derive(Serialize)]
struct RefusedNote {
    refused: BTreeMap<&'static str, u64>,
    v: u8,
}

impl Recorder {
    /// A recorder; nothing is created before the first event.
    pub fn new(settings: Settings) -> Self {
        let state = State {
            writer: new_writer(&settings),
            process: std::process::id(),
            line: Buffer::new(),
            refused: BTreeMap::new(),
            counters: Vec::new(),
        };
        Recorder {
            shared: Arc::new(Shared {
                on: AtomicBool::new(settings.mode != Mode::Off),
                settings,
                state: Mutex::new(state),
            }),
        }
    }

    /// Whether anything is recorded: one relaxed atomic load.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.shared.on.load(Ordering::Relaxed)
    }

    /// Record one event.
    ///
    /// `fields` in any order; those that the contract does not list are left out and counted. `session` has 1 to
    /// 512 characters, the type's convention where there is none.
    ///
    /// # Errors
    /// Why it was not recorded, or that fields were left out; the host may ignore it, it is counted.
    #[inline]
    pub fn record(
        &self,
        event_type: &str,
        fields: &[(&str, FieldValue<'_>)],
        value: Option<f64>,
        session: Option<&str>,
    ) -> Result<(), Refusal> {
        if !self.is_on() {
            return Ok(());
        }
        self.record_counted(event_type, fields, value, session, 1)
    }

    /// A handle that counts events of one type with fixed fields. Its contract is checked now; where it does not
    /// allow them the refusal is counted and the handle counts in vain.
    pub fn counter(
        &self,
        event_type: &str,
        fields: &[(&str, FieldValue<'_>)],
    ) -> (Counter, Result<(), Refusal>) {
        let checked = match self.is_on() {
            true => self
                .check(event_type, fields)
                .map_err(|refusal| self.state().refuse(refusal)),
            false => Ok(()),
        };
        let cell = Arc::new(Cell::new(event_type, fields));
        if self.is_on() && checked.is_ok() {
            let counters = &mut self.state().counters;
            counters.retain(|counter| counter.strong_count() > 0);
            counters.push(Arc::downgrade(&cell));
        }
        let recorder = checked.is_ok().then(|| self.clone());
        (Counter::new(cell, recorder), checked)
    }

    /// A handle that counts in vain, where a host language's wrapper refused what should be counted.
    pub fn counter_in_vain(&self, code: EventCode) -> (Counter, Result<(), Refusal>) {
        let refused = match self.is_on() {
            true => Err(self.refuse(code)),
            false => Ok(()),
        };
        (Counter::new(Arc::new(Cell::new("", &[])), None), refused)
    }

    /// Count a refusal that a host language's wrapper found, and give it back.
    pub fn refuse(&self, code: EventCode) -> Refusal {
        self.state().refuse(Refusal {
            code,
            field: String::new(),
        })
    }

    /// Spool what every counter holds and what was refused so far.
    ///
    /// # Errors
    /// The first refusal; the rest is still tried.
    pub fn flush(&self) -> Result<(), Refusal> {
        let cells: Vec<_> = self
            .state()
            .counters
            .iter()
            .filter_map(Weak::upgrade)
            .collect();
        let mut outcome = Ok(());
        for cell in cells {
            outcome = outcome.and(self.flush_cell(&cell));
        }
        outcome.and(self.state().write_refused())
    }

    /// Flush, and end the recording: its segment is closed, so that whoever reads the spool may take it; what is
    /// recorded after that is another recording.
    ///
    /// # Errors
    /// As [`Recorder::flush`].
    pub fn close(&self) -> Result<(), Refusal> {
        let outcome = self.flush();
        self.state().renew(&self.shared.settings);
        outcome
    }

    /// In a forked child: forget what the parent holds, so that it is spooled once, by the parent.
    pub fn after_fork_in_child(&self) {
        let mut state = self.state();
        for cell in state.counters.iter().filter_map(Weak::upgrade) {
            cell.take();
        }
        state.refused.clear();
        state.renew(&self.shared.settings);
    }

    pub(super) fn flush_cell(&self, cell: &Cell) -> Result<(), Refusal> {
        let count = cell.take();
        if count == 0 || !self.is_on() {
            return Ok(());
        }
        self.record_counted(&cell.event_type, &cell.borrowed_fields(), None, None, count)
    }

    fn record_counted(
        &self,
        event_type: &str,
        fields: &[(&str, FieldValue<'_>)],
        value: Option<f64>,
        session: Option<&str>,
        count: u64,
    ) -> Result<(), Refusal> {
        let event = Event {
            fields,
            value,
            session,
            at_ms: now_ms(),
            count,
        };
        let mut state = self.state();
        if state.process != std::process::id() {
            state.renew(&self.shared.settings);
        }
        let contract = self
            .contract(event_type)
            .map_err(|refusal| state.refuse(refusal))?;
        state.write(contract, &event)
    }

    fn contract(&self, event_type: &str) -> Result<&EventContract, Refusal> {
        let refuse = |code| Refusal {
            code,
            field: String::new(),
        };
        let contracts = self.shared.settings.contracts.as_ref();
        let contracts = contracts.map_err(|_| refuse(EventCode::ContractsInvalid))?;
        contracts
            .get(event_type)
            .ok_or_else(|| refuse(EventCode::TypeUnknown))
    }

    fn check(&self, event_type: &str, fields: &[(&str, FieldValue<'_>)]) -> Result<(), Refusal> {
        let event = Event {
            fields,
            value: None,
            session: None,
            at_ms: 0,
            count: 1,
        };
        event::write_line(&mut Buffer::new(), self.contract(event_type)?, &event).map(|_| ())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic while the lock was held leaves counts and a buffer, both sound.
        self.shared
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn write(&mut self, contract: &EventContract, event: &Event<'_>) -> Result<(), Refusal> {
        self.line.truncate(0);
        let left_out = event::write_line(&mut self.line, contract, event)
            .map_err(|refusal| self.refuse(refusal))?;
        if self.writer.append(self.line.as_slice()).is_err() {
            return Err(self.refuse(spool_unwritable()));
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

    fn refuse(&mut self, refusal: Refusal) -> Refusal {
        *self.refused.entry(refusal.code).or_default() += 1;
        refusal
    }

    /// Refusals travel in the spool, so that they reach the operator like events do, once.
    fn write_refused(&mut self) -> Result<(), Refusal> {
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
        written.map_err(|_| spool_unwritable())?;
        self.refused.clear();
        Ok(())
    }

    fn renew(&mut self, settings: &Settings) {
        self.writer = new_writer(settings);
        self.process = std::process::id();
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

fn spool_unwritable() -> Refusal {
    Refusal {
        code: EventCode::SpoolUnwritable,
        field: String::new(),
    }
}

fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

static PROCESS: OnceLock<Recorder> = OnceLock::new();

/// The process's own recorder, made from its variables and files with the first use.
pub fn process() -> &'static Recorder {
    PROCESS.get_or_init(|| Recorder::new(Settings::of_process(None)))
}

/// The process's recorder where one was made; makes none.
pub fn process_if_made() -> Option<&'static Recorder> {
    PROCESS.get()
}

/// Spools what the process's counters hold when it goes out of scope; see [`until_end`].
#[derive(Debug)]
#[must_use = "it spools what counters hold when it goes out of scope"]
pub struct UntilEnd(());

/// Hold the result in `main`: it spools what the process's counters hold when `main` ends, also by an error.
pub fn until_end() -> UntilEnd {
    UntilEnd(())
}

impl Drop for UntilEnd {
    fn drop(&mut self) {
        if let Some(recorder) = process_if_made() {
            // Nobody is left to tell; what was refused is counted on the spool where that can be written.
            let _ = recorder.flush();
        }
    }
}

/// Name the program that records; only the first call, before any event, has an effect.
///
/// # Errors
/// The process's recorder, where one was made before.
pub fn init(producer: &str) -> Result<&'static Recorder, &'static Recorder> {
    let mut made = false;
    let recorder = PROCESS.get_or_init(|| {
        made = true;
        Recorder::new(Settings::of_process(Some(producer.to_owned())))
    });
    if made { Ok(recorder) } else { Err(recorder) }
}

/// Record one usage event with the process's recorder: see [`Recorder::record`].
///
/// # Errors
/// As [`Recorder::record`]; safe to ignore.
pub fn record_usage_event(
    event_type: &str,
    fields: &[(&str, FieldValue<'_>)],
    value: Option<f64>,
    session: Option<&str>,
) -> Result<(), Refusal> {
    process().record(event_type, fields, value, session)
}

/// A counter of the process's recorder: see [`Recorder::counter`].
pub fn counter(event_type: &str, fields: &[(&str, FieldValue<'_>)]) -> Counter {
    process().counter(event_type, fields).0
}

/// Spool what the process's counters hold; call it before an orderly exit.
///
/// # Errors
/// As [`Recorder::flush`].
pub fn flush() -> Result<(), Refusal> {
    process().flush()
}
