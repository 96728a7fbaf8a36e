// SPDX-License-Identifier: Apache-2.0

//! Sets of the items of a vocabulary, one bit each.

/// Declares the set `$set` of the items of `$item`, a vocabulary of at most eight. It encodes as one byte; JSON is the list.
macro_rules! bit_set {
    ($(#[$doc:meta])* $set:ident of $item:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        #[derive(codec::Encode, codec::DecodeWithMemTracking, codec::MaxEncodedLen, scale_info::TypeInfo)]
        pub struct $set(u8);

        impl $set {
            /// The empty set.
            pub const NONE: Self = Self(0);

            /// The set of these items.
            pub const fn of(items: &[$item]) -> Self {
                let (mut bits, mut rest) = (0u8, items);
                while let [item, tail @ ..] = rest {
                    bits |= 1 << (*item as u8);
                    rest = tail;
                }
                Self(bits)
            }

            /// The set with these bits; none when a bit names no item.
            pub fn from_bits(bits: u8) -> Option<Self> {
                (bits & !Self::of(&$item::ALL).0 == 0).then_some(Self(bits))
            }

            /// The bits: bit `n` stands for the item with index `n`.
            pub const fn bits(self) -> u8 {
                self.0
            }

            /// Whether `item` is in the set.
            pub const fn contains(self, item: $item) -> bool {
                self.0 & (1 << (item as u8)) != 0
            }

            /// Whether nothing is in the set.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// The items, in order.
            pub fn iter(self) -> impl Iterator<Item = $item> {
                $item::ALL.into_iter().filter(move |item| self.contains(*item))
            }
        }

        impl codec::Decode for $set {
            fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
                Self::from_bits(<u8 as codec::Decode>::decode(input)?).ok_or_else(|| concat!("unknown bits in ", stringify!($set)).into())
            }
        }

        impl serde::Serialize for $set {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_seq(self.iter())
            }
        }

        impl<'de> serde::Deserialize<'de> for $set {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Ok(Self::of(&<alloc::vec::Vec<$item> as serde::Deserialize>::deserialize(deserializer)?))
            }
        }
    };
}

pub(crate) use bit_set;
