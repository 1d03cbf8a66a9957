//! A Worker that is slow, broken, or out of reach: within five seconds the shopper is told, nothing throws, and the merchant's form goes out.

use super::{FIELD, Stage, order};
use serde_json::{Value, json};
use tests::words::{LANGUAGES, Language, UNREACHABLE};

/// How long a shopper may wait for a word.
const WORD_MS_MAX: f64 = 5_000.0;

/// What may become of a request, as `watched.meet` has it.
const FATES: [(&str, &str); 8] = [
    (
        "slow",
        "(_, go, signal) => new Promise((wake, refuse) => {
            signal.addEventListener('abort', () => refuse(signal.reason));
            setTimeout(() => go().then(wake, refuse), 10000);
        })",
    ),
    ("500", "async () => new Response('oops', { status: 500 })"),
    ("503 in JSON", "async () => Response.json({ title: 'Unavailable' }, { status: 503 })"),
    ("a page", "async () => new Response('<!doctype html><p>Sign in</p>')"),
    ("cut off", "async () => new Response('{\"id\": \"co_')"),
    ("null", "async () => Response.json(null)"),
    ("other JSON", "async () => Response.json({ id: 7, status: [], quote: { tenders: 'many' } })"),
    ("a refusal of nobody", "async () => Response.json([], { status: 403 })"),
];

/// Acts on the element, waits for a message beside its field, and returns it with the milliseconds that it took.
const WAIT_FOR_WORD: &str = "
const host = document.querySelector('raseed-checkout');
const act = { apply: () => host.shadowRoot.getElementById('apply').click(), mount: () => document.querySelector('form').append(host.cloneNode()) };
if (arguments[0] === 'mount') host.remove();
const start = performance.now();
act[arguments[0]]();
const message = document.querySelector('raseed-checkout').shadowRoot.getElementById('message');
await new Promise((done) => {
  const look = () => message.textContent && done();
  new MutationObserver(look).observe(message, { childList: true, characterData: true, subtree: true });
  look();
});
return [message.textContent, performance.now() - start];";

impl Stage {
    #[track_caller]
    fn check_word(&self, act: &str, fate: &str, language: Language) {
        let [message, ms] =
            serde_json::from_value::<[Value; 2]>(self.browser.run(WAIT_FOR_WORD, &[act.into()])).unwrap();
        assert_eq!(message, language.pick(UNREACHABLE), "{act} while {fate}");
        assert!(ms.as_f64().unwrap() <= WORD_MS_MAX, "{act} while {fate}: {ms} ms");
    }

    #[track_caller]
    fn check_order_goes_out(&self, fate: &str) {
        let sent = self.send_form();
        assert!(sent == "item=oud" || sent == format!("item=oud&{FIELD}="), "{sent} while {fate}");
    }

    /// Puts a code into the field.
    fn type_code(&self, code: &str) {
        self.browser.run(
            "const field = document.querySelector('raseed-checkout').shadowRoot.getElementById('code');
            field.focus();
            field.select();
            document.execCommand('insertText', false, arguments[0]);",
            &[code.into()],
        );
    }
}

#[test]
fn whatever_the_worker_answers_the_shopper_is_told_and_the_order_goes_out() {
    let stage = Stage::start();
    let code = stage.card(10_000, "SAR");
    for (place, (fate, meet)) in FATES.into_iter().enumerate() {
        let language = LANGUAGES[place % LANGUAGES.len()];
        let (id, _) = stage.show_order(&format!("fate-{place}"), language);
        stage.type_code(&code);
        stage.browser.run(&format!("watched.meet = {meet}"), &[]);
        stage.check_word("apply", fate, language);
        // The same for an element that comes while it lasts.
        stage.check_word("mount", fate, language);
        stage.check_order_goes_out(fate);
        assert_eq!(stage.checkout(&id)["quote"]["tenders"], json!([]), "{fate}");
    }
    assert_eq!(stage.browser.complaints(), Vec::<String>::new());
}

#[test]
fn shopper_who_is_offline_is_told_and_served_again_when_back() {
    let stage = Stage::start();
    let code = stage.card(10_000, "SAR");
    let (id, page) = stage.page(&order(25_000, "SAR", "offline"), Language::Arabic);
    let widget = stage.show(page);
    let connect = |is: bool| {
        let conditions = json!({"offline": !is, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1});
        stage.browser.protocol("Network.emulateNetworkConditions", conditions);
    };
    stage.browser.protocol("Network.enable", json!({}));
    connect(false);
    stage.type_code(&code);
    stage.check_word("apply", "offline", Language::Arabic);
    // The browser itself notes every request that did not go out; nothing else is there to complain about.
    let complaints = stage.browser.complaints();
    assert!(complaints.iter().all(|complaint| complaint.contains("net::ERR_INTERNET_DISCONNECTED")), "{complaints:?}");
    connect(true);
    stage.browser.until(
        "back online it has read the checkout",
        "return document.querySelector('raseed-checkout').shadowRoot.getElementById('message').textContent === ''",
        &[],
    );
    widget.click_apply();
    assert_eq!(widget.settled().amount, Language::Arabic.money(15_000, "SAR"));
    assert_eq!(stage.checkout(&id)["quote"]["tenders"].as_array().unwrap().len(), 1);
    assert_eq!(stage.send_form(), format!("item=oud&{FIELD}={id}"));
}
