// SPDX-License-Identifier: Apache-2.0

// An authority replaces its session keys with @polkadot/api: its node makes them for the account of its seat, and its
// service sets them.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ApiPromise, WsProvider } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { accountsOf } from '../lib/council.mjs';
import { Node } from '../lib/node.mjs';
import { fieldsOf, submit } from '../lib/transactions.mjs';

const ROLE_MAY_NOT_CALL = /^RpcError: 1010: Invalid Transaction: Custom error: 4$/;

let node;
let api;
let delegate;
/** The two hospitals' services; only the first one's has session keys. */
let services;
/** The node's answer: the new keys, and the proof of their owner. */
let made;

before(async () => {
  await cryptoWaitReady();
  [delegate] = accountsOf('Delegate');
  services = accountsOf('Service');
  // The node makes keys only with unsafe RPC methods enabled.
  node = await Node.start('--rpc-methods=unsafe');
  api = await ApiPromise.create({ provider: new WsProvider(node.ws), throwOnConnect: true, noInitWarn: true });
  await node.finalizing();
});

after(async () => {
  await api?.disconnect();
  await node?.stop();
});

describe('session keys', () => {
  test('are made by the node, for the account of a seat', async () => {
    // The client has no name for this method.
    made = await api.rpc('author_rotateKeysWithOwner', api.createType('AccountId', services[0].publicKey).toHex());
    assert.deepEqual(Object.keys(made).sort(), ['keys', 'proof']);
    assert.ok((await api.rpc.author.hasSessionKeys(made.keys)).isTrue);
    assert.notDeepEqual(keysIn(made.keys), (await nextKeysOf(services[0])).toJSON());
  });

  test('are set only by the account that they were made for', async () => {
    const setKeys = () => api.tx.authorities.setKeys(made.keys, made.proof);
    await assert.rejects(submit(setKeys(), services[1]), /^Error: session\.InvalidProof: /);
    await assert.rejects(submit(setKeys(), delegate), ROLE_MAY_NOT_CALL);
    assert.ok((await api.query.session.nextKeys(services[1].address)).isNone);
  });

  test('are set by the service with the proof, and are the next ones', async () => {
    const former = await nextKeysOf(services[0]);
    const validators = (await api.query.session.validators()).toJSON();
    const set = await submit(api.tx.authorities.setKeys(made.keys, made.proof), services[0]);
    assert.equal(fieldsOf(set, api.events.authorities.SessionKeysReplaced).institution, 0);

    assert.deepEqual((await nextKeysOf(services[0])).toJSON(), keysIn(made.keys));
    for (const [type, key] of keyTypes(await nextKeysOf(services[0]))) {
      assert.equal((await api.query.session.keyOwner([type, key])).unwrap().toString(), services[0].address);
    }
    for (const [type, key] of keyTypes(former)) assert.ok((await api.query.session.keyOwner([type, key])).isNone);
    // They are in use from the second change of session on; until then the former ones are.
    assert.deepEqual((await api.query.session.validators()).toJSON(), validators);
  });

  test('cannot be taken back', async () => {
    await assert.rejects(submit(api.tx.session.purgeKeys(), services[0]), ROLE_MAY_NOT_CALL);
    // Nor are they set past the log.
    const unlogged = api.tx.session.setKeys(made.keys, made.proof);
    await assert.rejects(submit(unlogged, services[0]), ROLE_MAY_NOT_CALL);
  });
});

async function nextKeysOf({ address }) {
  return (await api.query.session.nextKeys(address)).unwrap();
}

/** Decodes session keys. */
function keysIn(bytes) {
  return api.createType(api.tx.authorities.setKeys.meta.args[0].type.toString(), bytes).toJSON();
}

/** Each key with the type under which the chain knows whose it is. */
function keyTypes({ aura, grandpa }) {
  return [
    ['aura', aura.toHex()],
    ['gran', grandpa.toHex()],
  ];
}
