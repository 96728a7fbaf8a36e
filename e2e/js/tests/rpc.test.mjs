// SPDX-License-Identifier: Apache-2.0

// The node's JSON-RPC over plain HTTP: every method `salus_*`, its documented error codes, and malformed input, which
// must not stop the node.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { Keyring } from '@polkadot/keyring';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { Node } from '../lib/node.mjs';

const INVALID_PARAMS = -32602;
const UNKNOWN_METHOD = -32601;
const NOT_JSON = -32700;
const UNKNOWN_BLOCK = 7001;
const LIMIT_OUT_OF_RANGE = 7003;
/** The maximum number of items on a page. */
const MAX_PAGE = 256;

const NO_BLOCK = `0x${'77'.repeat(32)}`;
const NO_RECORD = `1/${'00'.repeat(16)}`;
const NO_KEY = `0x${'00'.repeat(16)}`;
const ASK = { permission: 'read', scope: { compartment: 0 }, purpose: 'treatment', at: 0 };

/** Every method with parameters that it accepts. A `limit` is marked, because the node bounds it. */
const limit = Symbol('limit');
const METHODS = {
  salus_institution: [1],
  salus_institutions: [0, limit],
  salus_member: [0],
  salus_memberOfAccount: [`0x${'11'.repeat(32)}`],
  salus_challenges: [0],
  salus_requiredVerifications: [],
  salus_chart: [1],
  salus_chartsOf: [0],
  salus_compartments: [1],
  salus_epochs: [1, 0, 0, limit],
  salus_grants: [1, 0, limit],
  salus_grantsTo: [{ member: 0 }, null, limit],
  salus_readers: [1, { compartment: 0 }],
  salus_requests: [1, 0, limit],
  salus_explainAccess: [0, 1, ASK],
  salus_record: [NO_RECORD],
  salus_records: [1, null, limit],
  salus_corrections: [1, null, limit],
  salus_versions: [NO_RECORD, 0, limit],
  salus_shreddingState: [NO_RECORD],
  salus_shreddings: [0, limit],
  salus_attestations: [0, null, limit],
  salus_session: [0, NO_KEY],
  salus_logHead: ['consortium'],
  salus_logPage: ['consortium', 0, limit],
  salus_now: [],
  salus_refusal: [1],
};

let node;

before(async () => {
  await cryptoWaitReady();
  node = await Node.start();
});

after(() => node?.stop());

