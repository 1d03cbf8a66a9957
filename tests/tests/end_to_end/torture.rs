//! Buyers share cards while the server is killed again and again. At the end the book is held against what they were told.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tests::api::Api;
use tests::buyer::{Buyer, Told};
use tests::card::Card;
use tests::dice::Dice;
use tests::ledger::Export;
use tests::patience::until;
use tests::server::Server;

/// How often the server is killed.
const KILLS: u64 = 50;

/// How many operations must have been done at the least.
const OPERATIONS: u64 = 5_000;

const BUYERS: u64 = 6;
const CARDS: usize = 8;

/// Sends the buyers home, also when a test fails in the middle: it would wait for them for ever.
struct ClosingTime<'a>(&'a AtomicBool);

impl Drop for ClosingTime<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Lets buyers act while the server is killed and restarted, and returns what they were told, and the seconds it took.
fn torture(server: &mut Server, api: &Api, cards: &[Card]) -> (Vec<Told>, f32) {
    let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let started = Instant::now();
    let told = std::thread::scope(|scope| {
        let buy = |number| {
            let (stop, done) = (&stop, &done);
            scope.spawn(move || {
                let mut buyer = Buyer::new(api, cards, number);
                while !stop.load(Ordering::Relaxed) {
                    let before = buyer.told.operations;
                    buyer.act();
                    done.fetch_add(buyer.told.operations - before, Ordering::Relaxed);
                }
                buyer.told
            })
        };
        let buyers: Vec<_> = (1..=BUYERS).map(buy).collect();
        let closing_time = ClosingTime(&stop);
        let mut dice = Dice::new(50);
        for _ in 0..KILLS {
            // At no moment of its own choosing: after so many operations, give or take.
            let next = done.load(Ordering::Relaxed) + dice.roll(20..=OPERATIONS / KILLS);
            until(Duration::from_secs(60), "buyers go on", || (done.load(Ordering::Relaxed) >= next).then_some(()));
            server.kill();
            server.restart();
        }
        until(Duration::from_secs(120), "enough was done", || {
            (done.load(Ordering::Relaxed) >= OPERATIONS).then_some(())
        });
        drop(closing_time);
        buyers.into_iter().map(|buyer| buyer.join().unwrap()).collect()
    });
    (told, started.elapsed().as_secs_f32())
}

/// The newest book, once every card is in it to its last entry and holds nothing any more.
fn settled_book(api: &Api, cards: &[Card]) -> Export {
    until(Duration::from_secs(60), "every hold is settled and in the book", || {
        let export = Export::read(api);
        let lines = export.lines();
        let is_settled = |card: &Card| {
            let newest = lines.iter().rfind(|line| line.card == card.id);
            newest.is_some_and(|line| {
                (line.available.minor(), line.held.minor()) == card.counters(api) && line.held.is_zero()
            })
        };
        cards.iter().all(is_settled).then_some(export)
    })
}

#[test]
fn fifty_kills_lose_nothing_double_nothing_and_strand_nothing() {
    let mut server = Server::start();
    let api = server.api();
    let cards: Vec<Card> = (0..CARDS).map(|_| Card::issue(&api, 2_000_000)).collect();
    let (told, seconds) = torture(&mut server, &api, &cards);
    let export = settled_book(&api, &cards);

    let report = export.audit();
    assert_eq!((report.findings, report.unfinished), (vec![], 0));
    let operations: u64 = told.iter().map(|told| told.operations).sum();
    let retries: u64 = told.iter().map(|told| told.retries).sum();
    println!(
        "{KILLS} kills, {operations} operations, {retries} sent again, {} entries, {seconds:.0} s",
        report.entries
    );
    assert!(operations >= OPERATIONS);
    compare_redemptions(&export, &told);
    compare_checkouts(&api, &export, &told);
    compare_abandoned(&api, &export, &told);
}

