//! The demo shop in a real browser: a shopper pays, the merchant gives back, and every ledger agrees.

mod engines;
mod outages;
mod screens;
mod shifts;
mod theme;

use serde_json::{Value, json};
use tests::browser::{Browser, Engine};
use tests::card::Card;
use tests::server::Server;
use tests::shop::Shop;
use tests::widget::Widget;
use tests::words::Language::{Arabic, English};
use tests::words::{COVERED_FULL, LABEL, LANGUAGES, Language, REMAINING, arabic_indic};

/// A browser, the shop and the Worker; they end in this order.
struct Sale {
    browser: Browser,
    shop: Shop,
    server: Server,
}

impl Sale {
    fn start() -> Self {
        Self::start_in(Engine::Chromium)
    }

    fn start_in(engine: Engine) -> Self {
        let server = Server::start();
        let shop = Shop::start(&server);
        Self { browser: Browser::start_engine(engine), shop, server }
    }

    /// Opens a new order of 250.00 SAR, without waiting for the widget.
    fn order(&self, language: Language) {
        self.browser.open(&format!("{}/?lang={}", self.shop.url, language.tag()));
        assert_eq!(self.data("#total"), "250.00");
    }

    /// Opens a new order and waits for the widget.
    fn order_with_widget(&self, language: Language) -> Widget<'_> {
        self.order(language);
        self.widget()
    }

    fn widget(&self) -> Widget<'_> {
        Widget::of(&self.browser).ready()
    }

    /// The machine-readable amount in what the selector finds.
    #[track_caller]
    fn data(&self, selector: &str) -> String {
        let script = "return document.querySelector(arguments[0] + ' data.number').value";
        self.browser.run(script, &[selector.into()]).as_str().unwrap().into()
    }

    /// Waits until the amount in what the selector finds is that one. The button of the payment is called `Pay` without amount when nothing remains.
    #[track_caller]
    fn until_data(&self, selector: &str, amount: &str) {
        self.browser.until(
            &format!("{selector} says {amount}"),
            "return document.querySelector(arguments[0] + ' data.number')?.value === arguments[1]",
            &[selector.into(), amount.into()],
        );
    }

    #[track_caller]
    fn is_hidden(&self, selector: &str) -> bool {
        let script = "return !document.querySelector(arguments[0]).checkVisibility()";
        self.browser.run(script, &[selector.into()]).as_bool().unwrap()
    }

    /// Pays and waits for the receipt.
    #[track_caller]
    fn pay(&self) {
        self.browser.click("#pay");
        self.browser.until("the receipt", "return location.pathname.endsWith('/receipt')", &[]);
    }

    /// The ways in which the receipt says that the order was paid: what stands there, and the amounts in it.
    fn shares(&self) -> Vec<(String, Vec<String>)> {
        let script = "return [...document.querySelectorAll('.shares li')].map((share) =>
            [share.innerText, [...share.querySelectorAll('data.number')].map((amount) => amount.value)])";
        serde_json::from_value(self.browser.run(script, &[])).unwrap()
    }

    /// Every share of the receipt with its last four and its amounts: what it paid is the last.
    #[track_caller]
    fn check_shares(&self, expected: &[(&str, &[&str])]) {
        let shares = self.shares();
        assert_eq!(shares.len(), expected.len(), "{shares:?}");
        for ((text, amounts), (last4, wanted)) in shares.iter().zip(expected) {
            assert!(text.contains(last4), "{text} has no {last4}");
            assert_eq!(amounts, wanted, "{text}");
        }
    }

    /// Issues a card in SAR.
    fn card(&self, amount: u64) -> Card {
        Card::issue(&self.server.api(), amount)
    }

    /// Balance and status of a card, as the API says.
    fn balance(&self, card: &Card) -> (u64, String) {
        let answer = card.read(&self.server.api());
        (answer["available"].as_u64().unwrap(), answer["status"].as_str().unwrap().into())
    }
}

