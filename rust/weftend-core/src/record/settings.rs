//! What a recorder is made of.

use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use super::contract::EventContracts;
use super::control::{self, Mode};
use super::paths;
use super::spool::Limits;

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
        let mut text = Vec::new();
        paths::open_file(path.as_ref())
            .and_then(|mut file| file.read_to_end(&mut text))
            .map_err(|error| error.to_string())?;
        contracts.join(EventContracts::from_json(&text)?)?;
    }
    Ok(contracts)
}
