// SPDX-License-Identifier: Apache-2.0

//! The eight fields of a medical record (S1-15), from the resources of a chart: allergies, date of the last consultation and with
//! whom it was, history, habits, medicines, laboratory results, diagnoses.
//!
//! | field | FHIR R4 |
//! |---|---|
//! | allergies | AllergyIntolerance |
//! | last consultation, and with whom | the Encounter that began last, its first participant |
//! | history | Condition that is not active, Procedure, Immunization, FamilyMemberHistory |
//! | habits | Observation of the category `social-history` |
//! | medicines | MedicationStatement and MedicationRequest that are not over |
//! | results | Observation and DiagnosticReport of a laboratory |
//! | diagnoses | Condition that is active, or does not say |
//!
//! A resource that was refuted, cancelled or entered in error belongs to no field. Of statements with the same words only the
//! newest counts.

use serde::Serialize;
use serde_json::Value;

use crate::classify::{classify, compartments, CompartmentKind};
use crate::plain::plain;
use crate::summary::{date, title};

/// The statuses of resources that say nothing any more.
const VOID: &[&str] = &["entered-in-error", "cancelled", "refuted", "not-done", "not-taken", "draft"];
/// The statuses of medicines that are not taken any more.
const OVER: &[&str] = &["completed", "stopped", "ended"];
/// The statuses of conditions that a patient has.
const ACTIVE: &[&str] = &["active", "recurrence", "relapse"];

/// A statement of a chart in words. It is content, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Its subject, such as a substance, a medicine or a test.
    pub text: String,
    /// The finding, with its unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// When it was, as FHIR writes dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
}

/// The eight fields, each newest first. They are content, so they have no `Debug`.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
pub struct Overview {
    /// Allergies and intolerances.
    pub allergies: Vec<Statement>,
    /// The last consultation: its date, and as its value with whom it was.
    pub last_consultation: Option<Statement>,
    /// Conditions of the past, procedures, immunizations, and those of the family.
    pub history: Vec<Statement>,
    /// Habits, such as smoking.
    pub habits: Vec<Statement>,
    /// Medicines that are taken.
    pub medicines: Vec<Statement>,
    /// Results of laboratories, one of each test.
    pub results: Vec<Statement>,
    /// Conditions that the patient has.
    pub diagnoses: Vec<Statement>,
}

impl Overview {
    /// Adds a resource, as it was written; returns whether it belongs to one of the fields.
    pub fn add(&mut self, resource: &[u8]) -> bool {
        let Ok(resource) = serde_json::from_slice::<Value>(resource) else { return false };
        let Some(kind) = resource.get("resourceType").and_then(Value::as_str) else { return false };
        if is_void(&resource) {
            return false;
        }
        if kind == "Encounter" {
            let consultation = statement(kind, &resource, with_whom(&resource));
            if self.last_consultation.as_ref().is_none_or(|last| last.date < consultation.date) {
                self.last_consultation = Some(consultation);
            }
            return true;
        }
        let Some(field) = self.field(kind, &resource) else { return false };
        let new = statement(kind, &resource, value(&resource));
        match field.iter_mut().find(|known| known.text == new.text) {
            Some(known) if known.date < new.date => *known = new,
            Some(_) => {}
            None => field.push(new),
        }
        // Newest first; what has no date comes last. The order of equals stays.
        field.sort_by(|one, other| other.date.cmp(&one.date));
        true
    }

    fn field(&mut self, kind: &str, resource: &Value) -> Option<&mut Vec<Statement>> {
        let status = resource.get("status").and_then(Value::as_str).unwrap_or_default();
        Some(match kind {
            "AllergyIntolerance" => &mut self.allergies,
            "Condition" => match code(resource, "clinicalStatus") {
                Some(status) if !ACTIVE.contains(&status) => &mut self.history,
                _ => &mut self.diagnoses,
            },
            "Procedure" | "Immunization" | "FamilyMemberHistory" => &mut self.history,
            "MedicationStatement" | "MedicationRequest" if !OVER.contains(&status) => &mut self.medicines,
            "Observation" if is_habit(resource) => &mut self.habits,
            "Observation" | "DiagnosticReport" if is_of_laboratory(kind, resource) => &mut self.results,
            _ => return None,
        })
    }
}

fn statement(kind: &str, resource: &Value, value: Option<String>) -> Statement {
    Statement { text: title(kind, resource), value, date: date(resource) }
}

