//! The flows of the widget, told as events. Each test names its rule.

mod endings;
mod pages;
mod replays;

use super::*;
use shared::money::Currency;

mod points;

const CODE: &str = "7684-VTF2-6H45-PXQ5-PS58";

fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

fn session() -> Session {
    Session { id: "co_1".into(), token: "ct_1".into() }
}

fn tender(id: &str, last4: &str, applied: u64, balance_after: u64) -> Tender {
    Tender {
        id: id.into(),
        kind: shared::program::Kind::PaidGift,
        last4: last4.into(),
        points: None,
        requested: None,
        applied: amount(applied),
        balance_after: amount(balance_after),
        expires_at_ms: None,
        disclosure: String::new(),
        colour: 0,
        fresh: false,
    }
}

fn checkout(total: u64, tenders: Vec<Tender>) -> Checkout {
    Checkout {
        status: Status::Open,
        total: amount(total),
        eligible_total: amount(total),
        currency: Currency::parse("SAR").unwrap(),
        tenders,
        points: Points::default(),
        earns: 0,
    }
}

fn setup(total: u64) -> Setup {
    Setup {
        name: "raseed:pk_1:order-1:SAR".into(),
        key: "pk_1".into(),
        served: None,
        total: Some(amount(total)),
        currency: Currency::parse("SAR"),
        reference: "order-1".into(),
        member: Member::default(),
        unreadable: None,
    }
}

fn problem(status: u16, code: &str) -> Outcome {
    Outcome::Problem(Problem { status, ..Problem::of(code) })
}

/// A state that is driven by events and remembers what it asked for.
struct Flow {
    state: State,
    effects: Vec<Effect>,
}

impl Flow {
    /// On a page of its own, before any answer.
    fn start(setup: Setup, kept: Kept) -> Self {
        let mut flow = Self { state: State::default(), effects: Vec::new() };
        flow.event(Event::Setup(setup, kept));
        flow
    }

    /// Page-made, with an answer: 250.00 and these tenders.
    fn open(tenders: Vec<Tender>) -> Self {
        let mut flow = Self::start(setup(25_000), Kept::default());
        flow.answer(checkout(25_000, tenders));
        flow
    }

    fn served(tenders: Vec<Tender>) -> Self {
        let mut flow = Self::start(Setup { served: Some(session()), ..setup(25_000) }, Kept::default());
        flow.answer(checkout(25_000, tenders));
        flow
    }

    fn event(&mut self, event: Event) -> &mut Self {
        self.effects = update(&mut self.state, event);
        self
    }

    fn end(&mut self, outcome: Outcome) -> &mut Self {
        assert!(self.state.flight.is_some(), "nothing is asked");
        self.event(Event::Ended(self.state.ticket, outcome))
    }

    fn answer(&mut self, checkout: Checkout) -> &mut Self {
        self.end(Outcome::Checkout(checkout, session()))
    }

    /// The page says that something changed, or comes back.
    fn refresh(&mut self) -> &mut Self {
        let setup = self.state.setup.clone();
        self.event(Event::Refresh(setup, Kept::default()))
    }

    fn apply(&mut self, typed: &str, spare: &str) -> &mut Self {
        self.event(Event::Apply { typed: typed.into(), old: false, spare: spare.into() })
    }

    fn type_in(&mut self, typed: &str) -> &mut Self {
        self.event(Event::Typed { typed: typed.into(), old: false })
    }

    fn remove(&mut self, id: &str) -> &mut Self {
        self.event(Event::Remove(id.into()))
    }

    fn sent(&self) -> Option<Call> {
        self.effects.iter().find_map(|effect| match effect {
            Effect::Send { call, .. } => Some(*call),
            _ => None,
        })
    }

    fn sent_key(&self) -> &str {
        assert_eq!(self.sent(), Some(Call::Apply));
        &self.state.pending.as_ref().unwrap().key
    }

    fn news(&self) -> Vec<&Effect> {
        let is_news = |effect: &&Effect| matches!(effect, Effect::Ready | Effect::Change | Effect::Error);
        self.effects.iter().filter(is_news).collect()
    }

    fn reason(&self) -> Option<Reason> {
        self.state.notice.as_ref().and_then(Notice::problem).map(|problem| problem.reason)
    }

    fn remaining(&self) -> u64 {
        self.state.shown().remaining().unwrap().minor()
    }

    fn shown(&self) -> Vec<String> {
        self.state.shown().rows.into_iter().map(|row| row.tender.id.clone()).collect()
    }
}

