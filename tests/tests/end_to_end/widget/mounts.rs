//! An element's life in a page that is more than a document: mounted and unmounted, moved, twice, and taken out of the back-forward cache.

use super::{Stage, order};
use serde_json::{Value, json};
use std::time::Duration;
use tests::browser::Engine;
use tests::patience::until;
use tests::widget::Widget;
use tests::words::{LABEL, Language};

/// Mounts a copy of the page's element as often as the first argument says, one after another, and leaves none behind.
const MOUNT_AND_UNMOUNT: &str = "
const form = document.querySelector('form');
for (let round = 0; round < arguments[0]; round += 1) {
  const element = document.querySelector('raseed-checkout').cloneNode();
  form.append(element);
  await element.ready;
  element.remove();
  // It is put to rest when it has stayed away.
  await new Promise((done) => setTimeout(done));
}
watched.requests.length = watched.events.length = 0;";

/// What a page may pile up: nodes, listeners, and bytes of the Wasm's memory.
fn piled_up(stage: &Stage) -> [u64; 3] {
    stage.browser.protocol("HeapProfiler.collectGarbage", json!({}));
    let counters = stage.browser.protocol("Memory.getDOMCounters", json!({}));
    let memory = stage.browser.run("return watched.memory.buffer.byteLength", &[]);
    [&counters["nodes"], &counters["jsEventListeners"], &memory].map(|count| count.as_u64().unwrap())
}

#[test]
fn two_hundred_mounts_leave_no_node_no_listener_and_no_memory() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("mounts", Language::English);
    widget.apply(&stage.card(10_000, "SAR"));
    stage.browser.run(MOUNT_AND_UNMOUNT, &[20.into()]);
    let before = piled_up(&stage);
    stage.browser.run(MOUNT_AND_UNMOUNT, &[200.into()]);
    // The browser keeps a few nodes of its own, and the last element until it has nothing else to do; one node of each mount would be two hundred.
    let after = until(Duration::from_secs(20), "the browser lets go of what was unmounted", || {
        let after = piled_up(&stage);
        (after[0] < before[0] + 20 && after[1] < before[1] + 20).then_some(after)
    });
    println!("nodes, listeners, bytes of memory after 20 mounts {before:?}, after 220 {after:?}");
    assert_eq!(after[2], before[2]);
    assert_eq!(widget.face().rows.len(), 1);
    assert_eq!(stage.browser.complaints(), Vec::<String>::new());
}

#[test]
fn two_tags_and_two_scripts_stand_side_by_side() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("twice", Language::Arabic);
    stage.browser.run(
        // A copy of a script that has run would not run.
        "const script = Object.assign(document.createElement('script'), { src: document.querySelector('script').src });
        const loaded = new Promise((done) => { script.onload = done; });
        document.head.append(script);
        await loaded;
        const second = document.querySelector('raseed-checkout').cloneNode();
        second.removeAttribute('name');
        document.body.append(second);
        await second.ready;",
        &[],
    );
    widget.apply(&stage.card(10_000, "SAR"));
    stage.browser.until(
        "the second has heard of it",
        "return document.querySelectorAll('raseed-checkout')[1].quote.tenders.length",
        &[],
    );
    let second = stage.browser.run(
        "const second = document.querySelectorAll('raseed-checkout')[1];
        return [second.quote.checkout, second.quote.remaining, second.shadowRoot.querySelectorAll('[data-is=applied]').length];",
        &[],
    );
    assert_eq!(second, json!([id, 15_000, 1]));
    assert_eq!(stage.send_form(), format!("item=oud&raseed={id}"));
    assert_eq!(stage.browser.complaints(), Vec::<String>::new());
}

#[test]
fn element_that_is_moved_keeps_everything_and_asks_nothing() {
    check_moved(Engine::Chromium);
}

#[test]
fn element_that_is_moved_keeps_everything_and_asks_nothing_in_firefox() {
    check_moved(Engine::Firefox);
}

#[test]
fn element_that_is_moved_keeps_everything_and_asks_nothing_in_webkit() {
    check_moved(Engine::WebKit);
}

#[track_caller]
fn check_moved(engine: Engine) {
    let stage = Stage::start_in(engine);
    let (_, widget) = stage.show_order("moved", Language::English);
    let before = widget.apply(&stage.card(10_000, "SAR"));
    let asked = widget.requests().len();
    stage.browser.run(
        "const element = document.querySelector('raseed-checkout');
        const place = document.createElement('section');
        document.querySelector('form').prepend(place);
        place.append(element);
        element.remove();
        place.append(element);
        await new Promise((done) => setTimeout(done));",
        &[],
    );
    assert_eq!((widget.face(), widget.requests().len()), (before, asked));
    assert_eq!(widget.apply(&stage.card(5_000, "SAR")).amount, Language::English.money(10_000, "SAR"));
}

#[test]
fn element_that_comes_back_starts_again_with_what_the_checkout_has() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("again", Language::English);
    let before = widget.apply(&stage.card(10_000, "SAR"));
    stage.browser.run(
        "const element = document.querySelector('raseed-checkout');
        const form = element.parentNode;
        element.remove();
        await new Promise((done) => setTimeout(done));
        watched.requests.length = 0;
        form.append(element);",
        &[],
    );
    stage.browser.until("it has asked", "return watched.requests.length", &[]);
    let face = widget.settled();
    assert_eq!((face.rows, face.amount, face.value), (before.rows, before.amount, before.value));
    assert_eq!(widget.requests().len(), 1);
}

