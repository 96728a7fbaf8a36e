// SPDX-License-Identifier: Apache-2.0

//! The words of a file's sealed header: as typed, or else by the file itself (S2-11, S0-57).

use crate::{dicom_process, failure::Failure, files, parse};
use salus_content::kind::{self, FileKind};
use salus_primitives::text;
use salus_sealing::blob::Metadata;
use std::{
    io::{Error, Read},
    path::Path,
};

/// The sealed header's words about a file.
#[derive(Clone, clap::Args)]
pub(crate) struct About {
    /// A short title, sealed [default: the words of a DICOM header, or the file's name]
    #[arg(long, value_parser = parse::line)]
    title: Option<String>,
    /// The kind of document, sealed, such as Observation or Letter [default: by the file, such as DICOM MR, Genome, Image
    /// or Document]
    #[arg(long, value_parser = parse::line)]
    kind: Option<String>,
    /// When it happened, sealed, such as 2026-11 or 2026-11-21 [default: the study date of a DICOM file]
    #[arg(long, value_parser = parse::line)]
    date: Option<String>,
    /// Its media type, sealed [default: by the file's first bytes]
    #[arg(long, value_parser = parse::line)]
    media_type: Option<String>,
    /// Store the file as it is, without looking into it
    #[arg(long)]
    untyped: bool,
}

/// A file's words about itself. They are content, so this has no `Debug`.
struct Found {
    kind: String,
    title: Option<String>,
    date: Option<String>,
    media_type: &'static str,
}

impl About {
    /// Whether a title was given.
    pub(crate) fn has_title(&self) -> bool {
        self.title.is_some()
    }

    /// The words about the file `path`. It is looked into unless the person who adds it wants it untyped.
    ///
    /// A file that says that it is DICOM, and whose header cannot be read, is refused: its record would say something else
    /// than the next reader finds.
    pub(crate) async fn metadata(self, path: &Path) -> Result<Metadata, Failure> {
        let name = path.file_name().map(|name| text::cleaned(&name.to_string_lossy())).unwrap_or_default();
        let Found { kind, title, date, media_type } = match self.untyped {
            true => Found { kind: kind::DOCUMENT.to_owned(), title: None, date: None, media_type: kind::ANY },
            false => look_into(path, &name).await?,
        };
        Ok(Metadata {
            kind: self.kind.unwrap_or(kind),
            title: self.title.or(title).unwrap_or_else(|| name.clone()),
            date: self.date.or(date),
            issued: None,
            media_type: self.media_type.unwrap_or_else(|| media_type.to_owned()),
            file_name: Some(name),
            nonconformant: false,
        })
    }
}

async fn look_into(path: &Path, name: &str) -> Result<Found, Failure> {
    let first = beginning(path).map_err(|error| files::unreadable(path, &error))?;
    if kind::is_dicom(&first) || kind::is_named_like_dicom(name) {
        let header = dicom_process::header_of(path).await?;
        let (kind, title) = (header.kind(), header.title());
        return Ok(Found { kind, title, date: header.study_date, media_type: kind::DICOM });
    }
    let FileKind { kind, media_type } = kind::of(&first, name);
    Ok(Found { kind: kind.to_owned(), title: None, date: None, media_type })
}

/// The first bytes of a file.
fn beginning(path: &Path) -> Result<Vec<u8>, Error> {
    // A pipe has no beginning that could be read twice, and opening one may never end.
    if !std::fs::metadata(path)?.is_file() {
        return Err(Error::other("not a regular file"));
    }
    let mut first = Vec::with_capacity(kind::LOOKED_AT);
    std::fs::File::open(path)?.take(kind::LOOKED_AT as u64).read_to_end(&mut first)?;
    Ok(first)
}
