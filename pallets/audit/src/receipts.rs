// SPDX-License-Identifier: Apache-2.0

//! Notes of who posted receipts for an entry. They stand beside the entry's page, and leave the state with it.

use crate::{
    types::{page_of, ReceiptsNote},
    Config, Heads, Pallet, Receipts,
};
use salus_primitives::{
    audit::LogId,
    receipts::{NotNoted, MAX_POSTERS},
    InstitutionId,
};

impl<T: Config> Pallet<T> {
    /// Takes note that `institution` posts receipts for the entry of `log` at `place`.
    pub(crate) fn do_note_receipts(log: LogId, place: u64, institution: InstitutionId) -> Result<(), NotNoted> {
        let head = Heads::<T>::get(log).ok_or(NotNoted::NoEntry)?;
        if !(head.first..head.length).contains(&place) {
            return Err(NotNoted::NoEntry);
        }
        let new = ReceiptsNote { place, institution };
        Receipts::<T>::try_mutate((log, page_of(place)), |notes| {
            if notes.contains(&new) {
                return Err(NotNoted::Posted);
            }
            if notes.iter().filter(|note| note.place == place).count() >= MAX_POSTERS as usize {
                return Err(NotNoted::TooMany);
            }
            // The list has room for as many as may post for each entry of the page.
            notes.try_push(new).map_err(|_| NotNoted::TooMany)
        })
    }
}
