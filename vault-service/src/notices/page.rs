// SPDX-License-Identifier: Apache-2.0

//! The page of one addressee: how far the logs were read for it, and the letters that wait. One file, written whole.

use super::{
    addressees::{Addressee, Way},
    lane::{Counts, Lane},
};
use crate::whole_files;
use salus_chain::ReadMarks;
use salus_primitives::{
    notices::{Delivery, NoticeKind},
    time::HOUR,
    Digest, MemberId, Moment,
};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::{self, ErrorKind},
    path::{Path, PathBuf},
};

/// How an operator gets past a page that cannot be used.
const HINT: &str = "look at the disk, then delete the file: letters of its member begin with what happens from then on";
/// How old the marks on the disk may be when nothing else changes. A service that restarts reads that much again.
const MARKS_AGE: Moment = HOUR;

/// When digests are due: at fixed times of the day, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct DigestTimes {
    /// The time between two digests, in milliseconds.
    pub(super) every: Moment,
    /// The time of one of them after midnight, in milliseconds.
    pub(super) offset: Moment,
}

impl DigestTimes {
    /// How many digests were due by `now`.
    fn passed(&self, now: Moment) -> Moment {
        let into_cycle = self.offset.checked_rem(self.every).unwrap_or_default();
        now.saturating_add(self.every).saturating_sub(into_cycle).checked_div(self.every).unwrap_or_default()
    }
}

/// Notices that wait for the next digest.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct Collected {
    since: Moment,
    kinds: Counts,
}

/// A look at the finalized chain, for one addressee.
pub(super) struct Look {
    pub(super) kinds: Vec<NoticeKind>,
    pub(super) marks: ReadMarks,
    pub(super) block: Digest,
    pub(super) at: Moment,
}

/// The page of one addressee.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Page {
    /// The chain.
    genesis: Digest,
    /// The last finalized block that was looked at, and its time.
    block: Digest,
    at: Moment,
    marks: ReadMarks,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<Collected>,
    #[serde(default)]
    mail: Lane,
    #[serde(default)]
    webhook: Lane,
    /// The time of the marks on the disk.
    #[serde(skip)]
    written_at: Moment,
    /// Whether the disk has an older page, because a write failed.
    #[serde(skip)]
    is_unwritten: bool,
}

impl Page {
    /// A page that begins after `look`: what happened before is not told.
    pub(super) fn beginning(genesis: Digest, look: Look) -> Self {
        let Look { marks, block, at, .. } = look;
        let (mail, webhook) = (Lane::default(), Lane::default());
        Self { genesis, block, at, marks, digest: None, mail, webhook, written_at: 0, is_unwritten: false }
    }

    /// The page of `member` in `folder`, if there is one.
    pub(super) fn read(folder: &Path, genesis: &Digest, member: MemberId) -> io::Result<Option<Self>> {
        let path = path_of(folder, member);
        let Some(bytes) = whole_files::read(&path)? else { return Ok(None) };
        let page: Self = serde_json::from_slice(&bytes).map_err(|error| whole_files::damaged(&path, error, HINT))?;
        if page.genesis != *genesis {
            return Err(whole_files::damaged(&path, "it is of another chain", HINT));
        }
        Ok(Some(Self { written_at: page.at, ..page }))
    }

    /// Puts the page on the disk. After a failure it counts as unwritten.
    pub(super) fn write(&mut self, folder: &Path, member: MemberId) -> io::Result<()> {
        self.is_unwritten = true;
        whole_files::replace(&path_of(folder, member), &serde_json::to_vec(self)?)?;
        (self.is_unwritten, self.written_at) = (false, self.at);
        Ok(())
    }

    pub(super) fn is_unwritten(&self) -> bool {
        self.is_unwritten
    }

    /// Up to where the logs were read.
    pub(super) fn marks(&self) -> &ReadMarks {
        &self.marks
    }

    pub(super) fn lane(&self, way: Way) -> &Lane {
        match way {
            Way::Mail => &self.mail,
            Way::Webhook => &self.webhook,
        }
    }

    pub(super) fn lane_mut(&mut self, way: Way) -> &mut Lane {
        match way {
            Way::Mail => &mut self.mail,
            Way::Webhook => &mut self.webhook,
        }
    }

