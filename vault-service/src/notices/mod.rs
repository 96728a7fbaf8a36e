// SPDX-License-Identifier: Apache-2.0

//! Letters about notices: the service tells members of its institution, by mail and webhook, that notices wait for them.
//!
//! A letter says how many notices there are, and of which kinds. It names no chart, record or member; the member reads the
//! notices with `salus notices`. The service finds them in the finalized chain, by the same rules as that command.
//!
//! Each addressee has a page on the disk: how far the logs were read, and which letters wait. Both change in one write. So a
//! restart loses no notice, and a letter that is sent again has the same id.

mod addressees;
mod desk;
mod fault;
mod lane;
mod mail;
mod page;
mod settings;
mod source;
mod status;
mod webhook;
mod wording;

pub use addressees::{Addressee, Addressees, AddresseesError, Way, MAX_ADDRESSEES};
pub use desk::{Delivered, Desk, DeskError};
pub use fault::Fault;
pub use lane::{Counts, Letter};
pub use mail::{MailSender, MailSetupError};
pub use settings::{MailConfig, NoticesConfig, NoticesConfigError, TlsMode, WebhookConfig};
pub use source::{Found, HomeChain, NoticeSource, SourceError};
pub use status::NoticesStatus;
pub use webhook::WebhookSender;

use std::path::{Path, PathBuf};

/// The name of the folder of the pages, beside the objects of a vault.
pub const FOLDER: &str = "notices";

/// The folder of the pages, beside the objects of a vault.
pub fn folder_of(vault: &Path) -> PathBuf {
    vault.join(FOLDER)
}
