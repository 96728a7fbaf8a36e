// SPDX-License-Identifier: Apache-2.0

// A node of its own process, without peers: `node daemon.mjs REPOSITORY PORT`. It prints a line when its RPC answers.

import { create } from 'ipfs-core';
import { HttpApi } from 'ipfs-http-server';

const [repo, port] = process.argv.slice(2);
const ipfs = await create({
  repo,
  offline: true,
  silent: true,
  init: { emptyRepo: true, algorithm: 'Ed25519' },
  config: {
    Addresses: { Swarm: [], API: `/ip4/127.0.0.1/tcp/${port}`, Gateway: '', Delegates: [] },
    Bootstrap: [],
    Discovery: { MDNS: { Enabled: false }, webRTCStar: { Enabled: false } },
  },
});
await new HttpApi(ipfs).start();
console.log('ready');
