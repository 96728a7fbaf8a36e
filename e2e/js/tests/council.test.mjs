// SPDX-License-Identifier: Apache-2.0

// The council as Polkadot.js Apps uses it, with only the metadata: delegates read seats and motions, propose, vote and
// close. They set parameters, pause calls, and remove a seat.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ApiPromise, WsProvider } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { accountsOf, carriedOut, decide, readCouncil, readSeats, WEIGHT } from '../lib/council.mjs';
import { Node } from '../lib/node.mjs';
import { fieldsOf, include, submit } from '../lib/transactions.mjs';
import { HOUR } from '../lib/values.mjs';

const ROLE_MAY_NOT_CALL = /^RpcError: 1010: Invalid Transaction: Custom error: 4$/;
const PAUSED = /^RpcError: 1010: Invalid Transaction: Custom error: 8$/;

let node;
let api;
/** The two hospitals' delegates and services. */
let delegates;
let services;

before(async () => {
  await cryptoWaitReady();
  delegates = accountsOf('Delegate');
  services = accountsOf('Service');
  node = await Node.start();
  api = await ApiPromise.create({ provider: new WsProvider(node.ws), throwOnConnect: true, noInitWarn: true });
  await node.finalizing();
});

after(async () => {
  await api?.disconnect();
  await node?.stop();
});

describe('what a council reads', () => {
  test('the seats name accounts, delegates and their status', async () => {
    const seats = await readSeats(api);
    assert.deepEqual([...seats.keys()], [0, 1]);
    for (const [institution, seat] of seats) {
      assert.equal(seat.account.toString(), services[institution].address);
      assert.equal(seat.delegate.toString(), delegates[institution].address);
      assert.ok(seat.status.isActive);
    }
  });

  test('the council follows the seats', async () => {
    const members = await readCouncil(api);
    assert.deepEqual(members.sort(), delegates.map(({ address }) => address).sort());
  });

  test('session keys are those of the seats that take part', async () => {
    const [first, second] = await Promise.all(services.map(({ address }) => api.query.session.nextKeys(address)));
    assert.ok(first.isSome);
    assert.ok(second.isNone);
    assert.deepEqual((await api.query.session.validators()).map(String), [services[0].address]);
  });
});

describe('who else decides', () => {
  test('no account: there is no sudo', () => {
    for (const { name } of api.runtimeMetadata.asLatest.pallets) assert.doesNotMatch(name.toString(), /sudo/i);
    for (const [section, calls] of Object.entries(api.tx)) {
      for (const name of Object.keys(calls)) assert.doesNotMatch(name, /sudo/i, `${section}.${name}`);
    }
  });

  test('no account may sign what is for Root', async () => {
    const { system, council, utility } = api.tx;
    const [delegate] = delegates;
    const { address } = delegate;
    for (const call of [
      system.setCode('0x00'),
      system.setCodeWithoutChecks('0x00'),
      system.setStorage([['0x00', '0x00']]),
      system.killPrefix('0x00', 0),
      system.authorizeUpgrade(new Uint8Array(32)),
      system.authorizeUpgradeWithoutChecks(new Uint8Array(32)),
      council.setMembers([address], address, 0),
      council.execute(system.remark('0x00'), 10),
      utility.dispatchAs({ system: { Signed: address } }, system.remark('0x00')),
    ]) {
      const { section, method } = call.method;
      await assert.rejects(submit(call, delegate), ROLE_MAY_NOT_CALL, `${section}.${method}`);
    }
  });
});

describe('what a council sets', () => {
  test('a parameter, by majority', async () => {
    assert.ok((await api.query.upgrades.tuned()).isNone);
    const life = 2 * HOUR;
    const set = await decide(api, delegates, api.tx.upgrades.setParameter({ RequestLife: life }));
    assert.deepEqual(fieldsOf(set, api.events.upgrades.ParameterSet).parameter, { requestLife: life });
    assert.equal((await api.query.upgrades.tuned()).unwrap().requestLife.toNumber(), life);
  });

  test('one of two is not a majority', async () => {
    const call = api.tx.upgrades.setParameter({ RequestLife: HOUR });
    // With a threshold of one, pallet-collective executes a proposal at once. The runtime refuses a threshold below the
    // call's own.
    const alone = submit(api.tx.council.propose(1, call, call.method.encodedLength), delegates[0]);
    await assert.rejects(alone, /^Error: system\.CallFiltered: /);
    assert.equal((await api.query.upgrades.tuned()).unwrap().requestLife.toNumber(), 2 * HOUR);
  });

  test('no parameter beyond its bounds', async () => {
    const decided = decide(api, delegates, api.tx.upgrades.setParameter({ RequestLife: HOUR - 1 }), include);
    await assert.rejects(decided, /^Error: upgrades\.InvalidParameter: /);
  });
});

