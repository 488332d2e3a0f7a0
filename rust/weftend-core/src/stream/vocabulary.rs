//! From a raw key to the bucket it falls into.

use hashbrown::HashMap;

use super::{Fold, Kind, MapDefinition};
use crate::fold::{NONE, OTHER};

/// A bucket of one map: the listed keys in the vocabulary's order, then `__other__`, then `__none__`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

impl MapDefinition {
    /// Where everything goes that is not listed.
    pub fn other(&self) -> Slot {
        Slot(self.vocabulary.keys().len() as u32)
    }

    /// Where a unit without a key goes, in a partition.
    pub fn none(&self) -> Slot {
        Slot(self.vocabulary.keys().len() as u32 + 1)
    }

    /// How many buckets there can be.
    pub fn slots(&self) -> usize {
        self.vocabulary.keys().len() + if self.kind == Kind::Partition { 2 } else { 1 }
    }

    /// The name of a bucket as payloads show it.
    pub fn slot_name(&self, slot: Slot) -> Option<&str> {
        let keys = self.vocabulary.keys();
        match keys.get(slot.0 as usize) {
            Some(key) => Some(key),
            None if slot == self.other() => Some(OTHER),
            None if slot == self.none() && self.kind == Kind::Partition => Some(NONE),
            None => None,
        }
    }
}

/// The vocabulary of one map, ready to look up.
#[derive(Clone)]
pub(super) struct Lookup {
    fold: Fold,
    other: Slot,
    slots: HashMap<String, Slot, foldhash::fast::RandomState>,
}

impl Lookup {
    pub(super) fn of(map: &MapDefinition) -> Self {
        let keys = map.vocabulary.keys().iter().cloned();
        Lookup {
            fold: map.fold,
            other: map.other(),
            slots: keys.zip((0..).map(Slot)).collect(),
        }
    }

    pub(super) fn slot(&self, key: &str) -> Slot {
        let key = match self.fold {
            Fold::None => key,
            Fold::Family => key.split(':').next().unwrap_or(key),
        };
        self.slots.get(key).copied().unwrap_or(self.other)
    }
}
