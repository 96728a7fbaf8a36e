// SPDX-License-Identifier: Apache-2.0

//! Every call that people make, typed.

use super::SessionKeys;
use codec::{Compact, Encode};
use salus_primitives::{
    access::{GrantTerms, Grantee, Permissions, Purpose, Scope, SealedKey},
    charts::{CompartmentFlags, Epoch},
    corrections::CorrectionAnswer,
    evidence::BlockEquivocation,
    governance::{CallName, Parameter},
    holds::Hold,
    membership::{InstitutionProfile, Newcomer, Voucher},
    receipts::{Opening, ReceiptsHead},
    records::{NewRecord, NewVersion, RecordGrantEnvelopes},
    shredding::{Absence, Retention},
    staging::CollectionBasis,
    ChartId, CompartmentId, Digest, GrantId, InstitutionId, Interval, MemberId, Moment, ReadingSessionId, RecordId,
    RecordKey, RequestId, SigningKey,
};
use std::sync::OnceLock;
use subxt::{
    ext::{
        scale_encode::{EncodeAsFields, Error as EncodeError, FieldIter},
        scale_type_resolver::TypeResolver,
    },
    transactions::{Payload, ValidationDetails},
    Metadata,
};

/// The metadata of the runtime that this client was written for.
const METADATA: &[u8] = include_bytes!("../metadata.scale");

pub(super) fn metadata() -> Option<&'static Metadata> {
    static DECODED: OnceLock<Option<Metadata>> = OnceLock::new();
    DECODED.get_or_init(|| Metadata::decode_from(METADATA).ok()).as_ref()
}

/// A signature of an sr25519 key.
pub type Signature = [u8; 64];

/// Decisions of the council about an institution.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InstitutionChange {
    /// Its staff may do nothing until it is reinstated.
    Suspend,
    /// Takes part again.
    Reinstate,
    /// Out for good.
    Remove,
}

/// Decisions of an issuer about a member of its staff.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StaffChange {
    /// May do nothing until reinstated.
    Suspend,
    /// May act again.
    Reinstate,
    /// Left for good.
    Revoke,
}

/// A call, ready to be signed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Call {
    pallet: &'static str,
    name: &'static str,
    arguments: Arguments,
}

/// Arguments that are encoded already; their types are checked through the call's hash.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Arguments(Vec<u8>);

impl EncodeAsFields for Arguments {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        _: &mut dyn FieldIter<'_, R::TypeId>,
        _: &R,
        out: &mut Vec<u8>,
    ) -> Result<(), EncodeError> {
        out.extend_from_slice(&self.0);
        Ok(())
    }
}

impl Payload for Call {
    type CallData = Arguments;

    fn pallet_name(&self) -> &str {
        self.pallet
    }
    fn call_name(&self) -> &str {
        self.name
    }
    fn call_data(&self) -> &Arguments {
        &self.arguments
    }
    fn validation_details(&self) -> Option<ValidationDetails<'_>> {
        // A call that the checked-in metadata does not have gets a hash that nothing matches.
        let hash = metadata()
            .and_then(|metadata| metadata.pallet_by_name(self.pallet))
            .and_then(|pallet| pallet.call_hash(self.name))
            .unwrap_or_default();
        Some(ValidationDetails { pallet_name: self.pallet, call_name: self.name, hash })
    }
}

impl Call {
    fn new(pallet: &'static str, name: &'static str, arguments: impl Encode) -> Self {
        Self { pallet, name, arguments: Arguments(arguments.encode()) }
    }

