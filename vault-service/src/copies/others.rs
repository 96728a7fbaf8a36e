// SPDX-License-Identifier: Apache-2.0

//! The questions of a copier to the vaults of other institutions.

use salus_primitives::{Digest, InstitutionId};
use salus_vault_client::Copies;
use std::{error::Error, future::Future};

/// The vaults of other institutions.
pub trait Partners: Sync {
    /// Objects from the vault of a partner; the first one without its first `from` bytes.
    fn copies(
        &self,
        partner: InstitutionId,
        objects: Vec<Digest>,
        from: u64,
    ) -> impl Future<Output = Result<Copies, Box<dyn Error + Send + Sync>>> + Send;

    /// Which of these own objects a partner says to have, in their order.
    fn held(
        &self,
        partner: InstitutionId,
        objects: Vec<Digest>,
    ) -> impl Future<Output = Result<Vec<bool>, Box<dyn Error + Send + Sync>>> + Send;
}
