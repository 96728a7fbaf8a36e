// SPDX-License-Identifier: Apache-2.0

//! `salus council`: proposals, votes, and what they decide.

use crate::{
    confirm::confirm,
    context::Context,
    failure::Failure,
    files,
    output::{duration, fields, Output},
    parse::{self, Account},
    proposals::{quota_words, words},
};
use salus_chain::{code_hash, At, Motion, MotionState, Outcome, Proposal, Seating};
use salus_client::agent::{Agent, AgentError, Progress};
use salus_founding::program::{NodeProgram, LONGEST_CODE};
use salus_primitives::{
    governance::{CallName, Parameter, Parameters, UPGRADE_DELAYS},
    membership::Quota,
    Digest, InstitutionId, MemberId, Moment, SigningKey,
};
use salus_sealing::keys::address;
use serde::Serialize;
use std::path::PathBuf;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Do not wait until transactions are final, for a network in which nothing becomes final any more
    #[arg(long, global = true)]
    stalled: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List what is proposed: what it would do, who voted, and until when
    ///
    /// Decisions about institutions are proposed with `salus institution`.
    List,
    /// Show what a motion would do, and vote in favor; the last vote that is needed also carries it out
    Approve {
        /// The hash of the proposal
        proposal: Digest,
        /// Vote without being asked, in a script
        #[arg(long)]
        yes: bool,
    },
    /// Show what a motion would do, and vote against it
    Reject {
        /// The hash of the proposal
        proposal: Digest,
        /// Vote without being asked, in a script
        #[arg(long)]
        yes: bool,
    },
    /// Close a motion that was decided, or whose time is over
    ///
    /// Needed only when the last voter could not: `approve` and `reject` close what they decide. Any delegate may
    /// do it.
    Close {
        /// The hash of the proposal
        proposal: Digest,
    },
    /// Propose to give an institution a seat: its node authors and votes, its delegate sits in the council
    ///
    /// Both have to be active members of its staff. Its node takes part once the service has set session keys (`salus
    /// authority rotate-keys`), from the second change of session on.
    AdmitAuthority {
        /// The institution's number
        institution: InstitutionId,
        /// The account of its service, which sets the session keys: an address, a key, or member:NUMBER
        #[arg(long, value_name = "ACCOUNT", value_parser = parse::account)]
        account: Account,
        /// The account of its delegate, likewise
        #[arg(long, value_name = "ACCOUNT", value_parser = parse::account)]
        delegate: Account,
    },
    /// Propose to take an institution's seat, in consensus and council
    RemoveAuthority {
        /// The institution's number
        institution: InstitutionId,
        /// Also where then no authority may fail any more
        #[arg(long)]
        force: bool,
    },
    /// Propose to suspend an institution's seat: its node authors nothing, and leaves the vote where four others remain
    SuspendAuthority {
        /// The institution's number
        institution: InstitutionId,
    },
    /// Propose to end the suspension of a seat
    ReinstateAuthority {
        /// The institution's number
        institution: InstitutionId,
    },
    /// Propose to hand a seat over to another account of the institution's service
    HandOver {
        /// The institution's number
        institution: InstitutionId,
        /// The account of another service: an address, a key, or member:NUMBER
        #[arg(long, value_name = "ACCOUNT", value_parser = parse::account)]
        account: Account,
    },
    /// Propose to suspend a member of any institution's staff
    SuspendMember {
        /// The member
        member: MemberId,
    },
    /// Propose to reinstate a suspended member of staff
    ReinstateMember {
        /// The member
        member: MemberId,
    },
    /// Propose to revoke a member of any institution's staff for good
    RevokeMember {
        /// The member
        member: MemberId,
    },
    /// Propose how many verifications newcomers need
    RequireVerifications {
        /// How many: one to four
        #[arg(value_parser = clap::value_parser!(u32).range(1..=4))]
        count: u32,
    },
    /// Show what the council sets: delays, terms, allowances, and which calls are paused
    Parameters,
    /// Propose to change a parameter
    SetParameter(Change),
    /// List the calls that can be paused
    PausableCalls,
    /// Propose to pause a call: no member can make it until it is unpaused
    PauseCall {
        /// Its name, such as Records.open_records
        #[arg(value_parser = parse::call_name)]
        call: CallName,
    },
    /// Propose to end the pause of a call
    UnpauseCall {
        /// Its name
        #[arg(value_parser = parse::call_name)]
        call: CallName,
    },
    /// Propose to replace the runtime (two thirds)
    ///
    /// The authorities then confirm that their nodes can execute the code (salus authority confirm-upgrade). When more than two
    /// thirds have, and the delay has run, any member applies it (salus authority apply-upgrade).
    PlanUpgrade {
        /// The runtime's code, a wasm file
        file: PathBuf,
        /// The salus-node that looks at it [default: the one beside this program, or on the PATH]
        #[arg(long, value_name = "FILE", env = "SALUS_NODE_PROGRAM")]
        node_program: Option<PathBuf>,
    },
    /// Propose to take back the planned upgrade
    CancelUpgrade,
    /// Propose how long upgrades wait after they are planned (two thirds)
    SetUpgradeDelay {
        /// A second to 30 days, such as 1d
        #[arg(value_parser = parse::duration)]
        delay: Moment,
    },
    /// Propose to let the authorities that are left decide on what is final (two thirds)
    ///
    /// For a network in which nothing becomes final any more because a third of its authorities is gone for good. First take
    /// their seats (remove-authority --force), then do this, all of it with --stalled. It counts from the session on in which they have
    /// left the set. All hospitals have to see the same last final block.
    ResumeFinality {
        /// The last final block, the same on all nodes [default: that of this node]
        #[arg(long, value_name = "BLOCK")]
        last_final: Option<u32>,
        /// Blocks of that session after which they take over: long enough for all of them to have its first block
        #[arg(long, value_name = "BLOCKS", default_value_t = 20)]
        wait: u32,
    },
    /// Propose to withdraw the decision about finality, because the authorities that were gone are back
    WithdrawResumption,
}

