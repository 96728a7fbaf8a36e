// SPDX-License-Identifier: Apache-2.0

//! The main job, as `scripts/demo.sh` performs it.

use salus_e2e::demo;

#[tokio::test(flavor = "multi_thread")]
async fn a_records_life_between_two_hospitals() {
    let folder = tempfile::tempdir().unwrap();
    demo::run(folder.path(), &[demo::BUNDLE.to_vec()]).await.unwrap();
}
