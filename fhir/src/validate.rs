// SPDX-License-Identifier: Apache-2.0

//! Validation against FHIR R4: elements, types, formats, required codes, cardinality.
//!
//! `r4.tsv` has the structure of R4 as HL7 publishes it. [`crate::schema`] compiles it into one JSON Schema for each
//! resource type, and the `jsonschema` crate checks resources against it (docs/adr/0005-fhir-validation.md). FHIRPath
//! invariants, profiles and terminology servers are out of scope.

use jsonschema::{
    error::{TypeKind, ValidationErrorKind},
    paths::LocationSegment,
    ValidationError,
};
use serde_json::Value;

use crate::{
    definitions::resource_type,
    error::{shown, BundleError, Problem},
    schema::validator,
    MAX_PROBLEMS,
};

/// Returns the problems of a resource and of the resources inside it, at most [`MAX_PROBLEMS`].
pub(crate) fn validate(resource: &Value) -> Result<Vec<Problem>, BundleError> {
    let mut problems = Vec::new();
    let name = resource.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    check(resource, resource_type(name)?.unwrap_or("Resource"), &mut problems)?;
    problems.truncate(MAX_PROBLEMS);
    Ok(problems)
}

fn check(resource: &Value, path: &str, problems: &mut Vec<Problem>) -> Result<(), BundleError> {
    let Some(name) = resource.get("resourceType") else {
        problems.push(problem(format!("{path}.resourceType"), "missing"));
        return Ok(());
    };
    let Some(known) = resource_type(name.as_str().unwrap_or_default())? else {
        problems.push(problem(format!("{path}.resourceType"), "not a resource type of FHIR R4"));
        return Ok(());
    };
    for error in validator(known)?.iter_errors(resource) {
        if problems.len() >= MAX_PROBLEMS {
            return Ok(());
        }
        describe(&error, path, problems);
    }
    inner_resources(resource, path, problems)
}

/// Checks the resources inside a resource: contained ones, entries of a Bundle, parameters.
fn inner_resources(value: &Value, path: &str, problems: &mut Vec<Problem>) -> Result<(), BundleError> {
    let Value::Object(members) = value else { return Ok(()) };
    for (key, member) in members {
        let path = format!("{path}.{}", shown(key));
        let items = if let Value::Array(items) = member { items.as_slice() } else { std::slice::from_ref(member) };
        for (place, item) in items.iter().enumerate() {
            let path = if member.is_array() { format!("{path}[{place}]") } else { path.clone() };
            let is_resource =
                ["contained", "resource", "outcome"].contains(&key.as_str()) && item.get("resourceType").is_some();
            if is_resource {
                check(item, &path, problems)?;
            } else if item.is_object() {
                inner_resources(item, &path, problems)?;
            }
        }
    }
    Ok(())
}

fn problem(path: String, reason: impl Into<String>) -> Problem {
    Problem { path, reason: reason.into() }
}

