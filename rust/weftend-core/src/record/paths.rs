//! Where WeftEnd keeps what it keeps: one home for state, one file for wishes, one for policy.

use std::env;
use std::path::PathBuf;

use super::control::Sources;

/// The folder of local state: `WEFTEND_HOME`, else `weftend` in the platform's folder for user data;
/// nothing where the platform names none.
pub fn home() -> Option<PathBuf> {
    variable("WEFTEND_HOME").or_else(|| Some(dirs::data_local_dir()?.join("weftend")))
}

/// The folder of a home's spool.
pub fn spool(home: &std::path::Path) -> PathBuf {
    home.join("spool")
}

/// Everything the mode depends on, as this process sees it.
pub fn control_sources() -> Sources {
    Sources {
        policy_file: policy_file(),
        config_file: config_file(),
        telemetry: env::var_os("WEFTEND_TELEMETRY"),
        do_not_track: env::var_os("DO_NOT_TRACK"),
    }
}

/// The organisation's policy file: `WEFTEND_POLICY`, else the platform's place for it.
pub fn policy_file() -> Option<PathBuf> {
    variable("WEFTEND_POLICY").or_else(platform_policy_file)
}

/// The user's configuration file, `config.json` in the platform's folder for user configuration.
pub fn config_file() -> Option<PathBuf> {
    Some(
        dirs::config_local_dir()?
            .join("weftend")
            .join("config.json"),
    )
}

fn platform_policy_file() -> Option<PathBuf> {
    if cfg!(target_os = "macos") {
        Some(PathBuf::from(
            "/Library/Application Support/weftend/policy.json",
        ))
    } else if cfg!(windows) {
        variable("PROGRAMDATA").map(|folder| folder.join("weftend").join("policy.json"))
    } else {
        Some(PathBuf::from("/etc/weftend/policy.json"))
    }
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
