// SPDX-License-Identifier: Apache-2.0

// A vault moves into a real IPFS node and back. The program is `salus-vault`, and each test goes on where the one before ended.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';

import { binary } from '../../js/lib/binaries.mjs';
import { IpfsNode } from '../lib/ipfs-node.mjs';

const PREFIX = 'hospital-1/vault';
/** Small objects in the vault, besides a large one. */
const SMALL = 200;
/** More than one piece of an upload, and more than one block. */
const LARGE = 9 * 1024 * 1024 + 1;

let scratch;
let node;
/** The vault's objects by their ids. */
let objects;

before(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'salus-ipfs-'));
  objects = new Map();
  for (let number = 0; number <= SMALL; number += 1) {
    const bytes = randomBytes(number === 0 ? LARGE : 500 + number);
    objects.set(createHash('sha256').update(bytes).digest('hex'), bytes);
  }
  putInto('old', [...objects.keys()]);
  node = await IpfsNode.start(join(scratch, 'node'));
});

after(async () => {
  await node?.kill();
  rmSync(scratch, { recursive: true, force: true });
});

test('a node that is not private is refused, and nothing is written', async () => {
  const lacking = async (...settings) => {
    for (const command of ['migrate', 'verify']) {
      const { status, said } = await salusVault(command, inNode(), '"old"');
      assert.equal(status, 2, said);
      for (const setting of settings) assert.match(said, new RegExp(`is not private: set .*\`${setting}\``));
      assert.doesNotMatch(said, /PrivKey/);
    }
  };
  await lacking('Routing.Type', 'Provide.Enabled');
  await node.configure('Routing.Type', 'dht');
  await node.configure('Provide.Enabled', false);
  await lacking('Routing.Type');
  await node.configure('Routing.Type', 'none');
  await node.configure('Bootstrap', ['/dns4/peers.example/tcp/4001']);
  await lacking('Bootstrap');
  await node.configure('Bootstrap', []);
  assert.equal(JSON.parse(await node.ask('files/ls')).Entries.length, 0);
});

test('garbage collection keeps the objects that have names, and takes the blocks of one that has none', async () => {
  const few = [...objects.keys()].slice(0, 3);
  const [large, kept, deleted] = few;
  putInto('few', few);
  const moved = await salusVault('migrate', inNode('few'), '"few"');
  assert.equal(moved.status, 0, moved.said);
  const isOnDisk = (id) => blocks().some((path) => readFileSync(path).includes(objects.get(id).subarray(0, 100)));
  await node.ask('repo/gc');
  assert.ok([large, kept, deleted].every(isOnDisk));
  await node.ask('files/rm', { arg: `/few/${pathOf(deleted)}` });
  assert.ok(isOnDisk(deleted), 'its blocks wait for the collection');
  await node.ask('repo/gc');
  assert.deepEqual([large, kept, deleted].map(isOnDisk), [true, true, false]);
  const whole = await salusVault('verify', inNode('few'));
  assert.equal(whole.status, 0, whole.said);
  assert.match(whole.said, /2 objects are whole/);
});

