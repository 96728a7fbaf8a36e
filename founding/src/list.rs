// SPDX-License-Identifier: Apache-2.0

//! The list of hospitals in TOML. Errors name the file, the line and the reason.
//!
//! It holds public keys and addresses, and no secrets. It has one `[network]` table and a `[[hospital]]` table for each
//! hospital. `salus network keys` writes the latter, so `cat` can make the list.

use crate::{
    error::FoundingError,
    fault::Fault,
    naming::{check_name, slug},
};
use salus_client::durations::parse_duration;
use salus_primitives::{
    governance::{DEFAULT_UPGRADE_DELAY, UPGRADE_DELAYS},
    membership::{InstitutionKind, InstitutionProfile, Quota, Role, MAX_VERIFICATIONS},
    network::{Authority, FirstMember, Founder, Network, DEFAULT_SESSION_LENGTH, SESSION_LENGTHS, SLOT_DURATION},
    text,
    time::MINUTE,
    EncryptionKey, FinalityKey, InstitutionId, Moment, SigningKey,
};
use salus_sealing::keys::{is_finality_key, is_signing_key, AuthorityPublic, PeerId, PublicKeys};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    net::{IpAddr, SocketAddr},
    ops::Range,
    path::Path,
};
use toml::Spanned;

/// The least number of hospitals of which one can fail.
pub const FAULT_TOLERANT: usize = 4;
/// The maximum number of hospitals in a network.
const MOST_HOSPITALS: usize = 100;
/// The default number of members that a hospital may admit.
const ADMISSION_QUOTA: u32 = 100_000;
/// The members with whom a hospital begins: issuer, verifier, delegate and service.
const FIRST_STAFF: u32 = 4;
/// The default number of verifications that a new member needs.
const VERIFICATIONS: u32 = 2;

/// The traffic quota of an institution's members together: 20 s of execution and 32 MiB within a minute.
pub const TRAFFIC: Quota = Quota { time: 20_000_000_000_000, bytes: 32 << 20, refill: MINUTE };

/// A list of hospitals that passed all checks.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct List {
    /// The description for the genesis, with all founders, even those that have left.
    pub network: Network,
    /// The hospitals: founders, those who joined later, and those who left.
    pub hospitals: Vec<Hospital>,
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

/// Reads the list in the text of `path`.
pub fn read(text: &str, path: &Path) -> Result<List, FoundingError> {
    parse(text).map_err(|faults| FoundingError::List { path: path.to_owned(), faults })
}

/// Reads the only hospital in the text of `path`, without the checks of a whole network.
pub fn read_hospital(text: &str, path: &Path) -> Result<Hospital, FoundingError> {
    let header = "[network]\nname = \"One\"\nid = \"one\"\naccept-no-failures = true\n";
    // The header comes last, so that lines are those of the file.
    let list = read(&format!("{text}\n{header}"), path)?;
    match <[Hospital; 1]>::try_from(list.hospitals) {
        Ok([hospital]) => Ok(hospital),
        Err(_) => Err(FoundingError::NotOneEntry(path.to_owned())),
    }
}

/// Reads the list in this text. Returns every fault, by line, if it has any.
pub fn parse(text: &str) -> Result<List, Vec<Fault>> {
    let raw: Raw = toml::from_str(text).map_err(|error| {
        let line = line(text, error.span().unwrap_or_default().start);
        vec![Fault { line, reason: error.message().trim().replace('\n', ", ") }]
    })?;
    let mut check = Check { text, faults: Vec::new(), seen: BTreeMap::new() };
    let list = check.list(&raw);
    check.faults.sort();
    match (list, check.faults.is_empty()) {
        (Some(list), true) => Ok(list),
        _ => Err(check.faults),
    }
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count().saturating_add(1)
}

