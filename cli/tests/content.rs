// SPDX-License-Identifier: Apache-2.0

//! Files that a person adds: DICOM, whose header another process reads; life logs; record files. No node is needed.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

mod desk;

use desk::{record_file, Desk};
use salus_content::record_file::RecordHead;
use std::{
    fs,
    io::{Read, Write},
    process::{Output, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// No node answers: everything before that was right.
const RIGHT_SO_FAR: &str = "no node answers";
/// How long something may take to show.
const PATIENCE: Duration = Duration::from_secs(60);

/// An element in explicit VR, little-endian.
fn element(group: u16, element: u16, vr: &str, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap();
    [&group.to_le_bytes(), &element.to_le_bytes(), vr.as_bytes(), &length.to_le_bytes(), value].concat()
}

/// An element in explicit VR, little-endian, with four bytes of length, which may be false.
fn long_element(group: u16, element: u16, length: u32, value: &[u8]) -> Vec<u8> {
    [&group.to_le_bytes(), &element.to_le_bytes(), &b"OB\0\0"[..], &length.to_le_bytes(), value].concat()
}

/// A DICOM file in explicit VR, little-endian, with this data set.
fn dicom(data_set: &[u8]) -> Vec<u8> {
    let syntax = element(2, 0x10, "UI", b"1.2.840.10008.1.2.1\0");
    let length = u32::try_from(syntax.len()).unwrap().to_le_bytes();
    [&[0; 128], &b"DICM"[..], &element(2, 0, "UL", &length), &syntax, data_set].concat()
}

/// The header of an invented study of a knee.
fn header() -> Vec<u8> {
    [
        element(8, 0x20, "DA", b"20260531"),
        element(8, 0x60, "CS", b"MR"),
        element(8, 0x1030, "LO", b"Left knee "),
        element(0x10, 0x10, "PN", b"Invented^Person "),
        element(0x18, 0x15, "CS", b"KNEE"),
    ]
    .concat()
}

/// The answer of the process that reads headers, to bytes of a file that has `size`.
fn answer(desk: &Desk, size: u64, bytes: &[u8]) -> Output {
    let mut command = desk.command(&["read-dicom-header", &size.to_string()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A process that has read enough closes its end.
    let _ = stdin.write_all(bytes);
    drop(stdin);
    child.wait_with_output().unwrap()
}

fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

// S1-41, S2-11
#[test]
fn a_header_is_read_by_another_process_and_without_the_patients_name() {
    let desk = Desk::new();
    let file = dicom(&[header(), long_element(0x7fe0, 0x10, 3_000_000_000, b"")].concat());
    let output = answer(&desk, file.len() as u64 + 3_000_000_000, &file);
    assert!(output.status.success());
    let expected = serde_json::json!({ "header": {
        "modality": "MR", "sop_class": null, "study_date": "2026-05-31", "study_description": "Left knee",
        "body_part": "KNEE",
    } });
    assert_eq!(json(&output), expected);
    fs::write(desk.path("scan.dcm"), dicom(&header())).unwrap();
    desk.fails(&["record", "add", "0", "scan.dcm", "--compartment", "Imaging"], &[RIGHT_SO_FAR]);
    desk.fails(&["record", "amend", "0/00000000000000000000000000000000", "scan.dcm"], &[RIGHT_SO_FAR]);
}

#[test]
fn a_hostile_header_ends_neither_the_command_nor_its_memory() {
    let desk = Desk::new();
    // A sequence of undefined length, and an item in it.
    let nested = b"\x08\x00\x15\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff";
    for (name, data_set, words) in [
        ("huge", long_element(9, 0x10, 0xffff_fff0, b"abc"), &["is longer than the file"][..]),
        ("nested", nested.repeat(200_000), &["nested deeper than 32 levels"]),
        ("cut-off", header()[..20].to_vec(), &["it ends within its header"]),
        ("large", long_element(9, 0x10, 5_000_000, &vec![0; 5_000_000]), &["more than 4 MiB"]),
        ("stray", b"\xfe\xff\x0d\xe0\0\0\0\0".repeat(1000), &["damaged"]),
    ] {
        fs::write(desk.path(name), dicom(&data_set)).unwrap();
        let words = [words, &["cannot be taken as DICOM", "hint: --untyped"]].concat();
        desk.fails(&["record", "add", "0", name, "--compartment", "Imaging"], &words);
        desk.fails(&["record", "amend", "0/00000000000000000000000000000000", name], &words);
        // The person decides that it is stored all the same.
        desk.fails(&["record", "add", "0", name, "--compartment", "Imaging", "--untyped"], &[RIGHT_SO_FAR]);
    }
    fs::write(desk.path("letter.dcm"), "Dear colleague").unwrap();
    let words = ["cannot be taken as DICOM: it is not a DICOM file", "hint: --untyped"];
    desk.fails(&["record", "add", "0", "letter.dcm", "--compartment", "x"], &words);
    desk.fails(&["record", "add", "0", "nowhere", "--compartment", "x"], &["`nowhere` cannot be read", "No such file"]);
    desk.fails(
        &["record", "add", "0", "/dev/zero", "--compartment", "x"],
        &["`/dev/zero` cannot be read", "not a regular"],
    );
}

#[test]
fn the_process_that_reads_headers_answers_to_endless_bytes() {
    let desk = Desk::new();
    let endless = dicom(&long_element(9, 0x10, 0x7fff_fff0, &vec![0; 6_000_000]));
    let output = answer(&desk, u64::MAX, &endless);
    assert_eq!(json(&output), serde_json::json!({ "fault": "too-large" }));
}

#[test]
fn the_process_that_reads_headers_has_limits() {
    let desk = Desk::new();
    let mut command = desk.command(&["read-dicom-header", "1000"]);
    let mut child = command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (begun, place) = (Instant::now(), format!("/proc/{}/limits", child.id()));
    let limits = loop {
        let limits = fs::read_to_string(&place).unwrap();
        let of = |name: &str| {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
            line[name.len()..].split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>()
        };
        // The last that it sets.
        if of("Max open files") == ["0", "0"] {
            break ["Max cpu time", "Max data size", "Max address space", "Max file size", "Max processes"].map(of);
        }
        assert!(begun.elapsed() < PATIENCE, "{limits}");
        sleep(Duration::from_millis(10));
    };
    let both = |limit: u64| vec![limit.to_string(); 2];
    assert_eq!(limits, [both(5), both(64 << 20), both(1 << 30), both(0), both(0)]);
    // It still answers through the pipes that it has.
    drop(child.stdin.take());
    let mut answer = String::new();
    child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(answer, r#"{"fault":"not-dicom"}"#);
}

// S2-09
#[test]
fn a_life_log_that_cannot_be_used_is_named_with_the_line() {
    let desk = Desk::new();
    let log = |text: &str| {
        fs::write(desk.path("log"), text).unwrap();
        desk.failure_of(desk.command(&["record", "add", "0", "--life-log", "log"]))
    };
    let head = "time,kind,value,unit\n2026-11-20,steps,8412,steps\n";
    assert!(log(head).contains(RIGHT_SO_FAR));
    for (line, words) in [
        ("yesterday,steps,1,steps", "line 3: the time has to be like"),
        ("2026-11-21,mood,1,steps", "line 3: the kind is unknown"),
        ("2026-11-21,steps,many,steps", "line 3: the value has to be a number"),
        ("2026-11-21,sleep,8,days", "line 3: the unit has to be one of h, min"),
        ("2026-11-20,steps,9000,steps", "line 3 has kind and time of line 2"),
        ("2026-11-21,steps", "line 3 is not CSV"),
    ] {
        let said = log(&format!("{head}{line}\n"));
        assert!(said.contains("`log` is not accepted: ") && said.contains(words), "{line}: {said}");
        assert!(!said.contains("yesterday") && !said.contains("mood") && !said.contains("`many`"), "no value: {said}");
    }
    assert!(log("").contains("its first line has to name the columns"));
    desk.fails(&["record", "add", "0", "--life-log", "/dev/zero"], &["`/dev/zero` has more than"]);
    desk.fails(&["record", "add", "0", "--life-log", "nowhere"], &["`nowhere` cannot be read"]);
    desk.fails(&["record", "add", "0", "--life-log", "log", "--bundle", "bundle"], &["cannot be used with"]);
    desk.fails(&["record", "add", "0", "text", "--compartment", "x", "--life-log", "log"], &["cannot be used with"]);
}

// S4-16
#[test]
fn a_record_file_is_checked_without_a_node() {
    let desk = Desk::new();
    let whole = record_file();
    fs::write(desk.path("record.s4"), &whole).unwrap();
    let output = desk.run(&["--json", "record", "check", "record.s4", "--offline"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let checked = json(&output);
    let (head, length) = RecordHead::decode(&whole).unwrap();
    assert_eq!(checked["state"], "active");
    assert_eq!(checked["hash_length"], 32);
    assert_eq!(checked["result_length"], (whole.len() - length) as u64);
    assert_eq!(checked["patient_code"], head.patient_code.to_string());
    assert_eq!((&checked["record"], &checked["version"]), (&"3/07070707070707070707070707070707".into(), &2.into()));
    let human = desk.run(&["record", "check", "record.s4", "--offline"]);
    let human = String::from_utf8(human.stdout).unwrap();
    for field in [
        "State",
        "Patient Code",
        "Patient Group Key",
        "Patient Hash Length",
        "Patient Hash Data",
        "Encrypted Result Data",
    ] {
        assert!(human.contains(field), "{human}");
    }
    desk.fails(&["record", "check", "record.s4"], &[RIGHT_SO_FAR]);
}

// S4-16
#[test]
fn a_record_file_that_cannot_be_used_is_named() {
    let desk = Desk::new();
    let whole = record_file();
    let altered = |place: usize| {
        let mut bytes = whole.clone();
        bytes[place] ^= 0xff;
        bytes
    };
    for (bytes, words) in [
        (Vec::new(), &["it is not a record file", "hint: `salus record export --format s4`"][..]),
        (b"hello".to_vec(), &["it is not a record file"]),
        (whole[..100].to_vec(), &["it is cut off"]),
        (whole[..whole.len() - 1].to_vec(), &["it is cut off"]),
        ([&whole[..], b"x"].concat(), &["another length than it says"]),
        (altered(8), &["unknown number"]),
        (altered(73), &["its Patient Hash Length is"]),
        (altered(whole.len() - 1), &["the file was altered"]),
        (altered(80), &["the file was altered"]),
    ] {
        fs::write(desk.path("record.s4"), bytes).unwrap();
        desk.fails(&["record", "check", "record.s4", "--offline"], &[&["`record.s4` cannot be used"], words].concat());
        desk.fails(&["record", "check", "record.s4"], words);
    }
    desk.fails(&["record", "check", "nowhere"], &["`nowhere` cannot be read"]);
    desk.fails(&["record", "check", "folder"], &["`folder` cannot be read", "not a regular file"]);
    desk.fails(&["record", "check", "/dev/zero"], &["`/dev/zero` cannot be read", "not a regular file"]);
    desk.fails(&["record", "export", "0", "--out", "new", "--format", "pdf"], &["'pdf'", "content, s4"]);
}
