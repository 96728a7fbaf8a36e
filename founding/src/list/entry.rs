// SPDX-License-Identifier: Apache-2.0

//! The entry of one hospital, as it writes it.

use salus_primitives::{membership::InstitutionKind, EncryptionKey, SigningKey};
use salus_sealing::keys::{AuthorityPublic, PublicKeys};
use std::net::{IpAddr, SocketAddr};

/// The public entry of one hospital, as `salus network keys` makes it.
pub struct Entry<'a> {
    /// Its name.
    pub name: &'a str,
    /// The kind of institution.
    pub kind: InstitutionKind,
    /// The address at which other nodes reach its node.
    pub address: SocketAddr,
    /// The address on which its node listens; `None` for all interfaces.
    pub listen: Option<IpAddr>,
    /// The address of its vault; empty for none.
    pub vault_address: &'a str,
    /// Its node's keys.
    pub node: &'a AuthorityPublic,
    /// The institution's own keys.
    pub institution: &'a PublicKeys,
    /// The keys of its staff, by the name of their table.
    pub staff: [(&'a str, &'a PublicKeys); 4],
}

impl Entry<'_> {
    /// Returns the entry as TOML for a list.
    pub fn to_toml(&self) -> String {
        let hex = |key: &EncryptionKey| SigningKey(key.key);
        let mut text = format!(
            "[[hospital]]\nname = \"{}\"\nkind = \"{}\"\naddress = \"{}\"\nport = {}\n",
            self.name,
            self.kind.word(),
            self.address.ip(),
            self.address.port(),
        );
        if let Some(listen) = self.listen {
            text += &format!("listen = \"{listen}\"\n");
        }
        if !self.vault_address.is_empty() {
            text += &format!("vault-address = \"{}\"\n", self.vault_address);
        }
        let AuthorityPublic { peer_id, aura, grandpa } = self.node;
        text += &format!("peer-id = \"{peer_id}\"\naura = \"{aura}\"\ngrandpa = \"{grandpa}\"\n");
        let PublicKeys { membership, encryption, .. } = self.institution;
        text +=
            &format!("\n[hospital.institution]\nissuing = \"{membership}\"\nencryption = \"{}\"\n", hex(encryption));
        for (table, keys) in self.staff {
            text += &format!(
                "\n[hospital.{table}]\ntransaction = \"{}\"\nmembership = \"{}\"\nencryption = \"{}\"\n",
                keys.transaction,
                keys.membership,
                hex(&keys.encryption)
            );
        }
        text
    }
}
