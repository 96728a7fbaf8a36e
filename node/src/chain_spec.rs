// SPDX-License-Identifier: Apache-2.0

//! Which networks there are: two for development, and any other by its specification file.

use salus_primitives::network::Network;
use salus_runtime::{opaque::Block, presets, Hash, WASM_BINARY};
use sc_service::{ChainType, Properties};
use sp_runtime::traits::{BlakeTwo256, Block as _, Hash as _};
use std::path::Path;

/// The specification of a network.
pub(crate) type ChainSpec = sc_service::GenericChainSpec;

/// The specification that `--chain` names.
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

/// The specification of the network that a file describes, as `salus network init` writes it.
pub(crate) fn of_network(file: &Path) -> Result<ChainSpec, String> {
    let refuse = |reason: String| format!("the network `{}` cannot be used: {reason}", file.display());
    let text = std::fs::read(file).map_err(|error| refuse(error.to_string()))?;
    let network: Network = serde_json::from_slice(&text).map_err(|error| refuse(error.to_string()))?;
    let spec = build(&network.name, &network.id, ChainType::Live, Genesis::Patch(presets::genesis(&network)))?;
    // What is wrong with the founders is found when the genesis is built.
    spec.as_json(true).map_err(refuse)?;
    Ok(spec)
}

/// The hash of the genesis block, by which nodes and clients tell networks apart.
pub(crate) fn genesis_hash(spec: &dyn sc_service::ChainSpec) -> Result<Hash, String> {
    let storage = spec.as_storage_builder().build_storage()?;
    let executor = sc_executor::WasmExecutor::<sp_io::SubstrateHostFunctions>::builder().build();
    let version = sc_service::resolve_state_version_from_wasm::<_, BlakeTwo256>(&storage, &executor)
        .map_err(|error| error.to_string())?;
    let root = BlakeTwo256::trie_root(storage.top.into_iter().collect(), version);
    let block: Block = sc_service::construct_genesis_block(root, version);
    Ok(block.header().hash())
}

/// What the genesis state is made from.
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
            "the chain specification `{}` cannot be used: {reason}\n\
             hint: `--chain` takes `dev`, `local` or a file as `salus-node build-spec` writes it",
            file.display()
        )
    };
    let bytes = std::fs::read(file).map_err(|error| refuse(error.to_string()))?;
    check_code(&bytes).map_err(refuse)?;
    // Not `from_json_file`, which maps the file into memory: it would change under the node together with the file.
    let spec = ChainSpec::from_json_bytes(bytes).map_err(refuse)?;
    // The genesis is parsed only when it is needed, by which time nobody knows any more which file it came from.
    spec.as_json(false).map_err(refuse)?;
    Ok(spec)
}

/// Whether the genesis holds something that can be a runtime: WebAssembly, plain or compressed.
fn check_code(json: &[u8]) -> Result<(), String> {
    let json: serde_json::Value = serde_json::from_slice(json).map_err(|error| error.to_string())?;
    let genesis = json.get("genesis").ok_or("it has no `genesis`")?;
    let code = ["/raw/top/0x3a636f6465", "/runtimeGenesis/code"].into_iter().find_map(|path| genesis.pointer(path));
    let code = code.and_then(serde_json::Value::as_str).ok_or("its genesis holds no runtime")?;
    match code.starts_with("0x0061736d") || code.starts_with("0x52bc537646db8e05") {
        true => Ok(()),
        false => Err("the runtime in its genesis is no WebAssembly".into()),
    }
}

/// What wallets want to know. There is no token; the entry keeps them from assuming one with decimals.
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
    fn load_fails_without_a_name() {
        assert!(load("").err().unwrap().contains("no chain is named"));
    }

    #[test]
    fn load_fails_when_the_file_is_missing_and_names_it() {
        let error = load("/does/not/exist.json").err().unwrap();
        assert!(error.contains("/does/not/exist.json") && error.contains("No such file"), "{error}");
    }

    #[test]
    fn load_fails_when_the_file_is_no_specification() {
        let raw = |code: &str| format!("{{\"genesis\": {{\"raw\": {{\"top\": {{\"0x3a636f6465\": \"{code}\"}}}}}}}}");
        for (text, reason) in [
            ("", "EOF"),
            ("{", "EOF"),
            ("[]", "no `genesis`"),
            ("{\"name\": 1}", "no `genesis`"),
            ("{\"genesis\": {}}", "no runtime"),
            (&raw(""), "no WebAssembly"),
            (&raw("0x00"), "no WebAssembly"),
            (&raw("0x0061736d"), "missing field `name`"),
        ] {
            let error = load_text(text).err().unwrap();
            assert!(error.contains("cannot be used") && error.contains(reason), "{text}: {error}");
        }
    }
}
