// SPDX-License-Identifier: Apache-2.0

//! The seats of the authorities, and what their nodes do in this session, the next and the one after.

use super::{storage::twox_64_concat, At, Chain, Head, QueryError};
use codec::{Decode, Encode};
pub use salus_primitives::authorities::SeatStatus;
use salus_primitives::{FinalityKey, InstitutionId, Moment, SigningKey};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The fewest authorities of which one may fail.
pub const MIN_AUTHORITIES: usize = salus_primitives::authorities::MIN_AUTHORITIES as usize;

/// The keys with which an authority takes part in consensus.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, Serialize)]
pub struct SessionKeys {
    /// Signs blocks.
    pub aura: SigningKey,
    /// Votes for finality.
    pub grandpa: FinalityKey,
}

/// A seat as the pallet stores it.
type StoredSeat = salus_primitives::authorities::Seat<SigningKey>;

/// A seat, and its authority in the sessions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Seat {
    /// Whose it is.
    pub institution: InstitutionId,
    /// The account that sets the session keys.
    pub account: SigningKey,
    /// The account that votes in the council.
    pub delegate: SigningKey,
    /// The account that names the authority in sessions: the one with which the seat began.
    pub authority: SigningKey,
    /// Where it stands.
    pub status: SeatStatus,
    /// When the council gave it.
    pub admitted_at: Moment,
    /// The first session for whose offences it answers.
    pub liable_from: u32,
    /// The session keys that are set.
    pub keys: Option<SessionKeys>,
    /// The session keys that are in use now; none when its authority does not take part.
    pub keys_in_use: Option<SessionKeys>,
    /// Whether its authority may not author, although it is in the set.
    pub disabled: bool,
    /// Whether its authority will take part once what has been decided is in effect.
    pub will_take_part: bool,
    /// The session from which on that is so; none when nothing is about to change.
    pub changes_with_session: Option<u32>,
    /// Sessions in a row in which it authored nothing.
    pub missed_sessions: u32,
}

impl Seat {
    /// Whether its authority authors and votes in this session.
    pub fn takes_part(&self) -> bool {
        self.keys_in_use.is_some() && !self.disabled
    }

    /// Whether the council has not suspended it, nor an offence.
    pub fn is_active(&self) -> bool {
        self.status == SeatStatus::Active
    }

    /// Whether these are, were or will be its keys for votes, as far as the chain still knows.
    pub fn has_finality_key(&self, key: &FinalityKey) -> bool {
        [&self.keys, &self.keys_in_use].into_iter().flatten().any(|keys| keys.grandpa == *key)
    }
}

/// All seats, at one block.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Seating {
    /// The block.
    pub block: Head,
    /// The session.
    pub session: u32,
    /// Blocks in a session; none when the runtime does not tell.
    pub session_length: Option<u32>,
    /// The block with which the next session begins, likewise.
    pub next_session_at: Option<u64>,
    /// Milliseconds between two blocks.
    pub slot_duration: u64,
    /// The seats, by institution.
    pub seats: Vec<Seat>,
    /// Accounts that take part in this session and have no seat any more.
    pub leaving: Vec<SigningKey>,
}

impl Seating {
    /// The seat of an institution.
    pub fn of(&self, institution: InstitutionId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.institution == institution)
    }

    /// The institution for which an account votes in the council.
    pub fn institution_of_delegate(&self, account: &SigningKey) -> Option<InstitutionId> {
        self.seats.iter().find(|seat| seat.delegate == *account).map(|seat| seat.institution)
    }

    /// Milliseconds until this session begins, about; none when it has begun, or the runtime does not tell.
    pub fn until_session(&self, session: u32) -> Option<Moment> {
        let (next, length) = (self.next_session_at?, u64::from(self.session_length?));
        let further = session.checked_sub(self.session)?.checked_sub(1)?;
        let blocks = next.saturating_sub(self.block.number).saturating_add(length.saturating_mul(further.into()));
        Some(blocks.saturating_mul(self.slot_duration))
    }

    /// How many authorities there would be, active and in all, if the seat of `institution` changed to `after`: as the
    /// pallet counts them.
    pub fn strength_after(&self, institution: InstitutionId, after: Option<SeatStatus>) -> Strength {
        self.strength_of(|seat| if seat.institution == institution { after } else { Some(seat.status) })
    }

    /// How many authorities there are.
    pub fn strength(&self) -> Strength {
        self.strength_of(|seat| Some(seat.status))
    }

    fn strength_of(&self, status: impl Fn(&Seat) -> Option<SeatStatus>) -> Strength {
        let with_keys = self.seats.iter().filter(|seat| seat.keys.is_some());
        let statuses: Vec<_> = with_keys.filter_map(status).collect();
        let active = statuses.iter().filter(|status| **status == SeatStatus::Active).count();
        let suspended = statuses.len().saturating_sub(active);
        let fill = suspended.min(MIN_AUTHORITIES.saturating_sub(active));
        Strength { active, total: active.saturating_add(fill) }
    }
}

