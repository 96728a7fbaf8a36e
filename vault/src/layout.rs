// SPDX-License-Identifier: Apache-2.0

//! Where objects lie in the store: `ab/cdef…`, the id in lower-case hexadecimal digits, cut after the first byte.
//!
//! Every path is made from an id's bytes or from random ones, never from text that came from outside. So no path can lead
//! out of the store.

use std::fmt::Write;
use std::io;

use salus_primitives::Digest;

/// Where objects stand until they are complete.
pub(crate) const INCOMING: &str = "incoming";

/// The folder of the object `id`, with its final slash.
pub(crate) fn shard_of(id: &Digest) -> String {
    let [first, ..] = id.0;
    format!("{first:02x}/")
}

/// The path of the object `id`.
pub(crate) fn path_of(id: &Digest) -> String {
    let [_, rest @ ..] = &id.0;
    let mut path = shard_of(id);
    for byte in rest {
        // Writing to a string cannot fail.
        let _ = write!(path, "{byte:02x}");
    }
    path
}

/// The object that lies at `path`; none when the path is not one that [`path_of`] makes.
pub(crate) fn id_at(path: &str) -> Option<Digest> {
    let (shard, name) = path.split_once('/')?;
    let id = format!("{shard}{name}").parse().ok()?;
    (path_of(&id) == path).then_some(id)
}

/// Whether `path` is that of a folder of objects.
pub(crate) fn is_shard(path: &str) -> bool {
    path.strip_suffix('/').is_some_and(|name| name.len() == 2 && u8::from_str_radix(name, 16).is_ok())
}

/// A fresh path for an object that is still arriving.
pub(crate) fn incoming() -> io::Result<String> {
    let mut name = [0; 16];
    getrandom::fill(&mut name).map_err(io::Error::other)?;
    Ok(format!("{INCOMING}/{:032x}", u128::from_be_bytes(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_is_the_id_cut_after_the_first_byte() {
        let mut id = Digest([0x11; 32]);
        id.0[0] = 0xab;
        assert_eq!(path_of(&id), format!("ab/{}", "11".repeat(31)));
        assert_eq!(id_at(&path_of(&id)), Some(id));
        assert!(is_shard(&shard_of(&id)));
    }

    #[test]
    fn foreign_paths_are_no_objects() {
        let id = path_of(&Digest([0xab; 32]));
        for path in [
            "",
            "/",
            "ab",
            "ab/",
            "incoming/00",
            "../etc",
            &id.to_uppercase(),
            &format!("{id}0"),
            &format!("0x{id}"),
            &id.replacen('/', "", 1),
        ] {
            assert_eq!(id_at(path), None, "{path}");
        }
        for path in ["incoming/", "ab", "abc/", "zz/", "../"] {
            assert!(!is_shard(path), "{path}");
        }
    }
}
