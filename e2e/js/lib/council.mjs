// SPDX-License-Identifier: Apache-2.0

// The council of a development chain, with @polkadot/api.

import { Keyring } from '@polkadot/keyring';

import { eventOf, explained, fieldsOf, include, submit } from './transactions.mjs';

/** A weight limit above that of every decision. */
export const WEIGHT = { refTime: 100_000_000_000, proofSize: 1_000_000 };

/** Returns the accounts with this role, one for each of the two hospitals. */
export function accountsOf(role) {
  const keyring = new Keyring({ type: 'sr25519' });
  return [1, 2].map((number) => keyring.addFromUri(`//Hospital${number}//${role}//transaction`));
}

/**
 * Lets delegates decide: the first proposes `call`, all vote, and the last closes the motion.
 *
 * Returns the result of the last transaction, for which `conclude` waits until finality by default. Throws the error
 * of the call if it failed.
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

/** Returns `result` if the decided call succeeded, and throws its error otherwise. */
export function carriedOut(api, result) {
  const outcome = eventOf(result, api.events.council.Executed).data.result;
  if (outcome.isErr) throw explained(outcome.asErr);
  return result;
}

/** Returns the seats by institution, sorted. */
export async function readSeats(api) {
  const entries = await api.query.authorities.seats.entries();
  const seats = entries.map(([key, seat]) => [key.args[0].toNumber(), seat.unwrap()]);
  return new Map(seats.sort(([one], [other]) => one - other));
}

/** Returns the accounts of the council's members. */
export async function readCouncil(api) {
  return (await api.query.council.members()).map(String);
}
