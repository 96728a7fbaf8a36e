// SPDX-License-Identifier: Apache-2.0

//! The files of an IPFS node, through the RPC of Kubo, as a service of OpenDAL.
//!
//! A node keeps a tree of names (MFS), which leads from each of our paths to the CID of what lies there. All that the tree
//! names stays, and is gone for the node's own collector when the name is. OpenDAL has a service for it too, which holds a
//! whole object in memory and has no rename. Here an object arrives in pieces under a temporary name, and each piece is read
//! back. The object is moved to its own name when the node has all of it.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use http::{
    header::{AUTHORIZATION, CONTENT_TYPE},
    request, HeaderValue, Request, Response, StatusCode,
};
use opendal::raw::{
    build_rooted_abs_path, new_json_deserialize_error, new_request_build_error, normalize_root, oio,
    percent_encode_path, FormDataPart, Multipart, OpCopy, OpCreateDir, OpDelete, OpList, OpPresign, OpRead, OpRename,
    OpStat, OpWrite, RpCreateDir, RpPresign, RpRead, RpRename, RpStat, Service, ServiceInfo,
};
use opendal::{
    Buffer, Builder, BytesRange, Capability, Error, ErrorKind, HttpTransporter, Metadata, MetadataBuilder,
    OperationContext, Result,
};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::layout;

/// Cuts files into blocks of raw bytes, with identifiers of the present version.
const FORM: &str = "raw-leaves=true&cid-version=1";
/// How often an object is given its name, while others give it the same one.
const TRIES: usize = 8;
/// Uploads older than this belong to no process that is still writing.
const LEFTOVER_SECONDS: u64 = 24 * 60 * 60;

/// The RPC of a node, and the folder in its tree of names.
#[derive(Clone, Default)]
pub(crate) struct Kubo {
    endpoint: String,
    root: String,
    token: Option<Zeroizing<String>>,
}

impl fmt::Debug for Kubo {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Kubo({}{})", self.endpoint, self.root)
    }
}

/// The entry at a path.
struct Found {
    cid: String,
    size: u64,
    is_folder: bool,
}

impl Kubo {
    pub(crate) fn new(endpoint: &str, root: &str, token: Option<Zeroizing<String>>) -> Self {
        Self { endpoint: endpoint.trim_end_matches('/').to_owned(), root: normalize_root(root), token }
    }

    /// The configuration of the node.
    pub(crate) async fn configuration(&self, transport: &HttpTransporter) -> Result<Value> {
        let request = self.request("config/show?").body(Buffer::new()).map_err(new_request_build_error)?;
        document(&answered(transport.send(request).await?)?)
    }

    fn request(&self, question: &str) -> request::Builder {
        let request = Request::post(format!("{}/api/v0/{question}", self.endpoint));
        match &self.token {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {}", token.as_str())),
            None => request,
        }
    }

    fn argument(&self, path: &str) -> String {
        format!("arg={}", percent_encode_path(&build_rooted_abs_path(&self.root, path)))
    }

    async fn ask_for(&self, context: &OperationContext, question: &str) -> Result<Buffer> {
        let request = self.request(question).body(Buffer::new()).map_err(new_request_build_error)?;
        answered(context.http_transport().send(request).await?)
    }

    /// Asks `files/COMMAND` about `path`.
    async fn ask(&self, context: &OperationContext, command: &str, path: &str, more: &str) -> Result<Buffer> {
        self.ask_for(context, &format!("files/{command}?{}{more}", self.argument(path))).await
    }

    async fn find(&self, context: &OperationContext, path: &str) -> Result<Found> {
        let found = document(&self.ask(context, "stat", path, "").await?)?;
        Ok(Found {
            cid: found.get("Hash").and_then(Value::as_str).unwrap_or_default().to_owned(),
            size: found.get("Size").and_then(Value::as_u64).unwrap_or_default(),
            is_folder: found.get("Type").and_then(Value::as_str) == Some("directory"),
        })
    }

