// SPDX-License-Identifier: Apache-2.0

//! From what people type to what the client takes.

use clap::{
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
    Arg,
};
use salus_client::{agent::About, durations::parse_duration};
use salus_primitives::{
    access::{Grantee, Permission, Permissions, Purpose, Purposes},
    audit::LogId,
    governance::CallName,
    membership::Quota,
    text,
    vocabulary::Vocabulary,
    ChartId, GrantId, InstitutionId, MemberId, Moment, RequestId, SigningKey,
};
use salus_sealing::keys;
use salus_vault_client::Address;
use std::{ffi::OsStr, marker::PhantomData};

/// Bytes of a compartment's name, at most.
const LONGEST_NAME: usize = 128;

/// When something ends: a duration from now, or a point in time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Until {
    /// So many milliseconds from the chain's present time.
    After(Moment),
    /// At this time.
    At(Moment),
}

impl Until {
    /// The moment that is meant, when it is `now`.
    pub(crate) fn from(self, now: Moment) -> Moment {
        match self {
            Self::After(length) => now.saturating_add(length),
            Self::At(moment) => moment,
        }
    }
}

/// A duration such as `90s`, `45m`, `12h`, `30d`, or a time such as `2026-12-24T18:00:00Z`.
pub(crate) fn until(text: &str) -> Result<Until, String> {
    if let Ok(time) = text.parse::<jiff::Timestamp>() {
        let millis = time.as_millisecond();
        return Moment::try_from(millis).map(Until::At).map_err(|_| "times before 1970 are not known".to_owned());
    }
    duration(text).map(Until::After).map_err(|error| format!("{error}, or a time such as 2026-12-24T18:00:00Z"))
}

/// A duration such as `90s`, `45m`, `12h` or `30d`, in milliseconds.
pub(crate) fn duration(text: &str) -> Result<Moment, String> {
    parse_duration(text).map_err(str::to_owned)
}

/// Reads one word of a vocabulary. Help, errors and completions show the words and what they mean.
pub(crate) struct Word<T>(PhantomData<T>);

/// One word of the vocabulary `T`.
pub(crate) const fn word<T: Vocabulary>() -> Word<T> {
    Word(PhantomData)
}

/// Reads words of a vocabulary, separated by commas.
pub(crate) struct Words<T>(PhantomData<T>);

/// Permissions, separated by commas.
pub(crate) fn permissions() -> impl TypedValueParser<Value = Permissions> {
    Words::<Permission>(PhantomData).map(|items| Permissions::of(&items))
}

/// Purposes, separated by commas.
pub(crate) fn purposes() -> impl TypedValueParser<Value = Purposes> {
    Words::<Purpose>(PhantomData).map(|items| Purposes::of(&items))
}

impl<T> Clone for Word<T> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<T> Clone for Words<T> {
    fn clone(&self) -> Self {
        Self(PhantomData)
    }
}

impl<T: Vocabulary> TypedValueParser for Word<T> {
    type Value = T;

    fn parse_ref(&self, command: &clap::Command, arg: Option<&Arg>, text: &OsStr) -> Result<T, clap::Error> {
        match text.to_str().map(str::trim).and_then(T::from_word) {
            Some(item) => Ok(item),
            // Clap's own parser has the words for what is wrong, with the nearest word.
            None => Err(match PossibleValuesParser::new(possible_values::<T>()).parse_ref(command, arg, text) {
                Err(error) => error,
                Ok(_) => clap::Error::new(clap::error::ErrorKind::InvalidValue).with_cmd(command),
            }),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(possible_values::<T>()))
    }
}

impl<T: Vocabulary> TypedValueParser for Words<T> {
    type Value = Vec<T>;

    fn parse_ref(&self, command: &clap::Command, arg: Option<&Arg>, text: &OsStr) -> Result<Vec<T>, clap::Error> {
        let text = text.to_string_lossy();
        text.split(',').map(|item| word::<T>().parse_ref(command, arg, OsStr::new(item.trim()))).collect()
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(possible_values::<T>()))
    }
}

fn possible_values<T: Vocabulary>() -> impl Iterator<Item = PossibleValue> {
    T::ROWS.iter().map(|row| PossibleValue::new(row.word).help(row.text))
}

/// A grantee: `member:7`, or just `7`, or `institution:3`.
pub(crate) fn grantee(text: &str) -> Result<Grantee, String> {
    let expected = || "expected member:NUMBER or institution:NUMBER".to_owned();
    let (what, number) = text.split_once(':').unwrap_or(("member", text));
    match what {
        "member" => number.parse().map(|number| Grantee::Member(MemberId(number))).map_err(|_| expected()),
        "institution" => {
            number.parse().map(|number| Grantee::Institution(InstitutionId(number))).map_err(|_| expected())
        }
        _ => Err(expected()),
    }
}

/// An account: its address or key, or whose it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Account {
    /// This one.
    Key(SigningKey),
    /// The first of this member.
    Member(MemberId),
}

