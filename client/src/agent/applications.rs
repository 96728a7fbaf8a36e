// SPDX-License-Identifier: Apache-2.0

//! Applications: a newcomer asks a named institution for membership, and the institution checks what it was asked (S0-13, S0-21).
//!
//! An application is a file that the newcomer brings or sends to the institution. Nothing of it reaches the chain but its hash. The
//! log has it when an issuer refuses. The commitment to a profile has it when a voucher is made.

use codec::Encode;
use salus_primitives::{
    membership::{Newcomer, Role},
    text,
    time::{DAY, HOUR},
    Digest, EncryptionKey, InstitutionId, Moment, SigningKey,
};
use salus_sealing::{
    keys::{verify, Identity},
    secret::random,
};
use salus_vault_client::Declaration;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use zeroize::Zeroizing;

/// Bytes of an application's file, at most.
pub const LONGEST_APPLICATION: usize = 32 * 1024;
/// Bytes of a statement, at most.
const LONGEST_STATEMENT: usize = 4_000;
/// How old an application may be.
const MAX_APPLICATION_AGE: Moment = 30 * DAY;
/// How far the newcomer's node may be ahead of the issuer's.
const MAX_LEAD: Moment = HOUR;

/// A request for membership, signed with the newcomer's membership key.
///
/// It has no `Debug`: the statement may say who the newcomer is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// The genesis hash of the chain that it is for.
    pub genesis: Digest,
    /// The institution that is asked.
    pub institution: InstitutionId,
    /// The role that the newcomer asks for.
    pub role: Role,
    /// The newcomer's first transaction key.
    pub transaction_key: SigningKey,
    /// The newcomer's membership key.
    pub membership_key: SigningKey,
    /// The newcomer's encryption key.
    pub encryption_key: EncryptionKey,
    /// The SHA-256 of the criteria that the newcomer was shown.
    pub criteria: Digest,
    /// The SHA-256 of the data policy that the newcomer was shown.
    pub data_policy: Digest,
    /// When it was made, by the chain's time.
    pub at: Moment,
    /// The newcomer's own words; may be empty.
    pub statement: String,
    /// A random number, without which a reader of the chain could try names against the hash.
    pub salt: Digest,
    /// The membership key's signature, in hexadecimal digits.
    pub signature: String,
}

/// An application cannot be made, read or accepted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum ApplicationFault {
    /// The file is too long.
    #[error("an application has {LONGEST_APPLICATION} bytes at most")]
    TooLong,
    /// The file is something else.
    #[error("this is not an application")]
    Form,
    /// The statement is too long.
    #[error("the statement of an application has {LONGEST_STATEMENT} bytes at most")]
    StatementTooLong,
    /// The statement holds what its readers could not trust.
    #[error(
        "the statement has the character `U+{:04X}`, which its readers could not see or trust",
        u32::from(*character)
    )]
    Unfit {
        /// The character.
        character: char,
    },
    /// Envelopes to the newcomer would open for all.
    #[error("nothing can be sealed to the encryption key in the application")]
    EncryptionKey,
    /// The signature is not that of the membership key over these fields.
    #[error("the application was altered, or its membership key did not sign it")]
    Signature,
    /// It is for another chain.
    #[error("the application is for another chain")]
    OtherChain,
    /// It is to another institution.
    #[error("the application is to institution `{0}`")]
    OtherInstitution(InstitutionId),
    /// It asks for another role.
    #[error("the application asks for the role `{}`", .0.word())]
    OtherRole(Role),
    /// It was made long ago.
    #[error("the application is older than 30 days")]
    TooOld,
    /// Its time is still to come.
    #[error("the application is of a time that is still to come")]
    Ahead,
    /// The institution declares other criteria by now.
    #[error("the newcomer was shown other criteria than those that the institution declares now")]
    OtherCriteria,
    /// The institution declares another data policy by now.
    #[error("the newcomer was shown another data policy than the one that the institution declares now")]
    OtherDataPolicy,
}

