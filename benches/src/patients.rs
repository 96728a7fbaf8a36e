// SPDX-License-Identifier: Apache-2.0

//! Patients with charts and compartments, who grant access.

use crate::{network::Newcomer, transactions::Encoder};
use anyhow::{ensure, Context, Result};
use serde_json::Value as Json;
use std::time::Duration;
use subxt::{
    dynamic::Value,
    rpcs::{rpc_params, RpcClient},
};
use subxt_signer::{sr25519::Keypair, SecretUri};
use tokio::time::sleep;

/// Transactions that one account may have waiting, one less than the runtime allows.
pub(crate) const WINDOW: u64 = 15;
/// Readers that a compartment can have; as many grants go into each.
const READERS: u64 = 64;

/// A patient who signs for itself.
pub(crate) struct Patient {
    /// Its transaction key.
    pub(crate) key: Keypair,
    /// Its chart.
    chart: u64,
    /// The nonce of its next transaction.
    pub(crate) nonce: u64,
}

/// Keys of patient number `place`.
fn key(place: usize) -> Result<Keypair> {
    let uri: SecretUri = format!("//Bench//{place}").parse()?;
    Ok(Keypair::from_uri(&uri)?)
}

/// So many patients for the genesis.
pub(crate) fn newcomers(count: usize) -> Result<Vec<Newcomer>> {
    (0..count)
        .map(|place| {
            let membership: SecretUri = format!("//Bench//{place}//membership").parse()?;
            Ok(Newcomer {
                role: "patient",
                transaction_key: key(place)?.public_key().0,
                membership_key: Keypair::from_uri(&membership)?.public_key().0,
                // No member seals anything to it.
                encryption_key: sp_crypto_hashing::blake2_256(&place.to_le_bytes()),
            })
        })
        .collect()
}

/// Opens a chart with compartments for each patient, and waits until all of it is in the best block.
pub(crate) async fn settle(rpc: &RpcClient, encoder: &Encoder, count: usize, compartments: u8) -> Result<Vec<Patient>> {
    let keys: Vec<Keypair> = (0..count).map(key).collect::<Result<_>>()?;
    let opening = encoder.call("open_chart", &[])?;
    for key in &keys {
        submit(rpc, &encoder.signed(&opening, key, 0)).await?;
    }
    let mut patients = Vec::new();
    for key in keys {
        patients.push(Patient { chart: chart_of(rpc, &key).await?, key, nonce: 1 });
    }
    for compartment in 0..compartments {
        for patient in &mut patients {
            let call = encoder.call("add_compartment", &new_compartment(patient.chart, compartment))?;
            submit(rpc, &encoder.signed(&call, &patient.key, patient.nonce)).await?;
            patient.nonce = patient.nonce.saturating_add(1);
        }
    }
    wait_until_included(rpc).await?;
    Ok(patients)
}

/// Waits until no transaction waits in the pool.
pub(crate) async fn wait_until_included(rpc: &RpcClient) -> Result<()> {
    while !pending(rpc).await?.is_empty() {
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

impl Patient {
    /// The transaction that gives this patient's grant number `number` to a hospital.
    pub(crate) fn grant(&self, encoder: &Encoder, number: u64, nonce: u64) -> Result<Vec<u8>> {
        let compartment = Value::u128(u128::from(number / READERS));
        let terms = Value::named_composite([
            ("scope", Value::unnamed_variant("Compartment", [compartment])),
            // To read, for treatment.
            ("permissions", Value::u128(1)),
            ("purposes", Value::u128(1)),
            (
                "interval",
                Value::named_composite([("start", Value::u128(0)), ("end", Value::unnamed_variant("None", []))]),
            ),
            ("reason", Value::unnamed_variant("None", [])),
            ("envelope", Value::unnamed_variant("Some", [Value::from_bytes([7; 32])])),
        ]);
        let grantee = Value::unnamed_variant("Institution", [Value::u128(1)]);
        let arguments = [("chart", Value::u128(u128::from(self.chart))), ("grantee", grantee), ("terms", terms)];
        Ok(encoder.signed(&encoder.call("grant_access", &arguments)?, &self.key, nonce))
    }

    /// How many grants its chart has, in a block.
    pub(crate) async fn grants(&self, rpc: &RpcClient, block: &str) -> Result<u64> {
        const PAGE: usize = 256;
        let mut count = 0u64;
        loop {
            let page: Vec<Json> = rpc.request("salus_grants", rpc_params![self.chart, count, PAGE, block]).await?;
            count = count.saturating_add(page.len() as u64);
            if page.len() < PAGE {
                return Ok(count);
            }
        }
    }
}

/// How many compartments so many grants of one patient need.
pub(crate) fn compartments_for(grants: u64) -> Result<u8> {
    let compartments = grants.div_ceil(READERS).max(1);
    ensure!(compartments <= 16, "a chart holds {} grants that let read, at most", 16 * READERS);
    Ok(u8::try_from(compartments)?)
}

/// Submits; does not wait for a block.
pub(crate) async fn submit(rpc: &RpcClient, transaction: &[u8]) -> Result<()> {
    let hex = format!("0x{}", hex::encode(transaction));
    let _: String = rpc.request("author_submitExtrinsic", rpc_params![hex]).await?;
    Ok(())
}

async fn pending(rpc: &RpcClient) -> Result<Vec<String>> {
    Ok(rpc.request("author_pendingExtrinsics", rpc_params![]).await?)
}

async fn chart_of(rpc: &RpcClient, key: &Keypair) -> Result<u64> {
    let account = format!("0x{}", hex::encode(key.public_key().0));
    let member: u64 = rpc.request("salus_memberOfAccount", rpc_params![account]).await?;
    for _ in 0..300 {
        let charts: Vec<u64> = rpc.request("salus_chartsOf", rpc_params![member]).await?;
        if let Some(chart) = charts.first() {
            return Ok(*chart);
        }
        sleep(Duration::from_millis(100)).await;
    }
    None.context("a patient's chart is not opened")
}

fn new_compartment(chart: u64, number: u8) -> [(&'static str, Value); 5] {
    let flags = ["sensitive", "emergency", "de_identified"].map(|name| (name, Value::bool(false)));
    let public_key = Value::named_composite([("suite", Value::u128(1)), ("key", Value::from_bytes([9; 32]))]);
    let epoch = Value::named_composite([
        ("public_key", public_key),
        ("secret_envelope", Value::from_bytes([8; 32])),
        ("link", Value::unnamed_variant("None", [])),
    ]);
    [
        ("chart", Value::u128(u128::from(chart))),
        ("compartment", Value::u128(u128::from(number))),
        ("flags", Value::named_composite(flags)),
        ("profile", Value::from_bytes([6; 32])),
        ("epoch", epoch),
    ]
}
