//! How the element looks where the page or the shopper wants something else: themes, forced colours, less motion.

use super::Stage;
use serde_json::{Value, json};
use tests::widget::Widget;
use tests::words::Language;

/// A computed value of a node inside, or of its pseudo-element.
const STYLE: &str = "
const node = document.querySelector('raseed-checkout').shadowRoot.querySelector(arguments[0]);
return getComputedStyle(node, arguments[2] || undefined)[arguments[1]];";

impl Stage {
    fn style(&self, selector: &str, property: &str, pseudo: &str) -> Value {
        self.browser.run(STYLE, &[selector.into(), property.into(), pseudo.into()])
    }

    /// What the shopper's system wants.
    fn prefer(&self, feature: &str, value: &str) {
        self.browser.protocol("Emulation.setEmulatedMedia", json!({"features": [{"name": feature, "value": value}]}));
    }
}

#[test]
fn theme_is_the_attributes_else_the_pages() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("themes", Language::English);
    let (light, dark) = ("rgb(255, 255, 255)", "rgb(20, 23, 27)");
    for (page, theme, background) in [
        ("normal", "auto", light),
        ("dark", "auto", dark),
        ("dark", "light", light),
        ("light", "dark", dark),
        // A shop that is light only stays so in a shopper's dark mode.
        ("light", "auto", light),
    ] {
        stage.prefer("prefers-color-scheme", if page == "light" { "dark" } else { "light" });
        stage.browser.run("document.documentElement.style.colorScheme = arguments[0]", &[page.into()]);
        widget.set(&[("theme", theme)]);
        assert_eq!(stage.style("#panel", "backgroundColor", ""), background, "{theme} in a page that is {page}");
        // The page may have unset everything that it can.
        stage.browser.run("document.querySelector('raseed-checkout').style.all = 'unset'", &[]);
        assert_eq!(stage.style("#panel", "backgroundColor", ""), background, "unset, {theme} in a page that is {page}");
        stage.browser.run("document.querySelector('raseed-checkout').style.all = ''", &[]);
    }
}

#[test]
fn forced_colours_keep_the_bar_its_shares_and_the_mark_of_a_wrong_code() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("forced", Language::English);
    widget.apply(&stage.card(10_000, "SAR"));
    widget.apply("7684-VTF2");
    let colour = stage.style(".share", "backgroundColor", "");
    stage.prefer("forced-colors", "active");
    assert_eq!(stage.style(".share", "backgroundColor", ""), colour, "a share has the colour of its card");
    assert_eq!(stage.style("#bar", "borderTopStyle", ""), "solid", "what remains has an edge");
    assert_eq!(stage.style("#code", "borderTopWidth", ""), "3px", "a wrong code is marked without a colour");
    assert_eq!(stage.style("#message", "visibility", ""), "visible");
}

#[test]
fn nothing_moves_for_those_who_want_less_motion() {
    let stage = Stage::start();
    stage.prefer("prefers-reduced-motion", "reduce");
    let (_, widget) = stage.show_order("still", Language::English);
    stage.browser.run(
        "const root = document.querySelector('raseed-checkout').shadowRoot;
        watched.moving = [];
        const look = () => watched.moving.push(...root.getAnimations().map(({ animationName, transitionProperty }) => animationName ?? transitionProperty));
        new MutationObserver(look).observe(root, { subtree: true, childList: true, attributes: true });",
        &[],
    );
    for amount in [10_000, 20_000] {
        widget.apply(&stage.card(amount, "SAR"));
    }
    Widget::of(&stage.browser).remove(0);
    assert_eq!(stage.browser.run("return watched.moving", &[]), json!([]));
    stage.browser.run(
        "document.querySelector('raseed-checkout').shadowRoot.getElementById('apply').setAttribute('aria-busy', 'true')",
        &[],
    );
    assert_eq!(stage.style("#apply", "animationName", "::before"), "none", "what tells that it is busy stands still");
    stage.prefer("prefers-reduced-motion", "no-preference");
    assert_eq!(stage.style("#apply", "animationName", "::before"), "turn");
}
