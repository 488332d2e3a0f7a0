//! Recording from the outside: what reaches the spool, what is left out, refused, bounded and locked.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use weftend_core::canonical::is_canonical;
use weftend_core::record::Settings;
use weftend_core::record::event::EventCode;
use weftend_core::record::spool::Limits;
use weftend_core::record::{EventContracts, FieldValue, Mode, Recorder};

const CONTRACTS: &str = r#"{"schema":"weftend.contracts/0","events":[
 {"type":"lint.done","version":1,"producer":"tool","family":"lint","metricType":"lint.done","session":"lint:local",
  "table":"research_metrics","sensitivity":"S1","transmission":"local_only","value":{"min":0,"max":100},
  "fields":[
   {"name":"count","class":"S0","kind":{"type":"integer","min":0,"max":9}},
   {"name":"level","class":"S1","kind":{"type":"enum","values":["error","warning"]},"required":true},
   {"name":"rule","class":"S1","kind":{"type":"name","grammar":"dotted-id"}}]}]}"#;

fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("weftend-record-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    path
}

fn recorder(spool: &Path, mode: Mode, limits: Limits) -> Recorder {
    Recorder::new(Settings {
        mode,
        spool: spool.to_owned(),
        limits,
        producer: Some("tool".to_owned()),
        contracts: EventContracts::from_json(CONTRACTS.as_bytes()).map(Arc::new),
    })
}

fn lines(spool: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    for path in segments(spool) {
        lines.extend(fs::read_to_string(path).unwrap().lines().map(str::to_owned));
    }
    lines
}

