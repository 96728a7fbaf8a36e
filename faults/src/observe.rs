// SPDX-License-Identifier: Apache-2.0

//! The watch: polls all nodes during a run, and records every block that a node reports as finalized.

use super::rpc::Rpc;
use anyhow::Result;
use salus_primitives::Digest;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// The pause between two polls of a node.
const INTERVAL: Duration = Duration::from_millis(300);

/// The last answer of a node.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Glance {
    /// Whether it answered the last poll.
    pub answers: bool,
    /// The height of its newest finalized block.
    pub finalized: u32,
    /// The height of its best block.
    pub best: u32,
    /// The number of its peers.
    pub peers: u64,
}

/// The observations of all nodes.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// For each height, the blocks that some node reported as finalized, and these nodes.
    pub finalized: BTreeMap<u32, BTreeMap<Digest, BTreeSet<usize>>>,
    /// The last answer of each node.
    pub nodes: Vec<Glance>,
    /// Nodes whose finalized height decreased: the node, and the heights before and after.
    pub went_back: Vec<(usize, u32, u32)>,
    /// For each node, the number of polls and the number of answers.
    pub asked: Vec<(u64, u64)>,
    /// The last error of each node whose poll ever failed.
    pub trouble: BTreeMap<usize, String>,
}

impl Seen {
    /// Returns the greatest finalized height that any node ever reported.
    pub fn height(&self) -> u32 {
        self.finalized.keys().next_back().copied().unwrap_or_default()
    }

    /// Returns the heights with more than one finalized block; there must be none.
    pub fn forks(&self) -> Vec<u32> {
        self.finalized.iter().filter(|(_, blocks)| blocks.len() > 1).map(|(height, _)| *height).collect()
    }
}

/// The polls of all nodes, which end when it is dropped.
pub struct Watch {
    seen: Arc<Mutex<Seen>>,
    tasks: Vec<JoinHandle<()>>,
    began: Instant,
}

impl Watch {
    /// Starts to poll the nodes at `urls`. It records finalized blocks above the height `known`.
    pub fn begin(urls: &[String], known: u32) -> Self {
        let nodes = vec![Glance { finalized: known, ..Glance::default() }; urls.len()];
        let seen = Arc::new(Mutex::new(Seen { nodes, asked: vec![(0, 0); urls.len()], ..Seen::default() }));
        let watch = |(place, url): (usize, &String)| tokio::spawn(look_at(place, url.clone(), known, seen.clone()));
        Self { tasks: urls.iter().enumerate().map(watch).collect(), seen, began: Instant::now() }
    }

    /// Returns a copy of the observations.
    pub fn seen(&self) -> Seen {
        lock(&self.seen).clone()
    }

    /// Returns the last answer of the node.
    pub fn glance(&self, node: usize) -> Glance {
        lock(&self.seen).nodes.get(node).copied().unwrap_or_default()
    }

    /// Returns the number of the node's answers.
    pub fn answered(&self, node: usize) -> u64 {
        lock(&self.seen).asked.get(node).map(|(_, answered)| *answered).unwrap_or_default()
    }

    /// Returns the greatest finalized height that any node ever reported.
    pub fn height(&self) -> u32 {
        lock(&self.seen).height()
    }

