// SPDX-License-Identifier: Apache-2.0

//! Charts for benchmarks, of this pallet and of those that ask it. They write storage directly.

use crate::{Charts, ChartsOf, Compartments, Config, Epochs, NextChart, Pallet};
use frame_support::traits::Time as _;
use salus_primitives::{
    charts::{Chart, Compartment, CompartmentFlags, Epoch},
    ChartId, CompartmentId, Digest, EncryptionKey, MemberId,
};

impl<T: Config> Pallet<T> {
    /// A chart of `controller` with this many compartments at epoch zero.
    #[allow(clippy::expect_used, reason = "a benchmark that cannot be set up has to stop")]
    pub fn benchmark_chart(controller: MemberId, compartments: u8) -> ChartId {
        let chart = NextChart::<T>::get();
        NextChart::<T>::put(ChartId(chart.0.saturating_add(1)));
        ChartsOf::<T>::try_append(controller, chart).expect("the controller may have another chart");
        for number in (0..compartments).map(CompartmentId) {
            let flags = CompartmentFlags { sensitive: false, emergency: false, de_identified: true };
            Compartments::<T>::insert(chart, number, Compartment { flags, epoch: 0, profile: Digest([1; 32]) });
            Epochs::<T>::insert((chart, number, 0), Self::benchmark_epoch(1, None));
        }
        Charts::<T>::insert(chart, Chart { controller, opened_at: T::Time::now(), compartments });
        chart
    }

    /// An epoch whose keys and hashes are made of `seed`.
    pub(crate) fn benchmark_epoch(seed: u8, link: Option<Digest>) -> Epoch {
        Epoch { public_key: EncryptionKey::x25519([seed; 32]), secret_envelope: Digest([seed; 32]), link }
    }
}
