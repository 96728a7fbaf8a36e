// SPDX-License-Identifier: Apache-2.0

//! The file of addressees: which member is told by mail or webhook, and of which kinds. Only the service's user reads it,
//! because it says who stands behind a member's number.

use crate::key_files::{private_text, KeyFault};
use lettre::Address;
use reqwest::Url;
use salus_primitives::{
    notices::{Delivery, NoticeKind},
    MemberId,
};
use salus_vault_client::is_this_machine;
use serde::Deserialize;
use std::{collections::BTreeMap, path::Path, sync::Arc};
use thiserror::Error;

/// Addressees of one institution, at most.
pub const MAX_ADDRESSEES: usize = 4_096;

/// A way for letters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Way {
    /// To a mail address.
    Mail,
    /// To a web server.
    Webhook,
}

impl Way {
    /// All ways.
    pub const ALL: [Self; 2] = [Self::Mail, Self::Webhook];

    /// The word in metrics and logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Webhook => "webhook",
        }
    }
}

/// A member who is told of its notices. It has a mail address, a webhook, or both.
#[derive(Clone)]
pub struct Addressee {
    pub(super) mail: Option<Address>,
    pub(super) webhook: Option<Url>,
    prefer: BTreeMap<NoticeKind, Delivery>,
}

impl Addressee {
    /// How the member is told of this kind.
    pub fn delivery(&self, kind: NoticeKind) -> Delivery {
        self.prefer.get(&kind).copied().unwrap_or(kind.usual_delivery())
    }

    /// Whether the member is told by this way.
    pub fn has(&self, way: Way) -> bool {
        match way {
            Way::Mail => self.mail.is_some(),
            Way::Webhook => self.webhook.is_some(),
        }
    }
}

/// The addressees of a file, by their members.
#[derive(Clone, Default)]
pub struct Addressees(BTreeMap<MemberId, Arc<Addressee>>);

/// The file, as its TOML says it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(default)]
    addressee: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    member: MemberId,
    mail: Option<String>,
    webhook: Option<String>,
    #[serde(default)]
    prefer: BTreeMap<NoticeKind, Delivery>,
}

/// The file of addressees cannot be used. Texts name places in the file, and no member or address.
#[derive(Debug, Error)]
pub enum AddresseesError {
    /// It cannot be read, or others may read it.
    #[error(transparent)]
    Unreadable(#[from] KeyFault),
    /// It is not TOML of this form.
    #[error(
        "line {0} is not valid: each `[[addressee]]` has `member`, `mail` or `webhook` or both, and perhaps \
         `prefer = {{ KIND = \"urgent\" or \"digest\" or \"off\" }}` with kinds as `salus notices --preferences` shows them"
    )]
    Line(usize),
    /// There are too many.
    #[error("it has more than {MAX_ADDRESSEES} addressees")]
    TooMany,
    /// Two rows are about one member.
    #[error("addressee {0} in the file is the same member as an earlier one")]
    Twice(usize),
    /// A row has no address.
    #[error("addressee {0} in the file has neither `mail` nor `webhook`")]
    NoAddress(usize),
    /// A mail address is not one.
    #[error(
        "`mail` of addressee {0} in the file is not a mail address without a name, such as `inbox@hospital.example`"
    )]
    Mail(usize),
    /// A webhook would carry letters in the clear, or to no web server.
    #[error(
        "`webhook` of addressee {0} in the file has to be `https://`, or `http://` to this machine, without user and fragment"
    )]
    Webhook(usize),
    /// The configuration does not say how to send by this way.
    #[error("addressee {at} in the file has `{way}`, and the configuration has no `[notices.{way}]`")]
    NoWay {
        /// The place in the file, from 1 on.
        at: usize,
        /// The way.
        way: &'static str,
    },
}

impl Addressees {
    /// The addressees in the file `path`. By ways that the configuration does not have there are none.
    pub fn read(path: &Path, has_mail: bool, has_webhook: bool) -> Result<Self, AddresseesError> {
        Self::parse(&private_text(path)?, has_mail, has_webhook)
    }

    pub(super) fn parse(text: &str, has_mail: bool, has_webhook: bool) -> Result<Self, AddresseesError> {
        let table: Table = toml::from_str(text).map_err(|error| {
            // The parser's own text shows the line, and with it an address.
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or(text);
            AddresseesError::Line(before.matches('\n').count().saturating_add(1))
        })?;
        if table.addressee.len() > MAX_ADDRESSEES {
            return Err(AddresseesError::TooMany);
        }
        let mut addressees = BTreeMap::new();
        for (at, row) in (1..).zip(table.addressee) {
            let Row { member, mail, webhook, prefer } = row;
            let mail: Option<Address> =
                mail.map(|mail| mail.parse()).transpose().map_err(|_| AddresseesError::Mail(at))?;
            let webhook = webhook.map(|url| address(&url).ok_or(AddresseesError::Webhook(at))).transpose()?;
            for (is_wanted, is_there, way) in
                [(mail.is_some(), has_mail, Way::Mail), (webhook.is_some(), has_webhook, Way::Webhook)]
            {
                if is_wanted && !is_there {
                    return Err(AddresseesError::NoWay { at, way: way.word() });
                }
            }
            if mail.is_none() && webhook.is_none() {
                return Err(AddresseesError::NoAddress(at));
            }
            if addressees.insert(member, Arc::new(Addressee { mail, webhook, prefer })).is_some() {
                return Err(AddresseesError::Twice(at));
            }
        }
        Ok(Self(addressees))
    }

