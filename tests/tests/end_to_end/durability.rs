//! What was acknowledged survives `kill -9`; what was not has happened once or not at all.

use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;
use tests::api::{Answer, Api};
use tests::card::{Card, fold};
use tests::checkout::Checkout;
use tests::dice::Dice;
use tests::patience::until;
use tests::server::Server;

/// One redemption of many: its key, its amount, and its answer if there was one.
struct Asked {
    key: String,
    body: Value,
    answer: Option<Answer>,
}

/// Redeems a thousand times from four threads and kills the server in the middle.
fn redeem_until_killed(server: &mut Server, api: &Api, card: &Card) -> Vec<Asked> {
    const REDEMPTIONS: usize = 1_000;
    let mut dice = Dice::new(2);
    let requests: Vec<(String, Value)> =
        (0..REDEMPTIONS).map(|place| (format!("durability-{place:08}"), card.redemption(dice.roll(1..=9)))).collect();
    let next = AtomicUsize::new(0);
    let (acknowledged, told) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (acknowledged, next, requests) = (acknowledged.clone(), &next, &requests);
            scope.spawn(move || {
                while let Some((key, body)) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let answer = api.try_post("/v1/redemptions", body, key).ok();
                    acknowledged.send(Asked { key: key.clone(), body: body.clone(), answer }).unwrap();
                }
            });
        }
        drop(acknowledged);
        let mut asked = Vec::new();
        while let Ok(one) = told.recv_timeout(Duration::from_secs(30)) {
            asked.push(one);
            if asked.len() == REDEMPTIONS / 2 {
                server.kill();
            }
        }
        asked
    })
}

#[test]
fn acknowledged_redemptions_survive_a_kill_and_the_others_happen_once() {
    const ISSUED: u64 = 100_000;
    let mut server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, ISSUED);
    let asked = redeem_until_killed(&mut server, &api, &card);
    let (known, unknown): (Vec<&Asked>, Vec<&Asked>) = asked.iter().partition(|one| one.answer.is_some());
    assert_eq!(asked.len(), 1_000);
    assert!(known.len() >= 500 && !unknown.is_empty(), "{} were acknowledged", known.len());

    server.restart();
    let entries = card.entries(&api);
    let (available, held) = fold(&entries);
    let redeemed: u64 = entries.iter().skip(1).map(|entry| entry["amount"].as_u64().unwrap()).sum();
    assert_eq!((available, held), (ISSUED - redeemed, 0));
    assert_eq!(card.counters(&api), (available, held));
    assert!(entries.len() > known.len(), "the issue and every acknowledged redemption");
    for one in &known {
        let answer = &one.answer.as_ref().unwrap().json;
        let path = format!("/v1/redemptions/{}", answer["id"].as_str().unwrap());
        assert_eq!(&api.get(&path).expect(200), answer);
    }

    // Asked again, each of the others happens now, or says that it has happened: never twice.
    let replayed = unknown.iter().map(|one| api.post_once("/v1/redemptions", &one.body, &one.key));
    let replayed: Vec<Answer> = replayed.collect();
    assert!(replayed.iter().all(|answer| answer.status == 201));
    assert_eq!(replayed.iter().filter(|answer| answer.is_replayed()).count(), entries.len() - 1 - known.len());
    let entries = card.entries(&api);
    let wanted: u64 = asked.iter().map(|one| one.body["amount"].as_u64().unwrap()).sum();
    assert_eq!((entries.len(), fold(&entries)), (1_001, (ISSUED - wanted, 0)));
    assert_eq!(card.counters(&api), (ISSUED - wanted, 0));
}

