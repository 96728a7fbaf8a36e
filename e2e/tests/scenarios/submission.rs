// SPDX-License-Identifier: Apache-2.0

//! A transaction that reaches the node twice, as when an answer gets lost and the client asks again: it takes effect once, and
//! both who sent it learn what it did.

use salus_chain::{events::MemberJoined, At, Call, Chain, SubmitError};
use salus_client::agent::{issue_voucher, redemption, Offer};
use salus_e2e::node::Node;
use salus_primitives::{membership::Role, InstitutionId};
use salus_sealing::keys::Identity;

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_sent_twice_at_once_takes_effect_once_and_both_senders_learn_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let node = Node::start(folder.path()).await.unwrap();
    let chain = Chain::connect(node.url()).await.unwrap();
    let call = newcomers_redemption(&chain).await;

    // The pool takes the one, and says to the other only that it has it.
    let (one, other) = tokio::join!(chain.submit_authorized(&call), chain.submit_authorized(&call));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!((one.transaction, one.block), (other.transaction, other.block));
    let joined = |outcome: &salus_chain::Outcome| outcome.event::<MemberJoined>().unwrap().member;
    assert_eq!(joined(&one), joined(&other));
    assert!(chain.member(At::Finalized, joined(&one)).await.unwrap().is_some());

    let third = chain.submit_authorized(&call).await.map(|_| ()).unwrap_err();
    assert!(matches!(third, SubmitError::Refused(_)), "{third}");
    node.stop().await.unwrap();
}

/// A newcomer's redemption of a voucher of the first hospital.
async fn newcomers_redemption(chain: &Chain) -> Call {
    let issuing_key = Identity::from_uri("//Hospital1").unwrap();
    let offer = Offer {
        institution: InstitutionId(0),
        role: Role::Patient,
        life: 3_600_000,
        valid_until: None,
        profile: String::from("Anna").into(),
    };
    let (file, _) = issue_voucher(chain, issuing_key.membership(), offer).await.unwrap();
    let (anna, _) = Identity::generate().unwrap();
    redemption(chain, &anna, &file).unwrap()
}
