// SPDX-License-Identifier: Apache-2.0

//! Which notices a member has seen, and which kinds it wants to be told of, in its home folder. Ids only.

use crate::{failure::Failure, locked_json::LockedJson};
use salus_chain::{ReadMark, ReadMarks};
use salus_primitives::{
    notices::{Delivery, NoticeKind},
    ChartId, Digest, MemberId,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, path::Path};

/// The marks and preferences of one member of one chain.
#[derive(Clone, Default, Serialize, Deserialize)]
struct Page {
    #[serde(default)]
    marks: ReadMarks,
    #[serde(default)]
    deliveries: BTreeMap<NoticeKind, Delivery>,
}

/// The pages of all chains and members. JSON has texts as keys.
type Pages = BTreeMap<String, Page>;

/// The page of one member.
pub(crate) struct NoticeBook {
    file: LockedJson,
    key: String,
    page: Page,
}

impl NoticeBook {
    /// The page of `member` in the file of `home`. A file that cannot be read counts as empty: all notices are unread then.
    pub(crate) fn load(home: &Path, genesis: &Digest, member: MemberId) -> Self {
        let file = LockedJson::new(home.join("notices.json"));
        let key = format!("{genesis}/{member}");
        let page = file.read::<Pages>().remove(&key).unwrap_or_default();
        Self { file, key, page }
    }

    /// Up to where the member has seen the logs.
    pub(crate) fn marks(&self) -> &ReadMarks {
        &self.page.marks
    }

    /// How the member wants to be told of this kind.
    pub(crate) fn delivery(&self, kind: NoticeKind) -> Delivery {
        self.page.deliveries.get(&kind).copied().unwrap_or(kind.usual_delivery())
    }

    /// Remembers what the member has seen by now. A mark never goes back.
    pub(crate) fn have_seen(&mut self, marks: &ReadMarks) -> Result<(), Failure> {
        self.change(|page| {
            for (chart, seen) in marks {
                let mark = page.marks.entry(*chart).or_default();
                *mark = ReadMark { next: mark.next.max(seen.next), at: mark.at.max(seen.at) };
            }
        })
    }

    /// Looks into this chart as well from now on, such as after a request.
    pub(crate) fn follow(&mut self, chart: ChartId) -> Result<(), Failure> {
        self.change(|page| {
            page.marks.entry(chart).or_default();
        })
    }

    pub(crate) fn prefer(&mut self, kind: NoticeKind, delivery: Delivery) -> Result<(), Failure> {
        self.change(|page| {
            page.deliveries.insert(kind, delivery);
        })
    }

    fn change(&mut self, change: impl FnOnce(&mut Page)) -> Result<(), Failure> {
        let key = self.key.clone();
        let changed = self.file.change(|pages: &mut Pages| change(pages.entry(key).or_default()));
        let mut pages = changed
            .map_err(|error| Failure::input(format!("`{}` cannot be written: {error}", self.file.path().display())))?;
        self.page = pages.remove(&self.key).unwrap_or_default();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GENESIS: Digest = Digest([1; 32]);
    const CHART: ChartId = ChartId(7);

    fn book(home: &Path, member: u64) -> NoticeBook {
        NoticeBook::load(home, &GENESIS, MemberId(member))
    }

    #[test]
    fn marks_are_of_one_member_and_never_go_back() {
        let home = tempfile::tempdir().unwrap();
        let mark = |next, at| ReadMarks::from([(CHART, ReadMark { next, at })]);
        let mut one = book(home.path(), 1);
        one.have_seen(&mark(5, 50)).unwrap();
        one.have_seen(&mark(3, 60)).unwrap();
        one.follow(CHART).unwrap();
        assert_eq!(*book(home.path(), 1).marks(), mark(5, 60));
        assert!(book(home.path(), 2).marks().is_empty());
        let other_chain = NoticeBook::load(home.path(), &Digest([2; 32]), MemberId(1));
        assert!(other_chain.marks().is_empty());
    }

    #[test]
    fn preferences_stay_beside_the_marks() {
        let home = tempfile::tempdir().unwrap();
        let mut one = book(home.path(), 1);
        assert_eq!(one.delivery(NoticeKind::Request), Delivery::Urgent);
        one.prefer(NoticeKind::Reading, Delivery::Off).unwrap();
        one.follow(CHART).unwrap();
        let again = book(home.path(), 1);
        assert_eq!(
            (again.delivery(NoticeKind::Reading), again.delivery(NoticeKind::Record)),
            (Delivery::Off, Delivery::Digest)
        );
        assert!(again.marks().contains_key(&CHART));
    }
}
