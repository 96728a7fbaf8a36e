// SPDX-License-Identifier: Apache-2.0

// @polkadot/api, the client behind Polkadot.js Apps, with only the node's metadata: these tests declare no types,
// methods or transaction extensions. The client decodes everything, and a member submits transactions with it.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { ApiPromise, WsProvider } from '@polkadot/api';

import { CONTENT, enter } from '../lib/cast.mjs';
import { Node } from '../lib/node.mjs';
import { fieldsOf, submit } from '../lib/transactions.mjs';
import { HOUR, PURPOSES, PERMISSIONS } from '../lib/values.mjs';

const PALLETS = ['Membership', 'Charts', 'Access', 'Records', 'Shredding', 'Audit', 'Authorities', 'Upgrades'];

let node;
let api;
let cast;

before(async () => {
  node = await Node.start();
  // `noInitWarn` keeps quiet about the methods `salus_*`, for which Apps has the runtime API instead.
  api = await ApiPromise.create({ provider: new WsProvider(node.ws), throwOnConnect: true, noInitWarn: true });
});

after(async () => {
  await api?.disconnect();
  await node?.stop();
});

describe('what the metadata says', () => {
  test('it is served in the versions 14, 15 and 16', async () => {
    const versions = (await api.call.metadata.metadataVersions()).map((version) => version.toNumber());
    for (const version of [14, 15, 16]) assert.ok(versions.includes(version), `${version} is not in ${versions}`);
  });

  test('every call, event and error of our pallets has documentation', () => {
    for (const pallet of pallets()) {
      for (const { kind, variant } of variantsOf(pallet)) {
        assert.ok(isDocumented(variant), `${pallet.name} ${kind} ${variant.name} is not documented`);
        if (kind !== 'events') continue;
        for (const field of variant.fields) {
          assert.ok(field.name.isSome, `a field of ${pallet.name} event ${variant.name} has no name`);
          assert.ok(isDocumented(field), `${pallet.name} event ${variant.name}.${field.name} is not documented`);
        }
      }
    }
  });

  test('every storage item and constant of our pallets has documentation', () => {
    for (const pallet of pallets()) {
      const items = pallet.storage.isSome ? [...pallet.storage.unwrap().items] : [];
      for (const item of [...items, ...pallet.constants]) {
        assert.ok(isDocumented(item), `${pallet.name} ${item.name} is not documented`);
      }
    }
  });

  test('every runtime API of Salus has documentation', () => {
    const methods = Object.values(api.call.salusApi);
    assert.ok(methods.length > 20, `there are only ${methods.length} questions`);
    for (const { meta } of methods) assert.ok(meta.description, `${meta.name} is not documented`);
  });

  test('the calls of the issue are there under their names', () => {
    const expected = {
      access: ['grantAccess', 'grantAccessToLab', 'revokeAccess', 'revokeAccessFromLab', 'requestAccess', 'approveRequest', 'denyRequest'],
      membership: ['redeem', 'challenge', 'answer'],
      records: ['createMedicalRecord', 'createMedicalRecords', 'amendRecord', 'openRecords', 'stageRecords', 'acceptRecords'],
      shredding: ['requestShredding', 'cancelShredding', 'retainRecord', 'liftRetention', 'shredRecord', 'attestShredding'],
    };
    for (const [section, methods] of Object.entries(expected)) {
      for (const method of methods) assert.equal(typeof api.tx[section][method], 'function', `${section}.${method}`);
    }
  });

  test('every call and event decodes to what was encoded', () => {
    let count = 0;
    for (const pallet of pallets()) {
      for (const { kind, variant } of variantsOf(pallet)) {
        if (kind === 'errors') continue;
        const fields = variant.fields.map(({ type }) => defaultOf(type));
        const bytes = Uint8Array.from([pallet.index.toNumber(), variant.index.toNumber(), ...fields.flat()]);
        const decoded = api.createType(kind === 'calls' ? 'Call' : 'Event', bytes);
        assert.equal(decoded.meta.name.toString(), variant.name.toString());
        assert.deepEqual(decoded.toU8a(), bytes, `${pallet.name}.${variant.name}`);
        // A type that the client cannot decode fails here.
        assert.ok(JSON.stringify(decoded.toHuman()), `${pallet.name}.${variant.name}`);
        count += 1;
      }
    }
    assert.ok(count > 50, `only ${count} were seen`);
  });

  test('every error decodes to its name and documentation', () => {
    for (const pallet of pallets()) {
      for (const { kind, variant } of variantsOf(pallet)) {
        if (kind !== 'errors') continue;
        const error = Uint8Array.from([variant.index.toNumber(), 0, 0, 0]);
        const found = api.registry.findMetaError({ index: pallet.index, error });
        assert.equal(found.name, variant.name.toString());
        assert.ok(found.docs.join(' ').trim());
      }
    }
  });
});

