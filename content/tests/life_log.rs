// SPDX-License-Identifier: Apache-2.0

//! Life logs, held against the FHIR reader that imports them.

#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking"
)]

use proptest::prelude::*;
use salus_content::life_log::{observations, LifeLogError, KINDS, MAX_BYTES, MAX_ROWS};
use salus_fhir::Bundle;

const LOG: &str = "time,kind,value,unit\n\
    2026-11-20T07:30:00+01:00,heart-rate,62,bpm\n\
    \n\
    2026-11-20,steps,8412,steps\n\
    2026-11-20,sleep,7.50,h\n";

fn fault(text: &str) -> LifeLogError {
    observations(text.as_bytes()).unwrap_err()
}

fn with_line(line: &str) -> String {
    format!("time,kind,value,unit\n{line}\n")
}

// S2-09, S4-27
#[test]
fn each_measurement_becomes_a_valid_observation_of_the_own_device() {
    let text = observations(LOG.as_bytes()).unwrap();
    let bundle = Bundle::parse(text.as_bytes()).unwrap();
    let entries = bundle.entries();
    let named: Vec<_> = entries.iter().map(|entry| (entry.entry.path.as_str(), entry.title.as_str())).collect();
    let steps = "Number of steps in unspecified time Pedometer";
    assert_eq!(named, [("line 2", "Heart rate"), ("line 4", steps), ("line 5", "Sleep duration")]);
    assert!(entries.iter().all(|entry| entry.resource_type == "Observation"));
    assert_eq!(entries[0].date.as_deref(), Some("2026-11-20T07:30:00+01:00"));
    assert_eq!(
        entries.iter().map(|entry| entry.compartment.name).collect::<Vec<_>>(),
        ["Vital signs", "General", "General"]
    );
    let raw = std::str::from_utf8(entries[2].raw).unwrap();
    assert!(raw.contains(r#""value":7.50,"#) && raw.contains(r#""code":"93832-4""#), "{raw}");
    assert!(raw.contains(r#""device":{"display":"own device of the patient"}"#), "{raw}");
    assert!(!bundle.names_patient());
    // A second export of the same days adds nothing.
    let again = observations(LOG.replace("\n\n", "\n").as_bytes()).unwrap();
    let again = Bundle::parse(again.as_bytes()).unwrap();
    for (one, other) in entries.iter().zip(again.entries()) {
        assert_eq!((one.record_key(&[1; 32]), one.digest), (other.record_key(&[1; 32]), other.digest));
    }
}

#[test]
fn every_kind_and_unit_is_valid_fhir() {
    for kind in KINDS {
        for (unit, ucum, _) in kind.units {
            let text = observations(with_line(&format!("2026-11-20,{},5,{unit}", kind.word)).as_bytes()).unwrap();
            let bundle = Bundle::parse(text.as_bytes()).unwrap();
            let raw = std::str::from_utf8(bundle.entries()[0].raw).unwrap();
            assert!(raw.contains(kind.loinc) && raw.contains(ucum), "{raw}");
        }
    }
}

#[test]
fn columns_stand_in_any_order_and_words_in_any_case() {
    let log = "\u{feff}Unit, Value, Time, Kind\r\nBPM, 62, 2026-11-20T07:30:00Z, Heart Rate\r\n";
    let text = observations(log.as_bytes()).unwrap();
    assert_eq!(Bundle::parse(text.as_bytes()).unwrap().entries()[0].title, "Heart rate");
}

#[test]
fn what_is_wrong_is_named_with_its_line() {
    use LifeLogError::*;
    for text in
        ["", "time,kind,value\n", "time,kind,value,unit,name\n", "time,time,value,unit\n", "a;b\n1;2\n", "\u{0}"]
    {
        assert_eq!(fault(text), Columns, "{text}");
    }
    assert_eq!(fault("time,kind,value,unit\n\n"), Empty);
    for time in [
        "",
        "yesterday",
        "2026-02-30",
        "2026-11-20T07:30:00",
        "2026-11-20 07:30:00Z",
        "2026-11-20T25:00:00Z",
        "2026-11-20T07:30:00Z[UTC]",
        "1700000000",
        "2026-11-20T07:30Z",
    ] {
        assert_eq!(fault(&with_line(&format!("{time},steps,1,steps"))), Time(2), "{time}");
    }
    for value in ["", "x", "-1", "1e9", "NaN", "1,5", "01", ".5", "7.", "11111111111111111"] {
        let value = if value.contains(',') { format!("\"{value}\"") } else { value.to_owned() };
        assert_eq!(fault(&with_line(&format!("2026-11-20,steps,{value},steps"))), Value(2), "{value}");
    }
    assert_eq!(fault(&with_line("2026-11-20,mood,1,steps")), UnknownKind(2));
    assert!(fault(&with_line("2026-11-20,mood,1,steps")).to_string().contains("hint: the kinds are heart-rate, "));
    assert!(matches!(fault(&with_line("2026-11-20,sleep,7,days")), Unit { line: 2, .. }));
    assert_eq!(fault(&with_line("2026-11-20,sleep,450,h")), TooMuch { line: 2, most: 48 });
    assert_eq!(fault(&with_line("2026-11-20,steps,1")), NotCsv(2));
    assert_eq!(fault(&with_line(&format!("2026-11-20,steps,1,{}", "x".repeat(65)))), NotCsv(2));
    let twice = "2026-11-20,steps,1,steps\n\n2026-11-20,steps,2,steps";
    assert_eq!(fault(&with_line(twice)), Repeated { first: 2, second: 4 });
}

#[test]
fn a_life_log_has_its_bounds() {
    assert_eq!(observations(&vec![b' '; MAX_BYTES + 1]).unwrap_err(), LifeLogError::TooLarge);
    let rows = |count: usize| {
        let day = |number: usize| format!("{:04}-01-{:02},steps,1,steps\n", 1000 + number / 28, 1 + number % 28);
        with_line(&(0..count).map(day).collect::<String>())
    };
    assert!(observations(rows(MAX_ROWS).as_bytes()).is_ok());
    assert_eq!(fault(&rows(MAX_ROWS + 1)), LifeLogError::TooManyRows);
}

proptest! {
    #[test]
    fn any_bytes_are_a_life_log_or_an_error(bytes: Vec<u8>, line in "[0-9T:,a-z\"-]{0,80}") {
        drop(observations(&bytes));
        // The importer takes all that this takes.
        if let Ok(text) = observations(with_line(&line).as_bytes()) {
            prop_assert!(Bundle::parse(text.as_bytes()).is_ok(), "{line}");
        }
    }
}