#[test]
fn page_made_checkout_starts_once_and_is_ready() {
    let mut flow = Flow::start(setup(25_000), Kept::default());
    assert_eq!(flow.sent(), Some(Call::Start));
    flow.event(Event::Setup(setup(25_000), Kept::default()));
    assert_eq!(flow.sent(), None);
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.news(), [&Effect::Ready]);
    assert_eq!(flow.sent(), None);
}

#[test]
fn kept_session_is_read_instead_of_started() {
    let kept = Kept { session: Some(session()), pending: None };
    let mut flow = Flow::start(setup(25_000), kept);
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.answer(checkout(25_000, vec![tender("tn_1", "PS58", 10_000, 0)]));
    assert_eq!(flow.news(), [&Effect::Ready, &Effect::Change]);
    assert_eq!(flow.remaining(), 15_000);
}

#[test]
fn kept_session_that_ended_is_replaced() {
    for end in [
        problem(401, "token_expired"),
        problem(404, "not_found"),
        Outcome::Checkout(Checkout { status: Status::Over, ..checkout(25_000, vec![]) }, session()),
    ] {
        let mut flow = Flow::start(setup(25_000), Kept { session: Some(session()), ..Kept::default() });
        flow.end(end);
        assert_eq!(flow.sent(), Some(Call::Start));
    }
}

#[test]
fn kept_session_with_another_total_is_patched() {
    let mut flow = Flow::start(setup(30_000), Kept { session: Some(session()), ..Kept::default() });
    flow.answer(checkout(25_000, vec![tender("tn_1", "PS58", 10_000, 0)]));
    assert_eq!(flow.sent(), Some(Call::Patch));
    assert_eq!(flow.remaining(), 20_000);
}

#[test]
fn apply_refuses_slips_without_a_request() {
    for (typed, reason) in [
        ("", Reason::CodeMalformed),
        ("7684", Reason::CodeMalformed),
        ("7684-VTF2-6H45-PXQ5-PS59", Reason::CodeCheckFailed),
        ("4111 1111 1111 1111", Reason::LooksLikePaymentCard),
    ] {
        let mut flow = Flow::open(vec![]);
        flow.apply(typed, "k1");
        assert_eq!((flow.sent(), flow.reason()), (None, Some(reason)), "{typed}");
        assert_eq!(flow.news(), [&Effect::Error]);
        assert_eq!(flow.state.slot, None);
    }
}

#[test]
fn apply_adds_a_tender_and_says_so() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1");
    assert_eq!(flow.sent_key(), "k1");
    assert!(flow.state.apply.is_some());
    assert_eq!(flow.state.slot, Some(Slot { last4: "PS58".into(), points: 0, refused: false }));
    flow.answer(checkout(25_000, vec![tender("tn_1", "PS58", 10_000, 0)]));
    assert!(flow.state.apply.is_none());
    assert_eq!(flow.state.slot, None);
    assert_eq!(flow.remaining(), 15_000);
    assert!(flow.effects.contains(&Effect::ClearField));
    assert_eq!(flow.news(), [&Effect::Change]);
    let said = Said::Applied { amount: amount(10_000), last4: "PS58".into(), remaining: amount(15_000) };
    assert_eq!(flow.state.said, Some(said));
}

#[test]
fn ten_clicks_are_one_request() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1");
    for _ in 0..9 {
        flow.apply(CODE, "k2");
        assert_eq!(flow.effects, []);
    }
}

#[test]
fn apply_before_the_checkout_is_there_waits_for_it() {
    let mut flow = Flow::start(setup(25_000), Kept::default());
    flow.apply(CODE, "k1");
    assert_eq!(flow.sent(), None);
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.sent_key(), "k1");
}

#[test]
fn refusal_keeps_the_text_and_the_room_until_the_shopper_acts() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1").end(problem(409, "card_frozen"));
    assert_eq!(flow.reason(), Some(Reason::CardFrozen));
    assert!(flow.state.slot.as_ref().unwrap().refused);
    assert!(!flow.effects.contains(&Effect::ClearField));
    flow.type_in("7684");
    assert_eq!((flow.reason(), &flow.state.slot), (None, &None));
}

#[test]
fn refused_key_is_not_used_again() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1").end(problem(409, "card_frozen"));
    flow.apply(CODE, "k2");
    assert_eq!(flow.sent_key(), "k2");
}

