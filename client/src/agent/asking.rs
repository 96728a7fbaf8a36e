// SPDX-License-Identifier: Apache-2.0

//! Asking a vault service: signed for it, and once more where its node is some blocks behind.

use super::Agent;
use crate::services::{Answer, ServiceError, Services};
use salus_gate::{
    protocol::{
        CompartmentRequest, GateRequest, KeyRequest, NoteRequest, ReleaseRequest, ReleasedCompartment, ReleasedKey,
        ReleasedNote, RestRequest, Signed, UnsealProfileRequest, UnsealRequest, UnsealedKey, UnsealedProfile,
    },
    system_now, BoxedBytes, Released,
};
use salus_primitives::InstitutionId;
use std::time::Duration;
use tokio::time::{sleep, Instant};

/// How long a service that only one institution runs may take to start, or its node to catch up.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How long a service's node may take to come to the block that the member's own node knows, while others can be asked.
const LAG: Duration = Duration::from_secs(5);
/// The time between two requests.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// A request to read, and the answer to it.
pub(super) trait Asked: GateRequest + Clone {
    type Answer;

    fn send<'a>(
        signed: &'a Signed<Self>,
        institution: InstitutionId,
        services: &'a dyn Services,
    ) -> Answer<'a, Self::Answer>;
}

macro_rules! asked {
    ($($request:ty => $method:ident -> $answer:ty;)*) => {
        $(
            impl Asked for $request {
                type Answer = $answer;

                fn send<'a>(
                    signed: &'a Signed<Self>,
                    institution: InstitutionId,
                    services: &'a dyn Services,
                ) -> Answer<'a, $answer> {
                    services.$method(institution, signed)
                }
            }
        )*
    };
}

asked! {
    ReleaseRequest => release -> Released<BoxedBytes>;
    RestRequest => release_rest -> Released<BoxedBytes>;
    KeyRequest => release_key -> ReleasedKey;
    CompartmentRequest => release_compartment -> ReleasedCompartment;
    NoteRequest => release_note -> ReleasedNote;
    UnsealRequest => unseal -> UnsealedKey;
    UnsealProfileRequest => unseal_profile -> UnsealedProfile;
}

/// How much longer a member waits for a service that cannot answer yet.
pub(super) struct Patience {
    limit: Duration,
    asked: Instant,
    spent: Duration,
}

impl Patience {
    pub(super) fn of(limit: Duration) -> Self {
        Self { limit, asked: Instant::now(), spent: Duration::ZERO }
    }

    /// Whether it is worth asking once more; then it has waited a moment.
    ///
    /// A request that went on for long, as an upload does, was being answered: the waiting begins again.
    pub(super) async fn lasts(&mut self) -> bool {
        let took = self.asked.elapsed();
        self.spent = if took > PATIENCE { Duration::ZERO } else { self.spent.saturating_add(took) };
        let lasts = self.spent < self.limit;
        if lasts {
            sleep(PAUSE).await;
            self.asked = Instant::now();
            self.spent = self.spent.saturating_add(PAUSE);
        }
        lasts
    }
}

impl Agent {
    /// Asks the service of `institution`, as one of several that may have the object. Each request is good once, so the agent
    /// signs it again for each attempt.
    ///
    /// It waits a moment for a node that is some blocks behind. For a service that cannot answer at all, another is asked first.
    pub(super) async fn ask<R: Asked>(
        &self,
        institution: InstitutionId,
        request: R,
    ) -> Result<R::Answer, ServiceError> {
        let is_lag = |error: &ServiceError| matches!(error, ServiceError::Refused(refusal) if refusal.is_passing());
        self.ask_while(institution, request, is_lag, Patience::of(LAG)).await
    }

    /// Asks the service of `institution`, which alone has the answer.
    pub(super) async fn ask_only<R: Asked>(
        &self,
        institution: InstitutionId,
        request: R,
    ) -> Result<R::Answer, ServiceError> {
        self.ask_while(institution, request, ServiceError::is_passing, Patience::of(PATIENCE)).await
    }

    async fn ask_while<R: Asked>(
        &self,
        institution: InstitutionId,
        request: R,
        is_passing: impl Fn(&ServiceError) -> bool + Send,
        mut patience: Patience,
    ) -> Result<R::Answer, ServiceError> {
        loop {
            let signed = self.signed(request.clone(), institution).await?;
            match R::send(&signed, institution, &*self.services).await {
                Err(error) if is_passing(&error) && patience.lasts().await => {}
                answer => return answer,
            }
        }
    }

    /// A request to the service of `institution`, of this moment.
    pub(super) async fn signed<R: GateRequest>(
        &self,
        request: R,
        institution: InstitutionId,
    ) -> Result<Signed<R>, ServiceError> {
        let authority = self.services.authority(institution).await?;
        Ok(request.sign(&self.genesis(), &authority, self.identity.transaction(), system_now()))
    }
}
