//! An orchestrator of agents: plans a task, routes model calls, dispatches subagents, watches budgets and risks.

use vox_producers::{Dice, Tally, flag, models, whole, word};
use weftend_core::record::{self, record_usage_event};

const TIERS: [&str; 5] = ["local", "small", "medium", "large", "frontier"];

fn main() {
    let _ = record::init("vox-orchestrator");
    let _until_end = record::until_end();
    let (mut dice, mut tally) = (Dice::of_arguments(), Tally::default());
    let steps = 2 + dice.whole(6);
    plan(&mut dice, &mut tally);
    models::models(&mut dice, &mut tally);
    for step in 0..steps {
        work(step, &mut dice, &mut tally);
    }
    guard(&mut dice, &mut tally);
    if dice.roll(3) == 0 {
        calibrate(&mut dice, &mut tally);
    }
    summary(steps, &mut dice, &mut tally);
    tally.say();
}

fn plan(dice: &mut Dice, tally: &mut Tally) {
    let mode = dice.pick(&["direct", "plan", "plan_and_review", "ask"]);
    let complexity = Some(dice.measure(100));
    tally.of(record_usage_event(
        "orch.plan.mode_decision",
        &[word("mode", mode)],
        complexity,
        None,
    ));
    let fields = [
        word("data_class", "S1"),
        word("route", dice.pick(&["local", "remote"])),
    ];
    tally.of(record_usage_event(
        "orch.privacy.route_decision",
        &fields,
        None,
        None,
    ));
}

fn work(step: i64, dice: &mut Dice, tally: &mut Tally) {
    let fields = [word("entry", "step_started"), whole("step_index", step)];
    tally.of(record_usage_event(
        "workflow_journal_entry",
        &fields,
        None,
        None,
    ));
    let tier = dice.pick(&TIERS);
    let fields = [word("tier", tier), flag("upgraded", dice.roll(5) == 0)];
    tally.of(record_usage_event("orch.routing.tier", &fields, None, None));
    let fields = [
        word("tier", tier),
        word("provider", "llamacpp"),
        word("reason", dice.pick(&["cost", "latency", "capability"])),
        flag("fallback", dice.roll(10) == 0),
    ];
    let took = Some(dice.measure(400));
    tally.of(record_usage_event("model_route_event", &fields, took, None));
    let fields = [
        flag("hit", dice.roll(2) == 0),
        flag("predicted", dice.roll(2) == 0),
    ];
    tally.of(record_usage_event(
        "orch.cache.hit_prediction",
        &fields,
        None,
        None,
    ));
    let fields = [
        word("role", dice.pick(&["coder", "tester", "reviewer"])),
        whole("depth", 1),
    ];
    tally.of(record_usage_event(
        "orch.subagent.dispatch",
        &fields,
        None,
        None,
    ));
    let fields = [
        word("decision", dice.pick(&["answer", "ask"])),
        whole("sources", dice.whole(9)),
    ];
    tally.of(record_usage_event(
        "orch.socrates.fusion",
        &fields,
        Some(0.5),
        None,
    ));
}

fn guard(dice: &mut Dice, tally: &mut Tally) {
    let fields = [
        word("budget", "tokens"),
        word("decision", dice.pick(&["allow", "throttle"])),
    ];
    tally.of(record_usage_event(
        "orch.budget.decision",
        &fields,
        None,
        None,
    ));
    let score = dice.whole(101);
    let band = if score < 50 { "low" } else { "high" };
    tally.of(record_usage_event(
        "orch.risk.score",
        &[word("band", band)],
        Some(score as f64),
        None,
    ));
    if score >= 70 {
        let fields = [
            word("tool", "build.run"),
            word("reason", "risk"),
            whole("risk_score", score),
        ];
        tally.of(record_usage_event(
            "orch.agentos.guardrail_deny",
            &fields,
            None,
            None,
        ));
        let fields = [word("outcome", "approved"), word("reason", "risk")];
        tally.of(record_usage_event(
            "orch.hitl.interrupt",
            &fields,
            Some(dice.measure(9_000)),
            None,
        ));
    }
    if score >= 95 {
        let fields = [
            word("breaker", "tool"),
            word("state", "open"),
            whole("failures", 3),
        ];
        tally.of(record_usage_event(
            "orch.circuit_breaker.trip",
            &fields,
            None,
            None,
        ));
        let fields = [whole("depth", 9), whole("limit", 8)];
        tally.of(record_usage_event(
            "orch.subagent.chain_depth_alert",
            &fields,
            None,
            None,
        ));
    }
}

fn calibrate(dice: &mut Dice, tally: &mut Tally) {
    let fields = [
        word("outcome", "updated"),
        whole("samples", dice.whole(500)),
    ];
    tally.of(record_usage_event(
        "orch.calibration.run",
        &fields,
        Some(0.1),
        None,
    ));
    let fields = [
        word("arm", dice.pick(&TIERS)),
        whole("pulls", dice.whole(50)),
    ];
    tally.of(record_usage_event(
        "orch.calibration.bandit_update",
        &fields,
        Some(-0.25),
        None,
    ));
    let fields = [word("metric", "latency"), word("severity", "warning")];
    tally.of(record_usage_event(
        "orch.calibration.drift_alert",
        &fields,
        Some(0.3),
        None,
    ));
}

fn summary(steps: i64, dice: &mut Dice, tally: &mut Tally) {
    let fields = [
        word("outcome", dice.pick(&["succeeded", "succeeded", "failed"])),
        whole("subtask_count", steps),
        whole("model_calls", steps),
        whole("tool_calls", dice.whole(40)),
    ];
    let took = Some(dice.measure(600_000));
    tally.of(record_usage_event("task.root_summary", &fields, took, None));
}
