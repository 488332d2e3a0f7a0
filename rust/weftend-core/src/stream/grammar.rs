//! The named grammars of registered keys: each a bounded class of printable ASCII.

/// One class of names: its first byte, its other bytes, and its length from 1.
#[derive(Clone, Copy, Debug)]
pub struct Grammar {
    /// How vocabularies name it.
    pub name: &'static str,
    first: fn(u8) -> bool,
    rest: fn(u8) -> bool,
    /// Greatest length, in bytes.
    pub max_bytes: usize,
}

impl Grammar {
    /// The grammar of this name.
    pub fn named(name: &str) -> Option<&'static Grammar> {
        GRAMMARS.iter().find(|grammar| grammar.name == name)
    }

    /// Whether `key` is a name of this class.
    pub fn accepts(&self, key: &str) -> bool {
        let mut bytes = key.bytes();
        key.len() <= self.max_bytes && bytes.next().is_some_and(self.first) && bytes.all(self.rest)
    }
}

/// Every grammar there is; `weftend.models.grammars` has the same names, bytes and lengths.
pub const GRAMMARS: &[Grammar] = &[
    Grammar {
        name: "dotted-id",
        first: |byte| byte.is_ascii_alphabetic(),
        rest: dotted,
        max_bytes: 128,
    },
    Grammar {
        name: "reason-code",
        first: |byte| byte.is_ascii_uppercase(),
        rest: upper,
        max_bytes: 128,
    },
    Grammar {
        name: "event-type",
        first: |byte| byte.is_ascii_alphabetic(),
        rest: event,
        max_bytes: 128,
    },
    Grammar {
        name: "producer",
        first: |byte| byte.is_ascii_lowercase(),
        rest: lower,
        max_bytes: 64,
    },
    Grammar {
        name: "test-id",
        first: printable,
        rest: printable,
        max_bytes: 512,
    },
    Grammar {
        name: "rule-id",
        first: printable,
        rest: printable,
        max_bytes: 256,
    },
    Grammar {
        name: "label",
        first: printable,
        rest: printable,
        max_bytes: 128,
    },
];

fn printable(byte: u8) -> bool {
    byte.is_ascii_graphic()
}

fn dotted(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.".contains(&byte)
}

fn event(byte: u8) -> bool {
    dotted(byte) || byte == b':'
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_'
}

fn lower(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
}
