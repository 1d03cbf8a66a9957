//! Where a page puts the element and how it writes there: the form has its width in every container, and the manner of the text around it stays outside.

use super::Stage;
use serde_json::json;
use std::collections::BTreeMap;
use tests::words::Language;

/// Moves the element into a container of each kind, one after another, and measures it there.
const MEASURE: &str = "
const host = document.querySelector('raseed-checkout');
const widths = {};
for (const [name, tag, style] of arguments[0]) {
  const container = document.createElement(tag);
  container.style = style;
  document.body.append(container);
  container.append(host, ...(style.includes('grid') ? [document.createElement('p')] : []));
  container.showModal?.();
  widths[name] = host.getBoundingClientRect().width;
  if (document.documentElement.scrollWidth > innerWidth) widths[name] = -1;
}
return widths;";

/// Containers that are as wide as what is in them, and one that is not.
const CONTAINERS: [[&str; 3]; 9] = [
    ["block", "div", ""],
    ["dialog", "dialog", ""],
    ["inline block", "div", "display: inline-block"],
    ["float", "div", "float: inline-start"],
    ["absolute", "div", "position: absolute"],
    ["table cell", "div", "display: table-cell"],
    ["column", "div", "display: flex; flex-direction: column; align-items: center"],
    ["row", "div", "display: flex"],
    ["grid", "div", "display: grid; grid-template-columns: auto 1fr"],
];

#[test]
fn form_has_its_width_in_every_container() {
    let stage = Stage::start();
    for (window, least) in [(320, 220.0), (1280, 350.0)] {
        stage.browser.resize(window, 800);
        stage.show_order(&format!("containers-{window}"), Language::English);
        let widths = stage.browser.run(MEASURE, &[json!(CONTAINERS)]);
        let widths: BTreeMap<String, f64> = serde_json::from_value(widths).unwrap();
        assert_eq!(widths.len(), CONTAINERS.len());
        assert!(widths.values().all(|width| *width >= least), "in a window of {window}: {widths:?}");
        assert!(widths["block"] > f64::from(window) - 20.0, "a block is as wide as ever: {widths:?}");
    }
}

/// What a page may say about the text around the element.
const MANNERS: [&str; 2] = [
    "text-transform: uppercase; white-space: pre; text-indent: 3em; word-spacing: 1em; letter-spacing: .3em; font-style: italic; cursor: help;
     text-shadow: 2px 2px red; font-variant: small-caps; word-break: break-all; text-align: center; hyphens: auto",
    "text-decoration: underline",
];

/// Where everything in the element is.
const PLACES: &str = "
const nodes = document.querySelector('raseed-checkout').shadowRoot.querySelectorAll('*');
return [...nodes].map((node) => JSON.stringify(node.getBoundingClientRect()));";

#[test]
fn manner_of_the_page_stays_outside() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("manners", Language::English);
    widget.apply(&stage.card(10_000, "SAR"));
    // A message in several words, and no caret that blinks.
    widget.apply("7684-VTF2");
    stage.browser.run("document.activeElement.blur()", &[]);
    stage.browser.layout_faults();
    let before = stage.browser.picture();
    for manner in MANNERS {
        stage.browser.run("document.querySelector('raseed-checkout').style = arguments[0]", &[manner.into()]);
        assert!(stage.browser.picture() == before, "{manner}");
    }
    // What is painted anew may differ by a shade, so it is the places that are compared here.
    stage.browser.run("document.querySelector('raseed-checkout').style = ''", &[]);
    let places = stage.browser.run(PLACES, &[]);
    stage.browser.run("document.querySelector('raseed-checkout').style = 'all: unset'", &[]);
    assert_eq!(stage.browser.run(PLACES, &[]), places, "a page that unsets everything");
    stage.browser.run("document.querySelector('raseed-checkout').style = 'font-family: serif'", &[]);
    assert!(stage.browser.picture() != before, "the page's font is the widget's");
}
