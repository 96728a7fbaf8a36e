// SPDX-License-Identifier: Apache-2.0

//! Genesis states.

use salus_runtime::{presets, RuntimeGenesisConfig};
use sp_io::TestExternalities;
use sp_runtime::BuildStorage;

/// The state with which a chain of this preset begins.
pub(crate) fn genesis(preset: &str) -> TestExternalities {
    let patch = presets::preset(&preset.into()).unwrap();
    let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
    merge(&mut config, serde_json::from_slice(&patch).unwrap());
    serde_json::from_value::<RuntimeGenesisConfig>(config).unwrap().build_storage().unwrap().into()
}

fn merge(base: &mut serde_json::Value, patch: serde_json::Value) {
    match (base, patch) {
        (serde_json::Value::Object(base), serde_json::Value::Object(patch)) => {
            for (name, value) in patch {
                merge(base.entry(name).or_insert(serde_json::Value::Null), value);
            }
        }
        (base, patch) => *base = patch,
    }
}