impl Application {
    /// The application of `identity` to the institution whose texts it was shown, at the chain's time `at`.
    pub fn sign(
        identity: &Identity,
        shown: &Declaration,
        role: Role,
        statement: String,
        at: Moment,
    ) -> Result<Self, ApplicationFault> {
        let Newcomer { transaction_key, membership_key, encryption_key } = identity.public().newcomer();
        let mut application = Self {
            genesis: shown.genesis,
            institution: shown.institution,
            role,
            transaction_key,
            membership_key,
            encryption_key,
            criteria: shown.criteria.sha256(),
            data_policy: shown.data_policy.sha256(),
            at,
            statement,
            salt: Digest(random()),
            signature: String::new(),
        };
        application.check_statement()?;
        application.signature = hex::encode(identity.membership().sign(&application.payload()));
        Ok(application)
    }

    /// The application in a file, if its membership key signed it.
    pub fn read(file: &[u8]) -> Result<Self, ApplicationFault> {
        if file.len() > LONGEST_APPLICATION {
            return Err(ApplicationFault::TooLong);
        }
        let application: Self = serde_json::from_slice(file).map_err(|_| ApplicationFault::Form)?;
        application.check_statement()?;
        if !application.encryption_key.is_acceptable() {
            return Err(ApplicationFault::EncryptionKey);
        }
        let mut signature = [0; 64];
        hex::decode_to_slice(&application.signature, &mut signature).map_err(|_| ApplicationFault::Signature)?;
        match verify(&application.membership_key, &application.payload(), &signature) {
            true => Ok(application),
            false => Err(ApplicationFault::Signature),
        }
    }

    /// The hash by which the log and the profile name it. The salt is among the bytes, so the hash tells nothing about the newcomer.
    pub fn hash(&self) -> Digest {
        Digest(Sha256::digest(self.payload()).into())
    }

    /// Checks that it is to `institution` of the chain of `genesis`. An issuer refuses no other.
    pub fn check_addressee(&self, genesis: Digest, institution: InstitutionId) -> Result<(), ApplicationFault> {
        if self.genesis != genesis {
            return Err(ApplicationFault::OtherChain);
        }
        match self.institution == institution {
            true => Ok(()),
            false => Err(ApplicationFault::OtherInstitution(self.institution)),
        }
    }

    /// Checks that `institution` may offer `role` for it at the time `now`.
    pub fn check(
        &self,
        genesis: Digest,
        institution: InstitutionId,
        role: Role,
        now: Moment,
    ) -> Result<(), ApplicationFault> {
        self.check_addressee(genesis, institution)?;
        if self.role != role {
            return Err(ApplicationFault::OtherRole(self.role));
        }
        if self.at > now.saturating_add(MAX_LEAD) {
            return Err(ApplicationFault::Ahead);
        }
        match now.saturating_sub(self.at) > MAX_APPLICATION_AGE {
            true => Err(ApplicationFault::TooOld),
            false => Ok(()),
        }
    }

    /// Checks that the newcomer was shown what the institution declares now.
    pub fn check_declared(&self, declared: &Declaration) -> Result<(), ApplicationFault> {
        if self.criteria != declared.criteria.sha256() {
            return Err(ApplicationFault::OtherCriteria);
        }
        match self.data_policy == declared.data_policy.sha256() {
            true => Ok(()),
            false => Err(ApplicationFault::OtherDataPolicy),
        }
    }

    /// The profile of the newcomer: the application by its hash, then what the issuer `checked`. So the commitment in the voucher, and
    /// later the member on the chain, binds the acceptance to this application.
    pub fn profile(&self, checked: &str) -> Zeroizing<String> {
        Zeroizing::new(format!("application {}\n{checked}", self.hash()))
    }

    fn check_statement(&self) -> Result<(), ApplicationFault> {
        if self.statement.len() > LONGEST_STATEMENT {
            return Err(ApplicationFault::StatementTooLong);
        }
        text::unfit_in_lines(&self.statement).map_or(Ok(()), |character| Err(ApplicationFault::Unfit { character }))
    }