/// One parameter, with its new value.
#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Change {
    /// How long a request for access waits for an answer: an hour to a year
    #[arg(long, value_name = "DURATION", value_parser = parse::duration)]
    request_life: Option<Moment>,
    /// How long log entries stay in the state: 30 days to 30 years
    #[arg(long, value_name = "DURATION", value_parser = parse::duration)]
    log_horizon: Option<Moment>,
    /// The allowance of each member, and how soon that is refilled, such as 2000ms,1024KiB,60s
    #[arg(long, value_name = "EXECUTION,BYTES,REFILL", value_parser = parse::quota)]
    member_quota: Option<Quota>,
}

impl Change {
    fn parameter(self) -> Result<Parameter, Failure> {
        let parameter = match (self.request_life, self.log_horizon, self.member_quota) {
            (Some(life), ..) => Parameter::RequestLife(life),
            (_, Some(horizon), _) => Parameter::LogHorizon(horizon),
            (.., Some(quota)) => Parameter::MemberQuota(quota),
            (None, None, None) => return Err(Failure::input("name a parameter")),
        };
        match parameter.is_within_bounds() {
            true => Ok(parameter),
            false => Err(Failure::input(
                "the value is not within its bounds\nhint: salus council set-parameter --help shows them",
            )),
        }
    }
}

/// The fate of a proposal.
#[derive(Serialize)]
pub(crate) struct Decided {
    proposed: Proposal,
    progress: Progress,
    /// The institution that was admitted by it.
    institution: Option<InstitutionId>,
    transaction: Digest,
}

impl Decided {
    pub(crate) fn new(decision: Proposal, progress: Progress, outcome: &Outcome) -> Result<Self, Failure> {
        Ok(Self {
            proposed: decision,
            progress,
            institution: Agent::admitted(outcome)?,
            transaction: outcome.transaction,
        })
    }

    pub(crate) fn human(&self) -> String {
        format!("{}\n{}", words(&self.proposed), self.became())
    }

    fn became(&self) -> String {
        match (&self.progress, self.institution) {
            (Progress::Executed, Some(institution)) => format!("carried out: institution {institution} is admitted"),
            (Progress::Executed, None) => "carried out".to_owned(),
            (Progress::Disapproved, _) => "voted down".to_owned(),
            (Progress::Closed, _) => {
                "another delegate closed it meanwhile\nwhat came of it: salus log consortium".to_owned()
            }
            (Progress::Waiting(waiting), _) => format!(
                "waits for votes: {} in favor are needed\nothers: salus council approve {}",
                waiting.threshold, waiting.proposal
            ),
        }
    }
}

