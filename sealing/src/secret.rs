// SPDX-License-Identifier: Apache-2.0

//! Values that must not leak: they are wiped when dropped and have neither `Debug` nor `Display`.
//!
//! Wiping is a second line of defense. It does not reach copies that the system made (swap, core dumps).

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The text that a person types to open a keystore.
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes over what was typed.
    pub fn new(typed: String) -> Self {
        Self(Zeroizing::new(typed))
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many characters were typed.
    pub fn length(&self) -> usize {
        self.0.chars().count()
    }

    /// Whether the same was typed both times.
    pub fn equals(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<&str> for Password {
    fn from(typed: &str) -> Self {
        Self::new(typed.to_owned())
    }
}

/// Content that was sealed and has been opened.
pub struct Plaintext(Zeroizing<Vec<u8>>);

impl Plaintext {
    /// The content. The caller is answerable for where it goes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Plaintext {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

/// Adds to `bytes`, which grow like a `Vec`, but wipe what they grow out of.
pub fn extend(bytes: &mut Zeroizing<Vec<u8>>, more: &[u8]) {
    let needed = bytes.len().saturating_add(more.len());
    if needed > bytes.capacity() {
        let mut larger = Zeroizing::new(Vec::with_capacity(needed.saturating_mul(2)));
        larger.extend_from_slice(bytes);
        *bytes = larger;
    }
    bytes.extend_from_slice(more);
}

/// Fresh random bytes of the operating system.
#[expect(clippy::panic, reason = "without randomness every key would be guessable; nothing can sensibly go on")]
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no randomness: {error}");
    }
    bytes
}

/// HKDF-SHA256 (RFC 5869): `N` bytes, at most 255 × 32, that depend on `salt`, `secret` and `info`.
#[expect(clippy::expect_used, reason = "HKDF-SHA256 only fails beyond 8160 bytes, which does not compile")]
pub(crate) fn derive<const N: usize>(salt: &[u8], secret: &[u8], info: &[u8]) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32, "more than HKDF-SHA256 yields") };
    let mut bytes = Zeroizing::new([0; N]);
    Hkdf::<Sha256>::new(Some(salt), secret).expand(info, bytes.as_mut()).expect("not too long");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use hex_literal::hex;

    #[test]
    fn derive_gives_the_results_of_rfc_5869() {
        // A.1
        assert_eq!(
            *derive::<42>(&hex!("000102030405060708090a0b0c"), &[0x0b; 22], &hex!("f0f1f2f3f4f5f6f7f8f9")),
            hex!("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
        );
        // A.2
        let range = |from: u8, to: u8| (from..=to).collect::<Vec<_>>();
        assert_eq!(
            *derive::<82>(&range(0x60, 0xaf), &range(0x00, 0x4f), &range(0xb0, 0xff)),
            hex!(
                "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
                "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
            ),
        );
        // A.3
        assert_eq!(
            *derive::<42>(&[], &[0x0b; 22], &[]),
            hex!("8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
        );
    }

    #[test]
    fn random_never_repeats() {
        assert_ne!(random::<32>(), random::<32>());
    }
}
