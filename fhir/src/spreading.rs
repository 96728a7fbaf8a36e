// SPDX-License-Identifier: Apache-2.0

//! The labels that a resource gets from others: its document or message, its other versions, and those it belongs to.
//!
//! The label of a document's Composition or a message's MessageHeader covers the whole bundle, inner bundles included.
//! A label of one version covers all versions, because a record keeps its compartment. A Binary gets the labels of the
//! resources that refer to it, and the label of its `securityContext`. If the import does not have that resource, its
//! label is unknown, so the Binary asks for [`RESTRICTED`].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    classify::RESTRICTED,
    document::Shell,
    labels::{stricter, Kind},
    reference::normal,
};

/// The types of bundles in R4. Any other type stands only in a bundle whose conformance is waived.
const BUNDLE_TYPES: &[&str] = &[
    "batch",
    "batch-response",
    "collection",
    "document",
    "history",
    "message",
    "searchset",
    "transaction",
    "transaction-response",
];

/// Elements with a reference or a URL that may name a Binary.
const POINTERS: &[&str] = &["reference", "url", "valueCanonical", "valueUri", "valueUrl"];

/// The maximum rounds in which labels are passed on: a real chain of resources is short.
const MAX_ROUNDS: usize = 16;

/// A bundle of an import: the number of its document, and its index in the document.
pub(crate) type BundleIndex = (usize, usize);

/// A resource of an import with its label, and all that passes labels on.
pub(crate) struct Labeled {
    label: Kind,
    resource_type: &'static str,
    /// The number of the resource, which all its versions share.
    resource: usize,
    /// The bundles that have it; several if it is repeated.
    bundles: Vec<BundleIndex>,
    /// The names under which other resources refer to it.
    names: BTreeSet<String>,
    /// The references and URLs in it.
    targets: BTreeSet<String>,
    /// The reference in `Binary.securityContext`; empty if it has no readable reference.
    context: Option<String>,
}

impl Labeled {
    /// Collects the names and the references of a resource, whatever its own label is.
    pub(crate) fn new(
        (resource_type, resource): (&'static str, usize),
        (full_url, id): (Option<&str>, Option<&str>),
        (label, bundle): (Kind, BundleIndex),
        content: &Value,
    ) -> Self {
        let names = full_url.map(normal).into_iter().chain(id.map(|id| format!("{resource_type}/{id}")));
        let mut targets = BTreeSet::new();
        collect_targets(content, &mut targets);
        let context = content.get("securityContext").filter(|_| resource_type == "Binary");
        let reference = |context: &Value| context.get("reference").and_then(Value::as_str).map(normal);
        Self {
            label,
            resource_type,
            resource,
            bundles: vec![bundle],
            names: names.filter(|name| !name.is_empty()).collect(),
            targets,
            context: context.map(|context| reference(context).unwrap_or_default()),
        }
    }

    /// Adds a repetition of the resource, which may have a label and a document that the first lacks.
    pub(crate) fn repeat(&mut self, label: Kind, bundle: BundleIndex) {
        self.label = stricter(self.label, label);
        self.bundles.push(bundle);
    }

    pub(crate) fn label(&self) -> Kind {
        self.label
    }

    /// Takes over a label, if it is stricter. Returns whether it was.
    fn take(&mut self, label: Kind) -> bool {
        let strictest = stricter(self.label, label);
        let changes = strictest != self.label;
        self.label = strictest;
        changes
    }

    /// Returns whether its label covers a bundle of this type that has it as an entry.
    fn heads(&self, bundle_type: &str) -> bool {
        let headed = match self.resource_type {
            "Composition" => "document",
            "MessageHeader" => "message",
            _ => return false,
        };
        // A misspelled type may mean a document.
        bundle_type == headed || !BUNDLE_TYPES.contains(&bundle_type)
    }
}

/// Extends each label to the other resources that it covers. `bundles` has the bundles of each document.
pub(crate) fn spread(resources: &mut [Labeled], bundles: &[Vec<Shell>]) {
    for _ in 0..MAX_ROUNDS {
        let changes =
            [spread_from_heads(resources, bundles), spread_to_versions(resources), spread_to_binaries(resources)];
        if !changes.contains(&true) {
            return;
        }
    }
    // The labels at the end of the chain are unknown.
    for resource in resources.iter_mut().filter(|resource| resource.resource_type == "Binary") {
        resource.take(Some(&RESTRICTED));
    }
}

fn spread_from_heads(resources: &mut [Labeled], bundles: &[Vec<Shell>]) -> bool {
    let shell = |(document, bundle): BundleIndex| bundles.get(document).and_then(|shells| shells.get(bundle));
    let mut of_bundles = BTreeMap::<BundleIndex, Kind>::new();
    for resource in resources.iter().filter(|resource| resource.label.is_some()) {
        for bundle in &resource.bundles {
            if shell(*bundle).is_some_and(|shell| resource.heads(&shell.kind)) {
                let label = of_bundles.entry(*bundle).or_default();
                *label = stricter(*label, resource.label);
            }
        }
    }
    let mut changes = false;
    for resource in resources.iter_mut().filter(|_| !of_bundles.is_empty()) {
        let mut label = None;
        for (document, bundle) in &resource.bundles {
            let mut inner = Some(*bundle);
            while let Some(bundle) = inner {
                label = stricter(label, of_bundles.get(&(*document, bundle)).copied().flatten());
                inner = shell((*document, bundle)).and_then(|shell| shell.outer);
            }
        }
        changes |= resource.take(label);
    }
    changes
}

fn spread_to_versions(resources: &mut [Labeled]) -> bool {
    let mut of_resources = BTreeMap::<usize, Kind>::new();
    for version in resources.iter() {
        let label = of_resources.entry(version.resource).or_default();
        *label = stricter(*label, version.label);
    }
    let mut changes = false;
    for version in resources.iter_mut() {
        changes |= version.take(of_resources.get(&version.resource).copied().flatten());
    }
    changes
}

fn spread_to_binaries(resources: &mut [Labeled]) -> bool {
    let (mut of_targets, mut of_names) = (BTreeMap::<&str, Kind>::new(), BTreeMap::<&str, Kind>::new());
    for resource in resources.iter() {
        for target in resource.targets.iter().filter(|_| resource.label.is_some()) {
            let label = of_targets.entry(target).or_default();
            *label = stricter(*label, resource.label);
        }
        for name in &resource.names {
            let label = of_names.entry(name).or_default();
            *label = stricter(*label, resource.label);
        }
    }
    let inherited: Vec<Kind> = resources
        .iter()
        .map(|resource| {
            if resource.resource_type != "Binary" {
                return None;
            }
            let context = resource.context.as_ref();
            let by_context = context.map(|name| of_names.get(name.as_str()).copied().unwrap_or(Some(&RESTRICTED)));
            let by_referrers = resource.names.iter().filter_map(|name| of_targets.get(name.as_str()).copied());
            by_referrers.chain(by_context).fold(None, stricter)
        })
        .collect();
    resources.iter_mut().zip(inherited).fold(false, |changes, (resource, label)| resource.take(label) || changes)
}

/// Collects every reference and URL that may name a Binary, as written and relative to its server.
fn collect_targets(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect_targets(item, found)),
        Value::Object(members) => {
            for key in POINTERS {
                let Some(url) = members.get(*key).and_then(Value::as_str).map(normal) else { continue };
                found.extend(url.rfind("Binary/").and_then(|at| url.get(at..)).map(str::to_owned));
                found.insert(url);
            }
            members.values().for_each(|member| collect_targets(member, found));
        }
        _ => {}
    }
}
