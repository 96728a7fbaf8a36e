// SPDX-License-Identifier: Apache-2.0

//! Validation against FHIR R4: elements, types, formats, required codes, cardinality.
//!
//! `r4.tsv` has the structure of R4 as HL7 publishes it. This module compiles it into one JSON Schema for each resource
//! type, and the `jsonschema` crate checks resources against it (docs/adr/0005-fhir-validation.md).
//!
//! The additional keyword [`ElementRules`] covers what JSON Schema cannot express well. These are required elements
//! whose value an extension may replace, `value[x]`, and nulls that are paired with a `_sibling`. FHIRPath invariants,
//! profiles and terminology servers are out of scope.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use jsonschema::{
    error::{TypeKind, ValidationErrorKind},
    paths::{Location, LocationSegment},
    Draft, Keyword, PatternOptions, ValidationError, Validator,
};
use serde_json::{json, Map, Value};

use crate::{
    error::{BundleError, Problem},
    json::shown,
    MAX_PROBLEMS,
};

static R4: &str = include_str!("r4.tsv");

/// The pattern of a FHIR string: no control characters except tab, line feed and carriage return.
const STRING: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$";
const YEAR: &str = "([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)";
const MONTH: &str = "-(0[1-9]|1[0-2])";
const DAY: &str = "-(0[1-9]|[1-2][0-9]|3[0-1])";
const TIME: &str = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?";
const ZONE: &str = r"(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))";
const PRIMITIVES: &[&str] = &[
    "base64Binary",
    "boolean",
    "canonical",
    "code",
    "date",
    "dateTime",
    "decimal",
    "id",
    "instant",
    "integer",
    "markdown",
    "oid",
    "positiveInt",
    "string",
    "time",
    "unsignedInt",
    "uri",
    "url",
    "uuid",
    "xhtml",
];
/// Abstract types, of which no resource is an instance.
const ABSTRACT: &[&str] = &["Resource", "DomainResource"];

/// The structure of R4.
struct Definitions {
    types: BTreeMap<&'static str, Type>,
    /// Required code sets.
    codes: BTreeMap<&'static str, Vec<&'static str>>,
}

struct Type {
    base: &'static str,
    elements: Vec<Element>,
}

struct Element {
    name: &'static str,
    required: bool,
    repeats: bool,
    types: Vec<&'static str>,
    codes: Option<&'static str>,
}

/// Returns the static form of `name` if it is a resource type of R4.
pub(crate) fn resource_type(name: &str) -> Result<Option<&'static str>, BundleError> {
    let definitions = definitions()?;
    let known = definitions.types.get_key_value(name).map(|(known, _)| *known);
    Ok(known.filter(|known| definitions.is_resource(known) && !ABSTRACT.contains(known)))
}

/// Returns whether R4 defines `text` as a resource type or as a code of a required code set.
pub(crate) fn is_fixed_by_r4(text: &str) -> Result<bool, BundleError> {
    Ok(resource_type(text)?.is_some() || definitions()?.codes.values().any(|codes| codes.contains(&text)))
}

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

fn damaged(at: impl Into<String>) -> BundleError {
    BundleError::Definitions { at: at.into() }
}

fn definitions() -> Result<&'static Definitions, BundleError> {
    static PARSED: OnceLock<Result<Definitions, BundleError>> = OnceLock::new();
    PARSED.get_or_init(|| Definitions::parse(R4)).as_ref().map_err(Clone::clone)
}

/// Returns the validator of a resource type, and compiles it on first use.
fn validator(name: &'static str) -> Result<Arc<Validator>, BundleError> {
    static COMPILED: Mutex<BTreeMap<&str, Arc<Validator>>> = Mutex::new(BTreeMap::new());
    let cached = COMPILED.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
    if let Some(validator) = cached {
        return Ok(validator);
    }
    let validator = Arc::new(
        jsonschema::options()
            .with_draft(Draft::Draft4)
            .with_pattern_options(PatternOptions::regex())
            .should_validate_formats(false)
            .with_keyword("fhir", ElementRules::compile)
            .build(&definitions()?.schema(name)?)
            .map_err(|_| damaged(name))?,
    );
    COMPILED.lock().unwrap_or_else(PoisonError::into_inner).insert(name, validator.clone());
    Ok(validator)
}

