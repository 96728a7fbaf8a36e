// SPDX-License-Identifier: Apache-2.0

//! The structure of FHIR R4 as HL7 publishes it, from the table `r4.tsv`: types, elements and required codes.

use std::{collections::BTreeMap, sync::OnceLock};

use crate::error::BundleError;

static R4: &str = include_str!("r4.tsv");

/// Abstract types, of which no resource is an instance.
const ABSTRACT: &[&str] = &["Resource", "DomainResource"];

/// The structure of R4.
pub(crate) struct Definitions {
    pub(crate) types: BTreeMap<&'static str, Type>,
    /// Required code sets.
    pub(crate) codes: BTreeMap<&'static str, Vec<&'static str>>,
}

/// A type: its base type, and the elements that it adds.
pub(crate) struct Type {
    pub(crate) base: &'static str,
    pub(crate) elements: Vec<Element>,
}

/// An element of a type.
pub(crate) struct Element {
    pub(crate) name: &'static str,
    pub(crate) required: bool,
    pub(crate) repeats: bool,
    pub(crate) types: Vec<&'static str>,
    pub(crate) codes: Option<&'static str>,
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

pub(crate) fn damaged(at: impl Into<String>) -> BundleError {
    BundleError::Definitions { at: at.into() }
}

/// Returns the structure of R4, and reads the table on first use.
pub(crate) fn definitions() -> Result<&'static Definitions, BundleError> {
    static PARSED: OnceLock<Result<Definitions, BundleError>> = OnceLock::new();
    PARSED.get_or_init(|| Definitions::parse(R4)).as_ref().map_err(Clone::clone)
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

    pub(crate) fn get(&self, name: &str) -> Result<&Type, BundleError> {
        self.types.get(name).ok_or_else(|| damaged(name))
    }

    pub(crate) fn is_resource(&self, name: &str) -> bool {
        let mut base = name;
        while let Some(parent) = self.types.get(base) {
            if base == "Resource" {
                return true;
            }
            base = parent.base;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
