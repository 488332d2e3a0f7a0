//! A host that forks while its threads record: no child may wait for a lock that a thread of its parent holds.
#![cfg(unix)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use weftend_core::contracts::COMPILED;
use weftend_core::record::spool::Limits;
use weftend_core::record::{EventContracts, Mode, Recorder, Settings};

const FORKS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(20);

fn recorder(spool: &Path) -> Recorder {
    Recorder::new(Settings {
        mode: Mode::Local,
        spool: spool.to_owned(),
        limits: Limits::default(),
        producer: None,
        contracts: EventContracts::from_json(COMPILED).map(Arc::new),
    })
}

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("weftend-fork-{}-{name}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    path
}

/// Fork, do `act` in the child and end it there with status 0; the child's number.
fn fork(act: impl FnOnce()) -> libc::pid_t {
    // SAFETY: the child takes no lock that a thread of this process may hold but the allocator's, which the C
    // library makes safe; whether the recorder takes one is what is tested.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "a process more");
    if child == 0 {
        act();
        // SAFETY: ends the process at once.
        unsafe { libc::_exit(0) };
    }
    child
}

/// Whether the child ended well before patience did; one that hangs is killed.
fn ended(child: libc::pid_t) -> bool {
    let begin = Instant::now();
    let mut status = 0;
    loop {
        // SAFETY: `child` is ours and `status` a place for its status.
        let reaped = unsafe { libc::waitpid(child, &raw mut status, libc::WNOHANG) };
        if reaped == child {
            return status == 0;
        }
        if begin.elapsed() > PATIENCE {
            // SAFETY: the child is ours and has not been reaped.
            unsafe { libc::kill(child, libc::SIGKILL) };
            return false;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Every event's value by the segment it is in.
fn values(spool: &Path) -> BTreeMap<String, Vec<f64>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(spool).expect("a spool") {
        let path = entry.expect("a segment").path();
        let text = std::fs::read_to_string(&path).expect("text");
        let lines = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        let values = lines.filter_map(|line: serde_json::Value| line["value"].as_f64());
        let name = path.file_name().expect("a name").to_string_lossy();
        found.insert(name[..32].to_owned(), values.collect());
    }
    found
}

#[test]
fn children_of_a_host_whose_threads_record_do_not_hang_and_record_apart() {
    let spool = folder("threads");
    let recorder = recorder(&spool);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let _ = recorder.record("benchmark_event", &[], Some(1.0), None);
                    std::thread::yield_now();
                }
            });
        }
        let hung = (0..FORKS)
            .filter(|_| {
                !ended(fork(|| {
                    let _ = recorder.record("benchmark_event", &[], Some(2.0), None);
                    let _ = recorder.flush();
                }))
            })
            .take(1)
            .count();
        stop.store(true, Ordering::Relaxed);
        assert_eq!(hung, 0, "a child hangs");
    });
    let found = values(&spool);
    let children = found.values().filter(|values| **values == [2.0]).count();
    assert_eq!(children, FORKS);
    assert!(
        found
            .values()
            .all(|values| values.windows(2).all(|pair| pair[0] == pair[1]))
    );
    let _ = std::fs::remove_dir_all(&spool);
}

#[test]
fn what_a_parent_counted_is_spooled_once_and_a_child_goes_on_from_nothing() {
    let spool = folder("counters");
    let recorder = recorder(&spool);
    let (counter, checked) = recorder.counter("benchmark_event", &[]);
    checked.expect("the contract allows it");
    counter.inc(5);
    let child = fork(|| {
        recorder.after_fork_in_child();
        counter.inc(2);
        let _ = recorder.flush();
        // A grandchild inherits what its parent inherited.
        counter.inc(100);
        let grandchild = fork(|| {
            recorder.after_fork_in_child();
            counter.inc(1);
            let _ = recorder.flush();
        });
        assert!(ended(grandchild));
    });
    assert!(ended(child));
    recorder.flush().expect("it is spooled");
    let mut counted = Vec::new();
    for entry in std::fs::read_dir(&spool).expect("a spool") {
        let text = std::fs::read_to_string(entry.expect("a segment").path()).expect("text");
        let lines = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"));
        counted.extend(lines.filter_map(|line: serde_json::Value| line["n"].as_u64()));
    }
    counted.sort_unstable();
    // One event that stands for one carries no number.
    assert_eq!(counted, [2, 5]);
    let _ = std::fs::remove_dir_all(&spool);
}

#[test]
fn a_child_lets_go_of_its_parents_segment() {
    let spool = folder("segment");
    let recorder = recorder(&spool);
    recorder
        .record("benchmark_event", &[], None, None)
        .expect("recorded");
    let child = fork(|| {
        recorder.after_fork_in_child();
        std::thread::sleep(Duration::from_secs(2));
    });
    std::thread::sleep(Duration::from_millis(300));
    recorder.close().expect("closed");
    let closed = std::fs::read_dir(&spool).expect("a spool").all(|entry| {
        let path = entry.expect("a segment").path();
        std::fs::File::open(path)
            .expect("a file")
            .try_lock()
            .is_ok()
    });
    assert!(closed, "the child still holds its parent's segment");
    assert!(ended(child));
    let _ = std::fs::remove_dir_all(&spool);
}
