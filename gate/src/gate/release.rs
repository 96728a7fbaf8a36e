// SPDX-License-Identifier: Apache-2.0

//! The release gate: the only way through which a reader reaches what a vault holds.
//!
//! A keeper of sealed objects asks a [`ReleaseGate`] before giving any out. The gate wants a fresh request, signed by a
//! transaction key of the reader, and a finalized head that is younger than two minutes. From all but the chart's
//! controller it wants a finalized, permitted opening (*log before read*). It decides again, both in the finalized state
//! and in the best block's. Grants, openings and keys therefore count once they are final, revocations as soon as they are
//! in a block. It gives out ciphertext only: the blob, and the envelopes through which the reader's own key comes to
//! the content key. It holds no key, and neither do those who run it.
//!
//! The gate that a signed request names answers it once, within two minutes, because it remembers the request's number. A
//! gate that has just started remembers none, and refuses requests from before its start. The gate decides before it gives
//! the first byte out: a revocation that arrives while a large blob is under way stops the next release. A refusal before
//! or by the decision uses no number up, so only those who may read fill the memory.

use std::future::Future;
use std::io::Cursor;
use std::sync::Arc;

use salus_primitives::records::{Record, RecordState, Session, Version};
use salus_primitives::time::MINUTE;
use salus_primitives::{
    access::{Grant, Permission, Scope},
    charts::{Epoch, MAX_EPOCHS},
    decision::{Ask, Basis, Decision},
    ChartId, CompartmentId, Digest, GrantId, MemberId, Moment, ReadingSessionId, RecordId, RecordKey,
};
use salus_sealing::blob::{Bindings, Header, HEADER_LENGTH};
use salus_sealing::compartment::{profile_epoch, CompartmentPath, MAX_PROFILE};
use salus_sealing::envelope::{is_envelope, Recipient, MAX_KEY_ENVELOPE};
use tokio::io::AsyncReadExt;

use super::clock::system_now;
use super::error::GateError;
use super::numbers::UsedNumbers;
use super::released::{Released, ReleasedBlob};
use super::store::{Store, StoreFault};
use super::view::{ChainView, Head};
use crate::protocol::{
    CompartmentRequest, GateRefusal, GateRequest, KeyPath, KeyRequest, ReleaseRequest, ReleasedCompartment,
    ReleasedKey, SealedSecret, Signed, MAX_REQUEST_AGE,
};

/// How old the finalized head may be.
pub const HEAD_LIFE: Moment = 2 * MINUTE;

/// Gives out sealed objects to those who may have them, and to no other.
pub struct ReleaseGate<C, S> {
    authority: String,
    chain: C,
    vault: S,
    numbers: Arc<UsedNumbers>,
    now: Box<dyn Fn() -> Moment + Send + Sync>,
}

impl<C: ChainView, S: Store> ReleaseGate<C, S> {
    /// The gate at `authority` before the store `vault`, which asks `chain`, with the system's clock.
    ///
    /// `authority` is host and port of the address at which readers know the gate, in lower case. The gate has just started, by
    /// that clock: it refuses requests from before.
    pub fn new(authority: impl Into<String>, chain: C, vault: S) -> Self {
        Self::with_clock(authority, chain, vault, system_now)
    }

    /// A gate with a clock of one's own.
    pub fn with_clock(
        authority: impl Into<String>,
        chain: C,
        vault: S,
        now: impl Fn() -> Moment + Send + Sync + 'static,
    ) -> Self {
        let numbers = Arc::new(UsedNumbers::since(now()));
        Self { authority: authority.into(), chain, vault, numbers, now: Box::new(now) }
    }

    /// The same gate, with the memory of an earlier one: all that stand before one vault have to share it. The gate then
    /// answers requests from the start of that memory on.
    pub fn with_numbers(self, numbers: Arc<UsedNumbers>) -> Self {
        Self { numbers, ..self }
    }

    /// The chain that the gate asks.
    pub fn chain(&self) -> &C {
        &self.chain
    }

