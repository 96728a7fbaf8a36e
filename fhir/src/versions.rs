// SPDX-License-Identifier: Apache-2.0

//! The order of versions of one resource, and the digest that tells whether two are equal.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{document::utf8, json};

/// A moment as FHIR's `instant` gives it.
pub type Moment = jiff::Timestamp;

/// Returns the SHA-256 of a resource as [`Entry::digest`](crate::Entry::digest) has it; of all bytes if not UTF-8.
pub fn digest(resource: &[u8]) -> [u8; 32] {
    match utf8(resource) {
        Ok(text) => json::digest(text),
        Err(_) => Sha256::digest(resource).into(),
    }
}

/// Returns `meta.lastUpdated` of a resource.
pub fn updated(resource: &[u8]) -> Option<Moment> {
    let value = json::value(utf8(resource).ok()?).ok()?;
    updated_of(&value)
}

pub(crate) fn updated_of(resource: &Value) -> Option<Moment> {
    resource.pointer("/meta/lastUpdated")?.as_str()?.parse().ok()
}

/// Returns `meta.versionId` if it is a number, as on most servers.
pub(crate) fn number_of(resource: &Value) -> Option<u64> {
    resource.pointer("/meta/versionId")?.as_str()?.parse().ok()
}

/// The metadata that tells the age of a version.
#[derive(Clone, Copy)]
pub(crate) struct Age {
    pub(crate) number: Option<u64>,
    pub(crate) updated: Option<Moment>,
    /// In a history bundle: the bundle, and the position in it. The newest is first (R4, RESTful API, "history").
    pub(crate) history: Option<(usize, usize)>,
}

/// Returns the positions in `ages` from oldest to newest, or two versions whose order is unknown.
pub(crate) fn oldest_first(ages: &[Age]) -> Result<Vec<usize>, (usize, usize)> {
    let numbers = ages.iter().map(|age| age.number.map(i128::from)).collect::<Option<Vec<_>>>();
    let moments = ages.iter().map(|age| age.updated.map(Moment::as_nanosecond)).collect::<Option<Vec<_>>>();
    let bundle = ages.first().and_then(|age| age.history).map(|(bundle, _)| bundle);
    let places = ages
        .iter()
        .map(|age| age.history.filter(|(in_bundle, _)| Some(*in_bundle) == bundle))
        .map(|history| history.and_then(|(_, place)| i128::try_from(place).ok()?.checked_neg()))
        .collect::<Option<Vec<_>>>();
    let mut undecided = (0, 1);
    // A key can order the versions only if every version has it.
    for keys in [numbers, moments, places].into_iter().flatten() {
        let mut order: Vec<(i128, usize)> = keys.into_iter().zip(0..).collect();
        order.sort_unstable();
        let equal = order.windows(2).find_map(|pair| match pair {
            [(one, first), (other, second)] if one == other => Some((*first, *second)),
            _ => None,
        });
        match equal {
            None => return Ok(order.into_iter().map(|(_, place)| place).collect()),
            Some((one, other)) => undecided = (one.min(other), one.max(other)),
        }
    }
    Err(undecided)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn age(number: Option<u64>, updated: Option<&str>, history: Option<usize>) -> Age {
        Age { number, updated: updated.map(|text| text.parse().unwrap()), history: history.map(|place| (0, place)) }
    }

    #[test]
    fn numbers_then_moments_then_a_history_tell_the_order() {
        let (early, late) = (Some("2026-05-01T08:00:00+02:00"), Some("2026-05-01T07:00:00Z"));
        assert_eq!(oldest_first(&[age(Some(10), early, None), age(Some(9), late, None)]), Ok(vec![1, 0]));
        assert_eq!(oldest_first(&[age(None, late, None), age(Some(9), early, None)]), Ok(vec![1, 0]));
        assert_eq!(oldest_first(&[age(None, late, Some(3)), age(None, None, Some(4))]), Ok(vec![1, 0]));
        assert_eq!(oldest_first(&[age(Some(1), early, None)]), Ok(vec![0]));
    }

    #[test]
    fn versions_that_nothing_tells_apart_have_no_order() {
        let early = Some("2026-05-01T08:00:00Z");
        for pair in [
            [age(None, None, None), age(None, None, None)],
            [age(Some(1), None, None), age(Some(1), None, None)],
            [age(Some(1), early, None), age(None, None, None)],
            [age(None, early, None), age(None, early, None)],
        ] {
            assert_eq!(oldest_first(&pair), Err((0, 1)));
        }
    }
}
