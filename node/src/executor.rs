// SPDX-License-Identifier: Apache-2.0

//! The executor of runtimes: the folder in which it may keep compiled ones, and the version of one.

use codec::Decode;
use sc_executor::{HeapAllocStrategy, WasmExecutor, DEFAULT_HEAP_ALLOC_STRATEGY};
use sc_service::config::ExecutorConfiguration;
use sp_core::traits::ReadRuntimeVersion;
use sp_io::{SubstrateHostFunctions, TestExternalities};
use sp_version::RuntimeVersion;
use std::{
    fs::{self, DirBuilder},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::Path,
};

/// The permissions of a folder that let others than its owner write there.
const WRITABLE_BY_OTHERS: u32 = 0o022;

/// An executor after the command line. With a folder it compiles a runtime once, and later processes load it from there.
///
/// The node executes what it finds in the folder. So this fails if others than the owner may write there.
pub(crate) fn new(
    config: &ExecutorConfiguration,
    compiled: Option<&Path>,
) -> Result<WasmExecutor<SubstrateHostFunctions>, String> {
    let Some(folder) = compiled else { return Ok(sc_service::new_wasm_executor(config)) };
    let refuse = |reason: String| format!("compiled runtimes cannot be kept in `{}`: {reason}", folder.display());
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| refuse(error.to_string()))?;
    let mode = fs::metadata(folder).map_err(|error| refuse(error.to_string()))?.permissions().mode();
    if mode & WRITABLE_BY_OTHERS != 0 {
        return Err(refuse("others may write there\nhint: `chmod go-w` takes that away".into()));
    }
    // As `sc_service::new_wasm_executor`, which takes no folder.
    let heap = config
        .default_heap_pages
        .and_then(|pages| pages.try_into().ok())
        .map_or(DEFAULT_HEAP_ALLOC_STRATEGY, |extra_pages| HeapAllocStrategy::Static { extra_pages });
    Ok(WasmExecutor::builder()
        .with_execution_method(config.wasm_method)
        .with_onchain_heap_alloc_strategy(heap)
        .with_offchain_heap_alloc_strategy(heap)
        .with_max_runtime_instances(config.max_runtime_instances)
        .with_runtime_cache_size(config.runtime_cache_size)
        .with_cache_path(folder)
        .build())
}

/// The version that a runtime says at its head. One that says nothing there is compiled and asked.
pub(crate) fn version_of(code: &[u8]) -> Result<RuntimeVersion, String> {
    let executor = WasmExecutor::<SubstrateHostFunctions>::builder().build();
    let bytes = executor.read_runtime_version(code, &mut TestExternalities::default().ext())?;
    RuntimeVersion::decode(&mut bytes.as_slice()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_for_compiled_runtimes_is_the_owners() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("compiled/runtimes");
        assert!(new(&ExecutorConfiguration::default(), Some(&folder)).is_ok());
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        for mode in [0o720, 0o702, 0o777] {
            fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
            let refused = new(&ExecutorConfiguration::default(), Some(&folder)).err().unwrap();
            assert!(refused.contains("others may write there"), "{refused}");
        }
    }
}
