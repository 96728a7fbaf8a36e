// SPDX-License-Identifier: Apache-2.0

// Where the built programs are.

import { statSync } from 'node:fs';
import { join } from 'node:path';

/** The path of the program `name`, in the folder that SALUS_BIN_DIR names. */
export function binary(name) {
  const folder = process.env.SALUS_BIN_DIR;
  if (!folder) {
    throw new Error('SALUS_BIN_DIR is not set\nhint: run scripts/test.sh javascript, or name the folder of salus-node');
  }
  const path = join(folder, name);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
    throw new Error(`\`${path}\` is not built\nhint: cargo build --release --workspace`);
  }
  return path;
}