/// An account: an address as polkadot.js shows it, a key of 64 hexadecimal digits, or `member:7`.
pub(crate) fn account(text: &str) -> Result<Account, String> {
    let expected = || "expected an address, a key of 64 hexadecimal digits, or member:NUMBER".to_owned();
    if let Some(number) = text.strip_prefix("member:") {
        return number.parse().map(|number| Account::Member(MemberId(number))).map_err(|_| expected());
    }
    let key = text.parse().ok().or_else(|| keys::key_of_address(text));
    key.map(Account::Key).ok_or_else(expected)
}

/// The full name of a call, such as `Records.open_records`.
pub(crate) fn call_name(text: &str) -> Result<CallName, String> {
    let name = text.split_once('.').and_then(|(pallet, call)| CallName::new(pallet.as_bytes(), call.as_bytes()));
    name.ok_or_else(|| "expected PALLET.CALL, such as Records.open_records".to_owned())
}

/// The allowance of a member: execution, transactions, and how soon that is refilled, such as `2000ms,1024KiB,60s`.
pub(crate) fn quota(text: &str) -> Result<Quota, String> {
    let expected = || "expected EXECUTION,BYTES,REFILL, such as 2000ms,1024KiB,60s".to_owned();
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    let [time, bytes, refill] = parts.as_slice() else { return Err(expected()) };
    let number = |text: &str, unit: &str| text.strip_suffix(unit).and_then(|digits| digits.parse::<u64>().ok());
    let time = number(time, "ms").and_then(|time| time.checked_mul(PICOSECONDS)).ok_or_else(expected)?;
    let bytes = number(bytes, "KiB").and_then(|kib| kib.checked_mul(1_024)).ok_or_else(expected)?;
    Ok(Quota { time, bytes, refill: duration(refill)? })
}

/// Picoseconds, in which execution is counted, in a millisecond.
const PICOSECONDS: u64 = 1_000_000_000;

/// A log: `chart:1`, `institution:1` or `consortium`.
pub(crate) fn log(text: &str) -> Result<LogId, String> {
    let expected = || "expected chart:NUMBER, institution:NUMBER or consortium".to_owned();
    match text.split_once(':') {
        None if text == "consortium" => Ok(LogId::Consortium),
        Some(("chart", number)) => number.parse().map(|number| LogId::Chart(ChartId(number))).map_err(|_| expected()),
        Some(("institution", number)) => {
            number.parse().map(|number| LogId::Institution(InstitutionId(number))).map_err(|_| expected())
        }
        _ => Err(expected()),
    }
}

/// The thing whose life in a log is asked for: `request:1`, `grant:1`, `record:KEY` or `member:1`.
pub(crate) fn about(text: &str) -> Result<About, String> {
    let about = text.split_once(':').and_then(|(what, id)| match what {
        "request" => id.parse().ok().map(|id| About::Request(RequestId(id))),
        "grant" => id.parse().ok().map(|id| About::Grant(GrantId(id))),
        "record" => id.parse().ok().map(About::Record),
        "member" => id.parse().ok().map(|id| About::Member(MemberId(id))),
        _ => None,
    });
    about.ok_or_else(|| "expected request:NUMBER, grant:NUMBER, record:KEY or member:NUMBER".to_owned())
}

/// A secret URI is not shown back when it is wrong.
pub(crate) fn secret_uri(uri: &str) -> Result<keys::Identity, keys::KeyError> {
    // From an empty URI the client would make keys that are public knowledge; here it is a variable that was not set.
    match uri.trim().is_empty() {
        true => Err(keys::KeyError::InvalidUri),
        false => keys::Identity::from_uri(uri),
    }
}

/// Text of one line that others will read.
pub(crate) fn line(typed: &str) -> Result<String, String> {
    text::unfit(typed).map_or_else(|| Ok(typed.to_owned()), |c| Err(unfit(c)))
}

/// The address of a vault service; empty for none.
pub(crate) fn vault_address(typed: &str) -> Result<String, String> {
    let address = line(typed)?;
    match address.is_empty() || Address::parse(&address).is_some() {
        true => Ok(address),
        false => Err("an address begins with https://, or with http:// on this machine, and names a host".to_owned()),
    }
}

/// Text of one or several lines that another person will read.
pub(crate) fn lines(typed: &str) -> Result<String, String> {
    text::unfit_in_lines(typed).map_or_else(|| Ok(typed.to_owned()), |c| Err(unfit(c)))
}

fn unfit(c: char) -> String {
    format!("the character `U+{:04X}` is one that readers could not see or trust: leave it out", u32::from(c))
}

