//! The recorder: mode, contracts and spool behind one call that never fails its host.
//!
//! What goes wrong (a field out of bounds, a full disk, a broken contracts file) becomes a count that travels in
//! the spool to `weftend doctor`. The caller gets the refusal back as data and may ignore it.

use std::sync::{Arc, Mutex, PoisonError};

use super::contract::EventContract;
use super::control::Mode;
use super::counter::{Cell, Counter};
use super::event::{self, Event, EventCode, FieldValue, Refusal};
use super::per_process::{GENERATIONS, PerProcess};
use super::settings::Settings;
use super::state::{State, now_ms};
use crate::canonical::Buffer;

/// Records events for one process. Clones share everything; any thread may use any of them, and so may a forked
/// child, whose events are a recording of its own.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// Here and not behind the pointer, so that a call in mode `off` is one load.
    on: bool,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    /// A child may be forked while a thread holds its parent's lock, so it has one of its own.
    states: PerProcess<Mutex<Option<Box<State>>>>,
}

impl Recorder {
    /// A recorder; nothing is created before the first event.
    pub fn new(settings: Settings) -> Self {
        Recorder {
            on: settings.mode != Mode::Off,
            shared: Arc::new(Shared {
                settings,
                states: PerProcess::new([const { Mutex::new(None) }; GENERATIONS]),
            }),
        }
    }

    /// Whether anything is recorded: one load.
    #[inline]
    pub fn is_on(&self) -> bool {
        self.on
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
                .map_err(|refusal| self.note(refusal)),
            false => Ok(()),
        };
        let cell = Arc::new(Cell::new(event_type, fields));
        if self.is_on() && checked.is_ok() {
            // Without a place for its state a process counts, and spools nothing.
            let _ = self.with_state(|state| state.add_counter(&cell));
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
        self.note(code.into())
    }

    /// Spool what every counter holds and what was refused so far.
    ///
    /// # Errors
    /// The first refusal; the rest is still tried.
    pub fn flush(&self) -> Result<(), Refusal> {
        let mut outcome = Ok(());
        for cell in self.with_state(|state| state.counters())? {
            outcome = outcome.and(self.flush_cell(&cell));
        }
        outcome.and(self.with_state(State::write_refused)?)
    }

    /// Flush, and end the recording: its segment is closed, so that whoever reads the spool may take it; what is
    /// recorded after that is another recording.
    ///
    /// # Errors
    /// As [`Recorder::flush`].
    pub fn close(&self) -> Result<(), Refusal> {
        let outcome = self.flush();
        outcome.and(self.with_state(|state| state.renew(&self.shared.settings)))
    }

    /// In a forked child: forget what the parent holds, so that it is spooled once, by the parent.
    pub fn after_fork_in_child(&self) {
        if self.shared.states.claimed().next().is_some() {
            let _ = self.with_state(|_state| ());
        }
    }

    pub(super) fn flush_cell(&self, cell: &Arc<Cell>) -> Result<(), Refusal> {
        if cell.is_inherited() {
            cell.disown();
            return self.with_state(|state| state.add_counter(cell));
        }
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
        let contract = self
            .contract(event_type)
            .map_err(|refusal| self.note(refusal))?;
        self.with_state(|state| state.write(contract, &event))?
    }

    fn contract(&self, event_type: &str) -> Result<&EventContract, Refusal> {
        let contracts = self.shared.settings.contracts.as_ref();
        let contracts = contracts.map_err(|_| EventCode::ContractsInvalid)?;
        Ok(contracts.get(event_type).ok_or(EventCode::TypeUnknown)?)
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

    fn note(&self, refusal: Refusal) -> Refusal {
        self.with_state(|state| state.refuse(refusal))
            .unwrap_or_else(|refusal| refusal)
    }

    /// Do something with this process's state; refused where so many ancestors have one that none is left.
    fn with_state<R>(&self, act: impl FnOnce(&mut State) -> R) -> Result<R, Refusal> {
        let process = std::process::id();
        let place = self.shared.states.of(process);
        let place = place.ok_or(EventCode::SpoolUnwritable)?;
        // A panic while the lock was held leaves counts and a buffer, both sound.
        let mut state = place.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(act(state.get_or_insert_with(|| self.first_state(process))))
    }

    /// The state that a process begins with: a forked child goes on with its parent's counters, and lets go of the
    /// parent's segment. Where a thread of the parent held the lock at the fork, neither can be done.
    fn first_state(&self, process: u32) -> Box<State> {
        let settings = &self.shared.settings;
        let ancestors = self.shared.states.claimed();
        let parent = ancestors.filter(|(owner, _)| *owner != process).last();
        let inherited = parent
            .and_then(|(_, place)| place.try_lock().ok()?.take())
            .map(|state| state.of_child(settings));
        Box::new(inherited.unwrap_or_else(|| State::new(settings)))
    }
}
