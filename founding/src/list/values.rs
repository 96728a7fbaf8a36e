// SPDX-License-Identifier: Apache-2.0

//! Checks single values: names, addresses and keys.

use super::{check::Check, raw::Text};
use crate::naming::check_name;
use salus_primitives::{EncryptionKey, FinalityKey, SigningKey};
use salus_sealing::keys::{is_finality_key, is_signing_key};
use std::net::IpAddr;

impl Check<'_> {
    /// Checks the name of a network or hospital.
    pub(super) fn name(&mut self, text: &Text) -> Option<String> {
        self.checked(text.span(), check_name(text.get_ref()).map(|()| text.get_ref().clone()))
    }

    /// Checks a network's id.
    pub(super) fn id(&mut self, text: &Text) -> Option<String> {
        let id = text.get_ref();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let known = ["dev", "local"].contains(&id.as_str());
        let fine = (1..=32).contains(&id.len()) && id.chars().all(plain) && !id.starts_with('-') && !known;
        let reason = "an id has up to 32 small letters, digits and `-`, and is neither `dev` nor `local`";
        self.checked(text.span(), fine.then(|| id.clone()).ok_or(reason))
    }

    /// Checks the address of a hospital's machine.
    pub(super) fn address(&mut self, text: &Text) -> Option<IpAddr> {
        let address = self.ip(text)?;
        let broadcast = matches!(address, IpAddr::V4(address) if address.is_broadcast());
        if address.is_unspecified() || address.is_multicast() || broadcast {
            self.fault(text.span(), format!("`{address}` is not the address of one machine"));
            return None;
        }
        Some(address)
    }

    /// Checks an IP address.
    pub(super) fn ip(&mut self, text: &Text) -> Option<IpAddr> {
        let reason = "expected an IP address: packet filters do not take names";
        self.checked(text.span(), text.get_ref().parse().map_err(|_| reason))
    }

    /// Checks an sr25519 key, which occurs once.
    pub(super) fn signing_key(&mut self, text: &Text) -> Option<SigningKey> {
        let key = self.checked(text.span(), text.get_ref().parse::<SigningKey>())?;
        let valid = is_signing_key(&key).then_some(key).ok_or("this is not a public sr25519 key");
        let key = self.checked(text.span(), valid)?;
        self.once(text.span(), key.to_string(), || "the key".to_owned());
        Some(key)
    }

    /// Checks an ed25519 key, which occurs once.
    pub(super) fn finality_key(&mut self, text: &Text) -> Option<FinalityKey> {
        let key = self.checked(text.span(), text.get_ref().parse::<FinalityKey>())?;
        let valid = is_finality_key(&key).then_some(key).ok_or("this is not a public ed25519 key");
        let key = self.checked(text.span(), valid)?;
        self.once(text.span(), key.to_string(), || "the key".to_owned());
        Some(key)
    }

    /// Checks an X25519 key, which occurs once.
    pub(super) fn encryption_key(&mut self, text: &Text) -> Option<EncryptionKey> {
        let key = self.checked(text.span(), text.get_ref().parse::<SigningKey>())?;
        let key = EncryptionKey::x25519(key.0);
        let key =
            self.checked(text.span(), key.is_acceptable().then_some(key).ok_or("this is not a public X25519 key"))?;
        self.once(text.span(), SigningKey(key.key).to_string(), || "the key".to_owned());
        Some(key)
    }
}
