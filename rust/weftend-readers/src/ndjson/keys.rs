//! The bucket keys of one file: numbered once for all threads, in order of arrival.

use std::sync::{Mutex, PoisonError};

use hashbrown::HashMap;
use weftend_core::fold::{BucketIndex, FoldError, Partial};

/// Channel and key of every bucket met so far, shared between threads. Each asks once per spelling it meets.
#[derive(Default)]
pub(super) struct Keys(Mutex<Known>);

#[derive(Default)]
struct Known {
    names: Vec<(usize, String)>,
    numbers: HashMap<(usize, String), u32>,
}

impl Keys {
    /// The number of `key`; [`FoldError::Full`] beyond 2^32 of them.
    pub(super) fn number(&self, channel: usize, key: &str) -> Result<u32, FoldError> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let name = (channel, key.to_owned());
        if let Some(&number) = known.numbers.get(&name) {
            return Ok(number);
        }
        let number = u32::try_from(known.names.len()).map_err(|_| FoldError::Full)?;
        known.names.push(name.clone());
        known.numbers.insert(name, number);
        Ok(number)
    }
}

/// What the numbers of [`Keys`] are called in one partial.
#[derive(Default)]
pub(super) struct Buckets(Vec<BucketIndex>);

impl Buckets {
    /// Learn every key that is known by now.
    pub(super) fn learn(&mut self, partial: &mut Partial, keys: &Keys) -> Result<(), FoldError> {
        let known = keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (channel, key) in known.names.iter().skip(self.0.len()) {
            self.0.push(partial.bucket(*channel, key)?);
        }
        Ok(())
    }

    /// The bucket with this number, if it has been learnt.
    #[inline]
    pub(super) fn get(&self, number: u32) -> Option<BucketIndex> {
        self.0.get(number as usize).copied()
    }
}
