//! One observation: who it is, and what it contributes under which name.

use weftend_core::fold::UnitDigest;

/// The channels of a partial fold of a release folder: the stream's maps, then its ref lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Channel {
    CapDenies,
    ReasonFamilies,
    TartarusKinds,
    EvidenceRefs,
    TartarusRefs,
}

/// The maps of the release stream, in the order of its definition.
pub const MAPS: [&str; 3] = ["capDenies", "reasonFamilies", "tartarusKinds"];

/// The ref lists of the release stream, in the order of its definition.
pub const REFS: [&str; 2] = ["evidenceRefs", "tartarusRefs"];

/// What one record, pulse or run says: each key once, since both are maps of kind *set*.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Observation {
    /// The digest that is its identity.
    pub(crate) unit: UnitDigest,
    /// Sorted and distinct.
    pub(crate) keys: Vec<(Channel, Box<str>)>,
}
