//! What must not be found afterwards: no code, key, token or payment card number in any file or in the log.

use serde_json::json;
use tests::api::fresh_key;
use tests::card::Card;
use tests::checkout::Checkout;
use tests::ledger::Export;
use tests::server::{Server, Settings};

const ORIGIN: &str = "https://shop.example";

/// Nothing of it stands anywhere: not as it was sent, not without separators, not in small letters.
#[track_caller]
fn check_nowhere(server: &Server, what: &str) {
    let plain: String = what.chars().filter(|symbol| *symbol != '-' && *symbol != ' ').collect();
    let log = server.log();
    for form in [what, &plain, &what.to_lowercase(), &plain.to_lowercase()] {
        let found = server.files().iter().any(|file| file.windows(form.len()).any(|part| part == form.as_bytes()));
        assert!(!found, "a file holds {form}");
        assert!(!log.contains(form), "the log holds {form}");
    }
}

#[test]
fn what_is_secret_is_in_no_file_and_in_no_log() {
    let server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() });
    let api = server.api();
    let (issue_key, redeem_key) = (fresh_key(), fresh_key());
    let first = Card::of(
        &api.post_once(
            "/v1/gift-cards",
            &json!({"amount": 10_000, "currency": "SAR", "reference": "visible-reference"}),
            &issue_key,
        )
        .expect(201),
    );
    let second = Card::issue(&api, 1_000);
    let of_server = Checkout::open_as(&api, &json!({"total": 5_000, "origin": ORIGIN}));
    let of_page = Checkout::open(&api.page(&server.ready.publishable_key, ORIGIN), 2_000);
    for checkout in [&of_server, &of_page] {
        for card in [&first, &second] {
            checkout.apply(&api.page(&checkout.token, ORIGIN), &card.code.to_lowercase()).expect(201);
        }
    }
    of_server.act(&api, "authorize").expect(200);
    // The page's checkout has nothing left of the second card: its tender is declined, and that is kept too.
    assert_eq!(of_page.act(&api, "authorize").problem(), (409, "tender_declined"));
    of_server.act(&api, "capture").expect(200);
    of_server.refund(&api, 4_500).expect(201);
    let redemption = api.post_once("/v1/redemptions", &first.redemption(100), &redeem_key).expect(201);
    assert_eq!(first.redeem(&api, 10_000).problem(), (409, "insufficient_balance"));
    api.post(&format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap()), &json!({"amount": 50}))
        .expect(201);
    api.post(&first.path("/freeze"), &json!({"reason": "lost"})).expect(200);

    // The book takes over what was done, and is searched as well.
    let book = Export::with(&api, &first.id, first.entries(&api).len()).0.join("\n");
    for secret in [
        &first.code,
        &second.code,
        &issue_key,
        &redeem_key,
        &server.ready.secret_key,
        &server.ready.publishable_key,
        &of_server.token,
        &of_page.token,
    ] {
        check_nowhere(&server, secret);
        assert!(!book.contains(secret.as_str()), "the book holds {secret}");
    }
    // The search finds what is there.
    let found =
        |text: &str| server.files().iter().any(|file| file.windows(text.len()).any(|part| part == text.as_bytes()));
    assert!(found("visible-reference") && found(&first.last4) && book.contains(&first.id));
}

#[test]
fn payment_card_number_is_kept_nowhere() {
    let server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() });
    let api = server.api();
    let page = api.page(&server.ready.publishable_key, ORIGIN);
    let checkout = Checkout::open(&page, 5_000);
    for number in ["4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005"] {
        let balance = json!({"code": number});
        let redemption = json!({"code": number, "amount": 1, "currency": "SAR", "reference": "order-1"});
        for answer in [
            api.post("/v1/balances", &balance),
            page.post("/v1/balances", &balance),
            api.post("/v1/redemptions", &redemption),
            checkout.apply(&page.page(&checkout.token, ORIGIN), number),
            checkout.apply(&api, number),
        ] {
            assert_eq!(answer.problem(), (422, "looks_like_payment_card"));
            assert!(!String::from_utf8_lossy(&answer.body).contains(number), "the answer repeats it");
        }
        check_nowhere(&server, number);
    }
}
