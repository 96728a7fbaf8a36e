// SPDX-License-Identifier: Apache-2.0

// Transactions of @polkadot/api, from signing to finality.

/** Signs, submits, and waits until the transaction is finalized. */
export function submit(transaction, pair) {
  return watch((told) => transaction.signAndSend(pair, told), isFinalized);
}

/** The same, until it is in a block: enough for what others build upon whose finality is waited for. */
export function include(transaction, pair) {
  return watch((told) => transaction.signAndSend(pair, told), isIncluded);
}

/** Submits what has no signer, and waits until it is finalized: the hash of its block. Nothing in that is looked at. */
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

/** What became of a transaction, once that `isEnough`. */
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

/** An error in a block, in words. */
export function explained(error) {
  if (!error.isModule) return new Error(error.toString());
  const { section, name, docs } = error.registry.findMetaError(error.asModule);
  return new Error(`${section}.${name}: ${docs.join(' ').trim()}`);
}

/** The fields, by name, of the only event of a kind in what became of a transaction. */
export function fieldsOf(result, kind) {
  const { data } = eventOf(result, kind);
  return Object.fromEntries(data.names.map((name, place) => [name, data[place].toJSON()]));
}

/** The only event of a kind in what became of a transaction. */
export function eventOf(result, kind) {
  const events = result.events.map(({ event }) => event).filter((event) => kind.is(event));
  if (events.length !== 1) throw new Error(`there are ${events.length} such events`);
  return events[0];
}
