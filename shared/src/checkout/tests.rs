//! The rules of the split and of the state machine.

use super::*;

fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

fn order(total: u64) -> Order {
    Order {
        total: amount(total),
        eligible_total: amount(total),
        currency: Currency::parse("SAR").unwrap(),
        reference: "order-1042".into(),
    }
}

fn add(checkout: &Checkout, id: &str, available: u64, kind: Kind) -> Result<Checkout, Rejection> {
    let seen = Seen { kind, available: amount(available), expires_at_ms: None, disclosures: Vec::new() };
    checkout.apply(
        "co_1",
        &Command::AddTender {
            id: id.into(),
            card: format!("gc_{id}"),
            key_id: 1,
            last4: "D5VV".into(),
            requested: None,
            seen,
        },
        1,
    )
}

fn open(total: u64, cards: &[u64]) -> Checkout {
    let start = Checkout::open(order(total), None, false, None, 0, 1_000_000);
    cards.iter().enumerate().fold(start, |checkout, (place, available)| {
        add(&checkout, &format!("tn_{place}"), *available, Kind::PaidGift).unwrap()
    })
}

fn applied(checkout: &Checkout) -> Vec<u64> {
    checkout.shares().iter().map(|share| share.applied.minor()).collect()
}

fn authorized(total: u64, cards: &[u64]) -> Checkout {
    let planned =
        open(total, cards).apply("co_1", &Command::Authorize { order: order(total), hold_ms: 1_000 }, 10).unwrap();
    planned.apply("co_1", &Command::Granted { attempt: 1 }, 11).unwrap()
}

#[test]
fn split_spends_the_smaller_paid_card_first() {
    let checkout = open(12_000, &[10_000, 4_000]);
    assert_eq!(applied(&checkout), [8_000, 4_000]);
    assert_eq!(checkout.covered(), amount(12_000));
}

#[test]
fn split_leaves_the_remainder_to_pay() {
    let checkout = open(25_000, &[10_000, 4_000]);
    assert_eq!(applied(&checkout), [10_000, 4_000]);
    assert_eq!(checkout.covered(), amount(14_000));
}

#[test]
fn split_spends_what_the_shop_gave_before_what_was_paid() {
    let checkout = add(&open(5_000, &[2_000]), "tn_promo", 4_000, Kind::Promo).unwrap();
    assert_eq!(applied(&checkout), [1_000, 4_000]);
}

#[test]
fn split_never_pays_more_than_the_eligible_total() {
    let mut checkout = open(25_000, &[10_000, 4_000]);
    checkout.order.eligible_total = amount(9_000);
    assert_eq!(checkout.covered(), amount(9_000));
}

#[test]
fn add_refuses_the_same_card_twice_and_the_eleventh() {
    let full = open(1, &[1; 10]);
    assert_eq!(add(&full, "tn_0", 1, Kind::PaidGift), Err(Rejection::AlreadyApplied));
    assert_eq!(add(&full, "tn_10", 1, Kind::PaidGift), Err(Rejection::TooManyTenders));
}

#[test]
fn authorize_refuses_another_order() {
    let checkout = open(25_000, &[10_000]);
    let other = |change: fn(&mut Order)| {
        let mut order = order(25_000);
        change(&mut order);
        checkout.apply("co_1", &Command::Authorize { order, hold_ms: 1 }, 1).unwrap_err()
    };
    assert_eq!(other(|order| order.total = amount(1)), Rejection::TotalMismatch);
    assert_eq!(other(|order| order.eligible_total = amount(1)), Rejection::TotalMismatch);
    assert_eq!(other(|order| order.reference = "order-1".into()), Rejection::ReferenceMismatch);
    assert_eq!(other(|order| order.currency = Currency::parse("USD").unwrap()).code(), "currency_mismatch");
}

#[test]
fn refused_attempt_releases_every_leg_and_opens_again() {
    let planned = open(25_000, &[10_000, 4_000])
        .apply("co_1", &Command::Authorize { order: order(25_000), hold_ms: 1_000 }, 10)
        .unwrap();
    assert_eq!(planned.holds("co_1").len(), 2);
    let seen = Seen { kind: Kind::PaidGift, available: amount(500), expires_at_ms: None, disclosures: Vec::new() };
    let open =
        planned.apply("co_1", &Command::Refused { attempt: 1, tender: Some(("tn_1".into(), seen)) }, 11).unwrap();
    assert_eq!(open.state, State::Open);
    assert_eq!(
        open.pending.iter().map(|call| (call.claim.as_str(), &call.order)).collect::<Vec<_>>(),
        [("co_1.1.tn_0", &LegOrder::Release), ("co_1.1.tn_1", &LegOrder::Release)]
    );
    assert_eq!(applied(&open), [10_000, 500]);
}

