// SPDX-License-Identifier: Apache-2.0

// Values of `salus-primitives` that clients write as numbers. All times are Unix milliseconds.

/** An hour, in milliseconds. */
export const HOUR = 3_600_000;

/** Permissions, one bit each: a grant takes their sum. */
export const PERMISSIONS = { read: 1, create: 2, amend: 4, withdraw: 8, disclose: 16, use: 32 };

/** Purposes, one bit each: a grant takes their sum. */
export const PURPOSES = {
  treatment: 1,
  laboratory: 2,
  payment: 4,
  operations: 8,
  research: 16,
  publicHealth: 32,
  emergency: 64,
};