type Text = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    network: RawNetwork,
    #[serde(default, rename = "hospital")]
    hospitals: Vec<RawHospital>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawNetwork {
    name: Text,
    id: Text,
    verifications: Option<Spanned<u32>>,
    upgrade_delay: Option<Text>,
    session: Option<Text>,
    #[serde(default)]
    accept_no_failures: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawHospital {
    name: Text,
    kind: Option<Text>,
    address: Text,
    port: Spanned<u16>,
    listen: Option<Text>,
    vault_address: Option<Text>,
    admission_quota: Option<Spanned<u32>>,
    peer_id: Text,
    aura: Text,
    grandpa: Text,
    institution: RawInstitution,
    issuer: RawMember,
    verifier: RawMember,
    delegate: RawMember,
    service: RawMember,
    /// The institution's number, for a hospital that joined later.
    joined: Option<Spanned<u32>>,
    /// Whether its node has left.
    #[serde(default)]
    left: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInstitution {
    issuing: Text,
    encryption: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMember {
    transaction: Text,
    membership: Text,
    encryption: Text,
}

/// A check that collects all faults, so that one run reports them all.
struct Check<'a> {
    text: &'a str,
    faults: Vec<Fault>,
    /// The line of the first occurrence of each value that must be unique.
    seen: BTreeMap<String, usize>,
}

impl Check<'_> {
    fn list(&mut self, raw: &Raw) -> Option<List> {
        let network = &raw.network;
        let name = self.name(&network.name);
        let id = self.id(&network.id);
        let verifications = network.verifications.as_ref();
        if let Some(count) = verifications.filter(|count| !(1..=MAX_VERIFICATIONS).contains(count.get_ref())) {
            self.fault(count.span(), format!("a newcomer needs 1 to {MAX_VERIFICATIONS} verifications"));
        }
        let required_verifications = verifications.map_or(VERIFICATIONS, |count| *count.get_ref());
        let upgrade_delay = self.upgrade_delay(network.upgrade_delay.as_ref());
        let session_length = self.session_length(network.session.as_ref());
        let founders = raw.hospitals.iter().filter(|hospital| hospital.joined.is_none()).count();
        let mut numbers = 0..;
        let hospitals: Vec<_> = raw
            .hospitals
            .iter()
            .map(|hospital| {
                let number = match &hospital.joined {
                    Some(number) => self.joined(number, founders),
                    None => numbers.next(),
                };
                self.hospital(hospital, number)
            })
            .collect();
        self.whole(raw);
        let hospitals = hospitals.into_iter().collect::<Option<Vec<_>>>()?;
        self.reachable(raw, &hospitals);
        let founders = hospitals.iter().filter(|hospital| hospital.is_founder);
        let founders = founders.map(|hospital| hospital.founder.clone()).collect();
        let (name, id, upgrade_delay, session_length) = (name?, id?, upgrade_delay?, session_length?);
        let network = Network { name, id, required_verifications, upgrade_delay, session_length, founders };
        Some(List { network, hospitals })
    }

    fn upgrade_delay(&mut self, text: Option<&Text>) -> Option<Moment> {
        let Some(text) = text else { return Some(DEFAULT_UPGRADE_DELAY) };
        let reason = match parse_duration(text.get_ref()) {
            Ok(delay) if UPGRADE_DELAYS.contains(&delay) => return Some(delay),
            Ok(_) => "an upgrade waits 1s to 30d",
            Err(reason) => reason,
        };
        self.fault(text.span(), reason);
        None
    }

    /// Returns the number of blocks in a session of this duration.
    fn session_length(&mut self, text: Option<&Text>) -> Option<u32> {
        let Some(text) = text else { return Some(DEFAULT_SESSION_LENGTH) };
        let blocks = |time: Moment| time.checked_div(SLOT_DURATION).and_then(|blocks| u32::try_from(blocks).ok());
        let reason = match parse_duration(text.get_ref()).map(blocks) {
            Ok(Some(length)) if SESSION_LENGTHS.contains(&length) => return Some(length),
            Ok(_) => "a session lasts 10s to 1d",
            Err(reason) => reason,
        };
        self.fault(text.span(), reason);
        None
    }

    /// Checks the number of a hospital that joined later.
    fn joined(&mut self, number: &Spanned<u32>, founders: usize) -> Option<u32> {
        self.once(number.span(), format!("number {}", number.get_ref()), || "the number".to_owned());
        let is_later = usize::try_from(*number.get_ref()).is_ok_and(|number| number >= founders);
        let reason =
            format!("numbers below {founders} are the founders': write the one that the council's decision gave");
        self.checked(number.span(), is_later.then_some(*number.get_ref()).ok_or(reason))
    }

    /// Checks the number of hospitals.
    fn whole(&mut self, raw: &Raw) {
        let count = raw.hospitals.iter().filter(|hospital| !hospital.left).count();
        let place = raw.network.name.span();
        if raw.hospitals.iter().all(|hospital| hospital.joined.is_some()) {
            self.fault(place, "no founder is listed: add a [[hospital]] table for each");
        } else if count < FAULT_TOLERANT && !raw.network.accept_no_failures {
            self.fault(
                place,
                format!(
                    "{count} hospitals are too few for one of them to fail: finality would stop with the first that \
                     does. List {FAULT_TOLERANT} or more, or write `accept-no-failures = true` below [network]"
                ),
            );
        } else if count > MOST_HOSPITALS {
            self.fault(place, format!("a network holds {MOST_HOSPITALS} hospitals at most"));
        }
    }

    /// Checks that either all addresses or none are loopback, which is for a whole network on one machine.
    fn reachable(&mut self, raw: &Raw, hospitals: &[Hospital]) {
        let loopback = |hospital: &Hospital| hospital.address.ip().is_loopback();
        if hospitals.iter().all(loopback) {
            return;
        }
        for (raw, _) in raw.hospitals.iter().zip(hospitals).filter(|(_, hospital)| loopback(hospital)) {
            self.fault(raw.address.span(), "a loopback address cannot be reached from the other hospitals");
        }
    }

    fn hospital(&mut self, raw: &RawHospital, number: Option<u32>) -> Option<Hospital> {
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

    fn name(&mut self, text: &Text) -> Option<String> {
        self.checked(text.span(), check_name(text.get_ref()).map(|()| text.get_ref().clone()))
    }

    fn id(&mut self, text: &Text) -> Option<String> {
        let id = text.get_ref();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let known = ["dev", "local"].contains(&id.as_str());
        let fine = (1..=32).contains(&id.len()) && id.chars().all(plain) && !id.starts_with('-') && !known;
        let reason = "an id has up to 32 small letters, digits and `-`, and is neither `dev` nor `local`";
        self.checked(text.span(), fine.then(|| id.clone()).ok_or(reason))
    }

    fn address(&mut self, text: &Text) -> Option<IpAddr> {
        let address = self.ip(text)?;
        let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
        if address.is_unspecified() || address.is_multicast() || broadcast {
            self.fault(text.span(), format!("`{address}` is not the address of one machine"));
            return None;
        }
        Some(address)
    }

    fn ip(&mut self, text: &Text) -> Option<IpAddr> {
        let reason = "expected an IP address: packet filters do not take names";
        self.checked(text.span(), text.get_ref().parse().map_err(|_| reason))
    }

    fn signing_key(&mut self, text: &Text) -> Option<SigningKey> {
        let key = self.checked(text.span(), text.get_ref().parse::<SigningKey>())?;
        let valid = is_signing_key(&key).then_some(key).ok_or("this is not a public sr25519 key");
        let key = self.checked(text.span(), valid)?;
        self.once(text.span(), key.to_string(), || "the key".to_owned());
        Some(key)
    }

    fn finality_key(&mut self, text: &Text) -> Option<FinalityKey> {
        let key = self.checked(text.span(), text.get_ref().parse::<FinalityKey>())?;
        let valid = is_finality_key(&key).then_some(key).ok_or("this is not a public ed25519 key");
        let key = self.checked(text.span(), valid)?;
        self.once(text.span(), key.to_string(), || "the key".to_owned());
        Some(key)
    }

    fn encryption_key(&mut self, text: &Text) -> Option<EncryptionKey> {
        let key = self.checked(text.span(), text.get_ref().parse::<SigningKey>())?;
        let key = EncryptionKey::x25519(key.0);
        let key =
            self.checked(text.span(), key.is_acceptable().then_some(key).ok_or("this is not a public X25519 key"))?;
        self.once(text.span(), SigningKey(key.key).to_string(), || "the key".to_owned());
        Some(key)
    }

    fn checked<T>(&mut self, place: Range<usize>, value: Result<T, impl Display>) -> Option<T> {
        value.map_err(|reason| self.fault(place, reason)).ok()
    }

    /// Records a fault if this value has occurred before.
    fn once(&mut self, place: Range<usize>, what: String, words: impl FnOnce() -> String) {
        let here = line(self.text, place.start);
        if let Some(first) = self.seen.get(&what).copied() {
            self.fault(place, format!("{} stands in line {first} already", words()));
        } else {
            self.seen.insert(what, here);
        }
    }

    fn fault(&mut self, place: Range<usize>, reason: impl Display) {
        self.faults.push(Fault { line: line(self.text, place.start), reason: reason.to_string() });
    }
}

/// Returns the default listen address: all interfaces, or the loopback address itself for a network on one machine.
fn everywhere(address: IpAddr) -> IpAddr {
    match address {
        _ if address.is_loopback() => address,
        IpAddr::V4(_) => IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(std::net::Ipv6Addr::UNSPECIFIED),
    }
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use salus_sealing::keys::{AuthorityKeys, Identity};

    /// A hospital with keys of its own and an address that is for documentation only.
    pub(crate) fn entry(number: u8) -> String {
        let identity = |name: &str| Identity::from_uri(&format!("//List{number}//{name}")).unwrap().public();
        let [institution, issuer, verifier, delegate, service] =
            ["institution", "issuer", "verifier", "delegate", "service"].map(identity);
        let (name, address) = (format!("Hospital {number}"), format!("192.0.2.{number}:30333"));
        Entry {
            name: &name,
            kind: InstitutionKind::Hospital,
            address: address.parse().unwrap(),
            listen: None,
            vault_address: "",
            node: &AuthorityKeys::generate().public(),
            institution: &institution,
            staff: [("issuer", &issuer), ("verifier", &verifier), ("delegate", &delegate), ("service", &service)],
        }
        .to_toml()
    }

    pub(crate) const HEADER: &str = "[network]\nname = \"Salus North\"\nid = \"salus-north\"\n\n";

    pub(crate) fn four() -> String {
        let hospitals: Vec<_> = (1..=4).map(entry).collect();
        HEADER.to_owned() + &hospitals.join("\n")
    }

    fn faults(text: &str) -> Vec<(usize, String)> {
        parse(text).unwrap_err().into_iter().map(|fault| (fault.line, fault.reason)).collect()
    }

    /// The list with the first `from` replaced, the faults that come of it, and the line of the change.
    fn spoiled(text: &str, from: &str, to: &str) -> (Vec<(usize, String)>, usize) {
        let at = text.find(from).unwrap();
        (faults(&text.replacen(from, to, 1)), line(text, at))
    }

    #[test]
    fn written_entries_are_a_list() {
        let list = parse(&four()).unwrap();
        assert_eq!((list.hospitals.len(), list.network.founders.len()), (4, 4));
        assert_eq!((list.network.name.as_str(), list.network.required_verifications), ("Salus North", 2));
        assert_eq!(list.network.upgrade_delay, DEFAULT_UPGRADE_DELAY);
        let quick = four().replacen("id = ", "upgrade-delay = \"90s\"\nid = ", 1);
        assert_eq!(parse(&quick).unwrap().network.upgrade_delay, 90_000);
        assert_eq!(list.network.session_length, 3_600);
        let short = four().replacen("id = ", "session = \"1m\"\nid = ", 1);
        assert_eq!(parse(&short).unwrap().network.session_length, 60);
        let first = &list.hospitals[0];
        assert_eq!((first.name.as_str(), first.listen.to_string().as_str()), ("Hospital 1", "0.0.0.0"));
        let roles: Vec<_> = first.founder.staff.iter().map(|member| member.role).collect();
        assert_eq!(roles, [Role::Issuer, Role::Verifier, Role::Delegate, Role::Service]);
        assert!(first.founder.authority.is_some());
        assert_eq!(list.peers_of(InstitutionId(0)).len(), 3);
    }

    #[test]
    fn each_mistake_is_refused_with_its_line_and_a_reason() {
        for (from, to, reason) in [
            ("name = \"Hospital 2\"", "name = \"hospital-1\"", "stands in line 6 already"),
            ("name = \"Hospital 2\"", "name = \"Hospital $(2)\"", "cannot have the sign `$`"),
            ("name = \"Hospital 2\"", "name = \"\"", "a name has 1 to 64"),
            ("id = \"salus-north\"", "id = \"dev\"", "neither `dev`"),
            ("id = \"salus-north\"", "id = \"Salus North\"", "small letters"),
            ("id = \"salus-north\"", "id = \"x\"\nverifications = 9", "1 to 4 verifications"),
            ("id = \"salus-north\"", "id = \"x\"\nupgrade-delay = \"31d\"", "waits 1s to 30d"),
            ("id = \"salus-north\"", "id = \"x\"\nupgrade-delay = \"soon\"", "expected a duration"),
            ("id = \"salus-north\"", "id = \"x\"\nsession = \"9s\"", "lasts 10s to 1d"),
            ("id = \"salus-north\"", "id = \"x\"\nsession = \"2d\"", "lasts 10s to 1d"),
            ("kind = \"hospital\"", "kind = \"castle\"", "expected one of"),
            ("address = \"192.0.2.3\"", "address = \"192.0.2.2\"", "stands in line"),
            ("address = \"192.0.2.3\"", "address = \"hospital.example\"", "expected an IP address"),
            ("address = \"192.0.2.3\"", "address = \"0.0.0.0\"", "not the address of one machine"),
            ("address = \"192.0.2.3\"", "address = \"ff02::1\"", "not the address of one machine"),
            ("address = \"192.0.2.3\"", "address = \"127.0.0.1\"", "cannot be reached"),
            ("port = 30333", "port = 0", "a port is 1 to 65535"),
            ("port = 30333", "port = 30333\nadmission-quota = 2", "begins with 4 members"),
            ("port = 30333", "port = 70000", "u16"),
            ("port = 30333", "port = \"30333\"", "invalid type"),
            ("port = 30333", "prot = 30333", "unknown field `prot`"),
            ("port = 30333", "port = 30333\nlisten = \"here\"", "expected an IP address"),
            ("port = 30333", "port = 30333 30334", "expected newline"),
            ("peer-id = \"12D3", "peer-id = \"12D4", "expected a peer id"),
            ("aura = \"0x", "aura = \"0xzz", "expected 32 bytes"),
            ("grandpa = \"0x", "grandpa = \"0", "expected 32 bytes"),
            ("issuing = \"0x", "issuing = \"0x00", "expected 32 bytes"),
            ("[hospital.institution]", "[hospital.institution]\nsecret = 1", "unknown field `secret`"),
        ] {
            let (faults, line) = spoiled(&four(), from, to);
            let extra = to.matches('\n').count();
            assert!(
                faults.iter().any(|(found, text)| (line..=line + extra).contains(found) && text.contains(reason)),
                "{to}: {faults:?}, expected in line {line}"
            );
        }
    }

    #[test]
    fn keys_that_are_no_points_are_refused() {
        let zeros = format!("0x{}", "00".repeat(32));
        let ones = format!("0x{}", "ff".repeat(32));
        let text = four();
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).unwrap();
        for (key, wrong, reason) in [
            ("aura", &ones, "not a public sr25519 key"),
            ("issuing", &zeros, "not a public sr25519 key"),
            ("transaction", &zeros, "not a public sr25519 key"),
            ("grandpa", &zeros, "not a public ed25519 key"),
            ("encryption", &zeros, "not a public X25519 key"),
        ] {
            let (faults, line) = spoiled(&text, &format!("{key} = {}", value(key)), &format!("{key} = \"{wrong}\""));
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].0 == line && faults[0].1.contains(reason), "{key}: {faults:?}");
        }
    }

    #[test]
    fn a_key_used_twice_is_refused_wherever_it_stands() {
        let text = four();
        let key = text.lines().find_map(|line| line.strip_prefix("issuing = ")).unwrap().to_owned();
        let last = text.lines().rev().find(|line| line.starts_with("membership = ")).unwrap().to_owned();
        let faults = faults(&text.replace(&last, &format!("membership = {key}")));
        assert!(faults.len() == 1 && faults[0].1.contains("the key stands in line"), "{faults:?}");
    }

    #[test]
    fn fewer_than_four_need_to_be_accepted() {
        let three: Vec<_> = (1..=3).map(entry).collect();
        let three = three.join("\n");
        let refused = faults(&(HEADER.to_owned() + &three));
        assert!(refused[0].0 == 2 && refused[0].1.contains("accept-no-failures"), "{refused:?}");
        let header = HEADER.trim_end().to_owned() + "\naccept-no-failures = true\n\n";
        assert_eq!(parse(&(header.clone() + &three)).unwrap().hospitals.len(), 3);
        assert!(faults(&header)[0].1.contains("no founder is listed"));
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let text = four().replace("port = 30333", "port = 0").replace("kind = \"hospital\"", "kind = \"x\"");
        assert_eq!(faults(&text).len(), 8);
    }

    #[test]
    fn what_is_missing_is_named_with_the_table() {
        for (from, reason) in [("id = \"salus-north\"\n", "missing field `id`"), ("[network]", "network")] {
            let (faults, _) = spoiled(&four(), from, "");
            assert!(faults[0].1.contains(reason) && faults[0].0 <= 4, "{faults:?}");
        }
        let issuer = four().replacen("[hospital.issuer]", "[hospital.clerk]", 1);
        assert!(faults(&issuer)[0].1.contains("unknown field `clerk`"));
    }

    #[test]
    fn loopback_is_for_networks_of_one_machine() {
        let text = four().replace("192.0.2.", "127.0.0.");
        let list = parse(&text).unwrap();
        assert!(list.hospitals.iter().all(|hospital| hospital.listen == hospital.address.ip()));
    }

    #[test]
    fn who_joined_or_left_changes_the_peers_and_not_the_genesis() {
        let founded = parse(&four()).unwrap();
        let written = entry(5);
        let joined = written.replacen("port = ", "joined = 7\nport = ", 1);
        let left = four().replacen("address = \"192.0.2.2\"", "left = true\naddress = \"192.0.2.2\"", 1);
        let list = parse(&format!("{left}\n{joined}")).unwrap();
        assert_eq!(list.network.founders.len(), 4);
        let numbers: Vec<_> = list.hospitals.iter().map(|hospital| hospital.institution.0).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 7]);
        let peers: Vec<_> = list.peers_of(InstitutionId(0)).iter().map(ToString::to_string).collect();
        assert_eq!(peers, ["192.0.2.3", "192.0.2.4", "192.0.2.5"]);
        assert_eq!(founded.peers_of(InstitutionId(0)).len(), 3);
        let [own, other] = [0, 4].map(|place| list.hospitals[place].clone());
        let entry = read_hospital(&written, Path::new("hospital.toml")).unwrap();
        assert!(other.is_entry_of(&entry) && !own.is_entry_of(&entry));
    }

    #[test]
    fn numbers_of_who_joined_are_neither_the_founders_nor_given_twice() {
        let joined =
            |hospital: u8, number: u32| entry(hospital).replacen("port", &format!("joined = {number}\nport"), 1);
        let reasons = |text: &str| faults(text).into_iter().map(|(_, reason)| reason).collect::<Vec<_>>().join("; ");
        assert!(reasons(&format!("{}\n{}", four(), joined(5, 3))).contains("below 4 are the founders'"));
        let twice = format!("{}\n{}\n{}", four(), joined(5, 4), joined(6, 4));
        assert!(reasons(&twice).contains("the number stands in line"));
        let without_founder = format!("{HEADER}\n{}", joined(5, 0));
        assert!(reasons(&without_founder).contains("no founder is listed"));
    }
}