describe('what a member does', () => {
  before(async () => {
    cast = await enter(node);
  });

  let grant;

  test('the member is found by the account in the keystore', async () => {
    const { patientPair, patientId } = cast;
    const found = await api.call.salusApi.memberOfAccount(patientPair.publicKey);
    assert.equal(found.unwrap().toNumber(), patientId);
    const member = (await api.call.salusApi.member(patientId)).unwrap();
    assert.ok(member.role.isPatient && member.status.isActive);
    // The chain has no balances, but the storage that wallets read exists and is zero.
    const account = await api.derive.balances.account(patientPair.address);
    assert.ok(account.freeBalance.isZero());
  });

  test('before there is a grant, the clinician reads nothing', async () => {
    const { clinician, record } = cast;
    const reason = await clinician.refused('record', 'get', record, '--purpose', 'treatment');
    assert.match(reason, /denied: no grant names the asker/);
  });

  test('a grant with an envelope of the vault is finalized, and the grantee reads', async () => {
    const { patient, patientPair, clinician, clinicianId, chart, record } = cast;
    const grantee = { Member: clinicianId };
    const terms = await sealedTerms({ end: (await now()) + HOUR });
    const result = await submit(api.tx.access.grantAccess(chart, grantee, terms), patientPair);

    const granted = fieldsOf(result, api.events.access.AccessGranted);
    grant = granted.grant;
    assert.equal(granted.chart, chart);
    assert.deepEqual(granted.grantee, { member: clinicianId });
    assert.deepEqual(granted.scope, { compartment: cast.compartment });
    assert.equal(granted.permissions, PERMISSIONS.read);
    assert.equal(granted.purposes, PURPOSES.treatment);
    assert.equal(granted.interval.end, terms.interval.end);
    assert.equal(granted.laboratory, false);

    await assertFinalized(result, 'access', 'grantAccess', patientPair.address);
    const stored = (await api.query.access.grants(chart, grant)).unwrap().grant.toJSON();
    assert.equal(stored.envelope.hash, terms.envelope);
    assert.equal(stored.reason, terms.reason);

    const read = await clinician.bytes('record', 'get', record, '--purpose', 'treatment');
    assert.deepEqual(read, CONTENT);
    const shown = await patient.json('chart', 'show', chart);
    assert.equal(shown.grants.find(({ number }) => number === grant)?.envelope.hash, terms.envelope);
  });

  test('only the patient can have an envelope sealed, not even a reader', async () => {
    const { clinician, clinicianId, chart, compartment } = cast;
    const to = `member:${clinicianId}`;
    const reason = await clinician.refused('envelope', chart, '--to', to, '--compartment', compartment);
    assert.match(reason, /only the patient/);
  });

  test('a revocation is finalized, and the grantee reads no more', async () => {
    const { patientPair, clinician, clinicianId, chart, record } = cast;
    const result = await submit(api.tx.access.revokeAccess(chart, grant, null), patientPair);
    const revoked = fieldsOf(result, api.events.access.AccessRevoked);
    assert.deepEqual(revoked, { chart, grant, grantee: { member: clinicianId }, laboratory: false });
    await assertFinalized(result, 'access', 'revokeAccess', patientPair.address);
    const stored = (await api.query.access.grants(chart, grant)).unwrap().grant;
    assert.ok(stored.revokedAt.isSome);
    // The session still runs, but the release gate refuses.
    assert.match(await clinician.refused('record', 'get', record), /release gate/);
  });

  test('an approval of a request is finalized, and the requester reads', async () => {
    const { patientPair, clinician, clinicianId, chart, record } = cast;
    const { request } = await clinician.json('request', chart, '--purpose', 'treatment', '--until', '2h');
    const asked = (await api.query.access.requests(chart, request)).unwrap();
    assert.equal(asked.requester.toNumber(), clinicianId);
    assert.ok(asked.purpose.isTreatment && asked.state.isOpen);

    const terms = await sealedTerms({ end: asked.until.unwrap().toNumber() });
    const result = await submit(api.tx.access.approveRequest(chart, request, [terms]), patientPair);
    const approved = fieldsOf(result, api.events.access.RequestApproved);
    assert.deepEqual(approved, { chart, request, requester: clinicianId, grants: 1 });
    const granted = fieldsOf(result, api.events.access.AccessGranted);
    assert.deepEqual(granted.grantee, { member: clinicianId });
    await assertFinalized(result, 'access', 'approveRequest', patientPair.address);
    assert.ok((await api.query.access.requests(chart, request)).unwrap().state.isApproved);

    const read = await clinician.bytes('record', 'get', record, '--purpose', 'treatment');
    assert.deepEqual(read, CONTENT);
  });

  test('a staged record is accepted with a consent that the command line sealed', async () => {
    const { patient, patientPair, clinician, chart, compartment } = cast;
    const file = path.join(node.folder, 'staged.json');
    writeFileSync(file, CONTENT);
    const stage = ['record', 'stage', chart, file, '--compartment', compartment, '--basis', 'treatment-contract'];
    const [record] = (await clinician.json(...stage)).records;
    const [{ consent }] = await patient.json('record', 'accept', record, '--prepare', '--yes');
    const key = `0x${record.split('/')[1]}`;
    assert.ok((await api.query.records.records(chart, key)).unwrap().state.isStaged);

    const result = await submit(api.tx.records.acceptRecords(chart, [key], consent), patientPair);
    const changed = fieldsOf(result, api.events.records.RecordStateChanged);
    assert.deepEqual([changed.from, changed.to], ['Staged', 'Active']);
    await assertFinalized(result, 'records', 'acceptRecords', patientPair.address);
    assert.ok((await api.query.records.records(chart, key)).unwrap().state.isActive);
    // The hash is that of what the patient was shown, and the author can read it.
    const { entries } = await clinician.json('log', `chart:${chart}`);
    const entry = entries.find(({ action, subject }) => action === 'record-accepted' && subject.record[0] === record);
    assert.equal(entry.reason.text, consent);
    const { text } = await clinician.json('note', chart, '--entry', entry.sequence);
    assert.match(text, /staged these records for you[^]*Yes\.$/);
  });

  test('a patient asks that a record be shredded, and takes that back', async () => {
    const { patient, patientPair, chart } = cast;
    const listed = await patient.json('record', 'list', chart);
    const { record: id } = listed.find(({ state }) => state === 'active');
    const record = { chart, key: `0x${id.split('/')[1]}` };
    const asked = await submit(api.tx.shredding.requestShredding(record, null), patientPair);
    assert.equal(fieldsOf(asked, api.events.shredding.ShreddingRequested).record.key, record.key);
    await assertFinalized(asked, 'shredding', 'requestShredding', patientPair.address);
    assert.ok((await api.call.salusApi.shreddingState(record)).request.isSome);
    const early = submit(api.tx.shredding.shredRecord(record), patientPair);
    await assert.rejects(early, /shredding\.NotDue: The custodian has time to answer\./);

    await submit(api.tx.shredding.cancelShredding(record), patientPair);
    assert.ok((await api.call.salusApi.shreddingState(record)).request.isNone);
    const { request } = await patient.json('shredding', 'status', id);
    assert.equal(request, null);
  });

  test('a call that fails in its block tells the error and its documentation', async () => {
    const { patientPair, chart } = cast;
    const failed = submit(api.tx.access.revokeAccess(chart, grant, null), patientPair);
    await assert.rejects(failed, (error) => {
      assert.match(error.message, /^access\.AlreadyRevoked: The grant has been revoked already\./);
      return true;
    });
  });

  test('a transaction of an account that belongs to no member is refused at the pool, with the documented code', async () => {
    const { strangerPair, chart } = cast;
    const refused = submit(api.tx.access.revokeAccess(chart, grant, null), strangerPair);
    // The code is `NotMember` of `salus_primitives::refusal`. Without it, Substrate would report missing fees.
    await assert.rejects(refused, /^RpcError: 1010: Invalid Transaction: Custom error: 1$/);
    const meaning = await api.call.salusApi.refusal(1);
    assert.ok(meaning.unwrap().isNotMember);
  });

  test('a transaction that the role may never make is refused at the pool', async () => {
    const { patientPair, clinicianId } = cast;
    const refused = submit(api.tx.membership.challenge(clinicianId, new Uint8Array(32)), patientPair);
    await assert.rejects(refused, /^RpcError: 1010: Invalid Transaction: Custom error: 4$/);
    assert.ok((await api.call.salusApi.refusal(4)).unwrap().isRoleMayNotCall);
  });
});

