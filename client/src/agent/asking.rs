// SPDX-License-Identifier: Apache-2.0

//! Asking a vault service: signed for it, and once more where its node is some blocks behind.

use super::Agent;
use crate::services::{Answer, ServiceError, Services};
use salus_gate::{
    protocol::{
        CompartmentRequest, GateRequest, KeyRequest, NoteRequest, ReleaseRequest, ReleasedCompartment, ReleasedKey,
        ReleasedNote, Signed, UnsealRequest, UnsealedKey,
    },
    system_now, BoxedBytes, Released,
};
use salus_primitives::InstitutionId;
use std::time::Duration;
use tokio::time::{sleep, Instant};

/// How long a service may take to come to the block that the member's own node knows, or to start.
const PATIENCE: Duration = Duration::from_secs(30);
/// The time between two requests.
const PAUSE: Duration = Duration::from_secs(1);

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
    KeyRequest => release_key -> ReleasedKey;
    CompartmentRequest => release_compartment -> ReleasedCompartment;
    NoteRequest => release_note -> ReleasedNote;
    UnsealRequest => unseal -> UnsealedKey;
}

/// How much longer a member waits for a service that cannot answer yet.
pub(super) struct Patience {
    asked: Instant,
    spent: Duration,
}

impl Patience {
    pub(super) fn begin() -> Self {
        Self { asked: Instant::now(), spent: Duration::ZERO }
    }

    /// Whether it is worth asking once more after `error`; then it has waited a moment.
    ///
    /// A request that went on for long, as an upload does, was being answered: the waiting begins again.
    pub(super) async fn lasts(&mut self, error: &ServiceError) -> bool {
        let took = self.asked.elapsed();
        self.spent = if took > PATIENCE { Duration::ZERO } else { self.spent.saturating_add(took) };
        let lasts = error.is_passing() && self.spent < PATIENCE;
        if lasts {
            self.asked = Instant::now();
            sleep(PAUSE).await;
        }
        lasts
    }
}

impl Agent {
    /// Asks the service of `institution`. Each request is good once, so the agent signs it again for each attempt.
    pub(super) async fn ask<R: Asked>(
        &self,
        institution: InstitutionId,
        request: R,
    ) -> Result<R::Answer, ServiceError> {
        let mut patience = Patience::begin();
        loop {
            let signed = self.signed(request.clone(), institution).await?;
            match R::send(&signed, institution, &*self.services).await {
                Err(error) if patience.lasts(&error).await => {}
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