test('a node that dies meanwhile is named, and the next run goes on', async () => {
  const config = write(inNode('first'), '"old"');
  const child = spawn(binary('salus-vault'), ['migrate', '--config', config], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (piece) => (said += piece));
  const ended = once(child, 'exit');
  while (child.exitCode === null && (await shards('first')) < 20) await pause(20);
  await node.kill();
  const [status] = await ended;
  assert.equal(status, 2, said);
  assert.match(said, /the server of the vault's store is away/);

  await node.begin();
  const verified = await salusVault('verify', inNode('first'));
  assert.equal(verified.status, 0, `half an object has a name: ${verified.said}`);
  const again = await salusVault('migrate', inNode('first'), '"old"');
  assert.equal(again.status, 0, again.said);
  assert.match(again.said, /all objects of the previous store/);
  const whole = await salusVault('verify', inNode('first'));
  assert.equal(whole.status, 0, whole.said);
  assert.match(whole.said, new RegExp(`${SMALL + 1} objects are whole`));
});

test('objects move into the node, which names them by their CIDs', async () => {
  const moved = await salusVault('migrate', inNode(), '"old"');
  assert.equal(moved.status, 0, moved.said);
  assert.match(moved.said, new RegExp(`${SMALL + 1} objects copied`));
  for (const [id, bytes] of objects) {
    const { Hash: cid, Size: size } = JSON.parse(await node.ask('files/stat', { arg: `/${PREFIX}/${pathOf(id)}` }));
    assert.equal(size, bytes.length);
    // A CID of version 1, in base 58 or 32. Identifiers of version 0 begin with `Qm`.
    assert.match(cid, /^[zb]/);
  }
  const again = await salusVault('migrate', inNode(), '"old"');
  assert.match(again.said, new RegExp(`0 objects copied, ${SMALL + 1} were there`));
  assert.deepEqual(JSON.parse(await node.ask('swarm/peers')).Peers ?? [], []);
});

test('damage is found and healed: other bytes under the name, or in a block on the disk', async () => {
  const [, replaced, rotten] = [...objects.keys()];
  const arg = `/${PREFIX}/${pathOf(replaced)}`;
  await node.ask('files/write', { arg, truncate: 'true' }, randomBytes(objects.get(replaced).length));
  const block = blocks().find((path) => readFileSync(path).includes(objects.get(rotten)));
  const bytes = readFileSync(block);
  bytes[bytes.length - 100] ^= 1;
  writeFileSync(block, bytes);

  const found = await salusVault('verify', inNode());
  assert.equal(found.status, 1, found.said);
  assert.deepEqual(found.printed.trim().split('\n').sort(), [replaced, rotten].map((id) => `0x${id}`).sort());
  const back = await salusVault('migrate', '"partly"', inNode());
  assert.equal(back.status, 1, back.said);

  assert.equal((await salusVault('verify', inNode(), undefined, '--delete-damaged')).status, 1);
  const healed = await salusVault('migrate', inNode(), '"old"');
  assert.equal(healed.status, 0, healed.said);
  assert.match(healed.said, /2 objects copied/);
  const whole = await salusVault('verify', inNode());
  assert.equal(whole.status, 0, whole.said);
});

test('objects move back as they were', async () => {
  const moved = await salusVault('migrate', '"back"', inNode());
  assert.equal(moved.status, 0, moved.said);
  for (const [id, bytes] of objects) assert.ok(readFileSync(join(scratch, 'back', pathOf(id))).equals(bytes), id);
});

test('a node without the key of the swarm gets no object, and one with it does', async () => {
  const keyFile = join(scratch, 'swarm.key');
  writeFileSync(keyFile, `/key/swarm/psk/1.0.0/\n/base16/\n${randomBytes(32).toString('hex')}\n`);
  const started = [];
  const start = async (name, ...key) => {
    const one = await IpfsNode.startInSwarm(join(scratch, name), ...key);
    started.push(one);
    return one;
  };
  try {
    const [keyed, sibling] = [await start('keyed', keyFile), await start('sibling', keyFile)];
    const [open, stranger] = [await start('open'), await start('stranger')];
    const id = [...objects.keys()][1];
    putInto('one', [id]);
    const cids = new Map();
    for (const [name, holder] of [['sealed', keyed], ['plain', open]]) {
      for (const [setting, value] of [['Routing.Type', 'none'], ['Provide.Enabled', false]]) await holder.configure(setting, value);
      const moved = await salusVault('migrate', inNode(name, holder), '"one"');
      assert.equal(moved.status, 0, moved.said);
      const { Hash: cid } = JSON.parse(await holder.ask('files/stat', { arg: `/${name}/${pathOf(id)}` }));
      cids.set(holder, cid);
    }
    const sealed = objects.get(id);

    await assert.rejects(stranger.connect(keyed));
    assert.equal(await stranger.file(cids.get(keyed), 5_000), undefined);
    assert.deepEqual(JSON.parse(await keyed.ask('swarm/peers')).Peers ?? [], []);
    // The same stranger gets the object where the swarm has no key, and a node with the key gets it from the first one.
    await stranger.connect(open);
    assert.ok((await stranger.file(cids.get(open), 30_000))?.equals(sealed));
    await sibling.connect(keyed);
    assert.ok((await sibling.file(cids.get(keyed), 30_000))?.equals(sealed));
  } finally {
    for (const one of started) await one.kill();
  }
});

/** Makes a vault in the folder `name` with these objects. */
function putInto(name, ids) {
  mkdirSync(join(scratch, name));
  writeFileSync(join(scratch, name, 'salus-vault'), '1\n');
  for (const id of ids) {
    mkdirSync(join(scratch, name, id.slice(0, 2)), { recursive: true });
    writeFileSync(join(scratch, name, pathOf(id)), objects.get(id));
  }
}

/** Where an object lies in a store. */
function pathOf(id) {
  return `${id.slice(0, 2)}/${id.slice(2)}`;
}

/** The setting of a store in a node. */
function inNode(prefix = PREFIX, holder = node) {
  return `{ kind = "ipfs", endpoint = "${holder.endpoint}", prefix = "${prefix}", spool = "spool-${prefix.replace('/', '-')}", timeout-seconds = 10 }`;
}

/** How many folders of objects the node has under `prefix`. */
async function shards(prefix) {
  const listed = await node.ask('files/ls', { arg: `/${prefix}` }).catch(() => '{}');
  return (JSON.parse(listed).Entries ?? []).length;
}

/** The files of all blocks of the node. */
function blocks() {
  const folder = join(scratch, 'node', 'blocks');
  const shelves = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return shelves.flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => join(folder, name, file)));
}

/** Writes a configuration with this store, and this previous one. */
function write(store, previous) {
  const path = join(scratch, 'vault.toml');
  const lines = [
    'institution = 0',
    'authority = "127.0.0.1:1"',
    'listen = "127.0.0.1:1"',
    'node = "ws://127.0.0.1:1"',
    `store = ${store}`,
    ...(previous ? [`previous-store = ${previous}`] : []),
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Runs the program to its end: its exit status, its output, and what it said besides. */
async function salusVault(command, store, previous, ...options) {
  const child = spawn(binary('salus-vault'), [command, '--config', write(store, previous), ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [printed, said] = ['', ''];
  child.stdout.on('data', (piece) => (printed += piece));
  child.stderr.on('data', (piece) => (said += piece));
  const [status] = await once(child, 'close');
  return { status, printed, said };
}
