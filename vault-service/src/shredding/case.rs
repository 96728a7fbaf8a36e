// SPDX-License-Identifier: Apache-2.0

//! One shredding, as far as this vault has come with it.

use salus_primitives::{
    shredding::{Absence, Shredding, StoreKind},
    Digest, Moment,
};
use std::collections::BTreeSet;

/// A shredding, and what is known of the record's objects in this vault.
pub(super) struct Case {
    /// The shredding.
    pub(super) shredding: Shredding,
    /// The record's objects; none before the chain listed them.
    pub(super) objects: Option<BTreeSet<Digest>>,
    /// Objects that stay, because something else names them, too.
    pub(super) kept: BTreeSet<Digest>,
    /// Whether all others are gone.
    pub(super) is_done: bool,
    /// The institution's word on the chain; none before the chain was asked for it.
    pub(super) word: Option<Option<Absence>>,
}

impl Case {
    /// A shredding that was not looked at yet.
    pub(super) fn new(shredding: Shredding) -> Self {
        Self { shredding, objects: None, kept: BTreeSet::new(), is_done: false, word: None }
    }

    /// Whether the shredding is younger than `age` at `time`.
    pub(super) fn is_younger(&self, age: Moment, time: Moment) -> bool {
        time < self.shredding.at.saturating_add(age)
    }

    /// The word that the institution has to give now: its first one, or a later one when fewer objects stay, or more.
    pub(super) fn due(&self, store: StoreKind) -> Option<Absence> {
        let (absence, word) = (self.absence(store)?, self.word?);
        word.is_none_or(|word| absence.kept != word.kept).then_some(absence)
    }

    /// Whether something is left to do.
    pub(super) fn waits(&self, store: StoreKind) -> bool {
        !self.is_done || self.word.is_none() || self.due(store).is_some()
    }

    /// The truth about the record's objects, once it is known.
    fn absence(&self, store: StoreKind) -> Option<Absence> {
        let objects = self.objects.as_ref().filter(|_| self.is_done)?;
        let kept = self.kept.intersection(objects).count();
        let absent = objects.len().saturating_sub(kept);
        Some(Absence { absent: count(absent), kept: count(kept), store })
    }
}

fn count(objects: usize) -> u32 {
    objects.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{ChartId, MemberId, RecordId, RecordKey};

    #[test]
    fn a_word_is_due_once_and_again_when_other_objects_stay() {
        let record = RecordId { chart: ChartId(1), key: RecordKey([1; 16]) };
        let by = MemberId(1);
        let mut case = Case::new(Shredding { record, requested_by: by, requested_at: 1, by, at: 10, block: 1 });
        let store = StoreKind::Folder;
        let word = |absent, kept| Absence { absent, kept, store };
        let ids = [1, 2, 3].map(|byte| Digest([byte; 32]));
        assert!(case.due(store).is_none() && case.waits(store));
        (case.objects, case.is_done) = (Some(ids.into()), true);
        assert!(case.due(store).is_none() && case.waits(store), "the chain was not asked for the word");
        case.word = Some(None);
        // An object that is not among the record's own counts in neither number.
        case.kept = [ids[0], Digest([9; 32])].into();
        assert_eq!(case.due(store), Some(word(2, 1)));
        case.word = Some(Some(word(2, 1)));
        assert!(case.due(store).is_none() && !case.waits(store));
        case.kept.clear();
        assert_eq!(case.due(store), Some(word(3, 0)));
        case.word = Some(Some(word(3, 0)));
        case.kept.insert(ids[0]);
        assert_eq!(case.due(store), Some(word(2, 1)), "one came back and is named");
        assert!(case.is_younger(5, 14) && !case.is_younger(5, 15));
    }
}
