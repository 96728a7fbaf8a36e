// SPDX-License-Identifier: Apache-2.0

//! The watch over all nodes during a run, which writes down every block that any of them calls final.

use super::rpc::Rpc;
use anyhow::Result;
use salus_primitives::Digest;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use tokio::task::JoinHandle;

/// How often each node is asked.
const INTERVAL: Duration = Duration::from_millis(300);

/// What a node said last.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Glance {
    /// Whether it answered.
    pub answers: bool,
    /// Its newest final block.
    pub finalized: u32,
    /// Its newest block.
    pub best: u32,
    /// Nodes that it is connected to.
    pub peers: u64,
}

/// All that was seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// For each height the blocks that some node called final, with the nodes that did.
    pub finalized: BTreeMap<u32, BTreeMap<Digest, BTreeSet<usize>>>,
    /// What each node said last.
    pub nodes: Vec<Glance>,
    /// Nodes whose final height went back, from where, to where.
    pub went_back: Vec<(usize, u32, u32)>,
    /// How often each node was asked, and how often it answered.
    pub asked: Vec<(u64, u64)>,
    /// Why each node's last answer did not come or could not be read, if one ever failed.
    pub trouble: BTreeMap<usize, String>,
}

impl Seen {
    /// The greatest final height of all nodes, now or earlier.
    pub fn height(&self) -> u32 {
        self.finalized.keys().next_back().copied().unwrap_or_default()
    }

    /// Heights with more than one final block: what must never be.
    pub fn forks(&self) -> Vec<u32> {
        self.finalized.iter().filter(|(_, blocks)| blocks.len() > 1).map(|(height, _)| *height).collect()
    }
}

/// Watches until it is dropped.
pub struct Watch {
    seen: Arc<Mutex<Seen>>,
    tasks: Vec<JoinHandle<()>>,
    began: Instant,
}

impl Watch {
    /// Watches the nodes at `urls`; what is final up to `known` is not written down any more.
    pub fn begin(urls: &[String], known: u32) -> Self {
        let nodes = vec![Glance { finalized: known, ..Glance::default() }; urls.len()];
        let seen = Arc::new(Mutex::new(Seen { nodes, asked: vec![(0, 0); urls.len()], ..Seen::default() }));
        let watch = |(place, url): (usize, &String)| tokio::spawn(look_at(place, url.clone(), known, seen.clone()));
        Self { tasks: urls.iter().enumerate().map(watch).collect(), seen, began: Instant::now() }
    }

    /// What was seen so far.
    pub fn seen(&self) -> Seen {
        lock(&self.seen).clone()
    }

    /// What the node said last.
    pub fn glance(&self, node: usize) -> Glance {
        lock(&self.seen).nodes.get(node).copied().unwrap_or_default()
    }

    /// How often the node answered so far.
    pub fn answered(&self, node: usize) -> u64 {
        lock(&self.seen).asked.get(node).map(|(_, answered)| *answered).unwrap_or_default()
    }

    /// The greatest final height of any node.
    pub fn height(&self) -> u32 {
        lock(&self.seen).height()
    }

    /// Milliseconds since it began.
    pub fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    /// Waits until `holds`; whether it did within `patience`.
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
    // A thread that panicked while it was locked has left nothing half done: entries are added whole.
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn look_at(place: usize, url: String, known: u32, seen: Arc<Mutex<Seen>>) {
    let mut connection: Option<Rpc> = None;
    // What is final on this node up to here is written down.
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
    // A node that joins has said nothing before.
    if *answered > 1 && look.glance.finalized < last.finalized {
        seen.went_back.push((place, last.finalized, look.glance.finalized));
        // All of it is written down again: what it calls final now may differ.
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
