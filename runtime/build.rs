// SPDX-License-Identifier: Apache-2.0

//! Builds the runtime a second time, for WebAssembly, whenever it is built for the host.

fn main() {
    #[cfg(all(feature = "std", not(feature = "metadata-hash")))]
    substrate_wasm_builder::WasmBuilder::build_using_defaults();

    // `CheckMetadataHash` needs a token. There is none, so wallets show this in its place.
    #[cfg(all(feature = "std", feature = "metadata-hash"))]
    substrate_wasm_builder::WasmBuilder::init_with_defaults().enable_metadata_hash("NONE", 0).build();
}
