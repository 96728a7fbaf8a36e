// SPDX-License-Identifier: Apache-2.0

//! The command line: the SDK's, with the defaults of a permissioned network.

use clap::{CommandFactory, FromArgMatches, Parser};
use sc_cli::{RunCmd, SubstrateCli};
use std::path::PathBuf;

/// Transactions that the pool holds: the full blocks of a minute and a half.
const POOL_TRANSACTIONS: &str = "20000";
/// KiB of transactions that the pool holds.
const POOL_KBYTES: &str = "65536";
/// A client that reaches the port, perhaps through a proxy on this machine, must not change the node.
const RPC_METHODS: &str = "safe";
/// The node keeps the bodies of all blocks, because proofs of log entries need them.
const BLOCKS_PRUNING: &str = "archive";

/// The command line.
#[derive(Debug, Parser)]
pub(crate) struct Cli {
    /// The command to run instead of a node.
    #[command(subcommand)]
    pub(crate) subcommand: Option<Subcommand>,

    /// Keep compiled runtimes in DIR, and start the faster. For development and tests: the node executes what it finds
    /// there.
    #[arg(long, value_name = "DIR", env = "SALUS_RUNTIME_CACHE")]
    pub(crate) runtime_cache: Option<PathBuf>,

    /// The options of a node.
    #[command(flatten)]
    pub(crate) run: RunCmd,
}

impl Cli {
    /// Parses the arguments of this process. Prints and exits on `--help`, `--version` and errors.
    pub(crate) fn from_process() -> Self {
        let matches = Self::with_our_defaults().get_matches();
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }

    fn with_our_defaults() -> clap::Command {
        let archive = |command: clap::Command| {
            command.mut_arg("blocks_pruning", |argument| argument.default_value(BLOCKS_PRUNING)).mut_arg(
                "state_pruning",
                |argument| {
                    argument.help(
                        "State of which blocks is kept: `archive` (all, the default), `archive-canonical` or a NUMBER \
                         of finalized blocks. Fixed when the database is created.",
                    )
                },
            )
        };
        ["check-block", "export-blocks", "export-state", "import-blocks", "revert", "chain-info"]
            .into_iter()
            .fold(archive(Self::setup_command(Self::command())), |command, name| command.mut_subcommand(name, archive))
            .mut_arg("pool_limit", |argument| argument.default_value(POOL_TRANSACTIONS))
            .mut_arg("pool_kbytes", |argument| argument.default_value(POOL_KBYTES))
            .mut_arg("rpc_methods", |argument| argument.default_value(RPC_METHODS))
    }
}

/// The commands that run instead of a node.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
    /// Make and inspect keys, also for consensus and the network.
    #[command(subcommand)]
    Key(sc_cli::KeySubcommand),

    /// Print the specification of a chain, as JSON; with a bootnode, for a network about to start.
    BuildSpec(sc_cli::BuildSpecCmd),

    /// Write the specification of a chain to a file, as JSON.
    ExportChainSpec(sc_cli::ExportChainSpecCmd),

    /// Print the specification of the network that a file describes; `salus network init` calls this.
    NetworkSpec {
        /// The description, in JSON
        network: PathBuf,
    },

    /// Print the hash of a chain's genesis block, which tells networks apart.
    GenesisHash {
        /// `dev`, `local` or a specification file
        #[arg(long)]
        chain: String,
    },

    /// Say whether this node can execute a runtime, and its hash, before its service confirms an upgrade.
    CheckRuntime(RuntimeQuestion),

    /// Execute a block again.
    CheckBlock(sc_cli::CheckBlockCmd),

    /// Write blocks to a file.
    ExportBlocks(sc_cli::ExportBlocksCmd),

    /// Write the state of a block as a chain specification.
    ExportState(sc_cli::ExportStateCmd),

    /// Read blocks from a file.
    ImportBlocks(sc_cli::ImportBlocksCmd),

    /// Delete a chain's database.
    PurgeChain(sc_cli::PurgeChainCmd),

    /// Take back blocks that are not finalized.
    Revert(sc_cli::RevertCmd),

    /// Print what the database knows of the chain.
    ChainInfo(sc_cli::ChainInfoCmd),
}

/// The runtime to check, and the version before it.
#[derive(Debug, clap::Args)]
pub(crate) struct RuntimeQuestion {
    /// The runtime in WebAssembly, compressed or not, as it will be sent
    pub(crate) file: PathBuf,

    /// The version that the network runs now; without it, that of the chain's genesis
    #[arg(long, value_name = "VERSION")]
    pub(crate) current: Option<u32>,

    /// `dev`, `local` or a specification file; without it, what this node was built with
    #[arg(long)]
    pub(crate) chain: Option<String>,

    /// Seconds that the runtime may take to answer
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) limit: u64,

    /// Whether this is the process that executes the runtime; the command starts it by itself
    #[arg(long, hide = true)]
    pub(crate) executes: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Cli {
        let arguments = std::iter::once(&"salus-node").chain(arguments);
        Cli::from_arg_matches(&Cli::with_our_defaults().get_matches_from(arguments)).unwrap()
    }

    #[test]
    fn command_line_is_consistent() {
        Cli::with_our_defaults().debug_assert();
    }

    #[test]
    fn pool_and_pruning_have_our_defaults() {
        let run = parse(&["--dev"]).run;
        assert_eq!((run.pool_config.pool_limit, run.pool_config.pool_kbytes), (20_000, 65_536));
        assert!(matches!(run.import_params.pruning_params.blocks_pruning, sc_cli::DatabasePruningMode::Archive));
    }

    #[test]
    fn rpc_is_safe_unless_chosen_otherwise() {
        let methods = |arguments: &[&str]| parse(arguments).run.rpc_params.rpc_methods;
        assert_eq!(methods(&["--dev"]), sc_cli::RpcMethods::Safe);
        assert_eq!(methods(&["--dev", "--rpc-methods", "unsafe"]), sc_cli::RpcMethods::Unsafe);
    }

    #[test]
    fn pool_and_pruning_can_be_chosen() {
        let run = parse(&["--dev", "--pool-limit", "7", "--blocks-pruning", "256"]).run;
        assert_eq!(run.pool_config.pool_limit, 7);
        assert!(matches!(run.import_params.pruning_params.blocks_pruning, sc_cli::DatabasePruningMode::Custom(256)));
    }
}
