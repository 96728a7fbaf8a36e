// SPDX-License-Identifier: Apache-2.0

//! When nothing becomes final any more, and never will again by itself.
//!
//! Who votes on what is final changes with a block that has to be final itself. If a third of those who vote is gone for
//! good, with its keys, the regular way is closed. Then two thirds of the council, whose votes are transactions and need no
//! finality, name the block up to which all nodes agree, and the authorities that they have chosen go on from there.

use crate::{Config, Error, Event, Pallet, Planned, Resuming, SessionLength, Sessions};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{dispatch::DispatchResult, ensure};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    questions::AuditLog,
};
use scale_info::TypeInfo;
use sp_runtime::traits::{One, SaturatedConversion};
use sp_staking::SessionIndex;

/// Sessions within which a decision to resume finality acts. A removal that the council decides together with it is
/// effective with the second of them; one more is for new keys.
pub const RESUMPTION_LIFE: SessionIndex = 3;

/// How finality is to resume.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Resumption<BlockNumber> {
    /// The block upon which the authorities build.
    pub last_final: BlockNumber,
    /// Blocks from the first of the session until they take over.
    pub wait: BlockNumber,
    /// The last session that may begin so.
    pub until: SessionIndex,
}

/// Changes who decides on what is final without those who decided so far.
pub trait Finality<BlockNumber> {
    /// The authorities of the session that begins with this block take over in `wait` blocks. They build upon `last_final`.
    fn resume(last_final: BlockNumber, wait: BlockNumber);
}

impl<T: Config> Pallet<T> {
    pub(crate) fn do_resume_finality(last_final: BlockNumberFor<T>, wait: BlockNumberFor<T>) -> DispatchResult {
        ensure!(last_final < frame_system::Pallet::<T>::block_number(), Error::<T>::InvalidBlock);
        // Longer, and the change would meet that of the session after next.
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

    /// The session `index` begins. It is too early while the session has not the authorities that there should be now: those
    /// who are gone would be asked again, and in vain.
    ///
    /// A decision about a stall does not wait for ever: the stall may be over by then.
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
