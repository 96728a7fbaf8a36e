// SPDX-License-Identifier: Apache-2.0

//! Checks a `[[hospital]]` table.

use super::{
    check::Check,
    checked::Hospital,
    raw::{RawHospital, RawMember},
};
use crate::naming::slug;
use salus_primitives::{
    membership::{InstitutionKind, InstitutionProfile, Quota, Role},
    network::{Authority, FirstMember, Founder},
    text,
    time::MINUTE,
    InstitutionId,
};
use salus_sealing::keys::PeerId;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The default number of members that a hospital may admit.
const ADMISSION_QUOTA: u32 = 100_000;
/// The members with whom a hospital begins: issuer, verifier, delegate and service.
const FIRST_STAFF: u32 = 4;

/// The traffic quota of an institution's members together: 20 s of execution and 32 MiB within a minute.
pub const TRAFFIC: Quota = Quota { time: 20_000_000_000_000, bytes: 32 << 20, refill: MINUTE };

impl Check<'_> {
    /// Checks a hospital, whose institution has this number.
    pub(super) fn hospital(&mut self, raw: &RawHospital, number: Option<u32>) -> Option<Hospital> {
        let name = self.name(&raw.name);
        if let Some(name) = &name {
            self.once(raw.name.span(), format!("name {}", slug(name)), || format!("the name `{name}`"));
        }
        let kind = match &raw.kind {
            Some(kind) => {
                let parsed = kind.get_ref().parse::<InstitutionKind>().map_err(|error| error.to_string());
                self.checked(kind.span(), parsed)
            }
            None => Some(InstitutionKind::Hospital),
        };
        let address = self.address(&raw.address);
        if *raw.port.get_ref() == 0 {
            self.fault(raw.port.span(), "a port is 1 to 65535");
        }
        let address = address.map(|address| SocketAddr::new(address, *raw.port.get_ref()));
        if let Some(address) = address {
            self.once(raw.address.span(), address.to_string(), || format!("the address `{address}`"));
        }
        let listen = match &raw.listen {
            Some(listen) => self.ip(listen),
            None => address.map(|address| everywhere(address.ip())),
        };
        let peer_id = self.checked(raw.peer_id.span(), raw.peer_id.get_ref().parse::<PeerId>());
        if let Some(id) = peer_id {
            self.once(raw.peer_id.span(), id.to_string(), || "the peer id".to_owned());
        }
        if let Some(quota) = raw.admission_quota.as_ref().filter(|quota| *quota.get_ref() < FIRST_STAFF) {
            self.fault(quota.span(), "a hospital begins with 4 members, so it may admit 4 or more");
        }
        let aura = self.signing_key(&raw.aura);
        let grandpa = self.finality_key(&raw.grandpa);
        let issuing_key = self.signing_key(&raw.institution.issuing);
        let encryption_key = self.encryption_key(&raw.institution.encryption);
        let vault_address = match &raw.vault_address {
            Some(text) => {
                let bytes = match text::unfit(text.get_ref()) {
                    None => text
                        .get_ref()
                        .as_bytes()
                        .to_vec()
                        .try_into()
                        .map_err(|_| "a vault address has at most 256 bytes"),
                    Some(_) => Err("a vault address has no characters that its readers could not see"),
                };
                self.checked(text.span(), bytes)
            }
            None => Some(Default::default()),
        };
        let staff = [
            (Role::Issuer, &raw.issuer),
            (Role::Verifier, &raw.verifier),
            (Role::Delegate, &raw.delegate),
            (Role::Service, &raw.service),
        ];
        let staff = staff.map(|(role, member)| self.member(role, member));
        let staff = staff.into_iter().collect::<Option<Vec<_>>>()?;
        let profile = InstitutionProfile {
            kind: kind?,
            issuing_key: issuing_key?,
            encryption_key: encryption_key?,
            vault_address: vault_address?,
            admission_quota: raw.admission_quota.as_ref().map_or(ADMISSION_QUOTA, |quota| *quota.get_ref()),
            traffic_quota: TRAFFIC,
        };
        let grandpa = grandpa?;
        let authority = Some(Authority { aura: aura?, grandpa });
        Some(Hospital {
            institution: InstitutionId(number?),
            is_founder: raw.joined.is_none(),
            has_left: raw.left,
            name: name?,
            address: address?,
            listen: listen?,
            peer_id: peer_id?,
            grandpa,
            founder: Founder { profile, authority, staff },
        })
    }

    /// Checks the keys of a member of staff.
    fn member(&mut self, role: Role, raw: &RawMember) -> Option<FirstMember> {
        let transaction = self.signing_key(&raw.transaction);
        let membership = self.signing_key(&raw.membership);
        let encryption = self.encryption_key(&raw.encryption);
        Some(FirstMember {
            role,
            transaction_key: transaction?,
            membership_key: membership?,
            encryption_key: encryption?,
        })
    }
}

/// Returns the default listen address: all interfaces, or the loopback address itself for a network on one machine.
fn everywhere(address: IpAddr) -> IpAddr {
    match address {
        _ if address.is_loopback() => address,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    }
}
