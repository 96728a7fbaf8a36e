// SPDX-License-Identifier: Apache-2.0

//! The normal form of references and full URLs, in which two spellings of one reference are equal.

/// The condition of a conditional reference to a patient (`Patient?identifier=...`).
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Conditional {
    /// A business identifier.
    Identifier {
        /// Its system; empty if the reference names none.
        system: String,
        /// Its value.
        value: String,
    },
    /// A logical id.
    Id(String),
    /// Another condition, which may match any patient.
    Other(String),
}

/// Returns the condition of `literal`, if it is a conditional reference to a patient.
pub(crate) fn conditional(literal: &str) -> Option<Conditional> {
    let (path, query) = literal.split_once('?')?;
    let path = decoded(path, false);
    if path != "Patient" && !path.ends_with("/Patient") {
        return None;
    }
    let parameters: Vec<_> = query
        .split('&')
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (decoded(name, true), decoded(value, true)))
        .filter(|(name, _)| !name.starts_with('_') || name == "_id")
        .collect();
    Some(match parameters.as_slice() {
        // A comma means "or", unless a backslash stands before it.
        [(_, token)] if token.contains([',', '\\']) => Conditional::Other(query.into()),
        [(name, token)] if name == "identifier" => {
            let (system, value) = token.split_once('|').unwrap_or(("", token));
            Conditional::Identifier { system: system.into(), value: value.into() }
        }
        [(name, id)] if name == "_id" => Conditional::Id(id.clone()),
        _ => Conditional::Other(query.into()),
    })
}

/// Returns a URL or relative reference in normal form: decoded, and without version, fragment and trailing slash.
///
/// Scheme and host are in lower case, and so is a whole URN.
pub(crate) fn normal(url: &str) -> String {
    let url = decoded(url.split_once('#').map_or(url, |(before, _)| before).trim(), false);
    let url = url.split_once("/_history/").map_or(&*url, |(before, _)| before).trim_end_matches('/');
    if url.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("urn:")) {
        return url.to_ascii_lowercase();
    }
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            format!("{}://{}{path}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase())
        }
        None => url.into(),
    }
}

/// Undoes percent-encoding (RFC 3986); in a query a plus sign is a space. Malformed encoding stays as it is.
fn decoded(text: &str, is_query: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let code = match (first, tail) {
            (b'%', [high, low, ..]) => digit(high).zip(digit(low)),
            _ => None,
        };
        match (first, code) {
            (_, Some((high, low))) => {
                bytes.push(high.wrapping_shl(4) | low);
                rest = tail.get(2..).unwrap_or_default();
            }
            (b'+', _) if is_query => bytes.push(b' '),
            _ => bytes.push(*first),
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_reference_have_one_form() {
        for (one, other) in [
            ("Patient/x", "Patient/x/_history/3"),
            ("Patient/x", "Patient/%78"),
            ("Patient/x", " Patient/x/ "),
            ("https://a.example/fhir/Patient/x", "HTTPS://A.example/fhir/Patient/x#name"),
            ("https://a.example/fhir/Patient/a%20b", "https://a.example/fhir/Patient/a b"),
            ("urn:uuid:0C8E", "URN:UUID:0c8e"),
            ("urn:oid:1.2", "urn%3Aoid%3A1.2"),
        ] {
            assert_eq!(normal(one), normal(other));
        }
        assert_ne!(normal("https://a.example/fhir/Patient/x"), normal("https://a.example/FHIR/Patient/x"));
        for odd in ["%", "%4", "%zz", "%ff", "100%"] {
            assert_eq!(normal(odd), odd);
        }
    }

    #[test]
    fn conditional_references_are_decoded() {
        let is =
            |system: &str, value: &str| Some(Conditional::Identifier { system: system.into(), value: value.into() });
        for literal in [
            "Patient?identifier=https://a.example/mrn|47 11",
            "Patient?identifier=https://a.example/mrn%7C47+11",
            "Patient?identifier=https%3A%2F%2Fa.example%2Fmrn%7c47%2011",
            "https://a.example/fhir/Patient?identifier=https://a.example/mrn|47 11&_format=json",
        ] {
            assert_eq!(conditional(literal), is("https://a.example/mrn", "47 11"), "{literal}");
        }
        assert_eq!(conditional("Patient?identifier=4711"), is("", "4711"));
        assert_eq!(conditional("Patient?_id=odile"), Some(Conditional::Id("odile".into())));
        for literal in ["Patient?name=x", "Patient?identifier=a,b", "Patient?", "Patient?identifier=a&name=b"] {
            assert!(matches!(conditional(literal), Some(Conditional::Other(_))), "{literal}");
        }
        for literal in ["Group?identifier=x", "Patient/x", "#p"] {
            assert_eq!(conditional(literal), None);
        }
    }
}
