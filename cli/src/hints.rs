// SPDX-License-Identifier: Apache-2.0

//! The next step after an error, in commands and options of this program: libraries know neither.

use salus_backup::BackupError;
use salus_chain::{ConnectError, OutcomeError, QueryError, SubmitError};
use salus_client::{
    agent::{AgentError, ApplicationFault, Obstacle},
    keystore::{Failure, KeystoreError},
    services::ServiceError,
};
use salus_founding::FoundingError;
use salus_gate::protocol::GateRefusal;
use salus_primitives::{decision::Denial, refusal::Refusal};
use salus_sealing::keys::KeystoreFault;
use salus_vault_client::VaultClientError;
use std::{error::Error, io::ErrorKind};

/// The next step after `error`, as far as this program can help.
pub(crate) fn after(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(after_cause)
}

fn after_cause(cause: &(dyn Error + 'static)) -> Option<String> {
    if let Some(error) = cause.downcast_ref() {
        return after_act(error);
    }
    if let Some(error) = cause.downcast_ref() {
        return after_connecting(error);
    }
    if let Some(error) = cause.downcast_ref() {
        return after_sending(error);
    }
    if let Some(error) = cause.downcast_ref() {
        return after_asking(error);
    }
    if let Some(error) = cause.downcast_ref() {
        return after_opening_keys(error);
    }
    if let Some(error) = cause.downcast_ref() {
        return after_founding(error);
    }
    if let Some(error) = cause.downcast_ref() {
        return after_backing_up(error);
    }
    cause.downcast_ref::<OutcomeError>().map(|_| VERSIONS.to_owned())
}

/// For answers that this program cannot read.
const VERSIONS: &str = "client and runtime may be of different versions";

/// For a record of which nothing is left.
const SHREDDED: &str = "salus shredding status RECORD says who attested that nothing is left";

fn after_connecting(error: &ConnectError) -> Option<String> {
    let hint = match error {
        ConnectError::NotAnAddress { .. } => "one begins with ws:// or wss://, such as ws://127.0.0.1:9944",
        ConnectError::Insecure { .. } => "use wss://, or a tunnel to the node",
        ConnectError::Unreachable { .. } => "is salus-node running there? --node names another address",
        ConnectError::NotSalus { .. } => "--node names another address",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_sending(error: &SubmitError) -> Option<String> {
    let hint = match error {
        SubmitError::Refused(refusal) => return after_refusal(*refusal),
        SubmitError::Query(error) => return after_asking(error),
        SubmitError::Banned => "another node takes it at once: --node names one",
        SubmitError::AccountBusy { .. } => "wait until they are done, or give each program an account of its own",
        SubmitError::Incompatible { .. } => "update the older of the two",
        SubmitError::Unknown { .. } => "look whether it took effect, then retry",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_asking(error: &QueryError) -> Option<String> {
    let hint = match error {
        QueryError::Node(_) => "salus doctor looks at the node; --node names another one",
        QueryError::Unreadable(_) => VERSIONS,
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_refusal(refusal: Refusal) -> Option<String> {
    let hint = match refusal {
        Refusal::NotMember => "salus join VOUCHER makes the identity a member; --as names another identity",
        Refusal::MemberNotActive => "salus member show says where you stand",
        Refusal::InstitutionNotActive => "salus institution list says which institutions are active",
        Refusal::RoleMayNotCall => "salus member show says your role; --as names another identity",
        Refusal::CallPaused => "salus council parameters shows the calls that are paused",
        Refusal::VoidIssuingEpoch | Refusal::VoucherRedeemed | Refusal::VoucherExpired => {
            "ask the institution for another voucher"
        }
        Refusal::AdmissionQuotaReached => "the council raises it: salus institution update NUMBER --admission-quota",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_act(error: &AgentError) -> Option<String> {
    let hint = match error {
        AgentError::Submit(error) => return after_sending(error),
        AgentError::Gate(refusal) => return after_gate(refusal),
        AgentError::Obstacle(obstacle) => return after_obstacle(obstacle),
        AgentError::Query(error) => return after_asking(error),
        AgentError::NoVersion { newest, .. } => return Some(format!("its versions are 0 to {newest}")),
        AgentError::Outcome(_) => VERSIONS,
        AgentError::Service(error) => return after_service(error),
        AgentError::AccessDenied(denied) if denied.denial == Denial::Shredded => SHREDDED,
        AgentError::AccessDenied(_) => "salus request CHART asks the patient; salus explain CHART shows the way to the decision",
        AgentError::NotMember(_) => "salus join VOUCHER makes the identity a member; --as names another identity",
        AgentError::NoMember(_) => "salus member show says your own number",
        AgentError::NoInstitution(_) => "salus institution list",
        AgentError::NoChart(_) => "salus chart list shows your own",
        AgentError::NotController(_) => "--as names another identity",
        AgentError::NoCompartment(_) => "salus compartment list CHART shows those that you know",
        AgentError::OutdatedKey(_) => "the patient renews it with salus rotate CHART",
        AgentError::NoSecret(_) | AgentError::SealedToInstitution(_) => {
            "salus request CHART asks the patient for a grant of your own"
        }
        AgentError::NoGrant(_) | AgentError::NoRequest(_) => "salus chart show CHART lists grants and requests",
        AgentError::CorrectionOpen(record)
        | AgentError::NoCorrection(record)
        | AgentError::NothingToDisagreeWith(record) => {
            return Some(format!("salus correction list {} shows where it stands", record.chart));
        }
        AgentError::ShreddingRequested(record)
        | AgentError::NoShreddingRequest(record)
        | AgentError::NotRetained(record)
        | AgentError::NotShredded(record) => {
            return Some(format!("salus shredding status {record} shows where it stands"));
        }
        AgentError::Shredded(record) => {
            return Some(format!("salus shredding status {record} says who attested that nothing is left"));
        }
        AgentError::ShreddingRefused { record, .. } | AgentError::Retained { record, .. } => {
            return Some(format!(
                "salus shredding request {record} again after that; an auditor of the custodian may lift it before: salus \
                 shredding lift {record}"
            ));
        }
        AgentError::NotCustodian { .. } | AgentError::MayNotShred { .. } => "--as names another identity",
        AgentError::ReviewRuns { .. } => "retry after that; an auditor of the custodian may do it before",
        AgentError::RetentionTime => "--until 365d, or a time such as 2036-12-31T00:00:00Z",
        AgentError::NotWaiting(record) => return Some(format!("salus record staged {} lists those", record.chart)),
        AgentError::StagingOver(_) => "its author may stage it again",
        AgentError::NoConsent(_) => "--reason says why, and --sensitive consents without being asked",
        AgentError::StatementAttached { statement, .. } => {
            return Some(format!("salus record amend {statement} FILE changes it"));
        }
        AgentError::NoRecord(record) => return Some(format!("salus record list {} lists them", record.chart)),
        AgentError::GranteeNotActive(_) => "salus member show and salus institution show say where it stands",
        AgentError::OtherPatient(_) => "check the chart's number; --other-patient imports all the same",
        AgentError::PatientUnknown(_) => {
            "check the chart's number, then import with --other-patient; or ask the patient for a grant to read"
        }
        AgentError::MissingCompartments(_) => "ask the patient to grant them",
        AgentError::NoSession(_) => "say why you read, with --purpose",
        AgentError::Unfit { .. } => "leave it out",
        AgentError::NoteTooLong => "some 4,000 bytes at most",
        AgentError::Application(fault) => return after_application(fault),
        AgentError::BrokenVoucher => "ask the institution for it again",
        AgentError::UntrustedVerifier(_) => "do not answer; tell your institution",
        AgentError::NoOwner(_) => "the node asked may have another chain than the authority",
        AgentError::NotTheIssuingKey(_) => "--as names the institution's own identity",
        AgentError::RoleNotAdmissible(_) => "salus institution show NUMBER says its kind",
        AgentError::VoucherLife => "--life 30d",
        AgentError::ForeignVoucher => "--node names a node of the voucher's chain",
        AgentError::NoMotion(_) => "salus council list",
        AgentError::NoSeatOf(_) => {
            "the council admits it (salus council admit-authority); --as names the identity of the authority's service"
        }
        AgentError::NotOfAuthority(_) => "--as names a delegate of one",
        AgentError::NotCaughtUp => "wait until it has; salus doctor says what is wrong",
        AgentError::SafeMethodsOnly => {
            "put SALUS_RPC_METHODS=unsafe into its node.env (or start it with --rpc-methods unsafe), restart it, do this again, \
             and take the line out afterwards: as long as it stands, every program on the node's machine can change its keys. \
             The port must not be open to other machines meanwhile"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_service(error: &ServiceError) -> Option<String> {
    let hint = match error {
        ServiceError::Folder(_) => "--vaults names the folder with the vaults, one for each institution",
        ServiceError::NoAddress(_) => {
            "the council enters it: salus institution update NUMBER --vault-address URL; on one machine that plays all parts, \
             --vaults FOLDER takes folders instead"
        }
        ServiceError::Address { .. } => "salus institution update NUMBER --vault-address https://HOST",
        ServiceError::NoDeclaration(_) => "ask the institution: its vault.toml names both texts, in `[joining]`",
        ServiceError::OtherService(_) => "salus doctor compares the services with the chain; tell the institution",
        ServiceError::Client(VaultClientError::Form(_)) => "update the older of the two",
        ServiceError::Client(VaultClientError::Source(_)) => "TMPDIR names a folder with room for sealed files",
        ServiceError::Client(VaultClientError::Certificate { .. }) => {
            "tell the institution. SSL_CERT_FILE names certificates to trust"
        }
        ServiceError::Client(_) => {
            "retry; if it stays so, tell the institution. SSL_CERT_FILE names certificates to trust"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_application(fault: &ApplicationFault) -> Option<String> {
    let hint = match fault {
        ApplicationFault::TooLong | ApplicationFault::Form | ApplicationFault::Signature => {
            "take the file that `salus join apply` wrote, whole and unaltered"
        }
        ApplicationFault::StatementTooLong => "send longer texts beside the application",
        ApplicationFault::Unfit { .. } => "leave it out",
        ApplicationFault::OtherChain => "--node names a node of the application's chain",
        ApplicationFault::OtherInstitution(_) | ApplicationFault::OtherRole(_) => {
            "offer what it asks for, or ask the newcomer for another application"
        }
        ApplicationFault::TooOld | ApplicationFault::Ahead => "ask the newcomer to apply again",
        ApplicationFault::OtherCriteria | ApplicationFault::OtherDataPolicy => {
            "ask the newcomer to read them and to apply again; --outdated takes the application all the same"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_gate(refusal: &GateRefusal) -> Option<String> {
    let hint = match refusal {
        GateRefusal::RequestNotFresh => "ask again; if the gate refuses again, set the clock of this machine",
        GateRefusal::StaleHead(_) => "salus doctor says why nothing becomes final",
        GateRefusal::NoSession | GateRefusal::SessionExpired => {
            "--purpose says why you read, and opens another session"
        }
        GateRefusal::TooManyReceipts => "retry when the session is over, half an hour after the record was opened",
        GateRefusal::TooManyRequests => "retry in two minutes",
        GateRefusal::TooManyUnderWay => "retry in some seconds, with fewer programs at a time",
        GateRefusal::ReadTooMuch(_) => "retry after so many seconds",
        GateRefusal::SessionNotFinalized => "retry in some seconds",
        GateRefusal::Denied(Denial::Shredded) | GateRefusal::DeniedAtBest(Denial::Shredded) => SHREDDED,
        GateRefusal::Denied(_) | GateRefusal::DeniedAtBest(_) => "salus request CHART asks the patient",
        GateRefusal::EnvelopeOutdated { .. } => "the patient renews it: salus rotate CHART COMPARTMENT",
        GateRefusal::Behind(_) => "retry in some seconds; the institution's node is behind yours",
        GateRefusal::QuotaUsedUp => "retry when the chain names what you stored, or after a day",
        GateRefusal::VaultFull => "tell the institution; nothing was stored",
        GateRefusal::Missing(_) => "the institution's vault has lost it, or --vaults names another folder",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_obstacle(obstacle: &Obstacle) -> Option<String> {
    let hint = match obstacle {
        Obstacle::HasSeat(_) => "salus authority status",
        Obstacle::StillHasSeat(institution) => {
            return Some(format!("salus council remove-authority {institution}, and then this"))
        }
        Obstacle::NoSeat(_) => "salus authority status shows who has",
        Obstacle::NoAccountOf { .. } => "salus member show NUMBER shows role, institution and accounts of a member",
        Obstacle::TooFew { .. } => {
            "admit another hospital first; two thirds of the council may remove it nevertheless (salus council \
             remove-authority --force)"
        }
        Obstacle::UpgradePlanned(_) => "salus council cancel-upgrade takes it back",
        Obstacle::NotPausable(_) => "salus council pausable-calls lists all that can",
        Obstacle::NotPaused(_) => "salus council parameters shows those that are",
        Obstacle::Proposed(proposal) => return Some(format!("salus council approve {proposal}")),
        Obstacle::NotFinal { .. } => "name the last block that is final at all hospitals that are left",
        Obstacle::Undecided { .. } => "salus council list shows who has not voted",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_opening_keys(error: &KeystoreError) -> Option<String> {
    let hint = match error.failure {
        Failure::AlreadyExists => "choose another name",
        Failure::NotFound | Failure::Fault(KeystoreFault::Malformed(_)) => {
            "put it back from a copy, or make it again from the phrase under another name"
        }
        Failure::Fault(KeystoreFault::WrongPassword) => {
            "try again; without the password, only the phrase makes the keys again"
        }
        Failure::Fault(KeystoreFault::Unsupported(_)) => "open it with the program that wrote it",
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_backing_up(error: &BackupError) -> Option<String> {
    let hint = match error {
        BackupError::NotEmpty(_) => "name a new folder for the repository",
        BackupError::NotARepository(_) => "salus backup init makes one",
        BackupError::Busy(_) => "wait until it has ended",
        BackupError::Key(_) => "the password is that of `salus backup init`; nothing opens without it",
        BackupError::NoSnapshot(_) => "salus backup list shows them",
        BackupError::Ambiguous(_) => "give more of its digits",
        BackupError::SnapshotDamaged(_) => "salus backup check names all damage and says what to do",
        BackupError::NoSnapshots => {
            "salus backup run makes one; a run that was cut off goes on with what it has stored"
        }
        BackupError::NothingToForget => {
            "name snapshots (salus backup list), or say which ones stay: --keep-daily 14, and more in --help"
        }
        BackupError::LastSnapshot => "--yes does it all the same; nothing can be restored then",
        BackupError::NeedsUnknown { .. } => {
            "salus backup check names all damage and says what to do; a damaged snapshot goes when its name is given"
        }
        BackupError::NothingToSave => "--vault FOLDER, --files PATH, or a home with identities (--home)",
        BackupError::RepositoryInside(_) => "keep it on another disk",
        BackupError::Overlap(..) => "name the outer one only",
        BackupError::NodeRuns(_) => "stop it, and start it again when the backup is done: systemctl stop salus-node",
        BackupError::NotAVault(_) => "name the folder that `store` names in vault.toml",
        BackupError::IsAVault(_) => "--vault saves it, and `--only vault` restores it by the chain's word",
        BackupError::TargetNotEmpty(_) => {
            "--overwrite restores into it: files of the same names are replaced, whole objects of a vault stay"
        }
        BackupError::ServiceRuns(_) => "stop it first: systemctl stop salus-vault",
        BackupError::NothingOfKind(_) => "salus backup list shows what each one has",
        BackupError::NodeBehind(_) => {
            "nothing is restored to the vault before it has caught up; salus doctor says how far it is"
        }
        BackupError::Chain(_) => "nothing is restored to the vault without its word",
        BackupError::AnotherChain(_) => "is the node that of another network? --node names it",
        BackupError::Io { source, .. } => match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                "make room, and run it again: a thing that is stored already is not stored twice"
            }
            ErrorKind::PermissionDenied => "run it as a user who may, such as root",
            _ => return None,
        },
        _ => return None,
    };
    Some(hint.to_owned())
}

fn after_founding(error: &FoundingError) -> Option<String> {
    let hint = match error {
        FoundingError::Exists(_) => "choose another folder with --out",
        FoundingError::NoProgram { .. } => "name it with --node-program FILE",
        _ => return None,
    };
    Some(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use clap::CommandFactory;
    use std::{fs, path::Path};

    #[test]
    fn an_error_has_its_hint_however_deep_it_lies() {
        let refusal = SubmitError::Refused(Refusal::CallPaused);
        for error in [
            anyhow::Error::from(SubmitError::Refused(Refusal::CallPaused)),
            anyhow::Error::from(AgentError::from(refusal)),
            anyhow::Error::from(AgentError::from(SubmitError::Refused(Refusal::CallPaused))).context("outer"),
        ] {
            assert!(after(&error).is_some_and(|hint| hint.contains("salus council parameters")), "{error}");
        }
        let busy = anyhow::Error::from(AgentError::from(SubmitError::AccountBusy { attempts: 3 })).context("outer");
        assert!(after(&busy).is_some_and(|hint| hint.contains("an account of its own")));
        let gate = anyhow::Error::from(AgentError::from(GateRefusal::NoSession));
        assert!(after(&gate).is_some_and(|hint| hint.contains("--purpose")));
        assert_eq!(after(&anyhow::anyhow!("other")), None);
    }

    /// Words that follow the name of this program where it is a user, a folder or a table of packets.
    const PROSE: [&str; 4] = ["and", "delete", "if", "table"];

    /// The commands that `text` names, each with the word behind it.
    fn named(text: &str) -> Vec<(&str, &str)> {
        let is_word = |c: char| c.is_ascii_lowercase() || c == '-';
        let mut found = Vec::new();
        for (at, _) in text.match_indices("salus ") {
            let rest = text[at..].strip_prefix("salus ").unwrap_or_default();
            let first = rest.split(|c| !is_word(c)).next().unwrap_or_default();
            let behind = rest[first.len()..].strip_prefix(' ').unwrap_or_default();
            let second = behind.split(|c| !is_word(c)).next().unwrap_or_default();
            let part_of_a_word = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            if !part_of_a_word && !first.is_empty() && !first.starts_with('-') && !PROSE.contains(&first) {
                found.push((first, second));
            }
        }
        found
    }

    /// Source below `folder`, without tests.
    fn sources(folder: &Path, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]").next().unwrap_or_default().replace("\\\n", " ");
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                found.push((path.display().to_string(), text));
            }
        }
    }

    #[test]
    fn every_command_that_a_text_names_exists() {
        let mut found = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        sources(&root.join("src"), &mut found);
        sources(&root.join("../founding/src"), &mut found);
        let options = Options::command();
        let mut all = Vec::new();
        for (file, text) in &found {
            for (first, second) in named(text) {
                let Some(command) = options.find_subcommand(first) else {
                    panic!("{file}: there is no `salus {first}`")
                };
                if command.has_subcommands() && !second.is_empty() {
                    assert!(command.find_subcommand(second).is_some(), "{file}: there is no `salus {first} {second}`");
                }
                all.push((first, second));
            }
        }
        assert!(all.len() > 40, "{} commands: are texts written in another way now?", all.len());
    }
}
