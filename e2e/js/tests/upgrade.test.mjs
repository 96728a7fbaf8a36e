// SPDX-License-Identifier: Apache-2.0

// A runtime upgrade of a running network, with @polkadot/api. The council plans it, and authorities confirm that their
// nodes can execute it. After a delay, any account sends the code.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import { ApiPromise, WsProvider } from '@polkadot/api';
import { blake2AsHex, cryptoWaitReady } from '@polkadot/util-crypto';

import { binary } from '../lib/binaries.mjs';
import { accountsOf, decide } from '../lib/council.mjs';
import { Node } from '../lib/node.mjs';
import { fieldsOf, include, submit, submitUnsigned } from '../lib/transactions.mjs';
import { HOUR } from '../lib/values.mjs';

/** A later runtime. */
const FILE = process.env.SALUS_NEXT_RUNTIME;
const skip = FILE ? false : 'SALUS_NEXT_RUNTIME names no later runtime; scripts/rehearsal.sh builds one';

/** The delay of an upgrade on a development chain, in milliseconds. */
const DELAY = 10_000;
/** The time limit for an action of the chain or the client, in milliseconds. */
const PATIENCE = 60_000;
/** The storage key of the runtime, `:code`. */
const CODE_KEY = '0x3a636f6465';

describe('an upgrade', { skip }, () => {
  let node;
  let api;
  /** The two hospitals' delegates and services. Only the first hospital's node is an authority. */
  let delegates;
  let services;

  /** The code, as hexadecimal digits, its hash and its version. */
  let code;
  let codeHash;
  let specVersion;
  /** The runtime's version before the upgrade. */
  let former;
  let genesis;
  /** The hash of the block that applies the code. */
  let applied;

  before(async () => {
    await cryptoWaitReady();
    delegates = accountsOf('Delegate');
    services = accountsOf('Service');
    const bytes = readFileSync(FILE);
    code = `0x${bytes.toString('hex')}`;
    codeHash = blake2AsHex(bytes);
    node = await Node.start();
    api = await ApiPromise.create({ provider: new WsProvider(node.ws), throwOnConnect: true, noInitWarn: true });
    await node.finalizing();
    former = api.runtimeVersion.specVersion.toNumber();
    genesis = (await api.rpc.chain.getBlockHash(0)).toHex();
  });

  after(async () => {
    await api?.disconnect();
    await node?.stop();
  });

  test('begins with a look at the code: its hash, its version, and that the node can execute it', async () => {
    const { stdout } = await promisify(execFile)(binary('salus-node'), ['check-runtime', FILE]);
    assert.match(stdout, /this node can execute it/);
    assert.equal(/^code hash +(\S+)$/m.exec(stdout)?.[1], codeHash);
    specVersion = Number(/^version +(\d+)$/m.exec(stdout)?.[1]);
    assert.ok(specVersion > former, `${specVersion} is not later than ${former}`);
  });

  test('is planned by two thirds, and waits for its delay', async () => {
    const plan = api.tx.upgrades.planUpgrade(codeHash, specVersion);
    const planned = fieldsOf(await decide(api, delegates, plan, include), api.events.upgrades.UpgradePlanned);
    // Confirm at once, during the delay.
    const early = include(api.tx.upgrades.authorizeUpgrade(), delegates[0]);
    await assert.rejects(early, /^Error: upgrades\.TooEarly: /);

    assert.deepEqual([planned.codeHash, planned.specVersion], [codeHash, specVersion]);
    const stored = (await api.query.upgrades.planned()).unwrap();
    assert.equal(stored.codeHash.toHex(), codeHash);
    assert.deepEqual([stored.replaces.toNumber(), stored.specVersion.toNumber()], [former, specVersion]);
    assert.equal(stored.readyAt.toNumber() - stored.plannedAt.toNumber(), DELAY);
    assert.equal(stored.readyAt.toNumber(), planned.readyAt);
    assert.ok(stored.authorizedAt.isNone);
  });

  test('is not applied before it is authorized', async () => {
    await assert.rejects(submitUnsigned(api, apply(code)), /^RpcError: 1010: /);
  });

  test('waits for the authorities, however long the delay', async () => {
    const byDelegate = submit(api.tx.upgrades.confirmUpgrade(codeHash), delegates[0]);
    await assert.rejects(byDelegate, /^RpcError: 1010: Invalid Transaction: Custom error: 4$/);
    // This hospital has a seat, but its node is not an authority yet.
    await confirm(1);

    const { readyAt } = (await api.query.upgrades.planned()).unwrap();
    await until('the delay has run', async () => (await api.query.timestamp.now()).gte(readyAt));
    const unconfirmed = include(api.tx.upgrades.authorizeUpgrade(), delegates[0]);
    await assert.rejects(unconfirmed, /^Error: upgrades\.TooFewConfirmations: /);
  });

  test('is authorized once they confirmed that they can execute it', async () => {
    await confirm(0);
    assert.deepEqual((await api.query.upgrades.confirmations()).toJSON(), [1, 0]);

    const authorized = await submit(api.tx.upgrades.authorizeUpgrade(), delegates[1]);
    assert.equal(fieldsOf(authorized, api.events.upgrades.UpgradeAuthorized).codeHash, codeHash);
    assert.ok((await api.query.upgrades.planned()).unwrap().authorizedAt.isSome);
    const { codeHash: authorizedHash, checkVersion } = (await api.query.system.authorizedUpgrade()).unwrap();
    assert.deepEqual([authorizedHash.toHex(), checkVersion.isTrue], [codeHash, true]);
  });

  test('is applied by anybody who sends the code', async () => {
    const other = `${code.slice(0, -2)}${code.endsWith('00') ? '01' : '00'}`;
    await assert.rejects(submitUnsigned(api, apply(other)), /^RpcError: 1010: /);

    applied = await submitUnsigned(api, apply(code));
    // Until it has the new metadata, the client decodes events with the old types and fails.
    await until('the client knows the version', () => api.runtimeVersion.specVersion.eqn(specVersion));

    const { block } = await api.rpc.chain.getBlock(applied);
    const [sent] = block.extrinsics.filter(({ method }) => api.tx.system.applyAuthorizedUpgrade.is(method));
    assert.equal(sent.isSigned, false);
    assert.ok((await eventsAt(applied)).some(({ event }) => api.events.system.CodeUpdated.is(event)));
    assert.equal(await api.rpc('state_getStorageHash', CODE_KEY, applied), codeHash);
  });

  test('and the chain goes on with the new runtime, from the same genesis', async () => {
    const { number, parentHash } = await api.rpc.chain.getHeader(applied);
    assert.equal(await versionAfter(parentHash), former);
    assert.equal(await versionAfter(applied), specVersion);
    const next = await api.rpc.chain.getBlockHash(number.toNumber() + 1);
    const { block } = await api.rpc.chain.getBlock(next);
    assert.equal(block.header.parentHash.toHex(), applied);
    const upgraded = fieldsOf({ events: await eventsAt(next) }, api.events.upgrades.RuntimeUpgraded);
    assert.deepEqual(upgraded, { codeHash, specVersion });

    assert.equal((await api.rpc.chain.getBlockHash(0)).toHex(), genesis);
    assert.ok((await api.query.upgrades.planned()).isNone);
    assert.ok((await api.query.system.authorizedUpgrade()).isNone);
  });

  test('which the client that was connected all the time follows', async () => {
    assert.equal(api.genesisHash.toHex(), genesis);
    // A signature covers the runtime's version and the genesis hash, so the client must know the new version.
    const set = await decide(api, delegates, api.tx.upgrades.setParameter({ RequestLife: HOUR }));
    assert.deepEqual(fieldsOf(set, api.events.upgrades.ParameterSet).parameter, { requestLife: HOUR });
  });

  function apply(bytes) {
    return api.tx.system.applyAuthorizedUpgrade(bytes);
  }

  /** Confirms, as a hospital's service, that its node can execute the code. */
  async function confirm(institution) {
    const confirmed = await submit(api.tx.upgrades.confirmUpgrade(codeHash), services[institution]);
    assert.deepEqual(fieldsOf(confirmed, api.events.upgrades.UpgradeConfirmed), { codeHash, institution });
  }

  async function eventsAt(block) {
    return (await api.at(block)).query.system.events();
  }

  /** Returns the runtime's version in the state after a block. */
  async function versionAfter(block) {
    return (await api.rpc.state.getRuntimeVersion(block)).specVersion.toNumber();
  }
});

/** Waits until `holds` resolves to true, for at most `PATIENCE`. */
async function until(what, holds) {
  const deadline = Date.now() + PATIENCE;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `not within ${PATIENCE} milliseconds: ${what}`);
    await pause(100);
  }
}