#[test]
fn lost_answer_is_read_before_it_is_asked_again() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1").end(Outcome::Silence);
    assert_eq!(flow.sent(), Some(Call::Read));
    assert_eq!(flow.reason(), Some(Reason::Unreachable));
    assert!(flow.state.apply.is_some());
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.sent_key(), "k1");
    flow.answer(checkout(25_000, vec![tender("tn_1", "PS58", 10_000, 0)]));
    assert_eq!((flow.reason(), flow.remaining()), (None, 15_000));
}

#[test]
fn lost_answer_of_an_effect_is_found_by_reading() {
    let mut flow = Flow::open(vec![tender("tn_1", "PS58", 10_000, 0)]);
    flow.apply(CODE, "k1").end(Outcome::Silence);
    // Another card with the same last four was there before: only a new tender counts.
    flow.answer(checkout(25_000, vec![tender("tn_1", "PS58", 10_000, 0), tender("tn_2", "PS58", 5_000, 0)]));
    assert_eq!((flow.sent(), flow.state.apply.is_some()), (None, false));
    assert!(matches!(flow.state.said, Some(Said::Applied { .. })));
}

#[test]
fn second_silence_ends_the_try_and_keeps_its_key() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1").end(Outcome::Silence).answer(checkout(25_000, vec![])).end(Outcome::Silence);
    assert_eq!((flow.sent(), flow.reason(), flow.state.apply.is_some()), (None, Some(Reason::Unreachable), false));
    assert_eq!(flow.news(), [&Effect::Error]);
    // The next press reads first and goes on with the same key.
    flow.apply(CODE, "k2");
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.sent_key(), "k1");
}

#[test]
fn kept_key_serves_only_its_card() {
    let pending = Some(Pending { last4: "D5VV".into(), key: "k0".into() });
    let mut flow = Flow::start(setup(25_000), Kept { pending, ..Kept::default() });
    flow.answer(checkout(25_000, vec![])).apply(CODE, "k1");
    assert_eq!(flow.sent_key(), "k1");
}

#[test]
fn kept_key_of_another_card_with_the_same_last_four_is_replaced() {
    let pending = Some(Pending { last4: "PS58".into(), key: "k0".into() });
    let mut flow = Flow::start(setup(25_000), Kept { pending, ..Kept::default() });
    flow.answer(checkout(25_000, vec![])).apply(CODE, "k1");
    assert_eq!(flow.sent_key(), "k0");
    flow.end(problem(422, "idempotency_key_reused"));
    assert_eq!(flow.sent_key(), "k1");
    flow.end(problem(422, "idempotency_key_reused"));
    assert_eq!((flow.sent(), flow.reason()), (None, Some(Reason::Refused)));
}

#[test]
fn faults_of_the_service_count_as_silence() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1").end(problem(500, "fault"));
    assert_eq!(flow.sent(), Some(Call::Read));
}

#[test]
fn refusal_without_words_is_no_outage_and_ends_with_the_next_answer() {
    for (status, code) in [(409, "checkout_broken"), (403, "origin_not_allowed"), (422, "of_a_later_version")] {
        let mut flow = Flow::served(vec![]);
        flow.refresh().end(problem(status, code));
        assert_eq!((flow.reason(), flow.state.editable()), (Some(Reason::Refused), true), "{code}");
        flow.refresh().answer(checkout(25_000, vec![]));
        assert_eq!(flow.state.notice, None, "{code}");
    }
}

#[test]
fn running_operation_is_waited_for_a_few_times() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1");
    for _ in 0..WAITS_MAX {
        flow.end(problem(409, "operation_in_progress"));
        assert!(matches!(flow.effects[..], [Effect::Send { delay_ms: 1_000, .. }]), "{:?}", flow.effects);
        assert_eq!(flow.sent_key(), "k1");
    }
    flow.end(problem(409, "operation_in_progress"));
    assert_eq!((flow.sent(), flow.reason()), (None, Some(Reason::Unreachable)));
}

#[test]
fn removal_is_shown_at_once_and_focus_goes_on() {
    let tenders = vec![tender("tn_1", "AAAA", 10_000, 0), tender("tn_2", "AAAA", 5_000, 0)];
    let mut flow = Flow::open(tenders.clone());
    flow.remove("tn_1");
    assert_eq!((flow.shown(), flow.remaining()), (vec!["tn_2".to_owned()], 20_000));
    assert!(flow.effects.contains(&Effect::Focus(Some("tn_2".into()))));
    assert_eq!(flow.sent(), Some(Call::Remove));
    flow.answer(checkout(25_000, tenders[1..].to_vec()));
    assert_eq!(flow.state.said, Some(Said::Removed { last4: "AAAA".into(), remaining: amount(20_000) }));
    flow.remove("tn_2");
    assert!(flow.effects.contains(&Effect::Focus(None)));
}

