// SPDX-License-Identifier: Apache-2.0

// Transactions of @polkadot/api, from signing to finality.

/** Signs, submits, and waits until the transaction is finalised. */
export function submit(transaction, pair) {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    const end = (settle, value) => {
      stop();
      settle(value);
    };
    transaction
      .signAndSend(pair, (result) => {
        if (result.dispatchError) end(reject, explained(result.dispatchError));
        else if (result.isError) end(reject, new Error(`the transaction is ${result.status.type}`));
        else if (result.isFinalized) end(resolve, result);
      })
      .then((unsubscribe) => (stop = unsubscribe), reject);
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
  const events = result.events.map(({ event }) => event).filter((event) => kind.is(event));
  if (events.length !== 1) throw new Error(`there are ${events.length} such events`);
  const [{ data }] = events;
  return Object.fromEntries(data.names.map((name, place) => [name, data[place].toJSON()]));
}
