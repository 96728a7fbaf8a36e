// SPDX-License-Identifier: Apache-2.0

// The council of a development chain, as its delegates use it with @polkadot/api.

import { Keyring } from '@polkadot/keyring';

import { eventOf, explained, fieldsOf, include, submit } from './transactions.mjs';

/** More than what any decision weighs. */
export const WEIGHT = { refTime: 100_000_000_000, proofSize: 1_000_000 };

/** The accounts of the two hospitals' members of staff with this role. */
export function accountsOf(role) {
  const keyring = new Keyring({ type: 'sr25519' });
  return [1, 2].map((number) => keyring.addFromUri(`//Hospital${number}//${role}//transaction`));
}

/**
 * Lets delegates decide: the first proposes, all vote, and the last carries it out, which is finalized unless
 * `conclude` waits for less. What became of it; or the error, where it came to nothing.
 */
export async function decide(api, delegates, call, conclude = submit) {
  const length = call.method.encodedLength;
  const proposed = await include(api.tx.council.propose(delegates.length, call, length), delegates[0]);
  const { proposalHash, proposalIndex } = fieldsOf(proposed, api.events.council.Proposed);
  const vote = (pair) => include(api.tx.council.vote(proposalHash, proposalIndex, true), pair);
  await Promise.all(delegates.map(vote));
  const close = api.tx.council.close(proposalHash, proposalIndex, WEIGHT, length);
  return carriedOut(api, await conclude(close, delegates.at(-1)));
}

/** The same, if what was decided could be carried out; otherwise the error. */
export function carriedOut(api, result) {
  const outcome = eventOf(result, api.events.council.Executed).data.result;
  if (outcome.isErr) throw explained(outcome.asErr);
  return result;
}

/** The seats, by institution. */
export async function readSeats(api) {
  const entries = await api.query.authorities.seats.entries();
  const seats = entries.map(([key, seat]) => [key.args[0].toNumber(), seat.unwrap()]);
  return new Map(seats.sort(([one], [other]) => one - other));
}

/** The accounts that vote. */
export async function readCouncil(api) {
  return (await api.query.council.members()).map(String);
}
