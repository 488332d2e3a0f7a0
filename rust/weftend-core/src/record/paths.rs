//! Where WeftEnd keeps what it keeps: one home for state, one file for wishes, one for policy.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::{env, io};

use super::control::{PolicyFile, Sources};

/// The folder of local state: `WEFTEND_HOME`, else `weftend` in the platform's folder for user data;
/// nothing where the platform names none.
pub fn home() -> Option<PathBuf> {
    variable("WEFTEND_HOME").or_else(|| Some(dirs::data_local_dir()?.join("weftend")))
}

/// The folder of a home's spool.
pub fn spool(home: &Path) -> PathBuf {
    home.join("spool")
}

/// Everything the mode depends on, as this process sees it.
pub fn control_sources() -> Sources {
    Sources {
        policy_files: policy_files(),
        config_file: config_file(),
        telemetry: env::var_os("WEFTEND_TELEMETRY"),
        do_not_track: env::var_os("DO_NOT_TRACK"),
    }
}

/// Where an organisation's policy may stand: the file that `WEFTEND_POLICY` names, and the platform's place.
pub fn policy_files() -> Vec<PolicyFile> {
    let named = variable("WEFTEND_POLICY").map(|path| PolicyFile { path, named: true });
    let site = site_folder().map(|folder| PolicyFile {
        path: folder.join("weftend").join("policy.json"),
        named: false,
    });
    named.into_iter().chain(site).collect()
}

/// The user's configuration file, `config.json` in the platform's folder for user configuration.
pub fn config_file() -> Option<PathBuf> {
    Some(
        dirs::config_local_dir()?
            .join("weftend")
            .join("config.json"),
    )
}

/// The platform's folder for site-wide configuration.
fn site_folder() -> Option<PathBuf> {
    if cfg!(target_os = "macos") {
        Some(PathBuf::from("/Library/Application Support"))
    } else if cfg!(windows) {
        variable("PROGRAMDATA")
    } else {
        let folders = env::var_os("XDG_CONFIG_DIRS").unwrap_or_default();
        let first = env::split_paths(&folders).find(|path| !path.as_os_str().is_empty());
        Some(first.unwrap_or_else(|| PathBuf::from("/etc/xdg")))
    }
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}

/// Opens a file that a person named. Where a pipe or a device stands there reading could wait for ever, so that it is
/// refused.
pub(super) fn open_file(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("is no regular file"));
    }
    File::open(path)
}
