// SPDX-License-Identifier: Apache-2.0

//! The state of other pallets that the benchmarks need.

use alloc::vec::Vec;
use codec::Decode;
use salus_primitives::{InstitutionId, SigningKey};
use sp_runtime::AccountId32;

/// Prepares the state for benchmarks.
pub trait BenchmarkHelper {
    /// Returns an active institution, the account of an active service of it, and that of an active delegate. They
    /// differ for each number.
    fn institution(number: u32) -> (InstitutionId, AccountId32, AccountId32);

    /// Returns the account of another active service of that institution.
    fn other_service(institution: InstitutionId) -> AccountId32;

    /// Returns the account of another active delegate of that institution.
    fn other_delegate(institution: InstitutionId) -> AccountId32;

    /// Sets the session keys of this account.
    fn set_keys(account: &AccountId32, aura: SigningKey);

    /// Returns new session keys, and the proof that they are this account's.
    fn new_keys<Keys: Decode>(account: &AccountId32) -> Option<(Keys, Vec<u8>)>;

    /// Makes these accounts the authorities of the current session.
    fn set_authorities(accounts: &[AccountId32]);

    /// Opens as many motions in the council as there can be, on each of which every delegate has voted.
    fn crowd_council();

    /// Lets so much time go by that every delegate so far may speak for a seat.
    fn settle_members();
}
