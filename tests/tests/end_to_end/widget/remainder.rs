//! What the widget says remains to pay is what the Worker says: after every change, in every generated case.

use super::{Stage, order};
use serde_json::{Value, json};
use tests::dice::Dice;
use tests::widget::{Face, Widget};
use tests::words::{COVERED_FULL, LANGUAGES, Language};

/// The kinds of cards; the split takes them in an order of its own.
const KINDS: [&str; 5] = ["paid_gift", "promo", "refund_credit", "reward", "donated"];

/// A currency of each exponent, and its largest total in minor units.
const CURRENCIES: [(&str, u64); 3] = [("SAR", 2_500_000), ("KWD", 9_000_000), ("JPY", 3_000_000)];

const CASES: u64 = 24;

/// One order and the cards that pay it.
#[derive(Debug)]
struct Case {
    number: u64,
    currency: &'static str,
    total: u64,
    eligible: Option<u64>,
    /// Amount and kind of each.
    cards: Vec<(u64, &'static str)>,
    language: Language,
}

fn case(number: u64) -> Case {
    let mut dice = Dice::new(number);
    let (currency, high) = CURRENCIES[usize::try_from(number % 3).unwrap()];
    // Small totals as often as large ones: that is where a rounding would show.
    let total = if dice.roll(0..=2) == 0 { dice.roll(1..=999) } else { dice.roll(1_000..=high) };
    let count = 1 + number / 3 % 4;
    let cards = (0..count)
        .map(|_| {
            let most = [total / 2 + 1, total, total / count + 1, total + total / 4 + 1];
            let amount = *dice.pick(&most);
            (if amount == total { total } else { dice.roll(1..=amount) }, *dice.pick(&KINDS))
        })
        .collect();
    let eligible = (dice.roll(0..=3) == 0).then(|| dice.roll(0..=total));
    Case { number, currency, total, eligible, cards, language: *dice.pick(&LANGUAGES) }
}

impl Stage {
    /// Compares everything that the widget shows and tells with the Worker's quote.
    #[track_caller]
    fn check(&self, id: &str, widget: Widget<'_>, face: &Face, case: &Case) {
        let quote = &self.checkout(id)["quote"];
        let amount = |value: &Value| case.language.money(value.as_u64().unwrap(), case.currency);
        for name in ["total", "covered", "remaining", "currency"] {
            assert_eq!(face.quote[name], quote[name], "{name} in {case:?}");
        }
        assert_eq!(face.amount, amount(&quote["remaining"]), "{case:?}");
        assert_eq!(widget.last_event("raseed-change"), face.quote, "{case:?}");
        let tenders = quote["tenders"].as_array().unwrap();
        assert_eq!(face.rows.len(), tenders.len(), "{case:?}");
        let mut sum = 0;
        for ((row, told), tender) in face.rows.iter().zip(face.quote["tenders"].as_array().unwrap()).zip(tenders) {
            sum += tender["applied"].as_u64().unwrap();
            for name in ["id", "kind", "last4", "applied", "balance_after"] {
                assert_eq!(told[name], tender[name], "{name} in {case:?}");
            }
            assert_eq!((row.is.as_str(), &json!(row.last4)), ("applied", &tender["last4"]), "{case:?}");
            assert_eq!(row.applied, amount(&tender["applied"]), "{case:?}");
            assert!(row.leaves.contains(&amount(&tender["balance_after"])), "{} in {case:?}", row.leaves);
        }
        assert_eq!(quote["remaining"].as_u64().unwrap() + sum, case.total, "{case:?}");
        let covered = (quote["remaining"] == 0).then_some(case.language.pick(COVERED_FULL));
        assert_eq!(face.covered.as_deref(), covered, "{case:?}");
    }

    /// Applies the cards one by one until there is no room for more, then takes one off again.
    fn play(&self, case: &Case) {
        let mut order = order(case.total, case.currency, &format!("case-{}", case.number));
        if let Some(eligible) = case.eligible {
            order["eligible_total"] = eligible.into();
        }
        let (id, page) = self.page(&order, case.language);
        let widget = self.show(page);
        let mut applied = 0_u64;
        for (amount, kind) in &case.cards {
            let card = self.issue(&json!({"amount": amount, "currency": case.currency, "kind": kind}));
            let face = widget.apply(card["code"].as_str().unwrap());
            // Nothing that a card could pay is left: then it may be refused, and must be when the field is gone.
            if !face.message.is_empty() {
                break;
            }
            applied += 1;
            self.check(&id, widget, &face, case);
            if !face.open {
                break;
            }
        }
        assert!(applied > 0, "no card was taken in {case:?}");
        let place = usize::try_from(Dice::new(case.total).roll(0..=applied - 1)).unwrap();
        let face = widget.remove(place);
        assert_eq!(face.rows.len(), usize::try_from(applied - 1).unwrap());
        self.check(&id, widget, &face, case);
    }
}

#[test]
fn remainder_of_the_widget_equals_the_workers_in_every_generated_case() {
    let stage = Stage::start();
    for number in 0..CASES {
        stage.play(&case(number));
    }
}

#[test]
fn remainder_follows_a_total_that_the_server_changes() {
    let stage = Stage::start();
    let (id, widget) = stage.show_order("changing", Language::Arabic);
    widget.apply(&stage.card(10_000, "SAR"));
    for total in [9_999, 1, 40_000] {
        stage.api.change("PATCH", &format!("/v1/checkouts/{id}"), &json!({"total": total})).expect(200);
        stage
            .browser
            .run("document.querySelector('raseed-checkout').refresh({ total: arguments[0] })", &[total.into()]);
        stage.browser.until(
            "the widget has read the new total",
            "return document.querySelector('raseed-checkout').quote.total === arguments[0]",
            &[total.into()],
        );
        let case = Case {
            number: total,
            currency: "SAR",
            total,
            eligible: None,
            cards: vec![(10_000, "paid_gift")],
            language: Language::Arabic,
        };
        stage.check(&id, widget, &widget.settled(), &case);
    }
}
