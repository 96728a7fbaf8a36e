// SPDX-License-Identifier: Apache-2.0

//! Requests for access, and their answers.

use crate::{grants::only, Config, Error, Event, NextRequest, OpenRequests, Pallet, Requests, MAX_TERMS};
use alloc::collections::BTreeSet;
use frame_support::{
    ensure,
    pallet_prelude::{DispatchError, DispatchResult},
    traits::{ConstU32, Get},
    BoundedVec,
};
use salus_primitives::{
    access::{GrantTerms, Grantee, Permissions, Purpose, Request, RequestState},
    audit::{Action, Reason, Subject},
    membership::Standing,
    traits::{Compartments as _, Controllers as _},
    ChartId, Digest, Moment, RequestId,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_request_access(
        requester: &Standing,
        chart: ChartId,
        permissions: Permissions,
        purpose: Purpose,
        until: Option<Moment>,
        reason: Option<Digest>,
    ) -> DispatchResult {
        let now = Self::now();
        let controller = T::Controllers::controller(chart).ok_or(Error::<T>::ChartNotFound)?;
        ensure!(controller != requester.member, Error::<T>::IsController);
        ensure!(!permissions.is_empty(), Error::<T>::NoPermissions);
        ensure!(purpose != Purpose::Emergency, Error::<T>::EmergencyNotGrantable);
        ensure!(permissions.iter().all(|permission| requester.role.may(permission)), Error::<T>::RoleMayNot);
        ensure!(until.is_none_or(|until| now < until), Error::<T>::InvalidInterval);
        let is_waiting = OpenRequests::<T>::get(chart, requester.member)
            .and_then(|number| Requests::<T>::get(chart, number))
            .is_some_and(|request| request.is_open(now));
        ensure!(!is_waiting, Error::<T>::RequestAlreadyOpen);
        let number = NextRequest::<T>::get(chart);
        let next = number.0.checked_add(1).ok_or(Error::<T>::NumbersExhausted)?;

        NextRequest::<T>::insert(chart, RequestId(next));
        let expires_at = now.saturating_add(T::RequestLife::get());
        let request = Request {
            requester: requester.member,
            permissions,
            purpose,
            until,
            reason,
            requested_at: now,
            expires_at,
            state: RequestState::Open,
        };
        Requests::<T>::insert(chart, number, request);
        OpenRequests::<T>::insert(chart, requester.member, number);
        Self::log(requester, chart, Action::AccessRequested, Subject::Request(number), |event| {
            event.for_purpose(purpose).because(reason.map(Reason::Text))
        });
        Self::deposit_event(Event::AccessRequested {
            chart,
            request: number,
            requester: requester.member,
            permissions,
            purpose,
            expires_at,
        });
        Ok(())
    }

    pub(crate) fn do_approve_request(
        controller: &Standing,
        chart: ChartId,
        number: RequestId,
        grants: BoundedVec<GrantTerms, ConstU32<MAX_TERMS>>,
    ) -> DispatchResult {
        let request = Self::open_request(chart, number)?;
        ensure!(!grants.is_empty(), Error::<T>::NoTerms);
        ensure!(grants.iter().all(|terms| is_within(terms, &request)), Error::<T>::ExceedsRequest);
        Self::ensure_own_consent(chart, &grants)?;
        let giving =
            Self::giving(controller, controller.member, chart, Grantee::Member(request.requester), Some(number))?;

        let requester = request.requester;
        let count = u32::try_from(grants.len()).unwrap_or(MAX_TERMS);
        let purpose = request.purpose;
        Self::close(chart, number, request, RequestState::Approved);
        Self::log(controller, chart, Action::RequestApproved, Subject::Request(number), |event| {
            event.for_purpose(purpose)
        });
        Self::deposit_event(Event::RequestApproved { chart, request: number, requester, grants: count });
        // A grant that is refused undoes the whole call, so either all are given or none is.
        grants.into_iter().try_for_each(|terms| Self::give(&giving, terms))
    }

    pub(crate) fn do_deny_request(
        controller: &Standing,
        chart: ChartId,
        number: RequestId,
        reason: Option<Digest>,
    ) -> DispatchResult {
        let request = Self::open_request(chart, number)?;

        let (requester, purpose) = (request.requester, request.purpose);
        Self::close(chart, number, request, RequestState::Denied);
        Self::log(controller, chart, Action::RequestDenied, Subject::Request(number), |event| {
            event.for_purpose(purpose).because(reason.map(Reason::Text))
        });
        Self::deposit_event(Event::RequestDenied { chart, request: number, requester });
        Ok(())
    }

    /// The request, if it still waits for an answer.
    fn open_request(chart: ChartId, number: RequestId) -> Result<Request, DispatchError> {
        let request = Requests::<T>::get(chart, number).ok_or(Error::<T>::RequestNotFound)?;
        ensure!(request.state == RequestState::Open, Error::<T>::RequestAnswered);
        ensure!(request.is_open(Self::now()), Error::<T>::RequestExpired);
        Ok(request)
    }

    /// Fails if one approval would cover a sensitive compartment and another one.
    fn ensure_own_consent(chart: ChartId, grants: &[GrantTerms]) -> DispatchResult {
        let compartments: BTreeSet<_> = grants.iter().map(|terms| terms.scope.compartment()).collect();
        ensure!(T::Compartments::may_share_consent(chart, &compartments), Error::<T>::SensitiveTogether);
        Ok(())
    }

    fn close(chart: ChartId, number: RequestId, request: Request, state: RequestState) {
        OpenRequests::<T>::remove(chart, request.requester);
        Requests::<T>::insert(chart, number, Request { state, ..request });
    }
}

/// Whether `terms` give no more than `request` asks: of its permissions, for its purpose alone, and no longer.
fn is_within(terms: &GrantTerms, request: &Request) -> bool {
    let permissions = terms.permissions.iter().all(|permission| request.permissions.contains(permission));
    // Empty purposes are refused with an error of their own.
    let purposes = terms.purposes.is_empty() || only(terms.purposes) == Some(request.purpose);
    let interval = request.until.is_none_or(|until| terms.interval.end.is_some_and(|end| end <= until));
    permissions && purposes && interval
}
