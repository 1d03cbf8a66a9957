//! The book: everything is in it once, it adds up, and whoever changes it is found.

use serde_json::json;
use shared::journal::{Account, Broken, ExportLine, Rule};
use std::time::Duration;
use tests::card::Card;
use tests::checkout::Checkout;
use tests::crowd::at_once;
use tests::ledger::{Export, total};
use tests::patience::until;
use tests::server::Server;

#[test]
fn export_holds_every_entry_once_and_an_auditor_finds_a_changed_byte() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    for amount in [100, 200, 300] {
        card.redeem(&api, amount).expect(201);
    }
    let export = Export::with(&api, &card.id, 4);
    let report = export.audit();
    assert_eq!(report.findings, []);
    assert_eq!(report.cards, 4, "the card, and the three that every server has");
    let place = export.0.iter().position(|line| line.contains("\"amount\":200,")).unwrap();
    let broken = |change: &dyn Fn(&mut Export)| {
        let mut changed = export.clone();
        change(&mut changed);
        changed.audit().findings
    };
    let findings = broken(&|export| export.0[place] = export.0[place].replace("\"amount\":200,", "\"amount\":201,"));
    assert_eq!((findings[0].rule, findings[0].entry.clone()), (Rule::Seal, Some((card.id.clone(), 3))));
    assert_eq!(findings[0].line, u64::try_from(place).unwrap() + 1);
    let findings = broken(&|export| drop(export.0.remove(place)));
    assert_eq!(
        findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(),
        [Rule::Order, Rule::History(Broken::Gap)]
    );
    assert_eq!(broken(&|export| drop(export.0.pop()))[0].rule, Rule::Complete);
    assert_eq!(broken(&|export| export.0[place] = "{}".into())[0].rule, Rule::Readable);
}

#[test]
fn whoever_reseals_a_changed_line_is_found_by_the_next() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    for amount in [100, 200, 300] {
        card.redeem(&api, amount).expect(201);
    }
    let mut export = Export::with(&api, &card.id, 4);
    let place = export.0.iter().position(|line| line.contains("\"amount\":200,")).unwrap();
    let ExportLine::Row(mut row) = serde_json::from_str(&export.0[place]).unwrap() else { panic!("no row") };
    row.line.at_ms += 1;
    row.hash = row.line.hash();
    export.0[place] = serde_json::to_string(&ExportLine::Row(row)).unwrap();
    let findings = export.audit().findings;
    assert_eq!((findings[0].rule, findings[0].entry.clone()), (Rule::History(Broken::Chain), Some((card.id, 4))));
}

#[test]
fn export_that_was_cut_off_goes_on_where_it_stopped() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 10_000);
    card.redeem(&api, 100).expect(201);
    let whole = Export::with(&api, &card.id, 2);
    let ExportLine::Begin { watermark } = serde_json::from_str(&whole.0[0]).unwrap() else { panic!("no beginning") };
    card.redeem(&api, 100).expect(201);
    Export::with(&api, &card.id, 3);
    let rest = api.get(&format!("/v1/ledger/export?cursor={watermark}.2"));
    let rest: Vec<String> = String::from_utf8(rest.body).unwrap().lines().map(Into::into).collect();
    assert_eq!(rest[0], whole.0[0], "the same watermark, although there are more entries now");
    assert_eq!(rest[1..], whole.0[3..]);
    for cursor in ["x", "1", "1.", ".1", "-1.0", "9007199254740992.0", "1.2.3"] {
        assert_eq!(
            api.get(&format!("/v1/ledger/export?cursor={cursor}")).problem(),
            (400, "cursor_invalid"),
            "{cursor}"
        );
    }
    assert_eq!(api.with_key(&server.ready.publishable_key).get("/v1/ledger/export").status, 403);
}

