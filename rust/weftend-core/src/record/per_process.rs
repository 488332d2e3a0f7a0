//! One value for each process that shares a memory image by `fork`.
//!
//! A lock that another thread held at the moment of a fork is held for ever in the child: the thread that would let
//! go of it is not there. So a child never looks at its parent's value: it claims a place of its own, by one atomic
//! exchange, and no lock is on the way there.

use std::sync::atomic::{AtomicU32, Ordering};

/// Generations of processes, each forked by the one before, that have a place.
pub(super) const GENERATIONS: usize = 64;

/// Places for values, one for each process, claimed in the order of generations.
#[derive(Debug)]
pub(super) struct PerProcess<T> {
    /// 0 where nobody has claimed the place; no process that runs this has that number.
    owners: [AtomicU32; GENERATIONS],
    values: [T; GENERATIONS],
}

impl<T> PerProcess<T> {
    pub(super) const fn new(values: [T; GENERATIONS]) -> Self {
        PerProcess {
            owners: [const { AtomicU32::new(0) }; GENERATIONS],
            values,
        }
    }

    /// The value of the process with this number; nothing where all places belong to its ancestors.
    pub(super) fn of(&self, process: u32) -> Option<&T> {
        for (owner, value) in self.owners.iter().zip(&self.values) {
            let claimed = owner.compare_exchange(0, process, Ordering::AcqRel, Ordering::Acquire);
            // Two threads of one process race for the same place; the one that loses finds it to be its own.
            if claimed.is_ok() || claimed == Err(process) {
                return Some(value);
            }
        }
        None
    }

    /// The values of every process that has claimed one, the oldest ancestor's first.
    pub(super) fn claimed(&self) -> impl Iterator<Item = (u32, &T)> {
        let owners = self
            .owners
            .iter()
            .map(|owner| owner.load(Ordering::Acquire));
        owners
            .zip(&self.values)
            .take_while(|(owner, _)| *owner != 0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn places() -> PerProcess<Mutex<u32>> {
        PerProcess::new([const { Mutex::new(0) }; GENERATIONS])
    }

    #[test]
    fn a_child_does_not_wait_for_what_its_parent_holds() {
        let places = places();
        let _held = places.of(10).expect("a place").lock();
        *places.of(11).expect("a place").try_lock().expect("free") = 5;
        assert_eq!(*places.of(11).expect("a place").lock().expect("free"), 5);
        assert!(places.of(10).expect("a place").try_lock().is_err());
        let owners: Vec<_> = places.claimed().map(|(owner, _)| owner).collect();
        assert_eq!(owners, [10, 11]);
    }

    #[test]
    fn threads_of_one_process_share_one_place() {
        let places = places();
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| *places.of(7).expect("a place").lock().expect("free") += 1);
            }
        });
        assert_eq!(places.claimed().count(), 1);
        assert_eq!(*places.of(7).expect("a place").lock().expect("free"), 8);
    }

    #[test]
    fn where_every_place_is_an_ancestors_there_is_none() {
        let places = places();
        for process in 1..=64 {
            assert!(places.of(process).is_some());
        }
        assert!(places.of(65).is_none());
    }
}