describe('the methods `salus_*`', () => {
  test('are those that are documented', async () => {
    const { result } = await call('rpc_methods');
    const served = result.methods.filter((method) => method.startsWith('salus_'));
    // `salus_equivocations` takes no block, because the node answers it from its own observations.
    assert.deepEqual(served.sort(), [...Object.keys(METHODS), 'salus_equivocations'].sort());
  });

  test('tell what the node noticed of authorities', async () => {
    assert.deepEqual((await call('salus_equivocations')).result, []);
    assert.deepEqual((await call('salus_equivocations', [])).result, []);
  });

  test('answer, for the best block and for a named one', async () => {
    const { result: finalized } = await call('chain_getFinalizedHead');
    for (const method of Object.keys(METHODS)) {
      for (const at of [[], [null], [finalized]]) {
        const { error } = await call(method, [...parameters(method), ...at]);
        assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
      }
    }
  });

  test('answer what the development chain begins with', async () => {
    const { result: institution } = await call('salus_institution', [0]);
    assert.equal(institution.profile.kind, 'hospital');
    assert.equal(institution.status, 'active');
    const { result: institutions } = await call('salus_institutions', [0, MAX_PAGE]);
    assert.deepEqual(institutions.map(({ number }) => number), [0, 1]);
    assert.deepEqual(institutions[0], { number: 0, ...institution });

    const account = new Keyring({ type: 'sr25519' }).addFromUri('//Hospital1//Verifier//transaction').publicKey;
    const { result: number } = await call('salus_memberOfAccount', [`0x${Buffer.from(account).toString('hex')}`]);
    const { result: member } = await call('salus_member', [number]);
    assert.equal(member.role, 'verifier');
    assert.equal(member.admitted_by, 0);

    const { result: verifications } = await call('salus_requiredVerifications');
    assert.equal(verifications, 2);
    const time = await timeAfter(0);
    assert.ok(Math.abs(Date.now() - time) < 60_000, `${time} is not the time in Unix milliseconds`);
  });

  test('answer null or an empty list where there is nothing', async () => {
    for (const method of ['salus_chart', 'salus_record', 'salus_session', 'salus_memberOfAccount']) {
      assert.equal((await call(method, parameters(method))).result, null, method);
    }
    for (const method of ['salus_chartsOf', 'salus_compartments', 'salus_grants', 'salus_requests', 'salus_records']) {
      assert.deepEqual((await call(method, parameters(method))).result, [], method);
    }
    assert.equal((await call('salus_institution', [4_294_967_295])).result, null);
    const { result } = await call('salus_explainAccess', [0, 1, ASK]);
    assert.deepEqual(result.decision, { denied: 'not-found' });
  });

  test('tell what the code of a refusal means', async () => {
    assert.equal((await call('salus_refusal', [1])).result, 'not-member');
    assert.equal((await call('salus_refusal', [4])).result, 'role-may-not-call');
    assert.equal((await call('salus_refusal', [0])).result, null);
    assert.equal((await call('salus_refusal', [255])).result, null);
  });

  test('refuse a block that is not known', async () => {
    for (const method of Object.keys(METHODS)) {
      const { error } = await call(method, [...parameters(method), NO_BLOCK]);
      assert.equal(error?.code, UNKNOWN_BLOCK, method);
      assert.match(error.message, /is not known/);
    }
  });

  test('refuse a limit of zero or of more than a page', async () => {
    for (const [method, accepted] of Object.entries(METHODS)) {
      if (!accepted.includes(limit)) continue;
      for (const wrong of [0, MAX_PAGE + 1, 4_294_967_295]) {
        const { error } = await call(method, parameters(method, wrong));
        assert.equal(error?.code, LIMIT_OUT_OF_RANGE, `${method} ${wrong}`);
      }
      assert.equal((await call(method, parameters(method, MAX_PAGE))).error, undefined, method);
    }
  });

  test('refuse a missing parameter', async () => {
    for (const method of Object.keys(METHODS)) {
      const accepted = parameters(method);
      if (accepted.length === 0) continue;
      assert.equal((await call(method, [])).error?.code, INVALID_PARAMS, method);
      assert.equal((await call(method, accepted.slice(0, -1))).error?.code, INVALID_PARAMS, method);
    }
  });

  test('refuse a malformed parameter in every place', async () => {
    const wrong = [{ wrong: true }, [[]], 'wrong', -1, 1.5, 2 ** 70, true, 'é'.repeat(100_000), '0x', '\u0000'];
    for (const method of Object.keys(METHODS)) {
      const accepted = parameters(method);
      for (let place = 0; place <= accepted.length; place += 1) {
        for (const value of wrong) {
          const { error } = await call(method, [...accepted.slice(0, place), value, ...accepted.slice(place + 1)]);
          const shown = JSON.stringify(value).slice(0, 40);
          assert.equal(error?.code, INVALID_PARAMS, `${method}: ${shown} at ${place}`);
        }
      }
    }
  });

  test('refuse a number that is too large for its parameter', async () => {
    // As text: JavaScript would round them.
    const [byte, word, double] = ['256', '4294967296', '18446744073709551616'];
    const tooLarge = {
      salus_institution: [[word]],
      salus_institutions: [[word, '10'], ['0', word]],
      salus_member: [[double]],
      salus_challenges: [[double]],
      salus_chart: [[double]],
      salus_chartsOf: [[double]],
      salus_compartments: [[double]],
      salus_epochs: [[double, '0', '0', '10'], ['0', byte, '0', '10'], ['0', '0', word, '10'], ['0', '0', '0', word]],
      salus_grants: [[double, '0', '10'], ['0', word, '10'], ['0', '0', word]],
      salus_grantsTo: [
        [`{"member":${double}}`, 'null', '10'],
        [`{"institution":${word}}`, 'null', '10'],
        ['{"member":0}', `{"chart":${double},"number":0}`, '10'],
        ['{"member":0}', `{"chart":0,"number":${word}}`, '10'],
        ['{"member":0}', 'null', word],
      ],
      salus_readers: [[double, '{"compartment":0}'], ['0', `{"compartment":${byte}}`]],
      salus_requests: [[double, '0', '10'], ['0', word, '10'], ['0', '0', word]],
      salus_explainAccess: [
        [double, '0', JSON.stringify(ASK)],
        ['0', double, JSON.stringify(ASK)],
        ['0', '0', JSON.stringify(ASK).replace('"at":0', `"at":${double}`)],
        ['0', '0', JSON.stringify(ASK).replace('"compartment":0', `"compartment":${byte}`)],
      ],
      salus_record: [[`"${double}/${'00'.repeat(16)}"`]],
      salus_records: [[double, 'null', '10'], ['0', 'null', word]],
      salus_corrections: [[double, 'null', '10'], ['0', 'null', word]],
      salus_versions: [[`"${NO_RECORD}"`, word, '10'], [`"${NO_RECORD}"`, '0', word]],
      salus_shreddingState: [[`"${double}/${'00'.repeat(16)}"`]],
      salus_shreddings: [[double, '10'], ['0', word]],
      salus_attestations: [[double, 'null', '10'], ['0', word, '10'], ['0', 'null', word]],
      salus_session: [[double, `"${NO_KEY}"`]],
      salus_logHead: [[`{"chart":${double}}`], [`{"institution":${word}}`]],
      salus_logPage: [[`{"chart":${double}}`, '0', '10'], ['"consortium"', double, '10'], ['"consortium"', '0', word]],
      salus_refusal: [[byte]],
    };
    const withoutNumbers = ['salus_memberOfAccount', 'salus_requiredVerifications', 'salus_now'];
    assert.deepEqual([...Object.keys(tooLarge), ...withoutNumbers].sort(), Object.keys(METHODS).sort());
    for (const [method, rows] of Object.entries(tooLarge)) {
      for (const row of rows) {
        const { error } = await callWithText(method, `[${row}]`);
        assert.equal(error?.code, INVALID_PARAMS, `${method} ${row}`);
      }
    }
  });

  test('refuse keys and hashes of a wrong length', async () => {
    const hex = (bytes) => `0x${'11'.repeat(bytes)}`;
    for (const bytes of [0, 1, 15, 17, 31, 33, 100_000]) {
      for (const method of Object.keys(METHODS)) {
        const { error } = await call(method, [...parameters(method), hex(bytes)]);
        assert.equal(error?.code, INVALID_PARAMS, `${method}: a block hash of ${bytes} bytes`);
      }
      assert.equal((await call('salus_memberOfAccount', [hex(bytes)])).error?.code, INVALID_PARAMS);
      assert.equal((await call('salus_session', [0, hex(bytes)])).error?.code, INVALID_PARAMS);
      assert.equal((await call('salus_record', [`1/${'11'.repeat(bytes)}`])).error?.code, INVALID_PARAMS);
      assert.equal((await call('salus_records', [1, hex(bytes), 10])).error?.code, INVALID_PARAMS);
    }
  });

  test('refuse parameters that are not a list, and say what is wrong', async () => {
    for (const method of Object.keys(METHODS).filter((method) => METHODS[method].length > 0)) {
      for (const params of ['null', '{}', '{"wrong":1}', '"x"', '5', undefined]) {
        const { error } = await callWithText(method, params);
        assert.ok(error, `${method} ${params}`);
        assert.ok(error.message.length > 0);
      }
    }
    const { error } = await call('salus_refusal', [256]);
    assert.match(error.data, /`256`, expected u8/);
  });

  test('answer for identifiers that nothing has', async () => {
    const [word, double] = ['4294967295', '18446744073709551615'];
    for (const [method, params] of [
      ['salus_institution', `[${word}]`],
      ['salus_institutions', `[${word},256]`],
      ['salus_member', `[${double}]`],
      ['salus_challenges', `[${double}]`],
      ['salus_chart', `[${double}]`],
      ['salus_chartsOf', `[${double}]`],
      ['salus_compartments', `[${double}]`],
      ['salus_epochs', `[${double},255,${word},256]`],
      ['salus_grants', `[${double},${word},256]`],
      ['salus_grantsTo', `[{"member":${double}},[${double},${word}],256]`],
      ['salus_requests', `[${double},${word},256]`],
      ['salus_record', `["${double}/${'ff'.repeat(16)}"]`],
      ['salus_records', `[${double},"0x${'ff'.repeat(16)}",256]`],
      ['salus_corrections', `[${double},"0x${'ff'.repeat(16)}",256]`],
      ['salus_versions', `["${double}/${'ff'.repeat(16)}",${word},256]`],
      ['salus_shreddings', `[${double},256]`],
      ['salus_attestations', `[${double},${word},256]`],
      ['salus_session', `[${double},"0x${'ff'.repeat(16)}"]`],
      ['salus_logPage', `[{"chart":${double}},${double},256]`],
      ['salus_refusal', '[255]'],
    ]) {
      const { result, error } = await callWithText(method, params);
      assert.equal(error, undefined, `${method}: ${JSON.stringify(error)}`);
      assert.ok(result === null || result.length === 0, `${method}: ${JSON.stringify(result)}`);
    }
    assert.equal((await callWithText('salus_logHead', `[{"chart":${double}}]`)).result.length, 0);
  });
});

