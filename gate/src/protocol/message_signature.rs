// SPDX-License-Identifier: Apache-2.0

//! Signatures of HTTP messages (RFC 9421), as two header fields carry them.
//!
//! This file knows the form and no policy: which parts a signature has to cover, and whose key may sign, is for its callers.
//! A component is a field or a derived component without parameters, such as `"content-digest"` or `"@method"`.

use sfv::{BareItem, Dictionary, FieldType, InnerList, Integer, Item, Key, List, ListEntry, Parser};
use thiserror::Error;

/// Bytes of either field, at most.
const MAX_FIELD: usize = 4096;

/// The header fields `Signature-Input` and `Signature`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureFields {
    /// `Signature-Input`: what is signed, and by which key.
    pub input: String,
    /// `Signature`: the signature itself.
    pub signature: String,
}

/// The fields hold no signature that can be judged.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SignatureFault {
    /// A field is not a dictionary of RFC 9651, or longer than 4,096 bytes.
    #[error("the field `{0}` cannot be read")]
    Unreadable(&'static str),
    /// No signature, or more than one, has the tag.
    #[error("the message needs exactly one signature with the tag `{0}`")]
    NotExactlyOne(&'static str),
    /// A component may not be covered, has parameters, or occurs twice.
    #[error("the signature covers a component that it may not cover: {0}")]
    Component(String),
    /// The message does not have a component that the signature covers.
    #[error("the message has no `{0}`, which its signature covers")]
    Absent(String),
    /// A parameter is missing, or has another form.
    #[error("the signature's parameter `{0}` is missing or of another form")]
    Parameter(&'static str),
    /// A parameter may not occur.
    #[error("the signature has a parameter `{0}`, which it may not have")]
    ForeignParameter(String),
    /// A component that has to be covered is not.
    #[error("the signature does not cover `{0}`")]
    NotCovered(&'static str),
}

/// One signature of a message.
#[derive(Clone, PartialEq, Debug)]
pub struct MessageSignature {
    input: InnerList,
    bytes: Vec<u8>,
}

impl MessageSignature {
    /// A signature yet to be made, over these components, with these parameters in this order.
    pub(super) fn begin(components: &[&str], parameters: &[(&str, BareItem)]) -> Result<Self, SignatureFault> {
        let mut input = InnerList::default();
        for name in components {
            let component = |_| SignatureFault::Component((*name).to_owned());
            input.items.push(Item::new(sfv::String::from_string((*name).to_owned()).map_err(component)?));
        }
        for (name, value) in parameters {
            let key =
                Key::from_string((*name).to_owned()).map_err(|_| SignatureFault::Component((*name).to_owned()))?;
            input.params.insert(key, value.clone());
        }
        Ok(Self { input, bytes: Vec::new() })
    }

    /// The signature with `tag` that these fields carry. It ignores signatures with other tags.
    pub fn parse(fields: &SignatureFields, tag: &'static str) -> Result<Self, SignatureFault> {
        let inputs = dictionary("Signature-Input", &fields.input)?;
        let signatures = dictionary("Signature", &fields.signature)?;
        let mut ours = inputs.into_iter().filter_map(|(label, entry)| match entry {
            ListEntry::InnerList(input) if string(&input, "tag") == Some(tag) => Some((label, input)),
            _ => None,
        });
        let (Some((label, input)), None) = (ours.next(), ours.next()) else {
            return Err(SignatureFault::NotExactlyOne(tag));
        };
        let bytes = match signatures.get(&label) {
            Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence(),
            _ => None,
        };
        let bytes = bytes.ok_or(SignatureFault::NotExactlyOne(tag))?.to_vec();
        let signature = Self { input, bytes };
        let mut seen = Vec::new();
        for item in &signature.input.items {
            let name = name(item).ok_or_else(|| SignatureFault::Component(item.serialize()))?;
            if seen.contains(&name) {
                return Err(SignatureFault::Component(name.to_owned()));
            }
            seen.push(name);
        }
        Ok(signature)
    }

    /// The bytes that are signed (RFC 9421, section 2.5). `value` returns the values of the message's components.
    pub fn base(&self, value: impl Fn(&str) -> Option<String>) -> Result<String, SignatureFault> {
        let mut base = String::new();
        for item in &self.input.items {
            let name = name(item).ok_or_else(|| SignatureFault::Component(item.serialize()))?;
            let value = value(name).ok_or_else(|| SignatureFault::Absent(name.to_owned()))?;
            base.push_str(&format!("\"{name}\": {value}\n"));
        }
        base.push_str(&format!("\"@signature-params\": {}", self.serialized_input()));
        Ok(base)
    }

    /// The same signature, with its bytes.
    pub(super) fn with_bytes(self, bytes: Vec<u8>) -> Self {
        Self { bytes, ..self }
    }

    /// The header fields that carry it, under `label`.
    pub fn fields(&self, label: &str) -> SignatureFields {
        let signature = Item::new(self.bytes.as_slice()).serialize();
        SignatureFields {
            input: format!("{label}={}", self.serialized_input()),
            signature: format!("{label}={signature}"),
        }
    }

    /// The signature's bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The components that it covers.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.input.items.iter().filter_map(name)
    }

    /// The names of its parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.input.params.keys().map(|key| key.as_str())
    }

    /// A parameter that is a string, such as `keyid`.
    pub fn string(&self, name: &'static str) -> Result<&str, SignatureFault> {
        string(&self.input, name).ok_or(SignatureFault::Parameter(name))
    }

    /// A parameter that is a whole number from zero on, such as `created`.
    pub fn number(&self, name: &'static str) -> Result<u64, SignatureFault> {
        let number = self.input.params.get(name).and_then(BareItem::as_integer).map(i64::from);
        number.and_then(|number| u64::try_from(number).ok()).ok_or(SignatureFault::Parameter(name))
    }

    /// The inner list as RFC 9651 writes it, its parameters in the signer's order.
    fn serialized_input(&self) -> String {
        let list: List = vec![ListEntry::InnerList(self.input.clone())];
        list.serialize().unwrap_or_default()
    }
}

/// A number for a parameter, if RFC 9651 can write it.
pub(super) fn integer(number: u64) -> Option<BareItem> {
    Integer::try_from(number).ok().map(BareItem::Integer)
}

/// A text for a parameter, if RFC 9651 can write it.
pub(super) fn text(text: &str) -> Option<BareItem> {
    sfv::String::from_string(text.to_owned()).ok().map(BareItem::String)
}

fn dictionary(name: &'static str, field: &str) -> Result<Dictionary, SignatureFault> {
    match field.len() {
        0..=MAX_FIELD => Parser::new(field).parse().map_err(|_| SignatureFault::Unreadable(name)),
        _ => Err(SignatureFault::Unreadable(name)),
    }
}

/// The name of a component without parameters.
fn name(item: &Item) -> Option<&str> {
    let name = item.bare_item.as_string().map(|name| name.as_str());
    name.filter(|_| item.params.is_empty())
}

fn string<'a>(input: &'a InnerList, name: &str) -> Option<&'a str> {
    input.params.get(name).and_then(BareItem::as_string).map(|text| text.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{engine::general_purpose::STANDARD, Engine};
    use salus_primitives::SigningKey;
    use salus_sealing::keys::SignatureScheme;

    /// The signature of RFC 9421 with this label, whatever its tag.
    fn of_rfc(input: &str, signature: &str) -> MessageSignature {
        let entry = dictionary("Signature-Input", input).unwrap().pop().unwrap().1;
        let ListEntry::InnerList(input) = entry else { panic!("no inner list") };
        MessageSignature { input, bytes: STANDARD.decode(signature).unwrap() }
    }

    /// The test request of RFC 9421, appendix B.2.
    fn test_request(component: &str) -> Option<String> {
        let value = match component {
            "date" => "Tue, 20 Apr 2021 02:07:55 GMT",
            "@method" => "POST",
            "@path" => "/foo",
            "@authority" => "example.com",
            "content-type" => "application/json",
            "content-length" => "18",
            _ => return None,
        };
        Some(value.to_owned())
    }

    /// RFC 9421, appendix B.2.6.
    #[test]
    fn the_ed25519_vector_of_the_rfc_verifies() {
        let signature = of_rfc(
            "sig-b26=(\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
             ;created=1618884473;keyid=\"test-key-ed25519\"",
            "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
        );
        let base = signature.base(test_request).unwrap();
        assert_eq!(
            base,
            "\"date\": Tue, 20 Apr 2021 02:07:55 GMT\n\
             \"@method\": POST\n\
             \"@path\": /foo\n\
             \"@authority\": example.com\n\
             \"content-type\": application/json\n\
             \"content-length\": 18\n\
             \"@signature-params\": (\"date\" \"@method\" \"@path\" \"@authority\" \"content-type\" \"content-length\")\
             ;created=1618884473;keyid=\"test-key-ed25519\""
        );
        let key = STANDARD.decode("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=").unwrap();
        let (key, bytes) = (SigningKey(key.try_into().unwrap()), signature.bytes().try_into().unwrap());
        assert!(SignatureScheme::Ed25519.verify(&key, base.as_bytes(), &bytes));
        assert!(!SignatureScheme::Ed25519.verify(&key, base.replace("POST", "GET").as_bytes(), &bytes));
        assert!(!SignatureScheme::Sr25519.verify(&key, base.as_bytes(), &bytes));
    }

    /// RFC 9421, appendix B.2.1: nothing is covered, and `keyid` stands before `nonce`.
    #[test]
    fn parameters_stay_in_the_signers_order() {
        let input = "();created=1618884473;keyid=\"test-key-rsa-pss\";nonce=\"b3k2pp5k7z-50gnwp.yemd\"";
        let signature = of_rfc(&format!("sig-b21={input}"), "");
        assert_eq!(signature.base(test_request).unwrap(), format!("\"@signature-params\": {input}"));
        assert_eq!(signature.parameters().collect::<Vec<_>>(), ["created", "keyid", "nonce"]);
        assert_eq!(
            (signature.number("created"), signature.string("nonce")),
            (Ok(1_618_884_473), Ok("b3k2pp5k7z-50gnwp.yemd"))
        );
        assert_eq!(signature.number("keyid"), Err(SignatureFault::Parameter("keyid")));
        assert_eq!(signature.string("created"), Err(SignatureFault::Parameter("created")));
    }

    #[test]
    fn a_message_without_a_covered_component_has_no_base() {
        let signature = of_rfc("sig=(\"@method\" \"digest\")", "");
        assert_eq!(signature.base(test_request), Err(SignatureFault::Absent("digest".into())));
    }

    fn parsed(input: &str, signature: &str) -> Result<MessageSignature, SignatureFault> {
        let fields = SignatureFields { input: input.into(), signature: signature.into() };
        MessageSignature::parse(&fields, "salus")
    }

    #[test]
    fn parse_takes_the_one_signature_with_the_tag() {
        let both = "other=(\"@path\");tag=\"another\", sig=(\"@method\");tag=\"salus\"";
        let signature = parsed(both, "other=:AQ==:, sig=:Ag==:").unwrap();
        assert_eq!((signature.bytes(), signature.components().collect::<Vec<_>>()), (&[2][..], vec!["@method"]));
        let not_one = Err(SignatureFault::NotExactlyOne("salus"));
        for (input, signatures) in [
            ("", ""),
            ("sig=(\"@method\")", "sig=:Ag==:"),
            ("sig=(\"@method\");tag=salus", "sig=:Ag==:"),
            ("sig=\"@method\";tag=\"salus\"", "sig=:Ag==:"),
            ("a=();tag=\"salus\", b=();tag=\"salus\"", "a=:AQ==:, b=:Ag==:"),
            ("sig=(\"@method\");tag=\"salus\"", ""),
            ("sig=(\"@method\");tag=\"salus\"", "other=:Ag==:"),
            ("sig=(\"@method\");tag=\"salus\"", "sig=\"Ag==\""),
            ("sig=(\"@method\");tag=\"salus\"", "sig=(:Ag==:)"),
        ] {
            assert_eq!(parsed(input, signatures), not_one, "{input} {signatures}");
        }
    }

    #[test]
    fn parse_refuses_components_with_parameters_and_repetitions() {
        for input in ["(\"@method\";req)", "(\"@method\" \"@method\")", "(\"digest\";bs)", "(token)", "(1)"] {
            let outcome = parsed(&format!("sig={input};tag=\"salus\""), "sig=:Ag==:");
            assert!(matches!(outcome, Err(SignatureFault::Component(_))), "{input}");
        }
    }

    #[test]
    fn parse_refuses_fields_that_are_not_dictionaries_or_too_long() {
        let good = "sig=(\"@method\");tag=\"salus\"";
        assert_eq!(parsed("sig=(", "sig=:Ag==:"), Err(SignatureFault::Unreadable("Signature-Input")));
        assert_eq!(parsed(good, "sig=:A"), Err(SignatureFault::Unreadable("Signature")));
        let long = format!("{good}, {}", "a".repeat(MAX_FIELD));
        assert_eq!(parsed(&long, "sig=:Ag==:"), Err(SignatureFault::Unreadable("Signature-Input")));
    }

    #[test]
    fn what_is_written_is_read_back() {
        let parameters = [("created", integer(7).unwrap()), ("tag", text("salus").unwrap())];
        let signature = MessageSignature::begin(&["@method", "digest"], &parameters).unwrap().with_bytes(vec![1, 2, 3]);
        let fields = signature.fields("sig");
        assert_eq!(fields.input, "sig=(\"@method\" \"digest\");created=7;tag=\"salus\"");
        assert_eq!(fields.signature, "sig=:AQID:");
        assert_eq!(MessageSignature::parse(&fields, "salus"), Ok(signature));
    }
}
