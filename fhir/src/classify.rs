// SPDX-License-Identifier: Apache-2.0

//! The table that assigns each resource to a compartment.
//!
//! The first of these sources that names a compartment decides:
//!
//! 1. Security labels ([`crate::labels`]), those of the bundle included. A topic (HIV, psychiatry, ...) outranks bare
//!    confidentiality. An unknown label means "restricted".
//! 2. [`CATEGORIES`]: a code in `category`, such as `Observation.category`.
//! 3. [`TYPES`]: the resource type. [`GENERAL`] takes every other resource.
//!
//! If one source names several compartments, the most restrictive wins, which is the last in [`COMPARTMENTS`].
//! Code systems of categories are matched exactly, in their R4 spelling, their STU3 spelling and as OID.

use serde_json::Value;

/// A usual compartment of a chart. On chain it is a number with flags; its name is sealed.
#[derive(Debug, PartialEq, Eq)]
pub struct CompartmentKind {
    /// Its number in a chart with the usual compartments, 0 to 14.
    pub number: u8,
    /// The name that people see.
    pub name: &'static str,
    /// Whether access needs a separate consent.
    pub sensitive: bool,
    /// Whether emergency access covers it, unless the patient decides otherwise.
    pub emergency: bool,
}

macro_rules! compartments {
    ($($constant:ident $number:literal $name:literal $flag:ident)*) => {
        $(pub(crate) static $constant: CompartmentKind = CompartmentKind {
            number: $number,
            name: $name,
            sensitive: matches!(Flag::$flag, Flag::Sensitive),
            emergency: matches!(Flag::$flag, Flag::Emergency),
        };)*
        /// Every compartment, from the least to the most restrictive.
        static COMPARTMENTS: &[&CompartmentKind] = &[$(&$constant),*];
    };
}

enum Flag {
    Emergency,
    Ordinary,
    Sensitive,
}

// Number 15 is free: a chart has sixteen, and research needs a de-identified one.
compartments! {
    GENERAL_KIND 0 "General" Emergency
    DOCUMENTS 1 "Documents" Emergency
    FINANCIAL 2 "Financial" Ordinary
    PROCEDURE 3 "Procedure" Emergency
    VITAL_SIGNS 4 "Vital signs" Emergency
    LABORATORY 5 "Laboratory" Emergency
    IMAGING 6 "Imaging" Emergency
    IMMUNIZATION 7 "Immunization" Emergency
    ALLERGY 8 "Allergy" Emergency
    MEDICATION 9 "Medication" Emergency
    RESTRICTED 10 "Restricted" Sensitive
    GENETICS 11 "Genetics" Sensitive
    MENTAL_HEALTH 12 "Mental health" Sensitive
    SUBSTANCE_USE 13 "Substance use" Sensitive
    SEXUAL_HEALTH 14 "Sexual health and HIV" Sensitive
}

/// The compartment for resources that no table names.
pub static GENERAL: &CompartmentKind = &GENERAL_KIND;

/// Returns every compartment for records, from the least to the most restrictive.
pub fn compartments() -> &'static [&'static CompartmentKind] {
    COMPARTMENTS
}

/// A code system under each of its names.
type System = &'static [&'static str];

const OBSERVATION_CATEGORY: System =
    &["http://terminology.hl7.org/CodeSystem/observation-category", "http://hl7.org/fhir/observation-category"];
const DIAGNOSTIC_SERVICE: System = &[
    "http://terminology.hl7.org/CodeSystem/v2-0074",
    "http://hl7.org/fhir/v2/0074",
    "urn:oid:2.16.840.1.113883.12.74",
];

/// A row for coded elements: code system, codes, compartment.
type Row = (System, &'static [&'static str], &'static CompartmentKind);

/// Compartments by codes in `category`, as of Observation and DiagnosticReport.
static CATEGORIES: &[Row] = &[
    (OBSERVATION_CATEGORY, &["laboratory"], &LABORATORY),
    (OBSERVATION_CATEGORY, &["vital-signs"], &VITAL_SIGNS),
    (OBSERVATION_CATEGORY, &["imaging"], &IMAGING),
    (OBSERVATION_CATEGORY, &["procedure"], &PROCEDURE),
    (OBSERVATION_CATEGORY, &["social-history", "survey", "exam", "therapy", "activity"], &GENERAL_KIND),
    (
        DIAGNOSTIC_SERVICE,
        &["LAB", "BLB", "CH", "HM", "ICU", "IMM", "MB", "MCB", "MYC", "SR", "TX", "VR", "CP", "CUS"],
        &LABORATORY,
    ),
    (DIAGNOSTIC_SERVICE, &["RAD", "CT", "CTH", "NMR", "NMS", "RUS", "VUS", "OUS", "MRI", "RX", "XRC"], &IMAGING),
    (DIAGNOSTIC_SERVICE, &["GE"], &GENETICS),
];