fn segments(spool: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(spool)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

const LEVEL: (&str, FieldValue<'_>) = ("level", FieldValue::Text("error"));

#[test]
fn an_event_is_one_canonical_line_under_a_header() {
    let spool = folder("line");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    let fields = [("rule", FieldValue::Text("no.unwrap")), LEVEL];
    recorder
        .record("lint.done", &fields, Some(2.5), Some("lint:here"))
        .unwrap();
    let lines = lines(&spool);
    assert_eq!(lines.len(), 2);
    assert!(
        lines.iter().all(|line| is_canonical(line.as_bytes())),
        "{lines:?}"
    );
    assert!(lines[0].starts_with(r#"{"producer":"tool","recording":""#));
    assert!(lines[1].ends_with(
        r#","fields":{"level":"error","rule":"no.unwrap"},"session":"lint:here","type":"lint.done","v":1,"value":2.5}"#
    ));
}

#[test]
fn without_a_session_the_convention_stands() {
    let spool = folder("session");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    recorder.record("lint.done", &[LEVEL], None, None).unwrap();
    assert!(lines(&spool)[1].contains(r#""session":"lint:local""#));
}

#[test]
fn what_the_contract_does_not_list_is_left_out_and_said() {
    let spool = folder("unlisted");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    let refusal = recorder.record(
        "lint.done",
        &[LEVEL, ("host", FieldValue::Text("box-17"))],
        None,
        None,
    );
    let refusal = refusal.unwrap_err();
    assert_eq!(
        (refusal.code, refusal.field.as_str()),
        (EventCode::FieldUnlisted, "host")
    );
    recorder.flush().unwrap();
    let lines = lines(&spool);
    assert!(!lines.concat().contains("box-17"));
    assert_eq!(lines[2], r#"{"refused":{"EVENT_FIELD_UNLISTED":1},"v":0}"#);
}

#[test]
fn what_breaks_the_contract_is_refused_whole() {
    let spool = folder("refused");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    let refused = |fields: &[(&str, FieldValue<'_>)], value, session| {
        recorder
            .record("lint.done", fields, value, session)
            .unwrap_err()
            .code
    };
    assert_eq!(refused(&[], None, None), EventCode::FieldMissing);
    assert_eq!(
        refused(&[("level", FieldValue::Text("loud"))], None, None),
        EventCode::FieldInvalid
    );
    assert_eq!(
        refused(&[LEVEL, ("count", FieldValue::Integer(10))], None, None),
        EventCode::FieldInvalid
    );
    assert_eq!(
        refused(&[LEVEL, ("rule", FieldValue::Text("a b"))], None, None),
        EventCode::FieldInvalid
    );
    assert_eq!(
        refused(&[LEVEL], Some(100.5), None),
        EventCode::ValueInvalid
    );
    assert_eq!(
        refused(&[LEVEL], Some(f64::NAN), None),
        EventCode::ValueInvalid
    );
    assert_eq!(refused(&[LEVEL], None, Some("")), EventCode::SessionInvalid);
    assert_eq!(
        refused(&[LEVEL], None, Some(&"s".repeat(513))),
        EventCode::SessionInvalid
    );
    let unknown = recorder
        .record("lint.undone", &[], None, None)
        .unwrap_err()
        .code;
    assert_eq!(unknown, EventCode::TypeUnknown);
    assert!(!spool.exists(), "nothing was worth a line");
}

#[test]
fn off_creates_nothing() {
    let spool = folder("off");
    let recorder = recorder(&spool, Mode::Off, Limits::default());
    recorder.record("lint.done", &[LEVEL], None, None).unwrap();
    let (counter, _) = recorder.counter("lint.done", &[LEVEL]);
    counter.inc(3);
    drop(counter);
    recorder.close().unwrap();
    assert!(!spool.exists());
}

#[test]
fn a_counter_is_one_counted_event_per_flush() {
    let spool = folder("counter");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    let (counter, _) = recorder.counter("lint.done", &[LEVEL]);
    counter.inc(2);
    counter.clone().inc(3);
    recorder.flush().unwrap();
    recorder.flush().unwrap();
    counter.inc(1);
    drop(counter);
    let lines = lines(&spool);
    assert_eq!(lines.len(), 3);
    assert!(lines[1].contains(r#","n":5,"#));
    assert!(!lines[2].contains(r#""n""#), "one event needs no count");
}

#[test]
fn counters_are_checked_when_they_are_made() {
    let spool = folder("counter-check");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    let (counter, checked) = recorder.counter("lint.done", &[]);
    assert_eq!(checked.unwrap_err().code, EventCode::FieldMissing);
    counter.inc(1);
    drop(counter);
    recorder.flush().unwrap();
    assert_eq!(
        lines(&spool)[1],
        r#"{"refused":{"EVENT_FIELD_MISSING":1},"v":0}"#
    );
}

#[test]
fn an_open_segment_is_locked_and_a_closed_one_is_not() {
    let spool = folder("lock");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    recorder.record("lint.done", &[LEVEL], None, None).unwrap();
    let segment = File::open(&segments(&spool)[0]).unwrap();
    assert!(segment.try_lock().is_err());
    recorder.close().unwrap();
    assert!(segment.try_lock().is_ok());
}

#[test]
fn a_full_spool_drops_its_oldest_closed_segments_and_says_so() {
    let spool = folder("full");
    let limits = Limits {
        total_bytes: 2_000,
        segment_bytes: 500,
        segments: 100,
    };
    let recorder = recorder(&spool, Mode::Local, limits);
    for _ in 0..100 {
        recorder.record("lint.done", &[LEVEL], None, None).unwrap();
    }
    let bytes: u64 = segments(&spool)
        .iter()
        .map(|path| path.metadata().unwrap().len())
        .sum();
    assert!(bytes <= limits.total_bytes, "{bytes}");
    assert!(
        lines(&spool)
            .iter()
            .any(|line| line.starts_with(r#"{"dropped":{"bytes":"#))
    );
}

#[test]
fn a_spool_that_cannot_be_written_refuses_and_harms_nobody() {
    let spool = folder("blocked");
    fs::create_dir_all(spool.parent().unwrap()).unwrap();
    fs::write(&spool, "a file where the folder should be").unwrap();
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    let refusal = recorder
        .record("lint.done", &[LEVEL], None, None)
        .unwrap_err();
    assert_eq!(refusal.code, EventCode::SpoolUnwritable);
    fs::remove_file(&spool).unwrap();
    recorder.record("lint.done", &[LEVEL], None, None).unwrap();
    recorder.flush().unwrap();
    assert!(
        lines(&spool).contains(&r#"{"refused":{"EVENT_SPOOL_UNWRITABLE":1},"v":0}"#.to_owned())
    );
}

#[test]
fn a_folder_that_cannot_be_written_is_left_alone_for_a_while() {
    let spool = folder("pause");
    fs::write(&spool, "a file where the folder should be").unwrap();
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    let record = || recorder.record("lint.done", &[LEVEL], None, None);
    for _ in 0..3 {
        record().unwrap_err();
    }
    fs::remove_file(&spool).unwrap();
    record().unwrap_err();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    record().unwrap();
}

#[test]
fn what_a_killed_writer_left_hidden_goes_with_the_next_segment() {
    let spool = folder("hidden");
    fs::create_dir_all(&spool).unwrap();
    let [old, new] = ["old", "new"].map(|name| spool.join(format!(".{name}.ndjson.new")));
    for path in [&old, &new] {
        fs::write(path, "").unwrap();
    }
    let hour = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
    let times = fs::FileTimes::new().set_modified(hour);
    File::options()
        .write(true)
        .open(&old)
        .unwrap()
        .set_times(times)
        .unwrap();
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    recorder.record("lint.done", &[LEVEL], None, None).unwrap();
    assert!(!old.exists() && new.exists());
}

#[test]
fn a_counter_in_vain_says_why_and_spools_nothing() {
    let spool = folder("vain");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    let (counter, refused) = recorder.counter_in_vain(EventCode::FieldInvalid);
    assert_eq!(refused.unwrap_err().code, EventCode::FieldInvalid);
    counter.inc(3);
    counter.flush().unwrap();
    recorder.flush().unwrap();
    assert!(lines(&spool).contains(&r#"{"refused":{"EVENT_FIELD_INVALID":1},"v":0}"#.to_owned()));
}

#[test]
fn threads_share_a_recorder_and_no_line_is_torn() {
    let spool = folder("threads");
    let recorder = recorder(&spool, Mode::Local, Limits::default());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..500 {
                    recorder
                        .record("lint.done", &[LEVEL], Some(1.0), None)
                        .unwrap();
                }
            });
        }
    });
    let lines = lines(&spool);
    assert_eq!(lines.len(), 2_001);
    assert!(lines.iter().all(|line| is_canonical(line.as_bytes())));
}

mod reading {
    use super::*;
    use weftend_core::record::read::{LINE_INVALID, Lines, read_lines};

    fn read(text: &str) -> Lines<'static> {
        let contracts = Box::leak(Box::new(
            EventContracts::from_json(CONTRACTS.as_bytes()).unwrap(),
        ));
        read_lines(
            Box::leak(text.to_owned().into_boxed_str()).as_bytes(),
            0,
            contracts,
        )
    }

    #[test]
    fn a_segment_that_is_read_piece_by_piece_is_as_one_read_whole() {
        let mut text = format!(
            "{{\"recording\":\"{}\",\"schema\":\"weftend.spool/0\",\"v\":0}}\n",
            "0".repeat(32)
        );
        for number in 0..20_000 {
            text += &match number % 100 {
                7 => "no line of any shape\n".to_owned(),
                8 => "{\"refused\":{\"EVENT_TYPE_UNKNOWN\":2},\"v\":0}\n".to_owned(),
                9 => "{\"dropped\":{\"bytes\":5,\"segments\":1},\"v\":0}\n".to_owned(),
                _ => format!(
                    "{{\"at\":{number},\"fields\":{{\"level\":\"error\"}},\"session\":\"s\",\"type\":\"lint.done\",\"v\":1}}\n"
                ),
            };
        }
        text += "torn";
        let contracts = EventContracts::from_json(CONTRACTS.as_bytes()).unwrap();
        let whole = read_lines(text.as_bytes(), 0, &contracts);
        let mut pieced = Lines::default();
        for cut in (100_000..text.len() + 100_000).step_by(100_000) {
            let piece = &text.as_bytes()[..cut.min(text.len())];
            let next = read_lines(piece, pieced.end, &contracts);
            pieced.header = pieced.header.or(next.header);
            pieced.rows.extend(next.rows);
            pieced.dropped.bytes += next.dropped.bytes;
            pieced.dropped.segments += next.dropped.segments;
            for (code, count) in next.refused {
                *pieced.refused.entry(code).or_default() += count;
            }
            pieced.end = next.end;
        }
        assert_eq!(whole.rows.len(), 19_400);
        assert_eq!(whole.end, text.len() - 4);
        assert_eq!(whole, pieced);
    }

    #[test]
    fn what_was_recorded_is_read_back() {
        let spool = folder("read");
        let recorder = recorder(&spool, Mode::Local, Limits::default());
        let fields = [LEVEL, ("count", FieldValue::Integer(3))];
        recorder
            .record("lint.done", &fields, Some(0.5), None)
            .unwrap();
        recorder.close().unwrap();
        let lines = read(&fs::read_to_string(&segments(&spool)[0]).unwrap());
        assert_eq!(lines.header.unwrap().producer.as_deref(), Some("tool"));
        let row = &lines.rows[0];
        assert_eq!(
            (
                row.contract.event_type.as_str(),
                row.session.as_ref(),
                row.value,
                row.count
            ),
            ("lint.done", "lint:local", Some(0.5), 1)
        );
        assert_eq!(row.fields, r#"{"count":3,"level":"error"}"#);
        assert!(lines.refused.is_empty());
    }

    #[test]
    fn times_are_utc_with_milliseconds() {
        let lines = read(
            "{\"at\":1767225600007,\"fields\":{\"level\":\"error\"},\"session\":\"s\",\"type\":\"lint.done\",\"v\":1}\n",
        );
        assert_eq!(lines.rows[0].at, "2026-01-01T00:00:00.007Z");
    }

    #[test]
    fn a_line_is_held_to_its_contract_again() {
        let event = |fields: &str| {
            format!(
                "{{\"at\":0,\"fields\":{fields},\"session\":\"s\",\"type\":\"lint.done\",\"v\":1}}\n"
            )
        };
        let lines = read(&event(r#"{"host":"box-17","level":"error"}"#));
        assert_eq!(lines.rows[0].fields, r#"{"level":"error"}"#);
        assert_eq!(lines.refused["EVENT_FIELD_UNLISTED"], 1);
        for (fields, code) in [
            ("{}", "EVENT_FIELD_MISSING"),
            (r#"{"level":["error"]}"#, "EVENT_FIELD_INVALID"),
            (r#"{"level":null}"#, "EVENT_FIELD_INVALID"),
        ] {
            let lines = read(&event(fields));
            assert_eq!((lines.rows.len(), lines.refused[code]), (0, 1), "{fields}");
        }
    }

    #[test]
    fn what_has_no_known_shape_is_counted_and_passed_over() {
        let good = "{\"at\":0,\"fields\":{\"level\":\"error\"},\"session\":\"s\",\"type\":\"lint.done\",\"v\":1}\n";
        for bad in [
            "",
            "{}",
            "[]",
            "\u{1F600}",
            r#"{"v":0}"#,
            r#"{"v":0,"refused":{"A":-1}}"#,
            r#"{ "v":0}"#,
            r#"{"schema":"weftend.spool/0","recording":"..","v":0}"#,
        ] {
            let lines = read(&format!("{bad}\n{good}"));
            assert_eq!(
                (lines.rows.len(), lines.refused[LINE_INVALID]),
                (1, 1),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn only_the_first_line_is_a_header() {
        let header = |digit: &str, producer: &str| {
            let recording = digit.repeat(32);
            format!(
                "{{\"producer\":\"{producer}\",\"recording\":\"{recording}\",\"schema\":\"weftend.spool/0\",\"v\":0}}\n"
            )
        };
        let lines = read(&(header("a", "x") + &header("b", "y")));
        assert_eq!(lines.header.unwrap().recording, "a".repeat(32));
        assert_eq!(lines.refused[LINE_INVALID], 1);
        assert!(read(&header("a", &"x".repeat(129))).header.is_none());
    }

    #[test]
    fn what_a_database_could_not_keep_is_refused() {
        let line = |members: &str, session: &str| {
            format!("{{{members},\"session\":\"{session}\",\"type\":\"lint.done\",\"v\":1}}\n")
        };
        let fields = r#""fields":{"level":"error"}"#;
        for (text, code) in [
            (
                line(&format!("\"at\":0,{fields}"), "\\u0000a"),
                "EVENT_SESSION_INVALID",
            ),
            (
                line(&format!("\"at\":0,{fields},\"n\":18014398509481984"), "s"),
                "EVENT_VALUE_INVALID",
            ),
            (line(&format!("\"at\":-1,{fields}"), "s"), LINE_INVALID),
            (
                line(&format!("\"at\":253402300800000,{fields}"), "s"),
                LINE_INVALID,
            ),
        ] {
            let lines = read(&text);
            assert_eq!(lines.rows.len(), 0, "{text}");
            assert!(
                lines.refused.contains_key(code),
                "{text} {:?}",
                lines.refused
            );
        }
        let most =
            r#"{"dropped":{"bytes":18446744073709552000,"segments":9223372036854776000},"v":0}"#;
        let lines = read(&format!("{most}\n{most}\n"));
        assert!(lines.dropped.segments < 1 << 53, "{lines:?}");
    }

    #[test]
    fn a_line_without_its_newline_waits() {
        let good = "{\"at\":0,\"fields\":{\"level\":\"error\"},\"session\":\"s\",\"type\":\"lint.done\",\"v\":1}\n";
        let lines = read(&format!("{good}{}", &good[..20]));
        assert_eq!((lines.rows.len(), lines.end), (1, good.len()));
    }

    #[test]
    fn an_unknown_code_or_version_is_not_passed_on() {
        let lines = read(
            "{\"refused\":{\"A free text\":4,\"EVENT_TOO_LARGE\":2},\"v\":0}\n{\"at\":0,\"fields\":{\"level\":\"error\"},\"n\":7,\"session\":\"s\",\"type\":\"lint.done\",\"v\":2}\n",
        );
        let refused: Vec<_> = lines
            .refused
            .iter()
            .map(|(code, count)| (code.as_str(), *count))
            .collect();
        assert_eq!(refused, [("EVENT_TOO_LARGE", 2), ("EVENT_TYPE_UNKNOWN", 7)]);
    }
}
