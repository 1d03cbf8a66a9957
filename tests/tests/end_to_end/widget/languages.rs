//! In which language the element speaks: that of the nearest `lang`, followed as it changes, in the numerals that its tag or the attribute wants.

use super::Stage;
use serde_json::Value;
use tests::browser::Browser;
use tests::widget::Widget;
use tests::words::{LABEL, Language};

/// The language and the direction that the panel says its words are in.
fn spoken(browser: &Browser) -> Value {
    browser.run(
        "const { lang, dir } = document.querySelector('raseed-checkout').shadowRoot.getElementById('panel');
        return `${lang} ${dir}`;",
        &[],
    )
}

/// Waits until the label is in that language.
fn wait_for(browser: &Browser, language: Language) {
    let script = "return document.querySelector('raseed-checkout').shadowRoot.getElementById('label').textContent === arguments[0]";
    browser.until("the words are in the language", script, &[language.pick(LABEL).into()]);
}

#[test]
fn panel_names_the_language_that_its_words_are_in() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("tags", Language::English);
    for (tag, panel, language) in [
        ("ar", "ar rtl", Language::Arabic),
        ("fr", "en ltr", Language::English),
        ("ar_SA", "ar-SA rtl", Language::Arabic),
        ("en-GB", "en-GB ltr", Language::English),
        ("AR-eg", "AR-eg rtl", Language::Arabic),
        ("arc", "en ltr", Language::English),
    ] {
        widget.set(&[("lang", tag)]);
        wait_for(&stage.browser, language);
        assert_eq!(spoken(&stage.browser), panel, "{tag}");
    }
}

#[test]
fn language_of_the_page_is_followed_as_it_changes() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("live", Language::English);
    stage.browser.run("document.documentElement.lang = 'ar'", &[]);
    wait_for(&stage.browser, Language::Arabic);
    assert_eq!(widget.face().amount, Language::Arabic.money(25_000, "SAR"));
    assert_eq!(widget.requests().len(), 1, "nothing is asked for it");
}

#[test]
fn element_in_a_shadow_speaks_the_language_around_its_host() {
    let stage = Stage::start();
    stage.show_order("shadow", Language::English);
    let dir = stage.browser.run(
        "const around = document.createElement('section');
        around.lang = 'ar';
        const outer = document.createElement('div');
        around.append(outer);
        document.body.append(around);
        const host = document.querySelector('raseed-checkout');
        outer.attachShadow({ mode: 'open' }).append(host);
        return host.shadowRoot.getElementById('panel').dir;",
        &[],
    );
    assert_eq!(dir, "rtl");
}

#[test]
fn numerals_are_those_of_the_attribute_else_of_the_tag_else_of_the_language() {
    let stage = Stage::start();
    let (_, widget) = stage.show_order("numerals", Language::English);
    let (latin, arabic) = ("250.00", "٢٥٠٫٠٠");
    for (lang, numerals, number) in [
        ("en", "auto", latin),
        ("ar", "auto", arabic),
        ("ar", "latn", latin),
        ("en", "arab", arabic),
        ("ar-u-nu-latn", "auto", latin),
        ("ar-EG-u-nu-latn", "arab", arabic),
        ("ar-u-ca-islamic", "", arabic),
    ] {
        widget.set(&[("lang", lang), ("numerals", numerals)]);
        let shown = format!("{lang} {numerals}: the amount is in its numerals");
        stage.browser.until(
            &shown,
            "return document.querySelector('raseed-checkout').shadowRoot.getElementById('amount').textContent.includes(arguments[0])",
            &[number.into()],
        );
        let label = if lang.starts_with("ar") { Language::Arabic } else { Language::English };
        assert_eq!(Widget::of(&stage.browser).face().label, label.pick(LABEL));
    }
}
