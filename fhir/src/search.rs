// SPDX-License-Identifier: Apache-2.0

//! Whether a resource says certain words, and has a certain code (S2-05, S4-36).

use serde_json::Value;

/// Words and a code to look for. All of them have to be there. The words may be private, so this has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Question {
    words: Vec<String>,
    code: Option<Code>,
}

/// A code, of one code system or of any.
#[derive(Clone, PartialEq, Eq)]
struct Code {
    system: Option<String>,
    code: String,
}

impl Question {
    /// Asks for the words of `text`, in any order, upper and lower case alike; and for a `code`, or `system|code`, as in searches
    /// of FHIR.
    pub fn new(text: Option<&str>, code: Option<&str>) -> Self {
        let words = text.unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
        let code = code.map(|token| match token.rsplit_once('|') {
            Some((system, code)) => Code { system: Some(system.to_owned()), code: code.to_owned() },
            None => Code { system: None, code: token.to_owned() },
        });
        Self { words, code }
    }

    /// Whether `title`, or a resource as it was written, has each of the words; and the resource the code.
    pub fn is_answered_by(&self, title: &str, resource: &[u8]) -> bool {
        let resource = serde_json::from_slice::<Value>(resource).unwrap_or_default();
        let has_code = self.code.as_ref().is_none_or(|code| has_code(&resource, code));
        has_code && self.words.iter().all(|word| says(title, word) || any_string(&resource, &|text| says(text, word)))
    }

    /// Whether `title`, or a text without structure, has each of the words. A code is in no such text.
    pub fn is_answered_by_text(&self, title: &str, text: &str) -> bool {
        self.code.is_none() && self.words.iter().all(|word| says(title, word) || says(text, word))
    }
}

fn says(text: &str, word: &str) -> bool {
    text.to_lowercase().contains(word)
}

/// Whether a string of the value holds. Names of elements do not count.
fn any_string(value: &Value, holds: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => holds(text),
        Value::Array(items) => items.iter().any(|item| any_string(item, holds)),
        Value::Object(elements) => elements.values().any(|element| any_string(element, holds)),
        _ => false,
    }
}

fn has_code(value: &Value, code: &Code) -> bool {
    match value {
        Value::Array(items) => items.iter().any(|item| has_code(item, code)),
        Value::Object(elements) => {
            let has = |name: &str, wanted: &str| elements.get(name).and_then(Value::as_str) == Some(wanted);
            let is_it = has("code", &code.code) && code.system.as_ref().is_none_or(|system| has("system", system));
            is_it || elements.values().any(|element| has_code(element, code))
        }
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use serde_json::json;

    fn resource() -> Vec<u8> {
        let coding = json!([{ "system": "http://loinc.org", "code": "718-7", "display": "Hemoglobin in Blood" }]);
        serde_json::to_vec(&json!({ "resourceType": "Observation", "code": { "coding": coding },
            "note": [{ "text": "Slightly LOW, see letter." }] }))
        .unwrap()
    }

    #[test]
    fn words_are_found_in_any_order_and_case() {
        let asks = |text| Question::new(Some(text), None).is_answered_by("Blood count", &resource());
        for text in ["low", "hemoglobin LOW", "letter slightly", "count", "COUNT blood low", ""] {
            assert!(asks(text), "{text}");
        }
        for text in ["high", "low high", "coding", "display"] {
            assert!(!asks(text), "{text}");
        }
    }

    #[test]
    fn a_code_is_found_whole_and_in_its_system() {
        let asks = |code| Question::new(None, Some(code)).is_answered_by("", &resource());
        assert!(asks("718-7") && asks("http://loinc.org|718-7"));
        for code in ["718", "718-7 ", "http://snomed.info/sct|718-7", "|718-7", "Hemoglobin in Blood"] {
            assert!(!asks(code), "{code}");
        }
        assert!(!Question::new(Some("high"), Some("718-7")).is_answered_by("", &resource()));
    }

    #[test]
    fn other_content_answers_by_its_title_or_text() {
        let question = Question::new(Some("letter"), None);
        assert!(question.is_answered_by("A letter", b"\x89PNG") && !question.is_answered_by("A scan", b"\x89PNG"));
        assert!(question.is_answered_by_text("", "Dear colleague, this Letter"));
        assert!(!Question::new(None, Some("718-7")).is_answered_by_text("718-7", "718-7"));
    }
}
