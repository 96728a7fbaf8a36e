// SPDX-License-Identifier: Apache-2.0

//! Compartments: their sealed names, and the secrets of their epochs.

use super::{holders::Holders, plain_text, storing::ForVault, Agent, AgentError};
use crate::services::ServiceError;
use salus_chain::{At, Call, Outcome};
use salus_fhir as fhir;
use salus_gate::protocol::{CompartmentRequest, GateRefusal, ReleasedCompartment, UnsealProfileRequest};
use salus_primitives::{
    charts::{Chart, CompartmentFlags, Epoch, NumberedCompartment, MAX_COMPARTMENTS},
    ChartId, CompartmentId, InstitutionId,
};
use salus_sealing::{
    compartment::{profile_epoch, CompartmentPath, CompartmentSecret, Profile},
    envelope::Recipient,
    secret::random,
};
use salus_vault::object_id;

/// A compartment that is to be added.
#[derive(Clone)]
pub struct CompartmentProfile {
    profile: Profile,
    flags: CompartmentFlags,
}

impl CompartmentProfile {
    /// A compartment with this name; the word for programs is the name in lower case, with dashes.
    pub fn named(name: &str, flags: CompartmentFlags) -> Self {
        Self { profile: Profile { name: name.to_owned(), meaning: meaning_of(name) }, flags }
    }

    /// The compartments into which FHIR bundles are sorted, in an order of chance: were it always the same, a number
    /// would tell the meaning.
    pub fn standard() -> Vec<Self> {
        let mut kinds: Vec<_> = fhir::compartments().iter().map(|kind| (random::<16>(), *kind)).collect();
        kinds.sort_by_key(|(chance, _)| *chance);
        let flags = |kind: &fhir::CompartmentKind| CompartmentFlags {
            sensitive: kind.sensitive,
            emergency: kind.emergency,
            de_identified: false,
        };
        kinds.into_iter().map(|(_, kind)| Self::named(kind.name, flags(kind))).collect()
    }
}

/// The word for programs that goes with a name, such as `vital-signs`.
pub(super) fn meaning_of(name: &str) -> String {
    let words: Vec<_> = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join("-").to_lowercase()
}

/// A compartment that vaults are asked for.
struct AskedCompartment {
    request: CompartmentRequest,
    holders: Holders,
}

/// A compartment, with its name if the member can open it.
#[derive(Clone, PartialEq, Eq, serde::Serialize)]
pub struct NamedCompartment {
    /// Its number.
    pub number: CompartmentId,
    /// Its name.
    pub name: Option<String>,
    /// The word for programs.
    pub meaning: Option<String>,
    /// How it is treated.
    pub flags: CompartmentFlags,
    /// Its current epoch.
    pub epoch: u32,
    /// Whether the patient should rotate.
    pub rotation_due: bool,
    /// Why the name stays sealed although this member was given the secret: what the vault holds does not open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
}

impl Agent {
    /// Adds compartments to a chart, all or none.
    pub async fn add_compartments(
        &self,
        chart: ChartId,
        profiles: &[CompartmentProfile],
    ) -> Result<(Vec<CompartmentId>, Outcome), AgentError> {
        let stored = self.chart(chart).await?;
        let mut objects = ForVault::of_chart(chart);
        let (mut calls, mut numbers) = (Vec::new(), Vec::new());
        for (number, CompartmentProfile { profile, flags }) in (stored.compartments..).zip(profiles) {
            if number >= MAX_COMPARTMENTS {
                return Err(AgentError::TooManyCompartments);
            }
            plain_text::line("name", &profile.name)?;
            let compartment = CompartmentId(number);
            let secret = CompartmentSecret::generate(self.place(chart, compartment));
            let own = secret.seal_to(Recipient::Member(self.id), &self.identity.encryption().public())?;
            let epoch = Epoch { public_key: secret.public_key(), secret_envelope: objects.add(own), link: None };
            let sealed = objects.add(secret.seal_profile(profile)?);
            calls.push(Call::add_compartment(chart, compartment, *flags, sealed, &epoch));
            numbers.push(compartment);
        }
        self.store_at_home(&stored, objects).await?;
        let outcome = self.submit(&Call::all_or_none(calls).ok_or(AgentError::NotInMetadata)?).await?;
        Ok((numbers, outcome))
    }

