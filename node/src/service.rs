// SPDX-License-Identifier: Apache-2.0

//! Assembles a running node: database, pool, network, RPC, authoring and finality.

use crate::{
    client::{Client, FullBackend, Pool},
    equivocations::Equivocations,
    executor, metrics,
    pool_tasks::PoolTasks,
    rpc, sync_watch,
};
use futures::FutureExt;
use salus_runtime::{limits, opaque::Block, Hash, RuntimeApi};
use sc_client_api::{Backend, HeaderBackend};
use sc_consensus_aura::{ImportQueueParams, SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{
    BeforeBestBlockBy, GrandpaPruningFilter, SharedVoterState, ThreeQuartersOfTheUnfinalizedChain, VotingRulesBuilder,
};
use sc_network::{config::FullNetworkConfiguration, Litep2pNetworkBackend, NetworkBackend};
use sc_service::{Configuration, Error, PartialComponents, TaskManager, WarpSyncConfig};
use sc_telemetry::{Telemetry, TelemetryWorker};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_consensus_aura::{
    inherents::InherentDataProvider as SlotProvider, sr25519::AuthorityPair as AuraPair, SlotDuration,
};
use sp_timestamp::InherentDataProvider as TimeProvider;
use std::{path::Path, sync::Arc, time::Duration};

type SelectChain = sc_consensus::LongestChain<FullBackend, Block>;
type BlockImport = sc_consensus_grandpa::GrandpaBlockImport<FullBackend, Block, Client, SelectChain>;
type GrandpaLink = sc_consensus_grandpa::LinkHalf<Block, Client, SelectChain>;

/// The parts that every command with a database needs.
pub(crate) type Parts = PartialComponents<
    Client,
    FullBackend,
    SelectChain,
    sc_consensus::DefaultImportQueue<Block>,
    Pool,
    (BlockImport, GrandpaLink, Option<Telemetry>),
>;

/// The most blocks between two stored proofs of finality: one every half minute. A proof of a log entry carries the
/// headers up to the next stored one, so this bounds its length to some 16 KiB.
const JUSTIFICATION_PERIOD: u32 = 32;

/// The assumed time that a vote takes to reach all nodes. A round waits twice and four times as long for missing votes.
/// The SDK's default (333 ms) suits networks around the globe and six-second blocks. Hospitals of one country hear each
/// other within a tenth of a second. A shorter wait risks nothing but rounds that finalize an older block.
const GOSSIP_DURATION: Duration = Duration::from_millis(100);

/// The number of blocks by which votes stay behind the best one (the SDK's default is 2). So all authorities have seen
/// the block that they vote on. With slots of a second, and one more block, this decides how soon a transaction is
/// final.
const VOTE_BEHIND_BEST: u32 = 1;

/// The most bytes that an author puts into a block. The runtime counts transactions and decides. The author counts the
/// header as well, and must not be stricter: otherwise no author would include a new runtime that the chain accepts.
const BLOCK_BYTES: usize = limits::BLOCK_BYTES as usize + HEADER_BYTES;

/// The most bytes of a block that are not transactions. The digest holds a slot and at most one change of authorities.
const HEADER_BYTES: usize = 64 * 1024;

/// The part of a slot in which the author builds a block. The limit on a block's weight, half a slot, ends most blocks
/// earlier. This one is for an author on a busy or slow machine (docs/adr/0013-limits-of-a-block.md).
const PROPOSAL_SHARE: f32 = 0.6;

/// Opens the database and builds the parts that every command needs. Compiled runtimes may be kept in the folder `compiled`.
pub(crate) fn new_partial(config: &Configuration, compiled: Option<&Path>) -> Result<Parts, Error> {
    let telemetry = config
        .telemetry_endpoints
        .clone()
        .filter(|endpoints| !endpoints.is_empty())
        .map(|endpoints| -> Result<_, sc_telemetry::Error> {
            let worker = TelemetryWorker::new(16)?;
            let telemetry = worker.handle().new_telemetry(endpoints);
            Ok((worker, telemetry))
        })
        .transpose()?;

    let (client, backend, keystore_container, task_manager) = sc_service::new_full_parts::<Block, RuntimeApi, _>(
        config,
        telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
        executor::new(&config.executor, compiled).map_err(Error::Other)?,
        vec![Arc::new(GrandpaPruningFilter)],
    )?;
    let client = Arc::new(client);
    let telemetry = telemetry.map(|(worker, telemetry)| {
        task_manager.spawn_handle().spawn("telemetry", None, worker.run());
        telemetry
    });

    let select_chain = sc_consensus::LongestChain::new(backend.clone());
    let transaction_pool = Arc::from(
        sc_transaction_pool::Builder::new(
            PoolTasks(task_manager.spawn_essential_handle()),
            client.clone(),
            config.role.is_authority().into(),
        )
        .with_options(config.transaction_pool.clone())
        .with_prometheus(config.prometheus_registry())
        .build(),
    );

    let (block_import, grandpa_link) = sc_consensus_grandpa::block_import(
        client.clone(),
        JUSTIFICATION_PERIOD,
        &client,
        select_chain.clone(),
        telemetry.as_ref().map(Telemetry::handle),
    )?;
    let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
    let import_queue = sc_consensus_aura::import_queue::<AuraPair, _, _, _, _, _>(ImportQueueParams {
        block_import: block_import.clone(),
        justification_import: Some(Box::new(block_import.clone())),
        client: client.clone(),
        create_inherent_data_providers: move |_, ()| async move { Ok(inherents(slot_duration)) },
        spawner: &task_manager.spawn_essential_handle(),
        registry: config.prometheus_registry(),
        check_for_equivocation: Default::default(),
        telemetry: telemetry.as_ref().map(Telemetry::handle),
        compatibility_mode: Default::default(),
    })?;

    Ok(PartialComponents {
        client,
        backend,
        task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other: (block_import, grandpa_link, telemetry),
    })
}

/// Starts a node. It may keep compiled runtimes in the folder `compiled`.
pub(crate) fn run(config: Configuration, compiled: Option<&Path>) -> Result<TaskManager, Error> {
    let PartialComponents {
        client,
        backend,
        mut task_manager,
        import_queue,
        keystore_container,
        select_chain,
        transaction_pool,
        other: (block_import, grandpa_link, mut telemetry),
    } = new_partial(&config, compiled)?;
    let registry = config.prometheus_registry().cloned();

    let mut net_config =
        FullNetworkConfiguration::<Block, Hash, Litep2pNetworkBackend>::new(&config.network, registry.clone());
    let metrics =
        <Litep2pNetworkBackend as NetworkBackend<Block, Hash>>::register_notification_metrics(registry.as_ref());
    let grandpa_protocol =
        sc_consensus_grandpa::protocol_standard_name(&client.info().genesis_hash, &config.chain_spec);
    let (grandpa_protocol_config, grandpa_notifications) =
        sc_consensus_grandpa::grandpa_peers_set_config::<Block, Litep2pNetworkBackend>(
            grandpa_protocol.clone(),
            metrics.clone(),
            net_config.peer_store_handle(),
        );
    // Without a task that serves the protocol, the node would lose every connection: litep2p announces all protocols of
    // each.
    let enable_grandpa = !config.disable_grandpa;
    if enable_grandpa {
        net_config.add_notification_protocol(grandpa_protocol_config);
    }

    let warp_sync = Arc::new(sc_consensus_grandpa::warp_proof::NetworkProvider::new(
        backend.clone(),
        grandpa_link.shared_authority_set().clone(),
        Vec::new(),
    ));
    let (network, system_rpc_tx, tx_handler_controller, sync_service, _bitswap) =
        sc_service::build_network(sc_service::BuildNetworkParams {
            config: &config,
            net_config,
            client: client.clone(),
            transaction_pool: transaction_pool.clone(),
            spawn_handle: task_manager.spawn_handle(),
            spawn_essential_handle: task_manager.spawn_essential_handle(),
            import_queue,
            block_announce_validator_builder: None,
            warp_sync_config: Some(WarpSyncConfig::WithProvider(warp_sync)),
            block_relay: None,
            metrics,
            gap_sync_body_policy: None,
        })?;

    if config.offchain_worker.enabled {
        let workers = sc_offchain::OffchainWorkers::new(sc_offchain::OffchainWorkerOptions {
            runtime_api_provider: client.clone(),
            is_validator: config.role.is_authority(),
            keystore: Some(keystore_container.keystore()),
            offchain_db: backend.offchain_storage(),
            transaction_pool: Some(OffchainTransactionPoolFactory::new(transaction_pool.clone())),
            network_provider: Arc::new(network.clone()),
            // The runtime makes no HTTP requests.
            enable_http_requests: false,
            custom_extensions: |_| Vec::new(),
        })?;
        task_manager.spawn_handle().spawn(
            "offchain-workers-runner",
            "offchain-worker",
            workers.run(client.clone(), task_manager.spawn_handle()).boxed(),
        );
    }

    metrics::spawn(&task_manager, registry.as_ref(), client.clone(), config.base_path.path());
    let equivocations = Arc::new(Equivocations::new(client.clone()));
    task_manager.spawn_handle().spawn("equivocations", None, equivocations.clone().watch());

    if !config.network.default_peers_set.reserved_nodes.is_empty() {
        // Essential, for the same reason as authoring and voting below.
        let watch = sync_watch::watch(client.clone(), sync_service.clone());
        task_manager.spawn_essential_handle().spawn("sync-watch", Some("networking"), watch);
    }

    let role = config.role;
    let force_authoring = config.force_authoring;
    let name = config.network.node_name.clone();
    let shared_voter_state = SharedVoterState::empty();

    let rpc_builder = {
        let client = client.clone();
        let pool = transaction_pool.clone();
        let shared_authority_set = grandpa_link.shared_authority_set().clone();
        let justification_stream = grandpa_link.justification_stream();
        let shared_voter_state = shared_voter_state.clone();
        let backend = backend.clone();
        Box::new(move |subscription_executor| {
            rpc::module(rpc::Dependencies {
                client: client.clone(),
                pool: pool.clone(),
                equivocations: equivocations.clone(),
                grandpa: rpc::Finality {
                    shared_voter_state: shared_voter_state.clone(),
                    shared_authority_set: shared_authority_set.clone(),
                    justification_stream: justification_stream.clone(),
                    backend: backend.clone(),
                    subscription_executor,
                },
            })
            .map_err(|error| Error::Application(Box::new(error)))
        })
    };
    sc_service::spawn_tasks(sc_service::SpawnTasksParams {
        network: network.clone(),
        client: client.clone(),
        keystore: keystore_container.keystore(),
        task_manager: &mut task_manager,
        transaction_pool: transaction_pool.clone(),
        rpc_builder,
        backend,
        system_rpc_tx,
        tx_handler_controller,
        sync_service: sync_service.clone(),
        config,
        telemetry: telemetry.as_mut(),
        tracing_execute_block: None,
    })?;

    if role.is_authority() {
        let mut proposer_factory = sc_basic_authorship::ProposerFactory::new(
            task_manager.spawn_handle(),
            client.clone(),
            transaction_pool.clone(),
            registry.as_ref(),
            telemetry.as_ref().map(Telemetry::handle),
        );
        proposer_factory.set_default_block_size_limit(BLOCK_BYTES);
        let slot_duration = sc_consensus_aura::slot_duration(&*client)?;
        let aura = sc_consensus_aura::start_aura::<AuraPair, _, _, _, _, _, _, _, _, _, _>(StartAuraParams {
            slot_duration,
            client: client.clone(),
            select_chain,
            block_import,
            proposer_factory,
            create_inherent_data_providers: move |_, ()| async move { Ok(inherents(slot_duration)) },
            force_authoring,
            backoff_authoring_blocks: None::<()>,
            keystore: keystore_container.keystore(),
            sync_oracle: sync_service.clone(),
            justification_sync_link: sync_service.clone(),
            block_proposal_slot_portion: SlotProportion::new(PROPOSAL_SHARE),
            max_block_proposal_slot_portion: None,
            telemetry: telemetry.as_ref().map(Telemetry::handle),
            compatibility_mode: Default::default(),
        })?;
        // Essential: an authority that stops authoring ends its node, so that the node does not look alive.
        task_manager.spawn_essential_handle().spawn_blocking("aura", Some("block-authoring"), aura);
    }

    if enable_grandpa {
        let voter = sc_consensus_grandpa::run_grandpa_voter(sc_consensus_grandpa::GrandpaParams {
            config: sc_consensus_grandpa::Config {
                gossip_duration: GOSSIP_DURATION,
                justification_generation_period: JUSTIFICATION_PERIOD,
                name: Some(name),
                observer_enabled: false,
                // Without a keystore the voter follows finality and casts no votes.
                keystore: role.is_authority().then(|| keystore_container.keystore()),
                local_role: role,
                telemetry: telemetry.as_ref().map(Telemetry::handle),
                protocol_name: grandpa_protocol,
            },
            link: grandpa_link,
            network,
            sync: sync_service,
            notification_service: grandpa_notifications,
            voting_rule: VotingRulesBuilder::new()
                .add(BeforeBestBlockBy(VOTE_BEHIND_BEST))
                .add(ThreeQuartersOfTheUnfinalizedChain)
                .build(),
            prometheus_registry: registry,
            shared_voter_state,
            telemetry: telemetry.as_ref().map(Telemetry::handle),
            offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(transaction_pool),
        })?;
        // Essential, for the same reason.
        task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
    }

    Ok(task_manager)
}

/// Returns the inherents of a block: its slot and the time.
fn inherents(slot_duration: SlotDuration) -> (SlotProvider, TimeProvider) {
    let time = TimeProvider::from_system_time();
    (SlotProvider::from_timestamp_and_slot_duration(*time, slot_duration), time)
}
