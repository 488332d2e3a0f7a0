//! Recording in Rust against `tracing` with its JSON layer, an uncontended `fetch_add` and a relaxed load.
//!
//! Both sides of a job run in turns; the figure is the median of the ratios of their times.

use std::fs::{self, File};
use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use weftend_core::record::spool::Limits;
use weftend_core::record::{
    EventContracts, FieldValue, Mode, Recorder, Settings, record_usage_event,
};

const ROUNDS: usize = 41;
const FIELDS: [(&str, FieldValue<'_>); 4] = [
    ("suite", FieldValue::Text("parse")),
    ("unit", FieldValue::Text("ms")),
    ("iterations", FieldValue::Integer(30)),
    ("warm", FieldValue::Boolean(true)),
];

fn main() {
    if let Some(home) = std::env::args().nth(1) {
        return off(Path::new(&home));
    }
    let folder = std::env::temp_dir().join(format!("bench-recording-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the bench");
    println!(
        "{:<16}{:<28}{:>7}{:>7}{:>10}{:>10}",
        "job", "against", "ratio", "reach", "ours ns", "theirs ns"
    );
    on(&folder);
    off_in_a_process_of_its_own(&folder);
    inc(&folder);
    let _ = fs::remove_dir_all(&folder);
}

fn recorder(spool: &Path, mode: Mode) -> Recorder {
    Recorder::new(Settings {
        mode,
        spool: spool.to_owned(),
        limits: Limits::default(),
        producer: Some("vox-cli".to_owned()),
        contracts: EventContracts::from_json(weftend_core::contracts::COMPILED).map(Arc::new),
    })
}

fn record(recorder: &Recorder) {
    let recorded = black_box(recorder).record("benchmark_event", &FIELDS, Some(12.5), None);
    black_box(recorded.is_ok());
}

fn on(folder: &Path) {
    let recorder = recorder(&folder.join("on"), Mode::Local);
    let log = folder.join("tracing.log");
    let file = Mutex::new(File::create(&log).expect("a log file"));
    let subscriber = tracing_subscriber::fmt().json().with_writer(file).finish();
    let trace = || {
        tracing::info!(name: "benchmark_event", suite = "parse", unit = "ms", iterations = 30, warm = true, value = 12.5);
    };
    tracing::subscriber::with_default(subscriber, || {
        record(&recorder);
        trace();
        let spooled = last_line(&first_file(&folder.join("on")));
        assert_eq!(
            (&spooled["fields"]["suite"], &spooled["value"]),
            (&"parse".into(), &12.5.into())
        );
        assert_eq!(last_line(&log)["fields"]["suite"], "parse");
        measure(
            "record, on",
            "tracing, JSON layer",
            1.0,
            2_000,
            || record(&recorder),
            trace,
        );
    });
}

/// The process's mode is decided once, so what is measured in mode `off` runs in a process of its own.
fn off_in_a_process_of_its_own(folder: &Path) {
    let home = folder.join("off");
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .arg(&home)
        .env("WEFTEND_HOME", &home)
        .env("WEFTEND_TELEMETRY", "off");
    assert!(command.status().expect("this program").success());
    assert!(!home.exists());
}

fn off(home: &Path) {
    let call = || {
        let done = record_usage_event("benchmark_event", &FIELDS, Some(12.5), None);
        black_box(done.is_ok());
    };
    call();
    assert!(!home.exists());
    // A static, as the flag of the process is: what stands elsewhere would have to be found first.
    static FLAG: AtomicBool = AtomicBool::new(false);
    let load = || {
        black_box(FLAG.load(Ordering::Relaxed));
    };
    measure(
        "record, off",
        "relaxed atomic load",
        0.5,
        2_000_000,
        call,
        load,
    );
    let recorder = recorder(home, Mode::Off);
    measure(
        "Recorder, off",
        "relaxed atomic load",
        0.5,
        2_000_000,
        || record(&recorder),
        load,
    );
}

fn inc(folder: &Path) {
    let recorder = recorder(&folder.join("inc"), Mode::Local);
    let (counter, checked) = recorder.counter("benchmark_event", &FIELDS);
    checked.expect("the contract allows it");
    counter.inc(3);
    counter.flush().expect("it is spooled");
    assert_eq!(last_line(&first_file(&folder.join("inc")))["n"], 3);
    let bare = AtomicU64::new(0);
    let add = || {
        black_box(black_box(&bare).fetch_add(1, Ordering::Relaxed));
    };
    measure(
        "counter inc",
        "fetch_add",
        0.5,
        2_000_000,
        || black_box(&counter).inc(1),
        add,
    );
}

fn first_file(folder: &Path) -> std::path::PathBuf {
    let mut entries = fs::read_dir(folder).expect("a spool");
    entries
        .next()
        .expect("a segment")
        .expect("a segment")
        .path()
}

fn last_line(path: &Path) -> serde_json::Value {
    let text = fs::read_to_string(path).expect("a file of lines");
    serde_json::from_str(text.lines().last().unwrap_or_default()).expect("a line of JSON")
}

fn measure(job: &str, against: &str, reach: f64, count: u32, ours: impl Fn(), theirs: impl Fn()) {
    let mut rounds: Vec<_> = (0..ROUNDS)
        .map(|_| (time(count, &ours), time(count, &theirs)))
        .collect();
    rounds.sort_by(|a, b| (a.1 / a.0).total_cmp(&(b.1 / b.0)));
    let (here, there) = rounds[ROUNDS / 2];
    let ratio = there / here;
    println!("{job:<16}{against:<28}{ratio:>7.2}{reach:>7}{here:>10.1}{there:>10.1}");
}

fn time(count: u32, call: &impl Fn()) -> f64 {
    let start = Instant::now();
    for _ in 0..count {
        call();
    }
    start.elapsed().as_nanos() as f64 / f64::from(count)
}