/// Every redemption and refund that a buyer was told of is in the book once, and no other.
fn compare_redemptions(export: &Export, told: &[Told]) {
    let lines = export.lines();
    let in_book: BTreeMap<String, u64> = lines
        .iter()
        .filter(|line| line.action == "redeem")
        .map(|line| (format!("rd_{}_{}", line.card.strip_prefix("gc_").unwrap(), line.seq), line.amount.minor()))
        .collect();
    let by_buyers: BTreeMap<String, u64> = told.iter().flat_map(|told| told.redeemed.iter().cloned()).collect();
    assert_eq!(in_book, by_buyers);
    let is_redemption = |claim: &Option<String>| claim.as_deref().is_some_and(|claim| claim.starts_with("rd."));
    let in_book: BTreeMap<String, u64> = lines
        .iter()
        .filter(|line| line.action == "refund" && is_redemption(&line.claim))
        .map(|line| (line.detail.refund.clone().unwrap(), line.amount.minor()))
        .collect();
    let by_buyers: BTreeMap<String, u64> = told.iter().flat_map(|told| told.refunded.iter().cloned()).collect();
    assert_eq!(in_book, by_buyers);
}

/// Every captured checkout took what its buyer was told, over all of its legs; a voided one took nothing.
fn compare_checkouts(api: &Api, export: &Export, told: &[Told]) {
    let mut taken: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for line in export.lines() {
        let Some((checkout, _)) =
            line.claim.as_deref().filter(|claim| claim.starts_with("co_")).and_then(|claim| claim.split_once('.'))
        else {
            continue;
        };
        let (captured, refunded) = taken.entry(checkout.into()).or_default();
        match line.action.as_str() {
            "commit" => *captured += line.amount.minor(),
            "refund" => *refunded += line.amount.minor(),
            _ => {}
        }
    }
    let captured: Vec<_> = told.iter().flat_map(|told| told.captured.iter().cloned()).collect();
    for (id, amount, refunded) in &captured {
        assert_eq!(taken.get(id).copied().unwrap_or_default(), (*amount, *refunded), "{id}");
        let checkout: Value = api.get(&format!("/v1/checkouts/{id}")).expect(200);
        assert_eq!((checkout["status"].as_str(), checkout["captured"].as_u64()), (Some("captured"), Some(*amount)));
    }
    let known: BTreeSet<&String> = captured.iter().map(|(id, _, _)| id).collect();
    let others = taken.iter().filter(|(id, _)| !known.contains(id));
    assert_eq!(
        others.filter(|(_, sums)| **sums != (0, 0)).count(),
        0,
        "a checkout that nobody captured took something"
    );
    assert!(told.iter().any(|told| !told.voided.is_empty()) && !captured.is_empty());
}

/// Every checkout that its buyer walked away from has ended by itself: whatever was held for it was let go, and nothing was taken.
fn compare_abandoned(api: &Api, export: &Export, told: &[Told]) {
    let lines = export.lines();
    let count = |checkout: &str, action: &str| {
        let claims = lines.iter().filter(|line| line.action == action).filter_map(|line| line.claim.as_deref());
        claims.filter(|claim| claim.split_once('.').is_some_and(|(id, _)| id == checkout)).count()
    };
    let abandoned: Vec<&String> = told.iter().flat_map(|told| &told.abandoned).collect();
    let mut held = 0;
    for id in &abandoned {
        until(Duration::from_secs(60), "an abandoned checkout expires", || {
            (api.get(&format!("/v1/checkouts/{id}")).expect(200)["status"] == "expired").then_some(())
        });
        let [holds, releases, commits] = ["hold", "release", "commit"].map(|action| count(id, action));
        // Holds of an attempt that a kill cut short are let go as well, some of them before they came.
        assert!(holds <= releases && commits == 0, "{id}: {holds} holds, {releases} releases, {commits} commits");
        held += holds;
    }
    println!("{} orders abandoned, {held} holds that ended by themselves", abandoned.len());
    assert!(held > 0);
}
