// SPDX-License-Identifier: Apache-2.0

// Keys made by `salus` belong to their owner, not to `salus`: Polkadot.js opens them, from the file or from the words.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady, signatureVerify } from '@polkadot/util-crypto';

import { PASSWORD, Salus } from '../lib/salus.mjs';

const folder = mkdtempSync(join(tmpdir(), 'salus-js-keys-'));
const phraseFile = join(folder, 'phrase');
// Keys need no node: nothing listens at this address.
const salus = new Salus({ home: join(folder, 'home'), vaults: join(folder, 'vaults'), node: 'ws://127.0.0.1:9' });
const keyring = () => new Keyring({ type: 'sr25519' });

let shown;
let document;

before(async () => {
  await cryptoWaitReady();
  await salus.json('key', 'new', 'anna', '--phrase-file', phraseFile);
  shown = await salus.json('key', 'show', 'anna');
  document = await salus.json('key', 'export-json', 'anna');
});

after(() => rmSync(folder, { recursive: true, force: true }));

test('the exported keystore names the account that `key show` names', () => {
  assert.equal(document.address, shown.address);
  assert.equal(document.meta.name, 'anna');
  const pair = keyring().addFromJson(document);
  assert.equal(pair.type, 'sr25519');
  assert.equal(pair.address, shown.address);
  assert.equal(Buffer.from(pair.publicKey).toString('hex'), shown.transaction.slice(2));
});

test('the exported keystore opens with the password, and signs', () => {
  const pair = keyring().addFromJson(document);
  assert.ok(pair.isLocked);
  pair.unlock(PASSWORD);
  const message = 'a message';
  const signature = pair.sign(message);
  assert.ok(signatureVerify(message, signature, shown.address).isValid);
  assert.ok(!signatureVerify('another message', signature, shown.address).isValid);
});

test('the exported keystore stays shut to a wrong password', () => {
  const pair = keyring().addFromJson(document);
  for (const wrong of ['Scenario', `${PASSWORD} `, PASSWORD.slice(1)]) {
    assert.throws(() => pair.unlock(wrong), /Unable to decode using the supplied passphrase/);
  }
  assert.throws(() => pair.unlock(), /Password required/);
  assert.ok(pair.isLocked);
  assert.throws(() => pair.sign('a message'), /Cannot sign with a locked key pair/);
});

test('the words give the same account, at //transaction', () => {
  const words = readFileSync(phraseFile, 'utf8').trim();
  assert.equal(words.split(' ').length, 12);
  assert.equal(keyring().addFromUri(`${words}//transaction`).address, shown.address);
  assert.equal(
    Buffer.from(keyring().addFromUri(`${words}//membership`).publicKey).toString('hex'),
    shown.membership.slice(2),
  );
  assert.notEqual(keyring().addFromUri(words).address, shown.address);
});

test('development keys are those of the same URI in Polkadot.js', async () => {
  const imported = await salus.json('key', 'import', 'hospital-1', '--uri', '//Hospital1');
  assert.equal(imported.address, keyring().addFromUri('//Hospital1//transaction').address);
});