#[test]
fn answer_to_an_older_attempt_changes_nothing() {
    let planned = open(25_000, &[10_000])
        .apply("co_1", &Command::Authorize { order: order(25_000), hold_ms: 1_000 }, 10)
        .unwrap();
    assert_eq!(planned.apply("co_1", &Command::Granted { attempt: 2 }, 11), Err(Rejection::OperationInProgress));
    let voided = planned.apply("co_1", &Command::Void, 11).unwrap();
    assert_eq!(voided.apply("co_1", &Command::Granted { attempt: 1 }, 12), Err(Rejection::OperationInProgress));
}

#[test]
fn authorizing_refuses_every_change_but_void() {
    let planned = open(25_000, &[10_000])
        .apply("co_1", &Command::Authorize { order: order(25_000), hold_ms: 1_000 }, 10)
        .unwrap();
    for command in [
        Command::RemoveTender { id: "tn_0".into() },
        Command::ChangeTotal { total: amount(1), eligible_total: amount(1) },
        Command::Authorize { order: order(25_000), hold_ms: 1 },
        Command::Capture { order: order(25_000), amount: None },
    ] {
        assert_eq!(planned.apply("co_1", &command, 11), Err(Rejection::OperationInProgress));
    }
    assert_eq!(planned.apply("co_1", &Command::Void, 11).unwrap().state, State::Voided);
}

#[test]
fn attempts_end_while_too_many_calls_wait_and_go_on_when_they_are_acknowledged() {
    let mut checkout = open(25_000, &[10_000, 4_000]);
    let authorize = Command::Authorize { order: order(25_000), hold_ms: 1_000 };
    while checkout.pending.len() < crate::limits::PENDING_CALLS_MAX {
        let planned = checkout.apply("co_1", &authorize, 10).unwrap();
        let attempt = planned.attempts;
        checkout = planned.apply("co_1", &Command::Refused { attempt, tender: None }, 11).unwrap();
    }
    assert_eq!(checkout.apply("co_1", &authorize, 12), Err(Rejection::OperationInProgress));
    assert_eq!(checkout.callable(&[]).len(), TENDERS_MAX);
    let call = checkout.callable(&[])[0].clone();
    assert!(!checkout.callable(std::slice::from_ref(&call)).contains(&&call));
    let relieved = checkout.apply("co_1", &Command::Acknowledged { call }, 13).unwrap();
    assert!(relieved.apply("co_1", &authorize, 14).is_ok());
}

#[test]
fn capture_in_part_fills_legs_in_order_and_releases_the_rest() {
    let captured = authorized(25_000, &[10_000, 4_000])
        .apply("co_1", &Command::Capture { order: order(25_000), amount: Some(amount(3_000)) }, 12)
        .unwrap();
    assert_eq!(
        captured.pending.iter().map(|call| call.order.clone()).collect::<Vec<_>>(),
        [LegOrder::Release, LegOrder::Commit { amount: amount(3_000), captured: amount(3_000) }]
    );
    assert_eq!(
        authorized(25_000, &[10_000]).apply(
            "co_1",
            &Command::Capture { order: order(25_000), amount: Some(amount(10_001)) },
            12
        ),
        Err(Rejection::ExceedsAuthorized)
    );
}

#[test]
fn one_leg_of_a_capture_remembers_what_the_order_came_to() {
    let held = authorized(25_000, &[10_000, 4_000]);
    let leg = |tender: &str| format!("co_1.1.{tender}");
    let told = |checkout: &Checkout| ["tn_0", "tn_1"].map(|tender| checkout.remembered_total("co_1", &leg(tender)));
    assert_eq!(told(&held), [None, None], "nothing is taken yet");
    let captured = |minor| {
        let command = Command::Capture { order: order(25_000), amount: Some(amount(minor)) };
        held.apply("co_1", &command, 12).unwrap()
    };
    assert_eq!(told(&captured(14_000)), [Some(amount(25_000)), None]);
    assert_eq!(told(&captured(4_000)), [None, Some(amount(25_000))], "nothing is taken of the first");
    // A card that asks by itself is told the same.
    for (tender, amount_taken, total) in [("tn_0", 10_000, Some(amount(25_000))), ("tn_1", 4_000, None)] {
        let verdict = captured(14_000).verdict("co_1", &leg(tender), 99);
        assert_eq!(verdict, Verdict::Commit { amount: amount(amount_taken), captured: amount(14_000), total });
    }
}

