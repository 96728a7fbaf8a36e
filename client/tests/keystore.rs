// SPDX-License-Identifier: Apache-2.0

//! The keystore on disk.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use salus_client::keystore::{Failure, Keystore, KeystoreError};
use salus_sealing::keys::{verify, Identity, KeystoreFault};
use tempfile::TempDir;

struct Fixture {
    _folder: TempDir,
    path: PathBuf,
    identity: Identity,
}

fn keystore() -> (Fixture, Keystore) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("identities").join("ada");
    let identity = Identity::from_uri("//Ada").unwrap();
    let keystore = Keystore::create(&path, "Ada", &identity, &"correct horse".into()).unwrap();
    (Fixture { _folder: folder, path, identity }, keystore)
}

fn failure<T>(result: Result<T, KeystoreError>) -> Failure {
    result.err().unwrap().failure
}

#[test]
fn keystore_gives_back_what_was_put_to_rest() {
    let (fixture, created) = keystore();
    for keystore in [created, Keystore::open(&fixture.path).unwrap()] {
        assert_eq!(keystore.name(), "Ada");
        assert_eq!(keystore.keys(), &fixture.identity.public());
        let unlocked = keystore.unlock(&"correct horse".into()).unwrap();
        assert_eq!(unlocked.public(), fixture.identity.public());
        let signature = unlocked.membership().sign(b"payload");
        assert!(verify(&fixture.identity.public().membership, b"payload", &signature));
        let transaction = keystore.unlock_transaction(&"correct horse".into()).unwrap();
        assert_eq!(transaction.public(), fixture.identity.public().transaction);
    }
}

#[test]
fn keystore_holds_no_secret_in_the_clear() {
    let (fixture, _) = keystore();
    for file in ["public.json", "transaction.json", "identity.json"] {
        let text = fs::read_to_string(fixture.path.join(file)).unwrap();
        assert!(!text.contains("correct horse"), "{file}");
        assert_eq!(text.contains("Ada"), file != "identity.json", "{file}");
    }
}

#[test]
fn keystore_opens_without_the_second_file_on_a_daily_device() {
    let (fixture, keystore) = keystore();
    fs::remove_file(fixture.path.join("identity.json")).unwrap();
    assert!(keystore.unlock_transaction(&"correct horse".into()).is_ok());
    assert!(matches!(failure(keystore.unlock(&"correct horse".into())), Failure::NotFound));
}

#[test]
fn keystore_fails_when_the_password_is_wrong() {
    let (_fixture, keystore) = keystore();
    for wrong in ["", "correct horsf", "correct horse "] {
        assert!(matches!(failure(keystore.unlock(&wrong.into())), Failure::Fault(KeystoreFault::WrongPassword)));
    }
    assert!(matches!(
        failure(keystore.unlock_transaction(&"wrong".into())),
        Failure::Fault(KeystoreFault::WrongPassword)
    ));
}

