// SPDX-License-Identifier: Apache-2.0

//! The stories, as `scripts/demo.sh` tells them.

use salus_e2e::demo::{self, Story};

async fn tell(story: Story) {
    let folder = tempfile::tempdir().unwrap();
    demo::run(story, folder.path(), &[demo::BUNDLE.to_vec()]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_records_life_between_two_hospitals() {
    tell(Story::Main).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contested_record_is_corrected_at_last() {
    tell(Story::Correction).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disclosure_ends_with_the_grant_above_it() {
    tell(Story::Disclosure).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_shredded_and_both_hospitals_attest_that() {
    tell(Story::Shredding).await;
}
