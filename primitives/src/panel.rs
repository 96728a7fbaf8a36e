// SPDX-License-Identifier: Apache-2.0

//! A panel: enough members, of enough different institutions, within a term. It makes decisions that no institution may
//! make alone.
//!
//! A pallet keeps a [`Panel`] for each matter, and has one [`Quorum`] for each kind of matter. The pallet checks which
//! members may speak.

use crate::{InstitutionId, MemberId, Moment};
use bounded_collections::{BoundedVec, ConstU32};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The numbers that a panel has to reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Quorum {
    /// The least number of members.
    pub members: u32,
    /// The least number of different institutions that they belong to.
    pub institutions: u32,
}

impl Quorum {
    /// Returns a quorum of so many members, each of another institution.
    pub fn of_different_institutions(count: u32) -> Self {
        Self { members: count, institutions: count }
    }
}

/// A member who has spoken, and its institution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Voice {
    /// The institution.
    pub institution: InstitutionId,
    /// The member.
    pub member: MemberId,
}

/// The members who have spoken, at most `SIZE`, and the end of the term.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Panel<const SIZE: u32> {
    voices: BoundedVec<Voice, ConstU32<SIZE>>,
    closes_at: Option<Moment>,
}

/// The reason why a member cannot speak.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PanelRefusal {
    /// The term is over.
    Closed,
    /// The member has spoken already.
    HasSpoken,
    /// The panel has no place left.
    Full,
}

impl<const SIZE: u32> Default for Panel<SIZE> {
    fn default() -> Self {
        Self::open_until(None)
    }
}

impl<const SIZE: u32> Panel<SIZE> {
    /// Returns a panel that no member has spoken in, with a term until `closes_at`, or without one.
    pub fn open_until(closes_at: Option<Moment>) -> Self {
        Self { voices: BoundedVec::new(), closes_at }
    }

    /// Returns the members who have spoken, in the order in which they spoke.
    pub fn voices(&self) -> &[Voice] {
        &self.voices
    }

    /// Returns the end of the term; none where the panel has no term.
    pub fn closes_at(&self) -> Option<Moment> {
        self.closes_at
    }

    /// Whether a member may still speak at this time.
    pub fn is_open(&self, now: Moment) -> bool {
        self.closes_at.is_none_or(|closes_at| now < closes_at)
    }

    /// Whether a member of this institution has spoken.
    pub fn has_heard(&self, institution: InstitutionId) -> bool {
        self.voices.iter().any(|voice| voice.institution == institution)
    }

    /// Adds a member's voice.
    pub fn hear(&mut self, voice: Voice, now: Moment) -> Result<(), PanelRefusal> {
        if !self.is_open(now) {
            return Err(PanelRefusal::Closed);
        }
        if self.voices.iter().any(|other| other.member == voice.member) {
            return Err(PanelRefusal::HasSpoken);
        }
        self.voices.try_push(voice).map_err(|_| PanelRefusal::Full)
    }

    /// Whether enough members of enough different institutions have spoken.
    pub fn reaches(&self, quorum: Quorum) -> bool {
        let is_first = |place: usize, voice: &Voice| {
            !self.voices.iter().take(place).any(|earlier| earlier.institution == voice.institution)
        };
        let institutions = self.voices.iter().enumerate().filter(|(place, voice)| is_first(*place, voice)).count();
        let is_enough = |count: usize, needed: u32| u32::try_from(count).is_ok_and(|count| count >= needed);
        is_enough(self.voices.len(), quorum.members) && is_enough(institutions, quorum.institutions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    fn voice(institution: u32, member: u64) -> Voice {
        Voice { institution: InstitutionId(institution), member: MemberId(member) }
    }

    fn panel(voices: &[(u32, u64)]) -> Panel<4> {
        let mut panel = Panel::open_until(None);
        for (institution, member) in voices {
            assert_eq!(panel.hear(voice(*institution, *member), 0), Ok(()));
        }
        panel
    }

    #[test]
    fn a_quorum_counts_members_and_different_institutions() {
        let quorum = Quorum { members: 3, institutions: 2 };
        for (voices, is_enough) in [
            (Vec::new(), false),
            (vec![(1, 1), (2, 2)], false),
            (vec![(1, 1), (1, 2), (1, 3)], false),
            (vec![(1, 1), (1, 2), (2, 3)], true),
            (vec![(1, 1), (2, 2), (3, 3), (4, 4)], true),
        ] {
            assert_eq!(panel(&voices).reaches(quorum), is_enough, "{voices:?}");
        }
    }

    #[test]
    fn of_different_institutions_no_institution_counts_twice() {
        let two = Quorum::of_different_institutions(2);
        assert!(!panel(&[(1, 1), (1, 2)]).reaches(two));
        assert!(panel(&[(1, 1), (2, 2)]).reaches(two));
        assert!(panel(&[]).reaches(Quorum::of_different_institutions(0)));
    }

    #[test]
    fn a_member_speaks_once_whichever_institution_it_names() {
        let mut panel = panel(&[(1, 1)]);
        assert_eq!(panel.hear(voice(2, 1), 0), Err(PanelRefusal::HasSpoken));
        assert_eq!(panel.voices(), [voice(1, 1)]);
        assert!(panel.has_heard(InstitutionId(1)) && !panel.has_heard(InstitutionId(2)));
    }

    #[test]
    fn a_panel_has_so_many_places() {
        let mut panel = panel(&[(1, 1), (2, 2), (3, 3), (4, 4)]);
        assert_eq!(panel.hear(voice(5, 5), 0), Err(PanelRefusal::Full));
        assert_eq!(panel.voices().len(), 4);
    }

    #[test]
    fn a_term_ends_with_its_moment_and_what_was_said_before_counts() {
        let mut panel = Panel::<4>::open_until(Some(10));
        assert_eq!(panel.hear(voice(1, 1), 9), Ok(()));
        assert_eq!(panel.hear(voice(2, 2), 10), Err(PanelRefusal::Closed));
        assert!(panel.is_open(9) && !panel.is_open(10));
        assert!(panel.reaches(Quorum::of_different_institutions(1)));
        assert!(Panel::<4>::open_until(None).is_open(Moment::MAX));
    }

    #[test]
    fn a_panel_keeps_its_value_and_its_bound() {
        let full = panel(&[(1, 1), (2, 2), (3, 3), (4, 4)]);
        assert!(full.encoded_size() <= Panel::<4>::max_encoded_len());
        assert_eq!(Panel::decode(&mut full.encode().as_slice()), Ok(full.clone()));
        // One voice more than fits is refused, and not cut off.
        let five = (vec![voice(1, 1); 5], None::<Moment>).encode();
        assert!(Panel::<4>::decode(&mut five.as_slice()).is_err());
    }
}
