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

  constructor(folder, port) {
    this.folder = folder;
    this.endpoint = `http://127.0.0.1:${port}`;
    this.port = port;
  }

  /** Starts a node that keeps everything in `folder`. */
  static async start(folder) {
    const node = new IpfsNode(folder, await freePort());
    await node.begin();
    return node;
  }

  /** Starts it, also after it was killed. */
  async begin() {
    const child = spawn(process.execPath, [DAEMON, this.folder, String(this.port)], { stdio: ['ignore', 'pipe', 'inherit'] });
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
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(options)) [value].flat().forEach((one) => query.append(name, one));
    let body;
    if (content !== undefined) {
      body = new FormData();
      body.append('data', new Blob([content]));
    }
    const answer = await fetch(`${this.endpoint}/api/v0/${command}?${query}`, { method: 'POST', body });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${command}: ${text}`);
    return text;
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
