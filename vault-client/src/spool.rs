// SPDX-License-Identifier: Apache-2.0

//! A place for an object that is being sealed. A large one goes into a temporary file, and is hashed meanwhile.

use std::io;

use bytes::Bytes;
use salus_vault::HashedFile;

use crate::objects::SealedObject;

/// An object of more bytes than this waits in a file.
const IN_MEMORY: u64 = 1024 * 1024;

/// A place for an object that is being sealed.
pub struct Spool(Place);

enum Place {
    Memory(Vec<u8>),
    File(HashedFile),
}

impl Spool {
    /// A place for an object of some `length` bytes.
    pub fn begin(length: u64) -> io::Result<Self> {
        Ok(Self(match length {
            ..=IN_MEMORY => Place::Memory(Vec::new()),
            _ => Place::File(HashedFile::new(tempfile::tempfile()?)),
        }))
    }

    /// Writes the next bytes. After an error, the object can only be dropped.
    pub async fn write(&mut self, bytes: impl Into<Bytes>) -> io::Result<()> {
        match &mut self.0 {
            Place::Memory(written) => {
                written.extend_from_slice(&bytes.into());
                Ok(())
            }
            Place::File(file) => file.write(bytes.into()).await,
        }
    }

    /// The object, once all its bytes are written.
    pub async fn finish(self) -> io::Result<SealedObject> {
        match self.0 {
            Place::Memory(written) => Ok(SealedObject::of(written)),
            Place::File(mut file) => {
                let id = file.digest().await?;
                Ok(SealedObject::in_file(file.file(), id, file.size()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_vault::object_id;
    use tokio::io::AsyncReadExt;

    #[tokio::test]
    async fn an_object_is_the_same_in_memory_and_in_a_file() {
        let content: Vec<u8> = (0..1_300_000u32).map(|place| (place / 777) as u8).collect();
        for (announced, step) in [(0, 100_000), (2_000_000, 1), (2_000_000, 100_000), (2_000_000, 900_000)] {
            let content = if step == 1 { &content[..600_000] } else { &content[..] };
            let mut spool = Spool::begin(announced).unwrap();
            for piece in content.chunks(step) {
                spool.write(piece.to_vec()).await.unwrap();
            }
            let object = spool.finish().await.unwrap();
            assert_eq!((object.id(), object.size()), (object_id(content), content.len() as u64));
            let mut bytes = Vec::new();
            object.bytes_from(0).read_to_end(&mut bytes).await.unwrap();
            assert!(bytes == content, "in steps of {step}");
        }
    }

    #[tokio::test]
    async fn an_empty_object_can_be_announced_as_a_large_one() {
        let object = Spool::begin(u64::MAX).unwrap().finish().await.unwrap();
        assert_eq!((object.id(), object.size()), (object_id(b""), 0));
    }
}