/// The code of a card as people type and paste it: small letters, other separators, an Arabic keyboard between bidi marks.
fn spellings(card: &Card) -> [String; 3] {
    let bare = card.code.replace('-', "");
    let (first, rest) = bare.split_at(7);
    [
        bare.to_lowercase(),
        format!("  {first} \u{2013} {rest}\u{a0}-"),
        format!("\u{200f}{}\u{200e}", card.code.chars().map(arabic_indic).collect::<String>()),
    ]
}

/// What `raseed-change` must tell the page of a checkout that one card of 100.00 pays a part of.
fn check_part_paid(detail: &Value, card: &Card) {
    assert_eq!(
        (&detail["total"], &detail["covered"], &detail["remaining"], &detail["currency"]),
        (&json!(25_000), &json!(10_000), &json!(15_000), &json!("SAR"))
    );
    let tenders = detail["tenders"].as_array().unwrap();
    assert_eq!(tenders.len(), 1);
    assert_eq!((&tenders[0]["applied"], &tenders[0]["last4"]), (&json!(10_000), &json!(card.last4)));
}

#[test]
fn card_pays_a_part_in_every_spelling_and_language_and_outlives_a_power_cut() {
    let mut sale = Sale::start();
    let card = sale.card(10_000);
    sale.order(English);
    for language in LANGUAGES.into_iter().rev() {
        if sale.browser.run("return document.documentElement.lang", &[]) != language.tag() {
            sale.browser.click("a.language");
            sale.browser.until(
                "the page in the other language",
                "return document.documentElement.lang === arguments[0] && document.readyState === 'complete'",
                &[language.tag().into()],
            );
        }
        for spelling in spellings(&card) {
            let widget = sale.widget();
            assert_eq!(widget.face().rows, []);
            widget.paste(&spelling);
            widget.click_apply();
            let face = widget.settled();
            assert_eq!(
                (face.label.as_str(), face.remaining.as_str()),
                (language.pick(LABEL), language.pick(REMAINING))
            );
            assert_eq!(face.amount, language.money(15_000, "SAR"), "{spelling:?}");
            let [covers, remains] = [10_000, 15_000].map(|minor| language.money_within(minor, "SAR"));
            assert!(face.bar.contains(&covers) && face.bar.ends_with(&remains), "{}", face.bar);
            assert!(face.said.contains(&card.last4) && face.said.contains(&remains), "{}", face.said);
            assert_eq!((face.code.as_str(), face.message.as_str(), face.invalid), ("", "", false));
            assert_eq!(face.rows.len(), 1);
            assert_eq!((&face.rows[0].last4, &face.rows[0].applied), (&card.last4, &language.money(10_000, "SAR")));
            check_part_paid(&face.quote, &card);
            check_part_paid(&widget.last_event("raseed-change"), &card);
            sale.until_data("#pay", "150.00");
            assert_eq!(sale.data("#bank-amount"), "150.00");
            let without = widget.remove(0);
            assert_eq!(without.amount, language.money(25_000, "SAR"));
            sale.until_data("#pay", "250.00");
        }
    }
    sale.widget().apply(&card.code);
    sale.until_data("#pay", "150.00");
    sale.pay();
    check_receipt(&sale, &card);
    assert_eq!(sale.browser.complaints(), Vec::<String>::new());

    sale.server.kill();
    sale.server.restart();
    sale.browser.reload();
    check_receipt(&sale, &card);

    sale.browser.replace("#refund-amount", "40.00");
    sale.until_data("#refund", "40.00");
    sale.browser.click("#refund");
    sale.until_data(".refunds", "40.00");
    assert_eq!(sale.balance(&card), (4_000, "active".into()));
}

/// The receipt of an order that one card of 100.00 paid a part of.
#[track_caller]
fn check_receipt(sale: &Sale, card: &Card) {
    sale.check_shares(&[(&card.last4, &["0.00", "100.00"]), ("4242", &["150.00"])]);
    assert_eq!(sale.balance(card), (0, "used_up".into()));
}

