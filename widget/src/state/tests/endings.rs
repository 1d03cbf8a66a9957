//! When a checkout is over, and when it only looks so.

use super::*;

fn paid(status: Status) -> Checkout {
    Checkout { status, ..checkout(25_000, vec![tender("tn_1", "AAAA", 10_000, 0)]) }
}

fn paid_open() -> Flow {
    Flow::open(vec![tender("tn_1", "AAAA", 10_000, 0)])
}

#[test]
fn checkout_that_is_being_paid_is_kept_and_never_replaced() {
    let mut flow = paid_open();
    flow.apply(CODE, "k1").end(problem(409, "checkout_not_open"));
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.answer(paid(Status::Locked));
    assert_eq!((flow.sent(), flow.state.session.as_ref()), (None, Some(&session())));
    assert_eq!((&flow.state.notice, flow.news()), (&Some(Notice::Locked), vec![&Effect::Error]));
    assert!(flow.state.apply.is_none() && !flow.state.editable());
    assert_eq!(flow.shown(), ["tn_1"]);
}

#[test]
fn served_checkout_that_is_being_paid_says_so() {
    let mut flow = Flow::served(vec![]);
    flow.apply(CODE, "k1").end(problem(409, "checkout_not_open")).answer(paid(Status::Locked));
    assert_eq!((flow.sent(), &flow.state.notice), (None, &Some(Notice::Locked)));
    // The same for whoever wished for nothing, and that is no error.
    let mut flow = Flow::served(vec![]);
    flow.refresh().answer(paid(Status::Locked));
    assert_eq!((&flow.state.notice, flow.news()), (&Some(Notice::Locked), vec![&Effect::Change]));
    flow.refresh().answer(paid(Status::Open));
    assert_eq!(flow.state.notice, None);
}

#[test]
fn voided_checkout_is_replaced_and_the_code_goes_on() {
    let mut flow = paid_open();
    flow.apply(CODE, "k1").end(problem(409, "checkout_not_open")).answer(paid(Status::Over));
    assert_eq!(flow.sent(), Some(Call::Start));
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.sent_key(), "k1");
}

#[test]
fn checkout_that_stays_not_open_is_read_once() {
    let mut flow = paid_open();
    flow.apply(CODE, "k1").end(problem(409, "checkout_not_open")).answer(paid(Status::Open));
    assert_eq!(flow.sent_key(), "k1");
    flow.end(problem(409, "checkout_not_open"));
    assert_eq!((flow.sent(), flow.reason()), (None, Some(Reason::Refused)));

    let mut flow = paid_open();
    flow.remove("tn_1").end(problem(409, "checkout_not_open")).answer(paid(Status::Open));
    assert_eq!(flow.sent(), Some(Call::Remove));
    flow.end(problem(409, "checkout_not_open")).answer(paid(Status::Open));
    assert_eq!((flow.sent(), flow.shown()), (None, vec!["tn_1".to_owned()]));

    let mut flow = paid_open();
    flow.event(Event::Setup(setup(30_000), Kept::default()));
    assert_eq!(flow.sent(), Some(Call::Patch));
    flow.end(problem(409, "checkout_not_open")).answer(paid(Status::Open));
    assert_eq!(flow.sent(), Some(Call::Patch));
    flow.end(problem(409, "checkout_not_open"));
    assert_eq!((flow.sent(), flow.remaining()), (None, 15_000));
}

#[test]
fn lost_checkout_is_replaced_once_for_a_code() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1").end(problem(404, "not_found"));
    assert_eq!(flow.sent(), Some(Call::Start));
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.sent_key(), "k1");
    flow.end(problem(404, "not_found"));
    assert_eq!((flow.sent(), flow.reason()), (None, Some(Reason::Refused)));
}

#[test]
fn tender_that_somebody_else_removed_is_read_and_nothing_is_replaced() {
    let both = vec![tender("tn_1", "AAAA", 10_000, 0), tender("tn_2", "BBBB", 5_000, 0)];
    let mut flow = Flow::open(both.clone());
    flow.remove("tn_1").remove("tn_2").end(problem(404, "not_found"));
    assert_eq!((flow.sent(), &flow.state.notice), (Some(Call::Read), &None));
    flow.answer(checkout(25_000, both[1..].to_vec()));
    assert_eq!(flow.sent(), Some(Call::Remove), "the other removal is still wished for");
    flow.end(problem(401, "token_expired"));
    assert_eq!((flow.sent(), flow.state.session.as_ref()), (Some(Call::Read), Some(&session())));
    flow.end(problem(401, "token_expired"));
    assert_eq!(flow.sent(), Some(Call::Start));
}

#[test]
fn cards_that_go_with_their_checkout_are_not_gone_without_a_word() {
    let mut flow = paid_open();
    flow.remove("tn_1").answer(checkout(25_000, vec![]));
    assert!(matches!(flow.state.said, Some(Said::Removed { .. })));
    flow.refresh().answer(paid(Status::Open)).refresh().answer(paid(Status::Over));
    assert_eq!((flow.sent(), flow.news()), (Some(Call::Start), vec![&Effect::Change]));
    flow.answer(checkout(25_000, vec![]));
    assert_eq!((&flow.state.notice, &flow.state.said), (&Some(Notice::Changed), &None));
    // Nothing that paid has gone with an empty one.
    let mut flow = Flow::open(vec![]);
    flow.refresh().answer(Checkout { status: Status::Over, ..checkout(25_000, vec![]) });
    assert_eq!((flow.sent(), &flow.state.notice), (Some(Call::Start), &None));
}

#[test]
fn sentence_that_names_another_remainder_is_taken_back() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1").answer(checkout(25_000, vec![tender("tn_1", "PS58", 10_000, 0)]));
    assert!(flow.state.said.is_some());
    flow.refresh().answer(checkout(25_000, vec![tender("tn_1", "PS58", 10_000, 0)]));
    assert!(flow.state.said.is_some());
    flow.refresh().answer(checkout(25_000, vec![tender("tn_1", "PS58", 4_000, 0)]));
    assert_eq!(flow.state.said, None);
}
