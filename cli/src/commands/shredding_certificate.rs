// SPDX-License-Identifier: Apache-2.0

//! A certificate of shredding as a page of plain text that people print, file and sign.

use crate::output::{moment, table, word};
use salus_client::agent::{
    CertifiedAttestation, CertifiedEntry, CertifiedInstitution, CertifiedVersion, ShreddingCertificate, StateSince,
    UngovernedCopies, Word,
};
use salus_primitives::{membership::InstitutionStatus, records::RecordState};

/// Columns of a line, at most.
const WIDTH: usize = 80;
/// Columns of a name before its value: a hash fits behind it.
const NAME: usize = 13;

/// The page.
pub(crate) fn page(certificate: &ShreddingCertificate) -> String {
    let mut lines = vec!["CERTIFICATE OF SHREDDING".to_owned(), String::new()];
    lines.extend(summary(certificate));
    section(&mut lines, "STATES OF THE RECORD");
    lines.extend(certificate.states.iter().map(|it| item(&state(it))));
    section(&mut lines, "CONTENT AND KEYS THAT VAULTS HAVE TO DELETE, BY THEIR SHA-256");
    certificate.versions.iter().for_each(|version| of_version(&mut lines, version));
    section(&mut lines, "LOG OF THE CHART");
    lines.push(item(&format!("{} entries, with the head", certificate.log.length)));
    lines.push(below(&certificate.log.head.to_string()));
    lines.extend(certificate.log.entries.iter().map(|it| item(&entry(it))));
    section(&mut lines, "INSTITUTIONS");
    lines.push(item(&counted(&certificate.institutions)));
    lines.extend(certificate.institutions.iter().map(|it| item(&institution(it, listed(certificate)))));
    lines.push(item(
        "Institutions without a vault address on the chain are left out, but for the custodian. The counts also have notes about \
         the record, and envelopes of grants over it alone.",
    ));
    section(&mut lines, "COPIES THAT THIS CERTIFICATE DOES NOT GOVERN");
    lines.extend(certificate.not_governed.iter().copied().map(|it| item(UngovernedCopies::text(it))));
    lines.push(String::new());
    lines.push(wrapped(
        "An attestation is an institution's own word, which the chain keeps: evidence, not proof. Hashes, states and entries of \
         the log stay. They say what there was, and hold no content.",
        "",
        "",
    ));
    lines.join("\n")
}

/// How many objects the versions list: an institution that speaks of fewer did not look for all.
fn listed(certificate: &ShreddingCertificate) -> usize {
    let of = |version: &CertifiedVersion| version.grant_envelopes.len().saturating_add(2);
    certificate.versions.iter().map(of).sum()
}

/// The institutions and their words as a table.
pub(crate) fn institutions(institutions: &[CertifiedInstitution]) -> String {
    let rows = institutions.iter().map(|it| {
        let said = it.attestation;
        vec![
            it.institution.to_string(),
            if it.is_custodian { "custodian" } else { "" }.to_owned(),
            word(&it.word),
            said.map_or_else(|| format!("due by {}", moment(it.due_at)), |said| moment(said.at)),
            said.map(|said| said.absent.to_string()).unwrap_or_default(),
            said.map(|said| said.kept.to_string()).unwrap_or_default(),
            said.map(|said| word(&said.store)).unwrap_or_default(),
        ]
    });
    table(&["institution", "", "word", "time", "absent", "kept", "store"], rows)
}

fn summary(certificate: &ShreddingCertificate) -> Vec<String> {
    let ShreddingCertificate { block, shredding, .. } = certificate;
    let state = RecordState::Shredded;
    let meaning = "the chain names none of its content and keys any more";
    vec![
        named("record", &certificate.record.to_string()),
        named("state", &format!("{}: {meaning}", word(&state))),
        named("network", &certificate.genesis.to_string()),
        named("made at", &format!("block {}, {}", block.number, moment(block.at))),
        named("", &block.hash.to_string()),
        named("author", &format!("member {}", certificate.author)),
        named("custodian", &format!("institution {}", certificate.custodian)),
        named("compartment", &certificate.compartment.to_string()),
        named("requested", &format!("{} by member {}", moment(shredding.requested_at), shredding.requested_by)),
        named(
            "carried out",
            &format!(
                "{} by member {}, in block {}; shredding {} of the network",
                moment(shredding.at),
                shredding.by,
                shredding.block,
                shredding.number
            ),
        ),
        named("attestations", &format!("due by {}", moment(shredding.due_at))),
    ]
}

fn state(since: &StateSince) -> String {
    format!("{}  {} (entry {})", moment(since.at), word(&since.state), since.entry)
}

