// SPDX-License-Identifier: Apache-2.0

//! Mistakes in lists are refused with their lines, and written entries make a list.

use super::{check::line, parse, read_hospital, Entry};
use salus_primitives::{
    governance::DEFAULT_UPGRADE_DELAY,
    membership::{InstitutionKind, Role},
    InstitutionId,
};
use salus_sealing::keys::{AuthorityKeys, Identity};
use std::path::Path;

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

/// The `[network]` table of a list.
pub(crate) const HEADER: &str = "[network]\nname = \"Salus North\"\nid = \"salus-north\"\n\n";

/// A list of four hospitals.
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
    let joined = |hospital: u8, number: u32| entry(hospital).replacen("port", &format!("joined = {number}\nport"), 1);
    let reasons = |text: &str| faults(text).into_iter().map(|(_, reason)| reason).collect::<Vec<_>>().join("; ");
    assert!(reasons(&format!("{}\n{}", four(), joined(5, 3))).contains("below 4 are the founders'"));
    let twice = format!("{}\n{}\n{}", four(), joined(5, 4), joined(6, 4));
    assert!(reasons(&twice).contains("the number stands in line"));
    let without_founder = format!("{HEADER}\n{}", joined(5, 0));
    assert!(reasons(&without_founder).contains("no founder is listed"));
}
