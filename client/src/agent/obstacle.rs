// SPDX-License-Identifier: Apache-2.0

//! Reasons for which a decision of the council would come to nothing.

use salus_primitives::{governance::CallName, Digest, InstitutionId, SigningKey};
use salus_sealing::keys::address;
use thiserror::Error;

/// Why it would come to nothing if the council agreed now. The chain would say so too, but only after all voted.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[non_exhaustive]
pub enum Obstacle {
    /// The institution is suspended or removed.
    #[error("institution `{0}` is not active")]
    NotActive(InstitutionId),
    /// The institution has a seat.
    #[error("institution `{0}` has a seat already")]
    HasSeat(InstitutionId),
    /// The institution decides on blocks, and its vote in the council would have no owner.
    #[error("institution `{0}` has a seat")]
    StillHasSeat(InstitutionId),
    /// The institution has none.
    #[error("institution `{0}` has no seat")]
    NoSeat(InstitutionId),
    /// The seat is suspended.
    #[error("the seat of institution `{0}` is suspended already")]
    Suspended(InstitutionId),
    /// The seat is not suspended.
    #[error("the seat of institution `{0}` is not suspended")]
    NotSuspended(InstitutionId),
    /// The account is not what the seat needs.
    #[error("`{}` is not an account of an active {role} of institution `{institution}`", address(account))]
    NoAccountOf {
        /// The account.
        account: SigningKey,
        /// The role that its member has to have.
        role: &'static str,
        /// Whose staff.
        institution: InstitutionId,
    },
    /// The network could not spare it.
    #[error(
        "without institution `{institution}` the number of active authorities would be {left}, and with fewer than \
         four none may fail without finality stopping"
    )]
    TooFew {
        /// Whose seat.
        institution: InstitutionId,
        /// Active authorities that would be left.
        left: usize,
    },
    /// It is the only one.
    #[error("institution `{0}` is the only authority with session keys: without it no node would make blocks")]
    Last(InstitutionId),
    /// There is a plan.
    #[error("an upgrade to the code `{0}` is planned already")]
    UpgradePlanned(Digest),
    /// The version is not newer than the one that runs.
    #[error("version {version} is not newer than {running}, which runs")]
    NotNewer {
        /// The code's.
        version: u32,
        /// The runtime's.
        running: u32,
    },
    /// There is no such call, or all members need it.
    #[error("the call `{0}` does not exist or cannot be paused")]
    NotPausable(CallName),
    /// The call is paused.
    #[error("the call `{0}` is paused already")]
    Paused(CallName),
    /// The call is not paused.
    #[error("the call `{0}` is not paused")]
    NotPaused(CallName),
    /// Others proposed it.
    #[error("this is proposed already, and waits for votes: motion `{0}`")]
    Proposed(Digest),
    /// Finality cannot resume from there: the changes of authorities before it would be missing, and no node could go on.
    #[error("block {block} is not final at this node; the last that is: {last}")]
    NotFinal {
        /// The block.
        block: u32,
        /// The node's last final block.
        last: u64,
    },
    /// A motion cannot be closed yet.
    #[error("the motion `{proposal}` waits for votes until block {end}")]
    Undecided {
        /// The motion.
        proposal: Digest,
        /// The block with which voting ends.
        end: u32,
    },
}
