// SPDX-License-Identifier: Apache-2.0

// An IPFS node on a port of its own, which can die and come back, and always ends with the tests.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const DAEMON = fileURLToPath(new URL('daemon.mjs', import.meta.url));

/** Nodes that still run. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const [signal, status] of [['SIGINT', 130], ['SIGTERM', 143]]) process.once(signal, () => process.exit(status));

/** A node, as another Kubo would be. */
export class IpfsNode {
  #child;

  constructor(folder, port, swarm) {
    this.folder = folder;
    this.swarm = swarm;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.port = port;
  }

  /** Starts a node that keeps everything in `folder`, without peers. */
  static async start(folder) {
    const node = new IpfsNode(folder, await freePort(), []);
    await node.begin();
    return node;
  }

  /** Starts a node that peers on this machine can reach: any peer, or those only that have the swarm's key in `keyFile`. */
  static async startInSwarm(folder, keyFile = undefined) {
    const swarm = [String(await freePort()), ...(keyFile === undefined ? [] : [keyFile])];
    const node = new IpfsNode(folder, await freePort(), swarm);
    await node.begin();
    return node;
  }

  /** Starts it, also after it was killed. */
  async begin() {
    const given = [DAEMON, this.folder, String(this.port), ...this.swarm];
    const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'inherit'] });
    running.add(child);
    this.#child = child;
    const [outcome] = await Promise.race([once(createInterface(child.stdout), 'line'), once(child, 'exit')]);
    if (outcome !== 'ready') throw new Error(`the IPFS node ended with ${outcome}`);
  }

  /** Ends it at once, as a crash does. */
  async kill() {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
    running.delete(this.#child);
    // A dead node cannot give its lock back.
    rmSync(join(this.folder, 'repo.lock'), { recursive: true, force: true });
  }

  /** Asks the RPC; the answer's text. */
  async ask(command, options = {}, content = undefined) {
    return (await this.#answer(command, options, content)).toString();
  }

  /** Has the node connect to another one. */
  async connect(other) {
    const { ID: id } = JSON.parse(await other.ask('id'));
    await this.ask('swarm/connect', { arg: `/ip4/127.0.0.1/tcp/${other.swarm[0]}/p2p/${id}` });
  }

  /** The file with this CID, from the node's disk or from a peer; none when none comes in time. */
  async file(cid, milliseconds) {
    const signal = AbortSignal.timeout(milliseconds);
    return this.#answer('cat', { arg: cid }, undefined, signal).catch((error) => {
      if (signal.aborted) return undefined;
      throw error;
    });
  }

  async #answer(command, options, content, signal = undefined) {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options)) [value].flat().forEach((one) => query.append(name, one));
    let body;
    if (content !== undefined) {
      body = new FormData();
      body.append('data', new Blob([content]));
    }
    const answer = await fetch(`${this.endpoint}/api/v0/${command}?${query}`, { method: 'POST', body, signal });
    const bytes = Buffer.from(await answer.arrayBuffer());
    if (answer.status !== 200) throw new Error(`${command}: ${bytes}`);
    return bytes;
  }

  /** Sets a value of the node's configuration. */
  async configure(name, value) {
    await this.ask('config', { arg: [name, JSON.stringify(value)], json: 'true' });
  }
}

/** A port of this machine on which nothing listens now. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await once(server.close(), 'close');
  return port;
}
