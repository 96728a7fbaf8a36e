// SPDX-License-Identifier: Apache-2.0

// The first hospital's vault service beside a node: free ports, a folder in the node's, and always ended with the tests.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { binary } from './binaries.mjs';

/** How long a service may take until it answers requests, in milliseconds. It waits ten seconds itself. */
const START = 60_000;
/** How long a service may take to end by itself, in milliseconds. */
const STOP = 40_000;
/** How long to wait before asking again, in milliseconds. */
const PAUSE = 200;

/** Services that still run. `node.mjs` makes an exit of each signal that ends the tests. */
const running = new Set();
process.on('exit', () => running.forEach((service) => service.kill()));

/** A running vault service. */
export class VaultService {
  #process;
  #ended;
  #log;

  /** Host and port, as its configuration names them. */
  authority;

  constructor(child, authority, log) {
    this.#process = child;
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(code ?? signal)).once('error', resolve);
    });
    this.#log = log;
    this.authority = authority;
    running.add(this);
  }

  /** Starts the service of institution 0, which asks `node`, and waits until it answers requests. */
  static async start(node) {
    const program = binary('salus-vault');
    const folder = join(node.folder, 'vault-service');
    mkdirSync(folder);
    const [authority, monitoring] = await freeAddresses(2);
    const config = join(folder, 'vault.toml');
    const settings = { authority, listen: authority, monitoring, node: node.ws, store: 'vault' };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = "${value}"\n`);
    writeFileSync(config, ['institution = 0\n', ...lines].join(''));
    const log = join(folder, 'log');
    const output = openSync(log, 'a');
    const child = spawn(program, ['run', '--config', config], { stdio: ['ignore', output, output] });
    closeSync(output);
    const service = new VaultService(child, authority, log);
    try {
      await service.#ready(`http://${monitoring}/ready`);
    } catch (error) {
      service.kill();
      throw error;
    }
    return service;
  }

  /** Where it listens. */
  get http() {
    return `http://${this.authority}`;
  }

  /** Asks it to end, as a service manager would, and waits until it has. */
  async stop() {
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP);
    const outcome = await this.#ended;
    clearTimeout(timer);
    running.delete(this);
    if (outcome !== 0) throw new Error(`the vault service ended with ${outcome}: ${this.#words()}`);
  }

  /** Ends it at once. */
  kill() {
    this.#process.kill('SIGKILL');
    running.delete(this);
  }

  async #ready(url) {
    let outcome;
    this.#ended.then((value) => (outcome = value));
    const deadline = Date.now() + START;
    while (Date.now() < deadline) {
      // Nothing listens at first.
      const answer = await fetch(url).catch(() => undefined);
      await answer?.text();
      if (answer?.status === 200) return;
      await pause(PAUSE);
      if (outcome !== undefined) throw new Error(`the vault service ended with ${outcome}: ${this.#words()}`);
    }
    throw new Error(`the vault service was not ready in time: ${this.#words()}`);
  }

  #words() {
    return readFileSync(this.#log, 'utf8');
  }
}

/** Addresses of this machine with ports on which nothing listens now. */
async function freeAddresses(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const addresses = servers.map((server) => `127.0.0.1:${server.address().port}`);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return addresses;
}
