//! Every spelling of the vectors through the field of the widget that ships. An independent program made them.

use super::Stage;
use serde::Deserialize;
use serde_json::{Value, json};
use tests::vectors::{Corpus, Refusal, Spelling};
use tests::words::{LANGUAGES, Language};

/// Puts each text into the field as an editor would, presses Apply, and tells what came of it. No request leaves the page.
const TRY_EACH: &str = r"
const root = document.querySelector('raseed-checkout').shadowRoot;
const [field, apply, message] = ['code', 'apply', 'message'].map((id) => root.getElementById(id));
const refusal = { type: 'about:blank', title: 'not usable', status: 404, code: 'card_not_usable', retryable: false };
let sent = [];
watched.answer = ({ method, path, body, key }) => {
  sent.push({ method, path, body, has_key: /^[\x21-\x7e]{16,255}$/.test(key) });
  return Promise.resolve(new Response(JSON.stringify(refusal), { status: 404, headers: { 'content-type': 'application/problem+json' } }));
};
const idle = async () => {
  for (let turn = 0; apply.getAttribute('aria-busy') === 'true'; turn += 1) {
    if (turn > 1000) throw new Error('still busy');
    await new Promise((resume) => setTimeout(resume));
  }
};
return (async (outcomes) => {
  for (const text of arguments[0]) {
    sent = [];
    field.focus();
    field.select();
    if (text) document.execCommand('insertText', false, text);
    else document.execCommand('delete');
    apply.click();
    await idle();
    outcomes.push({ sent, message: message.textContent, invalid: field.getAttribute('aria-invalid') === 'true' });
  }
  return outcomes;
})([]);";

#[derive(Deserialize)]
struct Outcome {
    sent: Vec<Value>,
    message: String,
    invalid: bool,
}

impl Stage {
    fn try_each<'a>(&self, texts: impl Iterator<Item = &'a String>) -> Vec<Outcome> {
        let texts: Vec<&String> = texts.collect();
        let outcomes: Vec<Outcome> = serde_json::from_value(self.browser.run(TRY_EACH, &[json!(texts)])).unwrap();
        assert_eq!(outcomes.len(), texts.len());
        outcomes
    }
}

#[test]
fn every_accepted_spelling_asks_for_exactly_its_code() {
    let stage = Stage::start();
    let (id, _) = stage.show_order("spellings", Language::Arabic);
    let Corpus { accept, .. } = Corpus::read();
    assert!(accept.len() >= 480, "{} spellings", accept.len());
    for (Spelling { input, code }, outcome) in accept.iter().zip(stage.try_each(accept.iter().map(|each| &each.input)))
    {
        let [request] = outcome.sent.as_slice() else { panic!("{input:?}: {:?}, {}", outcome.sent, outcome.message) };
        assert_eq!(request["path"], format!("/v1/checkouts/{id}/tenders"), "{input:?}");
        assert_eq!((&request["method"], &request["has_key"]), (&json!("POST"), &json!(true)), "{input:?}");
        let body: Value = serde_json::from_str(request["body"].as_str().unwrap()).unwrap();
        assert_eq!(body, json!({"gift_card": {"code": code}}), "{input:?}");
    }
}

#[test]
fn every_refused_spelling_says_why_without_a_request() {
    let stage = Stage::start();
    let Corpus { reject, .. } = Corpus::read();
    assert!(reject.len() >= 16, "{} spellings", reject.len());
    for language in LANGUAGES {
        stage.show_order(&format!("refused-{}", language.tag()), language);
        for (Refusal { input, why }, outcome) in
            reject.iter().zip(stage.try_each(reject.iter().map(|each| &each.input)))
        {
            assert_eq!(outcome.sent, Vec::<Value>::new(), "{input:?}");
            let code = if why.starts_with("looks") { why.clone() } else { format!("code_{why}") };
            assert_eq!(outcome.message, language.refusal(&code), "{input:?}");
            assert!(outcome.invalid, "{input:?}");
        }
    }
}
