//! Two at once: exactly one wins, and no card is left with a hold that belongs to nobody.

use serde_json::json;
use tests::api::{Answer, Api, fresh_key};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::crowd::at_once;
use tests::server::{Server, Settings};

/// Enough for both orders of arrival to be seen.
const ROUNDS: usize = 8;

fn with_card(api: &Api, total: u64, amount: u64) -> (Checkout, Card) {
    let (checkout, card) = (Checkout::open(api, total), Card::issue(api, amount));
    checkout.apply(api, &card.code).expect(201);
    (checkout, card)
}

/// So many succeeded; the others were told that somebody else was first or is at it.
#[track_caller]
fn check(answers: &[Answer], winners: usize, losers: &[&str]) {
    let won = answers.iter().filter(|answer| answer.status < 300).count();
    let told: Vec<(u16, &str)> = answers.iter().map(Answer::problem).collect();
    assert_eq!(won, winners, "{told:?}");
    let lost = answers.iter().filter(|answer| answer.status >= 300);
    assert!(lost.into_iter().all(|answer| answer.status == 409 && losers.contains(&answer.problem().1)), "{told:?}");
}

#[track_caller]
fn check_card(api: &Api, card: &Card, counters: (u64, u64)) {
    assert_eq!((card.counters(api), fold(&card.entries(api))), (counters, counters));
}

#[test]
fn of_two_authorizations_one_wins() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let (checkout, card) = with_card(&api, 5_000, 10_000);
        let answers = at_once(3, |_| checkout.act(&api, "authorize"));
        check(&answers, 1, &["operation_in_progress", "checkout_not_open"]);
        check_card(&api, &card, (5_000, 5_000));
        assert_eq!(checkout.act(&api, "capture").expect(200)["captured"], 5_000);
        check_card(&api, &card, (5_000, 0));
    }
}

#[test]
fn one_authorization_sent_many_times_at_once_holds_once() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let (checkout, card) = with_card(&api, 5_000, 10_000);
        let key = fresh_key();
        let send = || api.post_once(&checkout.path("/authorize"), &checkout.order, &key);
        let answers = at_once(5, |_| send());
        let busy = |answer: &&Answer| answer.problem() == (409, "operation_in_progress");
        assert!(answers.iter().all(|answer| answer.status == 200 || busy(&answer)));
        assert!(answers.iter().filter(busy).all(|answer| answer.header("retry-after") == Some("1")));
        assert!(send().is_replayed(), "whoever was told to come back is served");
        check_card(&api, &card, (5_000, 5_000));
    }
}

#[test]
fn of_two_checkouts_that_want_the_last_of_a_card_one_gets_it() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let (first, card) = with_card(&api, 1_000, 1_000);
        let second = Checkout::open(&api, 1_000);
        second.apply(&api, &card.code).expect(201);
        let both = [&first, &second];
        let answers = at_once(2, |place| both[place].act(&api, "authorize"));
        check(&answers, 1, &["tender_declined"]);
        check_card(&api, &card, (0, 1_000));
        for (checkout, answer) in both.iter().zip(&answers) {
            let won = answer.status == 200;
            assert_eq!(checkout.read(&api)["status"], if won { "authorized" } else { "open" });
            assert!(won || answer.json["cause"] == "card_held_elsewhere");
        }
    }
}

#[test]
fn legs_of_two_orders_are_held_whole_or_not_at_all() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let cards = [Card::issue(&api, 500), Card::issue(&api, 500)];
        let both = [Checkout::open(&api, 1_000), Checkout::open(&api, 1_000)];
        for (place, checkout) in both.iter().enumerate() {
            for turn in 0..2 {
                checkout.apply(&api, &cards[(place + turn) % 2].code).expect(201);
            }
        }
        let answers = at_once(2, |place| both[place].act(&api, "authorize"));
        // Each may have had one card and missed the other; then both gave theirs back.
        let won = answers.iter().filter(|answer| answer.status == 200).count();
        assert!(won <= 1);
        check(&answers, won, &["tender_declined"]);
        for card in &cards {
            check_card(&api, card, if won == 1 { (0, 500) } else { (500, 0) });
        }
        for checkout in &both {
            checkout.void(&api).expect(200);
        }
        assert_eq!(cards.each_ref().map(|card| card.counters(&api)), [(500, 0); 2]);
    }
}

#[test]
fn void_beside_authorize_ends_with_nothing_held() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let (checkout, card) = with_card(&api, 5_000, 10_000);
        let answers =
            at_once(2, |place| if place == 0 { checkout.act(&api, "authorize") } else { checkout.void(&api) });
        assert_eq!(answers[1].status, 200, "{}", answers[1].json);
        let lost = ["already_voided", "checkout_not_open", "operation_in_progress"];
        check(&answers[..1], usize::from(answers[0].status == 200), &lost);
        assert_eq!(checkout.act(&api, "authorize").problem(), (409, "already_voided"), "whoever asks again is told");
        assert_eq!(checkout.read(&api)["status"], "voided");
        check_card(&api, &card, (10_000, 0));
    }
}

