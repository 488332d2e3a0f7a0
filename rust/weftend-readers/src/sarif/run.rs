//! One run of a log: its tool, its invocations and its results.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::descriptor::{self, Component, Reference, Rule};
use super::result::{self, Results, Shape};
use super::tally::{FindingsTally, Level};
use crate::ijson::{Fault, Scan, Scanner, Shapes};

/// More extensions than a tool has; each is looked for by name.
const MAX_EXTENSIONS: usize = 1_000;

/// A rule: which component defines it (the extensions in their order, then the driver), and its index there.
type RuleNumber = (usize, usize);

/// The shapes that results and rules had lately, in one log or several.
#[derive(Debug, Default)]
pub(super) struct Known {
    results: Shapes,
    rules: Shapes,
}

/// What is kept of a run until all of it has been read.
#[derive(Debug, Default)]
pub(super) struct Run<'a> {
    driver: Component<'a>,
    extensions: Vec<Component<'a>>,
    invocations: Vec<Invocation<'a>>,
    results: Results<'a>,
    guid: Option<Cow<'a, str>>,
    id: Option<Cow<'a, str>>,
}

/// One invocation of the tool (SARIF 2.1.0, 3.20).
#[derive(Debug, Default)]
struct Invocation<'a> {
    failed: bool,
    overrides: Vec<(Reference<'a>, Option<Level>)>,
}

/// Read the run at the cursor; `wrong` is set where it is not what the format says.
pub(super) fn read<'a>(
    scanner: &mut Scanner<'a>,
    shapes: &mut Known,
    wrong: &mut Option<&'static str>,
) -> Scan<Run<'a>> {
    let mut run = Run::default();
    scanner.object_or_skip(|scanner, name| match &*name.bytes() {
        b"tool" => run.tool(scanner, &mut shapes.rules, wrong),
        b"invocations" => scanner.array_or_skip(|scanner| {
            run.invocations.push(Invocation::read(scanner, wrong)?);
            Ok(())
        }),
        b"results" => {
            let (results, shapes) = (&mut run.results, &mut shapes.results);
            scanner.array_or_skip(|scanner| result::read(scanner, results, shapes, wrong))
        }
        b"automationDetails" => run.automation(scanner),
        _ => scanner.skip(),
    })?;
    Ok(run)
}

impl<'a> Run<'a> {
    fn tool(
        &mut self,
        scanner: &mut Scanner<'a>,
        shapes: &mut Shapes,
        wrong: &mut Option<&'static str>,
    ) -> Scan<()> {
        scanner.object_or_skip(|scanner, name| match &*name.bytes() {
            b"driver" => Component::read(scanner, shapes, wrong).map(|driver| self.driver = driver),
            b"extensions" => scanner.array_or_skip(|scanner| {
                self.extensions
                    .push(Component::read(scanner, shapes, wrong)?);
                if self.extensions.len() > MAX_EXTENSIONS {
                    *wrong = Some("more extensions than a tool has");
                    return Err(Fault);
                }
                Ok(())
            }),
            _ => scanner.skip(),
        })
    }

    fn automation(&mut self, scanner: &mut Scanner<'a>) -> Scan<()> {
        scanner.object_or_skip(|scanner, name| match &*name.bytes() {
            b"guid" => descriptor::text(scanner).map(|guid| self.guid = guid),
            b"id" => descriptor::text(scanner).map(|id| self.id = id),
            _ => scanner.skip(),
        })
    }

    /// What names the run, where something does.
    pub(super) fn identity(&self) -> Option<String> {
        let name = self.guid.as_ref().or(self.id.as_ref());
        name.map(|name| name.to_string())
    }

    /// What the run contributes.
    pub(super) fn tally(&self) -> FindingsTally {
        let mut tally = FindingsTally::default();
        if let Some(name) = &self.driver.name {
            tally.tool(name);
        }
        if self.invocations.iter().any(|invocation| invocation.failed) {
            tally.failed();
        }
        let configured: Vec<_> = self
            .invocations
            .iter()
            .map(|one| self.configured(one))
            .collect();
        // A result that does not say which invocation found it was found by the only one.
        let only = (self.invocations.len() == 1).then_some(0);
        for (shape, count) in &self.results {
            let number = self.rule(&shape.rule);
            let rule =
                number.and_then(|(component, rule)| self.component(component).rules.get(rule));
            let id = shape
                .rule_id()
                .map(AsRef::as_ref)
                .or(rule.map(|rule| rule.id.as_ref()));
            let overridden = || {
                configured
                    .get(shape.invocation.or(only)?)?
                    .get(&number?)
                    .copied()
            };
            tally.results(level(shape, overridden, rule), id, *count);
        }
        tally
    }

    fn component(&self, number: usize) -> &Component<'a> {
        self.extensions.get(number).unwrap_or(&self.driver)
    }

    fn rule(&self, reference: &Reference<'_>) -> Option<RuleNumber> {
        // A component that is no extension is the driver, meant by its name or guid or not at all.
        let wanted = reference
            .component
            .as_ref()
            .and_then(|wanted| wanted.find(&self.extensions));
        let component = wanted.unwrap_or(self.extensions.len());
        Some((component, self.component(component).rule(reference)?))
    }

    /// The levels that one invocation configures for rules; of two for one rule the first stands.
    fn configured(&self, invocation: &Invocation<'_>) -> HashMap<RuleNumber, Level> {
        let mut levels = HashMap::new();
        for (reference, level) in &invocation.overrides {
            if let (Some(rule), Some(level)) = (self.rule(reference), level) {
                levels.entry(rule).or_insert(*level);
            }
        }
        levels
    }
}

/// Section 3.27.10: none where the kind is no failure; the result's own level; the level that its invocation
/// configures for its rule; the rule's default; warning.
fn level(
    shape: &Shape<'_>,
    overridden: impl FnOnce() -> Option<Level>,
    rule: Option<&Rule<'_>>,
) -> Level {
    if shape.not_a_failure {
        return Level::None;
    }
    let default = || rule.and_then(|rule| rule.level);
    shape
        .level
        .or_else(overridden)
        .or_else(default)
        .unwrap_or(Level::Warning)
}

impl<'a> Invocation<'a> {
    fn read(scanner: &mut Scanner<'a>, wrong: &mut Option<&'static str>) -> Scan<Self> {
        let mut invocation = Invocation::default();
        scanner.object_or_skip(|scanner, name| match &*name.bytes() {
            b"executionSuccessful" => scanner
                .boolean_or_skip()
                .map(|good| invocation.failed = good == Some(false)),
            b"ruleConfigurationOverrides" => scanner.array_or_skip(|scanner| {
                invocation.overrides.push(override_of(scanner, wrong)?);
                Ok(())
            }),
            _ => scanner.skip(),
        })?;
        Ok(invocation)
    }
}

/// A `configurationOverride` (3.51).
fn override_of<'a>(
    scanner: &mut Scanner<'a>,
    wrong: &mut Option<&'static str>,
) -> Scan<(Reference<'a>, Option<Level>)> {
    let mut found = (Reference::default(), None);
    scanner.object_or_skip(|scanner, name| match &*name.bytes() {
        b"descriptor" => Reference::read(scanner).map(|reference| found.0 = reference),
        b"configuration" => {
            descriptor::configured_level(scanner, wrong).map(|level| found.1 = level)
        }
        _ => scanner.skip(),
    })?;
    Ok(found)
}
