// SPDX-License-Identifier: Apache-2.0

//! A list that passed all checks.

use salus_primitives::{
    network::{Founder, Network},
    FinalityKey, InstitutionId,
};
use salus_sealing::keys::PeerId;
use std::{
    collections::BTreeSet,
    net::{IpAddr, SocketAddr},
};

/// A list of hospitals that passed all checks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct List {
    /// The description for the genesis, with all founders, even those that have left.
    pub network: Network,
    /// The hospitals: founders, those who joined later, and those who left.
    pub hospitals: Vec<Hospital>,
}

impl List {
    /// Returns the addresses of all other hospitals that have not left.
    pub fn peers_of(&self, institution: InstitutionId) -> BTreeSet<IpAddr> {
        self.others(institution).map(|hospital| hospital.address.ip()).collect()
    }

    /// Returns all other hospitals that have not left.
    pub fn others(&self, institution: InstitutionId) -> impl Iterator<Item = &Hospital> {
        self.present().filter(move |hospital| hospital.institution != institution)
    }

    /// Returns the hospitals that have not left.
    pub fn present(&self) -> impl Iterator<Item = &Hospital> {
        self.hospitals.iter().filter(|hospital| !hospital.has_left)
    }
}

/// A hospital of the list.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hospital {
    /// The institution's number: a founder's place among the founders, or the number from the council's decision.
    pub institution: InstitutionId,
    /// Whether the genesis has it.
    pub is_founder: bool,
    /// Whether it has left, so that its node is not a peer.
    pub has_left: bool,
    /// Its name for people, which is not on the chain.
    pub name: String,
    /// The address at which other nodes reach its node.
    pub address: SocketAddr,
    /// The address on which its node listens.
    pub listen: IpAddr,
    /// Its node's libp2p identity.
    pub peer_id: PeerId,
    /// The GRANDPA key with which its node votes.
    pub grandpa: FinalityKey,
    /// A founder's part of the genesis, or the same data for a later hospital, which the council decided on.
    pub founder: Founder,
}

impl Hospital {
    /// Returns whether both are the same entry of a hospital, apart from place, kind of membership and departure.
    pub fn is_entry_of(&self, other: &Self) -> bool {
        let Self { institution, is_founder, has_left, .. } = other.clone();
        Self { institution, is_founder, has_left, ..self.clone() } == *other
    }
}