    /// The version of a record that `signed` asks for, if the reader may have it.
    pub async fn release(&self, signed: &Signed<ReleaseRequest>) -> Result<Released<S::Bytes>, GateError<C::Error>> {
        let Permitted { bindings, version, basis, key, .. } = self.permit(signed, signed.request()).await?;
        let key_envelope = match key {
            KeyPlace::Record { .. } => None,
            KeyPlace::Compartment(_) => Some(self.envelope(&version.key_envelope).await?),
        };
        let blob = self.blob(&bindings, &version).await?;
        Ok(Released { bindings, content: version.content, basis, key_envelope, blob })
    }

    /// The way from the reader's own key towards the content key of that version, if the reader may have it.
    ///
    /// It leads to the content key itself, or to the secret of the version's epoch, which opens the version's key envelope.
    pub async fn release_key(&self, signed: &Signed<KeyRequest>) -> Result<ReleasedKey, GateError<C::Error>> {
        let Permitted { moment, bindings, basis, key, .. } = self.permit(signed, &signed.request().0).await?;
        let path = match key {
            KeyPlace::Record { recipient, envelope } => {
                KeyPath::Record { recipient, envelope: self.envelope(&envelope).await? }
            }
            KeyPlace::Compartment(secret) => {
                let links = self
                    .links(&moment.finalized, &CompartmentPath::of(&bindings), secret.epoch, bindings.epoch)
                    .await?;
                KeyPath::Compartment { secret: self.secret(secret).await?, links }
            }
        };
        Ok(ReleasedKey { bindings, basis, path })
    }

    /// The secret and the profile of the compartment that `signed` asks for, if the reader may have them.
    ///
    /// Needs no session: a secret opens nothing without the blobs, and those are only given out in one.
    pub async fn release_compartment(
        &self,
        signed: &Signed<CompartmentRequest>,
    ) -> Result<ReleasedCompartment, GateError<C::Error>> {
        let moment = self.admit(signed).await?;
        let CompartmentRequest { chart, compartment: id, reader } = *signed.request();
        let finalized = &moment.finalized;
        let compartment = self.ask(self.chain.compartment(finalized, chart, id)).await?;
        let compartment = compartment.ok_or(GateRefusal::NotFound)?;
        let scope = Scope::Compartment(id);
        let ask = Ask { permission: Permission::Read, scope, purpose: None, at: moment.now, version: None };
        let basis = self.decide(&moment, reader, chart, &ask).await?;
        self.use_up(signed, &moment)?;

        let place = CompartmentPath { genesis: self.chain.genesis(), chart, compartment: id };
        let profile = self.object(&compartment.profile, MAX_PROFILE).await?;
        let epoch = profile_epoch(&profile).map_err(|_| GateRefusal::Corrupted(compartment.profile))?;
        let secret = match basis {
            Basis::Controller => self.controller_secret(finalized, reader, &place, compartment.epoch).await?,
            Basis::Grant(grant) => self.grant_secret(finalized, &place, grant, epoch).await?,
        };
        let links = self.links(finalized, &place, secret.epoch, epoch).await?;
        let secret = self.secret(secret).await?;
        Ok(ReleasedCompartment { place, basis, secret, links, profile, profile_epoch: epoch })
    }

    /// All that comes before anything is given out of a version: the checks of every request, the session, the decision, and
    /// whether the chain names a way for the reader to come to the content key. Then the request's number is used up.
    async fn permit<R: GateRequest>(
        &self,
        signed: &Signed<R>,
        request: &ReleaseRequest,
    ) -> Result<Permitted, GateError<C::Error>> {
        let moment = self.admit(signed).await?;
        let ReleaseRequest { record: id, version: number, session, reader } = *request;
        let finalized = &moment.finalized;
        let record = self.ask(self.chain.record(finalized, id)).await?.ok_or(GateRefusal::NotFound)?;
        let version = self.ask(self.chain.version(finalized, id, number)).await?.ok_or(GateRefusal::NotFound)?;
        if record.state != RecordState::Active {
            return Err(GateRefusal::NotActive.into());
        }

        let purpose = match session {
            Some(session) => Some(self.session(&moment, reader, session, id, &record).await?.purpose),
            None => None,
        };
        let ask = Ask {
            permission: Permission::Read,
            scope: Scope::Record(id.key),
            purpose,
            at: moment.now,
            version: Some(number),
        };
        let basis = self.decide(&moment, reader, id.chart, &ask).await?;
        if session.is_none() && basis != Basis::Controller {
            return Err(GateRefusal::NoSession.into());
        }
        let bindings = Bindings {
            genesis: self.chain.genesis(),
            record: id,
            version: number,
            compartment: record.compartment,
            epoch: version.epoch,
        };
        let key = self.key_place(finalized, reader, basis, &bindings, &version).await?;
        self.use_up(signed, &moment)?;
        Ok(Permitted { moment, bindings, version, basis, key })
    }

