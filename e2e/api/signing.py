# SPDX-License-Identifier: Apache-2.0

"""Signs requests to a vault service as docs/adr/0014-signed-requests.md says, apart from the project's own code."""

import base64
import hashlib
import secrets
import time

import sr25519

# The seed of the phrase from which Substrate derives its development keys. It is public.
DEVELOPMENT = bytes.fromhex("fac7959dbfe72f052e5a0c3c8d6530f202b02fd8f9f5ca3580ec8deb7797479e")
COMPONENTS = ("@method", "@authority", "@path", "content-digest", "salus-genesis")


class Key:
    """A development key by its path, such as `//Hospital1//Service//transaction`."""

    def __init__(self, path):
        pair = sr25519.pair_from_seed(DEVELOPMENT)
        for junction in path.removeprefix("//").split("//"):
            name = junction.encode()
            # SCALE: the length of a short string in one byte, then the string; the chain code is 32 bytes.
            code = (bytes([len(name) << 2]) + name).ljust(32, b"\0")
            _, public, private = sr25519.hard_derive_keypair((code, *pair), b"")
            pair = (public, private)
        self.pair = pair
        self.id = "sr25519:0x" + pair[0].hex()

    def sign(self, message):
        return sr25519.sign(self.pair, message)


def fields(authority, path, body, genesis, key):
    """The header fields of a signed request (RFC 9421, RFC 9530)."""
    digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
    values = dict(zip(COMPONENTS, ("POST", authority, path, digest, genesis)))
    names = " ".join(f'"{name}"' for name in COMPONENTS)
    nonce = secrets.token_hex(16)
    parameters = f'({names});created={int(time.time())};keyid="{key.id}";nonce="{nonce}";tag="salus"'
    base = "".join(f'"{name}": {values[name]}\n' for name in COMPONENTS) + f'"@signature-params": {parameters}'
    signature = base64.b64encode(key.sign(base.encode())).decode()
    return {
        "Salus-Genesis": genesis,
        "Content-Digest": digest,
        "Signature-Input": f"sig={parameters}",
        "Signature": f"sig=:{signature}:",
    }
