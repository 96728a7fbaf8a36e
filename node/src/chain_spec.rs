// SPDX-License-Identifier: Apache-2.0

//! The networks that the node knows: two for development, and any other by its specification file.

use crate::{executor, without_debugging};
use codec::Decode;
use salus_primitives::network::Network;
use salus_runtime::{opaque::Block, presets, Hash, WASM_BINARY};
use sc_cli::LoggerBuilder;
use sc_service::{ChainType, Properties};
use serde_json::Value;
use sp_core::storage::well_known_keys;
use sp_io::hashing::twox_128;
use sp_runtime::traits::{BlakeTwo256, Block as _, Hash as _};
use std::path::Path;

/// The specification of a network.
pub(crate) type ChainSpec = sc_service::GenericChainSpec;

/// Loads the specification that `--chain` names.
pub(crate) fn load(name: &str) -> Result<ChainSpec, String> {
    match name {
        "dev" => build("Salus Development", "dev", ChainType::Development, Genesis::Preset(presets::DEV)),
        "local" => build("Salus Local", "local", ChainType::Local, Genesis::Preset(presets::LOCAL)),
        "" => Err("no chain is named\n\
                   hint: use `--dev` for a chain of one node, `--chain local` for a local network, or `--chain FILE` \
                   with the specification of your network"
            .into()),
        file => from_file(Path::new(file)),
    }
}

/// Builds the specification of the network that a file describes, as `salus network init` writes it; in JSON.
pub(crate) fn of_network(file: &Path) -> Result<String, String> {
    let refuse = |reason: String| format!("the network `{}` cannot be used: {reason}", file.display());
    let text = std::fs::read(file).map_err(|error| refuse(error.to_string()))?;
    let network: Network = serde_json::from_slice(&text).map_err(|error| refuse(error.to_string()))?;
    let spec = build(&network.name, &network.id, ChainType::Live, Genesis::Patch(presets::genesis(&network)))?;
    // Building the genesis reveals what is wrong with the founders.
    spec.as_json(true).map_err(refuse)
}

/// Returns the hash of the genesis block, by which nodes and clients tell networks apart.
pub(crate) fn genesis_hash(spec: &dyn sc_service::ChainSpec) -> Result<Hash, String> {
    let storage = spec.as_storage_builder().build_storage()?;
    let code = storage.top.get(well_known_keys::CODE).ok_or("there is no runtime in the genesis state")?;
    let version = executor::version_of(code)?.state_version();
    let root = BlakeTwo256::trie_root(storage.top.into_iter().collect(), version);
    let block: Block = sc_service::construct_genesis_block(root, version);
    Ok(block.header().hash())
}