/// Describes an error of the schema without any text of the resource.
fn describe(error: &ValidationError<'_>, root: &str, problems: &mut Vec<Problem>) {
    let mut path = root.to_owned();
    for segment in error.instance_path().segments() {
        match segment {
            LocationSegment::Property(name) => path.extend([".", shown(&name)]),
            LocationSegment::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    let reason = match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected } => {
            problems.extend(unexpected.iter().map(|key| problem(format!("{path}.{}", shown(key)), "unknown element")));
            return;
        }
        ValidationErrorKind::Custom { message, .. } => match message.split_once(": ") {
            Some((element, reason)) => {
                path.extend([".", element]);
                reason.into()
            }
            None => message.clone(),
        },
        ValidationErrorKind::Type { kind: TypeKind::Single(kind) } => format!("wrong JSON type, {kind} expected"),
        ValidationErrorKind::Type { .. } => "wrong JSON type".into(),
        ValidationErrorKind::Pattern { .. } => "malformed value".into(),
        ValidationErrorKind::Enum { .. } => "code not in its required code set".into(),
        ValidationErrorKind::MinItems { .. }
        | ValidationErrorKind::MinLength { .. }
        | ValidationErrorKind::MinProperties { .. } => "empty".into(),
        ValidationErrorKind::Minimum { .. } | ValidationErrorKind::Maximum { .. } => "number out of range".into(),
        ValidationErrorKind::MaxLength { .. } => "too long".into(),
        other => format!("breaks the rule `{}`", other.keyword()),
    };
    problems.push(Problem { path, reason });
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
    use serde_json::{json, Map};

    use super::*;
    use crate::{definitions::definitions, schema::PRIMITIVES};

    fn concrete_types() -> Vec<&'static str> {
        let names = definitions().unwrap().types.keys();
        names.filter(|name| resource_type(name).unwrap().is_some()).copied().collect()
    }

    fn primitive(kind: &str) -> Value {
        match kind {
            "boolean" => json!(true),
            "decimal" => json!(1.5),
            "integer" | "unsignedInt" | "positiveInt" => json!(2),
            "base64Binary" => json!("QUJD\nRA=="),
            "date" => json!("2024-02-29"),
            "dateTime" => json!("2024-02-29T23:59:60.5+01:00"),
            "instant" => json!("2024-02-29T23:59:00Z"),
            "time" => json!("08:30:00"),
            "oid" => json!("urn:oid:1.2.3"),
            "uuid" => json!("urn:uuid:6f1c6f3e-1d0a-5b52-9d53-5a1e5a1e5a1e"),
            "id" => json!("a-1.B"),
            "code" => json!("x-y z"),
            "string" | "markdown" => json!("Ärztin\u{a0}\tsagt: \"ja\"\n"),
            _ => json!("x:y"),
        }
    }

    /// Returns a valid value of a type, with the required elements or with every element down to `depth`.
    fn sample(name: &str, depth: usize) -> Value {
        let definitions = definitions().unwrap();
        let mut object = Map::new();
        if definitions.is_resource(name) {
            object.insert("resourceType".into(), json!(if name == "Resource" { "Basic" } else { name }));
            if name == "Resource" {
                object.insert("code".into(), json!({ "text": "inner" }));
            }
        }
        let mut level = name;
        while level != "-" && name != "Resource" {
            let kind = definitions.get(level).unwrap();
            for element in &kind.elements {
                if !element.required && depth == 0 {
                    continue;
                }
                let chosen = element.types[0].trim_start_matches('#');
                let key = match element.name.strip_suffix("[x]") {
                    Some(stem) => format!("{stem}{}{}", chosen[..1].to_uppercase(), &chosen[1..]),
                    None => element.name.to_owned(),
                };
                let value = match element.codes {
                    Some(set) => json!(definitions.codes[set][0]),
                    None if PRIMITIVES.contains(&chosen) => primitive(chosen),
                    None => sample(chosen, depth.saturating_sub(1)),
                };
                let value = match value == json!({}) {
                    true if element.required => json!({ "id": "x" }),
                    true => continue,
                    false => value,
                };
                if depth > 0 && PRIMITIVES.contains(&chosen) && element.repeats {
                    object.insert(key.clone(), json!([value, null]));
                    object.insert(format!("_{key}"), json!([null, { "id": "x" }]));
                } else {
                    object.insert(key, if element.repeats { json!([value]) } else { value });
                }
            }
            level = kind.base;
        }
        Value::Object(object)
    }

    fn reasons(resource: &Value) -> Vec<String> {
        validate(resource).unwrap().iter().map(Problem::to_string).collect()
    }

    #[test]
    fn every_type_of_r4_accepts_its_least_and_its_fullest_resource() {
        let types = concrete_types();
        assert_eq!(types.len(), 146, "R4 has 148 types, of which Resource and DomainResource are abstract");
        for name in types {
            for depth in [0, 2] {
                let resource = sample(name, depth);
                assert_eq!(reasons(&resource), Vec::<String>::new(), "{name} {depth}");
            }
        }
    }

    #[test]
    fn every_type_refuses_a_missing_element_and_an_unknown_one() {
        for name in concrete_types() {
            let full = sample(name, 0);
            for element in definitions().unwrap().get(name).unwrap().elements.iter().filter(|e| e.required) {
                let mut resource = full.clone();
                let stem = element.name.trim_end_matches("[x]");
                resource.as_object_mut().unwrap().retain(|key, _| !key.starts_with(stem));
                let expected = format!("`{name}.{}`: missing", element.name);
                assert!(reasons(&resource).contains(&expected), "{expected}");
            }
            let mut resource = full;
            resource["unheardOf"] = json!(1);
            assert_eq!(reasons(&resource), [format!("`{name}.unheardOf`: unknown element")]);
        }
    }

    #[test]
    fn problems_name_the_element_and_repeat_nothing() {
        let observation = |change: fn(&mut Value)| {
            let mut resource = json!({ "resourceType": "Observation", "status": "final", "code": { "text": "x" } });
            change(&mut resource);
            reasons(&resource)
        };
        assert_eq!(observation(|_| {}), Vec::<String>::new());
        assert_eq!(
            observation(|o| o["status"] = json!("Bergmann")),
            ["`Observation.status`: code not in its required code set"]
        );
        assert_eq!(observation(|o| o["Anna Bergmann"] = json!(1)), ["`Observation.?`: unknown element"]);
        assert_eq!(observation(|o| o["issued"] = json!("2024-01-01")), ["`Observation.issued`: malformed value"]);
        assert_eq!(observation(|o| o["id"] = json!("a_b")), ["`Observation.id`: malformed value"]);
        assert_eq!(
            observation(|o| o["id"] = json!("")),
            ["`Observation.id`: empty", "`Observation.id`: malformed value"]
        );
        assert_eq!(observation(|o| o["code"] = json!({})), ["`Observation.code`: empty"]);
        assert_eq!(observation(|o| o["note"] = json!([])), ["`Observation.note`: empty"]);
        assert_eq!(
            observation(|o| o["note"] = json!({ "text": "x" })),
            ["`Observation.note`: wrong JSON type, array expected"]
        );
        assert_eq!(
            observation(|o| o["subject"] = json!([{}])),
            ["`Observation.subject`: wrong JSON type, object expected"]
        );
        assert_eq!(
            observation(|o| o["subject"] = json!(null)),
            ["`Observation.subject`: wrong JSON type, object expected"]
        );
        assert_eq!(
            observation(|o| o["component"] = json!([{ "code": { "text": "x" } }, { "valueInteger": 1.0 }])),
            [
                "`Observation.component[1].valueInteger`: wrong JSON type, integer expected",
                "`Observation.component[1].code`: missing",
            ]
        );
        assert_eq!(
            observation(|o| {
                o["valueString"] = json!("x");
                o["valueBoolean"] = json!(true);
            }),
            ["`Observation.value[x]`: more than one value"]
        );
        assert_eq!(
            observation(|o| o["valueInteger"] = json!(3_000_000_000_u32)),
            ["`Observation.valueInteger`: number out of range"]
        );
        assert_eq!(
            observation(|o| o["valueQuantity"] = json!({ "value": "1" })),
            ["`Observation.valueQuantity.value`: wrong JSON type, number expected"]
        );
        assert_eq!(
            observation(|o| o["extension"] = json!([{ "valueString": "x" }])),
            ["`Observation.extension[0].url`: missing"]
        );
        assert_eq!(
            observation(
                |o| o["contained"] = json!([{ "resourceType": "Patient", "birthDate": "14.05.1979" }, { "id": "x" }])
            ),
            ["`Observation.contained[0].birthDate`: malformed value"]
        );
    }

    #[test]
    fn a_required_value_may_be_replaced_by_an_extension() {
        let absent = json!({ "extension": [{ "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked" }] });
        let resource = json!({ "resourceType": "Observation", "_status": absent, "code": { "text": "x" } });
        assert_eq!(reasons(&resource), Vec::<String>::new());
    }

    #[test]
    fn nulls_stand_only_beside_a_paired_value() {
        let name = |given: Value, sibling: Value| {
            reasons(&json!({ "resourceType": "Patient", "name": [{ "given": given, "_given": sibling }] }))
        };
        assert_eq!(name(json!(["Anna", null]), json!([null, { "id": "x" }])), Vec::<String>::new());
        assert_eq!(name(json!([null]), json!([null])).len(), 2);
        assert_eq!(
            name(json!(["Anna", null]), json!([{ "id": "x" }])),
            ["`Patient.name[0].given`: null without a paired value"]
        );
    }

    #[test]
    fn the_deepest_nesting_is_checked_without_overflow() {
        let mut extension = json!({ "url": "urn:x", "valueString": 1 });
        for _ in 0..crate::MAX_DEPTH / 2 {
            extension = json!({ "url": "urn:x", "extension": [extension] });
        }
        let resource = json!({ "resourceType": "Basic", "code": { "text": "x" }, "extension": [extension] });
        let found = reasons(&resource);
        assert!(found.len() == 1 && found[0].ends_with(".valueString`: wrong JSON type, string expected"));
    }

    #[test]
    fn problems_are_bounded() {
        let names: Vec<_> = (0..1000).map(|_| json!({ "use": 1 })).collect();
        let resource = json!({ "resourceType": "Patient", "name": names });
        assert_eq!(validate(&resource).unwrap().len(), MAX_PROBLEMS);
    }
}
