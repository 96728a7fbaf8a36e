// SPDX-License-Identifier: Apache-2.0

//! Asking for access, and the answers.

use super::{
    chart::Refused,
    clock::{Now, HOUR},
    grants::single,
    people::{may, Person},
    state::{Expected, Model},
};
use salus_primitives::{
    access::{GrantTerms, Grantee, NumberedRequest, Permissions, Purpose, Request, RequestState},
    audit::{Action, Reason, Subject},
    ChartId, Digest, Moment, RequestId,
};

/// The lifetime of a request, in milliseconds.
const REQUEST_LIFE: Moment = 30 * 24 * HOUR;

impl Model {
    /// Asks the controller of a chart for access.
    #[expect(clippy::too_many_arguments, reason = "the call has as many")]
    pub(super) fn request(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        permissions: Permissions,
        purpose: Purpose,
        until: Option<Moment>,
        reason: Option<Digest>,
    ) -> Result<Expected, Refused> {
        let state = self.charts.get_mut(&chart).ok_or("there is no such chart")?;
        if state.chart.controller == me.member {
            return Err("the controller need not ask");
        }
        if permissions.is_empty() || purpose == Purpose::Emergency {
            return Err("it asks for nothing, or for what cannot be granted");
        }
        if !permissions.iter().all(|permission| may(me.role, permission)) {
            return Err("the role may never do that");
        }
        if until.is_some_and(|until| until <= now.at) {
            return Err("it asks for the past");
        }
        let waits = |request: &Request| {
            request.requester == me.member && request.state == RequestState::Open && now.at < request.expires_at
        };
        if state.requests.iter().any(|it| waits(&it.request)) {
            return Err("another request of the same member waits");
        }
        let number = RequestId(u32::try_from(state.requests.len()).unwrap_or(u32::MAX));
        let expires_at = now.at.saturating_add(REQUEST_LIFE);
        let request = Request {
            requester: me.member,
            permissions,
            purpose,
            until,
            reason,
            requested_at: now.at,
            expires_at,
            state: RequestState::Open,
        };
        state.requests.push(NumberedRequest { number, request });
        state.log(me, now, Action::AccessRequested, Subject::Request(number), Some(purpose), reason.map(Reason::Text));
        Ok(Expected::Nothing)
    }

    /// Gives all grants that the controller approved, or none of them.
    pub(super) fn approve(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        number: RequestId,
        terms: &[GrantTerms],
    ) -> Result<Expected, Refused> {
        let before = self.owned(me, chart)?.clone();
        let request = before.waiting(number, now)?.clone();
        let within = |terms: &GrantTerms| {
            terms.permissions.iter().all(|permission| request.permissions.contains(permission))
                && single(terms.purposes) == Some(request.purpose)
                && request.until.is_none_or(|until| terms.interval.end.is_some_and(|end| end <= until))
        };
        if terms.is_empty() || !terms.iter().all(within) {
            return Err("it gives nothing, or more than was asked for");
        }
        let state = self.owned(me, chart)?;
        state.answer(number, RequestState::Approved);
        state.log(me, now, Action::RequestApproved, Subject::Request(number), Some(request.purpose), None);
        let grantee = Grantee::Member(request.requester);
        let given = self.give(me, now, chart, grantee, terms, Some(number));
        if given.is_err() {
            self.charts.insert(chart, before);
        }
        given
    }

    /// Notes that the controller denied a request.
    pub(super) fn deny(
        &mut self,
        me: Person,
        now: Now,
        chart: ChartId,
        number: RequestId,
        reason: Option<Digest>,
    ) -> Result<Expected, Refused> {
        let state = self.owned(me, chart)?;
        let purpose = state.waiting(number, now)?.purpose;
        state.answer(number, RequestState::Denied);
        state.log(me, now, Action::RequestDenied, Subject::Request(number), Some(purpose), reason.map(Reason::Text));
        Ok(Expected::Nothing)
    }
}