describe('the server', () => {
  test('says that it is healthy and ready', async () => {
    const health = await fetch(`${node.http}/health`);
    assert.equal(health.status, 200);
    assert.deepEqual(Object.keys(await health.json()).sort(), ['isSyncing', 'peers', 'shouldHavePeers']);
    assert.equal((await fetch(`${node.http}/health/readiness`)).status, 200);
  });

  test('refuses unknown methods and what is not JSON', async () => {
    assert.equal((await call('salus_everything')).error?.code, UNKNOWN_METHOD);
    for (const body of ['', '{', '\u0000', '[', '{"jsonrpc":"2.0","id":1,"method":"salus_now"', '['.repeat(10_000)]) {
      const response = await post(body);
      const { error } = await response.json();
      assert.equal(error.code, NOT_JSON, body.slice(0, 40));
    }
  });

  test('refuses transactions that are none', async () => {
    for (const bytes of ['0x', '0x00', '0x0400', `0x${'ff'.repeat(1000)}`, '0x280403000b00000000000000']) {
      const { error } = await call('author_submitExtrinsic', [bytes]);
      assert.ok(error, bytes.slice(0, 40));
    }
  });

  test('answers each part of a batch by itself', async () => {
    const part = (id, method, params) => ({ jsonrpc: '2.0', id, method, params });
    const batch = [part(1, 'salus_refusal', [1]), part(2, 'salus_member', ['x']), part(3, 'salus_everything', [])];
    const answers = await (await post(JSON.stringify(batch))).json();
    const [good, malformed, unknown] = [1, 2, 3].map((id) => answers.find((answer) => answer.id === id));
    assert.equal(good.result, 'not-member');
    assert.equal(malformed.error.code, INVALID_PARAMS);
    assert.equal(unknown.error.code, UNKNOWN_METHOD);
  });

  test('still makes blocks after all that', async () => {
    assert.ok(node.isRunning);
    const { result: now } = await call('salus_now');
    await timeAfter(now);
    assert.equal((await fetch(`${node.http}/health`)).status, 200);
  });
});

/** The chain's time once it is past `moment`, which it is with the next block. Before the first block it is zero. */
async function timeAfter(moment) {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const { result: now } = await call('salus_now');
    if (now > moment) return now;
    await pause(100);
  }
  assert.fail('no block was made within 20 seconds');
}

/** Returns parameters that `method` accepts. */
function parameters(method, most = 10) {
  return METHODS[method].map((value) => (value === limit ? most : value));
}

/** Calls a method, and returns its result or its error. */
async function call(method, params = []) {
  const response = await post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }));
  assert.equal(response.status, 200);
  return response.json();
}

/** Calls a method with parameters that JavaScript cannot write, or with none. */
async function callWithText(method, params) {
  const named = params === undefined ? '' : `,"params":${params}`;
  return (await post(`{"jsonrpc":"2.0","id":1,"method":"${method}"${named}}`)).json();
}

function post(body) {
  return fetch(node.http, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
}