pub(crate) async fn run(arguments: Arguments, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let Arguments { stalled, command } = arguments;
    // Which block is asked: a vote that is waited for has to be in it.
    let at = if stalled { At::Best } else { At::Finalized };
    let proposal = match command {
        Command::List => return list(at, context, out).await,
        Command::Parameters => return parameters(at, context, out).await,
        Command::PausableCalls => return pausable_calls(at, context, out).await,
        Command::Approve { proposal, yes } => {
            return vote(proposal, true, yes, &agent(stalled, context).await?, out).await
        }
        Command::Reject { proposal, yes } => {
            return vote(proposal, false, yes, &agent(stalled, context).await?, out).await
        }
        Command::Close { proposal } => {
            let agent = agent(stalled, context).await?;
            let decision = motion(&agent, proposal).await?.decision;
            let (progress, outcome) = agent.close(proposal).await?;
            return out.show(&Decided::new(decision, progress, &outcome)?, Decided::human);
        }
        Command::AdmitAuthority { institution, account, delegate } => Proposal::AdmitAuthority {
            institution,
            account: account_key(context, account).await?,
            delegate: account_key(context, delegate).await?,
        },
        Command::RemoveAuthority { institution, force } => Proposal::RemoveAuthority { institution, force },
        Command::SuspendAuthority { institution } => Proposal::SuspendAuthority { institution },
        Command::ReinstateAuthority { institution } => Proposal::ReinstateAuthority { institution },
        Command::HandOver { institution, account } => {
            Proposal::HandOverAccount { institution, account: account_key(context, account).await? }
        }
        Command::SuspendMember { member } => Proposal::SuspendMember { member },
        Command::ReinstateMember { member } => Proposal::ReinstateMember { member },
        Command::RevokeMember { member } => Proposal::RevokeMember { member },
        Command::RequireVerifications { count } => Proposal::RequireVerifications { count },
        Command::SetParameter(change) => Proposal::SetParameter { parameter: change.parameter()? },
        Command::PauseCall { call } => Proposal::PauseCall { call },
        Command::UnpauseCall { call } => Proposal::UnpauseCall { call },
        Command::PlanUpgrade { file, node_program } => {
            let running = context.chain().await?.runtime_version().await?.spec_version;
            let code = NodeProgram::find(node_program).check_runtime(
                &file,
                code_hash(&files::read(&file, LONGEST_CODE)?),
                running,
            )?;
            Proposal::PlanUpgrade { code_hash: code.code_hash, spec_version: code.spec_version }
        }
        Command::CancelUpgrade => {
            let upgrade = context.chain().await?.upgrade(at).await?;
            let upgrade = upgrade.ok_or_else(|| Failure::input("no upgrade is planned"))?;
            Proposal::CancelUpgrade { code_hash: upgrade.plan.code_hash }
        }
        Command::SetUpgradeDelay { delay } if UPGRADE_DELAYS.contains(&delay) => Proposal::SetUpgradeDelay { delay },
        Command::SetUpgradeDelay { .. } => return Err(Failure::input("an upgrade waits 1s to 30d")),
        Command::ResumeFinality { last_final, wait } => {
            let last_final = match last_final {
                Some(block) => block,
                None => finalized(context).await?,
            };
            Proposal::ResumeFinality { last_final, wait }
        }
        Command::WithdrawResumption => Proposal::WithdrawResumption,
    };
    let (progress, outcome) = agent(stalled, context).await?.propose(&proposal).await?;
    out.show(&Decided::new(proposal, progress, &outcome)?, Decided::human)
}

/// Votes on a motion once its delegate has read what it would do. The hash that is voted on is that of the call which was shown.
async fn vote(proposal: Digest, in_favor: bool, yes: bool, agent: &Agent, out: &mut Output<'_>) -> Result<(), Failure> {
    let decision = motion(agent, proposal).await?.decision;
    let (what, question) = (words(&decision), if in_favor { "Vote in favor?" } else { "Vote against?" });
    confirm(&format!("The motion {proposal} would {what}"), question, yes)?;
    let (progress, outcome) = agent.vote(proposal, in_favor).await?;
    out.show(&Decided::new(decision, progress, &outcome)?, Decided::human)
}

async fn motion(agent: &Agent, proposal: Digest) -> Result<Motion, Failure> {
    Ok(agent.motion(proposal).await?.ok_or(AgentError::NoMotion(proposal))?)
}

/// Proposes something, and says what became of it.
pub(crate) async fn propose(proposal: Proposal, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let (progress, outcome) = context.agent().await?.propose(&proposal).await?;
    out.show(&Decided::new(proposal, progress, &outcome)?, Decided::human)
}

async fn agent(stalled: bool, context: &Context) -> Result<Agent, Failure> {
    let agent = context.agent().await?;
    Ok(if stalled { agent.without_finality() } else { agent })
}

/// The number of the last block that the node holds for final.
async fn finalized(context: &Context) -> Result<u32, Failure> {
    let number = context.chain().await?.head(At::Finalized).await?.number;
    u32::try_from(number).map_err(|_| Failure::input("the number of the last final block has more than 32 bits"))
}