    /// The checks of every request: it is for this gate, fresh and signed; the chain is alive; the key is the reader's.
    /// The gate asks the chain last.
    async fn admit<R: GateRequest>(&self, signed: &Signed<R>) -> Result<DecisionTime, GateError<C::Error>> {
        if signed.authority() != self.authority {
            return Err(GateRefusal::AnotherGate.into());
        }
        let (clock, reader) = ((self.now)(), signed.request().reader());
        if clock.abs_diff(signed.at()) > MAX_REQUEST_AGE {
            return Err(GateRefusal::RequestNotFresh.into());
        }
        let not_the_reader = GateRefusal::NotTheReader(reader);
        if !signed.is_signed(&self.chain.genesis()) {
            return Err(not_the_reader.into());
        }
        let finalized = self.ask(self.chain.finalized_head()).await?;
        let best = self.ask(self.chain.best_head()).await?;
        let moment = DecisionTime::new(clock, finalized, best);
        if moment.latest.saturating_sub(finalized.time) > HEAD_LIFE {
            return Err(GateRefusal::StaleHead(finalized.number).into());
        }
        for head in [&finalized, &best] {
            let member = self.ask(self.chain.member(head, reader)).await?.ok_or(not_the_reader)?;
            if !member.transaction_keys.contains(signed.key()) {
                return Err(not_the_reader.into());
            }
        }
        Ok(moment)
    }

    /// Uses up the number of a request that is about to be answered.
    fn use_up<R: GateRequest>(&self, signed: &Signed<R>, moment: &DecisionTime) -> Result<(), GateRefusal> {
        self.numbers.take(signed.request().reader(), signed.number(), signed.at(), moment.clock)
    }

    /// The reader's session, which has to cover the record.
    async fn session(
        &self,
        moment: &DecisionTime,
        reader: MemberId,
        key: ReadingSessionId,
        id: RecordId,
        record: &Record,
    ) -> Result<Session, GateError<C::Error>> {
        let Some(session) = self.ask(self.chain.session(&moment.finalized, reader, key)).await? else {
            let pending = self.ask(self.chain.session(&moment.best, reader, key)).await?.is_some();
            let refusal = if pending { GateRefusal::SessionNotFinalized } else { GateRefusal::NoSession };
            return Err(refusal.into());
        };
        if session.expires_at <= moment.latest {
            return Err(GateRefusal::SessionExpired.into());
        }
        if session.chart != id.chart || !covers(session.scope, id.key, record.compartment) {
            return Err(GateRefusal::SessionElsewhere.into());
        }
        Ok(session)
    }

    /// Decides again, in each state at its own time. The basis is the finalized one.
    async fn decide(
        &self,
        moment: &DecisionTime,
        reader: MemberId,
        chart: ChartId,
        ask: &Ask,
    ) -> Result<Basis, GateError<C::Error>> {
        let basis = match self.ask(self.chain.decide(&moment.finalized, reader, chart, ask)).await? {
            Decision::Permitted(basis) => basis,
            Decision::Denied(denial) => return Err(GateRefusal::Denied(denial).into()),
        };
        let ask = Ask { at: moment.latest, ..*ask };
        match self.ask(self.chain.decide(&moment.best, reader, chart, &ask)).await? {
            Decision::Permitted(_) => Ok(basis),
            Decision::Denied(denial) => Err(GateRefusal::DeniedAtBest(denial).into()),
        }
    }