/// How many authorities there are, or would be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Strength {
    /// Active seats with session keys.
    pub active: usize,
    /// All that are in the set, with suspended ones that fill it up.
    pub total: usize,
}

impl Strength {
    /// Whether this, coming from `before`, takes nothing from a network that could not spare it.
    pub fn is_tolerant_after(self, before: Self) -> bool {
        let enough = |now: usize, then: usize| now >= then || now >= MIN_AUTHORITIES;
        enough(self.active, before.active) && enough(self.total, before.total)
    }
}

/// The answer of the sessions, at one block.
struct Sessions {
    current: u32,
    /// Who takes part now, in the order of the places.
    authorities: Vec<SigningKey>,
    aura: Vec<SigningKey>,
    grandpa: Vec<(FinalityKey, u64)>,
    /// Who takes part in the next session, with their keys.
    queued: Vec<(SigningKey, SessionKeys)>,
    /// Whether the next session has another set than this one, or other keys.
    queued_changed: bool,
    /// The places of those that are disabled.
    disabled: BTreeSet<u32>,
}

impl Sessions {
    fn keys_in_use(&self, account: &SigningKey) -> Option<SessionKeys> {
        let place = self.place(account)?;
        let (aura, (grandpa, _)) = (*self.aura.get(place)?, *self.grandpa.get(place)?);
        Some(SessionKeys { aura, grandpa })
    }

    fn place(&self, account: &SigningKey) -> Option<usize> {
        self.authorities.iter().position(|found| found == account)
    }

    fn is_disabled(&self, account: &SigningKey) -> bool {
        let place = self.place(account).and_then(|place| u32::try_from(place).ok());
        place.is_some_and(|place| self.disabled.contains(&place))
    }

    fn queued_keys(&self, account: &SigningKey) -> Option<SessionKeys> {
        self.queued.iter().find_map(|(found, keys)| (found == account).then_some(*keys))
    }
}

impl Chain {
    /// All seats.
    pub async fn seating(&self, at: At) -> Result<Seating, QueryError> {
        let block = self.head(at).await?;
        let at = At::Block(block.hash);
        let sessions = self.sessions(at).await?;
        let absences: Vec<(InstitutionId, u32)> = self.stored_map(at, "Authorities", "Absences").await?;
        let absences: BTreeMap<_, _> = absences.into_iter().collect();
        let stored: Vec<(InstitutionId, StoredSeat)> = self.stored_map(at, "Authorities", "Seats").await?;
        let mut seats = Vec::with_capacity(stored.len());
        for (institution, seat) in stored {
            let keys = self.session_keys(at, &seat.authority).await?;
            let missed_sessions = absences.get(&institution).copied().unwrap_or_default();
            seats.push(seated(institution, seat, keys, missed_sessions, &sessions));
        }
        plan(&mut seats, &sessions);
        let leaving =
            sessions.authorities.iter().filter(|account| seats.iter().all(|seat| seat.authority != **account));
        let session_length = self.stored(at, "Authorities", "SessionLength", &[]).await?;
        Ok(Seating {
            block,
            session: sessions.current,
            session_length,
            next_session_at: session_length.and_then(|length| next_multiple(block.number, length)),
            slot_duration: self.slot_duration(at).await?,
            leaving: leaving.copied().collect(),
            seats,
        })
    }

    /// The institution whose seat has this account.
    pub async fn seat_of(&self, at: At, account: &SigningKey) -> Result<Option<InstitutionId>, QueryError> {
        let key = [sp_crypto_hashing::blake2_128(&account.0).as_slice(), &account.0].concat();
        self.stored(at, "Authorities", "SeatOf", &key).await
    }

    /// The session keys that an account has set.
    pub async fn session_keys(&self, at: At, account: &SigningKey) -> Result<Option<SessionKeys>, QueryError> {
        self.stored(at, "Session", "NextKeys", &twox_64_concat(&account.0)).await
    }

    /// The keys that author blocks, in the order of their turns.
    pub async fn aura_keys(&self, at: At) -> Result<Vec<SigningKey>, QueryError> {
        self.ask(at, "AuraApi_authorities", Vec::new()).await
    }

    /// Milliseconds between two blocks.
    pub async fn slot_duration(&self, at: At) -> Result<u64, QueryError> {
        self.ask(at, "AuraApi_slot_duration", Vec::new()).await
    }

