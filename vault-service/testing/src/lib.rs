// SPDX-License-Identifier: Apache-2.0

//! A mail server in the test's own process, for the tests of services that send mail.
//!
//! The protocol is that of the crate `mailin`: EHLO, STARTTLS, AUTH, MAIL, RCPT and DATA over real connections. A [`MailPlace`]
//! keeps the mail, also while its server does not run. A test ends the server as a power failure does, and starts it again.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod certificates;
mod receiver;
mod server;

pub use certificates::Certificates;
pub use receiver::ReceivedMail;
pub use server::{MailPlace, MailServer, Security};
