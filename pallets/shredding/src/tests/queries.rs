// SPDX-License-Identifier: Apache-2.0

use super::*;
use alloc::vec::Vec;
use salus_primitives::{shredding::ShreddingState, ChartId, RecordKey};

#[test]
fn an_unknown_record_has_nothing() {
    on_records(|| {
        let nowhere = RecordId { chart: ChartId(9), key: RecordKey([9; 16]) };
        assert_eq!(Shredding::shredding_state(nowhere), ShreddingState::default());
        assert_eq!(Shredding::shreddings_page(0, 10), []);
        assert_eq!(Shredding::shreddings_page(u64::MAX, u32::MAX), []);
        assert_eq!(Shredding::attestations_page(0, None, 10), []);
    });
}

#[test]
fn shreddings_and_attestations_are_paged() {
    on_records(|| {
        shredded();
        assert_ok!(Shredding::request_shredding(signed(PATIENT), OTHER_RECORD, None));
        assert_ok!(Shredding::shred_record(signed(AUDITOR), OTHER_RECORD));
        let page =
            |from, limit| Shredding::shreddings_page(from, limit).into_iter().map(|it| it.number).collect::<Vec<_>>();
        assert_eq!((page(0, 1), page(1, 10), page(2, 10), page(0, 0)), (vec![0], vec![1], vec![], vec![]));

        for member in [SERVICE, OTHER_SERVICE] {
            assert_ok!(attest(member, ABSENCE));
        }
        let first = Shredding::attestations_page(0, None, 1);
        let rest = Shredding::attestations_page(0, Some(first[0].institution), 10);
        assert_eq!((first.len(), rest.len()), (1, 1));
        assert_ne!(first[0].institution, rest[0].institution);
    });
}
