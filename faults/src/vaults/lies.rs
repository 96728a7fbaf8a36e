// SPDX-License-Identifier: Apache-2.0

//! Lies in the name of a vault service: answers that it never gave.

use super::asks::Asks;
use crate::seeded::Seeded;
use salus_primitives::RecordId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tokio::{io::AsyncReadExt, net::TcpStream};

/// A kind of lie.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lie {
    /// A bit of the answer is another.
    Bytes,
    /// The answer to an earlier request, for an older version of the record.
    Old,
    /// The answer to an earlier request, for another record.
    Other,
    /// An answer with nothing in it.
    Nothing,
    /// The first half of the answer.
    Half,
    /// It says that it has stored an upload, and has not.
    Claims,
}

impl Lie {
    /// The lies about what is given out.
    pub const ANSWERS: [Self; 5] = [Self::Bytes, Self::Old, Self::Other, Self::Nothing, Self::Half];
}

/// Chooses lies and tells them, with the answers that it heard before.
pub struct Liar {
    chance: Seeded,
    lies: Vec<Lie>,
    /// The newest answer for each version of a record, by what was asked for.
    heard: BTreeMap<(Asks, RecordId, u32), Vec<u8>>,
    listens: bool,
}

/// The part of a request that a liar has to know.
#[derive(Deserialize)]
struct Named {
    record: RecordId,
    version: u32,
}

impl Liar {
    /// A liar who tells no lie yet.
    pub fn new(seed: u64) -> Self {
        Self { chance: Seeded::new(seed, "lies"), lies: Vec::new(), heard: BTreeMap::new(), listens: false }
    }

    /// From now on it chooses among these lies.
    pub fn tell(&mut self, lies: &[Lie]) {
        self.lies = lies.to_vec();
    }

    /// From now on it remembers answers, so that it has some to tell again.
    pub fn listen(&mut self) {
        self.listens = true;
    }

    /// Whether it has to know requests and answers whole.
    pub fn listens(&self) -> bool {
        self.listens || !self.lies.is_empty()
    }

    /// The lie about a request, if it tells one.
    pub fn choose(&mut self, asks: Asks) -> Option<Lie> {
        let fits = |lie: &Lie| match asks {
            Asks::Put => *lie == Lie::Claims,
            Asks::Read | Asks::Key => *lie != Lie::Claims,
            Asks::Copy => [Lie::Bytes, Lie::Nothing, Lie::Half].contains(lie),
            _ => false,
        };
        let fitting: Vec<_> = self.lies.iter().copied().filter(fits).collect();
        self.chance.pick(&fitting).copied()
    }

    /// The answer that is given instead of a true one, and the lie that it is; a true answer that no lie fits stays.
    ///
    /// Whenever it has heard an older version, and means to lie about this one, it tells the older one: it seldom can.
    pub fn answer(&mut self, asks: Asks, request: &[u8], truth: Vec<u8>, lie: Option<Lie>) -> (Vec<u8>, Option<Lie>) {
        let named: Option<Named> = serde_json::from_slice(request).ok();
        let is_good = truth.starts_with(b"HTTP/1.1 200");
        let older = |liar: &Self, named: &Named| {
            let versions = (asks, named.record, 0)..(asks, named.record, named.version);
            liar.heard.range(versions).next_back().map(|(_, answer)| answer.clone())
        };
        let has_older = self.lies.contains(&Lie::Old) && named.as_ref().is_some_and(|it| older(self, it).is_some());
        let lie = lie.filter(|_| is_good).map(|lie| if has_older { Lie::Old } else { lie });
        let other = |liar: &Self, named: &Named| {
            let mut others = liar.heard.iter().filter(|((of, record, _), _)| *of == asks && *record != named.record);
            others.next().map(|(_, answer)| answer.clone())
        };
        let false_answer = match (lie, &named) {
            (None, _) => None,
            (Some(Lie::Old), Some(named)) => older(self, named).map(|answer| (answer, Lie::Old)),
            (Some(Lie::Other), Some(named)) => other(self, named).map(|answer| (answer, Lie::Other)),
            (Some(Lie::Nothing), _) => {
                let nothing = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                Some((nothing.to_vec(), Lie::Nothing))
            }
            (Some(Lie::Half), _) => {
                let half = body_at(&truth).saturating_add(truth.len().saturating_sub(body_at(&truth)) / 2);
                Some((truth.get(..half).unwrap_or_default().to_vec(), Lie::Half))
            }
            _ => None,
        };
        // Where there is no earlier answer to tell again, a bit is changed.
        let (answer, told) = match (lie, false_answer) {
            (None, _) => (truth.clone(), None),
            (_, Some((answer, told))) => (answer, Some(told)),
            _ => (flipped(&truth), Some(Lie::Bytes)),
        };
        if let (Some(named), true) = (named, is_good) {
            self.heard.insert((asks, named.record, named.version), truth);
        }
        (answer, told)
    }
}

/// An answer with one bit of its body changed, three quarters in: within the blob, where there is one.
fn flipped(answer: &[u8]) -> Vec<u8> {
    let mut answer = answer.to_vec();
    let body = body_at(&answer);
    let place = body.saturating_add(answer.len().saturating_sub(body).saturating_mul(3) / 4);
    if let Some(byte) = answer.get_mut(place) {
        *byte ^= 1;
    }
    answer
}

