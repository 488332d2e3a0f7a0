//! What a stream declares about its records: which JSON Pointers lead to its unit, keys and amounts.

use weftend_core::stream;

use super::value::{Value, Values};
use crate::ijson::{Kind, Name, Scan, Scanner, Wanted, fingerprint};

/// The declared pointers, as the tree of member names that leads to them.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    pub(super) root: Node,
    /// Slot of the unit's identity; without one every record is a unit.
    pub unit: Option<usize>,
    /// Per channel that has fields: channel, slot of the key, slot of the amount.
    pub maps: Vec<(usize, usize, Option<usize>)>,
    /// The pointers by slot.
    pub pointers: Vec<String>,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Node {
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
    pub(super) fn read<'a>(&self, scanner: &mut Scanner<'a>, values: &mut Values<'a>) -> Scan<()> {
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

    /// What the member `name` of an object here leads to.
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
            let node = self.element(index);
            index += 1;
            match node {
                Some(node) => node.read(scanner, values),
                None => scanner.skip(),
            }
        })
    }

    /// What the element `index` of an array here leads to.
    fn element(&self, index: usize) -> Option<&Node> {
        let same = |child: &&Child| child.name.parse() == Ok(index);
        self.children.iter().find(same).map(|child| &child.node)
    }
}

impl Wanted for Node {
    fn member(&self, name: &Name<'_>) -> Scan<Option<&Self>> {
        Ok(self.wanted(name))
    }

    fn element(&self, index: usize) -> Option<&Self> {
        self.element(index)
    }

    fn slot(&self) -> Option<usize> {
        self.slot
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
