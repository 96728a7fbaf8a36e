// SPDX-License-Identifier: Apache-2.0

// A third hospital comes and goes, with @polkadot/api: the council admits it, gives it a seat, suspends and reinstates
// that, and takes it. Its staff join with the command line, as all staff does.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ApiPromise, WsProvider } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { computer, joinBoth, makeIdentities, pairOf } from '../lib/cast.mjs';
import { accountsOf, decide, readCouncil, readSeats } from '../lib/council.mjs';
import { Node } from '../lib/node.mjs';
import { fieldsOf, submit } from '../lib/transactions.mjs';

/** The number that the next institution gets. */
const THIRD = 2;

let node;
let api;
/** The delegates of the two hospitals that are there. */
let delegates;
/** The third hospital's service and delegate: their computers, and then their accounts. */
let persons;
let service;
let delegate;
/** A computer with the keys of verifiers, and of the third hospital itself. */
let office;

before(async () => {
  await cryptoWaitReady();
  delegates = accountsOf('Delegate');
  node = await Node.start();
  office = computer(node, 'office');
  persons = ['service', 'delegate'].map((name) => computer(node, name));
  const connected = ApiPromise.create({ provider: new WsProvider(node.ws), throwOnConnect: true, noInitWarn: true });
  [api] = await Promise.all([connected, makeIdentities(office, persons), node.finalizing()]);
  await office.json('key', 'import', 'hospital-3', '--uri', '//Hospital3');
  [service, delegate] = await Promise.all(persons.map(pairOf));
});

after(async () => {
  await api?.disconnect();
  await node?.stop();
});

describe('a third hospital', () => {
  test('is admitted by the council', async () => {
    const { membership: issuingKey, encryption } = await office.json('key', 'show', 'hospital-3');
    const { trafficQuota } = (await readInstitution(0)).profile;
    const profile = {
      kind: 'Hospital',
      issuingKey,
      encryptionKey: { suite: 1, key: encryption.key },
      vaultAddress: '',
      admissionQuota: 100,
      trafficQuota,
    };
    const admitted = await decide(api, delegates, api.tx.membership.admitInstitution(profile));
    assert.equal(fieldsOf(admitted, api.events.membership.InstitutionAdmitted).institution, THIRD);

    const institution = await readInstitution(THIRD);
    assert.ok(institution.status.isActive);
    assert.equal(institution.profile.issuingKey.toHex(), issuingKey);
    assert.ok(institution.profile.kind.isHospital);
  });

  test('lets its staff join', async () => {
    const newcomer = (person, role) => ({ person, issuer: 'hospital-3', institution: THIRD, role });
    const roles = ['service', 'delegate'];
    const numbers = await joinBoth(node, office, persons.map((person, place) => newcomer(person, roles[place])));
    for (const [place, { publicKey }] of [service, delegate].entries()) {
      assert.equal((await api.call.salusApi.memberOfAccount(publicKey)).unwrap().toNumber(), numbers[place]);
    }
  });

  test('is given a seat, and a vote', async () => {
    const seat = api.tx.authorities.admitAuthority(THIRD, service.address, delegate.address);
    const admitted = await decide(api, delegates, seat);
    assert.deepEqual(fieldsOf(admitted, api.events.authorities.AuthorityAdmitted), {
      institution: THIRD,
      account: service.address,
      delegate: delegate.address,
    });

    const given = await readSeat();
    assert.equal(given.account.toString(), service.address);
    assert.ok(given.status.isActive);
    assert.ok((await readCouncil(api)).includes(delegate.address));
  });

  test('has its seat suspended by two of three', async () => {
    const suspended = await decide(api, delegates, api.tx.authorities.suspendAuthority(THIRD));
    assert.equal(fieldsOf(suspended, api.events.authorities.AuthoritySuspended).institution, THIRD);
    assert.ok((await readSeat()).status.isSuspended);
    // The vote stays.
    assert.ok((await readCouncil(api)).includes(delegate.address));
  });

  test('has it reinstated, also by its own vote', async () => {
    const call = api.tx.authorities.reinstateAuthority(THIRD);
    const reinstated = await decide(api, [delegates[1], delegate], call);
    assert.equal(fieldsOf(reinstated, api.events.authorities.AuthorityReinstated).institution, THIRD);
    assert.ok((await readSeat()).status.isActive);
  });

  test('speaks for its seat alone a day after its delegate joined, and for no other', async () => {
    const other = submit(api.tx.authorities.suspendAuthority(0), delegate);
    await assert.rejects(other, /^Error: authorities\.(NotPermitted|TooNew): /);
    await assert.rejects(submit(api.tx.authorities.suspendAuthority(THIRD), delegate), /^Error: authorities\.TooNew: /);
    assert.ok((await readSeat()).status.isActive);
  });

  test('loses the seat, and then its membership', async () => {
    const unseated = await decide(api, delegates, api.tx.authorities.removeAuthority(THIRD));
    assert.equal(fieldsOf(unseated, api.events.authorities.AuthorityRemoved).institution, THIRD);
    assert.deepEqual([...(await readSeats(api)).keys()], [0, 1]);
    assert.deepEqual((await readCouncil(api)).sort(), delegates.map(({ address }) => address).sort());

    const removed = await decide(api, delegates, api.tx.membership.removeInstitution(THIRD));
    assert.equal(fieldsOf(removed, api.events.membership.InstitutionRemoved).institution, THIRD);
    assert.ok((await readInstitution(THIRD)).status.isRemoved);
    const call = api.tx.upgrades.authorizeUpgrade();
    await assert.rejects(submit(call, service), /^RpcError: 1010: Invalid Transaction: Custom error: 3$/);
  });
});

async function readInstitution(number) {
  return (await api.query.membership.institutions(number)).unwrap();
}

async function readSeat() {
  return (await readSeats(api)).get(THIRD);
}