impl Definitions {
    /// Reads the table. Its first lines describe the format.
    fn parse(table: &'static str) -> Result<Self, BundleError> {
        let mut definitions = Self { types: BTreeMap::new(), codes: BTreeMap::new() };
        let mut current = "";
        for (line, text) in (1_usize..).zip(table.lines()) {
            let fault = || damaged(format!("r4.tsv:{line}"));
            let mut columns = text.split('\t');
            let (first, second) = (columns.next().unwrap_or_default(), columns.next());
            match (first.split_at_checked(1), second) {
                (Some(("#", _)), _) => {}
                (Some(("@", name)), Some(codes)) => {
                    definitions.codes.insert(name, codes.split(' ').collect());
                }
                (Some(("=", name)), Some(base)) => {
                    current = name;
                    definitions.types.insert(name, Type { base, elements: Vec::new() });
                }
                (_, Some(cardinality)) => {
                    let (low, high) = cardinality.split_once("..").ok_or_else(fault)?;
                    let types = columns.next().ok_or_else(fault)?.split(' ').collect();
                    let element = Element {
                        name: first,
                        required: low != "0",
                        repeats: high == "*",
                        types,
                        codes: columns.next(),
                    };
                    definitions.types.get_mut(current).ok_or_else(fault)?.elements.push(element);
                }
                _ => return Err(fault()),
            }
        }
        Ok(definitions)
    }

    fn get(&self, name: &str) -> Result<&Type, BundleError> {
        self.types.get(name).ok_or_else(|| damaged(name))
    }

    fn is_resource(&self, name: &str) -> bool {
        let mut base = name;
        while let Some(parent) = self.types.get(base) {
            if base == "Resource" {
                return true;
            }
            base = parent.base;
        }
        false
    }

    /// Returns the JSON Schema of a resource type with every definition that it needs.
    fn schema(&self, resource: &'static str) -> Result<Value, BundleError> {
        let mut schemas = Map::new();
        for (name, mut schema) in primitives() {
            schemas.insert(name.into(), schema.clone());
            if let Some(kind) = schema.get_mut("type") {
                *kind = json!([kind.take(), "null"]);
            }
            schemas.insert(format!("{name}?"), schema);
        }
        schemas.insert("Resource".into(), json!({ "type": "object" }));
        let mut wanted = vec![resource, "Element"];
        while let Some(name) = wanted.pop() {
            if schemas.contains_key(name) {
                continue;
            }
            let (mut schema, reached) = self.object(name)?;
            schemas.insert(name.into(), schema.clone());
            if name == "Element" {
                if let Some(kind) = schema.get_mut("type") {
                    *kind = json!(["object", "null"]);
                }
                schemas.insert("Element?".into(), schema);
            }
            wanted.extend(reached);
        }
        Ok(json!({
            "$schema": "http://json-schema.org/draft-04/schema#",
            "$ref": reference(resource),
            "definitions": schemas,
        }))
    }

    /// Returns the schema of one type, and the types that it refers to.
    fn object(&self, name: &'static str) -> Result<(Value, BTreeSet<&'static str>), BundleError> {
        let (mut properties, mut rules, mut reached) = (Map::new(), Vec::new(), BTreeSet::new());
        if self.is_resource(name) {
            properties.insert("resourceType".into(), json!({ "enum": [name] }));
        }
        let mut level = name;
        while level != "-" {
            let Type { base, elements } = self.get(level)?;
            for element in elements {
                let choice = element.name.strip_suffix("[x]");
                let mut forms = Vec::new();
                for kind in element.types.iter().map(|kind| kind.trim_start_matches('#')) {
                    let is_primitive = PRIMITIVES.contains(&kind);
                    let key = match (choice, kind.split_at_checked(1)) {
                        (Some(stem), Some((head, tail))) => format!("{stem}{}{tail}", head.to_ascii_uppercase()),
                        _ => element.name.to_owned(),
                    };
                    if is_primitive {
                        properties.insert(format!("_{key}"), many(element.repeats, "Element", reference));
                    } else {
                        reached.insert(kind);
                    }
                    let schema = match element.codes.and_then(|set| self.codes.get(set)) {
                        Some(codes) if element.repeats => {
                            let codes: Vec<_> = codes.iter().map(|code| json!(code)).chain([Value::Null]).collect();
                            json!({ "type": "array", "minItems": 1, "items": { "enum": codes } })
                        }
                        Some(codes) => json!({ "enum": codes }),
                        None if is_primitive => many(element.repeats, kind, reference),
                        None if element.repeats => {
                            json!({ "type": "array", "minItems": 1, "items": { "$ref": reference(kind) } })
                        }
                        None => json!({ "$ref": reference(kind) }),
                    };
                    properties.insert(key.clone(), schema);
                    forms.push(key);
                }
                if element.required || choice.is_some() {
                    rules.push(json!({ "element": element.name, "required": element.required, "forms": forms }));
                }
            }
            level = base;
        }
        let schema = json!({
            "type": "object",
            "minProperties": 1,
            "properties": properties,
            "additionalProperties": false,
            "fhir": rules,
        });
        Ok((schema, reached))
    }
}

fn reference(name: &str) -> String {
    format!("#/definitions/{name}")
}

/// Returns the schema of a primitive or its sibling. In an array, either may be null where the other is not.
fn many(repeats: bool, name: &str, reference: fn(&str) -> String) -> Value {
    if repeats {
        json!({ "type": "array", "minItems": 1, "items": { "$ref": reference(&format!("{name}?")) } })
    } else {
        json!({ "$ref": reference(name) })
    }
}

