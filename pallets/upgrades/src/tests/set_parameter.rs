// SPDX-License-Identifier: Apache-2.0

use super::*;
use crate::{LogHorizon, MemberQuota, RequestLife};
use frame_support::traits::Get;

fn set(parameter: Parameter) -> DispatchResult {
    Upgrades::set_parameter(council(), parameter)
}

#[test]
fn set_parameter_changes_what_other_pallets_read() {
    Builder::default().test(|| {
        assert_eq!(Upgrades::parameters(), PARAMETERS);
        let quota = Quota { time: 2_000_000_000_000, bytes: 2 << 20, refill: 1_000 };
        for parameter in [Parameter::RequestLife(DAY), Parameter::LogHorizon(31 * DAY), Parameter::MemberQuota(quota)] {
            assert_ok!(set(parameter));
            let entry = AuditEvent::by_council(Action::ParameterSet, Subject::Parameter(parameter));
            assert_done(Event::ParameterSet { parameter }, entry);
        }
        assert_eq!(RequestLife::<Test>::get(), DAY);
        assert_eq!(LogHorizon::<Test>::get(), 31 * DAY);
        assert_eq!(MemberQuota::<Test>::get(), quota);
    });
}

#[test]
fn set_parameter_leaves_the_others_as_they_are() {
    Builder::default().test(|| {
        assert_ok!(set(Parameter::RequestLife(HOUR)));
        assert_eq!(LogHorizon::<Test>::get(), PARAMETERS.log_horizon);
        assert_eq!(MemberQuota::<Test>::get(), PARAMETERS.member_quota);
    });
}

#[test]
fn set_parameter_fails_past_the_bounds() {
    Builder::default().test(|| {
        let quota = PARAMETERS.member_quota;
        for parameter in [
            Parameter::RequestLife(HOUR - 1),
            Parameter::LogHorizon(Moment::MAX),
            Parameter::MemberQuota(Quota { time: 0, ..quota }),
            Parameter::MemberQuota(Quota { bytes: 0, ..quota }),
            Parameter::MemberQuota(Quota { refill: 0, ..quota }),
        ] {
            assert_fails(|| set(parameter), Error::<Test>::InvalidParameter);
        }
        assert_eq!(Tuned::<Test>::get(), None);
    });
}