#[test]
fn refund_goes_back_in_reverse_order_and_never_over_the_capture() {
    let captured = authorized(12_000, &[10_000, 4_000])
        .apply("co_1", &Command::Capture { order: order(12_000), amount: None }, 12)
        .unwrap();
    let refund = |checkout: &Checkout, id: &str, minor| {
        checkout.apply("co_1", &Command::Refund { id: id.into(), amount: amount(minor), reason: None }, 13)
    };
    let first = refund(&captured, "rf_1", 9_000).unwrap();
    assert_eq!(first.refunds[0].parts, [("tn_0".to_string(), amount(8_000)), ("tn_1".to_string(), amount(1_000))]);
    assert_eq!(refund(&first, "rf_2", 3_001), Err(Rejection::ExceedsRefundable));
    assert!(refund(&first, "rf_2", 3_000).is_ok());
}

#[test]
fn overdue_gives_up_attempts_and_holds_but_never_a_capture() {
    let held = authorized(25_000, &[10_000]);
    assert_eq!(held.apply("co_1", &Command::Overdue, 1_009).unwrap(), held);
    let expired = held.apply("co_1", &Command::Overdue, 1_010).unwrap();
    assert_eq!((expired.state.clone(), expired.pending.len()), (State::Expired, 1));
    let captured = held.apply("co_1", &Command::Capture { order: order(25_000), amount: None }, 12).unwrap();
    assert_eq!(captured.apply("co_1", &Command::Overdue, u64::MAX).unwrap(), captured);
}

#[test]
fn checkout_document_format_unchanged() {
    let captured = authorized(12_000, &[10_000])
        .apply("co_1", &Command::Capture { order: order(12_000), amount: None }, 12)
        .unwrap();
    let refunded = captured
        .apply("co_1", &Command::Refund { id: "rf_1".into(), amount: amount(40), reason: Some("late".into()) }, 13)
        .unwrap();
    let text = serde_json::to_string(&refunded).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"{"order":{"total":12000,"eligible_total":12000,"currency":"SAR","reference":"order-1042"},"origin":null,"page_made":false,"location":null,"#,
            r#""created_at_ms":0,"expires_at_ms":1000000,"state":"captured","tenders":[{"id":"tn_0","card":"gc_tn_0","key_id":1,"kind":"paid_gift","#,
            r#""last4":"D5VV","requested":null,"available":10000,"expires_at_ms":null,"authorized":10000,"captured":10000,"refunded":40}],"attempts":1,"#,
            r#""pending":[{"card":"gc_tn_0","key_id":1,"claim":"co_1.1.tn_0","order":{"commit":{"amount":10000,"captured":10000}}},"#,
            r#"{"card":"gc_tn_0","key_id":1,"claim":"co_1.1.tn_0","order":{"refund":{"refund":"rf_1","amount":40,"refunded":40}}}],"#,
            r#""refunds":[{"id":"rf_1","amount":40,"parts":[["tn_0",40]],"reason":"late","at_ms":13}],"contradicted":[]}"#
        )
    );
    assert_eq!(serde_json::from_str::<Checkout>(&text).unwrap(), refunded);
}

#[test]
fn disclosures_of_a_card_stay_with_its_tender_and_are_kept_by_name() {
    let seen = Seen {
        kind: Kind::Promo,
        available: amount(500),
        expires_at_ms: None,
        disclosures: vec!["promotional".into()],
    };
    let add = Command::AddTender {
        id: "tn_0".into(),
        card: "gc_0".into(),
        key_id: 1,
        last4: "D5VV".into(),
        requested: None,
        seen: seen.clone(),
    };
    let with = open(1_000, &[]).apply("co_1", &add, 1).unwrap();
    let text = serde_json::to_string(&with.tenders).unwrap();
    assert_eq!(
        text,
        concat!(
            r#"[{"id":"tn_0","card":"gc_0","key_id":1,"kind":"promo","last4":"D5VV","requested":null,"available":500,"expires_at_ms":null,"#,
            r#""disclosures":["promotional"],"authorized":0,"captured":0,"refunded":0}]"#
        )
    );
    assert_eq!(serde_json::from_str::<Vec<Tender>>(&text).unwrap(), with.tenders);
    let planned = with.apply("co_1", &Command::Authorize { order: order(1_000), hold_ms: 9 }, 2).unwrap();
    let poorer = Seen { available: Amount::ZERO, disclosures: Vec::new(), ..seen };
    let refused = Command::Refused { attempt: 1, tender: Some(("tn_0".into(), poorer)) };
    assert_eq!(planned.apply("co_1", &refused, 3).unwrap().tenders[0].disclosures, ["promotional"]);
}
