// SPDX-License-Identifier: Apache-2.0

//! Checks a list as a whole, and its `[network]` table.

use super::{
    check::Check,
    checked::{Hospital, List},
    raw::{Raw, Text},
};
use salus_client::durations::parse_duration;
use salus_primitives::{
    governance::{DEFAULT_UPGRADE_DELAY, UPGRADE_DELAYS},
    membership::MAX_VERIFICATIONS,
    network::{Network, DEFAULT_SESSION_LENGTH, SESSION_LENGTHS, SLOT_DURATION},
    Moment,
};
use toml::Spanned;

/// The least number of hospitals of which one can fail.
pub const FAULT_TOLERANT: usize = 4;
/// The maximum number of hospitals in a network.
const MOST_HOSPITALS: usize = 100;
/// The default number of verifications that a new member needs.
const VERIFICATIONS: u32 = 2;

impl Check<'_> {
    /// Checks the whole list.
    pub(super) fn list(&mut self, raw: &Raw) -> Option<List> {
        let network = &raw.network;
        let name = self.name(&network.name);
        let id = self.id(&network.id);
        let verifications = network.verifications.as_ref();
        if let Some(count) = verifications.filter(|count| !(1..=MAX_VERIFICATIONS).contains(count.get_ref())) {
            self.fault(count.span(), format!("a newcomer needs 1 to {MAX_VERIFICATIONS} verifications"));
        }
        let required_verifications = verifications.map_or(VERIFICATIONS, |count| *count.get_ref());
        let upgrade_delay = self.upgrade_delay(network.upgrade_delay.as_ref());
        let session_length = self.session_length(network.session.as_ref());
        let founders = raw.hospitals.iter().filter(|hospital| hospital.joined.is_none()).count();
        let mut numbers = 0..;
        let hospitals: Vec<_> = raw
            .hospitals
            .iter()
            .map(|hospital| {
                let number = match &hospital.joined {
                    Some(number) => self.joined(number, founders),
                    None => numbers.next(),
                };
                self.hospital(hospital, number)
            })
            .collect();
        self.whole(raw);
        let hospitals = hospitals.into_iter().collect::<Option<Vec<_>>>()?;
        self.reachable(raw, &hospitals);
        let founders = hospitals.iter().filter(|hospital| hospital.is_founder);
        let founders = founders.map(|hospital| hospital.founder.clone()).collect();
        let (name, id, upgrade_delay, session_length) = (name?, id?, upgrade_delay?, session_length?);
        let network = Network { name, id, required_verifications, upgrade_delay, session_length, founders };
        Some(List { network, hospitals })
    }

    /// Checks how long an upgrade of the runtime waits.
    fn upgrade_delay(&mut self, text: Option<&Text>) -> Option<Moment> {
        let Some(text) = text else { return Some(DEFAULT_UPGRADE_DELAY) };
        let reason = match parse_duration(text.get_ref()) {
            Ok(delay) if UPGRADE_DELAYS.contains(&delay) => return Some(delay),
            Ok(_) => "an upgrade waits 1s to 30d",
            Err(reason) => reason,
        };
        self.fault(text.span(), reason);
        None
    }

    /// Returns the number of blocks in a session of this duration.
    fn session_length(&mut self, text: Option<&Text>) -> Option<u32> {
        let Some(text) = text else { return Some(DEFAULT_SESSION_LENGTH) };
        let blocks = |time: Moment| time.checked_div(SLOT_DURATION).and_then(|blocks| u32::try_from(blocks).ok());
        let reason = match parse_duration(text.get_ref()).map(blocks) {
            Ok(Some(length)) if SESSION_LENGTHS.contains(&length) => return Some(length),
            Ok(_) => "a session lasts 10s to 1d",
            Err(reason) => reason,
        };
        self.fault(text.span(), reason);
        None
    }

    /// Checks the number of a hospital that joined later.
    fn joined(&mut self, number: &Spanned<u32>, founders: usize) -> Option<u32> {
        self.once(number.span(), format!("number {}", number.get_ref()), || "the number".to_owned());
        let is_later = usize::try_from(*number.get_ref()).is_ok_and(|number| number >= founders);
        let reason =
            format!("numbers below {founders} are the founders': write the one that the council's decision gave");
        self.checked(number.span(), is_later.then_some(*number.get_ref()).ok_or(reason))
    }

    /// Checks the number of hospitals.
    fn whole(&mut self, raw: &Raw) {
        let count = raw.hospitals.iter().filter(|hospital| !hospital.left).count();
        let place = raw.network.name.span();
        if raw.hospitals.iter().all(|hospital| hospital.joined.is_some()) {
            self.fault(place, "no founder is listed: add a [[hospital]] table for each");
        } else if count < FAULT_TOLERANT && !raw.network.accept_no_failures {
            self.fault(
                place,
                format!(
                    "{count} hospitals are too few for one of them to fail: finality would stop with the first that \
                     does. List {FAULT_TOLERANT} or more, or write `accept-no-failures = true` below [network]"
                ),
            );
        } else if count > MOST_HOSPITALS {
            self.fault(place, format!("a network holds {MOST_HOSPITALS} hospitals at most"));
        }
    }

    /// Checks that either all addresses or none are loopback, which is for a whole network on one machine.
    fn reachable(&mut self, raw: &Raw, hospitals: &[Hospital]) {
        let loopback = |hospital: &Hospital| hospital.address.ip().is_loopback();
        if hospitals.iter().all(loopback) {
            return;
        }
        for (raw, _) in raw.hospitals.iter().zip(hospitals).filter(|(_, hospital)| loopback(hospital)) {
            self.fault(raw.address.span(), "a loopback address cannot be reached from the other hospitals");
        }
    }
}