    /// The first envelope on the reader's way to the content key, as the chain names it.
    async fn key_place(
        &self,
        at: &Head,
        reader: MemberId,
        basis: Basis,
        bindings: &Bindings,
        version: &Version,
    ) -> Result<KeyPlace, GateError<C::Error>> {
        let (chart, place) = (bindings.record.chart, CompartmentPath::of(bindings));
        let secret = match basis {
            Basis::Controller => self.controller_secret(at, reader, &place, version.epoch).await?,
            Basis::Grant(id) => {
                let grant = self.ask(self.chain.grant(at, chart, id)).await?.ok_or(GateRefusal::NotFound)?;
                if let Scope::Record(_) = grant.scope {
                    let envelope =
                        envelope_of(&grant, id, bindings.version, version).ok_or(GateRefusal::NoEnvelope(id))?;
                    return Ok(KeyPlace::Record { recipient: grant.grantee.into(), envelope });
                }
                self.grant_secret(at, &place, id, version.epoch).await?
            }
        };
        count_links(secret.epoch, version.epoch)?;
        Ok(KeyPlace::Compartment(secret))
    }

    async fn controller_secret(
        &self,
        at: &Head,
        controller: MemberId,
        place: &CompartmentPath,
        number: u32,
    ) -> Result<SecretPlace, GateError<C::Error>> {
        let epoch = self.epoch(at, place, number).await?;
        let recipient = Recipient::Member(controller);
        Ok(SecretPlace { recipient, epoch: number, envelope: epoch.secret_envelope })
    }

    /// The secret that a grant over a compartment carries; it has to reach back to `needed`.
    async fn grant_secret(
        &self,
        at: &Head,
        place: &CompartmentPath,
        id: GrantId,
        needed: u32,
    ) -> Result<SecretPlace, GateError<C::Error>> {
        let grant = self.ask(self.chain.grant(at, place.chart, id)).await?.ok_or(GateRefusal::NotFound)?;
        let envelope = grant.envelope.ok_or(GateRefusal::NoEnvelope(id))?;
        if envelope.edition < needed {
            let refusal = GateRefusal::EnvelopeOutdated { grant: id, edition: envelope.edition, epoch: needed };
            return Err(refusal.into());
        }
        Ok(SecretPlace { recipient: grant.grantee.into(), epoch: envelope.edition, envelope: envelope.hash })
    }

    /// The secret at its place.
    async fn secret(&self, place: SecretPlace) -> Result<SealedSecret, GateError<C::Error>> {
        let SecretPlace { recipient, epoch, envelope } = place;
        Ok(SealedSecret { recipient, epoch, envelope: self.envelope(&envelope).await? })
    }

    /// The links of the epochs `from`, `from - 1`, … down to the one that leads to `to`.
    ///
    /// The gate counts them before it reads any. There are at most 1,024, of [`MAX_KEY_ENVELOPE`] at most: 2 MiB together.
    async fn links(
        &self,
        at: &Head,
        place: &CompartmentPath,
        from: u32,
        to: u32,
    ) -> Result<Vec<Vec<u8>>, GateError<C::Error>> {
        count_links(from, to)?;
        let mut links = Vec::new();
        for number in (to.saturating_add(1)..=from).rev() {
            let link = self.epoch(at, place, number).await?.link.ok_or(GateRefusal::NotFound)?;
            links.push(self.envelope(&link).await?);
        }
        Ok(links)
    }

    async fn epoch(&self, at: &Head, place: &CompartmentPath, number: u32) -> Result<Epoch, GateError<C::Error>> {
        let epoch = self.ask(self.chain.epoch(at, place.chart, place.compartment, number)).await?;
        Ok(epoch.ok_or(GateRefusal::NotFound)?)
    }

