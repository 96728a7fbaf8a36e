// SPDX-License-Identifier: Apache-2.0

//! Padded lengths.

const SHORTEST: u64 = 4096;

/// The length to which `length` bytes are padded; none beyond what a `u64` counts.
///
/// This is Padmé (Nikitin, Barman, Lueks et al., PETS 2019). Of the length's binary digits only the leading ones are kept,
/// as many as its exponent needs to be written. It adds 12 per cent at most and leaves O(log log length) bits in the open.
/// Nothing is shorter than 4 KiB, which most FHIR resources fit into.
pub fn padded_length(length: u64) -> Option<u64> {
    if length <= SHORTEST {
        return Some(SHORTEST);
    }
    let exponent = length.ilog2();
    let kept = exponent.ilog2().saturating_add(1);
    let mask = 1u64.checked_shl(exponent.saturating_sub(kept))?.saturating_sub(1);
    Some(length.checked_add(mask)? & !mask)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn padded_lengths_are_those_of_padme() {
        for (length, padded) in [
            (0, 4096),
            (1, 4096),
            (4096, 4096),
            (4097, 4352),
            (5000, 5120),
            (65_536, 65_536),
            (65_537, 67_584),
            (1_000_000, 1_015_808),
            (1 << 31, 1 << 31),
        ] {
            assert_eq!(padded_length(length), Some(padded), "{length}");
        }
        assert_eq!(padded_length(u64::MAX), None);
    }

    proptest! {
        #[test]
        fn padding_adds_little_and_never_takes(length in 4097u64..1 << 48) {
            let padded = padded_length(length).unwrap();
            prop_assert!(padded >= length);
            prop_assert!(padded - length <= length / 8);
            prop_assert_eq!(padded_length(padded), Some(padded));
        }
    }
}