fn is_void(resource: &Value) -> bool {
    let status = resource.get("status").and_then(Value::as_str);
    status.into_iter().chain(code(resource, "verificationStatus")).any(|status| VOID.contains(&status))
}

/// The code of an element with a CodeableConcept.
fn code<'a>(resource: &'a Value, element: &str) -> Option<&'a str> {
    resource.get(element)?.pointer("/coding/0/code")?.as_str()
}

fn is_habit(resource: &Value) -> bool {
    let categories = resource.get("category").and_then(Value::as_array).into_iter().flatten();
    let mut codings = categories.filter_map(|category| category.get("coding")?.as_array()).flatten();
    codings.any(|coding| coding.get("code").and_then(Value::as_str) == Some("social-history"))
}

fn is_of_laboratory(kind: &str, resource: &Value) -> bool {
    let is_laboratory = |found: &&CompartmentKind| found.name == "Laboratory";
    compartments()
        .iter()
        .find(|found| is_laboratory(found))
        .is_some_and(|found| classify(None, kind, resource) == *found)
}

/// The participant of an encounter who is named first, or else the institution.
fn with_whom(encounter: &Value) -> Option<String> {
    let participants = encounter.get("participant").and_then(Value::as_array).into_iter().flatten();
    let mut named = participants.filter_map(|participant| participant.pointer("/individual/display"));
    let named = named.next().or_else(|| encounter.pointer("/serviceProvider/display"));
    named.and_then(Value::as_str).map(plain).filter(|text| !text.is_empty())
}

/// The finding in words: a quantity with its unit, a concept, a text, or those of the components.
fn value(resource: &Value) -> Option<String> {
    if let Some(said) = one_value(resource) {
        return Some(said);
    }
    let components = resource.get("component").and_then(Value::as_array).into_iter().flatten();
    let said: Vec<_> = components
        .filter_map(|component| Some(format!("{} {}", title("", component), one_value(component)?)))
        .collect();
    match said.is_empty() {
        true => resource.get("conclusion").and_then(Value::as_str).map(plain),
        false => Some(plain(&said.join(", "))),
    }
}

