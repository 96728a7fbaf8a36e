// SPDX-License-Identifier: Apache-2.0

//! Questions that a pallet answers itself, by its view functions.

use super::{calls::metadata, storage::decoded, At, Chain, QueryError};
use codec::{Decode, Encode};

impl Chain {
    /// The answer of a pallet's view function.
    pub(super) async fn view<Answer: Decode>(
        &self,
        at: At,
        pallet: &str,
        function: &'static str,
        arguments: impl Encode,
    ) -> Result<Answer, QueryError> {
        let question = query_id(pallet, function).ok_or(QueryError::Unreadable(function))?;
        let arguments = (question, arguments.encode()).encode();
        // An error, such as that the node's runtime has no such function, has more bytes than nothing: unreadable too.
        let answer: Result<Vec<u8>, ()> = self.ask(at, "RuntimeViewFunction_execute_view_function", arguments).await?;
        decoded(&answer.map_err(|()| QueryError::Unreadable(function))?, function)
    }
}

/// How the runtime names a view function. The name is a hash over the types, too, so a node that knows it by the same name
/// has it in the same form.
fn query_id(pallet: &str, function: &str) -> Option<[u8; 32]> {
    Some(*metadata()?.pallet_by_name(pallet)?.view_function_by_name(function)?.query_id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checked_in_metadata_has_every_function_that_is_asked() {
        for (pallet, function) in [
            ("Authorities", "key_ownership_proof"),
            ("Upgrades", "progress"),
            ("Upgrades", "delay"),
            ("Upgrades", "parameters"),
            ("Upgrades", "pausable_calls"),
        ] {
            assert!(query_id(pallet, function).is_some(), "{pallet}.{function}");
        }
        assert_eq!(query_id("Upgrades", "nothing"), None);
    }
}