    async fn sessions(&self, at: At) -> Result<Sessions, QueryError> {
        let disabled: Option<Vec<(u32, u32)>> = self.stored(at, "Session", "DisabledValidators", &[]).await?;
        Ok(Sessions {
            current: self.stored(at, "Session", "CurrentIndex", &[]).await?.unwrap_or_default(),
            authorities: self.stored(at, "Session", "Validators", &[]).await?.unwrap_or_default(),
            aura: self.aura_keys(at).await?,
            grandpa: self.ask(at, "GrandpaApi_grandpa_authorities", Vec::new()).await?,
            queued: self.stored(at, "Session", "QueuedKeys", &[]).await?.unwrap_or_default(),
            queued_changed: self.stored(at, "Session", "QueuedChanged", &[]).await?.unwrap_or_default(),
            disabled: disabled.unwrap_or_default().into_iter().map(|(place, _)| place).collect(),
        })
    }
}

/// A seat as far as it stands alone.
fn seated(
    institution: InstitutionId,
    seat: StoredSeat,
    keys: Option<SessionKeys>,
    missed_sessions: u32,
    sessions: &Sessions,
) -> Seat {
    let StoredSeat { account, delegate, authority, status, admitted_at, liable_from } = seat;
    Seat {
        institution,
        keys_in_use: sessions.keys_in_use(&authority),
        disabled: sessions.is_disabled(&authority),
        account,
        delegate,
        authority,
        status,
        admitted_at,
        liable_from,
        keys,
        will_take_part: false,
        changes_with_session: None,
        missed_sessions,
    }
}

/// Who will take part, and from when on. The pallet chooses at the end of a session for the one after the next.
fn plan(seats: &mut [Seat], sessions: &Sessions) {
    let active = seats.iter().filter(|seat| seat.is_active() && seat.keys.is_some()).count();
    let mut fill = MIN_AUTHORITIES.saturating_sub(active);
    let (next, after) = (sessions.current.saturating_add(1), sessions.current.saturating_add(2));
    // By institution, so the oldest of the suspended come first, as the pallet takes them.
    for seat in seats {
        let in_set = seat.keys.is_some() && (seat.is_active() || fill > 0);
        if in_set && !seat.is_active() {
            fill = fill.saturating_sub(1);
        }
        seat.will_take_part = in_set && seat.is_active();
        let (now, queued) = (seat.keys_in_use, sessions.queued_keys(&seat.authority));
        let then = seat.keys.filter(|_| in_set);
        // A seat that was suspended and counts again is enabled by a change of the set only.
        let waits = seat.is_active() && seat.disabled;
        seat.changes_with_session = match () {
            () if then == now && then == queued && !waits => None,
            () if then == queued && (!waits || sessions.queued_changed) => Some(next),
            () => Some(after),
        };
    }
}

