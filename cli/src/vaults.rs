// SPDX-License-Identifier: Apache-2.0

//! The vault services that the chain names, as this machine sees them.

use salus_chain::{At, Chain, QueryError};
use salus_primitives::{membership::InstitutionStatus, EncryptionKey, InstitutionId};
use salus_vault_client::{Address, Look, VaultClient, VaultClientError};
use tokio::task::JoinSet;

/// The vault of an institution: what the chain says, and what its service showed.
pub(crate) struct SeenVault {
    /// The institution.
    pub(crate) institution: InstitutionId,
    /// Its vault address on the chain; empty when it has none.
    pub(crate) address: String,
    /// Its encryption key on the chain.
    pub(crate) encryption_key: EncryptionKey,
    /// The outcome of the look at its service.
    pub(crate) seen: Seen,
}

impl SeenVault {
    /// Whether the chain has no address of it.
    pub(crate) fn has_no_address(&self) -> bool {
        matches!(self.seen, Seen::NoAddress)
    }
}

/// The outcome of a look at a service.
pub(crate) enum Seen {
    /// The institution has no vault address.
    NoAddress,
    /// The address is neither https nor on this machine.
    Unusable,
    /// The service answered.
    Answered(Look),
    /// It did not, or not as a vault service does.
    Failed(VaultClientError),
}

/// Looks at the vault services of all institutions that were not removed, all at the same time, in the order of their numbers.
pub(crate) async fn look_at_all(chain: &Chain) -> Result<Vec<SeenVault>, QueryError> {
    let client = VaultClient::new(chain.genesis()).map_err(|error| error.to_string());
    let mut looks = JoinSet::new();
    for numbered in chain.institutions(At::Finalized).await? {
        if numbered.institution.status == InstitutionStatus::Removed {
            continue;
        }
        let profile = numbered.institution.profile;
        let address = String::from_utf8_lossy(&profile.vault_address).into_owned();
        let client = client.clone();
        looks.spawn(async move {
            let seen = look(client, &address).await;
            SeenVault { institution: numbered.number, address, encryption_key: profile.encryption_key, seen }
        });
    }
    let mut vaults = looks.join_all().await;
    vaults.sort_by_key(|vault| vault.institution);
    Ok(vaults)
}

/// Looks at the service at `address`, unless this machine has no client for it.
async fn look(client: Result<VaultClient, String>, address: &str) -> Seen {
    if address.is_empty() {
        return Seen::NoAddress;
    }
    let Some(address) = Address::parse(address) else { return Seen::Unusable };
    let looked = match client {
        Ok(client) => client.look(&address).await,
        Err(cause) => Err(VaultClientError::Unreachable { authority: address.authority().to_owned(), cause }),
    };
    looked.map_or_else(Seen::Failed, Seen::Answered)
}