#[test]
fn element_that_a_framework_connects_twice_is_mounted_once() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("strict", Language::English);
    let asked = stage.browser.run(
        "const first = document.querySelector('raseed-checkout');
        const element = first.cloneNode();
        const form = first.parentNode;
        first.remove();
        await new Promise((done) => setTimeout(done));
        watched.requests.length = 0;
        form.append(element);
        element.remove();
        form.append(element);
        await element.ready;
        await new Promise((done) => setTimeout(done));
        return watched.requests.length;",
        &[],
    );
    assert_eq!(asked, 1);
    assert_eq!(widget.apply(&stage.card(10_000, "SAR")).rows.len(), 1);
    assert_eq!(widget.applications().len(), 1);
}

#[test]
fn page_from_the_back_forward_cache_reads_the_checkout_again() {
    check_back_forward(Engine::Chromium);
}

#[test]
fn page_from_the_back_forward_cache_reads_the_checkout_again_in_firefox() {
    check_back_forward(Engine::Firefox);
}

#[test]
fn page_from_the_back_forward_cache_reads_the_checkout_again_in_webkit() {
    check_back_forward(Engine::WebKit);
}

#[track_caller]
fn check_back_forward(engine: Engine) {
    let stage = Stage::start_in(engine);
    let (id, widget) = stage.show_order("cached", Language::English);
    widget.apply(&stage.card(10_000, "SAR"));
    stage.browser.run("addEventListener('pageshow', ({ persisted }) => { watched.persisted = persisted; })", &[]);
    let (_, other) = stage.page(&order(1_000, "SAR", "other"), Language::English);
    stage.browser.open(&stage.pages.put(other));
    Widget::of(&stage.browser).ready();
    stage.api.change("PATCH", &format!("/v1/checkouts/{id}"), &json!({"total": 30_000})).expect(200);
    stage.browser.back();
    let persisted = stage.browser.until("the page is back", "return watched.persisted ?? null", &[]);
    assert_eq!(persisted, Value::Bool(true), "it came from the cache");
    stage.browser.until(
        "the new total is shown",
        "return document.querySelector('raseed-checkout').quote.total === 30000",
        &[],
    );
    let face = widget.settled();
    assert_eq!((face.amount, face.rows.len()), (Language::English.money(20_000, "SAR"), 1));
}

#[test]
fn attributes_changed_while_the_element_was_away_are_read_when_it_is_back() {
    let stage = Stage::start();
    let mut page = stage.page_without_checkout(&order(25_000, "SAR", "away"), Language::English);
    page.attributes.push(("lang", "en".into()));
    let widget = stage.show(page);
    stage.browser.run(
        "const element = document.querySelector('raseed-checkout');
        const form = element.parentNode;
        element.remove();
        element.setAttribute('total', '30000');
        element.setAttribute('lang', 'ar');
        form.append(element);",
        &[],
    );
    stage.browser.until(
        "the new total is shown",
        "return document.querySelector('raseed-checkout').quote?.total === 30000",
        &[],
    );
    let face = widget.settled();
    assert_eq!(
        (face.label.as_str(), face.amount),
        (Language::Arabic.pick(LABEL), Language::Arabic.money(30_000, "SAR"))
    );
}

#[test]
fn element_in_a_part_of_the_form_that_is_out_of_use_is_so_too() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("disabled", Language::English);
    widget.apply(&stage.card(10_000, "SAR"));
    let disable = |is: bool| {
        let script = "const host = document.querySelector('raseed-checkout');
            if (host.parentNode.localName !== 'fieldset') {
              const part = document.createElement('fieldset');
              host.before(part);
              part.append(host);
            }
            host.parentNode.disabled = arguments[0];
            const root = host.shadowRoot;
            root.getElementById('code').focus();
            return root.activeElement !== null;";
        stage.browser.run(script, &[is.into()])
    };
    assert_eq!(disable(true), false, "nothing in it takes the focus");
    assert_eq!(disable(false), true);
    assert_eq!(widget.apply(&stage.card(5_000, "SAR")).rows.len(), 2);
}

#[test]
fn script_in_the_head_puts_its_element_where_it_is_seen() {
    let stage = Stage::start();
    let (script, key) =
        (format!("{}/widget/v1/raseed.js", stage.server.ready.url), &stage.server.ready.publishable_key);
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>A shop</title><script src=\"{script}\" data-key=\"{key}\" \
         data-total=\"25000\" data-currency=\"SAR\" data-reference=\"head\"></script></head><body><p>A shop</p></body></html>"
    );
    stage.browser.open(&stage.pages.put_file("/head", "text/html; charset=utf-8", html.into_bytes()));
    let widget = Widget::of(&stage.browser).ready();
    assert_eq!(stage.browser.run("return document.querySelector('raseed-checkout').parentNode.localName", &[]), "body");
    assert!(widget.face().open);
}

#[test]
fn engine_that_lacks_something_shows_the_page_as_if_the_script_were_not_there() {
    for lack in [
        "delete HTMLElement.prototype.attachInternals",
        "CSSStyleSheet = function () { throw new TypeError('Illegal constructor'); }",
    ] {
        let stage = Stage::start();
        stage.browser.begin_pages_with(lack);
        stage.browser.begin_pages_with(
            "watched.thrown = []; addEventListener('error', ({ message }) => watched.thrown.push(message));",
        );
        let (_, page) = stage.page(&order(25_000, "SAR", "old"), Language::English);
        stage.browser.open(&stage.pages.put(page));
        stage.browser.until(
            "the script has come",
            "return performance.getEntriesByType('resource').some(({ name }) => name.endsWith('raseed.js')) && document.readyState === 'complete'",
            &[],
        );
        let outcome =
            stage.browser.run("return [watched.thrown, customElements.get('raseed-checkout') === undefined]", &[]);
        assert_eq!(outcome, json!([[], true]), "{lack}");
        assert_eq!(stage.browser.complaints(), Vec::<String>::new(), "{lack}");
        assert_eq!(stage.send_form(), "item=oud");
    }
}
