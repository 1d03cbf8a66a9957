//! Amounts are minor units of their own currency, whose exponent is 0, 2 or 3. None is ever scaled, and none is taken for one of another currency.

use serde_json::{Value, json};
use tests::api::{Answer, Api};
use tests::card::Card;
use tests::checkout::{Checkout, with};
use tests::server::Server;

/// A currency of each exponent.
const CURRENCIES: [&str; 3] = ["JPY", "SAR", "KWD"];

fn issue(api: &Api, currency: &str) -> Card {
    Card::issue_as(api, &json!({"amount": 12_345, "currency": currency}))
}

#[test]
fn amount_in_a_currency_of_another_exponent_is_refused_wherever_it_is_named() {
    let server = Server::start();
    let api = server.api();
    for (place, currency) in CURRENCIES.into_iter().enumerate() {
        for other in CURRENCIES.into_iter().filter(|other| *other != currency) {
            let card = issue(&api, currency);
            let own = Checkout::open_as(&api, &json!({"total": 5_000, "currency": currency}));
            own.apply(&api, &card.code).expect(201);
            let named = json!({"currency": other});
            let foreign = Checkout::open_as(&api, &with(&json!({"total": 5_000}), &named));
            let refusals: Vec<Answer> = vec![
                api.post("/v1/redemptions", &with(&card.redemption(1), &named)),
                foreign.apply(&api, &card.code),
                own.act_with(&api, "authorize", &named),
                own.act_with(&api, "capture", &named),
            ];
            for refusal in &refusals {
                assert_eq!(refusal.problem(), (422, "currency_mismatch"));
                assert_eq!(refusal.json["currency"], currency, "the one that it should be");
            }
            assert_eq!((card.counters(&api), card.entries(&api).len()), ((12_345, 0), 1));
            assert_eq!(own.read(&api)["status"], "open");
            assert_eq!(foreign.read(&api)["quote"]["tenders"], json!([]));
            // The same number in its own currency is what it says.
            assert_eq!(own.act(&api, "capture").expect(200)["captured"], 5_000, "{place}");
            assert_eq!(card.counters(&api), (7_345, 0));
        }
    }
}

#[test]
fn amount_in_major_units_is_refused_whatever_the_exponent() {
    let server = Server::start();
    let api = server.api();
    for (currency, major) in [("JPY", "12345.0"), ("SAR", "123.45"), ("KWD", "12.345")] {
        let card = issue(&api, currency);
        let number: Value = serde_json::from_str(major).unwrap();
        for amount in [number, json!(major), json!(format!("{currency} {major}"))] {
            let fields = json!({"amount": amount, "currency": currency});
            for (path, body) in
                [("/v1/gift-cards", fields.clone()), ("/v1/redemptions", with(&card.redemption(1), &fields))]
            {
                let refusal = api.post(path, &body);
                assert_eq!((refusal.problem(), &refusal.json["field"]), ((422, "amount_invalid"), &json!("amount")));
            }
        }
        assert_eq!(card.counters(&api), (12_345, 0));
        let redemption = api.post("/v1/redemptions", &with(&card.redemption(345), &json!({"currency": currency})));
        assert_eq!(redemption.expect(201)["balance_after"], 12_000);
    }
}

#[test]
fn currency_that_is_none_is_refused_before_anything_is_made() {
    let server = Server::start();
    let api = server.api();
    let before = server.objects();
    for currency in ["", "sar", "SA", "SARR", "XXX", "682", "S\u{410}R", "SAR2"] {
        for (path, body) in [
            ("/v1/gift-cards", json!({"amount": 100, "currency": currency})),
            ("/v1/checkouts", json!({"total": 100, "currency": currency, "reference": "order-1"})),
        ] {
            let refusal = api.post(path, &body);
            assert_eq!(
                (refusal.problem(), &refusal.json["field"]),
                ((422, "field_invalid"), &json!("currency")),
                "{currency}"
            );
        }
    }
    assert_eq!(server.objects(), before);
}