/** Returns the terms of a grant to read for treatment until `end`, in Unix milliseconds. The CLI seals the envelope. */
async function sealedTerms({ end }) {
  const { patient, clinicianId, chart, compartment } = cast;
  const command = ['envelope', chart, '--to', `member:${clinicianId}`, '--compartment', 'Laboratory'];
  const [sealed] = await patient.json(...command, '--reason', 'For Tuesday.');
  assert.deepEqual(sealed.scope, { compartment });
  return {
    scope: { Compartment: compartment },
    permissions: PERMISSIONS.read,
    purposes: PURPOSES.treatment,
    interval: { start: await now(), end },
    reason: sealed.reason,
    envelope: sealed.envelope,
  };
}

/** Returns the chain's time, in Unix milliseconds. */
async function now() {
  return (await api.query.timestamp.now()).toNumber();
}

/** Checks that the transaction's block is finalized, and that it decodes to the call and its signer. */
async function assertFinalized(result, section, method, signer) {
  assert.ok(result.status.isFinalized);
  const hash = result.status.asFinalized;
  const { block } = await api.rpc.chain.getBlock(hash);
  const head = await api.rpc.chain.getHeader(await api.rpc.chain.getFinalizedHead());
  assert.ok(block.header.number.toNumber() <= head.number.toNumber());
  assert.ok((await api.rpc.chain.getBlockHash(block.header.number.unwrap())).eq(hash));
  const extrinsic = block.extrinsics[result.txIndex];
  assert.ok(extrinsic.isSigned);
  assert.equal(extrinsic.signer.toString(), signer);
  assert.deepEqual([extrinsic.method.section, extrinsic.method.method], [section, method]);
}

/** Returns the Salus pallets in the metadata. */
function pallets() {
  const found = api.runtimeMetadata.asLatest.pallets.filter(({ name }) => PALLETS.includes(name.toString()));
  assert.equal(found.length, PALLETS.length);
  return found;
}

/** Returns the calls, events and errors of a pallet. */
function variantsOf(pallet) {
  return ['calls', 'events', 'errors'].flatMap((kind) => {
    if (pallet[kind].isNone) return [];
    const { variants } = api.registry.lookup.getSiType(pallet[kind].unwrap().type).def.asVariant;
    return variants.map((variant) => ({ kind, variant }));
  });
}

function isDocumented({ docs }) {
  return docs.some((line) => line.toString().trim());
}

/** Returns the encoding of a type's simplest value. */
function defaultOf(type) {
  return [...api.createType(api.registry.createLookupType(type)).toU8a()];
}
