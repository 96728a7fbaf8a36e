// SPDX-License-Identifier: Apache-2.0

// The dashboard as Grafana loads it. A scenario sees at a real node that its metrics exist: e2e/tests/scenarios/network_script.rs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { json, text, yaml } from '../files.mjs';

const dashboard = json('docker/grafana/dashboards/salus.json');
const [source] = yaml('docker/grafana/datasources/prometheus.yaml').datasources;
const panels = dashboard.panels.filter((panel) => panel.type !== 'row');

test('its data source is the one that is provided', () => {
  const expected = { type: source.type, uid: source.uid };
  for (const { datasource } of [...panels, ...panels.flatMap((panel) => panel.targets), ...dashboard.templating.list]) {
    assert.deepEqual(datasource, expected);
  }
});

test('every panel asks for something and says what it means', () => {
  assert.equal(new Set(dashboard.panels.map((panel) => panel.id)).size, dashboard.panels.length);
  for (const { title, description, targets, fieldConfig } of panels) {
    assert.ok(title && description?.length > 10, title);
    assert.ok(targets.length > 0 && targets.every((target) => target.expr), title);
    assert.equal(new Set(targets.map((target) => target.refId)).size, targets.length, title);
    assert.ok(fieldConfig.defaults.unit, title);
  }
});

test('no panel lies upon another', () => {
  const taken = new Map();
  for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
    assert.ok(x >= 0 && x + w <= 24, title);
    for (let column = x; column < x + w; column += 1) {
      for (let line = y; line < y + h; line += 1) {
        assert.equal(taken.get(`${column},${line}`), undefined, `${title} lies upon another`);
        taken.set(`${column},${line}`, title);
      }
    }
  }
});

test('what hospitals asked for is on it', () => {
  const titles = panels.map((panel) => panel.title);
  for (const wanted of ['Finality lag', 'Pool', 'Peers', 'Grants and revocations', 'Denials', 'Emergencies', 'Overdue reviews']) {
    assert.ok(titles.includes(wanted), wanted);
  }
});

test('every metric of vault services on it exists', () => {
  const source = text('vault-service/src/metrics.rs');
  const named = new Set(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => expr.match(/salus_vault_[a-z_]+/g) ?? [])));
  assert.ok(named.size >= 10);
  for (const name of named) assert.ok(source.includes(`"${name}"`), name);
});

test('the hospital that is chosen is the one that is shown', () => {
  for (const { title, targets } of panels) {
    for (const { expr } of targets) {
      assert.ok(expr.includes('hospital=~"$hospital"') || expr.includes('ALERTS'), `${title}: ${expr}`);
    }
  }
});
