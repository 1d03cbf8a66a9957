//! Webhooks: what happens is told to whoever registered for it, signed, in order, at least once and under one id, whatever receivers and servers do.

mod addresses;
mod faults;
mod outages;
mod samples;
mod secrets;

use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::time::Duration;
use tests::api::{Api, fresh_key};
use tests::card::Card;
use tests::checkout::Checkout;
use tests::patience::until;
use tests::receiver::{Receiver, verified};
use tests::server::Server;

/// Longer than anything takes from a sale to its delivery, on a machine that does other things as well.
const DELIVERY: Duration = Duration::from_secs(30);

/// An endpoint that a test has registered.
struct Endpoint {
    id: String,
    secret: String,
}

impl Endpoint {
    /// Registers a receiver for everything.
    #[track_caller]
    fn register(api: &Api, url: &str) -> Self {
        Self::of(&api.post("/v1/webhook-endpoints", &json!({"url": url})).expect(201))
    }

    fn of(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap().to_owned();
        Self { id: text("id"), secret: text("secret") }
    }

    fn path(&self, below: &str) -> String {
        format!("/v1/webhook-endpoints/{}{below}", self.id)
    }

    #[track_caller]
    fn read(&self, api: &Api) -> Value {
        api.get(&self.path("")).expect(200)
    }

    /// The newest deliveries, the newest first.
    #[track_caller]
    fn deliveries(&self, api: &Api) -> Vec<Value> {
        api.get(&self.path("/deliveries")).expect(200)["data"].as_array().unwrap().clone()
    }

    /// The delivery of an event, once it is there.
    #[track_caller]
    fn delivery(&self, api: &Api, event: &str) -> Option<Value> {
        self.deliveries(api).into_iter().find(|delivery| delivery["id"] == event)
    }

    /// Waits until it stands like that.
    #[track_caller]
    fn wait_until_is(&self, api: &Api, status: &str) {
        until(DELIVERY, status, || (self.read(api)["status"] == status).then_some(()));
    }
}

/// Every event, page by page.
fn events(api: &Api) -> Vec<Value> {
    let (mut events, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = api.get(&format!("/v1/events{cursor}")).expect(200);
        let data = page["data"].as_array().unwrap();
        if data.is_empty() {
            return events;
        }
        events.extend(data.iter().cloned());
        cursor = format!("?cursor={}", page["next_cursor"].as_str().unwrap());
    }
}

/// Events without those of the cards that every server has.
fn events_after(api: &Api, known: &[Value]) -> Vec<Value> {
    events(api).into_iter().filter(|event| !known.contains(event)).collect()
}

/// A server whose first cards are in the book, so that no endpoint hears of them.
fn start() -> Server {
    let server = Server::start();
    settled(&server.api());
    server
}

/// Waits until the cards that every server has are in the book, and returns their events.
#[track_caller]
fn settled(api: &Api) -> Vec<Value> {
    until(DELIVERY, "the book has the first cards", || Some(events(api)).filter(|events| events.len() == 3))
}

fn id(event: &Value) -> String {
    event["id"].as_str().unwrap().to_owned()
}

/// Waits until a receiver has had each of these events, and checks that each is what is listed, however often it came.
#[track_caller]
fn check_delivered(receiver: &Receiver, endpoint: &Endpoint, events: &[Value]) {
    let wanted: BTreeSet<String> = events.iter().map(id).collect();
    until(DELIVERY, "every event is delivered", || {
        wanted.is_subset(&receiver.ids().into_iter().collect()).then_some(())
    });
    let got = receiver.got();
    for delivery in got.iter().filter(|delivery| wanted.contains(delivery.id())) {
        assert!(events.contains(&delivery.event()), "{}", delivery.body);
        assert_eq!(id(&delivery.event()), delivery.id());
    }
    assert!(verified(&[&endpoint.secret], &got).iter().all(|secrets| secrets == &[true]), "every signature is right");
}

