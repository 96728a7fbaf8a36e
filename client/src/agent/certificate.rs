// SPDX-License-Identifier: Apache-2.0

//! Certificates of shredding: the answers of a node about the end of a record, in one file that can be checked later (S2-18, S2-29).
//!
//! A certificate needs no key, and no vault is asked. It is evidence, not proof: institutions attest, and the chain cannot look into
//! their vaults. So it also lists the copies that it does not govern.

mod check;
mod facts;
mod form;
mod ungoverned;

pub use check::CheckedCertificate;
pub use form::{
    CertifiedAttestation, CertifiedBlock, CertifiedEntry, CertifiedInstitution, CertifiedLog, CertifiedShredding,
    CertifiedVersion, Form, ShreddingCertificate, StateSince, Word,
};
pub use ungoverned::UngovernedCopies;