#[test]
fn of_capture_and_void_one_wins() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let (checkout, card) = with_card(&api, 5_000, 10_000);
        checkout.act(&api, "authorize").expect(200);
        let answers = at_once(2, |place| if place == 0 { checkout.act(&api, "capture") } else { checkout.void(&api) });
        check(&answers, 1, &["already_captured", "already_voided"]);
        let (status, left) = if answers[0].status == 200 { ("captured", 5_000) } else { ("voided", 10_000) };
        assert_eq!(checkout.read(&api)["status"], status);
        check_card(&api, &card, (left, 0));
    }
}

#[test]
fn of_many_captures_one_takes() {
    let server = Server::start();
    let api = server.api();
    for round in 0..ROUNDS {
        let (checkout, card) = with_card(&api, 5_000, 10_000);
        if round % 2 == 0 {
            checkout.act(&api, "authorize").expect(200);
        }
        let answers = at_once(4, |_| checkout.act(&api, "capture"));
        check(&answers, 1, &["already_captured", "operation_in_progress"]);
        check_card(&api, &card, (5_000, 0));
    }
}

#[test]
fn total_changed_beside_authorize_is_authorized_or_refused_but_never_another() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let (checkout, card) = with_card(&api, 5_000, 10_000);
        let answers = at_once(2, |place| {
            if place == 0 {
                checkout.act(&api, "authorize")
            } else {
                api.change("PATCH", &checkout.path(""), &json!({"total": 7_000}))
            }
        });
        match (answers[0].problem(), answers[1].problem()) {
            ((200, _), (409, "operation_in_progress" | "checkout_not_open")) => check_card(&api, &card, (5_000, 5_000)),
            ((422, "total_mismatch"), (200, _)) => check_card(&api, &card, (10_000, 0)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn cards_applied_at_once_are_all_there_and_each_once() {
    const ORIGIN: &str = "https://shop.example";
    let server = Server::start_with(Settings { origins: vec![ORIGIN.into()], ..Settings::default() });
    let api = server.api();
    let of_page = |_| {
        let checkout = Checkout::open(&api.page(&server.ready.publishable_key, ORIGIN), 10_000);
        let page = api.page(&checkout.token, ORIGIN);
        (checkout, page)
    };
    // Half of them are a server's, half a page's: of those none is stored when the first cards arrive.
    let of_server = |_| (Checkout::open(&api, 10_000), api.clone());
    for (checkout, client) in (0..ROUNDS / 2).map(of_server).chain((0..ROUNDS / 2).map(of_page)) {
        let cards: Vec<Card> = (1..=4).map(|amount| Card::issue(&api, 100 * amount)).collect();
        let answers = at_once(8, |place| checkout.apply(&client, &cards[place % 4].code));
        check(&answers, 4, &["already_applied"]);
        let quote = checkout.read(&api)["quote"].clone();
        assert_eq!((quote["tenders"].as_array().unwrap().len(), &quote["covered"]), (4, &json!(1_000)));
    }
}

#[test]
fn card_applied_beside_authorize_is_held_or_refused() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let (checkout, first) = with_card(&api, 5_000, 1_000);
        let second = Card::issue(&api, 2_000);
        let answers =
            at_once(
                2,
                |place| if place == 0 { checkout.act(&api, "authorize") } else { checkout.apply(&api, &second.code) },
            );
        assert_eq!(answers[0].status, 200, "{}", answers[0].json);
        check(&answers[1..], usize::from(answers[1].status == 201), &["operation_in_progress", "checkout_not_open"]);
        let held = if answers[1].status == 201 { (0, 2_000) } else { (2_000, 0) };
        check_card(&api, &first, (0, 1_000));
        check_card(&api, &second, held);
        assert_eq!(checkout.act(&api, "capture").expect(200)["captured"], 1_000 + held.1);
    }
}

#[test]
fn card_removed_beside_authorize_is_held_or_left_out_but_never_both() {
    let server = Server::start();
    let api = server.api();
    for _ in 0..ROUNDS {
        let (checkout, card) = with_card(&api, 5_000, 10_000);
        let tender = checkout.read(&api)["quote"]["tenders"][0]["id"].as_str().unwrap().to_owned();
        let remove = || api.delete(&checkout.path(&format!("/tenders/{tender}")));
        let answers = at_once(2, |place| if place == 0 { checkout.act(&api, "authorize") } else { remove() });
        assert_eq!(answers[0].status, 200, "{}", answers[0].json);
        check(&answers[1..], usize::from(answers[1].status == 200), &["operation_in_progress", "checkout_not_open"]);
        let held = if answers[1].status == 200 { 0 } else { 5_000 };
        assert_eq!(answers[0].json["quote"]["covered"], held);
        check_card(&api, &card, (10_000 - held, held));
        assert_eq!(checkout.act(&api, "capture").expect(200)["captured"], held);
        check_card(&api, &card, (10_000 - held, 0));
    }
}

#[test]
fn refunds_at_once_never_exceed_the_capture() {
    let server = Server::start();
    let api = server.api();
    let (checkout, card) = with_card(&api, 10_000, 10_000);
    checkout.act(&api, "capture").expect(200);
    let answers = at_once(20, |_| checkout.refund(&api, 3_000));
    check(&answers, 3, &["exceeds_refundable"]);
    check_card(&api, &card, (9_000, 0));
    assert_eq!(checkout.read(&api)["refunded"], 9_000);
}
