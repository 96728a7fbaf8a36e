// SPDX-License-Identifier: Apache-2.0

//! An institution's duty towards its members: it opens what was granted to it, for the one who opened the records.
//!
//! The member gets the content key of one version, or the name of a compartment, sealed to its own key, and never the
//! compartment's secret. So the end of its employment ends its access, with no rotation of anything.

use salus_primitives::{decision::Basis, receipts::Given, InstitutionId};
use salus_sealing::envelope::Recipient;
use salus_sealing::keys::EncryptionPair;
use salus_vault::object_id;

use super::error::GateError;
use super::release::KeyPlace;
use super::release_gate::ReleaseGate;
use super::store::Store;
use super::view::ChainView;
use crate::protocol::{
    GateRefusal, KeyPath, ReleasedKey, Signed, UnsealProfileRequest, UnsealRequest, UnsealedKey, UnsealedProfile,
};

impl<C: ChainView, S: Store> ReleaseGate<C, S> {
    /// The content key that `signed` asks for, sealed to the reader, if the reader may have the version by a grant to
    /// `institution`. `pair` is the institution's key.
    ///
    /// The gate decides as it does about a release. It opens only envelopes that the chain names for that very grant and
    /// version, so the institution's key answers no other question.
    pub async fn unseal(
        &self,
        signed: &Signed<UnsealRequest>,
        institution: InstitutionId,
        pair: &EncryptionPair,
    ) -> Result<UnsealedKey, GateError<C::Error>> {
        let UnsealRequest { release, path, key_envelope } = signed.request();
        let permitted = self.permit(signed, release).await?;
        let here = Recipient::Institution(institution);
        let is_named = match (&permitted.key, path) {
            (KeyPlace::Record { recipient, envelope }, KeyPath::Record { recipient: said, envelope: bytes }) => {
                *recipient == here && *said == here && *envelope == object_id(bytes)
            }
            (KeyPlace::Compartment(place), KeyPath::Compartment { secret, .. }) => {
                let of_version = key_envelope.as_deref().map(object_id);
                place.recipient == here
                    && secret.recipient == here
                    && place.epoch == secret.epoch
                    && place.envelope == object_id(&secret.envelope)
                    && of_version == Some(permitted.version.key_envelope)
            }
            _ => false,
        };
        if !is_named {
            return Err(GateRefusal::NotSealedHere.into());
        }
        let member = self.ask(self.chain.member(&permitted.moment.finalized, release.reader)).await?;
        let member = member.ok_or(GateRefusal::NotTheMember(release.reader))?;
        let key = ReleasedKey { bindings: permitted.bindings, basis: permitted.basis, path: path.clone() };
        let content_key = key.open(key_envelope.as_deref(), pair).map_err(|_| GateRefusal::CannotUnseal)?;
        let reader = Recipient::Member(release.reader);
        let (genesis, record, version) = (self.chain.genesis(), release.record, release.version);
        let sealed = content_key.seal_to(reader, &member.encryption_key, genesis, record, version);
        let envelope = sealed.map_err(|_| GateRefusal::CannotUnseal)?;
        drop(content_key);
        self.keep_receipt(release, &permitted, Given::ContentKey).await?;
        Ok(UnsealedKey { envelope })
    }

    /// The profile that `signed` asks for, sealed to the reader, if the reader may have the compartment by a grant to
    /// `institution`. `pair` is the institution's key.
    ///
    /// The gate decides as it does about a compartment. It opens only the profile and the secret that the chain names for that
    /// very compartment and grant.
    pub async fn unseal_profile(
        &self,
        signed: &Signed<UnsealProfileRequest>,
        institution: InstitutionId,
        pair: &EncryptionPair,
    ) -> Result<UnsealedProfile, GateError<C::Error>> {
        let UnsealProfileRequest { compartment: request, released } = signed.request();
        let permitted = self.permit_compartment(signed, request).await?;
        let (finalized, here) = (&permitted.moment.finalized, Recipient::Institution(institution));
        let Basis::Grant(grant) = permitted.basis else { return Err(GateRefusal::NotSealedHere.into()) };
        let secret = self.grant_secret(finalized, &permitted.place, grant, released.profile_epoch).await?;
        let is_named = released.place == permitted.place
            && permitted.compartment.profile == object_id(&released.profile)
            && secret.recipient == here
            && released.secret.recipient == here
            && secret.epoch == released.secret.epoch
            && secret.envelope == object_id(&released.secret.envelope);
        if !is_named {
            return Err(GateRefusal::NotSealedHere.into());
        }
        let member = self.ask(self.chain.member(finalized, request.reader)).await?;
        let member = member.ok_or(GateRefusal::NotTheMember(request.reader))?;
        let profile = released.open_profile(pair).map_err(|_| GateRefusal::CannotUnseal)?;
        let reader = Recipient::Member(request.reader);
        let sealed = profile.seal_to(&permitted.place, reader, &member.encryption_key);
        Ok(UnsealedProfile { envelope: sealed.map_err(|_| GateRefusal::CannotUnseal)? })
    }
}
