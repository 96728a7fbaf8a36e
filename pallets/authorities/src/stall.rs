// SPDX-License-Identifier: Apache-2.0

//! When nothing becomes final any more, and never will again by itself.
//!
//! Who votes on what is final changes with a block that has to be final itself. If a third of those who vote is gone for
//! good, with its keys, the regular way is closed. Then two thirds of the council, whose votes are transactions and need no
//! finality, name the block up to which everybody agrees, and the authorities whom they have chosen go on from there.

use crate::{Config, Error, Event, Pallet, Planned, Resuming, SessionLength};
use frame_support::{dispatch::DispatchResult, ensure};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Reason, Subject},
    questions::AuditLog,
};
use sp_runtime::traits::{One, SaturatedConversion};

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
        Resuming::<T>::put((last_final, wait));
        let event = AuditEvent::by_council(Action::FinalityResumed, Subject::Consortium);
        T::Audit::append(LogId::Consortium, event.because(Reason::Count(last_final.saturated_into())));
        Self::deposit_event(Event::FinalityResumed { last_final, wait });
        Ok(())
    }

    /// A session begins. It is too early while it has not the authorities that there should be now: whoever is gone would
    /// be asked again, and in vain.
    pub(crate) fn resume_finality_when_ready() {
        let is_ready = || *Planned::<T>::get() == *Self::choose_authorities();
        if let Some((last_final, wait)) = Resuming::<T>::get().filter(|_| is_ready()) {
            Resuming::<T>::kill();
            T::Finality::resume(last_final, wait);
        }
    }
}
