// SPDX-License-Identifier: Apache-2.0

//! The runtime APIs: the node calls them for itself, and for clients through its RPC.

use crate::{
    presets, Access, AccountId, Audit, Aura, Block, Charts, Executive, Grandpa, Historical, InherentDataExt,
    Membership, Nonce, Records, Runtime, RuntimeGenesisConfig, SessionKeys, Shredding, System, Timestamp, VERSION,
};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::{
    genesis_builder_helper::{build_state, get_preset},
    traits::KeyOwnerProofSystem,
};
use salus_primitives::{
    api::*,
    charts::Compartment,
    traits::{Membership as _, Question},
};
use sp_api::impl_runtime_apis;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_core::{crypto::KeyTypeId, OpaqueMetadata};
use sp_runtime::{
    traits::{Block as BlockT, NumberFor},
    transaction_validity::{TransactionSource, TransactionValidity},
    ApplyExtrinsicResult, ExtrinsicInclusionMode,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

impl_runtime_apis! {
    impl sp_api::Core<Block> for Runtime {
        fn version() -> RuntimeVersion {
            VERSION
        }

        fn execute_block(block: <Block as BlockT>::LazyBlock) {
            Executive::execute_block(block);
        }

        fn initialize_block(header: &<Block as BlockT>::Header) -> ExtrinsicInclusionMode {
            Executive::initialize_block(header)
        }
    }

    impl sp_api::Metadata<Block> for Runtime {
        fn metadata() -> OpaqueMetadata {
            OpaqueMetadata::new(Runtime::metadata().into())
        }

        fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
            Runtime::metadata_at_version(version)
        }

        fn metadata_versions() -> Vec<u32> {
            Runtime::metadata_versions()
        }
    }

    impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
        fn execute_view_function(
            id: frame_support::view_functions::ViewFunctionId,
            input: Vec<u8>,
        ) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
            Runtime::execute_view_function(id, input)
        }
    }

    impl sp_block_builder::BlockBuilder<Block> for Runtime {
        fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
            Executive::apply_extrinsic(extrinsic)
        }

        fn finalize_block() -> <Block as BlockT>::Header {
            Executive::finalize_block()
        }

        fn inherent_extrinsics(data: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
            data.create_extrinsics()
        }

        fn check_inherents(
            block: <Block as BlockT>::LazyBlock,
            data: sp_inherents::InherentData,
        ) -> sp_inherents::CheckInherentsResult {
            data.check_extrinsics(&block)
        }
    }

    impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
        fn validate_transaction(
            source: TransactionSource,
            transaction: <Block as BlockT>::Extrinsic,
            block_hash: <Block as BlockT>::Hash,
        ) -> TransactionValidity {
            Executive::validate_transaction(source, transaction, block_hash)
        }
    }

    impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
        fn offchain_worker(header: &<Block as BlockT>::Header) {
            Executive::offchain_worker(header)
        }
    }

    impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
        fn slot_duration() -> sp_consensus_aura::SlotDuration {
            sp_consensus_aura::SlotDuration::from_millis(Aura::slot_duration())
        }

        fn authorities() -> Vec<AuraId> {
            pallet_aura::Authorities::<Runtime>::get().into_inner()
        }
    }

    impl sp_session::SessionKeys<Block> for Runtime {
        fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
            SessionKeys::generate(&owner, seed).into()
        }

        fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, KeyTypeId)>> {
            SessionKeys::decode_into_raw_public_keys(&encoded)
        }
    }

    impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
        fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
            Grandpa::grandpa_authorities()
        }

        fn current_set_id() -> sp_consensus_grandpa::SetId {
            pallet_grandpa::CurrentSetId::<Runtime>::get()
        }

        fn submit_report_equivocation_unsigned_extrinsic(
            equivocation_proof: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
            key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
        ) -> Option<()> {
            Grandpa::submit_unsigned_equivocation_report(equivocation_proof, key_owner_proof.decode()?)
        }

        fn generate_key_ownership_proof(
            _set_id: sp_consensus_grandpa::SetId,
            authority_id: GrandpaId,
        ) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
            Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority_id))
                .map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
        }
    }

    impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
        fn account_nonce(account: AccountId) -> Nonce {
            System::account_nonce(account)
        }
    }

    impl salus_runtime_api::SalusApi<Block> for Runtime {
        fn institution(institution: InstitutionId) -> Option<Institution> {
            pallet_salus_membership::Institutions::<Runtime>::get(institution)
        }

        fn institutions(from: InstitutionId, limit: u32) -> Vec<NumberedInstitution> {
            Membership::institutions_from(from, limit.min(MAX_PAGE))
        }

        fn member(member: MemberId) -> Option<Member> {
            pallet_salus_membership::Members::<Runtime>::get(member)
        }

        fn member_of_account(account: SigningKey) -> Option<MemberId> {
            Membership::member_of_account(account)
        }

        fn challenges(member: MemberId) -> Vec<ChallengeBy> {
            Membership::challenges_of(member)
        }

        fn required_verifications() -> u32 {
            pallet_salus_membership::RequiredVerifications::<Runtime>::get()
        }

        fn chart(chart: ChartId) -> Option<Chart> {
            Charts::chart(chart)
        }

        fn charts_of(controller: MemberId) -> Vec<ChartId> {
            Charts::charts_of(controller)
        }

        fn compartments(chart: ChartId) -> Vec<NumberedCompartment> {
            let numbered = |(number, compartment): (CompartmentId, Compartment)| {
                let rotation_due = Access::is_rotation_due(chart, number, compartment.epoch);
                NumberedCompartment { number, compartment, rotation_due }
            };
            Charts::compartments(chart).into_iter().map(numbered).collect()
        }

        fn epochs(chart: ChartId, compartment: CompartmentId, from: u32, limit: u32) -> Vec<NumberedEpoch> {
            Charts::epochs(chart, compartment, from, limit)
        }

        fn grants(chart: ChartId, from: GrantId, limit: u32) -> Vec<NumberedGrant> {
            Access::grants(chart, from, limit)
        }

        fn grants_to(grantee: Grantee, before: Option<GrantRef>, limit: u32) -> Vec<GrantInChart> {
            Access::grants_to(grantee, before, limit)
        }

        fn readers(chart: ChartId, scope: Scope) -> Vec<Reader> {
            Access::readers(chart, scope)
        }

        fn requests(chart: ChartId, from: RequestId, limit: u32) -> Vec<NumberedRequest> {
            Access::requests(chart, from, limit)
        }

        fn explain_access(member: MemberId, chart: ChartId, ask: Ask) -> Explanation {
            let record = Records::facts(chart, ask.scope, ask.version);
            let asker = Membership::standing(member);
            Access::explain(&Question { asker: asker.as_ref(), chart, record, ask })
        }

        fn record(record: RecordId) -> Option<Record> {
            Records::record(record)
        }

        fn records(chart: ChartId, after: Option<RecordKey>, limit: u32) -> Vec<KeyedRecord> {
            Records::records_page(chart, after, limit)
        }

        fn corrections(chart: ChartId, after: Option<RecordKey>, limit: u32) -> Vec<KeyedCorrection> {
            Records::corrections_page(chart, after, limit)
        }

        fn versions(record: RecordId, from: u32, limit: u32) -> Vec<NumberedVersion> {
            Records::versions_page(record, from, limit)
        }

        fn shredding_state(record: RecordId) -> ShreddingState {
            Shredding::shredding_state(record)
        }

        fn shreddings(from: u64, limit: u32) -> Vec<NumberedShredding> {
            Shredding::shreddings_page(from, limit)
        }

        fn attestations(shredding: u64, after: Option<InstitutionId>, limit: u32) -> Vec<AttestationOf> {
            Shredding::attestations_page(shredding, after, limit)
        }

        fn session(reader: MemberId, session: ReadingSessionId) -> Option<Session> {
            Records::session(reader, session)
        }

        fn log_head(log: LogId) -> LogHead {
            Audit::head(log)
        }

        fn log(log: LogId, from: u64, limit: u32) -> Vec<Entry> {
            Audit::page(log, from, limit.min(MAX_PAGE))
        }

        fn now() -> u64 {
            Timestamp::get()
        }

        fn refusal(code: u8) -> Option<Refusal> {
            Refusal::from_code(code)
        }
    }

    impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
        fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
            build_state::<RuntimeGenesisConfig>(config)
        }

        fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
            get_preset::<RuntimeGenesisConfig>(id, presets::preset)
        }

        fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
            presets::names()
        }
    }

    #[cfg(feature = "runtime-benchmarks")]
    impl frame_benchmarking::Benchmark<Block> for Runtime {
        fn benchmark_metadata(
            extra: bool,
        ) -> (Vec<frame_benchmarking::BenchmarkList>, Vec<frame_support::traits::StorageInfo>) {
            crate::benchmarks::metadata(extra)
        }

        fn dispatch_benchmark(
            config: frame_benchmarking::BenchmarkConfig,
        ) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
            crate::benchmarks::dispatch(config)
        }
    }

    #[cfg(feature = "try-runtime")]
    impl frame_try_runtime::TryRuntime<Block> for Runtime {
        #[allow(clippy::unwrap_used, reason = "this API reports by panicking, and no node on a network has it")]
        fn on_runtime_upgrade(
            checks: frame_try_runtime::UpgradeCheckSelect,
        ) -> (frame_support::weights::Weight, frame_support::weights::Weight) {
            let weight = Executive::try_runtime_upgrade(checks).unwrap();
            (weight, crate::limits::BLOCK_TIME)
        }

        #[allow(clippy::unwrap_used, reason = "this API reports by panicking, and no node on a network has it")]
        fn execute_block(
            block: <Block as BlockT>::LazyBlock,
            state_root_check: bool,
            signature_check: bool,
            select: frame_try_runtime::TryStateSelect,
        ) -> frame_support::weights::Weight {
            Executive::try_execute_block(block, state_root_check, signature_check, select).unwrap()
        }
    }
}