#[test]
fn keystore_is_never_overwritten() {
    let (fixture, keystore) = keystore();
    let other = Identity::from_uri("//Other").unwrap();
    let again = Keystore::create(&fixture.path, "Other", &other, &"p".into());
    assert!(matches!(failure(again), Failure::AlreadyExists));
    assert_eq!(keystore.unlock(&"correct horse".into()).unwrap().public(), fixture.identity.public());
    // Nor is anything left beside it.
    assert_eq!(fs::read_dir(fixture.path.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn keystore_fails_when_it_is_missing_or_of_a_later_format() {
    let (fixture, _) = keystore();
    assert!(matches!(failure(Keystore::open(fixture.path.join("none"))), Failure::NotFound));
    edit(&fixture.path.join("public.json"), |json| json["version"] = 2.into());
    assert!(matches!(failure(Keystore::open(&fixture.path)), Failure::Fault(KeystoreFault::Unsupported(_))));
    fs::write(fixture.path.join("public.json"), [0xff, 0xfe]).unwrap();
    assert!(matches!(failure(Keystore::open(&fixture.path)), Failure::Fault(KeystoreFault::Malformed(_))));
}

#[test]
fn keystore_fails_when_its_files_belong_to_different_identities() {
    let (fixture, keystore) = keystore();
    let other_path = fixture.path.with_file_name("other");
    Keystore::create(&other_path, "Other", &Identity::from_uri("//Other").unwrap(), &"correct horse".into()).unwrap();
    let own = fs::read(fixture.path.join("identity.json")).unwrap();
    fs::copy(other_path.join("identity.json"), fixture.path.join("identity.json")).unwrap();
    assert!(matches!(failure(keystore.unlock(&"correct horse".into())), Failure::Fault(KeystoreFault::WrongPassword)));
    fs::write(fixture.path.join("identity.json"), own).unwrap();
    fs::copy(other_path.join("transaction.json"), fixture.path.join("transaction.json")).unwrap();
    assert!(matches!(failure(keystore.unlock(&"correct horse".into())), Failure::Fault(KeystoreFault::Malformed(_))));
}

#[test]
fn keystore_fails_when_the_second_file_is_damaged() {
    let (fixture, keystore) = keystore();
    let path = fixture.path.join("identity.json");
    let whole = fs::read_to_string(&path).unwrap();
    let outcome = |change: &dyn Fn(&mut serde_json::Value)| {
        fs::write(&path, &whole).unwrap();
        edit(&path, change);
        failure(keystore.unlock(&"correct horse".into()))
    };
    let flip = |text: &serde_json::Value| text.as_str().unwrap().replacen(|_: char| true, "g", 1).into();
    assert!(matches!(outcome(&|json| json["salt"] = flip(&json["salt"])), Failure::Fault(KeystoreFault::Malformed(_))));
    assert!(matches!(outcome(&|json| json["nonce"] = "00".into()), Failure::Fault(KeystoreFault::Malformed(_))));
    assert!(matches!(outcome(&|json| json["sealed"] = "0".into()), Failure::Fault(KeystoreFault::Malformed(_))));
    assert!(matches!(outcome(&|json| json["sealed"] = "".into()), Failure::Fault(KeystoreFault::WrongPassword)));
    assert!(matches!(outcome(&|json| json["passes"] = 2.into()), Failure::Fault(KeystoreFault::WrongPassword)));
    assert!(matches!(
        outcome(&|json| json["memory_kib"] = u32::MAX.into()),
        Failure::Fault(KeystoreFault::Unsupported(_))
    ));
    assert!(matches!(outcome(&|json| json["memory_kib"] = 0.into()), Failure::Fault(KeystoreFault::Unsupported(_))));
    assert!(matches!(
        outcome(&|json| json["passes"] = 1_000_000.into()),
        Failure::Fault(KeystoreFault::Unsupported(_))
    ));
    assert!(matches!(outcome(&|json| json["lanes"] = 0.into()), Failure::Fault(KeystoreFault::Unsupported(_))));
    assert!(matches!(outcome(&|json| json["kdf"] = "md5".into()), Failure::Fault(KeystoreFault::Unsupported(_))));
    assert!(matches!(outcome(&|json| json["salt"] = 5.into()), Failure::Fault(KeystoreFault::Malformed(_))));
    for length in [0, 1, whole.len() / 2, whole.len() - 3] {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(matches!(
            failure(keystore.unlock(&"correct horse".into())),
            Failure::Fault(KeystoreFault::Malformed(_))
        ));
    }
}

/// Bytes all over each file are changed: what opens then has the same keys, everything else says why not.
#[test]
fn keystore_with_a_changed_character_fails_or_holds_the_same_keys() {
    let (fixture, _) = keystore();
    for file in ["public.json", "transaction.json", "identity.json"] {
        let path = fixture.path.join(file);
        let whole = fs::read(&path).unwrap();
        // Not every place: many reach the derivation of the key, which is slow on purpose.
        let step = if file == "public.json" { 5 } else { 29 };
        for place in (0..whole.len()).step_by(step) {
            let mut changed = whole.clone();
            changed[place] ^= 1;
            fs::write(&path, &changed).unwrap();
            let opened = Keystore::open(&fixture.path).and_then(|found| match file {
                "public.json" => found.unlock_transaction(&"correct horse".into()).map(|pair| pair.public()),
                _ => found.unlock(&"correct horse".into()).map(|identity| identity.public().transaction),
            });
            if let Ok(key) = opened {
                assert_eq!(key, fixture.identity.public().transaction, "{file} at {place}");
            }
        }
        fs::write(&path, &whole).unwrap();
    }
    assert!(Keystore::open(&fixture.path).unwrap().unlock(&"correct horse".into()).is_ok());
}

#[test]
fn keystore_fails_when_a_field_is_missing_or_of_another_type() {
    let (fixture, _) = keystore();
    let places = [
        ("public.json", &["/version", "/name", "/transaction", "/membership", "/encryption", "/encryption/key"][..]),
        ("transaction.json", &["/encoded", "/encoding", "/encoding/content", "/encoding/type", "/address"]),
        (
            "identity.json",
            &["/version", "/kdf", "/memory_kib", "/passes", "/lanes", "/salt", "/cipher", "/nonce", "/sealed"],
        ),
    ];
    for (file, places) in places {
        let path = fixture.path.join(file);
        let whole = fs::read(&path).unwrap();
        for place in places {
            for wrong in ["null", "-1", "1e99", "18446744073709551616", "[]", "{}", "true", "\"\"", "\"\\u0000\""] {
                let mut json: serde_json::Value = serde_json::from_slice(&whole).unwrap();
                let value: serde_json::Value = serde_json::from_str(wrong).unwrap();
                // An empty text is a name like any other, and nothing is lost with it.
                if *place == "/name" && value.is_string() {
                    continue;
                }
                *json.pointer_mut(place).unwrap() = value;
                fs::write(&path, json.to_string()).unwrap();
                let opened = Keystore::open(&fixture.path).and_then(|found| found.unlock(&"correct horse".into()));
                let error = opened.err().unwrap_or_else(|| panic!("{file}{place} = {wrong} opens")).to_string();
                assert!(error.contains(file), "{error}");
            }
        }
        fs::write(&path, &whole).unwrap();
    }
}

/// A file may ask for more memory than there is, or for hours: it is refused before anything is computed.
#[test]
fn keystore_fails_when_it_asks_for_too_much() {
    let (fixture, keystore) = keystore();
    let path = fixture.path.join("transaction.json");
    let whole = fs::read_to_string(&path).unwrap();
    let scrypt = |n: u32, p: u32, r: u32| {
        fs::write(&path, &whole).unwrap();
        edit(&path, |json| {
            let mut encoded = STANDARD.decode(json["encoded"].as_str().unwrap()).unwrap();
            encoded[32..44].copy_from_slice(&[n, p, r].map(u32::to_le_bytes).concat());
            json["encoded"] = STANDARD.encode(encoded).into();
        });
        let begun = std::time::Instant::now();
        assert!(matches!(
            failure(keystore.unlock_transaction(&"correct horse".into())),
            Failure::Fault(KeystoreFault::Unsupported(_))
        ));
        assert!(begun.elapsed().as_secs() < 5, "N {n}, p {p}, r {r}");
    };
    for (n, p, r) in [
        (0, 1, 8),
        (1, 1, 8),
        (3, 1, 8),
        (1 << 15, 0, 8),
        (1 << 15, 1, 0),
        (1 << 15, u32::MAX, 8),
        (1 << 15, 1, u32::MAX),
        (1 << 18, 1, 8),
        (1 << 31, 1, 8),
        (u32::MAX, u32::MAX, u32::MAX),
    ] {
        scrypt(n, p, r);
    }
    fs::write(&path, &whole).unwrap();
    let path = fixture.path.join("identity.json");
    let whole = fs::read_to_string(&path).unwrap();
    for (place, values) in [
        ("memory_kib", &[0, 7, 1024 * 1024 + 1, u32::MAX][..]),
        ("passes", &[0, 17, u32::MAX]),
        ("lanes", &[0, 17, u32::MAX]),
    ] {
        for value in values {
            fs::write(&path, &whole).unwrap();
            edit(&path, |json| json[place] = (*value).into());
            assert!(
                matches!(
                    failure(keystore.unlock(&"correct horse".into())),
                    Failure::Fault(KeystoreFault::Unsupported(_))
                ),
                "{place} {value}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn keystore_that_never_ends_fails() {
    let (fixture, keystore) = keystore();
    for file in ["public.json", "transaction.json", "identity.json"] {
        let path = fixture.path.join(file);
        let whole = fs::read(&path).unwrap();
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        let opened = match file {
            "public.json" => Keystore::open(&fixture.path).err(),
            _ => keystore.unlock(&"correct horse".into()).err(),
        };
        assert!(matches!(opened.unwrap().failure, Failure::Fault(KeystoreFault::Malformed(_))), "{file}");
        fs::remove_file(&path).unwrap();
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn keystores_are_listed_by_folder() {
    let (fixture, _) = keystore();
    let parent = fixture.path.parent().unwrap();
    Keystore::create(parent.join("bob"), "Bob", &Identity::from_uri("//Bob").unwrap(), &"p".into()).unwrap();
    fs::create_dir(parent.join("something else")).unwrap();
    let names: Vec<_> = Keystore::list(parent).unwrap().iter().map(|found| found.name().to_owned()).collect();
    assert_eq!(names, ["Ada", "Bob"]);
    assert!(matches!(failure(Keystore::list(parent.join("none"))), Failure::NotFound));
}

#[cfg(unix)]
#[test]
fn keystore_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let (fixture, _) = keystore();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&fixture.path), 0o700);
    for file in fs::read_dir(&fixture.path).unwrap() {
        assert_eq!(mode(&file.unwrap().path()), 0o600);
    }
}

fn edit(path: &Path, change: impl Fn(&mut serde_json::Value)) {
    let mut json = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    change(&mut json);
    fs::write(path, json.to_string()).unwrap();
}
