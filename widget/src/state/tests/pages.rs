//! What the page says, and what it is told.

use super::*;

fn two(first: &str, second: &str) -> Vec<Tender> {
    vec![tender(first, "AAAA", 10_000, 0), tender(second, "BBBB", 5_000, 0)]
}

fn other_order() -> Setup {
    Setup { name: "raseed:pk_1:order-2:SAR".into(), reference: "order-2".into(), ..setup(25_000) }
}

#[test]
fn page_is_told_at_once_when_a_checkout_is_given_up() {
    for give_up in [Event::Setup(other_order(), Kept::default()), Event::Clear] {
        let mut flow = Flow::open(two("tn_1", "tn_2"));
        flow.event(give_up);
        assert_eq!((flow.news(), flow.state.checkout.is_some()), (vec![&Effect::Change], false));
        flow.end(Outcome::Silence);
        assert_eq!(flow.news(), [&Effect::Error], "and once");
    }
}

#[test]
fn page_is_told_of_every_difference() {
    let other_amount = vec![tender("tn_1", "AAAA", 9_000, 0), tender("tn_2", "BBBB", 6_000, 0)];
    for (total, tenders, told) in [
        (25_000, two("tn_1", "tn_2"), vec![]),
        (25_000, two("tn_1", "tn_3"), vec![&Effect::Change]),
        (25_000, other_amount, vec![&Effect::Change]),
        (26_000, two("tn_1", "tn_2"), vec![&Effect::Change]),
    ] {
        let mut flow = Flow::served(two("tn_1", "tn_2"));
        flow.refresh().answer(checkout(total, tenders.clone()));
        assert_eq!(flow.news(), told, "{total} {tenders:?}");
    }
    // Another checkout that looks the same is another one.
    let mut flow = Flow::open(two("tn_1", "tn_2"));
    flow.refresh();
    let other = Session { id: "co_2".into(), token: "ct_2".into() };
    flow.end(Outcome::Checkout(checkout(25_000, two("tn_1", "tn_2")), other));
    assert_eq!(flow.news(), [&Effect::Change]);
}

#[test]
fn covered_is_the_server_s_word() {
    let mut flow = Flow::open(vec![tender("tn_1", "AAAA", 10_000, 0)]);
    flow.event(Event::Setup(setup(8_000), Kept::default()));
    assert_eq!((flow.sent(), flow.remaining(), flow.state.shown().covered), (Some(Call::Patch), 0, false));
    flow.answer(checkout(8_000, vec![tender("tn_1", "AAAA", 8_000, 2_000)]));
    assert!(flow.state.shown().covered);
    flow.event(Event::Setup(setup(9_000), Kept::default()));
    assert!(!flow.state.shown().covered, "the page has raised its total since");
    flow.answer(checkout(9_000, vec![tender("tn_1", "AAAA", 9_000, 1_000)])).remove("tn_1");
    assert!(!flow.state.shown().covered, "the card is being removed");
}

#[test]
fn figures_are_the_server_s_again_when_it_cannot_be_reached() {
    let cards = vec![tender("tn_1", "AAAA", 10_000, 0)];
    let mut flow = Flow::open(cards.clone());
    flow.event(Event::Setup(setup(8_000), Kept::default())).end(Outcome::Silence);
    assert_eq!((flow.remaining(), flow.state.shown().covered), (15_000, false));

    let mut flow = Flow::served(cards);
    flow.event(Event::Setup(Setup { served: Some(session()), ..setup(8_000) }, Kept::default()));
    assert_eq!(flow.remaining(), 0);
    flow.end(Outcome::Silence);
    assert_eq!(flow.remaining(), 15_000);
}

#[test]
fn elements_of_one_order_go_on_with_the_checkout_that_was_kept_last() {
    let mut flow = Flow::open(vec![]);
    let other = Session { id: "co_2".into(), token: "ct_2".into() };
    let kept = || Kept { session: Some(other.clone()), pending: None };
    flow.event(Event::Refresh(setup(25_000), kept()));
    assert_eq!((flow.sent(), &flow.state.session), (Some(Call::Read), &Some(other.clone())));
    flow.end(Outcome::Checkout(checkout(25_000, two("tn_1", "tn_2")), other.clone()));
    assert_eq!(flow.remaining(), 10_000);
    flow.event(Event::Setup(setup(25_000), kept()));
    assert_eq!((flow.sent(), flow.shown().len()), (None, 2), "its own is no other");
    // A checkout of the shop's server is the page's to name.
    let mut flow = Flow::served(vec![]);
    flow.event(Event::Setup(Setup { served: Some(session()), ..setup(25_000) }, kept()));
    assert_eq!((flow.sent(), &flow.state.session), (None, &Some(session())));
}

#[test]
fn attribute_that_cannot_be_read_is_told_once_and_can_be_mended() {
    let unreadable = || Setup { total: None, unreadable: Some("total"), ..setup(25_000) };
    let mut flow = Flow::start(unreadable(), Kept::default());
    let told = [Effect::Warn("total"), Effect::Ready, Effect::Error];
    assert_eq!(flow.effects, told);
    assert_eq!(flow.state.notice.as_ref().and_then(Notice::problem).unwrap().code, "field_invalid");
    flow.event(Event::Setup(unreadable(), Kept::default()));
    assert_eq!(flow.effects, []);
    flow.event(Event::Setup(setup(25_000), Kept::default()));
    assert_eq!(flow.sent(), Some(Call::Start));
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.state.notice, None);
}

#[test]
fn served_checkout_goes_on_beside_an_attribute_that_cannot_be_read() {
    let served = Setup { served: Some(session()), total: None, unreadable: Some("total"), ..setup(0) };
    let flow = Flow::start(served, Kept::default());
    assert_eq!((flow.sent(), flow.news()), (Some(Call::Read), vec![]));
    assert!(flow.effects.contains(&Effect::Warn("total")));
}

#[test]
fn attributes_that_are_not_there_yet_are_waited_for() {
    let mut flow = Flow::start(Setup { total: None, ..setup(0) }, Kept::default());
    assert_eq!(flow.effects, []);
    flow.event(Event::Setup(setup(25_000), Kept::default()));
    assert_eq!(flow.sent(), Some(Call::Start));
}

#[test]
fn order_of_nothing_asks_for_nothing() {
    let mut flow = Flow::start(setup(0), Kept::default());
    assert_eq!((flow.effects.as_slice(), flow.state.editable()), ([Effect::Ready].as_slice(), false));
    flow.event(Event::Setup(setup(25_000), Kept::default()));
    assert_eq!((flow.sent(), flow.state.editable()), (Some(Call::Start), true));
    flow.answer(checkout(25_000, two("tn_1", "tn_2"))).event(Event::Setup(setup(0), Kept::default()));
    assert_eq!((flow.sent(), flow.remaining(), flow.state.editable()), (None, 0, false));
}
