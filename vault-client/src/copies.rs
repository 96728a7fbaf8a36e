// SPDX-License-Identifier: Apache-2.0

//! Copies of objects on their way from another vault.

use std::io;

use salus_gate::{
    protocol::{COPY_LENGTH, COPY_MISSING},
    BoxedBytes,
};
use salus_primitives::Digest;
use tokio::io::{AsyncRead, AsyncReadExt, Take};

/// Objects that a service was asked for, one after the other, in the order of the request.
pub struct Copies {
    bytes: Take<BoxedBytes>,
    objects: std::vec::IntoIter<Digest>,
    /// Bytes that do not come of the next object.
    from: u64,
}

/// One of the objects.
pub struct CopiedObject<'a> {
    /// Its id, as it was asked for. The bytes may be others.
    pub id: Digest,
    /// How many bytes the whole object has; none where the other vault does not have it.
    pub size: Option<u64>,
    /// Its bytes, or those that are still missing.
    pub bytes: &'a mut (dyn AsyncRead + Unpin + Send),
}

impl Copies {
    /// The objects that a service was asked for, in an answer that begins with `bytes`: the first one without its first `from`
    /// bytes.
    pub fn new(bytes: BoxedBytes, objects: Vec<Digest>, from: u64) -> Self {
        Self { bytes: bytes.take(0), objects: objects.into_iter(), from }
    }

    /// The next object. Bytes of the one before that were not read are passed over.
    pub async fn next(&mut self) -> io::Result<Option<CopiedObject<'_>>> {
        tokio::io::copy(&mut self.bytes, &mut tokio::io::sink()).await?;
        if self.bytes.limit() > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some(id) = self.objects.next() else { return Ok(None) };
        let mut length = [0; COPY_LENGTH];
        self.bytes.get_mut().read_exact(&mut length).await?;
        let size = Some(u64::from_be_bytes(length)).filter(|size| *size != COPY_MISSING);
        self.bytes.set_limit(size.unwrap_or_default().saturating_sub(std::mem::take(&mut self.from)));
        Ok(Some(CopiedObject { id, size, bytes: &mut self.bytes }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn objects_come_one_after_the_other_and_may_be_missing() {
        let ids = [1, 2, 3].map(|byte| Digest([byte; 32]));
        let frame = [&3u64.to_be_bytes()[..], b"one", &COPY_MISSING.to_be_bytes(), &2u64.to_be_bytes(), b"ab"].concat();
        for read in [true, false] {
            let mut copies = Copies::new(Box::new(io::Cursor::new(frame.clone())), ids.to_vec(), 0);
            let mut seen = Vec::new();
            while let Some(object) = copies.next().await.unwrap() {
                let mut bytes = Vec::new();
                if read {
                    object.bytes.read_to_end(&mut bytes).await.unwrap();
                }
                seen.push((object.id, object.size, bytes));
            }
            let bytes = |text: &[u8]| if read { text.to_vec() } else { Vec::new() };
            assert_eq!(
                seen,
                [(ids[0], Some(3), bytes(b"one")), (ids[1], None, Vec::new()), (ids[2], Some(2), bytes(b"ab"))]
            );
        }
        for length in 0..frame.len() {
            let mut copies = Copies::new(Box::new(io::Cursor::new(frame[..length].to_vec())), ids.to_vec(), 0);
            let ended = loop {
                match copies.next().await {
                    Ok(Some(_)) => {}
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error.kind()),
                }
            };
            assert_eq!(ended, Err(io::ErrorKind::UnexpectedEof), "{length}");
        }
    }

    #[tokio::test]
    async fn the_first_object_goes_on_where_an_answer_was_cut_off() {
        let ids = [1, 2].map(|byte| Digest([byte; 32]));
        let frame = [&3u64.to_be_bytes()[..], b"e", &2u64.to_be_bytes(), b"ab"].concat();
        let mut copies = Copies::new(Box::new(io::Cursor::new(frame)), ids.to_vec(), 2);
        for (whole, rest) in [(3, &b"e"[..]), (2, b"ab")] {
            let object = copies.next().await.unwrap().unwrap();
            let mut bytes = Vec::new();
            object.bytes.read_to_end(&mut bytes).await.unwrap();
            assert_eq!((object.size, &bytes[..]), (Some(whole), rest));
        }
        assert!(copies.next().await.unwrap().is_none());
    }
}
