// SPDX-License-Identifier: Apache-2.0

//! The JSON Schema of each resource type of R4, compiled into a validator.
//!
//! The additional keyword [`ElementRules`] covers what JSON Schema cannot express well. These are required elements
//! whose value an extension may replace, `value[x]`, and nulls that are paired with a `_sibling`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{paths::Location, Draft, Keyword, PatternOptions, ValidationError, Validator};
use serde_json::{json, Map, Value};

use crate::{
    definitions::{damaged, definitions, Definitions, Type},
    error::{shown, BundleError},
};

/// The pattern of a FHIR string: no control characters except tab, line feed and carriage return.
const STRING: &str = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f]+$";
const YEAR: &str = "([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)";
const MONTH: &str = "-(0[1-9]|1[0-2])";
const DAY: &str = "-(0[1-9]|[1-2][0-9]|3[0-1])";
const TIME: &str = r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?";
const ZONE: &str = r"(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))";
/// The primitive types of R4.
pub(crate) const PRIMITIVES: &[&str] = &[
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

/// Returns the validator of a resource type, and compiles it on first use.
pub(crate) fn validator(name: &'static str) -> Result<Arc<Validator>, BundleError> {
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
            .build(&schema(definitions()?, name)?)
            .map_err(|_| damaged(name))?,
    );
    COMPILED.lock().unwrap_or_else(PoisonError::into_inner).insert(name, validator.clone());
    Ok(validator)
}

/// Returns the JSON Schema of a resource type with every definition that it needs.
fn schema(definitions: &Definitions, resource: &'static str) -> Result<Value, BundleError> {
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
        let (mut schema, reached) = object(definitions, name)?;
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
fn object(definitions: &Definitions, name: &'static str) -> Result<(Value, BTreeSet<&'static str>), BundleError> {
    let (mut properties, mut rules, mut reached) = (Map::new(), Vec::new(), BTreeSet::new());
    if definitions.is_resource(name) {
        properties.insert("resourceType".into(), json!({ "enum": [name] }));
    }
    let mut level = name;
    while level != "-" {
        let Type { base, elements } = definitions.get(level)?;
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
                let schema = match element.codes.and_then(|set| definitions.codes.get(set)) {
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