async fn parameters(at: At, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct Shown {
        required_verifications: u32,
        upgrade_delay: Moment,
        #[serde(flatten)]
        parameters: Parameters,
        paused_calls: Vec<CallName>,
    }
    let chain = context.chain().await?;
    let at = At::Block(chain.head(at).await?.hash);
    let shown = Shown {
        required_verifications: chain.required_verifications(at).await?,
        upgrade_delay: chain.upgrade_delay(at).await?,
        parameters: chain.parameters(at).await?,
        paused_calls: chain.paused_calls(at).await?,
    };
    out.show(&shown, |shown| {
        let paused: Vec<_> = shown.paused_calls.iter().map(CallName::to_string).collect();
        let paused = if paused.is_empty() { "none".to_owned() } else { paused.join(", ") };
        fields(&[
            ("a newcomer needs", format!("{} verifications", shown.required_verifications)),
            ("a request waits", duration(shown.parameters.request_life)),
            ("log entries stay", duration(shown.parameters.log_horizon)),
            ("a member may spend", quota_words(&shown.parameters.member_quota)),
            ("an upgrade waits", duration(shown.upgrade_delay)),
            ("paused calls", paused),
        ])
    })
}

async fn pausable_calls(at: At, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let calls = context.chain().await?.pausable_calls(at).await?;
    out.show(&calls, |calls| calls.iter().map(|call| format!("{call}\n")).collect())
}

/// The key of an account; of a member the first of its transaction keys.
pub(crate) async fn account_key(context: &Context, account: Account) -> Result<SigningKey, Failure> {
    let member = match account {
        Account::Key(key) => return Ok(key),
        Account::Member(member) => member,
    };
    let found = context.chain().await?.member(At::Finalized, member).await?;
    let key = found.and_then(|found| found.transaction_keys.first().copied());
    key.ok_or_else(|| Failure::input(format!("there is no member `{member}`")))
}

/// A motion, and whose delegates voted how.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    motion: Motion,
    in_favor: Vec<Voter>,
    against: Vec<Voter>,
    not_yet: Vec<Voter>,
    /// Milliseconds until time is over, about; zero when it is.
    ends_in: u64,
}

/// Who votes: an institution, or an account that votes for no institution any more.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Voter {
    Institution(InstitutionId),
    Account(SigningKey),
}

impl Listed {
    fn new(motion: Motion, seating: &Seating) -> Self {
        let voters = |accounts: &[SigningKey]| {
            let voter = |account: &SigningKey| {
                seating.institution_of_delegate(account).map_or(Voter::Account(*account), Voter::Institution)
            };
            accounts.iter().map(voter).collect()
        };
        let blocks = u64::from(motion.end).saturating_sub(seating.block.number);
        Self {
            in_favor: voters(&motion.ayes),
            against: voters(&motion.nays),
            not_yet: voters(&motion.waiting),
            ends_in: blocks.saturating_mul(seating.slot_duration),
            motion,
        }
    }

    fn human(&self) -> String {
        let motion = &self.motion;
        let lines = words(&motion.decision).replace('\n', "\n    ");
        let names = |voters: &[Voter]| match voters {
            [] => "none".to_owned(),
            voters => voters.iter().map(Voter::words).collect::<Vec<_>>().join(", "),
        };
        let stands = match motion.state {
            MotionState::Open => format!("open for {}", duration(self.ends_in)),
            MotionState::Approved => format!("agreed upon; to carry it out: salus council close {}", motion.proposal),
            MotionState::Disapproved => format!("voted down; salus council close {} clears it away", motion.proposal),
            MotionState::Lapsed => {
                format!("time is over, too few in favor; salus council close {} clears it away", motion.proposal)
            }
        };
        let outgrown = match motion.outgrown {
            true => "\n    the council has grown since, so these votes will not be enough: propose it again",
            false => "",
        };
        format!(
            "{}\n    {lines}\n    in favor: {} ({} of {} needed); against: {}; not yet: {}\n    {stands}{outgrown}\n",
            motion.proposal,
            names(&self.in_favor),
            self.in_favor.len(),
            motion.threshold,
            names(&self.against),
            names(&self.not_yet),
        )
    }
}

impl Voter {
    fn words(&self) -> String {
        match self {
            Self::Institution(institution) => format!("institution {institution}"),
            Self::Account(account) => address(account),
        }
    }
}

async fn list(at: At, context: &Context, out: &mut Output<'_>) -> Result<(), Failure> {
    let chain = context.chain().await?;
    let seating = chain.seating(at).await?;
    let motions = chain.motions(At::Block(seating.block.hash)).await?;
    let motions: Vec<_> = motions.into_iter().map(|motion| Listed::new(motion, &seating)).collect();
    out.show(&motions, |motions| match motions.as_slice() {
        [] => "(none)".to_owned(),
        motions => motions.iter().map(Listed::human).collect::<Vec<_>>().join("\n"),
    })
}
