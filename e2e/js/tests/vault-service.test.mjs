// SPDX-License-Identifier: Apache-2.0

// The package `http-message-signatures`, another implementation of RFC 9421, signs requests that a vault service accepts.
// It shares no code with Salus: only the content digest and the sr25519 signature come from elsewhere.

import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { createSigner, httpbis } from 'http-message-signatures';

import { Node } from '../lib/node.mjs';
import { VaultService } from '../lib/vault-service.mjs';

const COMPONENTS = ['@method', '@authority', '@path', 'content-digest', 'salus-genesis'];
const PARAMETERS = ['created', 'keyid', 'nonce', 'tag'];
const RELEASE = '/v1/release';
const STAGE = '/v1/stage';

/** A request for a record that does not exist. */
const WISH = { record: `11/${'02'.repeat(16)}`, version: 3, session: null, reader: 0 };
const BODY = JSON.stringify(WISH);
/**
 * The same, not before a block of the far future. The gate looks at the signature first, then at the block, and last at the
 * member. So `behind` says that a stranger's signature is good, which `not-the-member` does not tell.
 */
const LATER = JSON.stringify({ ...WISH, not_before: 4_294_967_295 });

let node;
let service;
let genesis;
/** The ed25519 key of no member. */
let stranger;

before(async () => {
  await cryptoWaitReady();
  stranger = newStranger();
  node = await Node.start();
  genesis = await node.ask('chain_getBlockHash', [0]);
  service = await VaultService.start(node);
});

after(async () => {
  await service?.stop();
  await node?.stop();
});

describe('a signature by the package', () => {
  test('is accepted', async () => {
    assertBehind(await post(await sign(RELEASE, LATER), LATER));
  });

  test('is accepted in any order and with any label', async () => {
    const fields = [...COMPONENTS].reverse();
    const params = [...PARAMETERS].reverse();
    assertBehind(await post(await sign(RELEASE, LATER, { fields, params, name: 'another' }), LATER));
  });

  test('is accepted beside another one with another tag', async () => {
    const config = { key: newStranger(), fields: ['@method'], params: ['created', 'tag'], paramValues: { tag: 'other' } };
    const both = await httpbis.signMessage(config, await sign(RELEASE, LATER));
    assert.match(both.headers['Signature-Input'], /tag="salus".*tag="other"/);
    assertBehind(await post(both, LATER));
  });

  test('gives a stranger nothing', async () => {
    assertRefused(await post(await sign(RELEASE, BODY), BODY), 'not-the-member');
  });

  test('is refused where a bit of it is another', async () => {
    for (const place of [0, 31, 32, 62]) {
      assertRefused(await post(altered(await sign(RELEASE, LATER), place), LATER), 'not-the-member');
    }
  });

  test('is refused where it was made by another key than it says', async () => {
    const key = { ...newStranger(), id: stranger.id };
    assertRefused(await post(await sign(RELEASE, LATER, { key }), LATER), 'not-the-member');
  });

  test('is refused where a component or parameter is another', async () => {
    const ofAnother = {
      '@method': await sign(RELEASE, LATER, {}, { method: 'PUT' }),
      '@authority': await sign(RELEASE, LATER, {}, { url: `http://localhost${RELEASE}` }),
      '@path': await sign('/v1/release-key', LATER),
      'content-digest': await sign(RELEASE, BODY),
      'salus-genesis': await sign(RELEASE, LATER, {}, { headers: headers(LATER, `0x${'77'.repeat(32)}`) }),
    };
    assert.deepEqual(Object.keys(ofAnother), COMPONENTS);
    for (const [component, { headers: signed }] of Object.entries(ofAnother)) {
      const { 'Signature-Input': input, Signature: signature } = signed;
      const all = { ...headers(LATER), 'Signature-Input': input, Signature: signature };
      const message = { method: 'POST', url: `${service.http}${RELEASE}`, headers: all };
      assertRefused(await post(message, LATER), 'not-the-member', component);
    }

    for (const [parameter, value] of [['created', /created=\d+/], ['nonce', /nonce="\w+"/]]) {
      const message = await sign(RELEASE, LATER);
      const replacement = value.exec((await sign(RELEASE, LATER, at(-60))).headers['Signature-Input'])[0];
      const input = message.headers['Signature-Input'].replace(value, replacement);
      assert.notEqual(input, message.headers['Signature-Input']);
      message.headers['Signature-Input'] = input;
      assertRefused(await post(message, LATER), 'not-the-member', parameter);
    }
  });

  test('is refused where it is too old, or ahead', async () => {
    for (const seconds of [-180, 15]) {
      assertRefused(await post(await sign(RELEASE, LATER, at(seconds)), LATER), 'request-not-fresh');
    }
  });

  test('is refused in another form', async () => {
    const forms = [
      [{ params: undefined }, /exactly one signature with the tag `salus`/],
      ...PARAMETERS.filter((name) => name !== 'tag').map((name) => [
        { params: PARAMETERS.filter((other) => other !== name) },
        new RegExp(`parameter \`${name}\` is missing`),
      ]),
      [{ params: [...PARAMETERS, 'alg'] }, /a parameter `alg`/],
      [{ params: [...PARAMETERS, 'expires'] }, /a parameter `expires`/],
      ...COMPONENTS.map((name) => [
        { fields: COMPONENTS.filter((other) => other !== name) },
        new RegExp(`does not cover \`${name}\``),
      ]),
      [{ fields: [...COMPONENTS, '@scheme'] }, /@scheme/],
    ];
    for (const [options, detail] of forms) {
      const answer = await post(await sign(RELEASE, LATER, options), LATER);
      assertRefused(answer, undefined);
      assert.match(answer.body.detail, detail);
    }
  });
});

