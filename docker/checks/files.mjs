// SPDX-License-Identifier: Apache-2.0

// Where things are, and how they are read.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export const text = (path) => readFileSync(root + path, 'utf8');

// Compose merges `<<` as YAML 1.1 did; a key that stands twice is a mistake.
export const yaml = (path) => parse(text(path), { merge: true, strict: true, uniqueKeys: true });

export const json = (path) => JSON.parse(text(path));
