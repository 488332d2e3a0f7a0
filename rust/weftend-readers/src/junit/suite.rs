//! Following the nesting of suites and cases through the events of one report.

use quick_xml::events::{BytesStart, Event};

use super::case::Case;
use super::markup::{self, Wrong};
use super::{MAX_DEPTH, is_root};
use crate::refusal::Refusal;
use crate::testrun::{Declared, TestTally};

/// What an open element is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Element {
    Suites,
    Suite,
    Case,
    /// Anything else, and whatever it holds.
    Other,
}

/// The state between two events.
pub(super) struct Suites<'t> {
    tally: &'t mut TestTally,
    open: Vec<Element>,
    case: Case,
    /// What the root declares, and what the outermost suites below it declare together.
    declared: [Declared; 2],
    seen_root: bool,
}

impl<'t> Suites<'t> {
    pub(super) fn new(tally: &'t mut TestTally) -> Self {
        Suites {
            tally,
            open: Vec::with_capacity(16),
            case: Case::default(),
            declared: [Declared::default(); 2],
            seen_root: false,
        }
    }

    /// Take in one event.
    pub(super) fn event(&mut self, event: &Event<'_>) -> Result<(), Wrong> {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::Empty(tag) => self.start(tag).map(|()| self.end()),
            Event::End(_) => {
                self.end();
                Ok(())
            }
            Event::Text(text) => self.text(text),
            Event::GeneralRef(reference) if self.inside() => markup::check_reference(reference),
            Event::CData(_) if self.inside() => Ok(()),
            Event::CData(_) | Event::GeneralRef(_) => Err("text outside the root element"),
            Event::DocType(_) => Err("a document type declaration"),
            Event::Decl(_) if self.seen_root || !self.open.is_empty() => {
                Err("a declaration that is not first")
            }
            Event::PI(instruction) => markup::check_target(instruction.target()),
            Event::Decl(_) | Event::Comment(_) | Event::Eof => Ok(()),
        }
    }

    fn inside(&self) -> bool {
        !self.open.is_empty()
    }

    fn text(&self, text: &str) -> Result<(), Wrong> {
        let space = text
            .bytes()
            .all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        if !self.inside() && !space {
            return Err("text outside the root element");
        }
        markup::check_text(text)
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Wrong> {
        if self.open.len() >= MAX_DEPTH {
            return Err("elements nested too deeply");
        }
        markup::check_name(tag.name().as_ref())?;
        let name = tag.local_name();
        let element = self.classify(name.as_ref())?;
        match element {
            Element::Suites | Element::Suite => self.suite(tag)?,
            Element::Case => self.case.begin(tag.attributes_raw())?,
            Element::Other if self.open.last() == Some(&Element::Case) => {
                self.case
                    .child(name.as_ref(), tag.attributes_raw(), self.tally)?;
            }
            Element::Other => markup::attributes(tag.attributes_raw(), |_, _| Ok(()))?,
        }
        self.open.push(element);
        Ok(())
    }

    fn classify(&mut self, name: &str) -> Result<Element, Wrong> {
        match (self.open.last(), name) {
            (None, _) if self.seen_root => Err("more than one root element"),
            (None, name) if !is_root(name) => {
                Err("not a JUnit report: the root is neither testsuites nor testsuite")
            }
            (None, "testsuites") => Ok(Element::Suites),
            (None | Some(Element::Suites | Element::Suite), "testsuite") => Ok(Element::Suite),
            (Some(Element::Suites | Element::Suite), "testcase") => Ok(Element::Case),
            _ => Ok(Element::Other),
        }
    }

    /// Declared counts: the root's own, or else those of the suites just below it.
    fn suite(&mut self, tag: &BytesStart<'_>) -> Result<(), Wrong> {
        let mut declared = Declared::default();
        markup::attributes(tag.attributes_raw(), |name, raw| {
            let count = || markup::value(raw).trim().parse().unwrap_or(0);
            match name {
                "tests" => declared.tests = count(),
                "failures" => declared.failures = count(),
                "errors" => declared.errors = count(),
                "skipped" | "disabled" => {
                    declared.skipped = declared.skipped.saturating_add(count())
                }
                _ => {}
            }
            Ok(())
        })?;
        if let Some(level) = self.declared.get_mut(self.open.len()) {
            level.add(declared);
        }
        self.seen_root = true;
        Ok(())
    }

    fn end(&mut self) {
        if self.open.pop() == Some(Element::Case) {
            self.case.end(self.tally);
        }
    }

    /// The document ends at byte `offset`.
    pub(super) fn finish(self, offset: usize) -> Result<(), Refusal> {
        if self.inside() {
            return Err(Refusal::at(
                offset,
                "the document ends before its root element does",
            ));
        }
        if !self.seen_root {
            return Err(Refusal::at(offset, "no root element"));
        }
        let [root, suites] = self.declared;
        self.tally
            .declared
            .add(if root.tests > 0 { root } else { suites });
        Ok(())
    }
}
