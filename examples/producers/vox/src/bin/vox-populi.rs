//! A mesh node: joins, sends heartbeats, takes leases and leaves. The mesh token has no field, so it cannot be told.

use vox_producers::{Dice, Tally, whole, word};
use weftend_core::record::{self, record_usage_event};

fn main() {
    let _ = record::init("vox-populi");
    let _until_end = record::until_end();
    let (mut dice, mut tally) = (Dice::of_arguments(), Tally::default());
    let nodes = 1 + dice.whole(30);
    control("join", nodes, &mut dice, &mut tally);
    let fields = [word("action", "heartbeat"), word("outcome", "ok")];
    let heartbeats = record::counter("populi_control_event", &fields);
    let number = 10 + dice.roll(500);
    heartbeats.inc(number);
    tally.add(number);
    control(dice.pick(&["lease", "drain"]), nodes, &mut dice, &mut tally);
    control("leave", nodes, &mut dice, &mut tally);
    tally.say();
}

fn control(action: &str, nodes: i64, dice: &mut Dice, tally: &mut Tally) {
    let outcome = dice.pick(&["ok", "ok", "ok", "refused"]);
    let fields = [
        word("action", action),
        word("outcome", outcome),
        whole("node_count", nodes),
    ];
    let took = Some(dice.measure(2_000));
    tally.of(record_usage_event(
        "populi_control_event",
        &fields,
        took,
        None,
    ));
}
