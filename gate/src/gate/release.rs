// SPDX-License-Identifier: Apache-2.0

//! Giving out versions, the ways to their keys, and compartments.

use std::io::Cursor;

use salus_primitives::records::{Record, Session, Version};
use salus_primitives::{
    access::{Grant, Permission, Scope},
    charts::{Compartment, Epoch, MAX_EPOCHS},
    decision::{Ask, Basis, Decision},
    receipts::Given,
    ChartId, CompartmentId, Digest, GrantId, MemberId, ReadingSessionId, RecordId, RecordKey,
};
use salus_sealing::blob::{Bindings, Header, HEADER_LENGTH};
use salus_sealing::compartment::{profile_epoch, CompartmentPath, MAX_PROFILE};
use salus_sealing::envelope::{is_envelope, Recipient, MAX_KEY_ENVELOPE};
use tokio::io::AsyncReadExt;

use super::error::GateError;
use super::release_gate::{DecisionTime, ReleaseGate};
use super::released::{Released, ReleasedBlob};
use super::store::{Store, StoreFault};
use super::view::{ChainView, Head};
use crate::protocol::{
    CompartmentRequest, GateRefusal, GateRequest, KeyPath, KeyRequest, ReleaseRequest, ReleasedCompartment,
    ReleasedKey, RestRequest, SealedSecret, Signed,
};

impl<C: ChainView, S: Store> ReleaseGate<C, S> {
    /// The version of a record that `signed` asks for, if the reader may have it.
    pub async fn release(&self, signed: &Signed<ReleaseRequest>) -> Result<Released<S::Bytes>, GateError<C::Error>> {
        let permitted = self.permit(signed, signed.request()).await?;
        self.give(signed.request(), permitted, 0).await
    }

    /// The same version, and of its blob the bytes that are still missing after an answer was cut off.
    ///
    /// All that [`release`](Self::release) checks is checked again, and the rest has a receipt of its own.
    pub async fn release_rest(&self, signed: &Signed<RestRequest>) -> Result<Released<S::Bytes>, GateError<C::Error>> {
        let RestRequest { release, from } = signed.request();
        let permitted = self.permit(signed, release).await?;
        match permitted.version.size {
            size if *from > size => Err(GateRefusal::BeyondEnd(size).into()),
            _ => self.give(release, permitted, *from).await,
        }
    }

    /// A permitted version, with the bytes of its blob from the byte `from` on.
    async fn give(
        &self,
        request: &ReleaseRequest,
        permitted: Permitted,
        from: u64,
    ) -> Result<Released<S::Bytes>, GateError<C::Error>> {
        let key_envelope = match permitted.key {
            KeyPlace::Record { .. } => None,
            KeyPlace::Compartment(_) => Some(self.envelope(&permitted.version.key_envelope).await?),
        };
        // A damaged object may have cut the first answer off. It is refused before the rest.
        let hashing = if from == 0 { Hashing::Along } else { Hashing::Before };
        let mut blob = self.blob(&permitted.bindings, &permitted.version, hashing).await?;
        // The bytes before are read and thrown away: so the vault, at the end, compares all that it read with the id.
        let skipped = tokio::io::copy(&mut (&mut blob).take(from), &mut tokio::io::sink()).await;
        skipped.map_err(GateError::Store)?;
        self.keep_receipt(request, &permitted, Given::Blob).await?;
        let Permitted { bindings, version, basis, .. } = permitted;
        Ok(Released { bindings, content: version.content, basis, key_envelope, blob })
    }

    /// The way from the reader's own key towards the content key of that version, if the reader may have it.
    ///
    /// It leads to the content key itself, or to the secret of the version's epoch, which opens the version's key envelope.
    pub async fn release_key(&self, signed: &Signed<KeyRequest>) -> Result<ReleasedKey, GateError<C::Error>> {
        let permitted = self.permit(signed, &signed.request().0).await?;
        let Permitted { moment, bindings, basis, key, .. } = &permitted;
        let path = match *key {
            KeyPlace::Record { recipient, envelope } => {
                KeyPath::Record { recipient, envelope: self.envelope(&envelope).await? }
            }
            KeyPlace::Compartment(secret) => {
                let links =
                    self.links(&moment.finalized, &CompartmentPath::of(bindings), secret.epoch, bindings.epoch).await?;
                KeyPath::Compartment { secret: self.secret(secret).await?, links }
            }
        };
        self.keep_receipt(&signed.request().0, &permitted, Given::KeyPath).await?;
        Ok(ReleasedKey { bindings: *bindings, basis: *basis, path })
    }

