// SPDX-License-Identifier: Apache-2.0

// polkadot-api, the newer client, without generated descriptors: it reads everything from the node's metadata.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { createClient, Enum, InvalidTxError } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider } from 'polkadot-api/ws';
import { WebSocket } from 'ws';

import { CONTENT, enter } from '../lib/cast.mjs';
import { Node } from '../lib/node.mjs';
import { HOUR, PERMISSIONS, PURPOSES } from '../lib/values.mjs';

let node;
let client;
let api;
let cast;
let patient;
let stranger;
let grant;

before(async () => {
  node = await Node.start();
  cast = await enter(node);
  // Node.js has a WebSocket of its own from version 22 on.
  client = createClient(getWsProvider(node.ws, { websocketClass: WebSocket }));
  api = client.getUnsafeApi();
  patient = signer(cast.patientPair);
  stranger = signer(cast.strangerPair);
});

after(async () => {
  client?.destroy();
  await node?.stop();
});

test('the questions of Salus are answered through the runtime API', async () => {
  const { patientPair, patientId, clinicianId, chart, compartment } = cast;
  const { SalusApi } = api.apis;
  assert.equal(await SalusApi.member_of_account(hex(patientPair.publicKey)), BigInt(patientId));
  const member = await SalusApi.member(BigInt(clinicianId));
  assert.equal(member.role.type, 'Clinician');
  assert.equal(member.status.type, 'Active');
  assert.equal(member.admitted_by, 1);
  assert.deepEqual(await SalusApi.charts_of(BigInt(patientId)), [BigInt(chart)]);
  assert.equal(await SalusApi.member(2n ** 64n - 1n), undefined);
  const ask = {
    permission: Enum('Read'),
    scope: Enum('Compartment', compartment),
    purpose: Enum('Treatment'),
    at: await SalusApi.now(),
  };
  const { decision, path } = await SalusApi.explain_access(BigInt(clinicianId), BigInt(chart), ask);
  assert.deepEqual([decision.type, decision.value.type], ['Denied', 'NoGrant']);
  assert.ok(path.length > 1);
});

test('a grant with an envelope of the vault is finalized, and the grantee reads', async () => {
  const { clinician, clinicianId, chart, compartment, record } = cast;
  const terms = await sealedTerms(BigInt(Date.now() + HOUR));
  const call = { chart: BigInt(chart), grantee: Enum('Member', BigInt(clinicianId)), terms };
  const result = await api.tx.Access.grant_access(call).signAndSubmit(patient);
  const granted = await finalisedEvent(result, 'AccessGranted');
  assert.equal(granted.chart, BigInt(chart));
  assert.deepEqual([granted.grantee.type, granted.grantee.value], ['Member', BigInt(clinicianId)]);
  assert.deepEqual([granted.scope.type, granted.scope.value], ['Compartment', compartment]);
  assert.equal(granted.permissions, PERMISSIONS.read);
  assert.equal(granted.interval.end, terms.interval.end);
  grant = granted.grant;

  const { grant: stored } = await api.query.Access.Grants.getValue(BigInt(chart), grant);
  assert.equal(stored.envelope.hash, terms.envelope);
  const [listed] = await api.apis.SalusApi.grants(BigInt(chart), grant, 1);
  assert.deepEqual([listed.number, listed.grant.envelope.hash], [grant, terms.envelope]);
  assert.deepEqual(await clinician.bytes('record', 'get', record, '--purpose', 'treatment'), CONTENT);
});

test('a revocation is finalized, and the grantee reads no more', async () => {
  const { clinician, chart, record } = cast;
  const call = { chart: BigInt(chart), grant, reason: undefined };
  const revoked = await finalisedEvent(await api.tx.Access.revoke_access(call).signAndSubmit(patient), 'AccessRevoked');
  assert.deepEqual([revoked.chart, revoked.grant], [BigInt(chart), grant]);
  assert.match(await clinician.refused('record', 'get', record), /release gate/);
});

test('an approval of a request is finalized, and the requester reads', async () => {
  const { clinician, clinicianId, chart, record } = cast;
  const { request } = await clinician.json('request', chart, '--purpose', 'treatment', '--until', '2h');
  const { until } = await api.query.Access.Requests.getValue(BigInt(chart), request);
  const call = { chart: BigInt(chart), request, grants: [await sealedTerms(until)] };
  const result = await api.tx.Access.approve_request(call).signAndSubmit(patient);
  const approved = await finalisedEvent(result, 'RequestApproved');
  assert.deepEqual([approved.request, approved.requester, approved.grants], [request, BigInt(clinicianId), 1]);
  await finalisedEvent(result, 'AccessGranted');
  assert.deepEqual(await clinician.bytes('record', 'get', record, '--purpose', 'treatment'), CONTENT);
});

test('a call that fails in its block tells the error', async () => {
  const call = { chart: BigInt(cast.chart), grant, reason: undefined };
  const result = await api.tx.Access.revoke_access(call).signAndSubmit(patient);
  assert.equal(result.ok, false);
  const { type, value } = result.dispatchError;
  assert.deepEqual([type, value.type, value.value.type], ['Module', 'Access', 'AlreadyRevoked']);
});

test('a transaction of an account that belongs to no member is refused, with the documented code', async () => {
  const call = { chart: BigInt(cast.chart), grant, reason: undefined };
  await assert.rejects(api.tx.Access.revoke_access(call).signAndSubmit(stranger), (refusal) => {
    assert.ok(refusal instanceof InvalidTxError, `${refusal}`);
    const { type, value } = refusal.error;
    assert.deepEqual([type, value.type, value.value], ['Invalid', 'Custom', 1]);
    return true;
  });
  assert.equal((await api.apis.SalusApi.refusal(1)).type, 'NotMember');
});

/** Returns the terms of a grant to read for treatment until `end`, in Unix milliseconds. The CLI seals the envelope. */
async function sealedTerms(end) {
  const { patient: person, clinicianId, chart, compartment } = cast;
  const command = ['envelope', chart, '--to', `member:${clinicianId}`, '--compartment', 'Laboratory'];
  const [sealed] = await person.json(...command);
  return {
    scope: Enum('Compartment', compartment),
    permissions: PERMISSIONS.read,
    purposes: PURPOSES.treatment,
    interval: { start: await api.apis.SalusApi.now(), end },
    reason: sealed.reason,
    envelope: sealed.envelope,
  };
}

/** Returns the fields of the only `Access` event with this name in a finalized transaction. */
async function finalisedEvent(result, name) {
  assert.ok(result.ok, JSON.stringify(result.dispatchError));
  const block = await client.getFinalizedBlock();
  assert.ok(result.block.number <= block.number);
  const events = result.events.filter(({ type, value }) => type === 'Access' && value.type === name);
  assert.equal(events.length, 1, `there are ${events.length} events ${name}`);
  return events[0].value.value;
}

function signer(pair) {
  return getPolkadotSigner(pair.publicKey, 'Sr25519', (payload) => pair.sign(payload));
}

function hex(bytes) {
  return `0x${Buffer.from(bytes).toString('hex')}`;
}
