// SPDX-License-Identifier: Apache-2.0

//! The names that people give to the hospitals of a network: from a list, otherwise by the numbers of their institutions.
//! A key whose hospital the chain knows is never such a name.

use salus_chain::Seat;
use salus_primitives::{FinalityKey, InstitutionId};

/// A hospital as a list names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Listed {
    /// The number of its institution.
    pub(crate) institution: InstitutionId,
    /// The key for votes with which its node began.
    pub(crate) first_key: FinalityKey,
    /// Its name.
    pub(crate) name: String,
}

/// The names of a network's hospitals.
pub(crate) struct Names {
    listed: Vec<Listed>,
    /// Seats as the chain knew them, at one block or at several: keys are replaced while people look.
    seats: Vec<Seat>,
}

impl Names {
    pub(crate) fn new(listed: Vec<Listed>) -> Self {
        Self { listed, seats: Vec::new() }
    }

    /// Learns whose keys are whose.
    pub(crate) fn learn(&mut self, seats: &[Seat]) {
        self.seats.extend_from_slice(seats);
    }

    /// The hospital whose node votes with `key`.
    pub(crate) fn of_key(&self, key: &FinalityKey) -> String {
        match self.seats.iter().find(|seat| seat.has_finality_key(key)) {
            Some(seat) => self.of_seat(seat),
            None => match self.listed.iter().find(|listed| listed.first_key == *key) {
                Some(listed) => listed.name.clone(),
                None => format!("a node whose hospital neither the chain nor a list names, with the key {key}"),
            },
        }
    }

    /// The hospital of this institution.
    pub(crate) fn of_institution(&self, institution: InstitutionId) -> String {
        if let Some(seat) = self.seats.iter().find(|seat| seat.institution == institution) {
            return self.of_seat(seat);
        }
        let listed = self.listed.iter().find(|listed| listed.institution == institution);
        listed.map_or_else(|| format!("institution {institution}"), |listed| listed.name.clone())
    }

    /// The hospital with this seat.
    pub(crate) fn of_seat(&self, seat: &Seat) -> String {
        let listed = self.listed.iter().find(|listed| listed.institution == seat.institution);
        let listed = listed.or_else(|| self.listed.iter().find(|listed| seat.has_finality_key(&listed.first_key)));
        listed.map_or_else(|| format!("institution {}", seat.institution), |listed| listed.name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::tests::seat;

    fn key(number: u8) -> FinalityKey {
        FinalityKey([number; 32])
    }

    fn listed(institution: u32, first: u8, name: &str) -> Listed {
        Listed { institution: InstitutionId(institution), first_key: key(first), name: name.to_owned() }
    }

    #[test]
    fn a_hospital_is_called_by_its_name_whichever_keys_its_node_has() {
        let mut names = Names::new(vec![listed(0, 10, "North"), listed(1, 11, "South")]);
        // South replaces its keys while it is looked at.
        names.learn(&[seat(0, Some(10), Some(10)), seat(1, Some(21), Some(11))]);
        names.learn(&[seat(0, Some(10), Some(10)), seat(1, Some(31), Some(21))]);
        for (number, name) in [(10, "North"), (11, "South"), (21, "South"), (31, "South")] {
            assert_eq!(names.of_key(&key(number)), name);
        }
        assert_eq!(names.of_institution(InstitutionId(1)), "South");
        assert_eq!(names.of_institution(InstitutionId(2)), "institution 2");
    }

    #[test]
    fn without_a_list_a_hospital_is_called_by_its_number() {
        let mut names = Names::new(Vec::new());
        names.learn(&[seat(3, Some(10), Some(11))]);
        assert_eq!(
            (names.of_key(&key(10)).as_str(), names.of_key(&key(11)).as_str()),
            ("institution 3", "institution 3")
        );
        assert_eq!(names.of_seat(&seat(4, None, None)), "institution 4");
        assert!(names.of_key(&key(12)).contains(&key(12).to_string()));
    }

    #[test]
    fn a_hospital_that_left_and_votes_still_is_called_by_its_name() {
        let names = Names::new(vec![listed(0, 10, "North")]);
        assert_eq!(names.of_key(&key(10)), "North");
    }
}