    /// The pallet.
    pub fn pallet(&self) -> &'static str {
        self.pallet
    }

    /// The call's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The call as it stands in a transaction: pallet index, call index, arguments. None when the checked-in metadata
    /// does not have it.
    pub fn encoded(&self) -> Option<Vec<u8>> {
        let pallet = metadata()?.pallet_by_name(self.pallet)?;
        let call = pallet.call_variant_by_name(self.name)?;
        Some([&[pallet.call_index(), call.index], self.arguments.0.as_slice()].concat())
    }

    // Membership

    /// Admits an institution; for the council.
    pub fn admit_institution(profile: &InstitutionProfile) -> Self {
        Self::new("Membership", "admit_institution", profile)
    }

    /// Changes an institution's keys, address or quotas; for the council.
    pub fn update_institution(institution: InstitutionId, profile: &InstitutionProfile) -> Self {
        Self::new("Membership", "update_institution", (institution, profile))
    }

    /// Gives an institution a new issuing key, which voids its vouchers; for the council.
    pub fn rotate_issuing_key(institution: InstitutionId, key: SigningKey) -> Self {
        Self::new("Membership", "rotate_issuing_key", (institution, key))
    }

    /// Suspends, reinstates or removes an institution; for the council.
    pub fn change_institution(institution: InstitutionId, change: InstitutionChange) -> Self {
        let name = match change {
            InstitutionChange::Suspend => "suspend_institution",
            InstitutionChange::Reinstate => "reinstate_institution",
            InstitutionChange::Remove => "remove_institution",
        };
        Self::new("Membership", name, institution)
    }

    /// Sets how many verifications newcomers need; for the council.
    pub fn set_required_verifications(count: u32) -> Self {
        Self::new("Membership", "set_required_verifications", count)
    }

    /// Redeems a voucher; needs no account. The signatures are those of voucher, transaction and membership key.
    pub fn redeem(
        voucher: &Voucher,
        issuer_signature: &Signature,
        newcomer: &Newcomer,
        signatures: &[Signature; 3],
    ) -> Self {
        Self::new("Membership", "redeem", (voucher, issuer_signature, newcomer, signatures))
    }

    /// Records that a person was refused membership.
    pub fn refuse_applicant(application: Digest) -> Self {
        Self::new("Membership", "refuse_applicant", application)
    }

    /// Challenges a pending member.
    pub fn challenge(member: MemberId, nonce: Digest) -> Self {
        Self::new("Membership", "challenge", (member, nonce))
    }

    /// Answers a challenge; needs no account.
    pub fn answer(member: MemberId, verifier: InstitutionId, signature: &Signature) -> Self {
        Self::new("Membership", "answer", (member, verifier, signature))
    }

    /// Adds a transaction key.
    pub fn add_transaction_key(key: SigningKey, key_signature: &Signature, membership_signature: &Signature) -> Self {
        Self::new("Membership", "add_transaction_key", (key, key_signature, membership_signature))
    }

    /// Removes a transaction key.
    pub fn remove_transaction_key(key: SigningKey, membership_signature: &Signature) -> Self {
        Self::new("Membership", "remove_transaction_key", (key, membership_signature))
    }

    /// Suspends, reinstates or revokes a member of staff.
    pub fn change_member(member: MemberId, change: StaffChange) -> Self {
        let name = match change {
            StaffChange::Suspend => "suspend_member",
            StaffChange::Reinstate => "reinstate_member",
            StaffChange::Revoke => "revoke_member",
        };
        Self::new("Membership", name, member)
    }

    /// Renews the membership of a member of staff, until `valid_until` or without an end.
    pub fn renew_member(member: MemberId, valid_until: Option<Moment>) -> Self {
        Self::new("Membership", "renew_member", (member, valid_until))
    }

    // Charts

    /// Opens a chart.
    pub fn open_chart() -> Self {
        Self::new("Charts", "open_chart", ())
    }

    /// Adds a compartment to a chart.
    pub fn add_compartment(
        chart: ChartId,
        compartment: CompartmentId,
        flags: CompartmentFlags,
        profile: Digest,
        epoch: &Epoch,
    ) -> Self {
        Self::new("Charts", "add_compartment", (chart, compartment, flags, profile, epoch))
    }

    /// Begins a new epoch of a compartment.
    pub fn rotate_compartment(chart: ChartId, compartment: CompartmentId, number: u32, epoch: &Epoch) -> Self {
        Self::new("Charts", "rotate_compartment", (chart, compartment, number, epoch))
    }

    // Access

    /// Renews the envelopes of live grants after a rotation.
    pub fn renew_envelopes(chart: ChartId, compartment: CompartmentId, epoch: u32, envelopes: &[SealedKey]) -> Self {
        Self::new("Access", "renew_envelopes", (chart, compartment, epoch, envelopes))
    }

    /// Grants access.
    pub fn grant_access(chart: ChartId, grantee: Grantee, terms: &GrantTerms) -> Self {
        Self::new("Access", "grant_access", (chart, grantee, terms))
    }

    /// Grants a laboratory reading, adding, and amending its own results in one compartment.
    pub fn grant_access_to_lab(
        chart: ChartId,
        laboratory: Grantee,
        compartment: CompartmentId,
        interval: Interval,
        reason: Option<Digest>,
        envelope: Digest,
    ) -> Self {
        Self::new("Access", "grant_access_to_lab", (chart, laboratory, compartment, interval, reason, envelope))
    }

    /// Revokes a grant; `laboratory` says which of the two forms gave it.
    pub fn revoke_access(chart: ChartId, grant: GrantId, laboratory: bool, reason: Option<Digest>) -> Self {
        let name = if laboratory { "revoke_access_from_lab" } else { "revoke_access" };
        Self::new("Access", name, (chart, grant, reason))
    }

    /// Asks a chart's controller for access.
    pub fn request_access(
        chart: ChartId,
        permissions: Permissions,
        purpose: Purpose,
        until: Option<Moment>,
        reason: Option<Digest>,
    ) -> Self {
        Self::new("Access", "request_access", (chart, permissions, purpose, until, reason))
    }

    /// Approves a request with these grants.
    pub fn approve_request(chart: ChartId, request: RequestId, grants: &[GrantTerms]) -> Self {
        Self::new("Access", "approve_request", (chart, request, grants))
    }

    /// Denies a request.
    pub fn deny_request(chart: ChartId, request: RequestId, reason: Option<Digest>) -> Self {
        Self::new("Access", "deny_request", (chart, request, reason))
    }

    // Records

    /// Creates one record.
    pub fn create_medical_record(chart: ChartId, custodian: InstitutionId, record: &NewRecord) -> Self {
        Self::new("Records", "create_medical_record", (chart, custodian, record))
    }

    /// Creates up to 64 records, all or none.
    pub fn create_medical_records(chart: ChartId, custodian: InstitutionId, records: &[NewRecord]) -> Self {
        Self::new("Records", "create_medical_records", (chart, custodian, records))
    }

    /// Adds a version to a record.
    pub fn amend_record(
        record: RecordId,
        number: u32,
        version: &NewVersion,
        grant_envelopes: &RecordGrantEnvelopes,
    ) -> Self {
        Self::new("Records", "amend_record", (record, number, version, grant_envelopes))
    }

    /// Withdraws a record.
    pub fn withdraw_record(record: RecordId, reason: Option<Digest>) -> Self {
        Self::new("Records", "withdraw_record", (record, reason))
    }

    /// Says that a record of the signer was entered in error.
    pub fn mark_entered_in_error(record: RecordId, reason: Option<Digest>) -> Self {
        Self::new("Records", "mark_entered_in_error", (record, reason))
    }

    /// Restricts a record of the signer's chart.
    pub fn restrict_record(record: RecordId, reason: Option<Digest>) -> Self {
        Self::new("Records", "restrict_record", (record, reason))
    }

    /// Lifts the restriction of a record of the signer's chart.
    pub fn lift_restriction(record: RecordId, reason: Option<Digest>) -> Self {
        Self::new("Records", "lift_restriction", (record, reason))
    }

    /// Discloses under a grant of the signer's own.
    pub fn disclose(chart: ChartId, under: GrantId, grantee: Grantee, terms: &GrantTerms) -> Self {
        Self::new("Access", "disclose", (chart, under, grantee, terms))
    }

    /// Asks for a correction of a record of the signer's chart.
    pub fn request_correction(record: RecordId, reason: Digest) -> Self {
        Self::new("Records", "request_correction", (record, reason))
    }

    /// Answers the open correction of a record.
    pub fn answer_correction(record: RecordId, answer: CorrectionAnswer, reason: Option<Digest>) -> Self {
        Self::new("Records", "answer_correction", (record, answer, reason))
    }

    /// Attaches the record `statement` to a record of the same chart, as the signer's statement of disagreement.
    pub fn attach_statement(record: RecordId, statement: RecordKey) -> Self {
        Self::new("Records", "attach_statement", (record, statement))
    }

    /// Declares that the signer uses records for something other than reading them.
    pub fn declare_use(chart: ChartId, scope: Scope, purpose: Purpose) -> Self {
        Self::new("Records", "declare_use", (chart, scope, purpose))
    }

    /// Stages records of one chart without consent, up to 64: all of them or none.
    pub fn stage_records(
        chart: ChartId,
        custodian: InstitutionId,
        basis: CollectionBasis,
        records: &[NewRecord],
    ) -> Self {
        Self::new("Records", "stage_records", (chart, custodian, basis, records))
    }

    /// Accepts staged records, up to 64. `consent` is the hash of what the patient was shown and answered.
    pub fn accept_records(chart: ChartId, keys: &[RecordKey], consent: Digest) -> Self {
        Self::new("Records", "accept_records", (chart, keys, consent))
    }

    /// Refuses staged records, or takes them back, up to 64.
    pub fn refuse_records(chart: ChartId, keys: &[RecordKey], reason: Option<Digest>) -> Self {
        Self::new("Records", "refuse_records", (chart, keys, reason))
    }

    /// Keeps a record from the patient for a time.
    pub fn hold_record(record: RecordId, hold: &Hold) -> Self {
        Self::new("Records", "hold_record", (record, hold))
    }

    /// Opens records for reading: the log entry comes first.
    pub fn open_records(chart: ChartId, scope: Scope, purpose: Purpose, session: ReadingSessionId) -> Self {
        Self::new("Records", "open_records", (chart, scope, purpose, session))
    }

    /// Posts what the gate of the signer's institution gave out under an opening.
    pub fn post_receipts(opening: Opening, receipts: &ReceiptsHead) -> Self {
        Self::new("Records", "post_receipts", (opening.chart, opening.entry, receipts))
    }

    // Shredding

    /// Asks that a record of the signer's chart be shredded.
    pub fn request_shredding(record: RecordId, reason: Option<Digest>) -> Self {
        Self::new("Shredding", "request_shredding", (record, reason))
    }

    /// Takes the request back.
    pub fn cancel_shredding(record: RecordId) -> Self {
        Self::new("Shredding", "cancel_shredding", record)
    }

    /// Declares that the signer's institution keeps a record; for an auditor of its custodian.
    pub fn retain_record(record: RecordId, retention: &Retention) -> Self {
        Self::new("Shredding", "retain_record", (record, retention))
    }

    /// Declares that the signer's institution need not keep a record any more; for an auditor of its custodian.
    pub fn lift_retention(record: RecordId) -> Self {
        Self::new("Shredding", "lift_retention", record)
    }

    /// Shreds a record for good; for an auditor of its custodian, and for the controller once the review is over.
    pub fn shred_record(record: RecordId) -> Self {
        Self::new("Shredding", "shred_record", record)
    }

    /// Attests which objects of a shredded record are not in the vault of the signer's institution; for its service.
    pub fn attest_shredding(shredding: u64, absence: &Absence) -> Self {
        Self::new("Shredding", "attest_shredding", (shredding, absence))
    }

    // Several at once

    /// These calls as one: all take effect, or none. None when there are none, or the checked-in metadata lacks one.
    pub fn all_or_none(mut calls: Vec<Self>) -> Option<Self> {
        if calls.len() <= 1 {
            return calls.pop();
        }
        let mut arguments = Compact(u32::try_from(calls.len()).ok()?).encode();
        for call in &calls {
            arguments.extend(call.encoded()?);
        }
        Some(Self { pallet: "Utility", name: "batch_all", arguments: Arguments(arguments) })
    }

    // Authorities and sessions

    /// Gives an institution a seat; for the council.
    pub fn admit_authority(institution: InstitutionId, account: SigningKey, delegate: SigningKey) -> Self {
        Self::new("Authorities", "admit_authority", (institution, account, delegate))
    }

    /// Takes an institution's seat; for the council, and with `force` for two thirds of it.
    pub fn remove_authority(institution: InstitutionId, force: bool) -> Self {
        let name = if force { "force_remove_authority" } else { "remove_authority" };
        Self::new("Authorities", name, institution)
    }

    /// Suspends a seat; for the council, and for a delegate of the institution itself.
    pub fn suspend_authority(institution: InstitutionId) -> Self {
        Self::new("Authorities", "suspend_authority", institution)
    }

    /// Ends the suspension of a seat; for the council.
    pub fn reinstate_authority(institution: InstitutionId) -> Self {
        Self::new("Authorities", "reinstate_authority", institution)
    }

    /// Lets the authorities of the next session decide on what is final; for two thirds of the council.
    pub fn resume_finality(last_final: u32, wait: u32) -> Self {
        Self::new("Authorities", "resume_finality", (last_final, wait))
    }

    /// Withdraws the decision to resume finality; for the council.
    pub fn withdraw_resumption() -> Self {
        Self::new("Authorities", "withdraw_resumption", ())
    }

    /// Hands a seat over to another account; for a delegate of the institution, or two thirds of the council.
    pub fn hand_over_account(institution: InstitutionId, account: SigningKey) -> Self {
        Self::new("Authorities", "hand_over_account", (institution, account))
    }

    /// Takes the seat in the council that belongs to the signer's institution.
    pub fn take_vote() -> Self {
        Self::new("Authorities", "take_vote", ())
    }

    /// Proves that an authority authored two blocks for one slot. `proof` says whose the key is.
    pub fn report_equivocation(evidence: &BlockEquivocation, proof: &[u8]) -> Self {
        let BlockEquivocation { author, first, second, .. } = evidence;
        Self::new("Authorities", "report_equivocation", (author, first, second, proof))
    }

    /// Sets the session keys of the signer's authority; `proof` shows that the node has their private parts.
    pub fn set_session_keys(keys: &SessionKeys, proof: &[u8]) -> Self {
        Self::new("Authorities", "set_keys", (keys, proof))
    }

    // Upgrades, pauses, parameters

    /// Plans to replace the runtime; for two thirds of the council.
    pub fn plan_upgrade(code_hash: Digest, spec_version: u32) -> Self {
        Self::new("Upgrades", "plan_upgrade", (code_hash, spec_version))
    }

    /// Confirms that the node of the signer's authority can execute the planned code.
    pub fn confirm_upgrade(code_hash: Digest) -> Self {
        Self::new("Upgrades", "confirm_upgrade", code_hash)
    }

    /// Lets anybody apply the planned upgrade.
    pub fn authorize_upgrade() -> Self {
        Self::new("Upgrades", "authorize_upgrade", ())
    }

    /// Takes back the planned upgrade; for the council.
    pub fn cancel_upgrade(code_hash: Digest) -> Self {
        Self::new("Upgrades", "cancel_upgrade", code_hash)
    }

    /// Sets how many milliseconds upgrades wait; for two thirds of the council.
    pub fn set_upgrade_delay(delay: Moment) -> Self {
        Self::new("Upgrades", "set_upgrade_delay", delay)
    }

    /// Pauses a call, or ends its pause; for the council.
    pub fn pause_call(call: CallName, paused: bool) -> Self {
        let name = if paused { "pause_call" } else { "unpause_call" };
        // Every name has a point: it is made of two.
        let (pallet, call) = call.as_str().split_once('.').unwrap_or_default();
        Self::new("Upgrades", name, (pallet, call))
    }

    /// Changes a parameter; for the council.
    pub fn set_parameter(parameter: Parameter) -> Self {
        Self::new("Upgrades", "set_parameter", parameter)
    }

    /// Replaces the runtime by authorized code; the call has no signer.
    pub fn apply_authorized_upgrade(code: &[u8]) -> Self {
        Self::new("System", "apply_authorized_upgrade", code)
    }

    // Council

    /// Proposes `call` to the council; executed at once when `threshold` is one.
    pub fn propose(threshold: u32, call: &Self) -> Option<Self> {
        let encoded = call.encoded()?;
        let length = u32::try_from(encoded.len()).ok()?;
        let mut arguments = Compact(threshold).encode();
        arguments.extend_from_slice(&encoded);
        arguments.extend(Compact(length).encode());
        Some(Self { pallet: "Council", name: "propose", arguments: Arguments(arguments) })
    }

    /// Votes on a proposal of the council.
    pub fn vote(proposal: Digest, index: u32, approve: bool) -> Self {
        Self::new("Council", "vote", (proposal, Compact(index), approve))
    }

    /// Closes a proposal of the council, which executes it when enough approved. `weight` (reference time, proof size)
    /// and `length` bound the executed call.
    pub fn close(proposal: Digest, index: u32, weight: (u64, u64), length: u32) -> Self {
        Self::new(
            "Council",
            "close",
            (proposal, Compact(index), (Compact(weight.0), Compact(weight.1)), Compact(length)),
        )
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::council::call_name;
    use salus_primitives::shredding::{RetentionGround, StoreKind};
    use subxt::ext::scale_value::{scale::decode_as_type, Composite, Value, ValueDef};

    /// Pallet, call and arguments of an encoded call.
    pub(crate) fn taken_apart(call: &[u8]) -> (String, String, &[u8]) {
        let (pallet, name, arguments) = call_name(metadata().unwrap(), call).unwrap();
        (pallet.to_owned(), name.to_owned(), arguments)
    }

    /// An encoded call as the checked-in metadata reads it, to the last byte.
    pub(crate) fn described(call: &[u8]) -> String {
        let metadata = metadata().unwrap();
        let pallet = metadata.pallet_by_call_index(call[0]).unwrap();
        let mut rest = &call[1..];
        let value: Value<u32> = decode_as_type(&mut rest, pallet.call_ty_id().unwrap(), metadata.types()).unwrap();
        assert!(rest.is_empty(), "{value}");
        value.to_string()
    }

    /// The names of the fields of a stored value as the checked-in metadata reads it, to the last byte.
    pub(crate) fn fields_of_stored(pallet: &str, entry: &str, mut bytes: &[u8]) -> Vec<String> {
        let metadata = metadata().unwrap();
        let entry = metadata.pallet_by_name(pallet).unwrap().storage().unwrap().entry_by_name(entry).unwrap();
        let value: Value<u32> = decode_as_type(&mut bytes, entry.value_ty(), metadata.types()).unwrap();
        assert!(bytes.is_empty(), "{value}");
        match value.value {
            ValueDef::Composite(Composite::Named(fields)) => fields.into_iter().map(|(name, _)| name).collect(),
            other => panic!("{other:?} has no fields"),
        }
    }

    #[test]
    fn calls_of_shredding_are_encoded_as_the_runtime_reads_them() {
        let record = RecordId { chart: ChartId(300), key: RecordKey([7; 16]) };
        let retention = Retention { ground: RetentionGround::LegalClaims, until: 1_900_000_000_000 };
        let absence = Absence { absent: 3, kept: 1, store: StoreKind::S3 };
        for (call, name, argument) in [
            (Call::request_shredding(record, Some(Digest([1; 32]))), "request_shredding", "300"),
            (Call::request_shredding(record, None), "request_shredding", "None"),
            (Call::cancel_shredding(record), "cancel_shredding", "300"),
            (Call::retain_record(record, &retention), "retain_record", "LegalClaims"),
            (Call::lift_retention(record), "lift_retention", "300"),
            (Call::shred_record(record), "shred_record", "300"),
            (Call::attest_shredding(9_000, &absence), "attest_shredding", "S3"),
        ] {
            let described = described(&call.encoded().unwrap());
            assert!(described.contains(name) && described.contains(argument), "{described}");
        }
    }

    #[test]
    fn calls_of_authorities_are_encoded_as_the_runtime_reads_them() {
        let evidence = BlockEquivocation {
            author: SigningKey([1; 32]),
            slot: 2,
            parent: Digest([3; 32]),
            first: vec![4; 100],
            second: vec![5; 200],
        };
        let keys = SessionKeys { aura: SigningKey([6; 32]), grandpa: salus_primitives::FinalityKey([7; 32]) };
        for (call, name) in [
            (Call::report_equivocation(&evidence, &[8; 300]), "report_equivocation"),
            (Call::set_session_keys(&keys, &[9; 128]), "set_keys"),
            (Call::take_vote(), "take_vote"),
            (Call::suspend_authority(InstitutionId(1)), "suspend_authority"),
            (Call::confirm_upgrade(Digest([1; 32])), "confirm_upgrade"),
            (Call::authorize_upgrade(), "authorize_upgrade"),
            (Call::apply_authorized_upgrade(&[2; 5_000]), "apply_authorized_upgrade"),
        ] {
            assert!(described(&call.encoded().unwrap()).contains(name));
        }
    }
}
