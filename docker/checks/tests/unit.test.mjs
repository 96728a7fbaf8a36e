// SPDX-License-Identifier: Apache-2.0

// The systemd unit of the vault service: closed, and patient enough for what the program promises.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '../files.mjs';

const settings = (unit) => {
  const found = new Map();
  let section = '';
  for (const line of unit.split('\n').filter((line) => line !== '' && !line.startsWith('#'))) {
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? [];
    section = name ?? section;
    if (!name) {
      const [, key, value] = /^(\w+)=(.*)$/.exec(line) ?? assert.fail(`not a setting: ${line}`);
      const all = found.get(`${section}.${key}`) ?? [];
      found.set(`${section}.${key}`, [...all, value]);
    }
  }
  return (key) => found.get(key) ?? [];
};

const of = settings(text('vault-service/salus-vault.service'));
const only = (key) => {
  assert.equal(of(key).length, 1, key);
  return of(key)[0];
};

test('it runs the program with the configuration that the program takes by itself', () => {
  const [, path] = /default_value = "([^"]+)"/.exec(text('vault-service/src/commands/mod.rs'));
  assert.equal(only('Service.ExecStart'), `/usr/local/bin/salus-vault run --config ${path}`);
  assert.equal(only('Install.WantedBy'), 'multi-user.target');
});

test('answers that are under way have the time that the program gives them', () => {
  const [, drain] = /const DRAIN: Duration = Duration::from_secs\((\d+)\);/.exec(text('vault-service/src/commands/run.rs'));
  assert.ok(Number(only('Service.TimeoutStopSec')) > Number(drain), `${drain} s`);
});

test('it is started again after a failure, and bounded', () => {
  assert.equal(only('Service.Restart'), 'on-failure');
  // More starts than five within ten seconds would end it for good.
  assert.ok(Number(only('Service.RestartSec')) >= 3);
  const [, underWay] = /const UNDER_WAY: usize = ([\d_]+);/.exec(text('vault-service/src/service.rs'));
  assert.ok(Number(only('Service.LimitNOFILE')) > 2 * Number(underWay.replace('_', '')));
  assert.match(only('Service.MemoryMax'), /^\d+G$/);
  assert.match(only('Service.TasksMax'), /^\d+$/);
});

test('it has a user and a folder of its own, and sees nothing of the node', () => {
  assert.equal(only('Service.User'), 'salus-vault');
  assert.equal(only('Service.Group'), 'salus-vault');
  assert.equal(only('Service.StateDirectory'), 'salus-vault');
  assert.equal(only('Service.StateDirectoryMode'), '0700');
  assert.deepEqual(of('Service.InaccessiblePaths'), ['-/etc/salus/keys', '-/var/lib/salus']);
  const documented = text('docs/vault-service.md');
  assert.ok(documented.includes(`\nstore = "/var/lib/${only('Service.StateDirectory')}"\n`), 'the document names another folder');
});

test('it gives up what it does not need', () => {
  assert.equal(only('Service.ProtectSystem'), 'strict');
  for (const key of ['NoNewPrivileges', 'ProtectHome', 'PrivateTmp', 'PrivateDevices', 'ProtectKernelTunables',
    'ProtectKernelModules', 'ProtectKernelLogs', 'ProtectControlGroups', 'ProtectClock', 'RestrictSUIDSGID', 'RestrictNamespaces',
    'LockPersonality', 'MemoryDenyWriteExecute']) {
    assert.equal(only(`Service.${key}`), 'yes', key);
  }
  assert.equal(only('Service.CapabilityBoundingSet'), 'CAP_NET_BIND_SERVICE');
  assert.equal(only('Service.AmbientCapabilities'), 'CAP_NET_BIND_SERVICE');
  assert.equal(of('Service.ReadWritePaths').length, 0);
});