    async fn remove(&self, context: &OperationContext, path: &str) -> Result<()> {
        match self.ask(context, "rm", path, "").await {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Writes `piece` of the file `path`, which begins at `offset`. It does no harm to do so twice, or too late.
    async fn write_at(&self, context: &OperationContext, path: &str, offset: u64, piece: Buffer) -> Result<()> {
        let place = match offset {
            0 => "create=true&parents=true".to_owned(),
            offset => format!("offset={offset}"),
        };
        let request = self.request(&format!("files/write?{}&{place}&{FORM}", self.argument(path)));
        // js-ipfs refuses a part without its type.
        let bytes = HeaderValue::from_static("application/octet-stream");
        let part = FormDataPart::new("data").header(CONTENT_TYPE, bytes).content(piece);
        let request = Multipart::new().part(part).apply(request)?;
        answered(context.http_transport().send(request).await?).map(drop)
    }

    /// The bytes of the file `path` from `offset` on, `count` of them.
    fn download(&self, path: &str, offset: u64, count: Option<u64>) -> Result<Request<Buffer>> {
        let count = count.map(|count| format!("&count={count}")).unwrap_or_default();
        let question = format!("files/read?{}&offset={offset}{count}", self.argument(path));
        self.request(&question).body(Buffer::new()).map_err(new_request_build_error)
    }

    /// Deletes the blocks of the file `path`, and its name. A node does not write a block that it has, even a damaged one; a
    /// sealed object shares none with another.
    async fn drop_blocks(&self, context: &OperationContext, path: &str) -> Result<()> {
        let cid = self.find(context, path).await?.cid;
        self.remove(context, path).await?;
        let below = self.ask_for(context, &format!("refs?arg={cid}&recursive=true&unique=true")).await?.to_bytes();
        // One document for each block, one after the other.
        let below = serde_json::Deserializer::from_slice(&below).into_iter::<Value>();
        let mut blocks = vec![cid];
        blocks.extend(below.flatten().filter_map(|block| Some(block.get("Ref")?.as_str()?.to_owned())));
        for block in blocks {
            self.ask_for(context, &format!("block/rm?arg={block}&force=true")).await?;
        }
        Ok(())
    }

    /// Moves the file `from`, whose identifier is `cid`, to the name `to`.
    async fn rename_to(&self, context: &OperationContext, from: &str, to: &str, cid: &str) -> Result<()> {
        let folder = to.rsplit_once('/').map_or("/".to_owned(), |(folder, _)| format!("{folder}/"));
        self.ask(context, "mkdir", &folder, "&parents=true&cid-version=1").await?;
        for _ in 0..TRIES {
            match self.find(context, to).await {
                // The same bytes have the name already: another upload was quicker, or this one, and its answer was lost.
                Ok(there) if there.cid == cid => {
                    self.remove(context, from).await?;
                    return self.ask(context, "flush", &folder, "").await.map(drop);
                }
                Ok(_) => self.remove(context, to).await?,
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            match self.ask(context, "mv", from, &format!("&{}", self.argument(to))).await {
                // The node writes its tree down before the object counts as stored.
                Ok(_) => return self.ask(context, "flush", &folder, "").await.map(drop),
                Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(ErrorKind::Unexpected, "the node does not give the object its name"))
    }
}

/// A path for an upload that begins now.
fn upload() -> Result<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let path = layout::incoming().map_err(|error| Error::new(ErrorKind::Unexpected, error.to_string()))?;
    Ok(format!("{path}-{now}"))
}

/// Whether `path` is that of an upload that began too long ago.
pub(crate) fn is_leftover(path: &str) -> bool {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |now| now.as_secs());
    let began = path.rsplit_once('-').and_then(|(_, seconds)| seconds.parse::<u64>().ok());
    began.is_some_and(|began| now.saturating_sub(began) > LEFTOVER_SECONDS)
}

fn document(answer: &Buffer) -> Result<Value> {
    serde_json::from_slice(&answer.to_bytes()).map_err(new_json_deserialize_error)
}

fn answered(answer: Response<Buffer>) -> Result<Buffer> {
    let (status, body) = (answer.status(), answer.into_body());
    if status == StatusCode::OK {
        return Ok(body);
    }
    Err(fault(status, &body))
}

/// The node's word for what it did not do. Almost every fault has the same status.
fn fault(status: StatusCode, body: &Buffer) -> Error {
    let message = document(body).ok().and_then(|body| Some(body.get("Message")?.as_str()?.to_owned()));
    let message = message.unwrap_or_default();
    let kind = match status {
        StatusCode::INTERNAL_SERVER_ERROR if message.ends_with("does not exist") => ErrorKind::NotFound,
        StatusCode::INTERNAL_SERVER_ERROR if message.contains("already has entry by that name") => {
            ErrorKind::AlreadyExists
        }
        // A node without peers lost a block.
        StatusCode::INTERNAL_SERVER_ERROR if message.contains("could not find") => ErrorKind::ConditionNotMatch,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => ErrorKind::PermissionDenied,
        // Nothing else than an RPC of a node answers so.
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => ErrorKind::ConfigInvalid,
        _ => ErrorKind::Unexpected,
    };
    let error = Error::new(kind, format!("the IPFS node answers with status: {}: {message}", status.as_u16()));
    match status {
        StatusCode::TOO_MANY_REQUESTS
        | StatusCode::BAD_GATEWAY
        | StatusCode::SERVICE_UNAVAILABLE
        | StatusCode::GATEWAY_TIMEOUT => error.set_temporary(),
        _ => error,
    }
}

fn unsupported<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Unsupported, "a vault does not need it"))
}

