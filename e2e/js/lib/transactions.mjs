// SPDX-License-Identifier: Apache-2.0

// Transactions of @polkadot/api, from signing to finality.

/** Signs and submits a transaction, and waits until it is finalized. */
export function submit(transaction, pair) {
  return watch((told) => transaction.signAndSend(pair, told), isFinalized);
}

/** Signs and submits a transaction, and waits until a block includes it, for a later step that waits for finality. */
export function include(transaction, pair) {
  return watch((told) => transaction.signAndSend(pair, told), isIncluded);
}

/** Submits an unsigned transaction, waits until it is finalized, and returns its block's hash. It reads no events. */
export function submitUnsigned(api, transaction) {
  return new Promise((resolve, reject) => {
    const told = (status) => {
      if (status.isFinalized) resolve(status.asFinalized.toHex());
      else if (status.isDropped || status.isInvalid || status.isUsurped || status.isFinalityTimeout) {
        reject(new Error(`the transaction is ${status.type}`));
      }
    };
    api.rpc.author.submitAndWatchExtrinsic(transaction, told).catch(reject);
  });
}

const isFinalized = (result) => result.isFinalized;
const isIncluded = (result) => result.isInBlock || result.isFinalized;

/** Sends a transaction, and resolves with the first result that `isEnough`. Rejects if the transaction fails. */
function watch(send, isEnough) {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    const end = (settle, value) => {
      stop();
      settle(value);
    };
    send((result) => {
      if (result.dispatchError) end(reject, explained(result.dispatchError));
      else if (result.isError) end(reject, new Error(`the transaction is ${result.status.type}`));
      else if (!isEnough(result)) return;
      // The client could not read the events.
      else if (result.internalError) end(reject, result.internalError);
      else end(resolve, result);
    }).then((unsubscribe) => (stop = unsubscribe), reject);
  });
}

/** Converts a dispatch error to an `Error` with the pallet's name and documentation. */
export function explained(error) {
  if (!error.isModule) return new Error(error.toString());
  const { section, name, docs } = error.registry.findMetaError(error.asModule);
  return new Error(`${section}.${name}: ${docs.join(' ').trim()}`);
}

/** Returns the fields, by name, of the only event of a kind in the result of a transaction. */
export function fieldsOf(result, kind) {
  const { data } = eventOf(result, kind);
  return Object.fromEntries(data.names.map((name, place) => [name, data[place].toJSON()]));
}

/** Returns the only event of a kind in the result of a transaction. */
export function eventOf(result, kind) {
  const events = result.events.map(({ event }) => event).filter((event) => kind.is(event));
  if (events.length !== 1) throw new Error(`there are ${events.length} such events`);
  return events[0];
}