fn next_multiple(number: u64, length: u32) -> Option<u64> {
    let length = u64::from(length);
    number.checked_div(length)?.checked_add(1)?.checked_mul(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::tests::fields_of_stored;
    use SeatStatus::{Active, Suspended};

    fn account(number: u8) -> SigningKey {
        SigningKey([number; 32])
    }

    fn keys(number: u8) -> SessionKeys {
        SessionKeys { aura: account(number), grandpa: FinalityKey([number; 32]) }
    }

    /// Seats by status and keys, in a session in which all holders of the keys `now` take part.
    fn seats(seats: &[(SeatStatus, Option<u8>, Option<u8>)], queued: &[Option<u8>]) -> (Vec<Seat>, Sessions) {
        let mut sessions = Sessions {
            current: 7,
            authorities: Vec::new(),
            aura: Vec::new(),
            grandpa: Vec::new(),
            queued: Vec::new(),
            queued_changed: false,
            disabled: BTreeSet::new(),
        };
        for (number, (_, _, now)) in (0..).zip(seats) {
            if let Some(now) = now {
                sessions.authorities.push(account(number));
                sessions.aura.push(keys(*now).aura);
                sessions.grandpa.push((keys(*now).grandpa, 1));
            }
            if let Some(Some(queued)) = queued.get(usize::from(number)) {
                sessions.queued.push((account(number), keys(*queued)));
            }
        }
        let seats = (0u8..).zip(seats).map(|(number, (status, set, _))| {
            let stored = StoredSeat {
                account: account(number),
                delegate: account(100 + number),
                authority: account(number),
                status: *status,
                admitted_at: 0,
                liable_from: 0,
            };
            seated(InstitutionId(number.into()), stored, set.map(keys), 0, &sessions)
        });
        (seats.collect(), sessions)
    }

    fn planned(given: &[(SeatStatus, Option<u8>, Option<u8>)], queued: &[Option<u8>]) -> Vec<(bool, Option<u32>)> {
        let (mut seats, sessions) = seats(given, queued);
        plan(&mut seats, &sessions);
        seats.iter().map(|seat| (seat.will_take_part, seat.changes_with_session)).collect()
    }

    fn seating_of(block: Head, session: u32, session_length: Option<u32>, seats: Vec<Seat>) -> Seating {
        let next_session_at = session_length.and_then(|length| next_multiple(block.number, length));
        let (slot_duration, leaving) = (1_000, Vec::new());
        Seating { block, session, session_length, next_session_at, slot_duration, seats, leaving }
    }

    #[test]
    fn nothing_is_about_to_change_where_all_is_set() {
        let same = [(Active, Some(1), Some(1)), (Active, Some(2), Some(2)), (Active, None, None)];
        assert_eq!(planned(&same, &[Some(1), Some(2), None]), [(true, None), (true, None), (false, None)]);
    }

    #[test]
    fn keys_take_effect_at_the_second_change_of_session() {
        let fresh = [(Active, Some(1), Some(1)), (Active, Some(2), None), (Active, Some(4), Some(3))];
        let before = planned(&fresh, &[Some(1), None, Some(3)]);
        assert_eq!(before, [(true, None), (true, Some(9)), (true, Some(9))]);
        let after = planned(&fresh, &[Some(1), Some(2), Some(4)]);
        assert_eq!(after, [(true, None), (true, Some(8)), (true, Some(8))]);
    }

    #[test]
    fn suspended_seats_fill_up_the_set_and_leave_a_larger_one() {
        let three = [(Active, Some(1), Some(1)), (Suspended, Some(2), Some(2)), (Suspended, Some(3), Some(3))];
        assert_eq!(planned(&three, &[Some(1), Some(2), Some(3)]), [(true, None), (false, None), (false, None)]);
        let mut five = vec![(Suspended, Some(9), Some(9))];
        five.extend([1, 2, 3, 4].map(|number| (Active, Some(number), Some(number))));
        let queued = [9, 1, 2, 3, 4].map(Some);
        assert_eq!(planned(&five, &queued)[0], (false, Some(9)));
    }

    #[test]
    fn whoever_is_disabled_and_no_longer_suspended_waits_for_another_set() {
        let (mut seats, mut sessions) = seats(&[(Active, Some(1), Some(1))], &[Some(1)]);
        sessions.disabled.insert(0);
        seats[0].disabled = true;
        plan(&mut seats, &sessions);
        assert_eq!(seats[0].changes_with_session, Some(9));
        sessions.queued_changed = true;
        plan(&mut seats, &sessions);
        assert_eq!(seats[0].changes_with_session, Some(8));
    }

    #[test]
    fn tolerance_is_judged_as_the_chain_does() {
        let seating = |count: u8| {
            let given: Vec<_> = (1..=count).map(|number| (Active, Some(number), Some(number))).collect();
            let (seats, _) = seats(&given, &[]);
            let block = Head { number: 10, hash: Default::default() };
            seating_of(block, 0, None, seats)
        };
        let without = |count: u8, after| {
            let seating = seating(count);
            seating.strength_after(InstitutionId(0), after).is_tolerant_after(seating.strength())
        };
        assert!(without(5, None) && without(5, Some(Suspended)));
        assert!(!without(4, None) && !without(4, Some(Suspended)));
        assert!(!without(2, None));
        assert_eq!(seating(4).strength_after(InstitutionId(0), Some(Suspended)), Strength { active: 3, total: 4 });
    }

    #[test]
    fn sessions_are_awaited_by_blocks() {
        let block = Head { number: 7_201, hash: Default::default() };
        let seating = seating_of(block, 2, Some(3_600), Vec::new());
        assert_eq!(seating.next_session_at, Some(10_800));
        assert_eq!(seating.until_session(3), Some(3_599_000));
        assert_eq!(seating.until_session(4), Some(7_199_000));
        assert_eq!(seating.until_session(2), None);
        assert_eq!(next_multiple(5, 0), None);
    }

    #[test]
    fn seats_are_decoded_as_the_runtime_stores_them() {
        let (account, delegate, authority) = (account(1), account(2), account(3));
        let seat = StoredSeat { account, delegate, authority, status: Suspended, admitted_at: 3, liable_from: 4 };
        let fields = ["account", "delegate", "authority", "status", "admitted_at", "liable_from"];
        assert_eq!(fields_of_stored("Authorities", "Seats", &seat.encode()), fields);
        assert_eq!(fields_of_stored("Session", "NextKeys", &keys(1).encode()), ["aura", "grandpa"]);
    }
}
