// SPDX-License-Identifier: Apache-2.0

//! Answers for the SDK's sessions about authorities. `pallet-salus-authorities` decides which institutions are authorities.

use crate::{limits, AccountId, BlockNumber, Runtime, RuntimeCall, Session, UncheckedExtrinsic};
use frame_support::traits::Get;
use frame_system::offchain::{CreateBare, CreateTransactionBase};
use pallet_salus_authorities::{Finality, SeatOf, SeatOfAuthority, Seats, SessionLength};
use sp_consensus_aura::Slot;
use sp_runtime::traits::Convert;

/// Converts an account to the authority for which it sets session keys: that of its seat. Other accounts may not set
/// any.
pub struct AuthorityOf;

impl Convert<AccountId, Option<AccountId>> for AuthorityOf {
    fn convert(account: AccountId) -> Option<AccountId> {
        let institution = SeatOf::<Runtime>::get(account)?;
        Seats::<Runtime>::get(institution).map(|seat| seat.authority)
    }
}

/// An authority is identified by the account that names it alone. One without a seat may still be leaving.
pub struct IdentificationOf;

impl Convert<AccountId, Option<()>> for IdentificationOf {
    fn convert(authority: AccountId) -> Option<()> {
        let has_seat = SeatOfAuthority::<Runtime>::contains_key(&authority);
        (has_seat || Session::validators().contains(&authority)).then_some(())
    }
}

/// Tells GRANDPA to resume in a stall: the SDK's own call for it is Root's, and this chain has no Root.
pub struct ForcedFinality;

impl Finality<BlockNumber> for ForcedFinality {
    fn resume(last_final: BlockNumber, wait: BlockNumber) {
        forget_changes_after(last_final);
        pallet_grandpa::Stalled::<Runtime>::put((wait, last_final));
    }
}

/// Removes sets of authorities that GRANDPA's voters never had.
///
/// GRANDPA's pallet counts a set when its change is announced, but its voters count it when that change is final. A set
/// that they are forced to makes them drop changes that never became final. If the pallet still counted these, it would
/// refuse reports of votes, which name the voters' number of the set.
fn forget_changes_after(last_final: BlockNumber) {
    use pallet_grandpa::{CurrentSetId, SetIdSession};
    // The first session that began after that block; each begins with a block that is a multiple of their length.
    let Some(session) = last_final.checked_div(SessionLength::<Runtime>::get()) else { return };
    let first = session.saturating_add(1);
    let mut set = CurrentSetId::<Runtime>::get();
    while let Some(former) = set.checked_sub(1) {
        // The last session of the former set came right before the first of this one.
        let is_final = SetIdSession::<Runtime>::get(former).is_none_or(|last| last.saturating_add(1) < first);
        if is_final {
            break;
        }
        SetIdSession::<Runtime>::remove(set);
        set = former;
    }
    CurrentSetId::<Runtime>::put(set);
    // It voted, or tried to, until this session began.
    SetIdSession::<Runtime>::insert(set, Session::current_index().saturating_sub(1));
}

/// The slot of the block.
pub struct CurrentSlot;

impl Get<Slot> for CurrentSlot {
    fn get() -> Slot {
        pallet_aura::CurrentSlot::<Runtime>::get()
    }
}

/// Blocks for which an author's pool keeps a report of an equivocation: as long as the chain remembers its session.
pub struct ReportLongevity;

impl Get<u64> for ReportLongevity {
    fn get() -> u64 {
        u64::from(limits::SESSIONS_REMEMBERED).saturating_mul(SessionLength::<Runtime>::get().into())
    }
}

// The runtime itself makes only one kind of transaction: an author's report of votes that contradict each other.
impl<C> CreateTransactionBase<C> for Runtime
where
    RuntimeCall: From<C>,
{
    type Extrinsic = UncheckedExtrinsic;
    type RuntimeCall = RuntimeCall;
}

impl<C> CreateBare<C> for Runtime
where
    RuntimeCall: From<C>,
{
    fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
        UncheckedExtrinsic::new_bare(call)
    }
}