#[test]
fn removal_without_an_answer_is_read_asked_again_and_taken_back() {
    let tenders = vec![tender("tn_1", "AAAA", 10_000, 0)];
    let mut flow = Flow::open(tenders.clone());
    flow.remove("tn_1").end(Outcome::Silence);
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.answer(checkout(25_000, tenders.clone()));
    assert_eq!(flow.sent(), Some(Call::Remove));
    flow.end(Outcome::Silence);
    assert_eq!((flow.shown().len(), flow.reason()), (1, Some(Reason::Unreachable)));
}

#[test]
fn two_removals_go_one_after_the_other() {
    let tenders = vec![tender("tn_1", "AAAA", 10_000, 0), tender("tn_2", "BBBB", 5_000, 0)];
    let mut flow = Flow::open(tenders.clone());
    flow.remove("tn_1").remove("tn_2");
    assert_eq!((flow.sent(), flow.remaining()), (None, 25_000));
    flow.answer(checkout(25_000, tenders[1..].to_vec()));
    assert_eq!(flow.sent(), Some(Call::Remove));
}

#[test]
fn changed_total_is_split_at_once_and_patched_once_more() {
    let mut flow = Flow::open(vec![tender("tn_1", "AAAA", 10_000, 2_000)]);
    flow.event(Event::Setup(setup(8_000), Kept::default()));
    assert_eq!((flow.sent(), flow.remaining()), (Some(Call::Patch), 0));
    flow.event(Event::Setup(setup(9_000), Kept::default())).event(Event::Setup(setup(30_000), Kept::default()));
    assert_eq!((flow.sent(), flow.remaining()), (None, 18_000));
    flow.answer(checkout(8_000, vec![tender("tn_1", "AAAA", 8_000, 4_000)]));
    assert_eq!(flow.sent(), Some(Call::Patch));
}

#[test]
fn served_checkout_is_read_again_and_shows_the_page_s_total_meanwhile() {
    let mut flow = Flow::served(vec![tender("tn_1", "AAAA", 10_000, 0)]);
    let setup = Setup { served: Some(session()), ..setup(30_000) };
    flow.event(Event::Setup(setup, Kept::default()));
    assert_eq!((flow.sent(), flow.remaining()), (Some(Call::Read), 20_000));
    flow.answer(checkout(31_000, vec![tender("tn_1", "AAAA", 10_000, 0)]));
    assert_eq!(flow.remaining(), 21_000);
}

#[test]
fn refresh_while_reading_reads_again() {
    let mut flow = Flow::served(vec![]);
    flow.refresh();
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.refresh();
    assert_eq!(flow.sent(), None);
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.sent(), None);
}

#[test]
fn card_that_changed_meanwhile_is_told_about() {
    let mut flow = Flow::served(vec![tender("tn_1", "AAAA", 10_000, 0)]);
    flow.refresh().answer(checkout(25_000, vec![tender("tn_1", "AAAA", 4_000, 0)]));
    assert_eq!((&flow.state.notice, flow.news()), (&Some(Notice::Changed), vec![&Effect::Change]));
}

#[test]
fn unreachable_service_is_not_asked_again_until_somebody_acts() {
    let mut flow = Flow::start(setup(25_000), Kept::default());
    flow.end(Outcome::Silence);
    assert_eq!((flow.sent(), flow.reason()), (None, Some(Reason::Unreachable)));
    assert_eq!(flow.news(), [&Effect::Ready, &Effect::Error]);
    flow.refresh();
    assert_eq!(flow.sent(), Some(Call::Start));
    flow.answer(checkout(25_000, vec![]));
    assert_eq!((flow.reason(), flow.news()), (None, vec![]));
}

#[test]
fn answers_to_another_order_are_not_heard() {
    let mut flow = Flow::open(vec![]);
    flow.apply(CODE, "k1");
    let old = flow.state.ticket;
    flow.event(Event::Setup(Setup { name: "raseed:pk_1:order-2:SAR".into(), ..setup(25_000) }, Kept::default()));
    let answer = Outcome::Checkout(checkout(25_000, vec![tender("tn_1", "PS58", 10_000, 0)]), session());
    flow.event(Event::Ended(old, answer));
    assert_eq!((flow.shown().len(), flow.state.apply.is_some()), (0, false));
}