fn one_value(element: &Value) -> Option<String> {
    let concept = |concept: &Value| {
        let text = concept.get("text").or_else(|| concept.pointer("/coding/0/display"));
        text.or_else(|| concept.pointer("/coding/0/code"))?.as_str().map(plain)
    };
    if let Some(quantity) = element.get("valueQuantity") {
        let comparator = quantity.get("comparator").and_then(Value::as_str).unwrap_or_default();
        let unit = quantity.get("unit").or_else(|| quantity.get("code")).and_then(Value::as_str).unwrap_or_default();
        // A number as it was written: 1.10 stays 1.10.
        return Some(plain(&format!("{comparator}{} {unit}", quantity.get("value")?)));
    }
    if let Some(found) = element.get("valueCodeableConcept") {
        return concept(found);
    }
    match ["valueString", "valueInteger", "valueBoolean", "valueDateTime"].iter().find_map(|name| element.get(name))? {
        Value::String(text) => Some(plain(text)),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use serde_json::json;

    fn overview(resources: &[Value]) -> Overview {
        let mut overview = Overview::default();
        for resource in resources {
            overview.add(&serde_json::to_vec(resource).unwrap());
        }
        overview
    }

    fn texts(statements: &[Statement]) -> Vec<&str> {
        statements.iter().map(|statement| statement.text.as_str()).collect()
    }

    fn category(code: &str) -> Value {
        json!([{ "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": code }] }])
    }

    fn status(code: &str) -> Value {
        json!({ "coding": [{ "code": code }] })
    }

    #[test]
    fn each_kind_of_resource_has_its_field() {
        let found = overview(&[
            json!({ "resourceType": "AllergyIntolerance", "code": { "text": "Penicillin" } }),
            json!({ "resourceType": "Condition", "code": { "text": "Asthma" }, "clinicalStatus": status("active") }),
            json!({ "resourceType": "Condition", "code": { "text": "Gout" } }),
            json!({ "resourceType": "Condition", "code": { "text": "Measles" }, "clinicalStatus": status("resolved") }),
            json!({ "resourceType": "Procedure", "code": { "text": "Appendectomy" }, "performedDateTime": "2001" }),
            json!({ "resourceType": "Observation", "status": "final", "code": { "text": "Smoking" },
                    "category": category("social-history"), "valueCodeableConcept": { "text": "Never" } }),
            json!({ "resourceType": "Observation", "status": "final", "code": { "text": "Glucose" },
                    "category": category("laboratory"), "valueQuantity": { "value": 5.4, "unit": "mmol/L" } }),
            json!({ "resourceType": "Observation", "status": "final", "code": { "text": "Weight" },
                    "category": category("vital-signs"), "valueQuantity": { "value": 70, "unit": "kg" } }),
            json!({ "resourceType": "MedicationStatement", "status": "active",
                    "medicationCodeableConcept": { "text": "Metformin" } }),
            json!({ "resourceType": "MedicationRequest", "status": "completed",
                    "medicationCodeableConcept": { "text": "Amoxicillin" } }),
        ]);
        assert_eq!(texts(&found.allergies), ["Penicillin"]);
        assert_eq!(texts(&found.diagnoses), ["Asthma", "Gout"]);
        assert_eq!(texts(&found.history), ["Appendectomy", "Measles"]);
        assert_eq!((texts(&found.habits), found.habits[0].value.as_deref()), (vec!["Smoking"], Some("Never")));
        assert_eq!((texts(&found.results), found.results[0].value.as_deref()), (vec!["Glucose"], Some("5.4 mmol/L")));
        assert_eq!(texts(&found.medicines), ["Metformin"]);
        assert!(found.last_consultation.is_none());
    }

    #[test]
    fn the_last_consultation_says_with_whom_it_was() {
        let visit = |start: &str, doctor: &str| {
            json!({ "resourceType": "Encounter", "status": "finished", "type": [{ "text": "Check-up" }],
                    "period": { "start": start }, "participant": [{ "individual": { "display": doctor } }] })
        };
        let found =
            overview(&[visit("2024-05-01", "Dr. Old"), visit("2025-11-03", "Dr. New"), visit("2020", "Dr. First")]);
        let last = found.last_consultation.unwrap();
        assert_eq!((last.date.as_deref(), last.value.as_deref()), (Some("2025-11-03"), Some("Dr. New")));
    }

    #[test]
    fn the_newest_of_equal_statements_counts_and_comes_first() {
        let test = |name: &str, value: f64, date: &str| {
            json!({ "resourceType": "Observation", "status": "final", "code": { "text": name },
                    "category": category("laboratory"), "valueQuantity": { "value": value, "unit": "%" },
                    "effectiveDateTime": date })
        };
        let found = overview(&[
            test("HbA1c", 7.1, "2025-03-01"),
            test("HbA1c", 6.2, "2025-09-01"),
            test("Hct", 40.0, "2025-10"),
        ]);
        assert_eq!(texts(&found.results), ["Hct", "HbA1c"]);
        assert_eq!(found.results[1].value.as_deref(), Some("6.2 %"));
    }

    #[test]
    fn what_was_refuted_or_entered_in_error_belongs_to_no_field() {
        let found = overview(&[
            json!({ "resourceType": "AllergyIntolerance", "code": { "text": "Nuts" }, "verificationStatus": status("refuted") }),
            json!({ "resourceType": "Condition", "code": { "text": "Flu" }, "verificationStatus": status("entered-in-error") }),
            json!({ "resourceType": "Observation", "status": "entered-in-error", "code": { "text": "K" },
                    "category": category("laboratory") }),
            json!({ "resourceType": "Encounter", "status": "cancelled", "period": { "start": "2025" } }),
        ]);
        assert!(found == Overview::default());
    }

    #[test]
    fn several_values_of_one_observation_are_told_together() {
        let found = overview(&[json!({ "resourceType": "Observation", "status": "final", "code": { "text": "Panel" },
            "category": category("laboratory"), "component": [
                { "code": { "text": "Na" }, "valueQuantity": { "value": 140, "unit": "mmol/L" } },
                { "code": { "text": "K" }, "valueQuantity": { "value": 4.1, "comparator": "<", "unit": "mmol/L" } },
                { "code": { "text": "Cl" } },
            ] })]);
        assert_eq!(found.results[0].value.as_deref(), Some("Na 140 mmol/L, K <4.1 mmol/L"));
    }

    #[test]
    fn other_bytes_than_a_resource_are_passed_over() {
        let mut overview = Overview::default();
        for bytes in [&b"\x89PNG"[..], b"{}", b"[]", b"", br#"{"resourceType":"Patient"}"#] {
            assert!(!overview.add(bytes));
        }
    }
}
