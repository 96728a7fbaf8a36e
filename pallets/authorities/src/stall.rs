// SPDX-License-Identifier: Apache-2.0

//! A stall of finality that does not end by itself.
//!
//! The voters for finality change with a block that has to be final itself. If a third of them is gone for good, with
//! the keys, the regular way is closed. Then two thirds of the council name the block up to which all nodes agree.
//! Their votes are transactions and do not need finality. The authorities that they have chosen continue from that
//! block.

use crate::{Config, Error, Event, Pallet, Planned, Resuming, SessionLength, Sessions};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{dispatch::DispatchResult, ensure};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    traits::AuditLog,
};
use scale_info::TypeInfo;
use sp_runtime::traits::{One, SaturatedConversion};
use sp_staking::SessionIndex;

/// The number of sessions within which a decision to resume finality acts. A removal by the council at the same time is
/// effective with the second of them; one more is for new keys.
pub const RESUMPTION_LIFE: SessionIndex = 3;

/// The decision to resume finality.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Resumption<BlockNumber> {
    /// The block upon which the authorities build.
    pub last_final: BlockNumber,
    /// The number of blocks from the first of the session until they take over.
    pub wait: BlockNumber,
    /// The last session that may begin with this decision.
    pub until: SessionIndex,
}

/// Changes the authorities that make blocks final, without the votes of the former ones.
pub trait Finality<BlockNumber> {
    /// Lets the authorities of the session that begins with this block take over in `wait` blocks. They build upon
    /// `last_final`.
    fn resume(last_final: BlockNumber, wait: BlockNumber);
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_resume_finality(last_final: BlockNumberFor<T>, wait: BlockNumberFor<T>) -> DispatchResult {
        ensure!(last_final < frame_system::Pallet::<T>::block_number(), Error::<T>::InvalidBlock);
        // With a longer wait, the change would collide with that of the session after next.
        ensure!(wait >= One::one() && wait < SessionLength::<T>::get(), Error::<T>::InvalidWait);
        let until = T::Sessions::current().saturating_add(RESUMPTION_LIFE);
        Resuming::<T>::put(Resumption { last_final, wait, until });
        Self::log_resumption(AuditEvent::by_council(Action::FinalityResumed, Subject::Consortium), last_final);
        Self::deposit_event(Event::FinalityResumed { last_final, wait });
        Ok(())
    }

    pub(crate) fn do_withdraw_resumption() -> DispatchResult {
        let Resumption { last_final, .. } = Resuming::<T>::take().ok_or(Error::<T>::NotResuming)?;
        Self::log_resumption(AuditEvent::by_council(Action::ResumptionWithdrawn, Subject::Consortium), last_final);
        Self::deposit_event(Event::ResumptionWithdrawn { last_final });
        Ok(())
    }

    /// Resumes finality when session `index` begins with the authorities that there should be. With others it is too
    /// early: the chain would again wait for votes of the lost ones.
    ///
    /// A decision about a stall does not wait for ever, because the stall may be over by then.
    pub(crate) fn resume_finality_when_ready(index: SessionIndex) {
        let Some(Resumption { last_final, wait, until }) = Resuming::<T>::get() else { return };
        if index <= until && *Planned::<T>::get() == *Self::choose_authorities() {
            Resuming::<T>::kill();
            T::Finality::resume(last_final, wait);
        } else if index >= until {
            Resuming::<T>::kill();
            Self::log_resumption(AuditEvent::by_chain(Action::ResumptionExpired, Subject::Consortium), last_final);
            Self::deposit_event(Event::ResumptionExpired { last_final });
        }
    }

    fn log_resumption(event: AuditEvent, last_final: BlockNumberFor<T>) {
        T::Audit::append(LogId::Consortium, event.because(Reason::Count(last_final.saturated_into())));
    }
}
