// SPDX-License-Identifier: Apache-2.0

//! Lets the pool's tasks end with the node without a failure report.
//!
//! One of the pool's tasks waits in blocking code until the pool is gone, so it misses the signal that ends every other
//! task. It ends last, by itself, and the SDK would report that an essential task failed. So this module waits a moment
//! after such a task, in which the node may be told to stop. A task that ends while the node runs on has failed, and
//! ends the node.

use futures::{future::BoxFuture, FutureExt};
use futures_timer::Delay;
use sc_service::SpawnEssentialTaskHandle;
use sp_core::traits::SpawnEssentialNamed;
use std::time::Duration;

/// The time after the end of a task in which the node may still be told to stop. A real failure is reported this much
/// later.
const GRACE: Duration = Duration::from_secs(1);

/// A spawner for the tasks of the pool.
#[derive(Clone)]
pub(crate) struct PoolTasks(pub(crate) SpawnEssentialTaskHandle);

impl SpawnEssentialNamed for PoolTasks {
    fn spawn_essential_blocking(&self, name: &'static str, group: Option<&'static str>, task: BoxFuture<'static, ()>) {
        self.0.spawn_essential_blocking(name, group, and_a_moment(task));
    }

    fn spawn_essential(&self, name: &'static str, group: Option<&'static str>, task: BoxFuture<'static, ()>) {
        self.0.spawn_essential(name, group, and_a_moment(task));
    }
}

/// The timer runs outside of the async runtime, which stops with the node.
fn and_a_moment(task: BoxFuture<'static, ()>) -> BoxFuture<'static, ()> {
    async {
        task.await;
        Delay::new(GRACE).await;
    }
    .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::future::ready;
    use sc_service::TaskManager;
    use std::time::Instant;
    use tokio::runtime::Runtime;

    /// A task that ends only with its channel, like one of the pool's.
    fn deaf_task() -> (std::sync::mpsc::Sender<()>, BoxFuture<'static, ()>) {
        let (sender, receiver) = std::sync::mpsc::channel();
        let task = async move { receiver.into_iter().for_each(drop) };
        (sender, task.boxed())
    }

    #[test]
    fn a_task_that_ends_while_the_node_runs_ends_the_node() {
        let runtime = Runtime::new().unwrap();
        let mut manager = TaskManager::new(runtime.handle().clone(), None).unwrap();
        PoolTasks(manager.spawn_essential_handle()).spawn_essential("short", None, ready(()).boxed());
        let begun = Instant::now();
        assert!(runtime.block_on(manager.future()).is_err());
        assert!(begun.elapsed() >= GRACE);
    }

    #[test]
    fn a_task_that_ends_after_the_node_was_told_to_stop_is_interrupted() {
        let runtime = Runtime::new().unwrap();
        let manager = TaskManager::new(runtime.handle().clone(), None).unwrap();
        let (sender, task) = deaf_task();
        PoolTasks(manager.spawn_essential_handle()).spawn_essential_blocking("deaf", None, task);
        let registry = manager.into_task_registry();
        drop(sender);
        let begun = Instant::now();
        drop(runtime);
        assert!(registry.running_tasks().is_empty());
        assert!(begun.elapsed() < GRACE, "the runtime ends without the moment");
    }
}