impl Builder for Kubo {
    type Config = ();

    fn build(self) -> Result<impl Service> {
        Ok(self)
    }
}

impl Service for Kubo {
    type Reader = oio::StreamReader<Download>;
    type Writer = Upload;
    type Lister = oio::PageLister<Names>;
    type Deleter = oio::OneShotDeleter<Removal>;
    type Copier = ();
    type Composer = ();

    fn info(&self) -> ServiceInfo {
        ServiceInfo::new("kubo", &self.root, "")
    }

    fn capability(&self) -> Capability {
        Capability {
            stat: true,
            read: true,
            write: true,
            write_can_empty: true,
            write_can_multi: true,
            delete: true,
            list: true,
            shared: true,
            ..Default::default()
        }
    }

    async fn create_dir(&self, _: &OperationContext, _: &str, _: OpCreateDir) -> Result<RpCreateDir> {
        unsupported()
    }

    async fn stat(&self, context: &OperationContext, path: &str, _: OpStat) -> Result<RpStat> {
        let found = self.find(context, path).await?;
        let metadata = if found.is_folder { MetadataBuilder::dir() } else { MetadataBuilder::file(found.size) };
        Ok(RpStat::new(metadata.build()))
    }

    fn read(&self, context: &OperationContext, path: &str, _: OpRead) -> Result<Self::Reader> {
        let (kubo, context, path) = (self.clone(), context.clone(), path.to_owned());
        Ok(oio::StreamReader::new(Download { kubo, context, path }))
    }

    fn write(&self, context: &OperationContext, path: &str, _: OpWrite) -> Result<Self::Writer> {
        let (kubo, context, path) = (self.clone(), context.clone(), path.to_owned());
        Ok(Upload { kubo, context, path, temporary: upload()?, sent: 0, cid: None })
    }

    fn delete(&self, context: &OperationContext) -> Result<Self::Deleter> {
        Ok(oio::OneShotDeleter::new(Removal { kubo: self.clone(), context: context.clone() }))
    }

    fn list(&self, context: &OperationContext, path: &str, _: OpList) -> Result<Self::Lister> {
        let (kubo, context, path) = (self.clone(), context.clone(), path.to_owned());
        Ok(oio::PageLister::new(Names { kubo, context, path }))
    }

    fn copy(&self, _: &OperationContext, _: &str, _: &str, _: OpCopy) -> Result<Self::Copier> {
        unsupported()
    }

    async fn rename(&self, _: &OperationContext, _: &str, _: &str, _: OpRename) -> Result<RpRename> {
        unsupported()
    }

    async fn presign(&self, _: &OperationContext, _: &str, _: OpPresign) -> Result<RpPresign> {
        unsupported()
    }
}

/// A file on its way from the node.
pub(crate) struct Download {
    kubo: Kubo,
    context: OperationContext,
    path: String,
}

impl oio::StreamRead for Download {
    async fn open(&self, range: BytesRange) -> Result<(RpRead, Box<dyn oio::ReadStreamDyn>)> {
        let request = self.kubo.download(&self.path, range.offset(), range.size())?;
        let answer = self.context.http_transport().fetch(request).await?;
        let (status, mut body) = (answer.status(), answer.into_body());
        if status != StatusCode::OK {
            return Err(fault(status, &body.to_buffer().await?));
        }
        Ok((RpRead::default(), Box::new(body)))
    }
}

