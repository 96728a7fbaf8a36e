// SPDX-License-Identifier: Apache-2.0

//! How a network of hospitals begins: a list of public keys and addresses becomes a specification and node folders.
//!
//! Reading order: [`list`] is what people write, [`folders`] what is written from it, [`program`] asks `salus-node` for
//! what only the node can make.

pub(crate) mod folders;
pub(crate) mod list;
pub(crate) mod program;
