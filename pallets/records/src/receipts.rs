// SPDX-License-Identifier: Apache-2.0

//! Receipts of what gates gave out, posted once a session is over.

use crate::{Config, Error, Event, Pallet};
use frame_support::{ensure, traits::Time};
use salus_primitives::{
    audit::{Action, AuditEvent, LogId, Subject},
    membership::{Role, Standing},
    receipts::{NotNoted, Opening, ReceiptsHead},
    records::SESSION_LENGTH,
    traits::{AuditLog, Membership},
    Digest,
};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
    /// Takes the receipts of the service's institution for an opening whose session is over, and logs them.
    ///
    /// The chain does not know who keeps copies of whose objects. So each institution that readers can come to may have
    /// released: each with a vault address.
    pub(crate) fn do_post_receipts(service: &Standing, opening: Opening, receipts: ReceiptsHead) -> DispatchResult {
        let institution = service.institution_id().filter(|_| service.role == Role::Service);
        let institution = institution.ok_or(Error::<T>::NotService)?;
        ensure!(T::Membership::has_vault(institution), Error::<T>::NoVault);
        ensure!(receipts.digest != Digest::default(), Error::<T>::InvalidDigest);
        let Opening { chart, entry: place } = opening;
        let log = LogId::Chart(chart);
        let entry = T::Audit::entry(log, place).filter(|entry| entry.action == Action::ReadPermitted);
        let entry = entry.ok_or(Error::<T>::NoOpening)?;
        // A gate gives nothing out from this time on, so no receipt can come after the head.
        ensure!(T::Time::now() >= entry.at.saturating_add(SESSION_LENGTH), Error::<T>::SessionRunning);

        T::Audit::note_receipts(log, place, institution).map_err(|refused| match refused {
            NotNoted::NoEntry => Error::<T>::NoOpening,
            NotNoted::Posted => Error::<T>::AlreadyPosted,
            NotNoted::TooMany => Error::<T>::TooManyPosters,
        })?;
        let subject = Subject::Receipts(place, receipts);
        T::Audit::append(
            log,
            AuditEvent::by_member(service.member, Some(institution), Action::ReceiptsPosted, subject),
        );
        Self::deposit_event(Event::ReceiptsPosted { chart, opening: place, institution, receipts });
        Ok(())
    }
}
