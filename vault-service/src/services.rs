// SPDX-License-Identifier: Apache-2.0

//! The requests of other institutions' services: copies, and which copies there are.

use super::{
    copies::Copying,
    service::{json, Custody, Served, Service},
};
use axum::{
    body::{Body, Bytes},
    http::{header::CONTENT_TYPE, HeaderValue},
    response::{IntoResponse, Response},
};
use futures::{stream, Stream, StreamExt};
use salus_gate::{
    protocol::{CopyRequest, Held, HeldRequest, Signed, COPY_MISSING},
    ChainView, GateError,
};
use salus_primitives::{Digest, InstitutionId};
use salus_vault::{ObjectReader, Vault, VaultError};
use std::{collections::BTreeSet, io, sync::Arc};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

/// The media type of bytes without further meaning.
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");
/// Bytes of an object in memory for each asker.
const PIECE: usize = 64 * 1024;

impl<C: ChainView + Send + Sync + 'static> Served<C> for CopyRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        let copying = &service.custody.copying;
        let asker = service.gate.permit_copy(signed, &copying.others()).await?;
        let CopyRequest { objects, from, .. } = signed.request();
        let permitted = copying.permitted(asker, objects);
        let copies = copies(service.custody.vault.clone(), copying.clone(), objects.clone(), permitted, *from);
        Ok(([(CONTENT_TYPE, OCTETS)], Body::from_stream(copies)).into_response())
    }
}

impl<C: ChainView + Send + Sync + 'static> Served<C> for HeldRequest {
    async fn answer(service: &Service<C>, signed: &Signed<Self>) -> Result<Response, GateError<C::Error>> {
        let asker = service.gate.permit_held(signed, &service.custody.copying.others()).await?;
        Ok(json(&held(&service.custody, asker, &signed.request().objects).await.map_err(GateError::Store)?))
    }
}

/// Which of the asker's objects are here. One that is known to be damaged is not.
async fn held(custody: &Custody, asker: InstitutionId, objects: &[Digest]) -> io::Result<Held> {
    let (of_asker, damaged) = (custody.copying.of_owner(asker, objects), custody.copying.damaged.all()?);
    let mut held = Vec::with_capacity(objects.len());
    for id in objects {
        let may_count = of_asker.contains(id) && !damaged.contains(id);
        held.push(match may_count {
            true => is_there(custody, id).await?,
            false => false,
        });
    }
    Ok(Held { held })
}

/// Whether an object is here. The disk may not even say how long it is: then a copy is to take its place.
async fn is_there(custody: &Custody, id: &Digest) -> io::Result<bool> {
    match custody.vault.has(id).await {
        Err(error) if error.is_damage() => {
            custody.copying.have_repaired(id);
            Ok(false)
        }
        looked => looked.map_err(io::Error::other),
    }
}

/// Objects, each after its length; the first one without its first `from` bytes. One that is altered, or not for the asker,
/// counts as missing. When the vault fails in between, the connection ends.
fn copies(
    vault: Vault,
    copying: Arc<Copying>,
    objects: Vec<Digest>,
    permitted: BTreeSet<Digest>,
    from: u64,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let permitted = Arc::new(permitted);
    let places = std::iter::once(from).chain(std::iter::repeat(0));
    let opened = stream::iter(objects.into_iter().zip(places)).then(move |(id, from)| {
        let (vault, copying, permitted) = (vault.clone(), copying.clone(), permitted.clone());
        async move {
            if !permitted.contains(&id) {
                return Ok(None);
            }
            match vault.reader(&id).await {
                Ok(mut object) => {
                    // Read and thrown away, so that at the end all bytes are compared with the id.
                    tokio::io::copy(&mut (&mut object).take(from), &mut tokio::io::sink()).await?;
                    Ok(Some(object))
                }
                Err(VaultError::NotFound(_)) => Ok(None),
                Err(error) if error.is_damage() => {
                    copying.have_repaired(&id);
                    Ok(None)
                }
                Err(error) => Err(io::Error::other(error)),
            }
        }
    });
    opened.flat_map(|object| {
        let length = match &object {
            Ok(object) => Ok(object.as_ref().map_or(COPY_MISSING, ObjectReader::size)),
            Err(error) => Err(io::Error::other(error.to_string())),
        };
        let length = length.map(|length| Bytes::copy_from_slice(&length.to_be_bytes()));
        let bytes = object.ok().flatten().map(|object| ReaderStream::with_capacity(object, PIECE));
        stream::once(async { length }).chain(stream::iter(bytes).flatten())
    })
}
