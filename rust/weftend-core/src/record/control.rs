//! Who decides whether usage is recorded, and how far it may go.
//!
//! Four layers may speak: the organisation's policy file, the user's configuration file, `WEFTEND_TELEMETRY`
//! and `DO_NOT_TRACK`. The most private of all that are set wins; with none set the mode is [`Mode::Local`].
//! A layer that cannot be read counts as [`Mode::Off`]: a broken wish for privacy is not permission.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::mode_file;

/// How far recorded events may go, from the most private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Nothing is recorded: no write, no folder.
    Off,
    /// Events are recorded and stay on this machine.
    Local,
    /// What was recorded may also be released or exported, by an explicit command.
    Export,
}

impl Mode {
    /// The word for this mode in files, variables and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Off => "off",
            Mode::Local => "local",
            Mode::Export => "export",
        }
    }

    /// The mode that `word` names, or nothing.
    pub fn parse(word: &str) -> Option<Mode> {
        [Mode::Off, Mode::Local, Mode::Export]
            .into_iter()
            .find(|mode| mode.as_str() == word)
    }
}

/// Where a wish about the mode can stand, in order of report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// The organisation's policy file.
    Organisation,
    /// The user's configuration file.
    User,
    /// The variable `WEFTEND_TELEMETRY`.
    Environment,
    /// The variable `DO_NOT_TRACK`, with any value but empty or `0`.
    DoNotTrack,
    /// Nobody said anything.
    Default,
}

impl Layer {
    /// The stable name of this layer in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Layer::Organisation => "organisation",
            Layer::User => "user",
            Layer::Environment => "environment",
            Layer::DoNotTrack => "do-not-track",
            Layer::Default => "default",
        }
    }
}

/// What one layer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Which layer.
    pub layer: Layer,
    /// The file or variable it was read from.
    pub source: String,
    /// Its mode, if it is set; [`Mode::Off`] where it is set and cannot be understood.
    pub mode: Option<Mode>,
    /// Why it could not be understood, in words.
    pub problem: Option<String>,
}

/// The mode in force, which layer decided, and what every layer said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The mode in force.
    pub mode: Mode,
    /// The first layer, in order of report, that asks for this mode.
    pub layer: Layer,
    /// Every layer that was looked at.
    pub readings: Vec<Reading>,
}

/// What the decision depends on: variables and files.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// The organisation's policy files; all that are there hold.
    pub policy_files: Vec<PolicyFile>,
    /// The user's configuration file, whether it exists or not.
    pub config_file: Option<PathBuf>,
    /// The value of `WEFTEND_TELEMETRY`.
    pub telemetry: Option<OsString>,
    /// The value of `DO_NOT_TRACK`.
    pub do_not_track: Option<OsString>,
}

/// A place where an organisation's policy may stand.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// Where.
    pub path: PathBuf,
    /// Whether somebody named it, so that its absence is a mistake.
    pub named: bool,
}

/// The mode in force under `sources`: the most private of all that are set.
pub fn decide(sources: &Sources) -> Decision {
    let policies = sources.policy_files.iter();
    let mut readings: Vec<_> = policies
        .map(|file| read_file(Layer::Organisation, &file.path, file.named))
        .collect();
    readings.extend(
        sources
            .config_file
            .iter()
            .map(|path| read_file(Layer::User, path, false)),
    );
    readings.push(read_variable(sources.telemetry.as_ref()));
    readings.push(read_do_not_track(sources.do_not_track.as_ref()));
    let mode = readings.iter().filter_map(|reading| reading.mode).min();
    let layer = readings
        .iter()
        .find(|reading| mode.is_some() && reading.mode == mode)
        .map_or(Layer::Default, |reading| reading.layer);
    Decision {
        mode: mode.unwrap_or(Mode::Local),
        layer,
        readings,
    }
}

fn read_file(layer: Layer, path: &Path, must_exist: bool) -> Reading {
    let (mode, problem) = match mode_file::read(path, must_exist) {
        Ok(mode) => (mode, None),
        Err(problem) => (Some(Mode::Off), Some(problem)),
    };
    Reading {
        layer,
        source: path.display().to_string(),
        mode,
        problem,
    }
}

fn read_variable(value: Option<&OsString>) -> Reading {
    let word = value.map(|value| value.to_string_lossy().trim().to_ascii_lowercase());
    let set = word.filter(|word| !word.is_empty());
    let parsed = set.as_deref().map(Mode::parse);
    Reading {
        layer: Layer::Environment,
        source: "WEFTEND_TELEMETRY".to_owned(),
        mode: parsed.map(|mode| mode.unwrap_or(Mode::Off)),
        problem: (parsed == Some(None)).then(|| "not one of off, local, export".to_owned()),
    }
}

