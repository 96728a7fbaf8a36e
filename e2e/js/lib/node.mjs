// SPDX-License-Identifier: Apache-2.0

// A node of its own for each test file: free ports, a folder of its own, and always ended with the tests.

import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

import { binary } from './binaries.mjs';

/** How long a node may take until its RPC server listens, in milliseconds. */
const START = 60_000;
/** How long a node may take to end by itself, in milliseconds. */
const STOP = 20_000;

/** How long to wait before asking again, in milliseconds. */
const PAUSE = 100;

/** Nodes that still run. */
const running = new Set();

// Whatever happens to the tests, no node outlives them. A process that a signal ends runs no exit handlers by itself.
process.on('exit', () => running.forEach((node) => node.kill()));
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.once(signal, () => process.exit(status));
}

/** A running node, the only authority of a new `dev` chain. */
export class Node {
  #process;
  #address;
  #ended;

  /** Its folder: database and log, and room for whatever else the tests write. */
  folder;

  constructor(child, folder) {
    this.#process = child;
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    this.folder = folder;
    running.add(this);
  }

  /** Starts a node, with these options besides its own, and waits until it listens. */
  static async start(...more) {
    const program = binary('salus-node');
    const folder = mkdtempSync(join(tmpdir(), 'salus-js-'));
    const base = join(folder, 'node');
    mkdirSync(base);
    const options = ['--dev', '--rpc-port=0', '--no-prometheus', '--listen-addr=/ip4/127.0.0.1/tcp/0'];
    const child = spawn(program, [...options, '--base-path', base, ...more], { stdio: ['ignore', 'ignore', 'pipe'] });
    const node = new Node(child, folder);
    try {
      node.#address = await node.#listening(join(base, 'node.log'));
    } catch (error) {
      node.kill();
      throw error;
    }
    return node;
  }

  /** Where it listens, for WebSocket. */
  get ws() {
    return `ws://${this.#address}`;
  }

  /** Where it listens, for HTTP. */
  get http() {
    return `http://${this.#address}`;
  }

  /** Waits until a block is finalized: before that, the chain does not know what time it is. */
  async finalizing() {
    const deadline = Date.now() + START;
    while (Date.now() < deadline) {
      const header = await this.ask('chain_getHeader', [await this.ask('chain_getFinalizedHead', [])]);
      if (Number(header.number) > 0) return;
      await pause(PAUSE);
    }
    throw new Error('the node finalizes nothing');
  }

  /** Calls a method over plain HTTP, and returns its result. */
  async ask(method, params) {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const response = await fetch(this.http, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return (await response.json()).result;
  }

  /** Whether it runs. */
  get isRunning() {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  /** Asks it to end, as an operator would, waits until it has, and removes its folder. */
  async stop() {
    let late;
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => {
      late = true;
      this.#process.kill('SIGKILL');
    }, STOP);
    const { code, signal } = await this.#ended;
    clearTimeout(timer);
    this.#forget();
    if (late) throw new Error('the node did not end when asked to');
    if (code !== 0) throw new Error(`the node ended with ${code ?? signal}`);
  }

  /** Ends it at once, and removes its folder. */
  kill() {
    this.#process.kill('SIGKILL');
    this.#forget();
  }

  #forget() {
    running.delete(this);
    // A node that is being killed may still be writing.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The address of the RPC server, which the node's log tells. The log is kept in `path`. */
  #listening(path) {
    const log = createWriteStream(path);
    // The folder may be removed while the last lines are written.
    log.on('error', () => {});
    const last = [];
    return new Promise((resolve, reject) => {
      const settle = (act, value) => {
        clearTimeout(timer);
        act(value);
      };
      const fail = (reason) => settle(reject, new Error(`${reason}; its last words:\n${last.join('\n')}`));
      const timer = setTimeout(() => fail('the node did not listen in time'), START);
      this.#process.on('error', (error) => settle(reject, error));
      // Not `exit`: what it said last may still be on its way then.
      this.#process.on('close', (code) => fail(`the node ended with ${code}`));
      createInterface({ input: this.#process.stderr }).on('line', (line) => {
        log.write(`${line}\n`);
        last.push(line);
        last.splice(0, last.length - 20);
        const address = rpcAddress(line);
        if (address) settle(resolve, address);
      });
    });
  }
}

/** The address in the line with which the RPC server says that it listens. */
function rpcAddress(line) {
  return /Running JSON-RPC server: addr=(127\.0\.0\.1:\d+)/.exec(line)?.[1];
}
