// SPDX-License-Identifier: Apache-2.0

//! Maps the command line to the function that does the work.

use crate::{
    chain_spec, check_runtime,
    cli::{Cli, Subcommand},
    limited, ports, service,
};
use salus_runtime::opaque::Block;
use sc_cli::SubstrateCli;
use sc_network::config::NetworkBackendType;
use sc_service::{ChainSpec, Configuration, PartialComponents, PruningMode};
use std::io::Write;

impl SubstrateCli for Cli {
    fn impl_name() -> String {
        "Salus Node".into()
    }

    fn impl_version() -> String {
        env!("SUBSTRATE_CLI_IMPL_VERSION").into()
    }

    fn description() -> String {
        env!("CARGO_PKG_DESCRIPTION").into()
    }

    fn author() -> String {
        "The Salus contributors".into()
    }

    fn support_url() -> String {
        "see the README".into()
    }

    fn copyright_start_year() -> i32 {
        2026
    }

    fn load_spec(&self, id: &str) -> Result<Box<dyn ChainSpec>, String> {
        chain_spec::load(id).map(|spec| Box::new(spec) as Box<_>)
    }
}

/// Runs the command.
pub(crate) fn run() -> sc_cli::Result<()> {
    let cli = Cli::from_process();
    match &cli.subcommand {
        None => run_node(&cli),
        Some(Subcommand::Key(command)) => command.run(&cli),
        Some(Subcommand::BuildSpec(command)) => {
            cli.create_runner(command)?.sync_run(|config| command.run(config.chain_spec, config.network))
        }
        Some(Subcommand::ExportChainSpec(command)) => command.run(cli.load_spec(&command.chain)?),
        Some(Subcommand::NetworkSpec { network }) => print(&chain_spec::of_network(network)?),
        Some(Subcommand::GenesisHash { chain }) => {
            print(&format!("{:#x}", chain_spec::genesis_hash(&chain_spec::load(chain)?)?))
        }
        Some(Subcommand::CheckRuntime(question)) if question.executes => {
            limited::limit_this_process(question.limit)?;
            print(&check_runtime::check(&question.file, question.chain.as_deref(), question.current)?.to_string())
        }
        Some(Subcommand::CheckRuntime(question)) => print(&limited::check_runtime(question)?),
        Some(Subcommand::CheckBlock(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents { client, task_manager, import_queue, .. } = partial(config)?;
            Ok((command.run(client, import_queue), task_manager))
        }),
        Some(Subcommand::ExportBlocks(command)) => cli.create_runner(command)?.async_run(|config| {
            let database = config.database.clone();
            let PartialComponents { client, task_manager, .. } = partial(config)?;
            Ok((command.run(client, database), task_manager))
        }),
        Some(Subcommand::ExportState(command)) => cli.create_runner(command)?.async_run(|config| {
            let spec = config.chain_spec.cloned_box();
            let PartialComponents { client, task_manager, .. } = partial(config)?;
            Ok((command.run(client, spec), task_manager))
        }),
        Some(Subcommand::ImportBlocks(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents { client, task_manager, import_queue, .. } = partial(config)?;
            Ok((command.run(client, import_queue), task_manager))
        }),
        Some(Subcommand::PurgeChain(command)) => {
            cli.create_runner(command)?.sync_run(|config| command.run(config.database))
        }
        Some(Subcommand::Revert(command)) => cli.create_runner(command)?.async_run(|config| {
            let PartialComponents { client, task_manager, backend, .. } = partial(config)?;
            let revert_finality = Box::new(|client, _, blocks| Ok(sc_consensus_grandpa::revert(client, blocks)?));
            Ok((command.run(client, backend, Some(revert_finality)), task_manager))
        }),
        Some(Subcommand::ChainInfo(command)) => {
            cli.create_runner(command)?.sync_run(|config| command.run::<Block>(&config))
        }
    }
}

fn run_node(cli: &Cli) -> sc_cli::Result<()> {
    let compiled = cli.runtime_cache.clone();
    cli.create_runner(&cli.run)?.run_node_until_exit(|config| async move {
        let mut config = keep_all_states(config);
        if matches!(config.network.network_backend, NetworkBackendType::Libp2p) {
            return Err(sc_cli::Error::Input("this node speaks litep2p only: leave `--network-backend` out".into()));
        }
        ports::claim(&mut config).map_err(sc_cli::Error::Input)?;
        Ok(service::run(config, compiled.as_deref())?)
    })?;
    log::info!(target: "salus", "stopped, as the node was told to");
    Ok(())
}

fn print(text: &str) -> sc_cli::Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

fn partial(config: Configuration) -> Result<service::Parts, sc_service::Error> {
    service::new_partial(&keep_all_states(config), None)
}

/// Keeps the state of every block in a new database, unless the command line says otherwise. Proofs of former log
/// entries need these states. An existing database remembers how it was created.
fn keep_all_states(mut config: Configuration) -> Configuration {
    let exists = config.database.path().is_some_and(|path| path.exists());
    if config.state_pruning.is_none() && !exists {
        config.state_pruning = Some(PruningMode::ArchiveAll);
    }
    config
}
