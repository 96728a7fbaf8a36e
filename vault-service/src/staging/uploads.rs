// SPDX-License-Identifier: Apache-2.0

//! Uploads: the bytes of announced objects, one object after the other. An upload that is cut off goes on where it stopped.

use super::{
    ledger::{Ledger, Reservation},
    limits::uploads_of,
};
use bytes::{Bytes, BytesMut};
use salus_gate::{
    protocol::{AnnouncedObject, UploadId},
    WriterKind,
};
use salus_primitives::{time::MINUTE, MemberId, Moment};
use salus_vault::{object_id, Incoming, Vault, VaultError};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use thiserror::Error;
use tokio::{sync::OwnedMutexGuard, task::JoinSet};

/// Uploads at one time.
const MOST: usize = 512;
/// How long an upload waits for its next byte.
const IDLE: Moment = 15 * MINUTE;
/// An object of at most so many bytes is gathered in memory and stored while the next ones arrive.
const SMALL: u64 = 64 * 1024;
/// Small objects that are being stored at one time, for each upload. It is the disk that takes time.
const SIDE_BY_SIDE: usize = 16;
/// Bytes after which the room on the disk is looked at again.
const BETWEEN_LOOKS: u64 = 64 * 1024 * 1024;

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
    /// The disk has no more room than its reserve.
    #[error("the vault is full")]
    Full,
    /// The vault cannot store them.
    #[error("the vault cannot store the object")]
    Vault(#[source] VaultError),
}

impl From<VaultError> for UploadFault {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Corrupted { .. } => Self::OtherBytes,
            error if error.is_full() => Self::Full,
            error => Self::Vault(error),
        }
    }
}

impl From<io::Error> for UploadFault {
    fn from(error: io::Error) -> Self {
        VaultError::Io(error).into()
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
    /// Whether a writer may begin another upload.
    pub(crate) fn has_room(&self, writer: MemberId, kind: WriterKind, now: Moment) -> bool {
        self.sweep(now);
        let under_way = self.lock();
        let own = under_way.values().filter(|entry| entry.writer == writer).count();
        under_way.len() < MOST && own < uploads_of(kind)
    }

    /// Begins an upload of `objects` under a number that was chosen by chance.
    pub(crate) fn begin(
        &self,
        number: UploadId,
        writer: MemberId,
        objects: Vec<AnnouncedObject>,
        reservation: Reservation,
        now: Moment,
    ) {
        let upload = Arc::new(tokio::sync::Mutex::new(Upload::new(objects, reservation, now)));
        self.lock().insert(number, Entry { writer, upload });
    }

    /// The upload, for one message alone.
    pub(crate) fn take(&self, number: UploadId, now: Moment) -> Result<OwnedMutexGuard<Upload>, UploadFault> {
        self.sweep(now);
        let upload = self.lock().get(&number).ok_or(UploadFault::Unknown)?.upload.clone();
        upload.try_lock_owned().map_err(|_| UploadFault::Busy)
    }

    /// Forgets an upload that is complete or cannot go on.
    pub(crate) fn end(&self, number: UploadId) {
        self.lock().remove(&number);
    }

    /// Forgets uploads that waited too long, with what half came.
    pub fn sweep(&self, now: Moment) {
        self.lock().retain(|_, entry| match entry.upload.try_lock() {
            Ok(upload) => now.saturating_sub(upload.last) < IDLE,
            Err(_) => true,
        });
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<UploadId, Entry>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An upload, and how far it has come.
pub(crate) struct Upload {
    objects: std::vec::IntoIter<AnnouncedObject>,
    reservation: Reservation,
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
    fn new(objects: Vec<AnnouncedObject>, reservation: Reservation, now: Moment) -> Self {
        let objects = objects.into_iter();
        Self { objects, reservation, current: None, storing: JoinSet::new(), received: 0, last: now }
    }

    /// How many bytes have come.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Takes the next bytes. It must not be dropped before it is done: the upload would not know how far it came.
    pub(crate) async fn take(
        &mut self,
        vault: &Vault,
        ledger: &Arc<Ledger>,
        mut bytes: Bytes,
        now: Moment,
    ) -> Result<(), UploadFault> {
        self.last = now;
        let before = self.received;
        self.received = before.saturating_add(bytes.len() as u64);
        if before.checked_div(BETWEEN_LOOKS) != self.received.checked_div(BETWEEN_LOOKS) && ledger.is_disk_low()? {
            return Err(UploadFault::Full);
        }
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
                self.store(vault, ledger, now).await?;
            }
        }
        Ok(())
    }

    /// Enters the object that is complete now into the ledger, and stores it.
    async fn store(&mut self, vault: &Vault, ledger: &Arc<Ledger>, now: Moment) -> Result<(), UploadFault> {
        let Some(Arriving { announced, bytes }) = self.current.take() else { return Ok(()) };
        match bytes {
            ArrivingBytes::Large(mut incoming) => {
                if incoming.digest().await? != announced.id {
                    return Err(UploadFault::OtherBytes);
                }
                let _naming = ledger.deleting.read().await;
                if let Some(entry) = self.reservation.enter(&announced, now) {
                    entry.write().await?;
                }
                incoming.admit(Some(&announced.id)).await?;
            }
            ArrivingBytes::Small(bytes) => {
                if object_id(&bytes) != announced.id {
                    return Err(UploadFault::OtherBytes);
                }
                while self.storing.len() >= SIDE_BY_SIDE {
                    self.stored().await?;
                }
                let (vault, ledger) = (vault.clone(), ledger.clone());
                let naming = ledger.deleting.read().await;
                let entry = self.reservation.enter(&announced, now);
                drop(naming);
                self.storing.spawn(async move {
                    let _naming = ledger.deleting.read().await;
                    if let Some(entry) = entry {
                        entry.write().await?;
                    }
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
            Some(Err(fault)) => Err(io::Error::other(fault).into()),
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
