//! Receivers that answer what is no yes: each answer is a failure that is written down, nothing follows from it, and the event comes again.

use super::{DELIVERY, Endpoint, check_delivered, events_after, id, settled, start};
use serde_json::{Value, json};
use tests::backup::{BOOK, Backup, CARDS, while_down};
use tests::card::Card;
use tests::ledger::Export;
use tests::patience::until;
use tests::receiver::{Manner, Receiver};

fn answers(status: u16, headers: &str, body: &str) -> Manner {
    Manner::Answers(status, headers.into(), body.into())
}

#[test]
fn answer_that_is_no_yes_is_written_down_and_the_event_comes_again() {
    let server = start();
    let api = server.api();
    let (receiver, elsewhere) = (Receiver::start(), Receiver::start());
    let endpoint = Endpoint::register(&api, &receiver.url);
    let long = format!("{}\u{7}\n{}", "نفدت الذاكرة ".repeat(10), "x".repeat(100_000));
    let location = format!("Location: {}\r\n", elsewhere.url);
    for (manner, outcome, status) in [
        (answers(500, "", &long), "refused", json!(500)),
        (answers(404, "Content-Encoding: gzip\r\n", "no gzip"), "refused", json!(404)),
        (answers(301, &location, ""), "redirected", json!(301)),
        (answers(302, &location, ""), "redirected", json!(302)),
        (answers(307, &location, ""), "redirected", json!(307)),
        (answers(308, &location, ""), "redirected", json!(308)),
        (answers(304, "", ""), "redirected", json!(304)),
        (Manner::HangsUp, "unreachable", Value::Null),
        (Manner::Babbles, "unreachable", Value::Null),
        (Manner::TalksOn, "delivered", json!(200)),
        (Manner::Takes, "delivered", json!(204)),
    ] {
        receiver.behaves(manner.clone());
        let told = api.post(&endpoint.path("/test"), &json!({})).expect(200);
        let attempt = &told["attempts"][0];
        assert_eq!((&attempt["outcome"], &attempt["status"]), (&json!(outcome), &status), "{manner:?}");
        assert_eq!(told["status"], if outcome == "delivered" { "delivered" } else { "failed" });
        let answer = attempt["answer"].as_str().unwrap();
        assert!(answer.chars().count() <= 200 && !answer.chars().any(char::is_control), "{answer}");
    }
    assert_eq!(elsewhere.got(), [], "nobody follows where a receiver points");
    assert_eq!(endpoint.read(&api)["status"], "active", "to try it out says nothing of its health");

    receiver.behaves(answers(503, "", "down for maintenance"));
    let card = Card::issue(&api, 1_000);
    let event = format!("ev_{}_1", card.id.strip_prefix("gc_").unwrap());
    let told = until(DELIVERY, "it has failed", || {
        endpoint.delivery(&api, &event).filter(|told| told["attempts"].as_array().unwrap().len() == 1)
    });
    assert_eq!((&told["status"], &told["attempts"][0]["answer"]), (&json!("waiting"), &json!("down for maintenance")));
    assert!(told["next_attempt_at"].as_str() > told["attempts"][0]["at"].as_str());
    receiver.behaves(Manner::Takes);
    let told = until(DELIVERY, "it comes again", || {
        endpoint.delivery(&api, &event).filter(|told| told["status"] == "delivered")
    });
    assert_eq!(told["attempts"].as_array().unwrap().len(), 2);
    assert_eq!(receiver.ids().iter().filter(|id| **id == event).count(), 2);
}

#[test]
fn event_that_one_receiver_cannot_digest_holds_no_other() {
    let server = start();
    let api = server.api();
    let known = settled(&api);
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    receiver.behaves(answers(500, "", "I cannot read this"));
    let card = Card::issue(&api, 1_000);
    until(DELIVERY, "it has failed", || (!receiver.got().is_empty()).then_some(()));
    receiver.behaves(Manner::Takes);
    (0..5).for_each(|_| drop(card.redeem(&api, 1).expect(201)));
    let told =
        until(DELIVERY, "all is in the book", || Some(events_after(&api, &known)).filter(|events| events.len() == 6));
    check_delivered(&receiver, &endpoint, &told);
    // The others have come before it came again.
    until(DELIVERY, "it comes again", || {
        endpoint.delivery(&api, &id(&told[0])).filter(|told| told["status"] == "delivered")
    });
    let last = receiver.ids().pop();
    assert_eq!(last, Some(id(&told[0])));
}

#[test]
fn fork_raises_an_alarm() {
    let mut server = start();
    let api = server.api();
    let receiver = Receiver::start();
    let wanted = json!({"url": receiver.url, "events": ["guard.alarm"]});
    let endpoint = Endpoint::of(&api.post("/v1/webhook-endpoints", &wanted).expect(201));
    let card = Card::issue(&api, 10_000);
    Export::with(&api, &card.id, 1);
    let older = while_down(&mut server, |state| Backup::take(state, CARDS));
    card.redeem(&api, 200).expect(201);
    Export::with(&api, &card.id, 2);
    while_down(&mut server, |_| older.put_back());
    card.redeem(&api, 300).expect(201);
    until(DELIVERY, "somebody is told", || (!receiver.got().is_empty()).then_some(()));
    let event = receiver.got()[0].event();
    assert_eq!((&event["type"], &event["data"]["alarm"]), (&json!("guard.alarm"), &json!("card_forked")));
    assert_eq!(event["data"]["gift_card"], card.id);
    check_delivered(&receiver, &endpoint, &[event]);
}

#[test]
fn broken_checkout_raises_an_alarm_also_while_the_book_is_down() {
    let mut server = start();
    let api = server.api();
    let receiver = Receiver::start();
    let wanted = json!({"url": receiver.url, "events": ["guard.alarm"]});
    api.post("/v1/webhook-endpoints", &wanted).expect(201);
    let (checkout, card) = (tests::checkout::Checkout::open(&api, 1_000), Card::issue(&api, 5_000));
    checkout.apply(&api, &card.code).expect(201);
    let older = while_down(&mut server, |state| Backup::take(state, tests::backup::CHECKOUTS));
    checkout.act(&api, "capture").expect(200);
    let book = tests::backup::Object::book(&server);
    let outage = while_down(&mut server, |state| {
        older.put_back();
        tests::backup::Outage::begin(state, &book)
    });
    assert_eq!(checkout.act(&api, "authorize").status, 409);
    until(DELIVERY, "it cannot tell", || {
        server.log().contains(&format!("is not told of {}", checkout.id)).then_some(())
    });
    while_down(&mut server, |_| outage.end());
    until(DELIVERY, "somebody is told", || (!receiver.got().is_empty()).then_some(()));
    let event = receiver.got()[0].event();
    assert_eq!((&event["data"]["alarm"], &event["data"]["checkout"]), (&json!("checkout_broken"), &json!(checkout.id)));
    assert!(server.folder().join(BOOK).exists());
}