/// The source of the genesis state.
enum Genesis {
    Preset(&'static str),
    Patch(serde_json::Value),
}

fn build(name: &str, id: &str, chain_type: ChainType, genesis: Genesis) -> Result<ChainSpec, String> {
    let code = WASM_BINARY
        .ok_or("this node was built without its WebAssembly runtime\nhint: build without `SKIP_WASM_BUILD`")?;
    let builder = ChainSpec::builder(code, None)
        .with_name(name)
        .with_id(id)
        .with_chain_type(chain_type)
        .with_protocol_id("salus")
        .with_properties(properties());
    Ok(match genesis {
        Genesis::Preset(preset) => builder.with_genesis_config_preset_name(preset),
        Genesis::Patch(patch) => builder.with_genesis_config_patch(patch),
    }
    .build())
}

fn from_file(file: &Path) -> Result<ChainSpec, String> {
    let refuse = |reason: String| {
        format!(
            "the chain specification `{}` cannot be used: {}\n\
             hint: `--chain` takes `dev`, `local` or a file as `salus-node build-spec` writes it",
            file.display(),
            without_debugging(&reason)
        )
    };
    let bytes = std::fs::read(file).map_err(|error| refuse(error.to_string()))?;
    check_code(&bytes).map_err(refuse)?;
    // Not `from_json_file`: it maps the file into memory, so a change of the file would change it under the node.
    let spec = ChainSpec::from_json_bytes(bytes).map_err(refuse)?;
    check_id(spec.id()).map_err(refuse)?;
    check_authorities(&build_genesis(&spec).map_err(refuse)?).map_err(refuse)?;
    Ok(spec)
}

/// Checks the identifier, which becomes the name of a folder.
fn check_id(id: &str) -> Result<(), String> {
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    match plain && !id.is_empty() && id.len() <= 64 && !id.starts_with('.') {
        true => Ok(()),
        false => Err("its `id` is not up to 64 letters, digits, `-`, `_` and `.`, not beginning with `.`".into()),
    }
}

/// Builds the genesis state, in JSON. The SDK would build it only when it needs it, and by then has forgotten the file
/// that it came from.
fn build_genesis(spec: &ChainSpec) -> Result<Value, String> {
    let json = spec.as_json(true).map_err(|error| {
        if !error.contains(TRAP) {
            return error;
        }
        // The runtime says why only in the log, which does not exist yet. The node ends anyway, so it may set up one
        // here.
        match LoggerBuilder::new("runtime=error").init() {
            Ok(()) => {
                let _ = spec.as_json(true);
                "its runtime refuses the genesis, for the reason above".into()
            }
            Err(_) => error,
        }
    });
    serde_json::from_str(&json?).map_err(|error| error.to_string())
}

/// The executor's message for a runtime that trapped.
const TRAP: &str = "wasm trap";

/// Checks that there are authorities. Without any, the SDK's consensus would end the process at once.
fn check_authorities(spec: &Value) -> Result<(), String> {
    let value = |pallet: &str| {
        let key = [twox_128(pallet.as_bytes()), twox_128(b"Authorities")].concat();
        let key = sp_core::bytes::to_hex(&key, false);
        let value = spec.pointer("/genesis/raw/top")?.get(key)?.as_str()?;
        sp_core::bytes::from_hex(value).ok()
    };
    let authors = value("Aura").and_then(|value| Vec::<[u8; 32]>::decode(&mut value.as_slice()).ok());
    let voters = value("Grandpa").and_then(|value| Vec::<([u8; 32], u64)>::decode(&mut value.as_slice()).ok());
    match (authors, voters) {
        (Some(authors), Some(voters))
            if !authors.is_empty() && !voters.is_empty() && voters.iter().all(|(_, weight)| *weight > 0) =>
        {
            Ok(())
        }
        _ => Err("its genesis names no authorities, so no node could make a block".into()),
    }
}

/// Checks that the genesis holds code that can be a runtime: WebAssembly, plain or compressed.
fn check_code(json: &[u8]) -> Result<(), String> {
    let json: Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let genesis = json.get("genesis").ok_or("it has no `genesis`")?;
    let code = ["/raw/top/0x3a636f6465", "/runtimeGenesis/code"].into_iter().find_map(|path| genesis.pointer(path));
    let code = code.and_then(Value::as_str).ok_or("its genesis holds no runtime")?;
    match code.starts_with("0x0061736d") || code.starts_with("0x52bc537646db8e05") {
        true => Ok(()),
        false => Err("the runtime in its genesis is not WebAssembly".into()),
    }
}

/// Returns the properties that wallets read. There is no token; the entry keeps wallets from assuming one with
/// decimals.
fn properties() -> Properties {
    let mut properties = Properties::new();
    properties.insert("ss58Format".into(), 42.into());
    properties.insert("tokenDecimals".into(), 0.into());
    properties.insert("tokenSymbol".into(), "NONE".into());
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load_text(text: &str) -> Result<ChainSpec, String> {
        let file = std::env::temp_dir().join(format!("salus-spec-{}-{}.json", std::process::id(), text.len()));
        std::fs::write(&file, text).unwrap();
        let loaded = load(file.to_str().unwrap());
        std::fs::remove_file(&file).unwrap();
        loaded
    }

    #[test]
    fn identifiers_are_names_of_folders() {
        for (id, accepted) in [("dev", true), ("salus-2_test.net", true), ("", false), ("../up", false), (".x", false)]
        {
            assert_eq!(check_id(id).is_ok(), accepted, "{id}");
        }
        assert!(check_id(&"x".repeat(65)).is_err());
    }

    #[test]
    fn load_fails_without_a_name() {
        assert!(load("").err().unwrap().contains("no chain is named"));
    }

    #[test]
    fn load_fails_when_the_file_is_missing_and_names_it() {
        let error = load("/does/not/exist.json").err().unwrap();
        assert!(error.contains("/does/not/exist.json") && error.contains("No such file"), "{error}");
    }

    #[test]
    fn load_fails_when_the_file_is_not_a_specification() {
        let raw = |code: &str| format!("{{\"genesis\": {{\"raw\": {{\"top\": {{\"0x3a636f6465\": \"{code}\"}}}}}}}}");
        for (text, reason) in [
            ("", "EOF"),
            ("{", "EOF"),
            ("[]", "no `genesis`"),
            ("{\"name\": 1}", "no `genesis`"),
            ("{\"genesis\": {}}", "no runtime"),
            (&raw(""), "not WebAssembly"),
            (&raw("0x00"), "not WebAssembly"),
            (&raw("0x0061736d"), "missing field `name`"),
        ] {
            let error = load_text(text).err().unwrap();
            assert!(error.contains("cannot be used") && error.contains(reason), "{text}: {error}");
        }
    }
}