    /// The addressee who is this member.
    pub fn get(&self, member: MemberId) -> Option<&Arc<Addressee>> {
        self.0.get(&member)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (MemberId, &Arc<Addressee>)> {
        self.0.iter().map(|(member, addressee)| (*member, addressee))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The address of a webhook; none where letters would travel in the clear.
fn address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let is_protected = match url.scheme() {
        "https" => true,
        "http" => is_this_machine(url.host_str()?),
        _ => false,
    };
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (is_protected && is_plain && url.has_host()).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Addressees, AddresseesError> {
        Addressees::parse(text, true, true)
    }

    fn fault(text: &str) -> AddresseesError {
        parse(text).err().unwrap_or_else(|| panic!("it was taken: {text}"))
    }

    fn row(lines: &str) -> String {
        format!("[[addressee]]\nmember = 4\n{lines}\n")
    }

    #[test]
    fn an_addressee_has_addresses_and_preferences() {
        let text = row("mail = \"anna@b.example\"\nwebhook = \"https://b.example/hook?x=1\"")
            + "prefer = { reading = \"off\", correction-request = \"digest\", record = \"urgent\" }\n";
        let found = parse(&text).unwrap_or_else(|error| panic!("{error}"));
        let anna = found.get(MemberId(4)).unwrap();
        assert!(Way::ALL.into_iter().all(|way| anna.has(way)));
        let kinds = [NoticeKind::Reading, NoticeKind::CorrectionRequest, NoticeKind::Record, NoticeKind::Denial];
        let expected = [Delivery::Off, Delivery::Digest, Delivery::Urgent, Delivery::Urgent];
        assert_eq!(kinds.map(|kind| anna.delivery(kind)), expected);
        assert!(parse("").is_ok_and(|none| none.is_empty()));
    }

    #[test]
    fn what_is_wrong_is_named_without_an_address() {
        let mail = "mail = \"secret@b.example\"";
        for (text, word) in [
            (row(&format!("{mail}\nmale = 1")), "line 4 "),
            (row(&format!("{mail}\nprefer = {{ news = \"off\" }}")), "line 4 "),
            (row(&format!("{mail}\nprefer = {{ use = \"never\" }}")), "line 4 "),
            ("[[addressee]]\nmember = \"secret\"".to_owned(), "line 2 "),
            (row(""), "addressee 1 in the file has neither"),
            (row(mail) + &row(mail), "addressee 2 in the file is the same"),
            (row("mail = \"secret\""), "`mail` of addressee 1"),
            (row("mail = \"Secret <secret@b.example>\""), "`mail` of addressee 1"),
            (row("mail = \"secret@b.example\\r\\nBcc: x@y.example\""), "`mail` of addressee 1"),
        ] {
            let said = fault(&text).to_string();
            assert!(said.contains(word) && !said.contains("secret"), "{text}: {said}");
        }
        let many = (0..=MAX_ADDRESSEES).map(|member| format!("[[addressee]]\nmember = {member}\n{mail}\n"));
        assert!(matches!(fault(&many.collect::<String>()), AddresseesError::TooMany));
    }

    #[test]
    fn webhooks_elsewhere_are_protected() {
        for good in [
            "https://b.example",
            "https://b.example:8443/a?b=c",
            "http://127.0.0.1:80/x",
            "http://[::1]/",
            "http://localhost:1",
        ] {
            assert!(parse(&row(&format!("webhook = \"{good}\""))).is_ok(), "{good}");
        }
        for bad in [
            "http://b.example",
            "http://10.0.0.1/",
            "http://127.0.0.1.example",
            "ftp://127.0.0.1",
            "https://",
            "https://user@b.example",
            "https://b.example/#x",
            "b.example",
        ] {
            assert!(matches!(fault(&row(&format!("webhook = \"{bad}\""))), AddresseesError::Webhook(1)), "{bad}");
        }
    }

    #[test]
    fn a_way_has_to_be_configured() {
        let text = row("mail = \"a@b.example\"");
        assert!(Addressees::parse(&text, true, false).is_ok());
        let fault = Addressees::parse(&text, false, true).err();
        assert!(matches!(fault, Some(AddresseesError::NoWay { at: 1, way: "mail" })));
    }

    #[test]
    fn others_may_not_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("addressees.toml");
        std::fs::write(&path, "").unwrap();
        let with = |mode| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            Addressees::read(&path, true, true).err()
        };
        assert!(matches!(with(0o640), Some(AddresseesError::Unreadable(KeyFault::Open))));
        assert!(with(0o600).is_none());
    }
}