fn of_version(lines: &mut Vec<String>, version: &CertifiedVersion) {
    let CertifiedVersion { number, content, key_envelope, epoch, grant_envelopes } = version;
    lines.push(item(&format!("version {number}, sealed for key epoch {epoch} of the compartment")));
    let objects = [content, key_envelope].into_iter().chain(grant_envelopes);
    lines.extend(objects.map(|object| below(&object.to_string())));
}

fn entry(entry: &CertifiedEntry) -> String {
    let CertifiedEntry { place, at, block, action, by, institution, reason } = entry;
    let of = institution.map(|it| format!(" of institution {it}")).unwrap_or_default();
    let reason = reason.map(|it| format!(": {}", word(&it))).unwrap_or_default();
    format!("entry {place}, block {block}, {}: {} by {}{of}{reason}", moment(*at), word(action), word(by))
}

/// How many words came, and how many did not.
fn counted(institutions: &[CertifiedInstitution]) -> String {
    let count = |word: Word| institutions.iter().filter(|it| it.word == word).count();
    format!(
        "{} attested in time, {} late; {} have time left, {} are overdue, {} have no vault",
        count(Word::InTime),
        count(Word::Late),
        count(Word::Waiting),
        count(Word::Overdue),
        count(Word::NoVault)
    )
}

fn institution(institution: &CertifiedInstitution, listed: usize) -> String {
    let CertifiedInstitution { institution, is_custodian, status, due_at, word: given, attestation, .. } = institution;
    let custodian = if *is_custodian { ", which kept the record" } else { "" };
    let status = match status {
        InstitutionStatus::Active => String::new(),
        status => format!(" ({})", word(status)),
    };
    let said = match (given, attestation) {
        (Word::InTime, Some(said)) => format!("attested {}", attested(said, listed)),
        (Word::Late, Some(said)) => format!("attested LATE, due by {}: {}", moment(*due_at), attested(said, listed)),
        (Word::NoVault, _) => "the chain has no address of a vault of it, so it attests nothing".to_owned(),
        (Word::Overdue, _) => format!("OVERDUE since {}: it attested nothing", moment(*due_at)),
        _ => format!("has time until {}, and has attested nothing yet", moment(*due_at)),
    };
    format!("institution {institution}{custodian}{status}: {said}")
}

fn attested(said: &CertifiedAttestation, listed: usize) -> String {
    let CertifiedAttestation { by, at, absent, kept, store } = said;
    let stay = match kept {
        0 => String::new(),
        kept => format!("; {kept} STAY, because something else names them, too"),
    };
    let all = u64::from(*absent).saturating_add(u64::from(*kept));
    let fewer = match usize::try_from(all).is_ok_and(|all| all < listed) {
        true => format!("; it speaks of {all} objects, FEWER than the {listed} that the versions list"),
        false => String::new(),
    };
    format!(
        "{} by member {by}: {absent} objects of the record are not in its vault{stay}{fewer}. Its vault is {}",
        moment(*at),
        store.text()
    )
}

fn section(lines: &mut Vec<String>, name: &str) {
    lines.extend([String::new(), name.to_owned()]);
}

/// A value behind its name.
fn named(name: &str, value: &str) -> String {
    wrapped(value, &format!("{name:NAME$}"), &" ".repeat(NAME))
}

/// An item of a list.
fn item(text: &str) -> String {
    wrapped(text, "  ", "    ")
}

/// A hash below an item.
fn below(text: &str) -> String {
    wrapped(text, "    ", "    ")
}