    /// The version's blob, hashed again, if it was sealed for this version of this record. It has no more bytes than its
    /// author registered.
    async fn blob(
        &self,
        bindings: &Bindings,
        version: &Version,
    ) -> Result<ReleasedBlob<S::Bytes>, GateError<C::Error>> {
        let foreign = GateRefusal::ForeignBlob(version.content);
        let (size, mut rest) = self.stored(&version.content, version.size).await?;
        let mut header = vec![0; HEADER_LENGTH];
        rest.read_exact(&mut header).await.map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => foreign.into(),
            _ => GateError::Store(error),
        })?;
        match Header::parse(&header) {
            Ok(found) if found.bindings == *bindings => Ok(ReleasedBlob { size, header: Cursor::new(header), rest }),
            _ => Err(foreign.into()),
        }
    }

    /// An envelope that holds a key, and nothing else that lies in the vault.
    ///
    /// The chain cannot see what a hash names, and a chart's author chooses the hashes in it. One of them could be that of
    /// another chart's blob.
    async fn envelope(&self, id: &Digest) -> Result<Vec<u8>, GateError<C::Error>> {
        let bytes = self.object(id, MAX_KEY_ENVELOPE).await?;
        if !is_envelope(&bytes) {
            return Err(GateRefusal::Corrupted(*id).into());
        }
        Ok(bytes)
    }

    /// An object of at most `longest` bytes.
    async fn object(&self, id: &Digest, longest: usize) -> Result<Vec<u8>, GateError<C::Error>> {
        let (_, reader) = self.stored(id, longest as u64).await?;
        let mut bytes = Vec::new();
        reader.take(longest as u64).read_to_end(&mut bytes).await.map_err(GateError::Store)?;
        Ok(bytes)
    }

    /// The size of an object of at most `longest` bytes, and its bytes. The store reads none of a longer one.
    async fn stored(&self, id: &Digest, longest: u64) -> Result<(u64, S::Bytes), GateError<C::Error>> {
        let failed = |fault: StoreFault| -> GateError<C::Error> {
            match fault {
                StoreFault::Missing => GateRefusal::Missing(*id).into(),
                StoreFault::Corrupted => GateRefusal::Corrupted(*id).into(),
                StoreFault::Io(error) => GateError::Store(error),
            }
        };
        let size = self.vault.size(id).await.map_err(failed)?;
        if size > longest {
            return Err(GateRefusal::Corrupted(*id).into());
        }
        Ok((size, self.vault.object(id, size).await.map_err(failed)?))
    }

    async fn ask<T>(&self, answer: impl Future<Output = Result<T, C::Error>>) -> Result<T, GateError<C::Error>> {
        answer.await.map_err(GateError::Chain)
    }
}

/// The moment of a decision: one finalized and one best block for all questions.
///
/// A gate whose clock is behind must not prolong anything, so the chain's time counts where it is later.
struct DecisionTime {
    /// The gate's clock, by which requests are fresh.
    clock: Moment,
    /// The gate's clock, or the finalized block's time: when the finalized state is asked.
    now: Moment,
    /// The same, or the best block's time: when the best state is asked. A revocation in that block has its time.
    latest: Moment,
    finalized: Head,
    best: Head,
}

impl DecisionTime {
    fn new(clock: Moment, finalized: Head, best: Head) -> Self {
        let now = clock.max(finalized.time);
        Self { clock, now, latest: now.max(best.time), finalized, best }
    }
}

/// A version that a reader may have.
struct Permitted {
    moment: DecisionTime,
    bindings: Bindings,
    version: Version,
    basis: Basis,
    key: KeyPlace,
}

/// The first envelope on a reader's way to a content key, as the chain names it.
enum KeyPlace {
    /// The secret of a compartment's epoch.
    Compartment(SecretPlace),
    /// The content key itself.
    Record { recipient: Recipient, envelope: Digest },
}

/// The secret of a compartment's epoch, as the chain names its envelope.
struct SecretPlace {
    recipient: Recipient,
    epoch: u32,
    envelope: Digest,
}

/// Refuses a way of more links than there are epochs.
fn count_links(from: u32, to: u32) -> Result<(), GateRefusal> {
    match from.saturating_sub(to) {
        0..=MAX_EPOCHS => Ok(()),
        _ => Err(GateRefusal::TooManyLinks),
    }
}

fn covers(scope: Scope, key: RecordKey, compartment: CompartmentId) -> bool {
    match scope {
        Scope::Compartment(covered) => covered == compartment,
        Scope::Record(covered) => covered == key,
    }
}

/// The envelope of a grant over one record for the version with this number: the grant's own, or one that the
/// author of the version made.
fn envelope_of(grant: &Grant, id: GrantId, number: u32, version: &Version) -> Option<Digest> {
    let own = grant.envelope.filter(|envelope| envelope.edition == number).map(|envelope| envelope.hash);
    own.or_else(|| version.grant_envelopes.iter().find(|sealed| sealed.grant == id).map(|sealed| sealed.envelope))
}
