// SPDX-License-Identifier: Apache-2.0

//! Checks whether this node can execute a runtime, before its institution confirms an upgrade.

use crate::{chain_spec, executor};
use codec::Decode;
use salus_primitives::text;
use salus_runtime::{limits, VERSION};
use sc_executor::WasmExecutor;
use sp_core::{
    storage::well_known_keys,
    traits::{CallContext, CodeExecutor, RuntimeCode, WrappedRuntimeCode},
};
use sp_io::{hashing::blake2_256, SubstrateHostFunctions, TestExternalities};
use sp_version::RuntimeVersion;
use std::{
    fmt,
    fs::File,
    io::{self, Read},
    ops::RangeInclusive,
    path::Path,
};

/// System versions that this node's SDK supports. They say how it hashes state and transactions, and when new code
/// counts. The chain began with the first.
const SYSTEM_VERSIONS: RangeInclusive<u8> = 1..=3;

/// The most bytes of a block besides the code.
const OVERHEAD: u64 = 1_024;

/// The most bytes of code in a block. The runtime counts the transactions of a block, and authors fill blocks up to its
/// limit.
const MOST_BYTES: u64 = (limits::BLOCK_BYTES as u64).saturating_sub(OVERHEAD);

/// A runtime that this node can execute.
pub(crate) struct Checked {
    version: RuntimeVersion,
    code: Vec<u8>,
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "name       {}", self.version.spec_name)?;
        writeln!(f, "version    {}", self.version.spec_version)?;
        writeln!(f, "code hash  {}", sp_core::bytes::to_hex(&blake2_256(&self.code), false))?;
        writeln!(f, "bytes      {}", self.code.len())?;
        write!(f, "\nthis node can execute it")
    }
}

/// Checks the runtime in `file`, which has to be newer than version `current`. Without `current`, that is the version
/// in the genesis of `chain`, or else the one that this node was built with.
pub(crate) fn check(file: &Path, chain: Option<&str>, current: Option<u32>) -> Result<Checked, String> {
    let current = match (current, chain) {
        (Some(current), _) => current,
        (None, Some(chain)) => version_in_genesis(chain)?,
        (None, None) => VERSION.spec_version,
    };
    let refuse = |reason: String| format!("the runtime `{}` cannot be used: {reason}", file.display());
    let code = read(file).map_err(|error| refuse(error.to_string()))?;
    let version = check_code(&code, current).map_err(refuse)?;
    Ok(Checked { version, code })
}

/// Reads only as much as shows that a file is too long.
fn read(file: &Path) -> io::Result<Vec<u8>> {
    let mut code = Vec::new();
    File::open(file)?.take(MOST_BYTES.saturating_add(1)).read_to_end(&mut code)?;
    Ok(code)
}

fn check_code(code: &[u8], current: u32) -> Result<RuntimeVersion, String> {
    if code.len() as u64 > MOST_BYTES {
        return Err(format!(
            "it has more than the {MOST_BYTES} bytes that a block takes\nhint: use the compressed one"
        ));
    }
    let executor = WasmExecutor::<SubstrateHostFunctions>::builder().build();
    let version = executor::version_of(code)?;
    if version.spec_name != VERSION.spec_name {
        return Err(format!(
            "it is a runtime of `{}`, not of `{}`",
            text::shown(&version.spec_name),
            VERSION.spec_name
        ));
    }
    if version.spec_version <= current {
        return Err(format!(
            "its version {} is not greater than {current}, which it would replace\nhint: if the network runs another \
             one, name that with `--current`",
            version.spec_version
        ));
    }
    if !SYSTEM_VERSIONS.contains(&version.system_version) {
        return Err(format!("its system version {} is unknown to this node", version.system_version));
    }
    // The node may call every API of the runtime that it was built with, so the new one must have all of them.
    if let Some((id, _)) = VERSION.apis.iter().find(|(id, _)| version.api_version(id).is_none()) {
        return Err(format!("it lacks the runtime API {} that this node asks", sp_core::bytes::to_hex(id, false)));
    }

    // The chain reads the version in a section of the file, but the code that runs reports its own. They have to agree.
    let said = RuntimeVersion::decode(&mut execute(&executor, code, "Core_version")?.as_slice())
        .map_err(|error| format!("it does not say which version it is: {error}"))?;
    let decisive =
        |it: &RuntimeVersion| (it.spec_name.clone(), it.spec_version, it.transaction_version, it.system_version);
    if decisive(&said) != decisive(&version) {
        return Err(format!("it claims version {}, but its code is of {}", version.spec_version, said.spec_version));
    }
    execute(&executor, code, "Metadata_metadata")?;
    Ok(version)
}

/// Executes a function of the runtime without arguments, on an empty state.
fn execute(executor: &WasmExecutor<SubstrateHostFunctions>, code: &[u8], function: &str) -> Result<Vec<u8>, String> {
    let hash = blake2_256(code).to_vec();
    let fetcher = WrappedRuntimeCode(code.into());
    let runtime = RuntimeCode { code_fetcher: &fetcher, hash, heap_pages: None };
    let mut state = TestExternalities::default();
    let (result, _) = executor.call(&mut state.ext(), &runtime, function, &[], CallContext::Offchain);
    result.map_err(|error| error.to_string())
}

fn version_in_genesis(chain: &str) -> Result<u32, String> {
    use sc_service::ChainSpec;
    let storage = chain_spec::load(chain)?.as_storage_builder().build_storage()?;
    let code = storage.top.get(well_known_keys::CODE).ok_or("the genesis holds no runtime")?;
    Ok(executor::version_of(code)?.spec_version)
}