    /// The bytes that the membership key signs.
    fn payload(&self) -> Vec<u8> {
        let newcomer = Newcomer {
            transaction_key: self.transaction_key,
            membership_key: self.membership_key,
            encryption_key: self.encryption_key,
        };
        let asked = (self.genesis, self.institution, self.role, newcomer);
        let shown = (self.criteria, self.data_policy, self.at);
        (b"salus/application/1", asked, shown, &self.statement, self.salt).encode()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_vault_client::DeclaredText;
    use serde_json::{json, Value};

    const GENESIS: Digest = Digest([1; 32]);
    const HOSPITAL: InstitutionId = InstitutionId(3);
    const AT: Moment = 1_800_000_000_000;

    fn declaration(criteria: &str, policy: &str) -> Declaration {
        let text = |text: &str| DeclaredText::new(text.to_owned()).unwrap();
        let (criteria, data_policy) = (text(criteria), text(policy));
        Declaration { institution: HOSPITAL, genesis: GENESIS, criteria, data_policy }
    }

    fn shown() -> Declaration {
        declaration("A doctor shows her license.", "Records are read for treatment only.")
    }

    fn newcomer() -> Identity {
        Identity::from_uri("//Newcomer").unwrap()
    }

    fn application() -> Application {
        let statement = "I begin on ward 3 in May.\nMy license is 4711.".to_owned();
        Application::sign(&newcomer(), &shown(), Role::Clinician, statement, AT).unwrap()
    }

    fn file(application: &Application) -> Vec<u8> {
        serde_json::to_vec_pretty(application).unwrap()
    }

    #[test]
    fn an_application_is_read_as_it_was_written() {
        let written = application();
        let read = Application::read(&file(&written)).unwrap();
        assert!(read == written && read.hash() == written.hash());
        assert_eq!(read.membership_key, newcomer().membership().public());
        assert_eq!(read.check(GENESIS, HOSPITAL, Role::Clinician, AT + DAY), Ok(()));
        assert_eq!(read.check_declared(&shown()), Ok(()));
        assert!(Application::sign(&newcomer(), &shown(), Role::Patient, String::new(), AT).is_ok());
    }

    #[test]
    fn no_private_key_is_in_the_file() {
        let identity = newcomer();
        let text = String::from_utf8(file(&application())).unwrap();
        let values: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(values.as_object().unwrap().len(), 12);
        for key in [identity.transaction().public(), identity.membership().public()] {
            assert!(text.contains(&key.to_string()));
        }
    }

    #[test]
    fn two_applications_of_one_text_have_two_hashes() {
        assert_ne!(application().hash(), application().hash());
    }

    #[test]
    fn a_changed_field_is_noticed() {
        let whole = serde_json::to_value(application()).unwrap();
        let other = Digest([9; 32]);
        for (field, value) in [
            ("genesis", json!(other)),
            ("institution", json!(4)),
            ("role", json!("patient")),
            ("transaction_key", json!(other)),
            ("membership_key", json!(other)),
            ("encryption_key", json!({ "suite": 1, "key": other })),
            ("criteria", json!(other)),
            ("data_policy", json!(other)),
            ("at", json!(AT + 1)),
            ("statement", json!("I begin on ward 4 in May.")),
            ("salt", json!(other)),
            ("signature", json!("00".repeat(64))),
            ("signature", json!("00")),
            ("signature", json!("")),
        ] {
            let mut changed = whole.clone();
            assert_ne!(changed[field], value);
            changed[field] = value;
            let read = Application::read(&serde_json::to_vec(&changed).unwrap());
            assert_eq!(read.err(), Some(ApplicationFault::Signature), "{field}");
        }
    }

    #[test]
    fn a_signature_of_the_same_key_for_another_purpose_is_none() {
        let mut application = application();
        let payload = [&b"salus/redeem/1"[..], &application.payload()].concat();
        application.signature = hex::encode(newcomer().membership().sign(&payload));
        assert_eq!(Application::read(&file(&application)).err(), Some(ApplicationFault::Signature));
        assert!(application.payload().starts_with(b"salus/application/1"));
    }

    #[test]
    fn a_file_of_another_form_is_none() {
        let whole = serde_json::to_value(application()).unwrap();
        let mut more = whole.clone();
        more["fee"] = json!(1);
        let mut less = whole.clone();
        less.as_object_mut().unwrap().remove("salt");
        let mut words = whole;
        words["role"] = json!("king");
        for value in [more, less, words, json!([]), json!("application")] {
            let read = Application::read(&serde_json::to_vec(&value).unwrap());
            assert_eq!(read.err(), Some(ApplicationFault::Form), "{value}");
        }
        assert_eq!(Application::read(b"").err(), Some(ApplicationFault::Form));
    }

    #[test]
    fn file_and_statement_are_bounded() {
        let spaces = [file(&application()), vec![b' '; LONGEST_APPLICATION]].concat();
        assert_eq!(Application::read(&spaces).err(), Some(ApplicationFault::TooLong));
        let with = |length| Application::sign(&newcomer(), &shown(), Role::Clinician, "\"".repeat(length), AT);
        let longest = with(LONGEST_STATEMENT).ok().map(|application| Application::read(&file(&application)).is_ok());
        assert_eq!(longest, Some(true));
        assert_eq!(with(LONGEST_STATEMENT + 1).err(), Some(ApplicationFault::StatementTooLong));
    }

    #[test]
    fn a_statement_that_its_reader_could_not_trust_is_refused_in_writing_and_in_reading() {
        for character in ['\u{1b}', '\r', '\t', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200b}'] {
            let statement = format!("I am{character} a doctor");
            let written = Application::sign(&newcomer(), &shown(), Role::Clinician, statement.clone(), AT);
            assert_eq!(written.err(), Some(ApplicationFault::Unfit { character }));
            // Signed by a program of the newcomer's own.
            let mut forged = Application { statement, ..application() };
            forged.signature = hex::encode(newcomer().membership().sign(&forged.payload()));
            assert_eq!(Application::read(&file(&forged)).err(), Some(ApplicationFault::Unfit { character }));
        }
    }

