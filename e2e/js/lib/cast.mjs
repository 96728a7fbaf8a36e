// SPDX-License-Identifier: Apache-2.0

// Who takes part: a patient with a chart and a record, a clinician of another hospital, and a stranger.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { PASSWORD, Salus } from './salus.mjs';

/** The name under which each person keeps their own identity. */
export const OWN = 'me';

/** The record that the patient keeps in the compartment `Laboratory`. */
export const CONTENT = Buffer.from(
  '{"resourceType":"Observation","status":"final","code":{"text":"Potassium"},' +
    '"valueQuantity":{"value":4.10,"unit":"mmol/L"}}',
);

/** Lets a patient and a clinician join the `dev` chain of `node`; the patient opens a chart and adds a record. */
export async function enter(node) {
  await cryptoWaitReady();
  const names = ['staff', 'patient', 'clinician', 'stranger'];
  const [staff, patient, clinician, stranger] = names.map((name) => computer(node, name));
  await makeIdentities(staff, [patient, clinician, stranger]);
  const [patientId, clinicianId] = await joinBoth(node, staff, [
    { person: patient, issuer: 'hospital-1', institution: 0, role: 'patient' },
    { person: clinician, issuer: 'hospital-2', institution: 1, role: 'clinician' },
  ]);

  const { chart } = await patient.json('chart', 'open');
  const compartments = await patient.json('compartment', 'add', chart, '--standard');
  const compartment = compartments.find(({ name }) => name === 'Laboratory')?.number;
  assert.ok(Number.isInteger(compartment), 'there is no compartment `Laboratory`');
  const file = path.join(node.folder, 'potassium.json');
  writeFileSync(file, CONTENT);
  const { record } = await patient.json('record', 'add', chart, file, '--compartment', 'Laboratory');

  return {
    staff,
    patient,
    clinician,
    patientId,
    clinicianId,
    chart,
    compartment,
    record,
    patientPair: await pairOf(patient),
    strangerPair: await pairOf(stranger),
  };
}

/** The signing pair in the JSON keystore that the command line exports. */
export async function pairOf(person) {
  const document = await person.json('key', 'export-json', OWN);
  const pair = new Keyring({ type: 'sr25519' }).addFromJson(document);
  pair.unlock(PASSWORD);
  return pair;
}

/** A computer, whose people ask `node`. */
export function computer(node, name) {
  const home = path.join(node.folder, 'computers', name);
  mkdirSync(home, { recursive: true });
  return new Salus({ home, vaults: path.join(node.folder, 'vaults'), node: node.ws });
}

/** The keys of all people; the hospitals' staff uses the development keys that the chain begins with. */
export async function makeIdentities(staff, persons) {
  const imports = ['1', '2'].flatMap((hospital) => [
    ['key', 'import', `hospital-${hospital}`, '--uri', `//Hospital${hospital}`],
    ['key', 'import', `verifier-${hospital}`, '--uri', `//Hospital${hospital}//Verifier`],
  ]);
  const made = persons.map((person) => person.json('key', 'new', OWN));
  await Promise.all([...imports.map((command) => staff.json(...command)), ...made]);
}

/**
 * A voucher of an institution, its redemption and two challenges with their answers, for each of two newcomers: their
 * numbers. What does not depend on each other goes at the same time.
 */
export async function joinBoth(node, staff, newcomers) {
  // Vouchers are dated by the chain.
  await node.finalizing();
  const redeem = async ({ person, issuer, institution, role }) => {
    const voucher = path.join(node.folder, `${role}.json`);
    const issue = ['voucher', 'issue', '--institution', institution, '--role', role, '--out', voucher];
    await staff.actingAs(issuer).json(...issue);
    return (await person.json('join', voucher)).member;
  };
  const members = await Promise.all(newcomers.map(redeem));

  const challenge = (verifier, member) => staff.actingAs(verifier).json('verify', 'challenge', member);
  const [first, second] = members;
  await Promise.all([challenge('verifier-1', first), challenge('verifier-2', second)]);
  await Promise.all([challenge('verifier-1', second), challenge('verifier-2', first)]);

  for (const { status } of await Promise.all(newcomers.map(({ person }) => person.json('verify', 'answer')))) {
    assert.equal(status, 'active');
  }
  return members;
}
