// SPDX-License-Identifier: Apache-2.0

// The image's recipe, and what the builder is sent.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { validate } from 'dockerfile-utils';
import { root, text } from '../files.mjs';

const dockerfile = text('docker/Dockerfile');
const stages = dockerfile.split(/^FROM /m).slice(1);
const image = stages.at(-1);
const words = (stage, instruction) =>
  [...stage.matchAll(new RegExp(`^${instruction} (.*)$`, 'gm'))].map(([, value]) => value);

test('the linter has nothing to say', () => {
  assert.deepEqual(validate(dockerfile).map((problem) => [problem.range.start.line + 1, problem.message]), []);
  assert.notEqual(validate('FROM x\nENTRYPONT ["y"]\n').length, 0, 'the linter says nothing of anything');
});

test('no process is root in it', () => {
  assert.deepEqual(words(image, 'USER'), ['1001:1001']);
  const after = image.slice(image.indexOf('\nUSER '));
  assert.ok(!/^(COPY|ADD) /m.test(after), 'something is put there after the user is set');
});

test('it says what it is, how to ask and how to end it', () => {
  assert.deepEqual(words(image, 'EXPOSE'), ['30333 9944 9615 8443 9617']);
  assert.deepEqual(words(image, 'VOLUME'), ['/data']);
  assert.deepEqual(words(image, 'STOPSIGNAL'), ['SIGTERM']);
  assert.match(image, /^HEALTHCHECK .* CMD \["healthy\.sh"\]$/m);
  for (const label of ['title', 'description', 'licenses', 'version', 'revision']) {
    assert.ok(image.includes(`org.opencontainers.image.${label}=`), label);
  }
  assert.match(image, /^RUN salus-node --version && salus-vault --version && salus --version /m);
});

test('it is built from Debian alone, and only three programs are taken from the build', () => {
  assert.equal(stages.length, 2);
  for (const stage of stages) {
    assert.ok(stage.startsWith('${DEBIAN}'));
  }
  assert.deepEqual(words(image, 'COPY').filter((copy) => copy.includes('--from=')), ['--from=build /out/ /usr/local/bin/']);
  const [, taken] = /install --strip -D --target-directory \/out (.*)$/m.exec(dockerfile);
  assert.deepEqual(taken.split(' '), ['salus-node', 'salus-vault', 'salus'].map((name) => `target/release/${name}`));
  const [, built] = /cargo build --locked --release (.*) \\$/m.exec(dockerfile);
  assert.deepEqual(built.split('--package ').slice(1).map((name) => name.trim()), ['salus-node', 'salus-vault-service', 'salus-cli']);
  assert.ok(!/^ADD /m.test(dockerfile) && !/https?:/.test(dockerfile), 'something is fetched');
});

test('what is copied is sent, and every member of the workspace is', () => {
  const sent = text('.dockerignore').split('\n').filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const isSent = (path) => sent.some((allowed) => path === allowed || path.startsWith(`${allowed}/`));
  const copied = stages.flatMap((stage) => words(stage, 'COPY'))
    .filter((copy) => !copy.includes('--from='))
    .flatMap((copy) => copy.split(' ').filter((word) => !word.startsWith('--')).slice(0, -1))
    .filter((path) => path !== '.');
  assert.ok(copied.length >= 6);
  const members = /^members = \[([^\]]*)\]/m.exec(text('Cargo.toml'))[1].match(/"[^"]+"/g).map((name) => name.slice(1, -1));
  assert.ok(members.length > 10);
  for (const path of [...copied, ...members.map((name) => `${name}/Cargo.toml`), ...members.map((name) => `${name}/src/x.rs`)]) {
    assert.ok(isSent(path), `.dockerignore holds ${path} back`);
  }
  for (const path of sent) {
    assert.ok(existsSync(root + path), `.dockerignore names ${path}, which is not there`);
  }
  assert.ok(!isSent('docker/.env') && !isSent('.git/config'), 'secrets or history would be sent');
});