/// The name of a new compartment. A number would be taken for the compartment's, and a record put into another one.
pub(crate) fn compartment_name(text: &str) -> Result<String, String> {
    let name = text.trim();
    if let Some(c) = text::unfit(name) {
        return Err(unfit(c));
    }
    match name {
        "" => Err("a compartment needs a name".to_owned()),
        _ if name.len() > LONGEST_NAME => Err(format!("a name has at most {LONGEST_NAME} bytes")),
        _ if name.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err("a number is not a name: compartments have numbers already".to_owned())
        }
        _ if !name.chars().any(char::is_alphanumeric) => Err("a name has letters".to_owned()),
        _ => Ok(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use salus_primitives::membership::{InstitutionKind, Role};

    #[test]
    fn until_takes_durations_and_times() {
        assert_eq!(until("90s"), Ok(Until::After(90_000)));
        assert_eq!(until("2d"), Ok(Until::After(172_800_000)));
        assert_eq!(until("1970-01-01T00:00:01Z"), Ok(Until::At(1_000)));
        for wrong in ["", "0s", "d", "1y", "-1h", "tomorrow", "99999999999999999999d", "1969-01-01T00:00:00Z", "5é"] {
            assert!(until(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_say_whether_they_are_malformed_too_short_or_too_long() {
        for (wrong, word) in [
            ("+5s", "expected a duration"),
            ("s", "expected a duration"),
            ("0h", "short"),
            ("99999999999999999999d", "longer than"),
            ("18446744073709551615d", "longer than"),
        ] {
            assert!(duration(wrong).unwrap_err().contains(word), "{wrong}");
        }
    }

    #[test]
    fn compartment_names_are_no_numbers() {
        assert_eq!(compartment_name(" Eyes 2 "), Ok("Eyes 2".to_owned()));
        for wrong in ["", " ", "7", "007", "--", "Eyes\u{1b}[2J", "Ey\u{200b}es", "Eyes\u{202e}", &"n".repeat(200)] {
            assert!(compartment_name(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_others_read_is_refused_where_it_is_typed() {
        for c in ['\u{1b}', '\r', '\n', '\u{85}', '\u{9b}', '\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}'] {
            let said = line(&format!("Blood{c}count")).unwrap_err();
            assert!(said.contains(&format!("`U+{:04X}`", u32::from(c))) && text::unfit(&said).is_none(), "{said}");
            assert_eq!(lines(&format!("Blood{c}count")).is_err(), c != '\n');
        }
        assert_eq!(line("St. Mary's, 東京"), Ok("St. Mary's, 東京".to_owned()));
    }

    #[test]
    fn an_empty_uri_is_none() {
        assert!(secret_uri("").is_err() && secret_uri(" ").is_err() && secret_uri("//Alice").is_ok());
    }

    #[test]
    fn grantees_and_logs_are_named_with_their_kind() {
        assert_eq!(grantee("7"), Ok(Grantee::Member(MemberId(7))));
        assert_eq!(grantee("institution:3"), Ok(Grantee::Institution(InstitutionId(3))));
        assert!(grantee("group:3").is_err());
        assert_eq!(log("consortium"), Ok(LogId::Consortium));
        assert_eq!(log("chart:1"), Ok(LogId::Chart(ChartId(1))));
        assert!(log("chart:").is_err());
    }

    #[test]
    fn accounts_are_addresses_keys_or_members() {
        let alice = "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY";
        let Ok(Account::Key(key)) = account(alice) else { panic!("{:?}", account(alice)) };
        assert_eq!(account(&key.to_string()), Ok(Account::Key(key)));
        assert_eq!(account("member:7"), Ok(Account::Member(MemberId(7))));
        for wrong in ["", "7", "member:", "member:x", "0x12", &alice[1..], &alice.replace('G', "H")] {
            assert!(account(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn quotas_and_names_of_calls_are_read() {
        let two_seconds = Quota { time: 2_000_000_000_000, bytes: 1 << 20, refill: 60_000 };
        assert_eq!(quota("2000ms, 1024KiB, 60s"), Ok(two_seconds));
        for wrong in ["", "2000ms", "2000,1024,60", "2000ms,1024KiB,60", "2000ms,1024KiB,0s", "-1ms,1KiB,1s", "a,b,c,d"]
        {
            assert!(quota(wrong).is_err(), "{wrong}");
        }
        assert_eq!(call_name("Records.open_records").unwrap().as_str(), "Records.open_records");
        for wrong in ["", "Records", "Records.", ".open", "Re cords.open", "Records.open.records"] {
            assert!(call_name(wrong).is_err(), "{wrong}");
        }
    }

    /// The value that `parser` makes of `text`, or its complaint.
    fn parsed<P: TypedValueParser>(parser: P, text: &str) -> Result<P::Value, String> {
        let command = clap::Command::new("salus");
        parser.parse_ref(&command, None, OsStr::new(text)).map_err(|error| error.to_string())
    }

    #[test]
    fn words_are_those_of_the_vocabularies() {
        assert_eq!(parsed(word(), "Clinician"), Ok(Role::Clinician));
        assert_eq!(parsed(word(), "research-institute"), Ok(InstitutionKind::ResearchInstitute));
        let both = Permissions::of(&[Permission::Read, Permission::Create]);
        assert_eq!(parsed(permissions(), "read, create"), Ok(both));
        assert!(parsed(permissions(), "read,,").is_err());
        assert!(parsed(word::<Purpose>(), "curiosity").unwrap_err().contains("public-health"));
        assert!(parsed(purposes(), "treatment,curiosity").unwrap_err().contains("'curiosity'"));
    }
}