fn read_do_not_track(value: Option<&OsString>) -> Reading {
    let set = value.is_some_and(|value| !value.is_empty() && value != "0");
    Reading {
        layer: Layer::DoNotTrack,
        source: "DO_NOT_TRACK".to_owned(),
        mode: set.then_some(Mode::Off),
        problem: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sources(telemetry: Option<&str>, do_not_track: Option<&str>) -> Sources {
        Sources {
            telemetry: telemetry.map(OsString::from),
            do_not_track: do_not_track.map(OsString::from),
            ..Sources::default()
        }
    }

    const BROKEN: [(&str, &str); 8] = [
        ("floor-word", r#"{"minimumFloor":"x"}"#),
        ("floor-0", r#"{"minimumFloor":0}"#),
        ("days-word", r#"{"retention":{"t":"x"}}"#),
        ("days-most", r#"{"retention":{"t":36501}}"#),
        ("torn", "{"),
        ("word", r#"{"mode":"loud"}"#),
        ("twice", r#"{"mode":"off","mode":"local"}"#),
        ("misspelt", r#"{"mod":"off"}"#),
    ];

    fn policy(path: PathBuf, named: bool) -> Sources {
        Sources {
            policy_files: vec![PolicyFile { path, named }],
            ..Sources::default()
        }
    }

    fn file(name: &str, text: &str) -> PathBuf {
        let path =
            std::env::temp_dir().join(format!("weftend-control-{}-{name}", std::process::id()));
        std::fs::write(&path, text).expect("the temporary folder takes a file");
        path
    }

    #[test]
    fn nobody_said_anything_means_local() {
        let decision = decide(&Sources::default());
        assert_eq!(
            (decision.mode, decision.layer),
            (Mode::Local, Layer::Default)
        );
    }

    #[test]
    fn the_most_private_layer_wins_wherever_it_stands() {
        let organisation = file("policy", r#"{"mode":"export"}"#);
        let config = file("config", r#"{"mode":"local"}"#);
        let mut all = sources(Some("export"), None);
        all.policy_files = vec![PolicyFile {
            path: organisation,
            named: false,
        }];
        all.config_file = Some(config);
        let decision = decide(&all);
        assert_eq!((decision.mode, decision.layer), (Mode::Local, Layer::User));
        all.do_not_track = Some("1".into());
        let decision = decide(&all);
        assert_eq!(
            (decision.mode, decision.layer),
            (Mode::Off, Layer::DoNotTrack)
        );
    }

    #[test]
    fn do_not_track_counts_with_any_value_but_empty_or_zero() {
        for (value, mode) in [
            ("", Mode::Local),
            ("0", Mode::Local),
            ("1", Mode::Off),
            ("no", Mode::Off),
        ] {
            assert_eq!(decide(&sources(None, Some(value))).mode, mode, "{value:?}");
        }
    }

    #[test]
    fn what_cannot_be_understood_is_off_and_says_why() {
        let decision = decide(&sources(Some("loud"), None));
        assert_eq!(
            (decision.mode, decision.layer),
            (Mode::Off, Layer::Environment)
        );
        for (name, text) in BROKEN {
            let decision = decide(&policy(file(name, text), false));
            assert_eq!(
                (decision.mode, decision.layer),
                (Mode::Off, Layer::Organisation),
                "{text}"
            );
            assert!(decision.readings[0].problem.is_some());
        }
    }

    #[test]
    fn numbers_are_read_as_canonical_json_has_them() {
        let text = r#"{"minimumFloor":1e2,"retention":{"t":0.0},"mode":"export"}"#;
        let decision = decide(&policy(file("numbers", text), false));
        assert_eq!(decision.mode, Mode::Export);
    }

    #[test]
    fn only_a_file_that_somebody_named_must_be_there() {
        let missing = std::env::temp_dir().join("weftend-control-missing");
        assert_eq!(decide(&policy(missing.clone(), false)).mode, Mode::Local);
        assert_eq!(decide(&policy(missing, true)).mode, Mode::Off);
    }

    #[test]
    fn a_file_without_a_mode_says_nothing() {
        let decision = decide(&policy(file("floor", r#"{"minimumFloor":200}"#), false));
        assert_eq!(
            (decision.mode, decision.layer),
            (Mode::Local, Layer::Default)
        );
    }
}
