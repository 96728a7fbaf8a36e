// SPDX-License-Identifier: Apache-2.0

// What Polkadot.js Apps does for a council: representatives read the seats, propose, vote and close, and read what is
// proposed, with nothing but the metadata.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ApiPromise, WsProvider } from '@polkadot/api';
import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { Node } from '../lib/node.mjs';
import { explained, fieldsOf, submit } from '../lib/transactions.mjs';

/** More than what any decision weighs. */
const WEIGHT = { refTime: 100_000_000_000, proofSize: 1_000_000 };

let node;
let api;
/** The two hospitals' representatives and services. */
let representatives;
let services;

before(async () => {
  await cryptoWaitReady();
  const keyring = new Keyring({ type: 'sr25519' });
  const account = (role) => (number) => keyring.addFromUri(`//Hospital${number}//${role}//transaction`);
  representatives = [1, 2].map(account('Representative'));
  services = [1, 2].map(account('Service'));
  node = await Node.start();
  api = await ApiPromise.create({ provider: new WsProvider(node.ws), throwOnConnect: true, noInitWarn: true });
  await node.finalising();
});

after(async () => {
  await api?.disconnect();
  await node?.stop();
});

describe('what a council reads', () => {
  test('the seats name accounts, representatives and their status', async () => {
    const seats = await readSeats();
    assert.deepEqual([...seats.keys()], [0, 1]);
    for (const [institution, seat] of seats) {
      assert.equal(seat.account.toString(), services[institution].address);
      assert.equal(seat.representative.toString(), representatives[institution].address);
      assert.ok(seat.status.isActive);
    }
  });

  test('the council follows the seats', async () => {
    const members = await readCouncil();
    assert.deepEqual(members.sort(), representatives.map(({ address }) => address).sort());
  });

  test('session keys are those of the seats that take part', async () => {
    const [first, second] = await Promise.all(services.map(({ address }) => api.query.session.nextKeys(address)));
    assert.ok(first.isSome);
    assert.ok(second.isNone);
    assert.deepEqual((await api.query.session.validators()).map(String), [services[0].address]);
  });
});

describe('what a council decides', () => {
  let proposal;
  let index;

  test('a representative proposes, and everybody reads what', async () => {
    const call = api.tx.authorities.removeAuthority(1);
    const proposed = await submit(api.tx.council.propose(2, call, call.method.encodedLength), representatives[0]);
    const fields = fieldsOf(proposed, api.events.council.Proposed);
    [proposal, index] = [fields.proposalHash, fields.proposalIndex];
    assert.equal(fields.threshold, 2);

    assert.deepEqual((await api.query.council.proposals()).map(String), [proposal]);
    const read = (await api.query.council.proposalOf(proposal)).unwrap();
    assert.deepEqual([read.section, read.method, read.args[0].toNumber()], ['authorities', 'removeAuthority', 1]);
  });

  test('nobody else proposes or votes', async () => {
    const call = api.tx.authorities.removeAuthority(0);
    const byService = submit(api.tx.council.propose(2, call, call.method.encodedLength), services[0]);
    await assert.rejects(byService, /^RpcError: 1010: Invalid Transaction: Custom error: 4$/);
    const vote = submit(api.tx.council.vote(proposal, index, true), services[1]);
    await assert.rejects(vote, /^RpcError: 1010: Invalid Transaction: Custom error: 4$/);
  });

  test('what the council alone may do, a representative may not', async () => {
    const removed = submit(api.tx.authorities.removeAuthority(1), representatives[0]);
    await assert.rejects(removed, /^RpcError: 1010: Invalid Transaction: Custom error: 4$/);
  });

  test('the second vote is enough, and closing it takes the seat', async () => {
    for (const pair of representatives) await submit(api.tx.council.vote(proposal, index, true), pair);
    const votes = (await api.query.council.voting(proposal)).unwrap();
    assert.equal(votes.ayes.length, 2);

    const length = (await api.query.council.proposalOf(proposal)).unwrap().encodedLength;
    const closed = await submit(api.tx.council.close(proposal, index, WEIGHT, length), representatives[1]);
    assert.deepEqual(fieldsOf(closed, api.events.council.Executed).result, { ok: null });
    assert.equal(fieldsOf(closed, api.events.authorities.AuthorityRemoved).institution, 1);
    assert.deepEqual([...(await readSeats()).keys()], [0]);
    assert.deepEqual(await readCouncil(), [representatives[0].address]);
  });

  test('what would leave the network without authorities fails, and says why', async () => {
    const call = api.tx.authorities.forceRemoveAuthority(0);
    // The council is one by now, whose proposals are carried out at once.
    const proposed = await submit(api.tx.council.propose(1, call, call.method.encodedLength), representatives[0]);
    const executed = proposed.events.map(({ event }) => event).find((event) => api.events.council.Executed.is(event));
    const { message } = explained(executed.data.result.asErr);
    assert.match(message, /^authorities\.LastAuthority: No authority with session keys would remain/);
    assert.deepEqual([...(await readSeats()).keys()], [0]);
  });
});

/** The seats, by institution. */
async function readSeats() {
  const entries = await api.query.authorities.seats.entries();
  const seats = entries.map(([key, seat]) => [key.args[0].toNumber(), seat.unwrap()]);
  return new Map(seats.sort(([one], [other]) => one - other));
}

async function readCouncil() {
  return (await api.query.council.members()).map(String);
}
