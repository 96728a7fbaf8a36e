// SPDX-License-Identifier: Apache-2.0

//! The ids of a vault's objects, in pieces: an unchanged list is not stored twice.

use salus_primitives::Digest;

use crate::error::PieceFault;
use crate::repository::Repository;
use crate::snapshot::SavedVault;

const ID: usize = 32;

/// The bytes of a list.
pub(crate) fn to_bytes(ids: &[Digest]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.0).collect()
}

/// The ids in a list; none when the bytes are not such a list.
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Vec<Digest>> {
    let chunks = bytes.chunks_exact(ID);
    let is_whole = chunks.remainder().is_empty();
    let ids: Option<Vec<_>> = chunks.map(|chunk| chunk.try_into().ok().map(Digest)).collect();
    ids.filter(|_| is_whole)
}

/// The ids of a saved vault, list by list; the fault of a list that cannot be read.
pub(crate) fn lists<'a>(
    repository: &'a Repository,
    vault: &'a SavedVault,
) -> impl Iterator<Item = (Digest, Result<Vec<Digest>, PieceFault>)> + 'a {
    vault.lists.iter().map(|list| (*list, read(repository, list)))
}

/// The ids in the list that is this piece.
pub(crate) fn read(repository: &Repository, list: &Digest) -> Result<Vec<Digest>, PieceFault> {
    repository.get(list).and_then(|bytes| from_bytes(&bytes).ok_or(PieceFault::Damaged))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_come_back_and_nothing_else_is_one() {
        let ids = vec![Digest([1; 32]), Digest([2; 32])];
        assert_eq!(from_bytes(&to_bytes(&ids)), Some(ids.clone()));
        assert_eq!(from_bytes(&[]), Some(Vec::new()));
        assert_eq!(from_bytes(&to_bytes(&ids)[1..]), None);
    }
}