#[test]
fn totals_are_what_the_cards_say_after_a_storm() {
    let server = Server::start();
    let api = server.api();
    let cards: Vec<Card> = (0..4).map(|_| Card::issue(&api, 5_000)).collect();
    at_once(16, |place| {
        for turn in 0..10 {
            let card = &cards[(place + turn) % cards.len()];
            // The same key twice: one effect in the card, one line in the book.
            let key = format!("storm-{place:08}-{turn:08}");
            let answers = [0, 1].map(|_| api.post_once("/v1/redemptions", &card.redemption(7), &key));
            assert!(answers.iter().all(|answer| answer.status == 201));
        }
    });
    let checkout = Checkout::open(&api, 2_500);
    for card in &cards[..2] {
        checkout.apply(&api, &card.code).expect(201);
    }
    checkout.act(&api, "authorize").expect(200);
    checkout.act_with(&api, "capture", &json!({"amount": 1_000})).expect(200);
    checkout.refund(&api, 400).expect(201);
    let available: u64 = cards.iter().map(|card| card.counters(&api).0).sum();
    // The three cards that every server has were issued with 390.00 in all.
    let wanted = i64::try_from(available + 39_000).unwrap();
    until(Duration::from_secs(20), "the totals have caught up", || (total(&api, "available") == wanted).then_some(()));
    assert_eq!(total(&api, "issued"), -(20_000 + 39_000));
    assert_eq!(total(&api, "redeemed"), 160 * 7 + 1_000);
    assert_eq!((total(&api, "refunded"), total(&api, "held")), (-400, 0));
    assert_eq!(Export::read(&api).audit().findings, []);
    assert_eq!(api.get("/v1/reports/summary?from=2020-01-01&to=2020-12-31").expect(200)["data"], json!([]));
    assert_eq!(api.get("/v1/reports/summary?from=yesterday").problem(), (422, "field_invalid"));
}

#[test]
fn extended_hold_outlives_its_first_deadline() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 1_000);
    let checkout = Checkout::open(&api, 1_000);
    checkout.apply(&api, &card.code).expect(201);
    let first = checkout.act_with(&api, "authorize", &json!({"hold_seconds": 10})).expect(200);
    let extended = api.post(&checkout.path("/extend"), &json!({"hold_seconds": 600})).expect(200);
    assert!(extended["hold_expires_at"].as_str() > first["hold_expires_at"].as_str());
    let deadline = shared::time::read(first["hold_expires_at"].as_str().unwrap()).unwrap();
    // The server's own clock, as a new checkout tells it.
    let now = || shared::time::read(Checkout::open(&api, 1).read(&api)["created_at"].as_str().unwrap()).unwrap();
    until(Duration::from_secs(20), "the first deadline is over", || (now() > deadline + 1_000).then_some(()));
    assert_eq!(checkout.read(&api)["status"], "authorized");
    assert_eq!(checkout.act(&api, "capture").expect(200)["captured"], 1_000);
    assert_eq!(api.post(&checkout.path("/extend"), &json!({})).problem(), (409, "already_captured"));
    let open = Checkout::open(&api, 1);
    assert_eq!(api.post(&open.path("/extend"), &json!({})).problem(), (409, "checkout_not_authorized"));
    assert_eq!(api.post(&open.path("/extend"), &json!({"hold_seconds": 604_801})).problem(), (422, "field_invalid"));
}

#[test]
fn cursor_beyond_the_book_is_refused() {
    let server = Server::start();
    let api = server.api();
    let card = Card::issue(&api, 100);
    Export::with(&api, &card.id, 1);
    for cursor in ["1000.1", "1.2", "9007199254740991.0", "1", "x.y"] {
        assert_eq!(
            api.get(&format!("/v1/ledger/export?cursor={cursor}")).problem(),
            (400, "cursor_invalid"),
            "{cursor}"
        );
    }
}

#[test]
fn report_adds_up_beyond_what_a_number_of_a_browser_holds() {
    let server = Server::start();
    let api = server.api();
    let cards = [0; 3].map(|_| Card::issue(&api, 9_007_199_254_740_991));
    cards.iter().for_each(|card| drop(Export::with(&api, &card.id, 1)));
    // A server starts with a few cards of its own, whose entries may still be on their way.
    until(Duration::from_secs(20), "the report is what the book adds up to", || {
        let balances = Export::read(&api).audit().balances;
        let available: i128 =
            balances.iter().filter(|((_, account), _)| *account == Account::Available).map(|(_, amount)| amount).sum();
        let told = i128::from(total(&api, "available"));
        (told == available && told >= 3 * 9_007_199_254_740_991).then_some(())
    });
}
