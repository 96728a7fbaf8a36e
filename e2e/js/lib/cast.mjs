// SPDX-License-Identifier: Apache-2.0

// The participants: a patient with a chart and a record, a clinician of another hospital, and a stranger.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { PASSWORD, Salus } from './salus.mjs';

/** The name of each person's own identity. */
export const OWN = 'me';

/** The content of the patient's record in the compartment `Laboratory`. */
export const CONTENT = Buffer.from(
  '{"resourceType":"Observation","status":"final","code":{"text":"Potassium"},' +
    '"valueQuantity":{"value":4.10,"unit":"mmol/L"}}',
);

/** Makes a patient and a clinician members of the `dev` chain of `node`. The patient opens a chart with a record. */
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

/** Returns the signing pair in the JSON keystore that `salus key export-json` prints. */
export async function pairOf(person) {
  const document = await person.json('key', 'export-json', OWN);
  const pair = new Keyring({ type: 'sr25519' }).addFromJson(document);
  pair.unlock(PASSWORD);
  return pair;
}

/** Returns the command line of a computer that uses `node`. */
export function computer(node, name) {
  const home = path.join(node.folder, 'computers', name);
  mkdirSync(home, { recursive: true });
  return new Salus({ home, vaults: path.join(node.folder, 'vaults'), node: node.ws });
}

/** Makes the keys of `persons`, and imports the development keys of the hospitals' staff. */
export async function makeIdentities(staff, persons) {
  const imports = ['1', '2'].flatMap((hospital) => [
    ['key', 'import', `hospital-${hospital}`, '--uri', `//Hospital${hospital}`],
    ['key', 'import', `verifier-${hospital}`, '--uri', `//Hospital${hospital}//Verifier`],
  ]);
  const made = persons.map((person) => person.json('key', 'new', OWN));
  await Promise.all([...imports.map((command) => staff.json(...command)), ...made]);
}

/**
 * Lets two newcomers join with a voucher each, two challenges and their answers. Returns their member numbers.
 *
 * Independent steps run concurrently.
 */
export async function joinBoth(node, staff, newcomers) {
  // A voucher has the time of the newest finalized block.
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