/// Formats of the primitive types, from the regular expressions of R4's data type page.
fn primitives() -> impl Iterator<Item = (&'static str, Value)> {
    PRIMITIVES.iter().map(|name| {
        let text = |pattern: String| json!({ "type": "string", "minLength": 1, "pattern": pattern });
        let integer = |low: i32| json!({ "type": "integer", "minimum": low, "maximum": i32::MAX });
        let schema = match *name {
            "boolean" => json!({ "type": "boolean" }),
            "decimal" => json!({ "type": "number" }),
            "integer" => integer(i32::MIN),
            "unsignedInt" => integer(0),
            "positiveInt" => integer(1),
            "base64Binary" => text(r"^[0-9A-Za-z+/\s]+={0,2}\s*$".into()),
            "code" => text(r"^[^\s]+(\s[^\s]+)*$".into()),
            "date" => text(format!("^{YEAR}({MONTH}({DAY})?)?$")),
            "dateTime" => text(format!("^{YEAR}({MONTH}({DAY}(T{TIME}{ZONE})?)?)?$")),
            "instant" => text(format!("^{YEAR}{MONTH}{DAY}T{TIME}{ZONE}$")),
            "time" => text(format!("^{TIME}$")),
            "id" => text(r"^[A-Za-z0-9\-\.]{1,64}$".into()),
            "oid" => text(r"^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$".into()),
            "uuid" => text("^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$".into()),
            "uri" | "url" | "canonical" => text(r"^\S+$".into()),
            _ => text(STRING.into()),
        };
        (*name, schema)
    })
}

/// The keyword `fhir`: required elements, choices, and pairs of a primitive with its `_sibling`.
struct ElementRules(Vec<Rule>);

struct Rule {
    element: String,
    required: bool,
    /// The keys of the element; several for a choice (`value[x]`).
    forms: Vec<String>,
}

impl ElementRules {
    fn compile<'a>(
        _: &'a Map<String, Value>,
        rules: &'a Value,
        _: Location,
    ) -> Result<Box<dyn for<'i> Keyword<'i>>, ValidationError<'a>> {
        let rule = |rule: &Value| {
            let forms = rule.get("forms")?.as_array()?.iter().filter_map(|form| form.as_str().map(str::to_owned));
            Some(Rule {
                element: rule.get("element")?.as_str()?.into(),
                required: rule.get("required")?.as_bool()?,
                forms: forms.collect(),
            })
        };
        let rules = rules.as_array().and_then(|rules| rules.iter().map(rule).collect::<Option<_>>());
        rules.map(|rules| Box::new(Self(rules)) as _).ok_or_else(|| ValidationError::schema("rules expected"))
    }

    /// Returns every broken rule, as `element: reason`.
    fn broken(&self, object: &Value) -> Vec<String> {
        let Value::Object(members) = object else { return Vec::new() };
        let mut broken = Vec::new();
        for Rule { element, required, forms } in &self.0 {
            let present = |form: &&String| members.contains_key(*form) || members.contains_key(&format!("_{form}"));
            match forms.iter().filter(present).count() {
                0 if *required => broken.push(format!("{element}: missing")),
                0 | 1 => {}
                _ => broken.push(format!("{element}: more than one value")),
            }
        }
        for (key, items) in members.iter().filter_map(|(key, value)| Some((key, value.as_array()?))) {
            let other = key.strip_prefix('_').map_or_else(|| format!("_{key}"), str::to_owned);
            let other = members.get(&other).and_then(Value::as_array);
            let unpaired = |place: usize| other.and_then(|other| other.get(place)).is_none_or(Value::is_null);
            if items.iter().enumerate().any(|(place, item)| item.is_null() && unpaired(place)) {
                broken.push(format!("{}: null without a paired value", shown(key)));
            }
        }
        broken
    }
}

impl<'i> Keyword<'i> for ElementRules {
    fn validate(&self, object: &'i Value) -> Result<(), ValidationError<'i>> {
        self.broken(object).into_iter().next().map_or(Ok(()), |message| Err(ValidationError::custom(message)))
    }

    fn is_valid(&self, object: &'i Value) -> bool {
        self.broken(object).is_empty()
    }

    fn iter_errors(&self, object: &'i Value) -> Box<dyn Iterator<Item = ValidationError<'i>> + 'i> {
        Box::new(
            self.broken(object).into_iter().map(|message| -> ValidationError<'i> { ValidationError::custom(message) }),
        )
    }
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
    use super::*;

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

    #[test]
    fn a_damaged_table_is_an_error() {
        for (table, line) in
            [("id\t0..1\tstring", 1), ("=A\t-\nid", 2), ("=A\t-\nid\t01\tstring", 2), ("=A\t-\nid\t0..1", 2)]
        {
            let error = Definitions::parse(table).err();
            assert_eq!(error, Some(damaged(format!("r4.tsv:{line}"))));
        }
    }
}
