//! The exact text of every call and of what answers it: an object of the version before must be able to read it.

use super::*;
use crate::card::Successor;
use crate::checkout::Verdict;
use crate::journal::{GENESIS, Received};
use crate::wire::card_act::CardAct;
use crate::wire::row::Detail;
use core::fmt::Debug;
use serde::de::DeserializeOwned;

/// Each value as its text, and back.
fn check<T: Serialize + DeserializeOwned + PartialEq + Debug, const N: usize>(table: [(T, &str); N]) {
    for (value, text) in table {
        assert_eq!(serde_json::to_string(&value).unwrap(), text);
        assert_eq!(serde_json::from_str::<T>(text).unwrap(), value);
    }
}

fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

fn sar() -> Currency {
    Currency::parse("SAR").unwrap()
}

fn once() -> Once {
    Once { key: "k".into(), fingerprint: "f".into() }
}

fn note() -> Note {
    Note { reason: Some("r".into()), ..Note::default() }
}

fn order() -> Order {
    Order { total: amount(900), eligible_total: amount(800), currency: sar(), reference: "order-1".into() }
}

fn new_checkout() -> NewCheckout {
    NewCheckout { order: order(), origin: Some("https://shop.example".into()), location: None, expires_at_ms: 9 }
}

#[test]
fn card_call_format_unchanged() {
    let call = CardCall { scope: "test/noor".into(), card: "gc_1".into(), order: CardOrder::Read };
    check([(call, r#"{"scope":"test/noor","card":"gc_1","order":"read"}"#)]);
    let issue = CardOrder::Issue {
        last4: "D5VV".into(),
        amount: amount(100),
        facts: Box::new(Facts::plain(sar(), Kind::PaidGift, 7)),
        note: Note::default(),
        sealed: None,
        once: once(),
    };
    let redeem = |amount| CardOrder::Redeem {
        key_id: 7,
        amount,
        currency: sar(),
        spend: Spend::default(),
        note: Note::default(),
        once: once(),
    };
    let refund =
        CardOrder::RefundRedemption { seq: 2, refund: "rf_1".into(), amount: amount(100), note: note(), once: once() };
    check([
        (
            issue,
            r#"{"issue":{"last4":"D5VV","amount":100,"facts":{"currency":"SAR","kind":"paid_gift","key_id":7,"active":true},"note":{},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (CardOrder::Read, r#""read""#),
        (CardOrder::Imported { old: "old_1".into() }, r#"{"imported":{"old":"old_1"}}"#),
        (
            CardOrder::Again { once: Once { key: "k".into(), fingerprint: "f".into() } },
            r#"{"again":{"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (CardOrder::Entries { after: 3, limit: 20 }, r#"{"entries":{"after":3,"limit":20}}"#),
        (
            CardOrder::Act { act: CardAct::Activate, note: note(), sealed: None, once: once() },
            r#"{"act":{"act":"activate","note":{"reason":"r"},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (
            CardOrder::Act { act: CardAct::Freeze, note: note(), sealed: None, once: once() },
            r#"{"act":{"act":"freeze","note":{"reason":"r"},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (
            CardOrder::Act { act: CardAct::Unfreeze, note: note(), sealed: None, once: once() },
            r#"{"act":{"act":"unfreeze","note":{"reason":"r"},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (CardOrder::Balance { key_id: 7, id_too: false }, r#"{"balance":{"key_id":7,"id_too":false}}"#),
        (
            redeem(Wanted::Exactly(amount(100)).into()),
            r#"{"redeem":{"key_id":7,"amount":100,"currency":"SAR","spend":{},"note":{},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (
            redeem(Wanted::Max.into()),
            r#"{"redeem":{"key_id":7,"amount":null,"currency":"SAR","spend":{},"note":{},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (CardOrder::Redemption { seq: 2 }, r#"{"redemption":{"seq":2}}"#),
        (
            refund,
            r#"{"refund_redemption":{"seq":2,"refund":"rf_1","amount":100,"note":{"reason":"r"},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (
            CardOrder::Peek {
                key_id: 7,
                currency: sar(),
                spend: Spend { location: Some("riyadh".into()), total: Amount::new(9) },
            },
            r#"{"peek":{"key_id":7,"currency":"SAR","spend":{"location":"riyadh","total":9}}}"#,
        ),
    ]);
}

#[test]
fn sealed_format_unchanged() {
    let sealed = Sealed { number: "1.a".into(), gift: Some("1.b".into()), recipient: Some("r".into()) };
    let replace = CardAct::Replace { to: Successor { card: "gc_2".into(), last4: "D5VV".into(), key_id: 7 } };
    check([
        (
            CardOrder::Act { act: replace, note: Note::default(), sealed: Some(sealed.clone()), once: once() },
            r#"{"act":{"act":{"replace":{"to":{"card":"gc_2","last4":"D5VV","key_id":7}}},"note":{},"sealed":{"number":"1.a","gift":"1.b","recipient":"r"},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (
            CardOrder::TakeOver {
                from: "gc_1".into(),
                seq: 2,
                last4: "D5VV".into(),
                amount: amount(100),
                facts: Box::new(Facts::plain(sar(), Kind::PaidGift, 7)),
                note: Note::default(),
                sealed: Some(Sealed { gift: None, recipient: None, ..sealed }),
            },
            r#"{"take_over":{"from":"gc_1","seq":2,"last4":"D5VV","amount":100,"facts":{"currency":"SAR","kind":"paid_gift","key_id":7,"active":true},"note":{},"sealed":{"number":"1.a"}}}"#,
        ),
    ]);
}

#[test]
fn leg_format_unchanged() {
    let leg = |order| CardOrder::Leg {
        key_id: 7,
        claim: "co_1.1.tn_1".into(),
        order,
        currency: sar(),
        spend: Spend::default(),
        note: Note::default(),
    };
    let hold = LegOrder::Hold { amount: amount(100), deadline_ms: 9 };
    let commit = LegOrder::Commit { amount: amount(100), captured: amount(300) };
    let refund = LegOrder::Refund { refund: "rf_1".into(), amount: amount(60), refunded: amount(80) };
    check([
        (
            leg(hold),
            r#"{"leg":{"key_id":7,"claim":"co_1.1.tn_1","order":{"hold":{"amount":100,"deadline_ms":9}},"currency":"SAR","spend":{},"note":{}}}"#,
        ),
        (
            leg(commit),
            r#"{"leg":{"key_id":7,"claim":"co_1.1.tn_1","order":{"commit":{"amount":100,"captured":300}},"currency":"SAR","spend":{},"note":{}}}"#,
        ),
        (
            leg(LegOrder::Release),
            r#"{"leg":{"key_id":7,"claim":"co_1.1.tn_1","order":"release","currency":"SAR","spend":{},"note":{}}}"#,
        ),
        (
            leg(refund),
            r#"{"leg":{"key_id":7,"claim":"co_1.1.tn_1","order":{"refund":{"refund":"rf_1","amount":60,"refunded":80}},"currency":"SAR","spend":{},"note":{}}}"#,
        ),
    ]);
    let seen = |disclosures| CardSeen {
        kind: Kind::Promo,
        last4: "D5VV".into(),
        available: amount(100),
        expires_at_ms: Some(9),
        disclosures,
    };
    check([
        (seen(Vec::new()), r#"{"kind":"promo","last4":"D5VV","available":100,"expires_at_ms":9}"#),
        (
            seen(vec!["promotional".into()]),
            r#"{"kind":"promo","last4":"D5VV","available":100,"expires_at_ms":9,"disclosures":["promotional"]}"#,
        ),
    ]);
}

#[test]
fn checkout_call_format_unchanged() {
    let call = |page, order| CheckoutCall { scope: "test/noor".into(), checkout: "co_1".into(), page, order };
    check([
        (call(None, CheckoutOrder::Read), r#"{"scope":"test/noor","checkout":"co_1","order":"read"}"#),
        (
            call(Some(new_checkout()), CheckoutOrder::Read),
            r#"{"scope":"test/noor","checkout":"co_1","page":{"order":{"total":900,"eligible_total":800,"currency":"SAR","reference":"order-1"},"origin":"https://shop.example","location":null,"expires_at_ms":9},"order":"read"}"#,
        ),
    ]);
    let add = |amount| CheckoutOrder::AddTender {
        tender: "tn_1".into(),
        card: "gc_1".into(),
        key_id: 7,
        amount,
        once: once(),
    };
    let refund = CheckoutOrder::Refund { refund: "rf_1".into(), amount: amount(60), reason: None, once: once() };
    check([
        (
            CheckoutOrder::Open { new: new_checkout(), once: once() },
            r#"{"open":{"new":{"order":{"total":900,"eligible_total":800,"currency":"SAR","reference":"order-1"},"origin":"https://shop.example","location":null,"expires_at_ms":9},"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (CheckoutOrder::Read, r#""read""#),
        (
            CheckoutOrder::ChangeTotal { total: amount(900), eligible_total: amount(800) },
            r#"{"change_total":{"total":900,"eligible_total":800}}"#,
        ),
        (
            add(None),
            r#"{"add_tender":{"tender":"tn_1","card":"gc_1","key_id":7,"amount":null,"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (
            add(Some(amount(100))),
            r#"{"add_tender":{"tender":"tn_1","card":"gc_1","key_id":7,"amount":100,"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (CheckoutOrder::RemoveTender { tender: "tn_1".into() }, r#"{"remove_tender":{"tender":"tn_1"}}"#),
        (
            CheckoutOrder::Authorize { order: order(), hold_ms: 10_000, once: once() },
            r#"{"authorize":{"order":{"total":900,"eligible_total":800,"currency":"SAR","reference":"order-1"},"hold_ms":10000,"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (
            CheckoutOrder::Capture { order: order(), amount: None, once: once() },
            r#"{"capture":{"order":{"total":900,"eligible_total":800,"currency":"SAR","reference":"order-1"},"amount":null,"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (CheckoutOrder::Void { once: once() }, r#"{"void":{"once":{"key":"k","fingerprint":"f"}}}"#),
        (refund, r#"{"refund":{"refund":"rf_1","amount":60,"reason":null,"once":{"key":"k","fingerprint":"f"}}}"#),
        (
            CheckoutOrder::Extend { hold_ms: 10_000, once: once() },
            r#"{"extend":{"hold_ms":10000,"once":{"key":"k","fingerprint":"f"}}}"#,
        ),
        (CheckoutOrder::Ask { claim: "co_1.1.tn_1".into() }, r#"{"ask":{"claim":"co_1.1.tn_1"}}"#),
    ]);
    check([
        (
            Verdict::Commit { amount: amount(100), captured: amount(300), total: None },
            r#"{"commit":{"amount":100,"captured":300}}"#,
        ),
        (
            Verdict::Commit { amount: amount(100), captured: amount(300), total: Amount::new(900) },
            r#"{"commit":{"amount":100,"captured":300,"total":900}}"#,
        ),
        (Verdict::Release, r#""release""#),
        (Verdict::AskAgain { at_ms: 9 }, r#"{"ask_again":{"at_ms":9}}"#),
    ]);
}

#[test]
fn journal_call_format_unchanged() {
    let line = Line {
        card: "gc_1".into(),
        seq: 1,
        at_ms: 7,
        action: "activate".into(),
        amount: Amount::ZERO,
        claim: None,
        available: amount(100),
        held: Amount::ZERO,
        detail: Detail::default(),
        previous: GENESIS.into(),
    };
    let report = JournalCall::Report {
        name: "issued".into(),
        by: "day".into(),
        from: "2026-11-01".into(),
        to: "2026-11-30".into(),
        csv: false,
    };
    let hand_off = |last4, recipient| JournalCall::Receive(HandOff { lines: Vec::new(), last4, recipient });
    let search = JournalCall::Search { way: "last4".into(), value: "D5VV".into(), before: 9, limit: 100 };
    check([
        (
            JournalCall::Receive(HandOff { lines: vec![line.clone()], last4: None, recipient: None }),
            r#"{"receive":{"lines":[{"card":"gc_1","seq":1,"at_ms":7,"action":"activate","amount":0,"available":100,"held":0,"detail":{},"previous":"0000000000000000000000000000000000000000000000000000000000000000"}]}}"#,
        ),
        (
            JournalCall::Export { after: 3, watermark: None, limit: 500 },
            r#"{"export":{"after":3,"watermark":null,"limit":500}}"#,
        ),
        (
            JournalCall::Export { after: 3, watermark: Some(9), limit: 500 },
            r#"{"export":{"after":3,"watermark":9,"limit":500}}"#,
        ),
        (hand_off(Some("D5VV".into()), Some("h".into())), r#"{"receive":{"lines":[],"last4":"D5VV","recipient":"h"}}"#),
        (report, r#"{"report":{"name":"issued","by":"day","from":"2026-11-01","to":"2026-11-30","csv":false}}"#),
        (search, r#"{"search":{"way":"last4","value":"D5VV","before":9,"limit":100}}"#),
    ]);
    check([
        (Received::Ack(3), r#"{"ack":3}"#),
        (Received::ResendFrom(4), r#"{"resend_from":4}"#),
        (Received::Fork, r#""fork""#),
    ]);
    let row = ExportRow { number: 1, hash: "h".into(), line };
    check([(
        ExportPage { rows: vec![row], watermark: 1 },
        r#"{"rows":[{"number":1,"hash":"h","line":{"card":"gc_1","seq":1,"at_ms":7,"action":"activate","amount":0,"available":100,"held":0,"detail":{},"previous":"0000000000000000000000000000000000000000000000000000000000000000"}}],"watermark":1}"#,
    )]);
}

#[test]
fn merchant_call_format_unchanged() {
    let reserve = MerchantCall::Reserve(Reservation {
        program: "gift".into(),
        amount: Amount::new(100).unwrap(),
        buyer: Some("b".into()),
        once: Once { key: "k".into(), fingerprint: "f".into() },
    });
    let write = MerchantCall::Write { body: r#"{"version":3}"#.into(), by: "sk_1".into() };
    check([
        (MerchantCall::Read, r#""read""#),
        (write, r#"{"write":{"body":"{\"version\":3}","by":"sk_1"}}"#),
        (MerchantCall::History { before: Some(7) }, r#"{"history":{"before":7}}"#),
        (MerchantCall::Revoke { key: "sk_2".into(), by: "sk_1".into() }, r#"{"revoke":{"key":"sk_2","by":"sk_1"}}"#),
        (reserve, r#"{"reserve":{"program":"gift","amount":100,"buyer":"b","once":{"key":"k","fingerprint":"f"}}}"#),
        (MerchantCall::SignIn { number: 3, step: Some(9) }, r#"{"sign_in":{"number":3,"step":9}}"#),
        (MerchantCall::SignIn { number: 3, step: None }, r#"{"sign_in":{"number":3,"step":null}}"#),
    ]);
}
