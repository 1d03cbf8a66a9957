//! A key that went out before may be answered with how things stood then.

use super::*;

fn kept() -> Kept {
    Kept { session: Some(session()), pending: Some(Pending { last4: "PS58".into(), key: "k0".into() }) }
}

fn applied(id: &str) -> Vec<Tender> {
    vec![tender(id, "PS58", 10_000, 0)]
}

fn last4(text: &str) -> Option<String> {
    Some(text.into())
}

#[test]
fn key_ends_with_the_first_answer_that_shows_its_tender() {
    let mut flow = Flow::start(setup(25_000), kept());
    flow.answer(checkout(25_000, applied("tn_1")));
    assert_eq!(flow.state.pending, None);
    assert!(flow.effects.contains(&Effect::Keep));
    // Removed and applied again, the card is asked for with a key that never went out.
    flow.remove("tn_1").answer(checkout(25_000, vec![])).apply(CODE, "k1");
    assert_eq!(flow.sent_key(), "k1");
}

#[test]
fn key_stays_while_only_another_card_with_its_last_four_is_there() {
    let mut flow = Flow::open(applied("tn_1"));
    flow.apply(CODE, "k1").end(Outcome::Silence).end(Outcome::Silence).refresh();
    flow.answer(checkout(25_000, applied("tn_1")));
    assert_eq!(flow.state.pending.as_ref().map(|pending| pending.key.as_str()), Some("k1"));
}

#[test]
fn tender_that_comes_to_light_later_takes_its_code_and_its_refusal_away() {
    let mut flow = Flow::open(vec![]);
    flow.type_in(CODE).apply(CODE, "k1").end(Outcome::Silence).end(Outcome::Silence);
    assert!(flow.state.slot.as_ref().unwrap().refused);
    flow.refresh().answer(checkout(25_000, applied("tn_1")));
    assert_eq!((&flow.state.slot, &flow.state.pending, flow.reason()), (&None, &None, None));
    assert!(flow.effects.contains(&Effect::ClearField));
    assert!(matches!(flow.state.said, Some(Said::Applied { .. })));
}

#[test]
fn code_that_was_typed_meanwhile_stays() {
    let mut flow = Flow::start(setup(25_000), kept());
    flow.type_in("7684").answer(checkout(25_000, applied("tn_1")));
    assert!(!flow.effects.contains(&Effect::ClearField));

    let mut flow = Flow::start(setup(25_000), kept());
    flow.type_in(CODE);
    assert_eq!(flow.state.in_field, last4("PS58"));
    flow.answer(checkout(25_000, applied("tn_1")));
    assert_eq!((flow.effects.contains(&Effect::ClearField), &flow.state.in_field), (true, &None));
}

#[test]
fn answer_to_an_old_key_is_neither_shown_nor_told_before_the_checkout_is_read() {
    let mut flow = Flow::start(setup(25_000), kept());
    flow.answer(checkout(25_000, vec![])).apply(CODE, "k1");
    assert_eq!(flow.sent_key(), "k0");
    assert!(!flow.state.believes());
    flow.answer(checkout(25_000, applied("tn_1")));
    assert_eq!((flow.sent(), flow.shown().len(), flow.news()), (Some(Call::Read), 0, vec![]));
    assert!(flow.state.believes() && flow.state.apply.is_some());
    flow.answer(checkout(25_000, applied("tn_1")));
    assert_eq!((flow.sent(), flow.remaining(), flow.news()), (None, 15_000, vec![&Effect::Change]));
    assert_eq!((&flow.state.apply, &flow.state.pending), (&None, &None));
}

#[test]
fn tender_of_an_old_answer_that_is_gone_is_asked_for_anew() {
    let mut flow = Flow::start(setup(25_000), kept());
    flow.answer(checkout(25_000, vec![])).apply(CODE, "k1").answer(checkout(25_000, applied("tn_1")));
    // Another card with these last four stands there; it is not the one.
    flow.answer(checkout(25_000, applied("tn_2")));
    assert_eq!(flow.sent_key(), "k1");
    flow.answer(checkout(25_000, vec![tender("tn_2", "PS58", 10_000, 0), tender("tn_3", "PS58", 5_000, 0)]));
    assert_eq!((flow.sent(), flow.remaining()), (None, 10_000));
}

#[test]
fn refusal_of_an_old_key_is_asked_for_anew() {
    for refusal in [problem(409, "card_frozen"), problem(409, "checkout_not_open"), problem(401, "token_expired")] {
        let mut flow = Flow::start(setup(25_000), kept());
        flow.answer(checkout(25_000, vec![])).apply(CODE, "k1").end(refusal);
        assert_eq!(flow.sent_key(), "k1");
        flow.end(problem(409, "card_frozen"));
        assert_eq!((flow.sent(), flow.reason()), (None, Some(Reason::CardFrozen)));
    }
}

#[test]
fn service_that_says_when_to_come_back_is_left_alone_until_then() {
    let busy = |seconds| {
        let busy = Problem { status: 503, retry_after_seconds: Some(seconds), ..Problem::of("overloaded") };
        let mut flow = Flow::open(vec![]);
        flow.apply(CODE, "k1").end(Outcome::Problem(busy));
        flow
    };
    assert!(matches!(busy(5).effects[..], [Effect::Send { call: Call::Read, delay_ms: 5_000, .. }]));
    let late = busy(60);
    assert_eq!((late.sent(), late.reason()), (None, Some(Reason::Unreachable)));
}

#[test]
fn refusal_with_a_quote_leaves_what_the_quote_does_not_say() {
    let mut flow = Flow::open(vec![]);
    flow.refresh().answer(Checkout { eligible_total: amount(20_000), ..checkout(25_000, vec![]) });
    let quote = Some(checkout(25_000, applied("tn_1")));
    flow.apply(CODE, "k1");
    flow.end(Outcome::Problem(Problem { status: 409, checkout: quote, ..Problem::of("too_many_tenders") }));
    let known = flow.state.checkout.as_ref().unwrap();
    assert_eq!((known.eligible_total, known.tenders.len()), (amount(20_000), 1));
}
