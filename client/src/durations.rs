// SPDX-License-Identifier: Apache-2.0

//! Durations, as people write them.

use salus_primitives::{
    time::{DAY, HOUR, MINUTE},
    Moment,
};

/// A duration such as `90s`, `45m`, `12h` or `30d`, in milliseconds.
pub fn parse_duration(text: &str) -> Result<Moment, &'static str> {
    let expected = "expected a duration such as 90s, 45m, 12h or 30d";
    let unit = text.chars().last().ok_or(expected)?;
    let digits = text.strip_suffix(unit).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    let digits = digits.filter(|digits| !digits.is_empty()).ok_or(expected)?;
    let unit = match unit {
        's' => 1_000,
        'm' => MINUTE,
        'h' => HOUR,
        'd' => DAY,
        _ => return Err(expected),
    };
    let too_long = "longer than any duration; expected one such as 90s, 45m, 12h or 30d";
    let number = digits.parse::<Moment>().map_err(|_| too_long)?;
    match number.checked_mul(unit) {
        Some(0) => Err("nothing lasts that short; expected a duration such as 90s, 45m, 12h or 30d"),
        Some(length) => Ok(length),
        None => Err(too_long),
    }
}
