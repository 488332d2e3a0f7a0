//! Following the nesting of suites and cases through the tokens of one report.

use super::case::Case;
use super::declaration;
use super::markup::{self, Wrong};
use super::tokens::{Token, Tokens};
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

/// The state between two tokens.
pub(super) struct Suites<'t, 'a> {
    tally: &'t mut TestTally,
    open: Vec<Element>,
    case: Case<'a>,
    /// What the root declares, and what the outermost suites below it declare together.
    declared: [Declared; 2],
    seen_root: bool,
}

impl<'t, 'a> Suites<'t, 'a> {
    pub(super) fn new(tally: &'t mut TestTally) -> Self {
        Suites {
            tally,
            open: Vec::with_capacity(16),
            case: Case::default(),
            declared: [Declared::default(); 2],
            seen_root: false,
        }
    }

    /// Take in one token.
    #[inline]
    pub(super) fn token(&mut self, token: Token<'a>, tokens: &mut Tokens<'a>) -> Result<(), Wrong> {
        match token {
            Token::Start(name) => self.start(name, tokens),
            Token::End => {
                self.end();
                Ok(())
            }
            Token::Text(_) | Token::Data if !self.inside() => Err("text outside the root element"),
            Token::Text(text) => markup::check_text(text),
            Token::DocumentType => Err("a document type declaration"),
            Token::Declaration(_) if tokens.start() > 0 => Err("a declaration that is not first"),
            Token::Declaration(attributes) => declaration::check(attributes),
            Token::Instruction(target) => markup::check_target(target),
            Token::Data | Token::Comment => Ok(()),
        }
    }

    fn inside(&self) -> bool {
        !self.open.is_empty()
    }

    #[inline]
    fn start(&mut self, name: &str, tokens: &mut Tokens<'a>) -> Result<(), Wrong> {
        if self.open.len() >= MAX_DEPTH {
            return Err("elements nested too deeply");
        }
        let name = name.split_once(':').map_or(name, |(_, local)| local);
        let element = self.classify(name)?;
        let empty = match element {
            Element::Suites | Element::Suite => self.suite(tokens)?,
            Element::Case => self.case.begin(tokens)?,
            Element::Other if self.open.last() == Some(&Element::Case) => {
                self.case.child(name, tokens, self.tally)?
            }
            Element::Other => tokens.attributes(|_, _| {})?,
        };
        self.open.push(element);
        if empty {
            self.end();
        }
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
    fn suite(&mut self, tokens: &mut Tokens<'a>) -> Result<bool, Wrong> {
        let mut declared = Declared::default();
        let empty = tokens.attributes(|name, value| {
            let count = || value.text().trim().parse().unwrap_or(0);
            match name {
                "tests" => declared.tests = count(),
                "failures" => declared.failures = count(),
                "errors" => declared.errors = count(),
                "skipped" | "disabled" => {
                    declared.skipped = declared.skipped.saturating_add(count())
                }
                _ => {}
            }
        })?;
        if let Some(level) = self.declared.get_mut(self.open.len()) {
            level.add(declared);
        }
        self.seen_root = true;
        Ok(empty)
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
