// SPDX-License-Identifier: Apache-2.0

//! Evidence that nodes keep of authorities that break the rules, for the member who reports it.

use crate::{Digest, SigningKey};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Two blocks that one authority authored for one slot.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockEquivocation {
    /// The Aura key of the author.
    pub author: SigningKey,
    /// The slot.
    pub slot: u64,
    /// The parent of one of the blocks: at this parent the chain proves whose the key is.
    pub parent: Digest,
    /// The header of the first block that was seen, in SCALE encoding and with its seal.
    #[serde(with = "impl_serde::serialize")]
    pub first: Vec<u8>,
    /// The header of another block, likewise.
    #[serde(with = "impl_serde::serialize")]
    pub second: Vec<u8>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_hexadecimal_in_json_and_come_back() {
        let evidence = BlockEquivocation {
            author: SigningKey([7; 32]),
            slot: 9,
            parent: Digest([1; 32]),
            first: [0, 255].into(),
            second: Vec::new(),
        };
        let json = serde_json::to_value(&evidence).unwrap();
        assert_eq!((&json["first"], &json["second"]), (&"0x00ff".into(), &"0x".into()));
        assert_eq!(serde_json::from_value::<BlockEquivocation>(json.clone()).unwrap(), evidence);
        for wrong in ["0xzz", "zero"] {
            let mut json = json.clone();
            json["first"] = wrong.into();
            assert!(serde_json::from_value::<BlockEquivocation>(json).is_err(), "{wrong}");
        }
    }
}
