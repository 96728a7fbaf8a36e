// SPDX-License-Identifier: Apache-2.0

//! Security labels, and the compartments that they ask for. An unknown label asks for [`RESTRICTED`].
//!
//! Labels are in `meta.security` and in elements called `securityLabel` (DocumentReference, Consent, Contract,
//! AuditEvent), `confidentiality` or `confidentialityIndicator`. They are also in extensions whose URL mentions labels
//! or confidentiality. The search covers the whole resource, because contained resources and parameters have labels
//! too. In any other element, a Coding counts if the table has its system and code.
//!
//! Code systems are compared without case, version, scheme and trailing slash. In a label, a code of the table under an
//! unknown or missing system asks for its strictest compartment. Every other unknown label asks for [`RESTRICTED`].

use serde_json::Value;

use crate::classify::{CompartmentKind, GENETICS, MENTAL_HEALTH, RESTRICTED, SEXUAL_HEALTH, SUBSTANCE_USE};

/// The compartment that a label asks for, if it asks for one.
pub(crate) type Kind = Option<&'static CompartmentKind>;

/// HL7 v3 ActCode, which has the sensitivities, under each of its names.
const ACT_CODE: &[&str] =
    &["terminology.hl7.org/codesystem/v3-actcode", "hl7.org/fhir/v3/actcode", "urn:oid:2.16.840.1.113883.5.4"];
/// HL7 v3 Confidentiality.
const CONFIDENTIALITY: &[&str] = &[
    "terminology.hl7.org/codesystem/v3-confidentiality",
    "hl7.org/fhir/v3/confidentiality",
    "urn:oid:2.16.840.1.113883.5.25",
];
/// HL7 v3 ActReason.
const ACT_REASON: &[&str] =
    &["terminology.hl7.org/codesystem/v3-actreason", "hl7.org/fhir/v3/actreason", "urn:oid:2.16.840.1.113883.5.8"];
/// HL7 v3 ObservationValue, which has the integrity of data.
const OBSERVATION_VALUE: &[&str] = &[
    "terminology.hl7.org/codesystem/v3-observationvalue",
    "hl7.org/fhir/v3/observationvalue",
    "urn:oid:2.16.840.1.113883.5.1063",
];

/// Compartments for sensitivity and confidentiality codes. Systems are in normal form, codes in lower case.
static ASKING: &[(&[&str], &[&str], &CompartmentKind)] = &[
    (ACT_CODE, &["hiv", "std", "sex"], &SEXUAL_HEALTH),
    (ACT_CODE, &["eth", "ethud", "opioidud", "sud", "42cfrpart2"], &SUBSTANCE_USE),
    (ACT_CODE, &["psy", "psythpn", "bh", "mh", "cogn", "emotdis", "dvd"], &MENTAL_HEALTH),
    (ACT_CODE, &["gdis", "sca", "sickle"], &GENETICS),
    (
        ACT_CODE,
        &["sdv", "vio", "tboo", "cel", "vip", "dia", "drgis", "emp", "locis", "marst", "ssp", "phy", "prs"],
        &RESTRICTED,
    ),
    (CONFIDENTIALITY, &["r", "v"], &RESTRICTED),
];

/// Known labels without a restriction: usual confidentiality, test data, integrity.
static ASKING_NOTHING: &[(&[&str], &[&str])] = &[
    (CONFIDENTIALITY, &["u", "l", "m", "n"]),
    (ACT_REASON, &["htest"]),
    (
        OBSERVATION_VALUE,
        &[
            "abstred",
            "aggred",
            "anonyed",
            "cryttohash",
            "hreliable",
            "mapped",
            "masked",
            "pseuded",
            "redacted",
            "reliable",
            "subsetted",
            "syntac",
            "trslt",
            "uncertrel",
            "unreliable",
        ],
    ),
];

/// Returns the strictest compartment that a label anywhere in `resource` asks for.
///
/// `nonconformant` also accepts labels under similar names, which a resource that is not valid R4 may use.
pub(crate) fn strictest(resource: &Value, nonconformant: bool) -> Kind {
    search(resource, nonconformant)
}

/// Returns the stricter of two compartments.
pub(crate) fn stricter(one: Kind, other: Kind) -> Kind {
    one.into_iter().chain(other).max_by_key(|kind| kind.number)
}

fn search(value: &Value, nonconformant: bool) -> Kind {
    match value {
        Value::Array(items) => strictest_of(items.iter().map(|item| search(item, nonconformant))),
        Value::Object(members) => {
            let by_url = members.get("url").and_then(Value::as_str).is_some_and(speaks_of_labels);
            let has_value = members.keys().any(|key| key.starts_with("value"));
            let here = strictest_of(members.iter().map(|(key, member)| match key.as_str() {
                "meta" | "valueMeta" => strictest_of(member.get("security").map(label)),
                "securityLabel" | "confidentiality" | "confidentialityIndicator" => label(member),
                // An extension replaces the code, and its content is unknown.
                "_confidentiality" if !members.contains_key("confidentiality") => Some(&RESTRICTED),
                _ if by_url && key.starts_with("value") => label(member),
                // The extension has its label in extensions of its own, of unknown structure.
                "extension" | "_valueCode" | "_valueString" if by_url && !has_value => Some(&RESTRICTED),
                _ if nonconformant && speaks_of_labels(key) => label(member),
                _ => None,
            }));
            let inner = strictest_of(members.values().map(|member| search(member, nonconformant)));
            stricter(stricter(here, inner), known_coding(value))
        }
        _ => None,
    }
}

