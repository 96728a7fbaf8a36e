// SPDX-License-Identifier: Apache-2.0

//! A hospital whose vault lies in a bucket of an S3-compatible server, and then moves to a folder while its service serves (S3-31).

use super::vault_loss::{read_all, until, until_metrics};
use crate::importing::{case, Scene};
use anyhow::{ensure, Context, Result};
use salus_e2e::{
    node::Node,
    salus::Salus,
    vault_service::{delegates, enter_address, ServicePlace},
};
use salus_vault_testing::{S3Server, Way};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// A line of FHIR, which no store may hold.
const CONTENT: &[u8] = b"resourceType";

#[tokio::test(flavor = "multi_thread")]
async fn a_vault_in_a_bucket_is_used_like_any_other_and_moves_while_it_serves() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let node = Node::start(&folder.path().join("node")).await?;
    let bucket = S3Server::start().await;
    let place = ServicePlace::prepare(&folder.path().join("hospital"), 0, node.url(), "")?;
    let in_folder = fs::read_to_string(place.config())?;
    let table = table(&bucket, &folder.path().join("hospital"))?;
    let in_bucket = in_folder.replace("store = \"vault\"\n", "") + &format!("[store]\n{table}");
    fs::write(place.config(), in_bucket)?;
    let service = place.start().await?;
    let staff = Salus::with_services(&folder.path().join("council"), node.url())?;
    let delegates = delegates(&staff).await?;
    enter_address(&delegates, 0, &place.address(), None).await?;
    service.until_ready().await?;

    let scene = Scene::with_services(folder.path(), node.url()).await?;
    scene.patient.json(&["record", "add", "0", "--bundle", &case("first.json")]).await?;
    let large = folder.path().join("large");
    fs::write(&large, CONTENT.repeat(300_000))?;
    let large = large.display().to_string();
    scene.patient.json(&["record", "add", "0", &large, "--compartment", "General"]).await?;
    let read = read_all(&scene.patient, &folder.path().join("before")).await?;
    ensure!(read.values().any(|(_, bytes)| bytes.len() > 3_000_000), "the large record is not among them");
    let files = files_under(&bucket.objects())?;
    ensure!(files.len() > 2 * read.len(), "blobs and envelopes are not in the bucket: {files:?}");
    for file in files.iter().chain(&files_under(&folder.path().join("hospital"))?) {
        let bytes = fs::read(file)?;
        ensure!(!bytes.windows(CONTENT.len()).any(|window| window == CONTENT), "content in {}", file.display());
    }

    // A bucket that does not answer is told of, and nothing is lost.
    bucket.set_way(Way::Answers("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"));
    let away = scene.patient.run(&["record", "add", "0", &large, "--compartment", "General"]).await?;
    ensure!(away.status != 0 && !away.stderr.is_empty(), "stored in a bucket that is away");
    bucket.set_way(Way::Open);
    let again = read_all(&scene.patient, &folder.path().join("again")).await?;
    ensure!(again == read, "other records than before the bucket was away");

    // The vault moves to a folder. Records are read while it does, and after the bucket is gone.
    service.stop().await?;
    fs::write(place.config(), format!("{in_folder}[previous-store]\n{table}"))?;
    let moving = place.start().await?;
    moving.until_ready().await?;
    let meanwhile = read_all(&scene.patient, &folder.path().join("meanwhile")).await?;
    ensure!(meanwhile == read, "other records while the vault moves");
    until_metrics(&moving, "salus_vault_migrated_objects{outcome=\"damaged\"} 0").await?;
    let objects = files.iter().filter(|file| !file.ends_with("salus-vault"));
    let moved = |file: &PathBuf| Ok(place.vault().join(file.strip_prefix(bucket.objects())?).is_file());
    for file in objects {
        until("the objects in the folder", || moved(file)).await?;
    }
    moving.stop().await?;
    drop(bucket);
    fs::write(place.config(), in_folder)?;
    let moved = place.start().await?;
    moved.until_ready().await?;
    let after = read_all(&scene.patient, &folder.path().join("after")).await?;
    ensure!(after == read, "other records after the vault has moved");
    moved.stop().await?;
    node.stop().await
}

/// The table of a store in `bucket`, whose credentials and spool are in `folder`.
fn table(bucket: &S3Server, folder: &Path) -> Result<String> {
    let (settings, credentials) = (bucket.settings(), folder.join("s3.key"));
    let key = &settings.credentials;
    fs::write(&credentials, format!("{}\n{}\n", *key.id, *key.secret))?;
    fs::set_permissions(&credentials, fs::Permissions::from_mode(0o600))?;
    let (endpoint, bucket, prefix) = (&settings.endpoint, &settings.bucket, &settings.prefix);
    Ok(format!(
        "kind = \"s3\"\nendpoint = \"{endpoint}\"\nbucket = \"{bucket}\"\nprefix = \"{prefix}\"\n\
         credentials = \"s3.key\"\nspool = \"spool\"\ntimeout-seconds = 2\n"
    ))
}

fn files_under(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        match path.is_dir() {
            true => files.extend(files_under(&path)?),
            false => files.push(path),
        }
    }
    Ok(files)
}