#[test]
fn every_step_is_one_event_that_is_listed_and_delivered() {
    let server = start();
    let api = server.api();
    let known = settled(&api);
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    let card = Card::issue_as(&api, &json!({"amount": 10_000, "currency": "SAR", "active": false, "campaign": "eid"}));
    api.post(&card.path("/activate"), &json!({"reason": "sold to Sara"})).expect(200);
    let redemption = card.redeem(&api, 1_000).expect(201);
    let refunds = format!("/v1/redemptions/{}/refunds", redemption["id"].as_str().unwrap());
    api.post(&refunds, &json!({"amount": 400})).expect(201);
    for act in ["/freeze", "/unfreeze"] {
        api.post(&card.path(act), &json!({})).expect(200);
    }
    let [captured, voided] = [(); 2].map(|()| {
        let checkout = Checkout::open(&api, 5_000);
        checkout.apply(&api, &card.code).expect(201);
        checkout.act(&api, "authorize").expect(200);
        checkout
    });
    captured.act_with(&api, "capture", &json!({"amount": 2_000})).expect(200);
    voided.void(&api).expect(200);
    captured.refund(&api, 500).expect(201);

    let told = until(DELIVERY, "every event is listed", || {
        Some(events_after(&api, &known)).filter(|events| events.len() == 12)
    });
    let of = |subject: &str, id: &str| -> Vec<String> {
        let of = told.iter().filter(|event| event["data"][subject] == id);
        of.map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(
        of("gift_card", &card.id),
        [
            "gift_card.issued",
            "gift_card.activated",
            "redemption.captured",
            "redemption.refunded",
            "gift_card.frozen",
            "gift_card.unfrozen",
            "redemption.captured",
            "redemption.refunded",
        ]
    );
    // Of the order: its own two, and those of what it took of the card.
    assert_eq!(of("checkout", &voided.id), ["checkout.authorized", "checkout.voided"]);
    let of_captured: BTreeSet<String> = of("checkout", &captured.id).into_iter().collect();
    let all = ["checkout.authorized", "checkout.captured", "redemption.captured", "redemption.refunded"];
    assert_eq!(of_captured, all.map(String::from).into());
    let spent = told.iter().find(|event| event["data"]["redemption"] == redemption["id"]).unwrap();
    assert_eq!(spent["data"]["message"]["en"], "SAR 10.00 was spent from your gift card. SAR 90.00 is left on it.");
    assert_eq!((&spent["data"]["amount"], &spent["data"]["available"]), (&json!(1_000), &json!(9_000)));

    check_delivered(&receiver, &endpoint, &told);
    assert_eq!(receiver.got().len(), 12, "and each once");
    let bodies: String = receiver.got().into_iter().map(|delivery| delivery.body).collect();
    assert!(!bodies.contains(&card.code) && !bodies.contains("Sara"));
    let listed = api.get("/v1/events").body;
    let listed = String::from_utf8(listed).unwrap();
    assert!(receiver.got().iter().all(|delivery| listed.contains(&delivery.body)), "the same bytes are listed");
}

#[test]
fn endpoint_hears_only_of_what_it_asks_for_and_of_what_came_after_it() {
    let server = start();
    let api = server.api();
    let early = Card::issue(&api, 1_000);
    until(DELIVERY, "the book has it", || {
        events(&api).iter().any(|event| event["data"]["gift_card"] == early.id).then_some(())
    });
    let [all, frozen] = [Receiver::start(), Receiver::start()];
    Endpoint::register(&api, &all.url);
    let wanted = json!({"url": frozen.url, "events": ["gift_card.frozen", "guard.alarm"]});
    api.post("/v1/webhook-endpoints", &wanted).expect(201);
    let late = Card::issue(&api, 1_000);
    api.post(&late.path("/freeze"), &json!({})).expect(200);
    until(DELIVERY, "both are told", || (all.got().len() == 2 && frozen.got().len() == 1).then_some(()));
    assert_eq!(frozen.got()[0].event()["type"], "gift_card.frozen");
    assert!(all.got().iter().all(|delivery| delivery.event()["data"]["gift_card"] == late.id));
}

#[test]
fn endpoint_that_is_removed_hears_nothing_more() {
    let server = start();
    let api = server.api();
    let [gone, other] = [Receiver::start(), Receiver::start()];
    let endpoint = Endpoint::register(&api, &gone.url);
    let second = Endpoint::register(&api, &other.url);
    Card::issue(&api, 1_000);
    until(DELIVERY, "both hear", || (gone.got().len() + other.got().len() >= 2).then_some(()));
    assert_eq!(api.delete(&endpoint.path("")).expect(200)["status"], "deleted");
    for answer in [api.delete(&endpoint.path("")), api.get(&endpoint.path("")), api.get(&endpoint.path("/deliveries"))]
    {
        assert_eq!(answer.problem(), (404, "not_found"));
    }
    let heard = gone.got().len();
    let card = Card::issue(&api, 1_000);
    until(DELIVERY, "the other hears", || {
        other.got().iter().any(|delivery| delivery.event()["data"]["gift_card"] == card.id).then_some(())
    });
    assert_eq!(gone.got().len(), heard);
    let listed = api.get("/v1/webhook-endpoints").expect(200);
    let ids: Vec<&Value> = listed["data"].as_array().unwrap().iter().map(|endpoint| &endpoint["id"]).collect();
    assert_eq!(ids, [&json!(second.id)]);
}

#[test]
fn receiver_is_tried_out_at_once_and_once_for_a_key() {
    let server = start();
    let api = server.api();
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    let key = fresh_key();
    let test = || api.post_once(&endpoint.path("/test"), &json!({}), &key);
    let told = test().expect(200);
    assert_eq!((told["type"].as_str(), told["status"].as_str()), (Some("webhook.test"), Some("delivered")));
    assert_eq!((&told["attempts"][0]["outcome"], &told["attempts"][0]["status"]), (&json!("delivered"), &json!(204)));
    let again = test();
    assert!(again.is_replayed() && again.json == told);
    assert_eq!(receiver.got().len(), 1);
    assert_eq!(verified(&[&endpoint.secret], &receiver.got()), [[true]]);
    assert_eq!(receiver.got()[0].event()["data"]["endpoint"], endpoint.id);
}

#[test]
fn event_is_sent_again_on_request_once_for_a_key() {
    let server = start();
    let api = server.api();
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    Card::issue(&api, 1_000);
    until(DELIVERY, "it hears", || (!receiver.got().is_empty()).then_some(()));
    let event = receiver.ids().remove(0);
    until(DELIVERY, "it is noted", || endpoint.delivery(&api, &event).filter(|told| told["status"] == "delivered"));
    let key = fresh_key();
    let path = endpoint.path(&format!("/deliveries/{event}/redeliver"));
    let redeliver = || api.post_once(&path, &json!({}), &key);
    let told = redeliver().expect(200);
    assert_eq!((told["status"].as_str(), told["attempts"].as_array().unwrap().len()), (Some("delivered"), 2));
    let again = redeliver();
    assert!(again.is_replayed() && again.json == told);
    let got: Vec<_> = receiver.got().into_iter().filter(|delivery| delivery.id() == event).collect();
    assert_eq!((got.len(), &got[0].body), (2, &got[1].body));
    let unknown = endpoint.path("/deliveries/ev_unknown_1/redeliver");
    assert_eq!(api.post(&unknown, &json!({})).problem(), (404, "not_found"));
}

#[test]
fn endpoint_is_registered_once_for_a_key_and_there_are_ten_at_the_most() {
    let server = start();
    let api = server.api();
    let key = fresh_key();
    let register = |url: &str| api.post_once("/v1/webhook-endpoints", &json!({"url": url}), &key);
    let told = register("https://shop.example/hook");
    let again = register("https://shop.example/hook");
    assert!(again.is_replayed() && again.json == told.json && told.status == 201);
    assert!(told.json["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(register("https://shop.example/other").problem(), (422, "idempotency_key_reused"));
    for _ in 1..10 {
        Endpoint::register(&api, "https://shop.example/hook");
    }
    let eleventh = api.post("/v1/webhook-endpoints", &json!({"url": "https://shop.example/hook"}));
    assert_eq!(eleventh.problem(), (409, "limit_exceeded"));
    let listed = api.get("/v1/webhook-endpoints").expect(200);
    assert_eq!(listed["data"].as_array().unwrap().len(), 10);
    assert!(!listed.to_string().contains("whsec_"), "a secret is told where it is made, and nowhere else");
}

#[test]
fn page_of_events_goes_on_where_it_ended_for_ever() {
    let server = start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    (0..120).for_each(|_| drop(card.redeem(&api, 1).expect(201)));
    let all = until(DELIVERY, "every event is listed", || Some(events(&api)).filter(|events| events.len() == 124));
    let seqs: Vec<String> = all.iter().filter(|event| event["data"]["gift_card"] == card.id).map(id).collect();
    let bare = card.id.strip_prefix("gc_").unwrap();
    assert_eq!(seqs, (1..=121).map(|seq| format!("ev_{bare}_{seq}")).collect::<Vec<_>>());
    let first = api.get("/v1/events").expect(200);
    assert_eq!(first["data"].as_array().unwrap()[..], all[..100]);
    let last = api.get(&format!("/v1/events?cursor={}", first["next_cursor"].as_str().unwrap())).expect(200);
    let end = last["next_cursor"].as_str().unwrap();
    let nothing = api.get(&format!("/v1/events?cursor={end}")).expect(200);
    assert_eq!((&nothing["data"], nothing["next_cursor"].as_str()), (&json!([]), Some(end)));
    card.redeem(&api, 1).expect(201);
    until(DELIVERY, "the same cursor finds what is new", || {
        let news = api.get(&format!("/v1/events?cursor={end}")).expect(200);
        (news["data"].as_array().unwrap().len() == 1).then_some(())
    });
    for bad in ["x", "1", "1.2.3", "-1.0", "9007199254740992.0", "1.0&limit=5"] {
        assert_eq!(api.get(&format!("/v1/events?cursor={bad}")).problem(), (400, "cursor_invalid"), "{bad}");
    }
}