    #[test]
    fn an_encryption_key_to_which_nothing_can_be_sealed_is_refused() {
        let mut forged = Application { encryption_key: EncryptionKey::x25519([0; 32]), ..application() };
        forged.signature = hex::encode(newcomer().membership().sign(&forged.payload()));
        assert_eq!(Application::read(&file(&forged)).err(), Some(ApplicationFault::EncryptionKey));
    }

    #[test]
    fn an_application_is_for_one_chain_one_institution_and_one_role() {
        let application = application();
        let check = |genesis, institution, role| application.check(genesis, institution, role, AT).err();
        assert_eq!(check(GENESIS, HOSPITAL, Role::Clinician), None);
        assert_eq!(check(Digest([2; 32]), HOSPITAL, Role::Clinician), Some(ApplicationFault::OtherChain));
        let other = Some(ApplicationFault::OtherInstitution(HOSPITAL));
        assert_eq!(check(GENESIS, InstitutionId(4), Role::Clinician), other);
        assert_eq!(check(GENESIS, HOSPITAL, Role::Issuer), Some(ApplicationFault::OtherRole(Role::Clinician)));
        assert_eq!(application.check_addressee(GENESIS, InstitutionId(4)).err(), other);
        assert_eq!(application.check_addressee(GENESIS, HOSPITAL), Ok(()));
    }

    #[test]
    fn an_application_is_good_for_thirty_days() {
        let application = application();
        let check = |now| application.check(GENESIS, HOSPITAL, Role::Clinician, now).err();
        assert_eq!(check(AT + MAX_APPLICATION_AGE), None);
        assert_eq!(check(AT + MAX_APPLICATION_AGE + 1), Some(ApplicationFault::TooOld));
        assert_eq!(check(AT - MAX_LEAD), None);
        assert_eq!(check(AT - MAX_LEAD - 1), Some(ApplicationFault::Ahead));
    }

    #[test]
    fn texts_that_changed_since_are_told_apart() {
        let application = application();
        let declared = |criteria, policy| application.check_declared(&declaration(criteria, policy)).err();
        let (criteria, policy) = ("A doctor shows her license.", "Records are read for treatment only.");
        assert_eq!(declared(criteria, policy), None);
        assert_eq!(declared("All are welcome.", policy), Some(ApplicationFault::OtherCriteria));
        assert_eq!(declared(criteria, "Records are sold."), Some(ApplicationFault::OtherDataPolicy));
    }

    #[test]
    fn the_profile_names_the_application() {
        let application = application();
        let profile = application.profile("License 4711, seen on May 4.");
        assert_eq!(*profile, format!("application {}\nLicense 4711, seen on May 4.", application.hash()));
    }
}
