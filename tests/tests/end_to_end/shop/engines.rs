//! The main flow once more, in the other engines: a mistyped code, a card for a part, Remove, a reload, the bank card for the rest, the receipt.
//!
//! Out of scope: what stands beside the same test in Chromium, by keyboard (`widget/keyboard.rs`), under the strict policy (`widget/policy.rs`), and axe
//! over the theme page (`theme.rs`).

use super::{Sale, check_part_paid, check_receipt, spellings};
use tests::browser::Engine;
use tests::words::LANGUAGES;

/// What has the focus inside the widget.
const FOCUS: &str = "return document.activeElement.shadowRoot?.activeElement?.id";

#[test]
fn card_pays_a_part_in_firefox() {
    check_main_flow(Engine::Firefox);
}

#[test]
fn card_pays_a_part_in_webkit() {
    check_main_flow(Engine::WebKit);
}

#[track_caller]
fn check_main_flow(engine: Engine) {
    let sale = Sale::start_in(engine);
    for language in LANGUAGES {
        let card = sale.card(10_000);
        let widget = sale.order_with_widget(language);
        let face = widget.apply_by_hand("0000-0000-0000-0000-0001");
        assert_eq!((face.message.as_str(), face.invalid), (language.refusal("code_check_failed"), true), "{face:?}");
        for spelling in spellings(&card) {
            let face = widget.apply_by_hand(&spelling);
            assert_eq!((face.message.as_str(), face.amount), ("", language.money(15_000, "SAR")), "{spelling:?}");
            assert_eq!((face.rows.len(), &face.rows[0].last4), (1, &card.last4));
            check_part_paid(&widget.last_event("raseed-change"), &card);
            sale.until_data("#pay", "150.00");
            let without = widget.remove(0);
            assert_eq!((without.rows.len(), without.amount), (0, language.money(25_000, "SAR")));
            assert_eq!(sale.browser.run(FOCUS, &[]), "code");
        }
        widget.apply_by_hand(&card.code);
        sale.until_data("#pay", "150.00");
        sale.browser.reload();
        assert_eq!(sale.widget().settled().rows[0].last4, card.last4);
        sale.until_data("#pay", "150.00");
        sale.pay();
        check_receipt(&sale, &card);
        assert_eq!(sale.browser.run("return watched.violations", &[]), serde_json::json!([]));
    }
    assert_eq!(sale.browser.complaints(), Vec::<String>::new());
}
