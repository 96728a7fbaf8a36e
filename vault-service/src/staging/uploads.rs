// SPDX-License-Identifier: Apache-2.0

//! Uploads: the bytes of announced objects, one object after the other. An upload that is cut off goes on where it stopped.

use bytes::{Bytes, BytesMut};
use salus_gate::protocol::{AnnouncedObject, UploadId};
use salus_primitives::{time::MINUTE, MemberId, Moment};
use salus_vault::{object_id, Incoming, Vault, VaultError};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};
use thiserror::Error;
use tokio::task::JoinSet;

/// Uploads at one time.
const MOST: usize = 1_024;
/// Uploads of one writer at one time.
const MOST_OF_ONE: usize = 32;
/// How long an upload waits for its next byte.
const IDLE: Moment = 15 * MINUTE;
/// An object of at most so many bytes is gathered in memory and stored while the next ones arrive.
const SMALL: u64 = 64 * 1024;
/// Small objects that are being stored at one time, for each upload. It is the disk that takes time.
const SIDE_BY_SIDE: usize = 16;

/// Why an upload does not go on.
#[derive(Debug, Error)]
pub enum UploadFault {
    /// There are as many uploads as the service, or the writer, may have.
    #[error("there are too many uploads under way")]
    TooMany,
    /// There is none with this number: it is complete, it failed, it waited too long, or the service has restarted.
    #[error("there is no such upload: ask to stage the objects again")]
    Unknown,
    /// Another message adds to it at this moment.
    #[error("another message adds to the upload at this moment")]
    Busy,
    /// The message goes on at another place than the last one ended.
    #[error("the upload has come to byte {0}")]
    Elsewhere(u64),
    /// More bytes come than were announced.
    #[error("the message has more bytes than the objects that were announced")]
    TooLong,
    /// The bytes are not the object that was announced.
    #[error("the bytes are not those of the object that was announced")]
    OtherBytes,
    /// The vault cannot store them.
    #[error("the vault cannot store the object")]
    Vault(#[source] VaultError),
}

impl From<VaultError> for UploadFault {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Corrupted { .. } => Self::OtherBytes,
            error => Self::Vault(error),
        }
    }
}

/// The uploads that are under way. They are in memory only: after a restart, clients stage again.
#[derive(Default)]
pub struct Uploads {
    under_way: Mutex<BTreeMap<UploadId, Entry>>,
}

struct Entry {
    writer: MemberId,
    upload: Arc<tokio::sync::Mutex<Upload>>,
}

impl Uploads {
    /// Begins an upload of `objects` under a number that was chosen by chance.
    pub fn begin(
        &self,
        number: UploadId,
        writer: MemberId,
        objects: Vec<AnnouncedObject>,
        now: Moment,
    ) -> Result<(), UploadFault> {
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        under_way.retain(|_, entry| match entry.upload.try_lock() {
            Ok(upload) => now.saturating_sub(upload.last) < IDLE,
            Err(_) => true,
        });
        let own = under_way.values().filter(|entry| entry.writer == writer).count();
        if under_way.len() >= MOST || own >= MOST_OF_ONE {
            return Err(UploadFault::TooMany);
        }
        let upload = Arc::new(tokio::sync::Mutex::new(Upload::new(objects, now)));
        under_way.insert(number, Entry { writer, upload });
        Ok(())
    }

    /// The upload, for one message alone.
    pub(crate) fn take(&self, number: UploadId) -> Result<tokio::sync::OwnedMutexGuard<Upload>, UploadFault> {
        let under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        let upload = under_way.get(&number).ok_or(UploadFault::Unknown)?.upload.clone();
        upload.try_lock_owned().map_err(|_| UploadFault::Busy)
    }

    /// Forgets an upload that is complete or cannot go on.
    pub(crate) fn end(&self, number: UploadId) {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
    }
}

/// An upload, and how far it has come.
pub(crate) struct Upload {
    objects: std::vec::IntoIter<AnnouncedObject>,
    current: Option<Arriving>,
    storing: JoinSet<Result<(), UploadFault>>,
    received: u64,
    last: Moment,
}

/// The object whose bytes are coming.
struct Arriving {
    announced: AnnouncedObject,
    bytes: ArrivingBytes,
}

enum ArrivingBytes {
    Small(BytesMut),
    Large(Box<Incoming>),
}

impl Upload {
    fn new(objects: Vec<AnnouncedObject>, now: Moment) -> Self {
        Self { objects: objects.into_iter(), current: None, storing: JoinSet::new(), received: 0, last: now }
    }

    /// How many bytes have come.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Takes the next bytes.
    pub(crate) async fn take(&mut self, vault: &Vault, mut bytes: Bytes, now: Moment) -> Result<(), UploadFault> {
        self.last = now;
        self.received = self.received.saturating_add(bytes.len() as u64);
        while !bytes.is_empty() {
            let arriving = match &mut self.current {
                Some(arriving) => arriving,
                None => {
                    let announced = self.objects.next().ok_or(UploadFault::TooLong)?;
                    self.current.insert(Arriving::begin(announced, vault).await?)
                }
            };
            let missing = arriving.announced.size.saturating_sub(arriving.size());
            let part = bytes.split_to(bytes.len().min(usize::try_from(missing).unwrap_or(usize::MAX)));
            let complete = part.len() as u64 == missing;
            match &mut arriving.bytes {
                ArrivingBytes::Small(gathered) => gathered.extend_from_slice(&part),
                ArrivingBytes::Large(incoming) => incoming.write(part).await?,
            }
            if complete {
                self.store(vault).await?;
            }
        }
        Ok(())
    }

    /// Stores the object that is complete now.
    async fn store(&mut self, vault: &Vault) -> Result<(), UploadFault> {
        let Some(Arriving { announced, bytes }) = self.current.take() else { return Ok(()) };
        match bytes {
            ArrivingBytes::Large(incoming) => {
                incoming.admit(Some(&announced.id)).await?;
            }
            ArrivingBytes::Small(bytes) => {
                if object_id(&bytes) != announced.id {
                    return Err(UploadFault::OtherBytes);
                }
                while self.storing.len() >= SIDE_BY_SIDE {
                    self.stored().await?;
                }
                let vault = vault.clone();
                self.storing.spawn(async move {
                    vault.put(bytes.freeze()).await?;
                    Ok(())
                });
            }
        }
        Ok(())
    }

    /// Waits for one of the objects that are being stored.
    async fn stored(&mut self) -> Result<(), UploadFault> {
        match self.storing.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(fault)) => Err(VaultError::Io(std::io::Error::other(fault)).into()),
            None => Ok(()),
        }
    }

    /// Waits until everything that came is stored; whether all objects have come.
    pub(crate) async fn settle(&mut self) -> Result<bool, UploadFault> {
        while !self.storing.is_empty() {
            self.stored().await?;
        }
        Ok(self.current.is_none() && self.objects.as_slice().is_empty())
    }
}

impl Arriving {
    async fn begin(announced: AnnouncedObject, vault: &Vault) -> Result<Self, UploadFault> {
        let bytes = match announced.size {
            ..=SMALL => ArrivingBytes::Small(BytesMut::new()),
            _ => ArrivingBytes::Large(Box::new(vault.incoming().await?)),
        };
        Ok(Self { announced, bytes })
    }

    fn size(&self) -> u64 {
        match &self.bytes {
            ArrivingBytes::Small(bytes) => bytes.len() as u64,
            ArrivingBytes::Large(incoming) => incoming.size(),
        }
    }
}