/// Text in lines that are as long as the page is wide, or a word: the first begins with `first`, all others with `other`.
fn wrapped(text: &str, first: &str, other: &str) -> String {
    let (mut lines, mut line, mut is_empty) = (Vec::new(), first.to_owned(), true);
    let length = |text: &str| text.chars().count();
    for word in text.split(' ') {
        if !is_empty && length(&line).saturating_add(length(word)) >= WIDTH {
            lines.push(std::mem::replace(&mut line, other.to_owned()));
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    lines.push(line);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_client::agent::{CertifiedBlock, CertifiedLog, CertifiedShredding, Form};
    use salus_primitives::{
        audit::{Action, Actor, Reason},
        shredding::{RetentionGround, StoreKind},
        ChartId, CompartmentId, Digest, InstitutionId, MemberId, RecordId, RecordKey,
    };

    fn institution(number: u32, word: Word, kept: Option<u32>) -> CertifiedInstitution {
        let (by, store) = (MemberId(u64::MAX), StoreKind::S3);
        let attestation = kept.map(|kept| CertifiedAttestation { by, at: 1_000, absent: u32::MAX, kept, store });
        let (institution, status) = (InstitutionId(number), InstitutionStatus::Suspended);
        CertifiedInstitution {
            institution,
            is_custodian: number == 0,
            status,
            has_vault: true,
            due_at: 2_000,
            word,
            attestation,
        }
    }

    fn certificate() -> ShreddingCertificate {
        let hash = Digest([255; 32]);
        let entry = |action, reason| CertifiedEntry {
            place: u64::MAX,
            at: 1,
            block: u32::MAX,
            action,
            by: Actor::Member(MemberId(u64::MAX)),
            institution: Some(InstitutionId(u32::MAX)),
            reason,
        };
        let version =
            CertifiedVersion { number: 0, content: hash, key_envelope: hash, epoch: 7, grant_envelopes: vec![hash] };
        ShreddingCertificate {
            form: Form::First,
            genesis: hash,
            block: CertifiedBlock { number: 21, hash, at: 3_000 },
            record: RecordId { chart: ChartId(u64::MAX), key: RecordKey([255; 16]) },
            compartment: CompartmentId(3),
            author: MemberId(2),
            custodian: InstitutionId(0),
            states: vec![StateSince { state: RecordState::Shredded, at: 1, entry: 4 }],
            versions: vec![version],
            shredding: CertifiedShredding {
                number: u64::MAX,
                requested_by: MemberId(1),
                requested_at: 1,
                by: MemberId(u64::MAX),
                at: 2,
                block: u32::MAX,
                due_at: 3,
            },
            log: CertifiedLog {
                length: 9,
                head: hash,
                entries: vec![
                    entry(Action::ShreddingRequested, Some(Reason::Text(hash))),
                    entry(Action::ShreddingRefused, Some(Reason::Retention(RetentionGround::LegalClaims))),
                    entry(Action::ShreddingAttested, Some(Reason::Count(3))),
                ],
            },
            institutions: vec![
                institution(0, Word::InTime, Some(0)),
                institution(1, Word::Late, Some(2)),
                institution(2, Word::Waiting, None),
                institution(3, Word::Overdue, None),
                institution(4, Word::NoVault, None),
            ],
            not_governed: UngovernedCopies::ALL.to_vec(),
        }
    }

    #[test]
    fn the_page_fits_on_paper_and_says_all() {
        let page = page(&certificate());
        for line in page.lines() {
            assert!(line.chars().count() <= WIDTH && line == line.trim_end(), "{line}");
        }
        let text = page.split_whitespace().collect::<Vec<_>>().join(" ");
        for said in [
            "member 1",
            "key epoch 7 of the compartment",
            "shredding-refused by member 18446744073709551615 of institution 4294967295: retention legal-claims",
            "1 attested in time, 1 late; 1 have time left, 1 are overdue, 1 have no vault",
            "institution 0, which kept the record (suspended): attested 1970-01-01 00:00:01Z",
            "institution 1 (suspended): attested LATE, due by 1970-01-01 00:00:02Z:",
            "2 STAY, because something else names them",
            "institution 2 (suspended): has time until",
            "institution 3 (suspended): OVERDUE since 1970-01-01 00:00:02Z",
            "institution 4 (suspended): the chain has no address",
            "whose operator may have copies",
        ] {
            assert!(text.contains(said), "`{said}`: {page}");
        }
        for copies in UngovernedCopies::ALL {
            assert!(text.contains(copies.text()), "{copies:?}");
        }
    }

    #[test]
    fn the_page_says_so_when_an_institution_speaks_of_too_few_objects_and_destroys_nothing_by_itself() {
        let mut certificate = certificate();
        if let Some(said) = certificate.institutions.first_mut().and_then(|it| it.attestation.as_mut()) {
            said.absent = 1;
        }
        let text = page(&certificate).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("it speaks of 1 objects, FEWER than the 3 that the versions list"), "{text}");
        assert!(!text.contains("were destroyed") && !text.contains("ARE DESTROYED"), "no one attested that: {text}");
    }

    #[test]
    fn text_is_wrapped_between_words_and_a_long_word_stays_whole() {
        assert_eq!(wrapped("one two", "a ", "b "), "a one two");
        let long = "w".repeat(WIDTH);
        assert_eq!(wrapped(&format!("one {long} two"), "  ", "    "), format!("  one\n    {long}\n    two"));
        let exact = format!("{} {}", "v".repeat(39), "w".repeat(40));
        assert_eq!(wrapped(&exact, "", ""), exact);
    }

    #[test]
    fn the_table_tells_who_is_overdue() {
        let table = institutions(&certificate().institutions);
        for said in ["custodian", "in-time", "overdue", "due by 1970-01-01 00:00:02Z", "s3"] {
            assert!(table.contains(said), "{table}");
        }
    }
}
