//! An element's life in a page that is more than a document: mounted and unmounted, moved, twice, and taken out of the back-forward cache.

use super::{Stage, order};
use serde_json::{Value, json};
use std::time::Duration;
use tests::patience::until;
use tests::widget::Widget;
use tests::words::Language;

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
    let stage = Stage::start();
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
    let stage = Stage::start();
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
