// SPDX-License-Identifier: Apache-2.0

//! Charts with their compartments and epochs.

use crate::{time::Moment, CompartmentId, Digest, EncryptionKey, MemberId};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Compartments of a chart, at most.
pub const MAX_COMPARTMENTS: u8 = 16;
/// Epochs of a compartment, at most. A reader opens one link for each epoch back to the one it needs.
pub const MAX_EPOCHS: u32 = 1_024;

/// A patient's chart.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Chart {
    /// The member who decides about the chart: its patient (S1-03, S2-01).
    pub controller: MemberId,
    /// The time at which the patient opened it, in Unix milliseconds.
    pub opened_at: Moment,
    /// The number of its compartments, which are numbered `0..compartments`.
    pub compartments: u8,
}

/// The flags that say how a compartment is treated. Its name and meaning are sealed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct CompartmentFlags {
    /// Needs a consent of its own (S4-09).
    pub sensitive: bool,
    /// Opens in an emergency.
    pub emergency: bool,
    /// Holds de-identified copies only; the only kind open to research (S4-23).
    pub de_identified: bool,
}

/// A compartment of a chart, at its current epoch.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Compartment {
    /// The flags that say how it is treated.
    pub flags: CompartmentFlags,
    /// The current epoch; each has its own random secret.
    pub epoch: u32,
    /// SHA-256 of the vault object with its sealed name and meaning.
    pub profile: Digest,
}

/// A compartment, its number, and whether it waits for its patient's client.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct NumberedCompartment {
    /// Its number.
    pub number: CompartmentId,
    /// The compartment.
    #[serde(flatten)]
    pub compartment: Compartment,
    /// Whether the patient's client should rotate it, because a grantee who may not read holds the secret of its epoch.
    /// Such a reader lost its standing, or its grant was revoked or expired.
    pub rotation_due: bool,
}

/// The keys and envelopes of one epoch of a compartment.
#[derive(Clone, PartialEq, Eq, Debug)]
#[derive(Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize)]
pub struct Epoch {
    /// The public key to which content keys are sealed.
    pub public_key: EncryptionKey,
    /// SHA-256 of the envelope that holds the epoch's secret, sealed to the controller.
    pub secret_envelope: Digest,
    /// SHA-256 of the envelope that holds the previous epoch's secret, sealed to this one's key; none in the first.
    pub link: Option<Digest>,
}

/// An epoch of a compartment and its number.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo, Serialize, Deserialize)]
pub struct NumberedEpoch {
    /// Its number, counted from zero.
    pub number: u32,
    /// The keys and envelopes of the epoch.
    #[serde(flatten)]
    pub epoch: Epoch,
}