    /// The secret and the profile of the compartment that `signed` asks for, if the reader may have them.
    ///
    /// Needs no session: a secret opens nothing without the blobs, and those are only given out in one.
    pub async fn release_compartment(
        &self,
        signed: &Signed<CompartmentRequest>,
    ) -> Result<ReleasedCompartment, GateError<C::Error>> {
        let permitted = self.permit_compartment(signed, signed.request()).await?;
        let PermittedCompartment { moment, place, compartment, basis } = permitted;
        let (finalized, reader) = (&moment.finalized, signed.request().reader);
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

    /// All that comes before anything is given out of a compartment itself: the checks of every request, and the decision. Then
    /// the request's number is used up.
    pub(super) async fn permit_compartment<R: GateRequest>(
        &self,
        signed: &Signed<R>,
        request: &CompartmentRequest,
    ) -> Result<PermittedCompartment, GateError<C::Error>> {
        let moment = self.admit(signed).await?;
        let CompartmentRequest { chart, compartment: id, reader, .. } = *request;
        let compartment = self.ask(self.chain.compartment(&moment.finalized, chart, id)).await?;
        let compartment = compartment.ok_or(GateRefusal::NotFound)?;
        let scope = Scope::Compartment(id);
        let ask = Ask { permission: Permission::Read, scope, purpose: None, at: moment.now, version: None };
        let basis = self.decide(&moment, reader, chart, &ask).await?;
        self.use_up(signed, &moment)?;
        let place = CompartmentPath { genesis: self.chain.genesis(), chart, compartment: id };
        Ok(PermittedCompartment { moment, place, compartment, basis })
    }

    /// All that comes before anything is given out of a version: the checks of every request, the session, the decision, and
    /// whether the chain names a way for the reader to come to the content key. Then the request's number is used up.
    pub(super) async fn permit<R: GateRequest>(
        &self,
        signed: &Signed<R>,
        request: &ReleaseRequest,
    ) -> Result<Permitted, GateError<C::Error>> {
        let moment = self.admit(signed).await?;
        let ReleaseRequest { record: id, version: number, session, reader, .. } = *request;
        let finalized = &moment.finalized;
        let record = self.ask(self.chain.record(finalized, id)).await?.ok_or(GateRefusal::NotFound)?;
        let version = self.ask(self.chain.version(finalized, id, number)).await?.ok_or(GateRefusal::NotFound)?;
        let session = match session {
            Some(session) => Some(self.session(&moment, reader, session, id, &record).await?),
            None => None,
        };
        let purpose = session.as_ref().map(|session| session.purpose);
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
        Ok(Permitted { moment, session, bindings, version, basis, key })
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
    pub(super) async fn grant_secret(
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

    /// The version's blob, if it was sealed for this version of this record. It has no more bytes than its author registered.
    async fn blob(
        &self,
        bindings: &Bindings,
        version: &Version,
        hashing: Hashing,
    ) -> Result<ReleasedBlob<S::Bytes>, GateError<C::Error>> {
        let (size, mut rest) = self.stored(&version.content, version.size, hashing).await?;
        let mut header = Vec::new();
        (&mut rest).take(HEADER_LENGTH as u64).read_to_end(&mut header).await.map_err(GateError::Store)?;
        match Header::parse(&header) {
            Ok(found) if found.bindings == *bindings => Ok(ReleasedBlob { size, header: Cursor::new(header), rest }),
            _ => {
                // A header that was damaged on the disk is another fault than that of another blob.
                self.stored(&version.content, version.size, Hashing::Before).await?;
                Err(GateRefusal::ForeignBlob(version.content).into())
            }
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
    pub(super) async fn object(&self, id: &Digest, longest: usize) -> Result<Vec<u8>, GateError<C::Error>> {
        let (_, reader) = self.stored(id, longest as u64, Hashing::Before).await?;
        let mut bytes = Vec::new();
        reader.take(longest as u64).read_to_end(&mut bytes).await.map_err(GateError::Store)?;
        Ok(bytes)
    }

    /// The size of an object of at most `longest` bytes, and its bytes. The store reads none of a longer one.
    async fn stored(
        &self,
        id: &Digest,
        longest: u64,
        hashing: Hashing,
    ) -> Result<(u64, S::Bytes), GateError<C::Error>> {
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
        let bytes = match hashing {
            Hashing::Before => self.vault.object(id, size).await,
            Hashing::Along => self.vault.stream(id, size).await,
        };
        Ok((size, bytes.map_err(failed)?))
    }
}

/// When a store hashes an object that is given out.
#[derive(Clone, Copy)]
enum Hashing {
    /// Before its first byte leaves: the gate refuses one that is damaged.
    Before,
    /// While its bytes leave: an answer with a damaged one ends before its last bytes.
    Along,
}

/// A version that a reader may have.
pub(super) struct Permitted {
    pub(super) moment: DecisionTime,
    /// The session under which the reader has it; none for the chart's controller without one.
    pub(super) session: Option<Session>,
    pub(super) bindings: Bindings,
    pub(super) version: Version,
    pub(super) basis: Basis,
    pub(super) key: KeyPlace,
}

/// A compartment whose secret and profile a reader may have.
pub(super) struct PermittedCompartment {
    pub(super) moment: DecisionTime,
    pub(super) place: CompartmentPath,
    pub(super) compartment: Compartment,
    pub(super) basis: Basis,
}

/// The first envelope on a reader's way to a content key, as the chain names it.
pub(super) enum KeyPlace {
    /// The secret of a compartment's epoch.
    Compartment(SecretPlace),
    /// The content key itself.
    Record { recipient: Recipient, envelope: Digest },
}

/// The secret of a compartment's epoch, as the chain names its envelope.
#[derive(Clone, Copy)]
pub(super) struct SecretPlace {
    pub(super) recipient: Recipient,
    pub(super) epoch: u32,
    pub(super) envelope: Digest,
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
