// SPDX-License-Identifier: Apache-2.0

//! Signed requests: the form that a gate accepts, and each way to miss it.

use base64::{engine::general_purpose::STANDARD, Engine};
use ed25519_dalek::Signer as _;
use proptest::prelude::*;
use salus_gate::protocol::{
    content_digest, CompartmentRequest, GateRequest, ReleaseRequest, RequestFault, SignatureFault, SignatureFields,
    Signed,
};
use salus_primitives::{ChartId, CompartmentId, Digest, MemberId, Moment, RecordId, RecordKey};
use salus_sealing::keys::SigningPair;

const GENESIS: Digest = Digest([1; 32]);
const GATE: &str = "vault.hospital.example:8443";
const AT: Moment = 1_800_000_000_000;
const NONCE: &str = "000102030405060708090a0b0c0d0e0f";

fn request() -> ReleaseRequest {
    let record = RecordId { chart: ChartId(11), key: RecordKey([2; 16]) };
    ReleaseRequest { record, version: 3, session: None, reader: MemberId(4), not_before: None }
}

fn key() -> SigningPair {
    SigningPair::from_uri("//Doctor").unwrap()
}

/// The parts of a message, of which each test alters one.
#[derive(Clone)]
struct Message {
    components: Vec<&'static str>,
    parameters: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Message {
    fn new() -> Self {
        let keyid = format!("\"sr25519:{}\"", key().public());
        Self {
            components: vec!["@method", "@authority", "@path", "content-digest", "salus-genesis"],
            parameters: vec![
                ("created", "1800000000".into()),
                ("keyid", keyid),
                ("nonce", format!("\"{NONCE}\"")),
                ("tag", "\"salus\"".into()),
            ],
            body: serde_json::to_vec(&request()).unwrap(),
        }
    }

    fn input(&self) -> String {
        let components: Vec<_> = self.components.iter().map(|name| format!("\"{name}\"")).collect();
        let parameters: Vec<_> = self.parameters.iter().map(|(name, value)| format!(";{name}={value}")).collect();
        format!("({}){}", components.join(" "), parameters.concat())
    }

    /// The bytes that are signed, written without the code under test.
    fn base(&self) -> String {
        let line = |name: &&str| {
            let value = match *name {
                "@method" => "POST".to_owned(),
                "@authority" => GATE.to_owned(),
                "@path" => "/v1/release".to_owned(),
                "content-digest" => content_digest(&self.body),
                "salus-genesis" => format!("0x{}", "01".repeat(32)),
                other => format!("value of {other}"),
            };
            format!("\"{name}\": {value}\n")
        };
        let lines: Vec<_> = self.components.iter().map(line).collect();
        format!("{}\"@signature-params\": {}", lines.concat(), self.input())
    }

    fn signed_with(&self, signature: &[u8]) -> Result<Signed<ReleaseRequest>, RequestFault> {
        let signature = format!("sig=:{}:", STANDARD.encode(signature));
        let fields = SignatureFields { input: format!("sig={}", self.input()), signature };
        Signed::receive(GATE, self.body.clone(), &fields)
    }

    fn signed(&self) -> Result<Signed<ReleaseRequest>, RequestFault> {
        self.signed_with(&key().sign(self.base().as_bytes()))
    }

    fn without_parameter(mut self, name: &str) -> Self {
        self.parameters.retain(|(it, _)| *it != name);
        self
    }

    fn with_parameter(self, name: &'static str, value: &str) -> Self {
        let mut message = self.without_parameter(name);
        message.parameters.push((name, value.to_owned()));
        message
    }
}

fn fault(message: &Message) -> SignatureFault {
    match message.signed() {
        Err(RequestFault::Signature(fault)) => fault,
        Err(RequestFault::Body { .. }) => panic!("another fault"),
        Ok(_) => panic!("accepted"),
    }
}

#[test]
fn a_signed_request_is_received_as_it_was_sent() {
    let sent = request().sign(&GENESIS, GATE, &key(), AT + 999);
    let received = Signed::<ReleaseRequest>::receive(GATE, sent.body().to_vec(), &sent.fields()).unwrap();
    assert_eq!(received, sent);
    assert!(received.is_signed(&GENESIS));
    assert_eq!(received.request(), &request());
    assert_eq!((received.at(), received.key(), received.authority()), (AT, &key().public(), GATE));
    assert_ne!(received.number(), request().sign(&GENESIS, GATE, &key(), AT).number());
}

#[test]
fn a_signature_that_others_write_is_accepted_in_any_order() {
    let message = Message::new();
    let signed = message.signed().unwrap();
    assert!(signed.is_signed(&GENESIS));
    assert_eq!((signed.at(), hex::encode(signed.number().0)), (AT, NONCE.to_owned()));
    let mut turned = message;
    turned.components.reverse();
    turned.parameters.reverse();
    assert!(turned.signed().unwrap().is_signed(&GENESIS));
    // Another order than the one that was signed.
    let signature = key().sign(Message::new().base().as_bytes());
    assert!(!turned.signed_with(&signature).unwrap().is_signed(&GENESIS));
}

#[test]
fn an_ed25519_account_signs_as_well() {
    let pair = ed25519_dalek::SigningKey::from_bytes(&[3; 32]);
    let public = Digest(pair.verifying_key().to_bytes());
    let message = Message::new().with_parameter("keyid", &format!("\"ed25519:{public}\""));
    let bytes = pair.sign(message.base().as_bytes()).to_bytes();
    assert!(message.signed_with(&bytes).unwrap().is_signed(&GENESIS));
    let mistaken = Message::new().with_parameter("keyid", &format!("\"sr25519:{public}\""));
    assert!(!mistaken.signed_with(&bytes).unwrap().is_signed(&GENESIS));
}

#[test]
fn whatever_is_covered_cannot_be_altered() {
    let sent = request().sign(&GENESIS, GATE, &key(), AT);
    assert!(!sent.is_signed(&Digest([2; 32])), "another chain");
    let elsewhere = Signed::<ReleaseRequest>::receive("vault.clinic.example", sent.body().to_vec(), &sent.fields());
    assert!(!elsewhere.unwrap().is_signed(&GENESIS), "another gate");
    let altered = ReleaseRequest { version: 4, ..request() };
    let altered = Signed::<ReleaseRequest>::receive(GATE, serde_json::to_vec(&altered).unwrap(), &sent.fields());
    assert!(!altered.unwrap().is_signed(&GENESIS), "another body");
    let spaced = [sent.body(), b"\n"].concat();
    let spaced = Signed::<ReleaseRequest>::receive(GATE, spaced, &sent.fields()).unwrap();
    assert_eq!(spaced.request(), sent.request());
    assert!(!spaced.is_signed(&GENESIS), "other bytes of the same request");
}

/// A body that both kinds of requests could read does not exist, and the path is signed besides.
#[test]
fn a_request_is_not_taken_for_one_of_another_kind() {
    let sent = request().sign(&GENESIS, GATE, &key(), AT);
    let other = Signed::<CompartmentRequest>::receive(GATE, sent.body().to_vec(), &sent.fields());
    assert!(matches!(other, Err(RequestFault::Body { .. })));
    let request =
        CompartmentRequest { chart: ChartId(11), compartment: CompartmentId(0), reader: MemberId(4), not_before: None };
    let body = serde_json::to_vec(&request).unwrap();
    let other = Message { body: body.clone(), ..Message::new() };
    let signature = format!("sig=:{}:", STANDARD.encode(key().sign(other.base().as_bytes())));
    let fields = SignatureFields { input: format!("sig={}", other.input()), signature };
    assert!(!Signed::<CompartmentRequest>::receive(GATE, body, &fields).unwrap().is_signed(&GENESIS));
}

#[test]
fn every_component_has_to_be_covered() {
    for name in Message::new().components {
        let mut message = Message::new();
        message.components.retain(|it| *it != name);
        assert_eq!(fault(&message), SignatureFault::NotCovered(name));
    }
}

#[test]
fn no_other_component_may_be_covered() {
    for name in ["@query", "@scheme", "host", "date"] {
        let mut message = Message::new();
        message.components.push(name);
        assert_eq!(fault(&message), SignatureFault::Component(name.into()));
    }
}

#[test]
fn every_parameter_has_its_form_and_no_other_occurs() {
    for name in ["created", "keyid", "nonce"] {
        assert_eq!(fault(&Message::new().without_parameter(name)), SignatureFault::Parameter(name));
    }
    assert_eq!(fault(&Message::new().without_parameter("tag")), SignatureFault::NotExactlyOne("salus"));
    assert_eq!(fault(&Message::new().with_parameter("tag", "\"other\"")), SignatureFault::NotExactlyOne("salus"));
    for (name, value) in [
        ("created", "-1"),
        ("created", "1.5"),
        ("created", "\"1800000000\""),
        ("keyid", "\"\""),
        ("keyid", "\"//Alice\""),
        ("keyid", "\"rsa:0x00\""),
        ("keyid", "\"sr25519:0x00\""),
        ("nonce", "\"\""),
        ("nonce", "\"000102\""),
        ("nonce", "\"0001020304050607 8090a0b0c0d0e0f\""),
    ] {
        assert_eq!(fault(&Message::new().with_parameter(name, value)), SignatureFault::Parameter(name), "{value}");
    }
    for name in ["alg", "expires", "context"] {
        let message = Message::new().with_parameter(name, "\"ed25519\"");
        assert_eq!(fault(&message), SignatureFault::ForeignParameter(name.into()));
    }
}

#[test]
fn a_signature_of_another_length_is_not_good() {
    for length in [0, 63, 65] {
        assert!(!Message::new().signed_with(&vec![1; length]).unwrap().is_signed(&GENESIS));
    }
}

#[test]
fn a_body_has_every_member_of_its_request_and_no_other() {
    let good = String::from_utf8(serde_json::to_vec(&request()).unwrap()).unwrap();
    assert_eq!(good, r#"{"record":"11/02020202020202020202020202020202","version":3,"session":null,"reader":4}"#);
    for body in ["", "null", "{}", &good.replace("\"version\":3,", ""), &good.replace("\"version\"", "\"versions\"")] {
        let message = Message { body: body.as_bytes().to_vec(), ..Message::new() };
        assert!(matches!(message.signed(), Err(RequestFault::Body { .. })), "{body}");
    }
}

proptest! {
    #[test]
    fn no_message_makes_the_parser_panic(input in ".{0,200}", signature in ".{0,100}", body: Vec<u8>) {
        let fields = SignatureFields { input, signature };
        let _ = Signed::<ReleaseRequest>::receive(GATE, body, &fields);
    }

    #[test]
    fn no_alteration_of_the_input_keeps_the_signature(place: prop::sample::Index, byte in 0x20_u8..0x7f) {
        let sent = request().sign(&GENESIS, GATE, &key(), AT);
        let mut fields = sent.fields();
        let mut input = fields.input.clone().into_bytes();
        // The label is not signed.
        let place = "sig=".len() + place.index(input.len() - "sig=".len());
        prop_assume!(input[place] != byte);
        input[place] = byte;
        fields.input = String::from_utf8(input).unwrap();
        let received = Signed::<ReleaseRequest>::receive(GATE, sent.body().to_vec(), &fields);
        prop_assert!(received.map_or(true, |received| !received.is_signed(&GENESIS)));
    }

    /// White space and labels that the form allows may come in between. Then the message still says the same.
    #[test]
    fn no_insertion_changes_what_a_good_signature_says(
        place: prop::sample::Index,
        text in "[ -~]{1,4}|;tag=\"salus\"|, a=\\(\\)|;created=1| ",
    ) {
        let sent = request().sign(&GENESIS, GATE, &key(), AT);
        let mut fields = sent.fields();
        let place = place.index(fields.input.len() + 1);
        fields.input.insert_str(place, &text);
        if let Ok(received) = Signed::<ReleaseRequest>::receive(GATE, sent.body().to_vec(), &fields) {
            let said = (received.request(), received.key(), received.number(), received.at());
            prop_assert!(!received.is_signed(&GENESIS) || said == (sent.request(), sent.key(), sent.number(), sent.at()));
        }
    }
}
