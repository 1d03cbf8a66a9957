//! A Worker that is slow, broken, or out of reach: within five seconds the shopper is told, nothing throws, and the merchant's form goes out.

use super::{FIELD, Stage, order};
use serde_json::{Value, json};
use tests::widget::Widget;
use tests::words::{CHECKING, LANGUAGES, Language, UNREACHABLE};

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

/// The Wasm comes when a test lets it.
const HOLD_WASM: &str = "
watched.meet = ({ path }, go) => path.endsWith('.wasm')
  ? new Promise((arrive) => { watched.arrive = () => arrive(go()); })
  : go();";

/// Writes down what the status region says from now on.
const LISTEN: &str = "
const said = document.querySelector('raseed-checkout').shadowRoot.getElementById('said');
watched.heard = [];
new MutationObserver(() => said.textContent && watched.heard.push(said.textContent)).observe(said, { childList: true, characterData: true });";

impl Stage {
    /// A page whose Wasm is held back.
    fn show_without_wasm(&self, reference: &str, language: Language) -> (String, Widget<'_>) {
        let (id, page) = self.page(&order(25_000, "SAR", reference), language);
        self.browser.open(&self.pages.put(page));
        self.browser.until("the Wasm is asked for", "return watched.arrive && true", &[]);
        self.browser.run(LISTEN, &[]);
        (id, Widget::of(&self.browser))
    }
}

#[test]
fn wasm_that_does_not_come_is_told_and_may_still_come() {
    let stage = Stage::start();
    stage.browser.begin_pages_with(HOLD_WASM);
    for language in LANGUAGES {
        let (id, widget) = stage.show_without_wasm(&format!("held-{}", language.tag()), language);
        let code = stage.card(10_000, "SAR");
        stage.type_code(&code);
        stage.check_word("apply", "the Wasm does not come", language);
        assert!(!widget.face().busy);
        assert_eq!(stage.browser.run("return watched.heard", &[]), json!([language.pick(CHECKING)]));
        assert_eq!(widget.last_event("raseed-error"), json!({"code": "unavailable", "retryable": true}));
        stage.browser.run("watched.arrive()", &[]);
        let face = widget.ready().face();
        assert_eq!((face.message.as_str(), face.rows.len()), ("", 0), "it takes over, and applies nothing by itself");
        assert_eq!(face.code.replace('-', ""), code.replace('-', ""), "what was typed stays");
        widget.click_apply();
        assert_eq!(widget.settled().amount, language.money(15_000, "SAR"));
        assert_eq!(stage.send_form(), format!("item=oud&{FIELD}={id}"));
    }
    let (_, _) = stage.show_without_wasm("never", Language::English);
    stage.check_word("apply", "the Wasm never comes", Language::English);
    stage.check_order_goes_out("the Wasm never comes");
    assert_eq!(stage.browser.complaints(), Vec::<String>::new());
}

#[test]
fn what_was_pressed_before_the_wasm_came_is_done_and_said_once() {
    let stage = Stage::start();
    stage.browser.begin_pages_with(HOLD_WASM);
    for language in LANGUAGES {
        let (_, widget) = stage.show_without_wasm(&format!("early-{}", language.tag()), language);
        let code = stage.card(10_000, "SAR");
        stage.type_code(&code);
        widget.click_apply();
        let face = widget.face();
        assert_eq!(
            (face.busy, face.apply.as_str(), face.said.as_str()),
            (true, language.pick(CHECKING), language.pick(CHECKING))
        );
        stage.browser.run("watched.arrive()", &[]);
        let face = widget.ready().settled();
        assert_eq!((face.rows.len(), face.amount), (1, language.money(15_000, "SAR")));
        let applied = language.said_applied(10_000, &code[code.len() - 4..], 15_000, "SAR");
        assert_eq!(stage.browser.run("return watched.heard", &[]), json!([language.pick(CHECKING), applied]));
        assert_eq!(widget.applications().len(), 1);
        // What is no code is not being checked any more.
        let (_, widget) = stage.show_without_wasm(&format!("slip-{}", language.tag()), language);
        stage.type_code("7684");
        widget.click_apply();
        stage.browser.run("watched.arrive()", &[]);
        let face = widget.ready().face();
        assert_eq!((face.message.as_str(), face.said.as_str()), (language.refusal("code_malformed"), ""));
    }
}

#[test]
fn wasm_that_cannot_be_streamed_is_taken_as_bytes() {
    let stage = Stage::start();
    stage
        .browser
        .begin_pages_with("WebAssembly.instantiateStreaming = async () => { throw new TypeError('not here') };");
    let (_, widget) = stage.show_order("bytes", Language::English);
    assert_eq!(widget.apply(&stage.card(10_000, "SAR")).rows.len(), 1);
    assert_eq!(stage.browser.complaints(), Vec::<String>::new());
}