    /// The chart's compartments, with the names that this member can open. The controller can open all of them. Others can
    /// where they hold the secret, or where the note that came with a grant has the name.
    pub async fn compartments(&self, chart: ChartId) -> Result<Vec<NamedCompartment>, AgentError> {
        let stored = self.chart(chart).await?;
        let notes = self.compartment_names_in_notes(chart, &stored).await?;
        let mut named = Vec::new();
        for NumberedCompartment { number, compartment, rotation_due } in
            self.chain.compartments(At::Finalized, chart).await?
        {
            // One compartment that was damaged, or rotated by a thief, must not hide the others.
            let (profile, fault) = match self.profile(chart, &stored, number).await {
                Ok(profile) => (Some(profile), None),
                Err(fault @ (AgentError::FalseAnswer(_) | AgentError::Envelope(_))) => (None, Some(fault.to_string())),
                Err(AgentError::NoSecret(_)) => (notes.get(&number).cloned(), None),
                Err(AgentError::Gate(
                    fault @ (GateRefusal::Missing(_) | GateRefusal::Corrupted(_) | GateRefusal::TooManyLinks),
                )) => (None, Some(fault.to_string())),
                Err(error) => return Err(error),
            };
            named.push(NamedCompartment {
                number,
                name: profile.as_ref().map(|profile| profile.name.clone()),
                meaning: profile.map(|profile| profile.meaning),
                flags: compartment.flags,
                epoch: compartment.epoch,
                rotation_due,
                fault,
            });
        }
        Ok(named)
    }