test('a body that is not the signed one is refused', async () => {
  const body = BODY.replace('"version":3', '"version":4');
  assert.notEqual(body, BODY);
  const answer = await post(await sign(RELEASE, BODY), body);
  assert.equal(answer.status, 400);
  assert.equal(answer.body.detail, 'the content digest is not the SHA-256 of the body');
});

describe('a member', () => {
  const object = randomBytes(1000);
  let body;
  /** The member's sr25519 key. */
  let key;
  /** The request that the service answered. */
  let answered;

  before(async () => {
    key = sr25519('//Hospital1//Verifier//transaction');
    const writer = await node.ask('salus_memberOfAccount', [key.id.replace('sr25519:', '')]);
    const id = `0x${createHash('sha256').update(object).digest('hex')}`;
    body = JSON.stringify({ chart: 1, writer, objects: [{ id, size: object.length }] });
  });

  test('is served: the package signs with the function that it is given', async () => {
    answered = await sign(STAGE, body, { key });
    const staged = await post(answered, body);
    assert.equal(staged.status, 200, JSON.stringify(staged.body));
    assert.match(staged.body.upload, /^[0-9a-f]{32}$/);

    const url = `${service.http}/v1/uploads/${staged.body.upload}`;
    const uploaded = await fetch(url, { method: 'PATCH', headers: { 'Upload-Offset': '0' }, body: object });
    assert.equal(uploaded.status, 201);
    assert.equal(uploaded.headers.get('upload-offset'), String(object.length));
  });

  test('is answered once', async () => {
    assertRefused(await post(answered, body), 'request-used');
    assert.equal((await post(await sign(STAGE, body, { key }), body)).status, 200);
  });

  test('is asked for a signature of its own', async () => {
    assertRefused(await post(altered(await sign(STAGE, body, { key }), 5), body), 'not-the-member');
    const others = [stranger, sr25519('//Hospital1//Delegate//transaction')];
    for (const other of others) assertRefused(await post(await sign(STAGE, body, { key: other }), body), 'not-the-member');
  });
});

/** The package's own signer, with a new key. */
function newStranger() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url');
  return createSigner(privateKey, 'ed25519', `ed25519:0x${raw.toString('hex')}`);
}

/** A signer for the package, which knows no sr25519, with the key of this URI. */
function sr25519(uri) {
  const pair = new Keyring({ type: 'sr25519' }).addFromUri(uri);
  const id = `sr25519:0x${Buffer.from(pair.publicKey).toString('hex')}`;
  return { id, sign: async (data) => Buffer.from(pair.sign(data)) };
}

/** Has the package sign `body` for `path`, with these options of the package and parts of the message in place of the usual. */
function sign(path, body, { paramValues, ...options } = {}, parts = {}) {
  const nonce = randomBytes(16).toString('hex');
  const config = {
    key: stranger,
    name: 'sig',
    fields: COMPONENTS,
    params: PARAMETERS,
    paramValues: { created: new Date(), nonce, tag: 'salus', ...paramValues },
    ...options,
  };
  return httpbis.signMessage(config, { method: 'POST', url: `${service.http}${path}`, headers: headers(body), ...parts });
}

/** The fields of a request besides its signature. */
function headers(body, chain = genesis) {
  const digest = createHash('sha256').update(body).digest('base64');
  return { 'Content-Type': 'application/json', 'Content-Digest': `sha-256=:${digest}:`, 'Salus-Genesis': chain };
}

/** Options with which a message says that it was made so many seconds from now. */
function at(seconds) {
  return { paramValues: { created: new Date(Date.now() + seconds * 1000) } };
}

/** The message with one bit of its signature's byte `place` turned over. */
function altered(message, place) {
  const [, base64] = /^sig=:(.+):$/.exec(message.headers.Signature);
  const bytes = Buffer.from(base64, 'base64');
  bytes[place] ^= 1;
  return { ...message, headers: { ...message.headers, Signature: `sig=:${bytes.toString('base64')}:` } };
}

/** Posts a signed message with `body`; the status, the fields and the JSON of the answer. */
async function post({ url, method, headers: fields }, body) {
  const answer = await fetch(url, { method, headers: fields, body });
  return { status: answer.status, headers: answer.headers, body: await answer.json() };
}

/** The signature was good: the gate went on to the block, which its node does not know. */
function assertBehind({ status, body }) {
  assert.equal(status, 503, JSON.stringify(body));
  assert.equal(body.refusal?.code, 'behind');
}

function assertRefused({ status, headers: fields, body }, code, message = JSON.stringify(body)) {
  assert.equal(status, 401, message);
  assert.equal(body.refusal?.code, code, message);
  assert.equal(fields.get('content-type'), 'application/problem+json');
  assert.equal(fields.get('www-authenticate'), 'Signature');
}
