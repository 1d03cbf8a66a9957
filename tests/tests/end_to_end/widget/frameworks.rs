//! The documents' samples for React and Vue, bundled as they stand there, each in a small shop of its framework.
//!
//! In scope: that the element's attributes, its events and its end are the framework's as the samples say. Out of scope: the sample in plain HTML
//! (`samples.rs`), and what any page may do to an element (`mounts.rs`).

use super::samples::{DOCUMENT, between};
use super::{Stage, order};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use tests::widget::Widget;
use tests::words::Language;

/// React in StrictMode: a development build runs every first effect twice, which `shop.effects` counts.
const REACT: &str = "
import { StrictMode, useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { GiftCards } from './sample.jsx';

function Shop({ checkout }) {
  const [quote, setQuote] = useState(null);
  const [onQuote] = useState(() => (detail) => { shop.heard.push(detail); setQuote(detail); });
  useEffect(() => { shop.effects += 1; }, []);
  return <><GiftCards checkout={checkout} onQuote={onQuote} /><output id='rest'>{(quote ?? checkout).remaining}</output></>;
}

const root = createRoot(document.getElementById('shop'));
window.shop = {
  heard: [],
  effects: 0,
  show: (checkout) => root.render(<StrictMode><Shop checkout={checkout} /></StrictMode>),
  leave: () => root.unmount(),
};";

const VUE: &str = "
import { createApp, h, ref } from 'vue';
import { GiftCards } from './sample.jsx';

const checkout = ref(null);
const quote = ref(null);
const onQuote = (detail) => { shop.heard.push(detail); quote.value = detail; };
const app = createApp(() => checkout.value && [
  h(GiftCards, { checkout: checkout.value, onQuote }),
  h('output', { id: 'rest' }, (quote.value ?? checkout.value).remaining),
]);
app.mount('#shop');
window.shop = {
  heard: [],
  show: (given) => { checkout.value = given; },
  leave: () => app.unmount(),
};";

/// Vue's build that compiles templates in the page, and the switches that a bundler is to set in it; React reads the first of them.
const BUNDLER: [&str; 7] = [
    "--bundle",
    "--jsx=automatic",
    "--alias:vue=vue/dist/vue.esm-bundler.js",
    "--define:process.env.NODE_ENV=\"development\"",
    "--define:__VUE_OPTIONS_API__=true",
    "--define:__VUE_PROD_DEVTOOLS__=false",
    "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false",
];

/// Bundles a shop with its sample.
#[track_caller]
fn bundle(sample: &str, shop: &str) -> Vec<u8> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xtask/node_modules");
    let packages = packages.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", packages.display()));
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("sample.jsx"), sample).unwrap();
    std::fs::write(folder.path().join("shop.jsx"), shop).unwrap();
    let mut bundler = Command::new(packages.join(".bin/esbuild"));
    let output =
        bundler.current_dir(&folder).arg("shop.jsx").args(BUNDLER).env("NODE_PATH", packages).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

impl Stage {
    /// Opens a page of the shop: the widget's script in its head, once, and a form that is the framework's.
    fn show_shop(&self, bundle: Vec<u8>) {
        self.pages.put_file("/shop.js", "text/javascript", bundle);
        let ready = &self.server.ready;
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>A shop</title>\
             <script async src=\"{}/widget/v1/raseed.js\" data-key=\"{}\"></script></head>\n\
             <body><form id=\"shop\"></form><script src=\"/shop.js\"></script></body></html>\n",
            ready.url, ready.publishable_key
        );
        self.browser.open(&self.pages.put_file("/shop", "text/html; charset=utf-8", page.into()));
    }

    /// Waits until the shop itself says that this remains.
    #[track_caller]
    fn until_rest_is(&self, rest: u64) {
        let script = "return document.getElementById('rest')?.textContent === String(arguments[0])";
        self.browser.until("the shop shows what remains", script, &[rest.into()]);
    }
}

/// Lives through an order in a shop and leaves it.
#[track_caller]
fn follow(sample: &str, shop: &str) -> Stage {
    let stage = Stage::start();
    stage.show_shop(bundle(sample, shop));
    let mut terms = order(25_000, "SAR", "framework");
    terms["origin"] = stage.pages.url.as_str().into();
    let checkout = stage.api.post("/v1/checkouts", &terms).expect(201);
    let id = checkout["id"].as_str().unwrap();
    let show = |total: u64| {
        let mut shown = order(total, "SAR", "framework");
        shown["remaining"] = total.into();
        (shown["id"], shown["token"]) = (checkout["id"].clone(), checkout["token"].clone());
        stage.browser.run("shop.show(arguments[0])", &[shown]);
    };

    show(25_000);
    let widget = Widget::of(&stage.browser).ready();
    assert_eq!(widget.settled().rows.len(), 0);
    stage.until_rest_is(25_000);
    assert_eq!(widget.requests().len(), 1, "{:?}", widget.requests());
    let count = "shop.element = document.querySelector('raseed-checkout');
        return [document.querySelectorAll('raseed-checkout').length, watched.events.filter(({ name }) => name === 'raseed-ready').length];";
    assert_eq!(stage.browser.run(count, &[]), json!([1, 1]));

    let face = widget.apply(&stage.card(10_000, "SAR"));
    assert_eq!((face.rows.len(), face.value.as_deref()), (1, Some(id)));
    stage.until_rest_is(15_000);
    assert_eq!(widget.applications().len(), 1);

    stage.api.change("PATCH", &format!("/v1/checkouts/{id}"), &json!({"total": 30_000})).expect(200);
    show(30_000);
    stage.until_rest_is(20_000);
    assert_eq!(widget.settled().amount, Language::English.money(20_000, "SAR"));
    let kept = "const element = document.querySelector('raseed-checkout');
        return [element === shop.element, element.getAttribute('total')];";
    assert_eq!(stage.browser.run(kept, &[]), json!([true, "30000"]));
    let told: Vec<_> = widget.events().into_iter().filter(|event| event["name"] == "raseed-change").collect();
    let told: Value = told.iter().map(|event| event["detail"].clone()).collect();
    assert_eq!(stage.browser.run("return shop.heard", &[]), told, "the shop hears each change once");

    let left = stage.browser.run(
        "const before = [shop.heard.length, watched.requests.length];
        shop.leave();
        await new Promise((done) => setTimeout(done));
        dispatchEvent(new Event('online'));
        shop.element.dispatchEvent(new CustomEvent('raseed-change', { detail: null }));
        await new Promise((done) => setTimeout(done));
        const news = [shop.heard.length - before[0], watched.requests.length - before[1]];
        return [...news, document.querySelectorAll('raseed-checkout').length, document.getElementById('shop').textContent];",
        &[],
    );
    assert_eq!(left, json!([0, 0, 0, ""]));
    assert_eq!(stage.browser.complaints(), Vec::<String>::new());
    stage
}

#[test]
fn react_sample_follows_its_shop_under_strict_mode() {
    let sample = between(DOCUMENT, "```jsx\n", "```");
    let stage = follow(sample, REACT);
    assert_eq!(stage.browser.run("return shop.effects", &[]), 2, "every effect has run twice");
}

#[test]
fn vue_sample_follows_its_shop() {
    follow(between(DOCUMENT, "```js\n", "```"), VUE);
}
