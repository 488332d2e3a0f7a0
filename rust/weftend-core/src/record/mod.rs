//! Recording usage events, under a contract, with the user in control.
//!
//! [`control`] decides whether anything is recorded, [`contract`] says what an event may carry, [`event`] checks
//! and redacts it into one canonical line, [`spool`] keeps the lines, [`recorder`] joins them and
//! never fails its host, [`process`] has the one recorder of a process, [`counter`] counts on hot paths, [`read`] reads
//! segments back.
//!
//! This module is the crate's only one that reads variables, files and the clock.

pub mod contract;
pub mod control;
pub mod counter;
pub mod event;
mod mode_file;
pub mod paths;
mod per_process;
pub mod process;
pub mod read;
pub mod recorder;
pub mod settings;
pub mod spool;
mod state;

pub use contract::{EventContract, EventContracts};
pub use control::{Decision, Mode};
pub use counter::Counter;
pub use event::{EventCode, FieldValue, Refusal};
pub use process::{after_fork_in_child, counter, flush, init, record_usage_event, until_end};
pub use recorder::Recorder;
pub use settings::Settings;