/// Where the body of a message begins.
fn body_at(message: &[u8]) -> usize {
    message.windows(4).position(|four| four == b"\r\n\r\n").map_or(message.len(), |end| end.saturating_add(4))
}

/// The value of a field of a head, which is in lower case here.
fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let mut fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

/// The length of a message's body, by its head.
pub(super) fn length_of(head: &str) -> usize {
    field(head, "content-length").and_then(|length| length.parse().ok()).unwrap_or_default()
}

/// Where an upload goes on, by its head.
pub(super) fn offset_of(head: &str) -> u64 {
    field(head, "upload-offset").and_then(|offset| offset.parse().ok()).unwrap_or_default()
}

/// Reads a message's body to its end, and returns how many bytes it had.
pub(super) async fn chunked_to_the_end(visitor: &mut TcpStream, head: &str, mut body: Vec<u8>) -> std::io::Result<u64> {
    let is_chunked = field(head, "transfer-encoding").is_some();
    while match is_chunked {
        true => !body.ends_with(b"0\r\n\r\n"),
        false => body.len() < length_of(head),
    } {
        if visitor.read_buf(&mut body).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(if is_chunked { data_in(&body) } else { body.len() as u64 })
}

/// The bytes of data in a body that came in chunks.
fn data_in(mut chunks: &[u8]) -> u64 {
    let mut data = 0u64;
    while let Some(end) = chunks.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(chunks.get(..end).unwrap_or_default()).ok();
        let Some(size) = size.and_then(|size| usize::from_str_radix(size, 16).ok()) else { break };
        data = data.saturating_add(size as u64);
        chunks = chunks.get(end.saturating_add(size).saturating_add(4)..).unwrap_or_default();
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::{ChartId, RecordKey};

    fn request(record: u8, version: u32) -> Vec<u8> {
        let record = RecordId { chart: ChartId(0), key: RecordKey([record; 16]) };
        serde_json::to_vec(&serde_json::json!({ "record": record, "version": version, "reader": 1 })).unwrap()
    }

    fn truth(body: &str) -> Vec<u8> {
        format!("HTTP/1.1 200 OK\r\n\r\n{body}").into_bytes()
    }

    #[test]
    fn each_lie_is_another_answer() {
        let mut liar = Liar::new(1);
        let mut tell =
            |record, version, body, lie| liar.answer(Asks::Read, &request(record, version), truth(body), lie);
        assert_eq!(tell(1, 0, "the first", None), (truth("the first"), None));
        assert_eq!(tell(2, 0, "of another", None).1, None);
        assert_eq!(tell(1, 1, "the second", Some(Lie::Old)), (truth("the first"), Some(Lie::Old)));
        assert_eq!(tell(1, 1, "the second", Some(Lie::Other)), (truth("of another"), Some(Lie::Other)));
        assert_eq!(tell(2, 0, "of another", Some(Lie::Old)).1, Some(Lie::Bytes), "it heard no older one");
        let (half, told) = tell(1, 1, "the second", Some(Lie::Half));
        assert_eq!((half, told), (truth("the s"), Some(Lie::Half)));
        let (bytes, told) = tell(1, 1, "the second", Some(Lie::Bytes));
        assert!(bytes != truth("the second") && bytes.len() == truth("the second").len());
        assert_eq!(told, Some(Lie::Bytes));
        assert_eq!(tell(1, 1, "the second", Some(Lie::Nothing)).1, Some(Lie::Nothing));
        liar.tell(&Lie::ANSWERS);
        let told = liar.answer(Asks::Read, &request(1, 1), truth("the second"), Some(Lie::Half));
        assert_eq!(told, (truth("the first"), Some(Lie::Old)), "it seldom can tell an older one");
        let refusal = b"HTTP/1.1 404 Not Found\r\n\r\n".to_vec();
        let told = liar.answer(Asks::Read, &request(1, 1), refusal.clone(), Some(Lie::Bytes));
        assert_eq!(told, (refusal, None), "a refusal gives nothing out");
    }

    #[test]
    fn lies_fit_what_is_asked_for() {
        let mut liar = Liar::new(1);
        assert_eq!(liar.choose(Asks::Read), None, "it is honest");
        liar.tell(&[Lie::Claims]);
        assert_eq!((liar.choose(Asks::Put), liar.choose(Asks::Read)), (Some(Lie::Claims), None));
        liar.tell(&Lie::ANSWERS);
        assert_eq!(liar.choose(Asks::Put), None);
        assert!(liar.choose(Asks::Copy).is_some_and(|lie| ![Lie::Old, Lie::Other].contains(&lie)));
    }

    #[test]
    fn the_data_of_an_upload_is_counted() {
        assert_eq!(data_in(b"5\r\nhello\r\na\r\n0123456789\r\n0\r\n\r\n"), 15);
        assert_eq!(offset_of("PATCH / HTTP/1.1\r\nupload-offset: 7\r\n\r\n"), 7);
    }
}