    /// The compartment that `text` names: by number, by name or by the word for programs.
    pub async fn find_compartment(&self, chart: ChartId, text: &str) -> Result<CompartmentId, AgentError> {
        if let Ok(number) = text.parse::<CompartmentId>() {
            let exists = number.0 < self.chart(chart).await?.compartments;
            return exists.then_some(number).ok_or_else(|| AgentError::NoCompartment(text.to_owned()));
        }
        let wanted = meaning_of(text);
        let named = self.compartments(chart).await?.into_iter().find(|compartment| {
            compartment.meaning.as_deref() == Some(wanted.as_str())
                || compartment.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(text))
        });
        named.map(|compartment| compartment.number).ok_or_else(|| AgentError::NoCompartment(text.to_owned()))
    }

    /// The newest secret of a compartment that this member may have. Its controller may have the current one, a reader the
    /// one in the envelope of a grant.
    pub(super) async fn newest_secret(
        &self,
        chart: ChartId,
        stored: &Chart,
        compartment: CompartmentId,
    ) -> Result<CompartmentSecret, AgentError> {
        let mut asked = self.asked_for(chart, stored, compartment).await?;
        loop {
            let released = self.next_released(&mut asked).await?;
            // An institution's envelope is opened by its own service, which keeps the secret.
            if released.secret.recipient != Recipient::Member(self.id) {
                return Err(AgentError::NoSecret(compartment));
            }
            match self.opened_secret(&released).await {
                Ok(secret) => return Ok(secret),
                Err(error) => asked.holders.failed(error)?,
            }
        }
    }

    /// The secret that a gate gave out, held against the chain.
    async fn opened_secret(&self, released: &ReleasedCompartment) -> Result<CompartmentSecret, AgentError> {
        let secret = released.open_secret(self.identity.encryption())?;
        let CompartmentPath { chart, compartment, .. } = released.place;
        let epoch = self.chain.epoch(At::Best, chart, compartment, released.secret.epoch).await?;
        match epoch.is_some_and(|epoch| epoch.public_key == secret.public_key()) {
            true => Ok(secret),
            false => Err(AgentError::FalseAnswer("compartment's secret")),
        }
    }

    /// The name of a compartment and the word for programs, if the member may have its secret.
    pub(super) async fn profile(
        &self,
        chart: ChartId,
        stored: &Chart,
        compartment: CompartmentId,
    ) -> Result<Profile, AgentError> {
        let mut asked = self.asked_for(chart, stored, compartment).await?;
        loop {
            let released = self.next_released(&mut asked).await?;
            let opened = match released.secret.recipient {
                Recipient::Institution(institution) => {
                    self.unsealed_profile(institution, &asked.request, released).await
                }
                _ => released.open_profile(self.identity.encryption()).map_err(AgentError::from),
            };
            match opened {
                Ok(profile) => return Ok(profile),
                Err(error) => asked.holders.failed(error)?,
            }
        }
    }

    /// The name of a compartment that was granted to this member's institution, from the service that holds its key.
    async fn unsealed_profile(
        &self,
        institution: InstitutionId,
        compartment: &CompartmentRequest,
        released: ReleasedCompartment,
    ) -> Result<Profile, AgentError> {
        let place = released.place;
        let request = UnsealProfileRequest { compartment: compartment.clone(), released };
        let unsealed = match self.ask_only(institution, request).await {
            // Without the name, the compartment has its number.
            Err(ServiceError::NoAddress(_) | ServiceError::Refused(GateRefusal::CannotUnseal)) => {
                return Err(AgentError::NoSecret(place.compartment));
            }
            unsealed => unsealed?,
        };
        let own = Recipient::Member(self.id);
        Ok(Profile::open_from(&unsealed.envelope, &place, own, self.identity.encryption())?)
    }

    /// A compartment, to be asked for before the chart's home vault first.
    async fn asked_for(
        &self,
        chart: ChartId,
        stored: &Chart,
        compartment: CompartmentId,
    ) -> Result<AskedCompartment, AgentError> {
        let not_before = self.not_before().await?;
        let request = CompartmentRequest { chart, compartment, reader: self.id, not_before };
        Ok(AskedCompartment { request, holders: Holders::of(self.home_of(stored).await?) })
    }

    /// The next answer that agrees with the chain.
    async fn next_released(&self, asked: &mut AskedCompartment) -> Result<ReleasedCompartment, AgentError> {
        loop {
            let holder = asked.holders.next(self).await.map_err(|error| no_secret(error, &asked.request))?;
            match self.released_from(holder, &asked.request).await {
                Ok(released) => return Ok(released),
                Err(error) => asked.holders.failed(error).map_err(|error| no_secret(error, &asked.request))?,
            }
        }
    }

    /// A compartment as one vault's gate gives it out, held against the chain.
    async fn released_from(
        &self,
        holder: InstitutionId,
        request: &CompartmentRequest,
    ) -> Result<ReleasedCompartment, AgentError> {
        let CompartmentRequest { chart, compartment, .. } = *request;
        match self.ask(holder, request.clone()).await {
            Ok(released) => {
                let is_for_this_member = match released.secret.recipient {
                    Recipient::Member(member) => member == self.id,
                    Recipient::Institution(institution) => institution == self.own_institution().await?,
                    _ => false,
                };
                if !is_for_this_member {
                    return Err(AgentError::FalseAnswer("compartment's secret"));
                }
                self.check_profile(&released, chart, compartment).await?;
                Ok(released)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the gate answered for this compartment, with the profile that the chain names.
    async fn check_profile(
        &self,
        released: &ReleasedCompartment,
        chart: ChartId,
        compartment: CompartmentId,
    ) -> Result<(), AgentError> {
        let known = self.chain.compartments(At::Best, chart).await?;
        let known = known.into_iter().find(|known| known.number == compartment);
        let is_named = known.is_some_and(|known| known.compartment.profile == object_id(&released.profile));
        let epoch = profile_epoch(&released.profile).ok();
        match is_named && released.place == self.place(chart, compartment) && epoch == Some(released.profile_epoch) {
            true => Ok(()),
            false => Err(AgentError::FalseAnswer("compartment")),
        }
    }

    pub(super) fn place(&self, chart: ChartId, compartment: CompartmentId) -> CompartmentPath {
        CompartmentPath { genesis: self.genesis(), chart, compartment }
    }
}

/// A refusal, for a member who asks for a key.
fn no_secret(error: AgentError, request: &CompartmentRequest) -> AgentError {
    match error {
        AgentError::Gate(GateRefusal::Denied(_) | GateRefusal::DeniedAtBest(_) | GateRefusal::NoEnvelope(_)) => {
            AgentError::NoSecret(request.compartment)
        }
        error => error,
    }
}