#[test]
fn authorized_and_captured_checkouts_survive_a_kill() {
    let mut server = Server::start();
    let api = server.api();
    let cards = [Card::issue(&api, 3_000), Card::issue(&api, 10_000)];
    let checkout = Checkout::open(&api, 5_000);
    for card in &cards {
        checkout.apply(&api, &card.code).expect(201);
    }
    let authorized = api.post_once(&checkout.path("/authorize"), &checkout.order, "durable-authorize");
    let authorized = authorized.expect(200);

    server.kill();
    server.restart();
    assert_eq!(checkout.read(&api), authorized);
    assert_eq!(cards.each_ref().map(|card| card.counters(&api)), [(0, 3_000), (8_000, 2_000)]);
    let again = api.post_once(&checkout.path("/authorize"), &checkout.order, "durable-authorize");
    assert!(again.is_replayed() && again.json == authorized, "a lost answer is given again");
    let captured = api.post_once(&checkout.path("/capture"), &checkout.order, "durable-capture-1").expect(200);
    assert_eq!((&captured["status"], &captured["captured"]), (&json!("captured"), &json!(5_000)));

    server.kill();
    server.restart();
    assert_eq!(checkout.read(&api), captured);
    let again = api.post_once(&checkout.path("/capture"), &checkout.order, "durable-capture-1");
    assert!(again.is_replayed() && again.json == captured);
    assert_eq!(cards.each_ref().map(|card| card.counters(&api)), [(0, 0), (8_000, 0)]);
    assert_eq!(checkout.refund(&api, 4_000).expect(201)["refunded"], 4_000);

    server.kill();
    server.restart();
    assert_eq!(checkout.read(&api)["refunded"], 4_000);
    assert_eq!(cards.each_ref().map(|card| fold(&card.entries(&api))), [(2_000, 0), (10_000, 0)]);
    assert_eq!(checkout.refund(&api, 1_001).problem(), (409, "exceeds_refundable"));
}

/// Two cards whose whole value an order takes.
fn order_of_two_cards(api: &Api) -> (Checkout, [Card; 2]) {
    let cards = [Card::issue(api, 1_000), Card::issue(api, 2_000)];
    let checkout = Checkout::open(api, 3_000);
    for card in &cards {
        checkout.apply(api, &card.code).expect(201);
    }
    (checkout, cards)
}

/// Whether a checkout and its cards say the same: both legs, or none.
fn is_settled(api: &Api, (checkout, cards): &(Checkout, [Card; 2])) -> Option<&'static str> {
    let status = checkout.read(api)["status"].as_str().unwrap().to_owned();
    let counters = cards.each_ref().map(|card| card.counters(api));
    [("open", [(1_000, 0), (2_000, 0)]), ("authorized", [(0, 1_000), (0, 2_000)]), ("captured", [(0, 0), (0, 0)])]
        .into_iter()
        .find_map(|(name, expected)| (status == name && counters == expected).then_some(name))
}

/// Authorizes the even orders and captures the odd ones from four threads, kills the server in the middle, and returns which were answered.
fn settle_until_killed(server: &mut Server, send: impl Fn(usize) -> Option<Answer> + Sync, count: usize) -> Vec<bool> {
    let mut known = vec![false; count];
    let (answered, told) = mpsc::channel();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (answered, send) = (answered.clone(), &send);
            scope.spawn(move || {
                for place in (thread..count).step_by(4) {
                    answered.send((place, send(place))).unwrap();
                }
            });
        }
        drop(answered);
        let mut answers = 0;
        while let Ok((place, answer)) = told.recv_timeout(Duration::from_secs(30)) {
            known[place] = answer.map(|answer| answer.expect(200)).is_some();
            answers += 1;
            if answers == count / 2 {
                server.kill();
            }
        }
    });
    known
}

#[test]
fn orders_cut_short_by_a_kill_keep_both_legs_or_none_and_are_finished_by_a_retry() {
    const ORDERS: usize = 40;
    let mut server = Server::start();
    let api = server.api();
    let orders: Vec<(Checkout, [Card; 2])> = (0..ORDERS).map(|_| order_of_two_cards(&api)).collect();
    let wanted =
        |place: usize| if place.is_multiple_of(2) { ("/authorize", "authorized") } else { ("/capture", "captured") };
    let send = |place: usize| {
        let checkout = &orders[place].0;
        api.try_post(&checkout.path(wanted(place).0), &checkout.order, &format!("cut-short-{place:08}")).ok()
    };
    let known = settle_until_killed(&mut server, send, ORDERS);
    assert!(known.contains(&true) && known.contains(&false));

    server.restart();
    for (place, order) in orders.iter().enumerate() {
        // An attempt that the kill cut off is given up by the alarm; the rest is as it was told.
        let status = until(Duration::from_secs(25), "the order is settled", || is_settled(&api, order));
        assert!(!known[place] || status == wanted(place).1, "{status}");
    }
    for (place, order) in orders.iter().enumerate() {
        assert_eq!(send(place).unwrap().expect(200)["status"], wanted(place).1, "its key is not burnt");
        assert_eq!(is_settled(&api, order), Some(wanted(place).1));
        for card in &order.1 {
            let counters = card.counters(&api);
            assert_eq!(fold(&card.entries(&api)), counters);
        }
    }
}
