//! What an orchestrator records of the models it finds, rates and chooses.

use weftend_core::record::record_usage_event;

use crate::{Dice, Tally, word};

const TIERS: [&str; 5] = ["local", "small", "medium", "large", "frontier"];
const PROVIDERS: [&str; 3] = ["local", "llamacpp", "ollama"];

/// Look for models, rate one of them, and choose one for a task.
pub fn models(dice: &mut Dice, tally: &mut Tally) {
    let provider = word("provider", dice.pick(&PROVIDERS));
    let fields = [
        provider,
        word("outcome", dice.pick(&["ok", "ok", "timed_out"])),
    ];
    let found = Some(dice.whole(12) as f64);
    tally.of(record_usage_event(
        "vox.model.discovery",
        &fields,
        found,
        None,
    ));
    let tier = word("tier", dice.pick(&TIERS));
    let sure = Some(dice.roll(100) as f64 / 100.0);
    tally.of(record_usage_event(
        "vox.model.classification",
        &[provider, tier],
        sure,
        None,
    ));
    let fields = [
        provider,
        word("from_tier", "small"),
        word("to_tier", "medium"),
    ];
    if dice.roll(3) == 0 {
        tally.of(record_usage_event(
            "vox.model.confidence_promotion",
            &fields,
            sure,
            None,
        ));
    }
    let fields = [
        provider,
        tier,
        word("reason", dice.pick(&["cost", "privacy", "capability"])),
    ];
    let candidates = Some(1.0 + dice.whole(5) as f64);
    tally.of(record_usage_event(
        "vox.model.selection_decision",
        &fields,
        candidates,
        None,
    ));
}