    /// Takes in what a look found. Whether the page has to be on the disk before anything is sent.
    ///
    /// A look at an older block than before changes nothing: the node was set back, and comes back.
    pub(super) fn take(&mut self, look: Look, addressee: &Addressee, now: Moment) -> bool {
        if look.at < self.at {
            return false;
        }
        let (mut urgent, mut others) = (Counts::default(), Counts::default());
        for kind in look.kinds {
            match addressee.delivery(kind) {
                Delivery::Urgent => urgent.add(kind),
                Delivery::Digest => others.add(kind),
                Delivery::Off => {}
            }
        }
        (self.marks, self.block, self.at) = (look.marks, look.block, look.at);
        let is_new = !urgent.is_empty() || !others.is_empty();
        self.send(&urgent, addressee, now);
        if !others.is_empty() {
            let collected = self.digest.get_or_insert(Collected { since: now, kinds: Counts::default() });
            collected.kinds.add_all(&others);
        }
        is_new || self.at >= self.written_at.saturating_add(MARKS_AGE)
    }

    /// Has the digest sent once it is due, and forgets letters by ways that the addressee has no more. Whether the page changed.
    pub(super) fn turn(&mut self, times: DigestTimes, addressee: &Addressee, now: Moment) -> bool {
        let mut has_changed = false;
        for way in Way::ALL {
            if !addressee.has(way) && self.lane(way).waiting() > 0 {
                *self.lane_mut(way) = Lane::default();
                has_changed = true;
            }
        }
        let is_due = |collected: &Collected| times.passed(now) > times.passed(collected.since);
        if self.digest.as_ref().is_some_and(is_due) {
            let collected = self.digest.take();
            collected.into_iter().for_each(|collected| self.send(&collected.kinds, addressee, now));
            has_changed = true;
        }
        has_changed
    }

    fn send(&mut self, kinds: &Counts, addressee: &Addressee, now: Moment) {
        for way in Way::ALL {
            if addressee.has(way) {
                self.lane_mut(way).add(kinds, now);
            }
        }
    }
}

/// The members that have pages in `folder`.
pub(super) fn members(folder: &Path) -> io::Result<Vec<MemberId>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut members = Vec::new();
    for entry in entries {
        let name = entry?.file_name();
        members.extend(name.to_str().and_then(|name| name.strip_suffix(".json")?.parse::<MemberId>().ok()));
    }
    Ok(members)
}

