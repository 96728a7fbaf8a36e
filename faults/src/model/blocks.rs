// SPDX-License-Identifier: Apache-2.0

//! Applies a block, and compares the chain's outcomes with the model's.

use super::{
    chart::Refused,
    clock::Now,
    people::Person,
    state::{Expected, Model},
};
use crate::history::{Block, Transaction};
use codec::DecodeAll;
use salus_chain::events::{OpenDenied, RecordsOpened};
use salus_primitives::{access::GrantTerms, Digest};

/// A difference between the chain and the model, in words.
pub type Disagreement = String;

impl Model {
    /// Applies a finalized block. Returns every difference between the chain's outcomes and the model's.
    pub fn apply(&mut self, block: &Block) -> Vec<Disagreement> {
        let now = Now { block: block.number, at: block.at };
        let differences = block.transactions.iter().filter_map(|transaction| {
            let difference = self.execute(now, transaction).err()?;
            Some(format!("block {}, {}.{}: {difference}", now.block, transaction.pallet, transaction.call))
        });
        differences.collect()
    }

    /// Applies a transaction, and compares the chain's outcome with the model's.
    fn execute(&mut self, now: Now, transaction: &Transaction) -> Result<(), Disagreement> {
        if !matches!(transaction.pallet.as_str(), "Charts" | "Access" | "Records" | "Utility") {
            return Ok(());
        }
        let me = transaction.signer.and_then(|account| self.people.get(&account)).copied();
        let me = me.ok_or("a person whom the model does not know signed it")?;
        self.transactions = self.transactions.saturating_add(1);
        let outcome = self.call(me, now, transaction)?;
        match (outcome, transaction.succeeded) {
            (Ok(expected), true) => self.check_event(transaction, expected),
            (Err(_), false) => Ok(()),
            (Ok(_), false) => Err("it failed, but should have succeeded".to_owned()),
            (Err(reason), true) => Err(format!("it succeeded, but should have been refused: {reason}")),
        }
    }

    /// Compares the model's decision on an opening with the event that the chain deposited.
    fn check_event(&self, transaction: &Transaction, expected: Expected) -> Result<(), Disagreement> {
        let Expected::Opening(decision) = expected else { return Ok(()) };
        let permitted = transaction.event().map(|RecordsOpened { basis, .. }| Ok(basis));
        let denied = transaction.event().map(|OpenDenied { denial, .. }| Err(denial));
        let chain = permitted.or(denied).ok_or("it says neither that it permitted nor that it denied")?;
        match chain == decision {
            true => Ok(()),
            false => Err(format!("the chain decided {chain:?}, the model {decision:?}")),
        }
    }

    /// Applies a call. The outer error says that the model cannot judge it.
    fn call(
        &mut self,
        me: Person,
        now: Now,
        transaction: &Transaction,
    ) -> Result<Result<Expected, Refused>, Disagreement> {
        let arguments = &transaction.arguments;
        let outcome = match (transaction.pallet.as_str(), transaction.call.as_str()) {
            ("Charts", "open_chart") => self.open_chart(me, now),
            ("Charts", "add_compartment") => {
                let (chart, number, flags, profile, epoch) = read(arguments)?;
                self.add_compartment(me, now, chart, number, flags, profile, epoch)
            }
            ("Access", "grant_access") => {
                let (chart, grantee, terms): (_, _, GrantTerms) = read(arguments)?;
                self.give(me, now, chart, grantee, &[terms], None)
            }
            ("Access", "revoke_access") => {
                let (chart, grant, reason) = read(arguments)?;
                self.revoke(me, now, chart, grant, reason)
            }
            ("Access", "request_access") => {
                let (chart, permissions, purpose, until, reason) = read(arguments)?;
                self.request(me, now, chart, permissions, purpose, until, reason)
            }
            ("Access", "approve_request") => {
                let (chart, request, terms): (_, _, Vec<GrantTerms>) = read(arguments)?;
                self.approve(me, now, chart, request, &terms)
            }
            ("Access", "deny_request") => {
                let (chart, request, reason): (_, _, Option<Digest>) = read(arguments)?;
                self.deny(me, now, chart, request, reason)
            }
            ("Records", "create_medical_record") => {
                let (chart, custodian, record) = read(arguments)?;
                self.create(me, now, chart, custodian, record)
            }
            ("Records", "amend_record") => {
                let (record, number, version, envelopes) = read(arguments)?;
                self.amend(me, now, record, number, version, envelopes)
            }
            ("Records", "open_records") => {
                let (chart, scope, purpose, session) = read(arguments)?;
                self.open(me, now, chart, scope, purpose, session)
            }
            _ => return Err("the model does not know this call".to_owned()),
        };
        Ok(outcome)
    }
}

/// Decodes the arguments of a call.
fn read<Arguments: DecodeAll>(bytes: &[u8]) -> Result<Arguments, Disagreement> {
    Arguments::decode_all(&mut &*bytes).map_err(|_| "its arguments cannot be read".to_owned())
}