/// A file on its way to the node, under a temporary name.
pub(crate) struct Upload {
    kubo: Kubo,
    context: OperationContext,
    path: String,
    temporary: String,
    sent: u64,
    /// Known once the node has all bytes.
    cid: Option<String>,
}

impl Upload {
    /// Whether the node gives back `piece`, which it just got.
    async fn is_there(&self, piece: &Buffer) -> Result<bool> {
        let count = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        let request = self.kubo.download(&self.temporary, self.sent, Some(count))?;
        let answer = self.context.http_transport().fetch(request).await?;
        let (status, mut body) = (answer.status(), answer.into_body());
        if status != StatusCode::OK {
            return Err(fault(status, &body.to_buffer().await?));
        }
        let mut rest = piece.clone();
        loop {
            let there = oio::ReadStream::read(&mut body).await?;
            if there.is_empty() {
                return Ok(rest.is_empty());
            }
            let length = there.len().min(rest.len());
            if rest.slice(..length).to_bytes() != there.to_bytes() {
                return Ok(false);
            }
            rest = rest.slice(length..);
        }
    }
}

impl oio::Write for Upload {
    async fn write(&mut self, piece: Buffer) -> Result<()> {
        let length = u64::try_from(piece.len()).unwrap_or(u64::MAX);
        self.kubo.write_at(&self.context, &self.temporary, self.sent, piece.clone()).await?;
        if !self.is_there(&piece).await? {
            self.kubo.drop_blocks(&self.context, &self.temporary).await?;
            return Err(Error::new(ErrorKind::ConditionNotMatch, "the node gives back other bytes than it was given"));
        }
        self.sent = self.sent.saturating_add(length);
        Ok(())
    }

    async fn close(&mut self) -> Result<Metadata> {
        let cid = match &self.cid {
            Some(cid) => cid.clone(),
            None => {
                if self.sent == 0 {
                    self.kubo.write_at(&self.context, &self.temporary, 0, Buffer::new()).await?;
                }
                let Found { cid, size, .. } = self.kubo.find(&self.context, &self.temporary).await?;
                if size != self.sent {
                    let text = format!("the node has {size} bytes of {}", self.sent);
                    return Err(Error::new(ErrorKind::Unexpected, text));
                }
                self.cid.insert(cid).clone()
            }
        };
        self.kubo.rename_to(&self.context, &self.temporary, &self.path, &cid).await?;
        Ok(MetadataBuilder::file(self.sent).build())
    }

    async fn abort(&mut self) -> Result<()> {
        self.kubo.remove(&self.context, &self.temporary).await
    }
}

/// The names in a folder.
pub(crate) struct Names {
    kubo: Kubo,
    context: OperationContext,
    path: String,
}

impl oio::PageList for Names {
    async fn next_page(&self, page: &mut oio::PageContext) -> Result<()> {
        page.done = true;
        let (is_top, prefix) = (self.path == "/", self.path.trim_start_matches('/'));
        // Only at the top there are folders. Elsewhere the names suffice: for more, the node would read a block of each file, and
        // give no name at all when one of them is damaged.
        let answer = match self.kubo.ask(&self.context, "ls", &self.path, if is_top { "&long=true" } else { "" }).await
        {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
            answer => document(&answer?)?,
        };
        for entry in answer.get("Entries").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = entry.get("Name").and_then(Value::as_str) else { continue };
            let is_folder = entry.get("Type").and_then(Value::as_u64) == Some(1);
            page.entries.push_back(match is_folder {
                true => oio::Entry::new(&format!("{prefix}{name}/"), MetadataBuilder::dir().build()),
                false => oio::Entry::new(&format!("{prefix}{name}"), MetadataBuilder::unknown().build()),
            });
        }
        Ok(())
    }
}

/// Takes names from files. A name that is not there is gone.
pub(crate) struct Removal {
    kubo: Kubo,
    context: OperationContext,
}

impl oio::OneShotDelete for Removal {
    async fn delete_once(&self, path: String, _: OpDelete) -> Result<()> {
        self.kubo.remove(&self.context, &path).await
    }
}
