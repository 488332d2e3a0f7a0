//! A run folder: what `safe-run` left of one run, read from four documents and counted as one observation.

use std::ffi::CStr;

use weftend_core::digest::digest_bytes;
use weftend_core::error::Issue;

use super::bounds;
use super::fields::{Fields, Source};
use super::observation::{Channel, Observation};
use crate::input::{Entry, Folder, Kind, Refusal};
use crate::issues::Issues;
use crate::json::{self, Cursor, Text};

/// The file that makes a folder a run folder.
pub(crate) const RECEIPT: &CStr = c"safe_run_receipt.json";

/// The file in `analysis/` that makes a folder a run folder too.
pub(crate) const MINT: &CStr = c"weftend_mint_v1.json";

/// The folder of a run folder in which the other documents are.
pub(crate) const ANALYSIS: &CStr = c"analysis";

/// A folder with the names in it.
pub(crate) struct Listed {
    pub(crate) folder: Folder,
    pub(crate) entries: Vec<Entry>,
}

impl Listed {
    /// What `name` is, or `None` where it is not there.
    pub(crate) fn kind(&self, name: &CStr) -> Option<Kind> {
        let found = self
            .entries
            .binary_search_by(|entry| entry.name.as_c_str().cmp(name))
            .ok()?;
        self.entries.get(found).map(|entry| entry.kind)
    }
}

/// One of the four documents of a run.
struct Document {
    name: &'static CStr,
    /// Where it is in the run folder, for issues.
    path: &'static str,
    in_analysis: bool,
    schema: &'static str,
    /// Reads what this document alone says at its top level.
    member: fn(&mut Fields<'_>, &mut Cursor<'_>, Text<'_>),
}

/// The four, in the order in which they make the identity of a run.
const DOCUMENTS: [Document; 4] = [
    Document {
        name: RECEIPT,
        path: "safe_run_receipt.json",
        in_analysis: false,
        schema: "weftend.safeRunReceipt/0",
        member: receipt_member,
    },
    Document {
        name: MINT,
        path: "analysis/weftend_mint_v1.json",
        in_analysis: true,
        schema: "weftend.mint/1",
        member: mint_member,
    },
    Document {
        name: c"capability_ledger_v0.json",
        path: "analysis/capability_ledger_v0.json",
        in_analysis: true,
        schema: "weftend.capabilityLedger/0",
        member: ledger_member,
    },
    Document {
        name: c"intake_decision.json",
        path: "analysis/intake_decision.json",
        in_analysis: true,
        schema: "weftend.intake.decision/1",
        member: |_, cursor, _| cursor.skip(),
    },
];

/// Reads the run folder at `path`, relative to the release folder.
pub(crate) fn read(
    run: &Listed,
    analysis: Option<&Listed>,
    path: &str,
) -> Result<Observation, Issues> {
    let mut fields = Fields::new(Source::file(path, ""));
    let mut identity = Vec::new();
    for document in &DOCUMENTS {
        identity.push(if identity.is_empty() { b'[' } else { b',' });
        let folder = if document.in_analysis {
            analysis
        } else {
            Some(run)
        };
        fields.continue_in(Source::file(path, document.path));
        if let Err(issue) = document.read(folder, &mut fields, &mut identity) {
            fields.refuse_all(issue);
        }
    }
    identity.push(b']');
    Ok(Observation {
        keys: fields.finish()?,
        unit: digest_bytes(&identity).0,
    })
}

impl Document {
    /// Reads the document from its folder into `fields`, and appends its canonical form, or `null`, to `identity`.
    fn read(
        &self,
        folder: Option<&Listed>,
        fields: &mut Fields<'_>,
        identity: &mut Vec<u8>,
    ) -> Result<(), Issue> {
        let source = fields.source();
        let Some(text) = self
            .bytes(folder)
            .map_err(|refusal| source.unread(&refusal))?
        else {
            identity.extend_from_slice(b"null");
            return Ok(());
        };
        identity.extend_from_slice(&source.canonical(&text)?);
        let mut cursor = Cursor::new(&text);
        fields.reasons_anywhere(&mut cursor.clone());
        self.members(fields, &mut cursor);
        Ok(())
    }

    fn bytes(&self, folder: Option<&Listed>) -> Result<Option<Vec<u8>>, Refusal> {
        folder.map_or(Ok(None), |listed| {
            let kind = listed.kind(self.name);
            listed
                .folder
                .read_listed(self.name, kind, bounds::DOCUMENT_BYTES)
        })
    }

    fn members(&self, fields: &mut Fields<'_>, cursor: &mut Cursor<'_>) {
        if !fields.object(cursor, "the document") {
            return;
        }
        while let Some(name) = cursor.member() {
            if name.is("schema") {
                fields.schema(cursor, self.schema);
            } else {
                (self.member)(fields, cursor, name);
            }
        }
    }
}

fn receipt_member(fields: &mut Fields<'_>, cursor: &mut Cursor<'_>, name: Text<'_>) {
    if name.is("receiptDigest") {
        fields.digest_ref(cursor, Channel::EvidenceRefs, "receiptDigest");
    } else {
        cursor.skip();
    }
}

/// `executionProbes`: by probe, `deniedCaps`: by capability, how often it was denied.
fn mint_member(fields: &mut Fields<'_>, cursor: &mut Cursor<'_>, name: Text<'_>) {
    if !name.is("executionProbes") {
        return cursor.skip();
    }
    if !fields.object(cursor, "executionProbes") {
        return;
    }
    while cursor.member().is_some() {
        match cursor.kind() {
            json::Kind::Object => probe(fields, cursor),
            _ => cursor.skip(),
        }
    }
}

fn probe(fields: &mut Fields<'_>, cursor: &mut Cursor<'_>) {
    cursor.enter();
    while let Some(name) = cursor.member() {
        if !name.is("deniedCaps") {
            cursor.skip();
        } else if fields.object(cursor, "deniedCaps of a probe") {
            denied_counts(fields, cursor);
        }
    }
}

fn denied_counts(fields: &mut Fields<'_>, cursor: &mut Cursor<'_>) {
    while let Some(capability) = cursor.member() {
        let at = cursor.offset();
        match cursor.number() {
            Some(0.0) => {}
            Some(times) if times > 0.0 => fields.add(Channel::CapDenies, capability, at),
            _ => fields.refuse(
                at,
                "how often a capability was denied is not a number from 0",
            ),
        }
    }
}

/// `deniedCaps`: an array of `{capId, …}`.
fn ledger_member(fields: &mut Fields<'_>, cursor: &mut Cursor<'_>, name: Text<'_>) {
    if !name.is("deniedCaps") {
        return cursor.skip();
    }
    if fields.array(cursor, "deniedCaps") {
        while cursor.element() {
            denied_cap(fields, cursor);
        }
    }
}

fn denied_cap(fields: &mut Fields<'_>, cursor: &mut Cursor<'_>) {
    let at = cursor.offset();
    if !fields.object(cursor, "a denied capability") {
        return;
    }
    let mut named = false;
    while let Some(name) = cursor.member() {
        if name.is("capId") {
            named = true;
            fields.key(cursor, Channel::CapDenies, "capId");
        } else {
            cursor.skip();
        }
    }
    fields.require(at, named, "a denied capability has no capId");
}
