//! Reading the mode out of a policy or configuration file; one that cannot be understood is an error in words.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::Path;

use serde::Deserialize;

use super::control::Mode;
use super::paths;

/// The largest policy or configuration file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 65_536;

/// The greatest floor that an organisation may ask for, in units.
const MAX_FLOOR: u32 = 1_000_000;
/// The most days that an organisation may let rows stay.
const MAX_DAYS: u32 = 36_500;

/// The settings of a policy or configuration file; a name that is not known may be a misspelt demand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettingsFile {
    mode: Option<Mode>,
    #[serde(rename = "minimumFloor")]
    minimum_floor: Option<u32>,
    retention: Option<BTreeMap<String, u32>>,
}

impl SettingsFile {
    /// The mode, where every setting is within its bounds.
    fn mode(self) -> Result<Option<Mode>, String> {
        let floor = self.minimum_floor.unwrap_or(1);
        if !(1..=MAX_FLOOR).contains(&floor) {
            return Err(format!("minimumFloor is not from 1 to {MAX_FLOOR}"));
        }
        let mut days = self.retention.iter().flat_map(BTreeMap::values);
        if days.any(|days| *days > MAX_DAYS) {
            return Err(format!("retention has days beyond {MAX_DAYS}"));
        }
        Ok(self.mode)
    }
}

/// The mode that the file at `path` sets, if it sets one; where it `must_exist`, its absence is an error too.
pub(super) fn read(path: &Path, must_exist: bool) -> Result<Option<Mode>, String> {
    let absent = |kind| matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory);
    let file = match paths::open_file(path) {
        Ok(file) => file,
        Err(error) if !must_exist && absent(error.kind()) => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut text = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut text)
        .map_err(|error| error.to_string())?;
    if text.len() as u64 > MAX_FILE_BYTES {
        return Err(format!("larger than {MAX_FILE_BYTES} bytes"));
    }
    crate::canonical::canonicalize_text(&text)
        .map_err(|error| error.to_string())
        .and_then(|text| {
            serde_json::from_slice::<SettingsFile>(&text).map_err(|error| error.to_string())
        })
        .and_then(SettingsFile::mode)
}
