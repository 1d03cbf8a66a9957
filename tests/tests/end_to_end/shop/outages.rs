//! The shop without the Worker: it sells, and says why gift cards have to wait.

use super::Sale;
use tests::widget::Widget;
use tests::words::Language::Arabic;
use tests::words::{LANGUAGES, UNREACHABLE};

#[test]
fn shop_sells_by_bank_card_when_the_worker_dies_under_the_page() {
    for language in LANGUAGES {
        let mut sale = Sale::start();
        let card = sale.card(10_000);
        sale.order_with_widget(language);
        sale.server.kill();
        let widget = Widget::of(&sale.browser);
        widget.enter(&card.code);
        assert_eq!(widget.message(), language.pick(UNREACHABLE));
        let face = widget.settled();
        assert_eq!((face.message.as_str(), face.amount), (language.pick(UNREACHABLE), language.money(25_000, "SAR")));
        assert_eq!(face.value.as_deref().unwrap_or_default(), "");
        assert!(face.code.replace('-', "") == card.code.replace('-', ""), "the code is kept for another try");
        let error = widget.last_event("raseed-error");
        assert_eq!(error["retryable"], true, "{error}");
        sale.pay();
        sale.check_shares(&[("4242", &["250.00"])]);
    }
}

#[test]
fn shop_sells_by_bank_card_when_the_worker_is_down_before_the_page() {
    let mut sale = Sale::start();
    sale.server.kill();
    sale.order(Arabic);
    sale.browser.until(
        "the shop says what to do",
        "return document.querySelector('.notice, #away:not([hidden])')",
        &[],
    );
    sale.pay();
    sale.check_shares(&[("4242", &["250.00"])]);
}
