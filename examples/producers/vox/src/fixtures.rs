//! What a run over a fixture records: a small program with holes, made for tests of the tool itself.

use weftend_core::record::record_usage_event;

use crate::{Dice, Tally, flag, whole, word};

/// Run one fixture: find out what is meant, search, ask, and look at the holes that are left.
pub fn fixture(dice: &mut Dice, tally: &mut Tally) {
    let resolved = [
        word("provider", "local"),
        flag("resolved", dice.roll(9) > 0),
    ];
    let sure = Some(dice.roll(100) as f64 / 100.0);
    tally.of(record_usage_event(
        "fixture.model.intent_resolved",
        &resolved,
        sure,
        None,
    ));
    let fields = [word("backend", "hybrid"), whole("results", dice.whole(40))];
    let took = Some(dice.measure(80));
    tally.of(record_usage_event(
        "fixture.search.dispatch",
        &fields,
        took,
        None,
    ));
    let fields = [
        word("outcome", "ok"),
        whole("input_tokens", dice.whole(4_000)),
    ];
    let took = Some(dice.measure(9_000));
    tally.of(record_usage_event(
        "fixture.prompt.dispatch",
        &fields,
        took,
        None,
    ));
    let fields = [
        word("kind", dice.pick(&["body", "expression", "test"])),
        flag("filled", dice.roll(2) == 0),
    ];
    let holes = Some(1.0 + dice.whole(3) as f64);
    tally.of(record_usage_event(
        "fixture.hole.observed",
        &fields,
        holes,
        None,
    ));
}