fn strictest_of(kinds: impl IntoIterator<Item = Kind>) -> Kind {
    kinds.into_iter().flatten().max_by_key(|kind| kind.number)
}

/// Returns whether a name or a URL mentions labels or confidentiality.
fn speaks_of_labels(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    ["securitylabel", "seclabel", "confidential", "sensitivitylabel"].iter().any(|word| plain.contains(word))
        || plain == "security"
}

/// Returns the compartment for a label: a code, a Coding, a CodeableConcept, or an array of these.
fn label(value: &Value) -> Kind {
    match value {
        Value::Array(items) if !items.is_empty() => strictest_of(items.iter().map(label)),
        Value::Object(members) => match members.get("coding") {
            Some(coding) => label(coding),
            // The labels of Contract.term.securityLabel are its parts.
            None if members.contains_key("classification") => {
                let parts = ["classification", "category", "control"];
                strictest_of(parts.iter().filter_map(|part| members.get(*part)).map(label))
            }
            None => asked_for(
                members.get("system").and_then(Value::as_str).map(normal_system).as_deref(),
                members.get("code").and_then(Value::as_str),
            ),
        },
        // A code, as in Composition.confidentiality.
        Value::String(code) => asked_for(CONFIDENTIALITY.first().copied(), Some(code)),
        // A label without content is unknown too.
        _ => Some(&RESTRICTED),
    }
}

/// Returns the compartment for a code. `system` is in normal form.
fn asked_for(system: Option<&str>, code: Option<&str>) -> Kind {
    let (system, code) = (system.unwrap_or_default(), normal_code(code.unwrap_or_default()));
    let nothing = ASKING_NOTHING.iter().any(|(systems, codes)| systems.contains(&system) && codes.contains(&&*code));
    if nothing {
        return None;
    }
    let with_code = || ASKING.iter().filter(|(_, codes, _)| codes.contains(&&*code));
    let exact = with_code().find(|(systems, ..)| systems.contains(&system));
    // The code of another system may mean something else: the strictest reading counts.
    let reading =
        exact.map(|(.., kind)| *kind).or_else(|| with_code().map(|(.., kind)| *kind).max_by_key(|kind| kind.number));
    reading.or(Some(&RESTRICTED))
}

/// Returns the compartment for a Coding outside label elements, if the table has its system and code.
fn known_coding(value: &Value) -> Kind {
    let system = normal_system(value.get("system")?.as_str()?);
    let code = normal_code(value.get("code")?.as_str()?);
    let known = |(systems, codes, _): &&(&[&str], &[&str], &CompartmentKind)| {
        systems.contains(&&*system) && codes.contains(&&*code)
    };
    ASKING.iter().find(known).map(|(.., kind)| *kind)
}

fn normal_code(code: &str) -> String {
    code.trim().to_ascii_lowercase()
}