#[test]
fn clear_starts_a_page_made_checkout_anew_and_empties_a_served_one() {
    let mut flow = Flow::open(vec![tender("tn_1", "AAAA", 10_000, 0)]);
    flow.event(Event::Clear);
    assert_eq!(flow.sent(), Some(Call::Start));
    assert!(flow.effects.contains(&Effect::Keep));
    assert_eq!((&flow.state.session, flow.news()), (&None, vec![&Effect::Change]));
    flow.answer(checkout(25_000, vec![]));
    assert_eq!(flow.news(), [] as [&Effect; 0]);

    let mut flow = Flow::served(vec![tender("tn_1", "AAAA", 10_000, 0)]);
    flow.event(Event::Clear);
    assert_eq!(flow.sent(), Some(Call::Remove));
}

#[test]
fn tenders_keep_their_colour_when_another_goes() {
    let three = ["tn_1", "tn_2", "tn_3"].map(|id| tender(id, "AAAA", 1_000, 0)).to_vec();
    let mut flow = Flow::open(three.clone());
    let colours = |flow: &Flow| flow.state.shown().rows.iter().map(|row| row.tender.colour).collect::<Vec<_>>();
    assert_eq!(colours(&flow), [0, 1, 2]);
    flow.remove("tn_2").answer(checkout(25_000, vec![three[0].clone(), three[2].clone()]));
    assert_eq!(colours(&flow), [0, 2]);
    flow.refresh().answer(checkout(25_000, vec![three[0].clone(), three[2].clone(), three[1].clone()]));
    assert_eq!(colours(&flow), [0, 2, 1]);
}

#[test]
fn slip_is_told_while_typing_and_stays_until_mended() {
    let mut flow = Flow::open(vec![]);
    let mut typed = |text: &str| flow.type_in(text).reason();
    assert_eq!(typed("7684-VTF2-6H45-PXQ5-PS5"), None);
    assert_eq!(typed("7684-VTF2-6H45-PXQ5-PS59"), Some(Reason::CodeCheckFailed));
    assert_eq!(typed("7684-VTF2-6H45-PXQ5-PS5"), Some(Reason::CodeCheckFailed));
    assert_eq!(typed(CODE), None);
}

#[test]
fn old_code_is_told_as_one_and_asks_for_nothing() {
    let mut flow = Flow::open(vec![]);
    let apply = |typed: &str| Event::Apply { typed: typed.into(), old: true, spare: "k1".into() };
    for typed in ["NR-1234", "4111 1111 1111 1111", "7684-VTF2-6H45-PXQ5-PS59"] {
        flow.event(apply(typed));
        assert_eq!((flow.reason(), flow.effects.as_slice()), (Some(Reason::OldCode), &[Effect::Error][..]), "{typed}");
        let problem = flow.state.notice.as_ref().and_then(Notice::problem).unwrap();
        assert_eq!((problem.code.as_str(), problem.retryable), ("old_code", false));
        assert_eq!((&flow.state.slot, &flow.state.pending), (&None, &None), "nothing is kept of it");
        flow.type_in("NR-123");
        assert_eq!(flow.reason(), None, "another text may be another code");
    }
    flow.event(apply(CODE));
    assert_eq!((flow.reason(), flow.sent()), (None, Some(Call::Apply)), "a code of ours is never an old one");
}

#[test]
fn old_code_as_long_as_ours_is_told_while_typing_and_a_shorter_one_when_it_is_applied() {
    let mut flow = Flow::open(vec![]);
    let mut typed = |text: &str| flow.event(Event::Typed { typed: text.into(), old: true }).reason();
    assert_eq!(typed("NR-1234"), None, "somebody may still be typing");
    assert_eq!(typed("7684-VTF2-6H45-PXQ5-PS59"), Some(Reason::OldCode));
    assert_eq!(typed(CODE), None);
}

#[test]
fn nothing_secret_is_printed() {
    let mut flow = Flow::start(Setup { served: Some(session()), ..setup(25_000) }, Kept::default());
    flow.answer(checkout(25_000, vec![])).apply(CODE, "k1");
    let text = format!("{:?} {:?}", flow.state, flow.effects);
    assert!(!text.contains("ct_1") && !text.contains("VTF2"), "{text}");
}
