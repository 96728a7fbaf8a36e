// SPDX-License-Identifier: Apache-2.0

// The alerts about vault services: whatever they name is counted, and each is explained.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { root, text, yaml } from '../files.mjs';

const rules = yaml('docker/prometheus/vault-alerts.yaml').groups.flatMap((group) => group.rules);
const metrics = new Set(text('vault-service/src/metrics.rs').match(/(?<=")salus_vault_\w+(?=")/g));
const kebab = (name) => name.replace(/(?<!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
// The codes of refusals are the names of the variants.
const refusals = [...text('gate/src/protocol/refusal.rs').split('pub enum GateRefusal {')[1].matchAll(/^ {4}([A-Z]\w+)/gm)];
// Of requests, of copies that were read back, of sweeps, of objects that were hashed unasked, and of letters.
const others = ['served', 'invalid', 'failed', 'false', 'refused', 'damaged', 'given-up'];
const outcomes = new Set([...refusals.map(([, name]) => kebab(name)), ...others]);

test('the service exports every metric that an alert names', () => {
  assert.equal(metrics.size, 28);
  for (const { alert, expr } of rules) {
    for (const name of expr.match(/salus_vault_\w+/g) ?? []) {
      assert.ok(metrics.has(name), `${alert}: ${name}`);
    }
  }
});

test('the service counts every outcome that an alert names', () => {
  assert.ok(outcomes.size > 25 && outcomes.has('request-not-fresh') && outcomes.has('denied-at-best'));
  const named = rules.flatMap(({ alert, expr }) =>
    [...expr.matchAll(/outcome=~?"([^"]+)"/g)].flatMap(([, value]) => value.split('|').map((outcome) => [alert, outcome])));
  assert.ok(named.length > 15);
  for (const [alert, outcome] of named) {
    assert.ok(outcomes.has(outcome), `${alert}: ${outcome}`);
  }
});

test('limits are those that hold by default', () => {
  const [, hours] = /expires_after_hours: (\d+)/.exec(text('vault-service/src/staging/limits.rs'));
  const still = rules.find(({ alert }) => alert === 'VaultCollectionsStill').expr;
  assert.deepEqual([...new Set(still.match(/\d+(?=h)/g))], [String(Number(hours) + 2)]);
  const [, gibibytes] = /total_mebibytes: (\d+) \* 1024/.exec(text('vault-service/src/staging/limits.rs'));
  const much = rules.find(({ alert }) => alert === 'VaultStagedMuch').expr;
  assert.ok(much.includes(` ${Number(gibibytes) * 1024} * 2^20`), much);
});

test('documents explain every metric and every alert', () => {
  const [described, operated] = [text('docs/vault-service.md'), text('docs/operations.md')];
  for (const name of metrics) {
    assert.ok(described.includes(`\`${name}`), name);
  }
  assert.ok(rules.length > 10);
  for (const { alert } of rules) {
    assert.ok(operated.includes(`\`${alert}\``), alert);
  }
});

test('whatever Prometheus reads is where it runs', () => {
  const { rule_files: files, scrape_configs: jobs } = yaml('docker/prometheus/prometheus.yaml');
  const there = readdirSync(`${root}docker/prometheus`).filter((name) => /alerts\.yaml$/.test(name));
  assert.deepEqual([...files].sort(), there.sort());
  for (const file of ['docker/compose.yaml', 'docker/hospital.yaml']) {
    for (const name of [...files, 'prometheus.yaml']) {
      assert.ok(yaml(file).services.prometheus.volumes.includes(`./prometheus/${name}:/etc/prometheus/${name}:ro`), `${file}: ${name}`);
    }
  }
  const copied = /docker\/prometheus\/\{([^}]+)\}\.yaml/.exec(text('scripts/network.sh'))[1].split(',').map((name) => `${name}.yaml`);
  assert.deepEqual(copied.sort(), [...files, 'prometheus.yaml'].sort());
  assert.deepEqual(jobs.map((job) => [job.job_name, job.file_sd_configs[0].files[0]]),
    [['salus', 'targets/*.yaml'], ['salus-vault', 'vaults/*.yaml']]);
});

test('Prometheus asks a hospital for its vault service where the document has it listen', () => {
  const [[address]] = yaml('docker/prometheus/vaults/hospital.yaml').map((group) => group.targets);
  assert.ok(text('docs/vault-service.md').includes(`\nmonitoring = "${address}"\n`), address);
  const volume = './prometheus/vaults/hospital.yaml:/etc/prometheus/vaults/hospital.yaml:ro';
  assert.ok(yaml('docker/hospital.yaml').services.prometheus.volumes.includes(volume));
  // Both have one name of the hospital, by which alerts join them.
  const [[vault], [node]] = ['vaults', 'targets'].map((folder) => yaml(`docker/prometheus/${folder}/hospital.yaml`));
  assert.deepEqual(vault.labels, node.labels);
});
