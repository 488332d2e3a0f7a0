//! What a stream declares about its records: which JSON Pointers lead to its unit, keys and amounts.

use std::borrow::Cow;

use weftend_core::{canonical, stream};

use crate::ijson::{Kind, Name, Scan, Scanner, Str, fingerprint};
use crate::keys;

/// The values of one record that a stream asks for, by slot number.
pub type Values<'a> = Vec<Option<Value<'a>>>;

/// A value that a pointer leads to.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A string, as it stands in the text between its quotes, and whether there are escapes in it.
    Text(&'a str, bool),
    /// A number, as it is written.
    Number(&'a str),
    /// `true` or `false`.
    Boolean(bool),
}

impl<'a> Value<'a> {
    /// The bucket key that the value stands for: strings percent-encoded, numbers as ECMAScript prints them.
    pub fn key(&self) -> Cow<'a, str> {
        match *self {
            Value::Text(raw, false) => keys::percent_encoded(raw),
            Value::Text(raw, true) => keys::percent_encoded(&Str::new(raw, true).text())
                .into_owned()
                .into(),
            Value::Number(token) => printed(token).into(),
            Value::Boolean(true) => "true".into(),
            Value::Boolean(false) => "false".into(),
        }
    }

    /// The value as canonical JSON.
    pub fn canonical(&self) -> String {
        match *self {
            Value::Text(raw, escaped) => {
                let text = canonical::to_vec(&Str::new(raw, escaped).text());
                // Any text has a canonical form, which is UTF-8.
                String::from_utf8(text.unwrap_or_default()).unwrap_or_default()
            }
            Value::Number(token) => printed(token),
            Value::Boolean(truth) => truth.to_string(),
        }
    }

    /// The value as an amount: a whole number from 0 to 2^53 − 1.
    pub fn amount(&self) -> Option<u64> {
        let Value::Number(token) = self else {
            return None;
        };
        printed(token)
            .parse()
            .ok()
            .filter(|amount| *amount <= weftend_core::fold::MAX_AMOUNT)
    }
}

/// A number token, already checked, as canonical JSON prints it.
fn printed(token: &str) -> String {
    let small = token.len() <= 15 && token.bytes().all(|byte| byte.is_ascii_digit());
    if small {
        return token.to_owned();
    }
    let bytes = canonical::canonicalize_text(token.as_bytes()).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// The declared pointers, as the tree of member names that leads to them.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    root: Node,
    /// Slot of the unit's identity; without one every record is a unit.
    pub unit: Option<usize>,
    /// Per channel that has fields: channel, slot of the key, slot of the amount.
    pub maps: Vec<(usize, usize, Option<usize>)>,
    /// The pointers by slot.
    pub pointers: Vec<String>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    children: Vec<Child>,
    slot: Option<usize>,
}

/// What a member name leads to.
#[derive(Clone, Debug)]
struct Child {
    name: String,
    fingerprint: u64,
    node: Node,
}

impl Fields {
    /// The fields that `declared` names, for the maps of a stream in their order.
    pub fn of<'n>(declared: &stream::Fields, maps: impl IntoIterator<Item = &'n str>) -> Self {
        let mut fields = Fields::default();
        fields.unit = declared.unit.as_deref().map(|pointer| fields.slot(pointer));
        for (channel, name) in maps.into_iter().enumerate() {
            if let Some(map) = declared.maps.get(name) {
                let key = fields.slot(&map.key);
                let amount = map.amount.as_deref().map(|pointer| fields.slot(pointer));
                fields.maps.push((channel, key, amount));
            }
        }
        fields
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.pointers.len()
    }

    fn slot(&mut self, pointer: &str) -> usize {
        if let Some(slot) = self.pointers.iter().position(|known| known == pointer) {
            return slot;
        }
        let slot = self.pointers.len();
        self.pointers.push(pointer.to_owned());
        let steps = pointer
            .split('/')
            .skip(1)
            .map(|step| step.replace("~1", "/").replace("~0", "~"));
        let leaf = steps.fold(&mut self.root, Node::child);
        leaf.slot = Some(slot);
        slot
    }

    /// Read the record at the cursor into `values`, one per slot; checked whole.
    pub(crate) fn read<'a>(&self, scanner: &mut Scanner<'a>, values: &mut Values<'a>) -> Scan<()> {
        values.clear();
        values.resize(self.slots(), None);
        self.root.read(scanner, values)
    }
}

impl Node {
    fn child(&mut self, name: String) -> &mut Node {
        let index = self.children.iter().position(|child| child.name == name);
        let index = index.unwrap_or_else(|| {
            self.children.push(Child {
                fingerprint: fingerprint(name.as_bytes()),
                name,
                node: Node::default(),
            });
            self.children.len() - 1
        });
        &mut self.children[index].node
    }

    #[inline]
    fn wanted(&self, name: &Name<'_>) -> Option<&Node> {
        let same =
            |child: &&Child| child.fingerprint == name.fingerprint && name.text.is(&child.name);
        self.children.iter().find(same).map(|child| &child.node)
    }

    fn read<'a>(&self, scanner: &mut Scanner<'a>, values: &mut Values<'a>) -> Scan<()> {
        match scanner.kind()? {
            Kind::Object if !self.children.is_empty() => {
                scanner.object(|scanner, name| match self.wanted(&name) {
                    Some(node) => node.read(scanner, values),
                    None => scanner.skip(),
                })
            }
            Kind::Array if !self.children.is_empty() => self.elements(scanner, values),
            _ if self.slot.is_some() => {
                let value = scalar(scanner)?;
                if let Some(place) = self.slot.and_then(|slot| values.get_mut(slot)) {
                    *place = value;
                }
                Ok(())
            }
            _ => scanner.skip(),
        }
    }

    fn elements<'a>(&self, scanner: &mut Scanner<'a>, values: &mut Values<'a>) -> Scan<()> {
        let mut index = 0usize;
        scanner.array(|scanner| {
            let node = self
                .children
                .iter()
                .find(|child| child.name.parse() == Ok(index));
            index += 1;
            match node {
                Some(child) => child.node.read(scanner, values),
                None => scanner.skip(),
            }
        })
    }
}

/// The scalar at the cursor; null, arrays and objects are checked and are no value.
fn scalar<'a>(scanner: &mut Scanner<'a>) -> Scan<Option<Value<'a>>> {
    Ok(match scanner.kind()? {
        Kind::String => {
            let text = scanner.string()?;
            Some(Value::Text(text.raw(), text.is_escaped()))
        }
        Kind::Number => Some(Value::Number(scanner.number()?)),
        _ => scanner.boolean_or_skip()?.map(Value::Boolean),
    })
}
