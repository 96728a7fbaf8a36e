// SPDX-License-Identifier: Apache-2.0

// The `salus` command line, as people run it, with its exit status and JSON.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';

import { binary } from './binaries.mjs';

/** The password of every identity in these tests. */
export const PASSWORD = 'scenario';

/** A person at a computer: `home` holds the person's keys, `vaults` the folders of the institutions' vaults. */
export class Salus {
  #options;
  #identity;

  constructor({ home, vaults, node }, identity) {
    this.#options = { home, vaults, node };
    this.#identity = identity;
  }

  /** The same, acting as the identity `name`. */
  actingAs(name) {
    return new Salus(this.#options, name);
  }

  /** Runs a command, whatever comes of it. */
  async run(...command) {
    const { home, vaults, node } = this.#options;
    const options = ['--json', '--node', node, '--home', home, '--vaults', vaults];
    if (this.#identity) options.push('--as', this.#identity);
    const child = spawn(binary('salus'), [...options, ...command.map(String)], {
      env: { ...process.env, SALUS_PASSWORD: PASSWORD },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
    const [stdout, stderr, status] = await Promise.all([buffer(child.stdout), buffer(child.stderr), ended]);
    return { status, stdout, stderr: stderr.toString() };
  }

  /** Runs a command that has to succeed; the bytes that it printed. */
  async bytes(...command) {
    const { status, stdout, stderr } = await this.run(...command);
    assert.equal(status, 0, `\`salus ${command.join(' ')}\` ended with ${status}: ${stderr}`);
    return stdout;
  }

  /** Runs a command that has to succeed; its JSON. */
  async json(...command) {
    return JSON.parse((await this.bytes(...command)).toString());
  }

  /** Runs a command that has to be refused by the chain or a gate; the reason. */
  async refused(...command) {
    const { status, stderr } = await this.run(...command);
    assert.equal(status, 1, `\`salus ${command.join(' ')}\` ended with ${status} instead of 1: ${stderr}`);
    const report = JSON.parse(stderr);
    assert.equal(report.outcome, 'refused');
    return report.error;
  }
}
