// SPDX-License-Identifier: Apache-2.0

// A node of its own process: `node daemon.mjs REPOSITORY PORT [SWARM-PORT [SWARM-KEY-FILE]]`. It prints a line when its RPC answers.
// Without a port for its swarm it has no peers. With a key it speaks to nodes with the same key only.

import { readFileSync } from 'node:fs';

import { create } from 'ipfs-core';
import { HttpApi } from 'ipfs-http-server';
import { preSharedKey } from 'libp2p/pnet';

const [repo, port, swarmPort, keyFile] = process.argv.slice(2);
const ipfs = await create({
  repo,
  offline: swarmPort === undefined,
  silent: true,
  init: { emptyRepo: true, algorithm: 'Ed25519' },
  config: {
    Addresses: {
      Swarm: swarmPort === undefined ? [] : [`/ip4/127.0.0.1/tcp/${swarmPort}`],
      API: `/ip4/127.0.0.1/tcp/${port}`,
      Gateway: '',
      Delegates: [],
    },
    Bootstrap: [],
    Discovery: { MDNS: { Enabled: false }, webRTCStar: { Enabled: false } },
    Swarm: { DisableNatPortMap: true },
  },
  libp2p: keyFile === undefined ? {} : { connectionProtector: preSharedKey({ psk: readFileSync(keyFile) }) },
});
await new HttpApi(ipfs).start();
console.log('ready');