/// Removes the page of a member who is an addressee no more.
pub(super) fn remove(folder: &Path, member: MemberId) -> io::Result<()> {
    match fs::remove_file(path_of(folder, member)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn path_of(folder: &Path, member: MemberId) -> PathBuf {
    folder.join(format!("{member}.json"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::notices::Addressees;
    use salus_chain::ReadMark;
    use salus_primitives::{time::DAY, ChartId};

    const GENESIS: Digest = Digest([1; 32]);
    const MEMBER: MemberId = MemberId(4);
    const DAILY: DigestTimes = DigestTimes { every: DAY, offset: 6 * HOUR };

    fn addressee(lines: &str) -> Addressee {
        let text = format!("[[addressee]]\nmember = 4\n{lines}");
        let found = Addressees::parse(&text, true, true).unwrap_or_else(|error| panic!("{error}"));
        Addressee::clone(found.get(MEMBER).unwrap())
    }

    fn look(kinds: &[NoticeKind], next: u64, at: Moment) -> Look {
        let marks = ReadMarks::from([(ChartId(7), ReadMark { next, at })]);
        Look { kinds: kinds.to_vec(), marks, block: Digest([9; 32]), at }
    }

    fn page() -> Page {
        Page::beginning(GENESIS, look(&[NoticeKind::Denial], 3, 100))
    }

    #[test]
    fn urgent_kinds_go_at_once_and_others_with_the_digest() {
        let both = addressee("mail = \"a@b.example\"\nwebhook = \"https://b.example/x\"\nprefer = { use = \"off\" }");
        let mut page = page();
        assert_eq!(page.lane(Way::Mail).waiting(), 0, "of what happened before it is not told");
        let kinds = [NoticeKind::Denial, NoticeKind::Reading, NoticeKind::Reading, NoticeKind::Use];
        assert!(page.take(look(&kinds, 7, 200), &both, 5 * HOUR));
        for way in Way::ALL {
            assert_eq!(page.lane(way).due(5 * HOUR).unwrap().kinds.total(), 1);
        }
        assert!(page.lane(Way::Mail).letter().unwrap().id != page.lane(Way::Webhook).letter().unwrap().id);
        assert!(!page.turn(DAILY, &both, 6 * HOUR - 1));
        let id = page.lane(Way::Mail).letter().unwrap().id.clone();
        page.lane_mut(Way::Mail).end(&id, 0);
        assert!(page.turn(DAILY, &both, 6 * HOUR));
        let digest = page.lane(Way::Mail).letter().unwrap();
        assert_eq!(digest.kinds.iter().collect::<Vec<_>>(), [(NoticeKind::Reading, 2)]);
        assert!(!page.turn(DAILY, &both, 9 * DAY));
    }

    #[test]
    fn a_digest_comes_at_fixed_times() {
        let times = DigestTimes { every: 2 * HOUR, offset: 3 * HOUR };
        assert_eq!([HOUR - 1, HOUR, 3 * HOUR - 1, 3 * HOUR].map(|now| times.passed(now)), [0, 1, 1, 2]);
    }

    #[test]
    fn a_node_that_was_set_back_changes_nothing() {
        let mail = addressee("mail = \"a@b.example\"");
        let mut page = page();
        let before = page.clone();
        assert!(!page.take(look(&[NoticeKind::Denial], 1, 99), &mail, 0));
        assert_eq!(page, before);
    }

    #[test]
    fn marks_are_written_with_letters_and_once_in_a_while() {
        let folder = tempfile::tempdir().unwrap();
        let mail = addressee("mail = \"a@b.example\"");
        let mut page = page();
        page.write(folder.path(), MEMBER).unwrap();
        assert!(!page.take(look(&[], 4, 101), &mail, 0));
        assert!(page.take(look(&[NoticeKind::Denial], 5, 102), &mail, 0));
        page.write(folder.path(), MEMBER).unwrap();
        assert!(!page.take(look(&[], 5, 102 + MARKS_AGE - 1), &mail, 0));
        assert!(page.take(look(&[], 5, 102 + MARKS_AGE), &mail, 0));
        assert_eq!(members(folder.path()).unwrap(), [MEMBER]);
        let read = Page::read(folder.path(), &GENESIS, MEMBER).unwrap().unwrap();
        assert_eq!((read.marks()[&ChartId(7)].next, read.at), (5, 102));
        assert_eq!(read.lane(Way::Mail), page.lane(Way::Mail));
        assert!(Page::read(folder.path(), &Digest([2; 32]), MEMBER).is_err(), "it is of another chain");
        fs::write(path_of(folder.path(), MEMBER), "{").unwrap();
        assert!(Page::read(folder.path(), &GENESIS, MEMBER).unwrap_err().to_string().contains("hint: "));
        remove(folder.path(), MEMBER).unwrap();
        remove(folder.path(), MEMBER).unwrap();
        assert!(members(folder.path()).unwrap().is_empty());
    }

    #[test]
    fn letters_by_a_way_that_is_gone_are_forgotten() {
        let mut page = page();
        page.take(look(&[NoticeKind::Denial], 5, 102), &addressee("mail = \"a@b.example\""), 0);
        let webhook = addressee("webhook = \"https://b.example\"");
        assert!(page.turn(DAILY, &webhook, 0) && !page.turn(DAILY, &webhook, 0));
        assert_eq!(page.lane(Way::Mail).waiting(), 0);
    }

    #[test]
    fn a_page_that_cannot_be_written_is_known_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let mut page = page();
        fs::create_dir(path_of(folder.path(), MEMBER)).unwrap();
        assert!(page.write(folder.path(), MEMBER).is_err() && page.is_unwritten());
        fs::remove_dir(path_of(folder.path(), MEMBER)).unwrap();
        page.write(folder.path(), MEMBER).unwrap();
        assert!(!page.is_unwritten());
    }
}
