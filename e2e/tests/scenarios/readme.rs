// SPDX-License-Identifier: Apache-2.0

//! The README's commands, copied from its text.

use salus_e2e::{binaries, node::Node};
use std::{env, fs, os::unix::fs::symlink, path::Path};
use tokio::process::Command;

/// Returns the last block of commands under "By hand".
fn commands(readme: &str) -> &str {
    let section = readme.split("\n## ").find(|section| section.starts_with("By hand\n")).unwrap();
    let block = section.rsplit("```sh\n").next().unwrap();
    block.split("```").next().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_by_hand_do_what_the_readme_says() {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(checkout.join("README.md")).unwrap();
    let commands = commands(&readme);
    assert!(commands.lines().filter(|line| line.starts_with("salus ")).count() > 20, "{commands}");

    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(&folder.path().join("node")).await.unwrap();
    symlink(checkout.join("e2e"), folder.path().join("e2e")).unwrap();
    let programs = binaries::find("salus").unwrap().parent().unwrap().to_owned();
    let path = env::join_paths([programs].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap()))).unwrap();
    let ran = Command::new("bash")
        .args(["-euxo", "pipefail", "-c", commands])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("SALUS_NODE", node.url())
        .env("SALUS_HOME", folder.path().join("home"))
        .env("SALUS_PASSWORD", "a password for this test")
        .output()
        .await
        .unwrap();
    let [out, err] = [&ran.stdout, &ran.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(ran.status.success(), "{out}\n{err}");

    // The doctor reads the laboratory's records, and the command counts the refused ones.
    let read: Vec<_> = fs::read_dir(folder.path().join("what-the-doctor-reads")).unwrap().collect();
    assert!(!read.is_empty(), "{out}\n{err}");
    for told in
        ["11 records in what-the-doctor-reads; 22 refused", "read-permitted", "access-revoked", "whole and unaltered"]
    {
        assert!(out.contains(told), "`{told}` is missing in\n{out}\n{err}");
    }
    node.stop().await.unwrap();
}
