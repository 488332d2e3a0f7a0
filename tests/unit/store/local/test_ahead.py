"""Segments are read ahead by another thread, and as if each were read when its turn has come."""

from __future__ import annotations

import fcntl
import threading
from contextlib import closing
from pathlib import Path

import pytest

from weftend.contracts import loader
from weftend.recording import SpoolReader
from weftend.store.local.ahead import Reading, Taken, read_ahead

READER = SpoolReader([loader.COMPILED.read_bytes()])


def line(number: int, kind: str = "benchmark_event", fields: str = "{}") -> str:
    return f'{{"at":0,"fields":{fields},"session":"s","type":"{kind}","v":1,"value":{number}}}\n'


def planted(folder: Path, segments: int) -> list[Path]:
    paths = []
    for segment in range(segments):
        recording = f"{segment:032x}"
        header = f'{{"recording":"{recording}","schema":"weftend.spool/0","v":0}}\n'
        paths.append(folder / f"{recording}-000000.ndjson")
        paths[-1].write_text(header + line(segment))
    return paths


def is_locked(path: Path) -> bool:
    with path.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def test_segments_come_in_order_and_one_that_is_gone_is_none(tmp_path: Path) -> None:
    paths = planted(tmp_path, 4)
    paths[1].unlink()
    found = []
    with closing(read_ahead(paths, READER, lambda _name: 0)) as segments:
        for taken in segments:
            if taken is not None:
                taken.wait()
                found.append((taken.path, taken.reading_from(0).metrics[0][2]))
                taken.release()
            else:
                found.append(None)
    assert found == [(paths[0], 0.0), None, (paths[2], 2.0), (paths[3], 3.0)]


def test_one_segment_is_held_ahead_and_let_go_of_where_nobody_asks_for_it(tmp_path: Path) -> None:
    paths = planted(tmp_path, 3)
    segments = read_ahead(paths, READER, lambda _name: 0)
    first = next(segments)
    assert first is not None
    assert [is_locked(path) for path in paths] == [True, True, False]
    first.release()
    segments.close()
    assert [is_locked(path) for path in paths] == [False, False, False]


def test_what_another_took_in_meanwhile_is_not_given_again(tmp_path: Path) -> None:
    (path,) = planted(tmp_path, 1)
    with path.open("a") as file:
        file.write(line(7))
    taken = Taken(path, READER, 0)
    taken.start()
    taken.wait()
    end = taken.reading_from(0).end
    assert [row[2] for row in taken.reading_from(0).metrics] == [0.0]
    assert taken.reading_from(0).metric_rows == 2
    again = taken.reading_from(end - len(line(7)))
    assert (again.header, again.metric_rows, again.metrics[0][2], again.end) == (None, 1, 7.0, end)
    taken.release()


def test_what_reading_raises_is_raised_to_whoever_waits(tmp_path: Path) -> None:
    class Broken:
        def read(self, _text: bytes, _offset: int) -> None:
            assert threading.current_thread() is not threading.main_thread()
            raise ValueError("broken")

    (path,) = planted(tmp_path, 1)
    taken = Taken(path, Broken(), 0)  # type: ignore[arg-type]
    taken.start()
    with pytest.raises(ValueError, match="broken"):
        taken.wait()
    taken.release()
    assert not is_locked(path)


def test_rows_of_metrics_stand_one_behind_the_other_and_events_of_other_tables_by_themselves() -> None:
    execution = '{"outcome":"succeeded","tool_key":"fs.read"}'
    text = "".join(
        line(n, "agent_exec_time", execution) if n % 10 == 3 else line(n, fields='{"iterations":2}')
        for n in range(130)
    )
    reading = Reading(*READER.read(text.encode(), 0))
    values = [value for item in reading.metrics for value in item]
    row = ("benchmark_event", "s", '{"iterations":2}', "1970-01-01T00:00:00.000Z", 1)
    rows = [tuple(values[at : at + 6]) for at in range(0, len(values), 6)]
    assert rows == [(*row[:2], float(n), *row[2:]) for n in range(130) if n % 10 != 3]
    assert len(reading.metrics) == 3
    assert [(event[0], event[2]) for event in reading.others] == [
        ("agent_exec_time", float(n)) for n in range(3, 130, 10)
    ]
    assert (reading.held, reading.metric_rows, reading.rows) == ({"benchmark_event": 117}, 117, 130)


def test_no_value_and_no_fields_are_none() -> None:
    text = '{"at":0,"fields":{},"session":"s","type":"benchmark_event","v":1}\n'
    ((*_names, value, fields, _at, count),) = Reading(*READER.read(text.encode(), 0)).metrics
    assert (value, fields, count) == (None, None, 1)
