// SPDX-License-Identifier: Apache-2.0

//! The questions that clients ask of the Salus runtime.
//!
//! Each is also a JSON-RPC method `salus_*` of the node. A list comes in pages of at most [`MAX_PAGE`] items. The list of
//! questions is [`salus_primitives::salus_api`].

#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub use salus_primitives::api::MAX_PAGE;

use alloc::vec::Vec;
use salus_primitives::api::*;

/// Declares each question as a function of the runtime's API.
macro_rules! declare {
    ($(
        $(#[$doc:meta])*
        $method:literal => $name:ident($($parameter:ident: $type:ty),*) $(page[$place:ident: $at:ty])? -> $answer:ty;
    )*) => {
        sp_api::decl_runtime_apis! {
            /// The questions of clients. An answer is about the state after the block that the client names.
            pub trait SalusApi {
                $(
                    $(#[$doc])*
                    fn $name($($parameter: $type,)* $($place: $at, limit: u32)?) -> $answer;
                )*
            }
        }
    };
}

salus_primitives::salus_api!(declare);