/// Compartments by resource type.
static TYPES: &[(&[&str], &CompartmentKind)] = &[
    (
        &[
            "Medication",
            "MedicationAdministration",
            "MedicationDispense",
            "MedicationKnowledge",
            "MedicationRequest",
            "MedicationStatement",
        ],
        &MEDICATION,
    ),
    (&["AllergyIntolerance"], &ALLERGY),
    (&["Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation"], &IMMUNIZATION),
    (&["ImagingStudy", "Media"], &IMAGING),
    (&["Specimen"], &LABORATORY),
    (&["Procedure"], &PROCEDURE),
    (&["MolecularSequence"], &GENETICS),
    (&["Binary", "Composition", "DocumentManifest", "DocumentReference"], &DOCUMENTS),
    (
        &[
            "Account",
            "ChargeItem",
            "Claim",
            "ClaimResponse",
            "Contract",
            "Coverage",
            "CoverageEligibilityRequest",
            "CoverageEligibilityResponse",
            "EnrollmentRequest",
            "EnrollmentResponse",
            "ExplanationOfBenefit",
            "InsurancePlan",
            "Invoice",
            "PaymentNotice",
            "PaymentReconciliation",
        ],
        &FINANCIAL,
    ),
];

/// Returns the compartment of a resource. `label` is the compartment that its strictest label asks for.
pub(crate) fn classify(
    label: Option<&'static CompartmentKind>,
    resource_type: &str,
    resource: &Value,
) -> &'static CompartmentKind {
    let by_category = || {
        items(resource.get("category"))
            .flat_map(|concept| items(concept.get("coding")))
            .filter_map(|coding| system_and_code(coding).and_then(|(system, code)| lookup(CATEGORIES, system, code)))
            .max_by_key(|kind| kind.number)
    };
    let by_type = || TYPES.iter().find(|(types, _)| types.contains(&resource_type)).map(|(_, kind)| *kind);
    label.or_else(by_category).or_else(by_type).unwrap_or(GENERAL)
}

fn lookup(table: &[Row], system: &str, code: &str) -> Option<&'static CompartmentKind> {
    table
        .iter()
        .find(|(systems, codes, _)| systems.contains(&system) && codes.contains(&code))
        .map(|(_, _, kind)| *kind)
}

fn system_and_code(coding: &Value) -> Option<(&str, &str)> {
    Some((coding.get("system")?.as_str()?, coding.get("code")?.as_str()?))
}

/// Returns the items of an element, whether it repeats (`Observation.category`) or not.
fn items(element: Option<&Value>) -> impl Iterator<Item = &Value> {
    let (list, single) = match element {
        Some(Value::Array(list)) => (list.as_slice(), None),
        other => (&[][..], other),
    };
    list.iter().chain(single)
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
    use serde_json::json;

    use super::*;

    #[test]
    fn compartments_have_unique_numbers_in_order_of_restriction() {
        for (place, kind) in compartments().iter().enumerate() {
            assert_eq!(usize::from(kind.number), place);
            assert!(kind.number < 15, "number 15 stays free");
            assert!(!(kind.sensitive && kind.emergency));
        }
        let first_sensitive = compartments().iter().position(|kind| kind.sensitive).unwrap();
        assert!(compartments()[first_sensitive..].iter().all(|kind| kind.sensitive));
    }

    #[test]
    fn a_label_decides_over_category_and_type() {
        let resource =
            json!({ "category": [{ "coding": [{ "system": OBSERVATION_CATEGORY[0], "code": "laboratory" }] }] });
        assert_eq!(classify(None, "Observation", &resource), &LABORATORY);
        assert_eq!(classify(Some(&RESTRICTED), "Observation", &resource), &RESTRICTED);
        assert_eq!(classify(Some(&GENETICS), "MedicationRequest", &json!({})), &GENETICS);
    }

    #[test]
    fn every_category_decides_over_type() {
        for (systems, codes, kind) in CATEGORIES {
            for (system, code) in systems.iter().flat_map(|s| codes.iter().map(move |c| (s, c))) {
                let resource = json!({ "category": [{ "coding": [{ "system": system, "code": code }] }] });
                assert_eq!(classify(None, "Specimen", &resource), *kind, "{system} {code}");
            }
        }
    }

    #[test]
    fn every_type_of_the_table_is_a_type_of_r4_and_decides() {
        for (types, kind) in TYPES {
            for name in *types {
                assert!(crate::definitions::resource_type(name).unwrap().is_some(), "{name}");
                assert_eq!(classify(None, name, &json!({})), *kind, "{name}");
            }
        }
        assert_eq!(classify(None, "Condition", &json!({})), GENERAL);
    }
}