#[test]
fn two_cards_are_applied_exactly_and_a_covered_order_needs_no_bank_card() {
    let sale = Sale::start();
    let [first, small, large] = [10_000, 3_000, 30_000].map(|amount| sale.card(amount));
    let widget = sale.order_with_widget(English);
    widget.apply(&first.code);
    let face = widget.apply(&small.code);
    assert_eq!(face.amount, English.money(12_000, "SAR"));
    let [applied, leaves] = [0, 1].map(|part| {
        face.rows.iter().map(|row| if part == 0 { row.applied.clone() } else { row.leaves.clone() }).collect::<Vec<_>>()
    });
    assert_eq!(applied, [10_000, 3_000].map(|minor| English.money(minor, "SAR")));
    assert_eq!(leaves, [0, 0].map(|minor| format!("leaves {}", English.money(minor, "SAR"))));
    assert!(!sale.is_hidden("#bank-cards") && sale.is_hidden("#bank-unused"));

    let face = widget.remove(0);
    assert_eq!((face.rows.len(), &face.rows[0].last4), (1, &small.last4));
    assert_eq!(face.amount, English.money(22_000, "SAR"));
    assert!(face.said.starts_with(&format!("Card ending \u{2068}{}\u{2069} removed.", first.last4)), "{}", face.said);
    sale.until_data("#pay", "220.00");

    let face = widget.apply(&large.code);
    assert_eq!((face.covered.as_deref(), face.open), (Some(English.pick(COVERED_FULL)), false));
    assert_eq!(face.rows[1].leaves, format!("leaves {}", English.money(8_000, "SAR")));
    assert_eq!(face.amount, English.money(0, "SAR"));
    sale.browser.until("no bank card is asked for", "return document.querySelector('#bank-cards').hidden", &[]);
    assert!(sale.is_hidden("#bank-amount") && !sale.is_hidden("#bank-unused"));

    sale.pay();
    sale.check_shares(&[(&small.last4, &["0.00", "30.00"]), (&large.last4, &["80.00", "220.00"])]);
    assert_eq!(sale.balance(&first), (10_000, "active".into()));
    assert_eq!(sale.balance(&small), (0, "used_up".into()));
    assert_eq!(sale.balance(&large), (8_000, "active".into()));
}

#[test]
fn changed_basket_is_followed_by_the_widget_and_the_button() {
    let sale = Sale::start();
    let card = sale.card(10_000);
    let widget = sale.order_with_widget(English);
    widget.apply(&card.code);
    sale.until_data("#pay", "150.00");
    sale.browser.click("[data-focus=remove-oud]");
    sale.until_data("#total", "155.00");
    sale.until_data("#pay", "55.00");
    sale.browser.until(
        "the widget has read the new total",
        "return document.querySelector('raseed-checkout').quote.total === 15500",
        &[],
    );
    let face = widget.settled();
    assert_eq!((face.amount, face.message), (English.money(5_500, "SAR"), String::new()));
    assert_eq!(face.quote["remaining"], 5_500);

    // 90.00, less than the card has.
    sale.browser.click("[data-focus=remove-dates]");
    sale.until_data("#total", "90.00");
    sale.browser.until("no bank card is asked for", "return document.querySelector('#bank-cards').hidden", &[]);
    sale.browser.until(
        "the widget says that the order is covered",
        "return document.querySelector('raseed-checkout').quote.remaining === 0",
        &[],
    );
    let face = widget.settled();
    assert_eq!(face.covered.as_deref(), Some(English.pick(COVERED_FULL)));
    assert_eq!(face.rows[0].applied, English.money(9_000, "SAR"));
    sale.pay();
    sale.check_shares(&[(&card.last4, &["10.00", "90.00"])]);
    assert_eq!(sale.balance(&card), (1_000, "active".into()));
}

#[test]
fn declined_bank_card_leaves_the_gift_card_whole() {
    let sale = Sale::start();
    let card = sale.card(10_000);
    sale.order_with_widget(Arabic).apply(&card.code);
    sale.until_data("#pay", "150.00");
    sale.browser.click("input[name=card][value=declined]");
    sale.browser.click("#pay");
    sale.browser.until("the shop says that the bank declined", "return document.querySelector('.notice.bad')", &[]);
    assert_eq!(sale.balance(&card), (10_000, "active".into()));

    let face = sale.widget().apply(&card.code);
    assert_eq!(face.amount, Arabic.money(15_000, "SAR"));
    sale.until_data("#pay", "150.00");
    sale.pay();
    check_receipt(&sale, &card);
}
