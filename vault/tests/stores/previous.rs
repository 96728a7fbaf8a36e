// SPDX-License-Identifier: Apache-2.0

//! A vault that takes from the previous one what it does not have itself.

use crate::Place;
use salus_vault::VaultError;
use std::fs;
use tokio::io::AsyncReadExt;

#[tokio::test]
async fn what_is_in_either_is_read_and_what_comes_is_stored_in_the_new_one() {
    for (old, new) in [(Place::folder().await, Place::s3().await), (Place::s3().await, Place::folder().await)] {
        let large = vec![3; 300_000];
        let (early, large_id) =
            (old.vault.put(&b"early"[..]).await.unwrap(), old.vault.put(large.clone()).await.unwrap());
        let vault = new.vault.clone().with_previous(old.vault.clone());
        let late = vault.put(&b"late"[..]).await.unwrap();
        assert!(!old.vault.has(&late).await.unwrap() && !vault.alone().has(&early).await.unwrap());
        assert_eq!(vault.get(&early).await.unwrap(), &b"early"[..]);
        assert_eq!(vault.size(&large_id).await.unwrap(), 300_000);
        let mut read = Vec::new();
        vault.reader(&large_id).await.unwrap().read_to_end(&mut read).await.unwrap();
        vault.stream_of_size(&large_id, 300_000).await.unwrap().read_to_end(&mut read).await.unwrap();
        assert_eq!(read, [large.clone(), large].concat());

        // An object in both is listed and counted once.
        vault.put(&b"early"[..]).await.unwrap();
        let mut all = vec![early, large_id, late];
        all.sort_unstable();
        assert_eq!(vault.list(None, 10).await.unwrap(), all);
        assert_eq!(vault.list(Some(&all[0]), 1).await.unwrap(), all[1..2]);
        assert_eq!(vault.len().await.unwrap(), 3);

        // A damaged object of the previous one is never handed out.
        fs::write(old.file_of(&large_id), b"damaged").unwrap();
        assert!(matches!(vault.reader(&large_id).await, Err(VaultError::Corrupted { .. })));

        assert!(vault.delete(&early).await.unwrap() && !vault.delete(&early).await.unwrap());
        assert!(!old.vault.has(&early).await.unwrap());
        assert!(matches!(vault.get(&early).await, Err(VaultError::NotFound(_))));
    }
}
