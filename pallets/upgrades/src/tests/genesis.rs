// SPDX-License-Identifier: Apache-2.0

use super::*;
use sp_runtime::BuildStorage;

#[test]
fn genesis_sets_the_delay() {
    Builder::default().test(|| {
        assert_eq!(UpgradeDelay::<Test>::get(), Delay::of(DELAY));
        assert_eq!((Planned::<Test>::get(), Upgrades::progress()), (None, None));
        assert!(Log::entries().is_empty());
    });
    assert_eq!(crate::GenesisConfig::<Test>::default().upgrade_delay, DAY);
}

#[test]
#[should_panic = "invalid genesis: an upgrade waits a second to 30 days"]
fn genesis_panics_when_it_is_invalid() {
    let upgrades = crate::GenesisConfig { upgrade_delay: 0, ..Default::default() };
    let _ = RuntimeGenesisConfig { upgrades, ..Default::default() }.build_storage();
}