    /// Returns the milliseconds since the watch began.
    pub fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits until `holds` returns true. Returns false if it does not within `patience`.
    pub async fn until(&self, patience: Duration, mut holds: impl FnMut(&Seen) -> bool) -> bool {
        let began = Instant::now();
        loop {
            if holds(&lock(&self.seen)) {
                return true;
            }
            if began.elapsed() >= patience {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    // Writers add whole entries, so the data is consistent even after a panic.
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn look_at(place: usize, url: String, known: u32, seen: Arc<Mutex<Seen>>) {
    let mut connection: Option<Rpc> = None;
    // The height up to which the finalized blocks of this node are recorded.
    let mut written = known;
    loop {
        let looked = look(&mut connection, &url, written).await;
        if looked.is_err() {
            connection = None;
        }
        note(&mut lock(&seen), place, &mut written, known, looked);
        tokio::time::sleep(INTERVAL).await;
    }
}

struct Look {
    glance: Glance,
    blocks: Vec<(u32, Digest)>,
}

async fn look(connection: &mut Option<Rpc>, url: &str, written: u32) -> Result<Look> {
    let rpc = match connection {
        Some(rpc) => rpc,
        None => connection.insert(Rpc::connect(url).await?),
    };
    let head = rpc.finalized().await?;
    let header = rpc.header(head).await?;
    let Some(header) = header else { anyhow::bail!("the node does not know its final block") };
    let numbers: Vec<u32> = (written.saturating_add(1)..header.number).collect();
    let hashes = rpc.block_hashes(&numbers).await?;
    let mut blocks: Vec<_> =
        numbers.into_iter().zip(hashes).filter_map(|(number, hash)| Some((number, hash?))).collect();
    if header.number > written {
        blocks.push((header.number, head));
    }
    let (peers, _) = rpc.health().await?;
    let glance = Glance { answers: true, finalized: header.number, best: rpc.best().await?, peers };
    Ok(Look { glance, blocks })
}

fn note(seen: &mut Seen, place: usize, written: &mut u32, known: u32, looked: Result<Look>) {
    let Some((asked, answered)) = seen.asked.get_mut(place) else { return };
    *asked = asked.saturating_add(1);
    let Some(last) = seen.nodes.get_mut(place) else { return };
    let look = match looked {
        Ok(look) => look,
        Err(error) => {
            last.answers = false;
            seen.trouble.insert(place, format!("{error:#}"));
            return;
        }
    };
    *answered = answered.saturating_add(1);
    // A joining node has no earlier answer to compare with.
    if *answered > 1 && look.glance.finalized < last.finalized {
        seen.went_back.push((place, last.finalized, look.glance.finalized));
        // Record all its blocks again, because they may differ now.
        *written = (*written).min(known);
    }
    *last = look.glance;
    for (number, hash) in look.blocks {
        seen.finalized.entry(number).or_default().entry(hash).or_default().insert(place);
        *written = (*written).max(number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(finalized: u32, blocks: &[(u32, u8)]) -> Result<Look> {
        let blocks = blocks.iter().map(|(number, hash)| (*number, Digest([*hash; 32]))).collect();
        Ok(Look { glance: Glance { answers: true, finalized, best: finalized, peers: 3 }, blocks })
    }

    fn seen() -> Seen {
        Seen { nodes: vec![Glance::default(); 2], asked: vec![(0, 0); 2], ..Seen::default() }
    }

    #[test]
    fn two_final_blocks_of_one_height_are_a_fork() {
        let (mut seen, mut one, mut two) = (seen(), 0, 0);
        note(&mut seen, 0, &mut one, 0, look(2, &[(1, 1), (2, 2)]));
        note(&mut seen, 1, &mut two, 0, look(2, &[(1, 1), (2, 9)]));
        assert_eq!((seen.forks(), seen.height()), (vec![2], 2));
    }

    #[test]
    fn a_node_that_goes_back_is_noticed_and_looked_at_anew() {
        let (mut seen, mut written) = (seen(), 0);
        note(&mut seen, 0, &mut written, 0, look(3, &[(1, 1), (2, 2), (3, 3)]));
        note(&mut seen, 0, &mut written, 0, look(1, &[]));
        assert_eq!((seen.went_back.clone(), written), (vec![(0, 3, 1)], 0), "{seen:?}");
        note(&mut seen, 0, &mut written, 0, look(3, &[(1, 1), (2, 2), (3, 4)]));
        assert_eq!(seen.forks(), [3], "the same node contradicts itself");
    }

    #[test]
    fn a_node_that_does_not_answer_keeps_its_height() {
        let (mut seen, mut written) = (seen(), 0);
        note(&mut seen, 0, &mut written, 0, look(1, &[(1, 1)]));
        note(&mut seen, 0, &mut written, 0, Err(anyhow::anyhow!("no answer")));
        assert_eq!((seen.nodes[0].answers, seen.nodes[0].finalized, seen.asked[0]), (false, 1, (2, 1)));
    }
}
