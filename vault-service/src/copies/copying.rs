// SPDX-License-Identifier: Apache-2.0

//! The state that the copier and the answers to other services share.

use super::{damaged::Damaged, notes::Notes, outcome::Copied, policy::Agreement};
use crate::shredding::Destroyed;
use salus_primitives::{Digest, InstitutionId};
use salus_vault::Vault;
use std::{
    collections::BTreeSet,
    io,
    sync::{PoisonError, RwLock},
};

/// The folder of notes and marks, in that of the vault.
pub(super) const FOLDER: &str = "copies";

/// With whom a vault exchanges copies, and what it once held.
pub struct Copying {
    agreement: RwLock<Agreement>,
    last: RwLock<Option<Copied>>,
    /// Objects that it once held.
    pub notes: Notes,
    /// Objects that are damaged.
    pub damaged: Damaged,
    /// Blobs of shredded records, which never come back.
    pub destroyed: Destroyed,
}

impl Copying {
    /// Begins with an agreement that the chain was not asked about yet: one with partners by name.
    pub fn open(vault: &Vault, agreement: Agreement) -> io::Result<Self> {
        let folder = vault.folder().join(FOLDER);
        let (notes, damaged) = (Notes::open(&folder)?, Damaged::below(&folder));
        let destroyed = Destroyed::open(vault.folder())?;
        Ok(Self { agreement: RwLock::new(agreement), last: RwLock::default(), notes, damaged, destroyed })
    }

    /// The marks of damaged objects of a vault, which another process may have.
    pub fn damaged_of(vault: &Vault) -> Damaged {
        Damaged::below(&vault.folder().join(FOLDER))
    }

    /// The agreement as the chain was when it was asked last.
    pub fn agreement(&self) -> Agreement {
        self.agreement.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn agree(&self, agreement: Agreement) {
        *self.agreement.write().unwrap_or_else(PoisonError::into_inner) = agreement;
    }

    /// The outcome of the last round; none before the first.
    pub fn last(&self) -> Option<Copied> {
        self.last.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn finish(&self, round: Copied) {
        *self.last.write().unwrap_or_else(PoisonError::into_inner) = Some(round);
    }

    /// Marks a damaged object, so that another vault's copy takes its place.
    pub fn have_repaired(&self, id: &Digest) {
        if let Err(error) = self.damaged.mark(id) {
            eprintln!("fault: cannot mark the damaged object `{id}`: {error}");
        }
    }

    /// The institutions whose services may ask for copies.
    pub fn others(&self) -> Vec<InstitutionId> {
        self.agreement().others().into_iter().collect()
    }

    /// The part of `objects` that a service of `asker` may have. No one gets a blob of a shredded record.
    pub fn permitted(&self, asker: InstitutionId, objects: &[Digest]) -> BTreeSet<Digest> {
        let agreement = self.agreement();
        let may_fetch = |id: &Digest| agreement.may_fetch(asker, id, self.notes.of(id).map(|note| note.owner));
        objects.iter().copied().filter(|id| may_fetch(id) && !self.destroyed.has(id)).collect()
    }

    /// The part of `objects` that belongs in the vault of `asker`, as this side noted it when it fetched them.
    pub fn of_owner(&self, asker: InstitutionId, objects: &[Digest]) -> BTreeSet<Digest> {
        let is_owner = |id: &Digest| self.notes.of(id).is_some_and(|note| note.owner == asker);
        objects.iter().copied().filter(is_owner).collect()
    }
}
