//! A command line tool: builds, benchmarks, lints, repairs and audits a workspace, and records what it did.

use vox_producers::{Dice, Tally, fixtures, flag, whole, word};
use weftend_core::record::{self, record_usage_event};

fn main() {
    let _ = record::init("vox-cli");
    let _until_end = record::until_end();
    let (mut dice, mut tally) = (Dice::of_arguments(), Tally::default());
    build(&mut dice, &mut tally);
    measure(&mut dice, &mut tally);
    lint(&mut dice, &mut tally);
    if dice.roll(3) == 0 {
        repair(&mut dice, &mut tally);
    }
    if dice.roll(4) == 0 {
        audit(&mut dice, &mut tally);
    }
    if dice.roll(2) == 0 {
        fixtures::fixture(&mut dice, &mut tally);
    }
    tally.say();
}

fn build(dice: &mut Dice, tally: &mut Tally) {
    let outcome = dice.pick(&["succeeded", "succeeded", "succeeded", "failed"]);
    let fields = [
        whole("crate_count", 40 + dice.whole(200)),
        whole("fresh_count", dice.whole(40)),
        whole("warning_count", dice.whole(12)),
        word("profile", dice.pick(&["dev", "release", "test"])),
        word("outcome", outcome),
    ];
    let took = Some(dice.measure(120_000));
    tally.of(record_usage_event("build.summary", &fields, took, None));
    if outcome == "failed" {
        let fields = [
            word("component", "store"),
            word("kind", "io"),
            flag("recovered", true),
        ];
        tally.of(record_usage_event("telemetry.error", &fields, None, None));
    }
}

fn measure(dice: &mut Dice, tally: &mut Tally) {
    for suite in ["parse", "typecheck", "codegen"] {
        let fields = [
            word("suite", suite),
            word("unit", "ms"),
            flag("warm", dice.roll(2) == 0),
            whole("iterations", 10 + dice.whole(90)),
        ];
        let took = Some(dice.measure(500));
        tally.of(record_usage_event("benchmark_event", &fields, took, None));
    }
    let fields = [
        whole("attempt", 1 + dice.whole(5)),
        word("outcome", "passed"),
    ];
    let k = Some(dice.measure(10));
    tally.of(record_usage_event("syntax_k_event", &fields, k, None));
}

/// Findings come by the thousand, so they are counted: one addition each, one line in all.
fn lint(dice: &mut Dice, tally: &mut Tally) {
    let fields = [
        word("category", "style"),
        word("severity", "warning"),
        word("tier", "B"),
    ];
    let findings = record::counter("vox.lint.finding", &fields);
    let number = dice.roll(3_000);
    for _ in 0..number {
        findings.inc(1);
    }
    tally.add(number);
    let fields = [word("category", "style"), flag("verified", true)];
    tally.of(record_usage_event(
        "vox.lint.autofix_applied",
        &fields,
        None,
        None,
    ));
    if dice.roll(2) == 0 {
        let fields = [
            word("category", "correctness"),
            word("reason", "test_failed"),
        ];
        tally.of(record_usage_event(
            "vox.lint.autofix_rejected",
            &fields,
            None,
            None,
        ));
    }
}

fn repair(dice: &mut Dice, tally: &mut Tally) {
    let attempts = 1 + dice.whole(4);
    for attempt in 1..=attempts {
        let fields = [
            whole("attempt", attempt),
            word("strategy", dice.pick(&["model", "template", "rollback"])),
            word(
                "trigger",
                dice.pick(&["build_error", "lint", "test_failure"]),
            ),
        ];
        let took = Some(dice.measure(30_000));
        tally.of(record_usage_event(
            "vox.repair.attempt",
            &fields,
            took,
            None,
        ));
    }
    let outcome = dice.pick(&["fixed", "partly_fixed", "failed"]);
    let fields = [whole("attempts", attempts), word("outcome", outcome)];
    tally.of(record_usage_event(
        "vox.repair.outcome",
        &fields,
        None,
        None,
    ));
}

fn audit(dice: &mut Dice, tally: &mut Tally) {
    let fields = [
        whole("findings_count", dice.whole(200)),
        word("scope", "workspace"),
        word("outcome", dice.pick(&["passed", "failed"])),
    ];
    let took = Some(dice.measure(60_000));
    tally.of(record_usage_event("vox.audit.run", &fields, took, None));
}