describe('what a council pauses', () => {
  const NAMES = ['Membership', 'reinstate_member'];
  let issuer;
  let verifier;
  let reinstate;

  before(async () => {
    [issuer] = accountsOf('Issuer');
    const [{ publicKey }] = accountsOf('Verifier');
    verifier = (await api.call.salusApi.memberOfAccount(publicKey)).unwrap();
    reinstate = () => api.tx.membership.reinstateMember(verifier);
    await include(api.tx.membership.suspendMember(verifier), issuer);
  });

  test('a call, by majority', async () => {
    const paused = await decide(api, delegates, api.tx.upgrades.pauseCall(...NAMES));
    for (const event of [api.events.upgrades.CallPaused, api.events.txPause.CallPaused]) {
      assert.deepEqual(namesIn(paused, event), NAMES);
    }
    assert.deepEqual(await readPaused(), [NAMES]);
  });

  test('which is then refused at the pool with its code, also in a batch', async () => {
    await assert.rejects(submit(reinstate(), issuer), PAUSED);
    await assert.rejects(submit(api.tx.utility.batchAll([reinstate()]), issuer), PAUSED);
    assert.ok((await api.call.salusApi.refusal(8)).unwrap().isCallPaused);
    assert.ok((await readVerifier()).status.isSuspended);
  });

  test('and admitted again when it is unpaused', async () => {
    const unpaused = await decide(api, delegates, api.tx.upgrades.unpauseCall(...NAMES));
    assert.deepEqual(namesIn(unpaused, api.events.upgrades.CallUnpaused), NAMES);
    assert.deepEqual(await readPaused(), []);

    const reinstated = await submit(reinstate(), issuer);
    assert.equal(fieldsOf(reinstated, api.events.membership.MemberReinstated).member, verifier.toNumber());
    assert.ok((await readVerifier()).status.isActive);
  });

  test('but never one that takes something back', async () => {
    const decided = decide(api, delegates, api.tx.upgrades.pauseCall('Access', 'revoke_access'), include);
    await assert.rejects(decided, /^Error: upgrades\.NotPausable: /);
  });

  async function readVerifier() {
    return (await api.call.salusApi.member(verifier)).unwrap();
  }

  async function readPaused() {
    return (await api.query.txPause.pausedCalls.keys()).map(({ args: [names] }) => names.map((name) => name.toUtf8()));
  }

  /** Returns the names of pallet and call in the only event of a kind. */
  function namesIn(result, kind) {
    const { fullName, pallet, call } = fieldsOf(result, kind);
    return (fullName ?? [pallet, call]).map((name) => Buffer.from(name.slice(2), 'hex').toString());
  }
});

describe('how a council decides', () => {
  let proposal;
  let index;

  test('a delegate proposes, and all members read what', async () => {
    const call = api.tx.authorities.removeAuthority(1);
    const proposed = await submit(api.tx.council.propose(2, call, call.method.encodedLength), delegates[0]);
    const fields = fieldsOf(proposed, api.events.council.Proposed);
    [proposal, index] = [fields.proposalHash, fields.proposalIndex];
    assert.equal(fields.threshold, 2);

    assert.deepEqual((await api.query.council.proposals()).map(String), [proposal]);
    const read = (await api.query.council.proposalOf(proposal)).unwrap();
    assert.deepEqual([read.section, read.method, read.args[0].toNumber()], ['authorities', 'removeAuthority', 1]);
  });

  test('no other member proposes or votes', async () => {
    const call = api.tx.authorities.removeAuthority(0);
    const byService = submit(api.tx.council.propose(2, call, call.method.encodedLength), services[0]);
    await assert.rejects(byService, ROLE_MAY_NOT_CALL);
    const vote = submit(api.tx.council.vote(proposal, index, true), services[1]);
    await assert.rejects(vote, ROLE_MAY_NOT_CALL);
  });

  test('what the council alone may do, a delegate may not', async () => {
    const removed = submit(api.tx.authorities.removeAuthority(1), delegates[0]);
    await assert.rejects(removed, ROLE_MAY_NOT_CALL);
  });

  test('the second vote is enough, and closing it takes the seat', async () => {
    for (const pair of delegates) await submit(api.tx.council.vote(proposal, index, true), pair);
    const votes = (await api.query.council.voting(proposal)).unwrap();
    assert.equal(votes.ayes.length, 2);

    const length = (await api.query.council.proposalOf(proposal)).unwrap().encodedLength;
    const closed = await submit(api.tx.council.close(proposal, index, WEIGHT, length), delegates[1]);
    assert.deepEqual(fieldsOf(closed, api.events.council.Executed).result, { ok: null });
    assert.equal(fieldsOf(closed, api.events.authorities.AuthorityRemoved).institution, 1);
    assert.deepEqual([...(await readSeats(api)).keys()], [0]);
    assert.deepEqual(await readCouncil(api), [delegates[0].address]);
  });

  test('what would leave the network without authorities fails, and says why', async () => {
    const call = api.tx.authorities.forceRemoveAuthority(0);
    // The council has one member by now, so it executes proposals at once.
    const proposed = await submit(api.tx.council.propose(1, call, call.method.encodedLength), delegates[0]);
    const refused = /^Error: authorities\.LastAuthority: No authority with session keys would remain/;
    assert.throws(() => carriedOut(api, proposed), refused);
    assert.deepEqual([...(await readSeats(api)).keys()], [0]);
  });
});