/// Returns a code system in normal form: without case, version, HTTP scheme, `www.` and trailing slash.
fn normal_system(system: &str) -> String {
    let system = system.trim().to_ascii_lowercase();
    let system = system.split_once('|').map_or(&*system, |(before, _)| before);
    let system = system.strip_prefix("http://").or_else(|| system.strip_prefix("https://")).unwrap_or(system);
    let system = system.strip_prefix("www.").unwrap_or(system);
    system.trim_end_matches('/').to_owned()
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "tests fail by panicking"
)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    const CONF: &str = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";

    fn in_meta(security: Value) -> Kind {
        strictest(&json!({ "resourceType": "Condition", "meta": { "security": security } }), false)
    }

    #[test]
    fn every_label_of_the_table_asks_under_every_name_of_its_system() {
        for (systems, codes, kind) in ASKING {
            for (system, code) in systems.iter().flat_map(|s| codes.iter().map(move |c| (s, c))) {
                assert_eq!(in_meta(json!([{ "system": system, "code": code }])), Some(*kind), "{system} {code}");
                let upper = json!([{ "system": system.to_uppercase(), "code": code.to_uppercase() }]);
                assert_eq!(in_meta(upper), Some(*kind), "{system} {code}");
            }
        }
        for (systems, codes) in ASKING_NOTHING {
            for (system, code) in systems.iter().flat_map(|s| codes.iter().map(move |c| (s, c))) {
                assert_eq!(in_meta(json!([{ "system": system, "code": code }])), None, "{system} {code}");
            }
        }
    }

    #[test]
    fn the_strictest_label_counts_in_any_order() {
        let label = |code| json!({ "system": ACT, "code": code });
        let restricted = json!({ "system": CONF, "code": "V" });
        for security in
            [json!([label("PSY"), restricted, label("HIV")]), json!([label("HIV"), label("PSY"), restricted])]
        {
            assert_eq!(in_meta(security), Some(&SEXUAL_HEALTH));
        }
    }

    #[test]
    fn a_label_that_is_not_understood_means_restricted() {
        for label in [
            json!([{ "system": ACT, "code": "NEWCODE" }]),
            json!([{ "system": CONF, "code": "X" }]),
            json!([{ "code": "R" }]),
            json!([{ "code": "N" }]),
            json!([{ "display": "restricted" }]),
            json!([{ "text": "restricted" }]),
            json!([{}]),
            json!([]),
            json!([7]),
            json!(null),
            json!([null]),
            json!([{ "system": CONF, "code": "N" }, null]),
            json!({ "coding": null }),
            json!([{ "coding": [null] }]),
            json!(["R"]),
            json!("R"),
            json!({ "system": CONF, "code": "R" }),
            json!([{ "system": "https://example.org/labels", "code": "secret" }]),
            json!([{ "system": "urn:oid:2.16.840.1.113883.5.9", "code": "N" }]),
            json!([{ "system": "HTTPS://terminology.hl7.org/CodeSystem/v3-Confidentiality/", "code": " r " }]),
            json!([{ "system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality|4.0", "code": "R" }]),
        ] {
            assert_eq!(in_meta(label.clone()), Some(&RESTRICTED), "{label}");
        }
        assert_eq!(in_meta(json!([{ "system": "https://example.org/labels", "code": "HIV" }])), Some(&SEXUAL_HEALTH));
        assert_eq!(in_meta(json!([{ "code": "PSY" }])), Some(&MENTAL_HEALTH));
    }

    #[test]
    fn words_that_are_not_labels_ask_for_nothing() {
        for resource in [
            json!({ "resourceType": "Encounter", "class": { "system": ACT, "code": "AMB" } }),
            json!({ "resourceType": "Coverage", "type": { "coding": [{ "system": ACT, "code": "EHCPOL" }] } }),
            json!({ "resourceType": "CapabilityStatement", "rest": [{ "security": { "cors": true } }] }),
            json!({ "resourceType": "Condition", "meta": { "tag": [{ "system": "urn:x", "code": "R" }] } }),
        ] {
            assert_eq!(strictest(&resource, false), None, "{resource}");
        }
    }

    /// A place for a label: a path to it, and what is put there.
    fn places() -> Vec<fn(Value) -> Value> {
        vec![
            |coding| json!({ "resourceType": "Observation", "meta": { "security": [coding] } }),
            |coding| json!({ "resourceType": "Observation", "contained": [{ "resourceType": "Basic", "meta": { "security": [coding] } }] }),
            |coding| json!({ "resourceType": "DocumentReference", "securityLabel": [{ "coding": [coding] }] }),
            |coding| json!({ "resourceType": "Composition", "confidentiality": coding["code"] }),
            |coding| json!({ "resourceType": "Consent", "provision": { "provision": [{ "securityLabel": [coding] }] } }),
            |coding| json!({ "resourceType": "Contract", "term": [{ "securityLabel": [{ "classification": { "code": "N", "system": CONF }, "category": [coding] }] }] }),
            |coding| json!({ "resourceType": "AuditEvent", "entity": [{ "securityLabel": [coding] }] }),
            |coding| json!({ "resourceType": "Parameters", "parameter": [{ "resource": { "resourceType": "Basic", "meta": { "security": [coding] } } }] }),
            |coding| {
                json!({ "resourceType": "Basic", "code": { "extension": [{
                "url": "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label",
                "valueCoding": coding,
            }] } })
            },
            |coding| json!({ "resourceType": "Basic", "extension": [{ "url": "urn:confidentiality", "valueCodeableConcept": { "coding": [coding] } }] }),
        ]
    }

    proptest! {
        #[test]
        fn no_placement_of_a_label_ends_in_an_open_compartment(
            place in 0..10_usize,
            system in prop_oneof![Just(Some(ACT.to_owned())), Just(Some(CONF.to_owned())), proptest::option::of(any::<String>())],
            code in prop_oneof![Just("R".to_owned()), Just("HIV".to_owned()), Just("PSY".to_owned()), any::<String>()],
        ) {
            let mut coding = json!({ "code": code });
            if let Some(system) = &system {
                coding["system"] = json!(system);
            }
            let nothing = ["u", "l", "m", "n"].contains(&&*code.trim().to_ascii_lowercase());
            prop_assume!(!nothing);
            let resource = places()[place](coding);
            let kind = strictest(&resource, false);
            prop_assert!(kind.is_some_and(|kind| kind.sensitive), "{} {:?}", resource, kind);
        }

        #[test]
        fn a_nonconformant_label_counts_under_any_spelling(key in "(x_)?(security-?[lL]abels?|CONFIDENTIALITY|confidential|sec_label|SecurityLabel)") {
            let resource = json!({ "resourceType": "Observation", (key.as_str()): "V" });
            prop_assert!(strictest(&resource, true).is_some_and(|kind| kind.sensitive), "{}", key);
        }
    }
}
