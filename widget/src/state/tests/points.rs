//! The flows of the points.

use super::*;

const TERMS: (u64, u64, u64) = (1_240, 100, 10);

/// 250.00, of which so many points pay a part; a hundred are worth 5.00.
fn with_points(taken: u64, mut cards: Vec<Tender>) -> Checkout {
    let (available, minimum, step) = TERMS;
    let terms = Points::new(available, minimum, step, available, (100, 500));
    if taken > 0 {
        let balance_after = available - taken;
        let last = cards.len();
        cards.insert(
            last,
            Tender { points: Some(taken), ..tender("tn_p", "", terms.worth(taken).minor(), balance_after) },
        );
    }
    Checkout { points: terms, ..checkout(25_000, cards) }
}

impl Flow {
    fn member(taken: u64) -> Self {
        let mut flow = Self::start(setup(25_000), Kept::default());
        flow.answer(with_points(taken, vec![]));
        flow
    }

    fn turn(&mut self, text: &str, typed: bool, done: bool) -> &mut Self {
        self.event(Event::Points { text: text.into(), typed, done })
    }

    /// The slider moves to the place of so many points and is let go there.
    fn slide(&mut self, points: u64) -> &mut Self {
        let place = self.state.terms().unwrap().place_of(points).to_string();
        self.turn(&place, false, false).turn(&place, false, true)
    }

    fn type_points(&mut self, text: &str) -> &mut Self {
        self.turn(text, true, false).turn(text, true, true)
    }

    /// How many points the next request asks for.
    fn asked(&self) -> u64 {
        assert_eq!(self.sent(), Some(Call::Points));
        self.state.points.as_ref().unwrap().points
    }
}

#[test]
fn tick_is_shown_and_only_a_change_is_asked() {
    let mut flow = Flow::member(0);
    for place in ["1", "2", "3"] {
        assert_eq!(flow.turn(place, false, false).effects, []);
    }
    assert_eq!((flow.state.points_shown(), flow.remaining()), (120, 25_000));
    flow.turn("3", false, true);
    assert_eq!(flow.asked(), 120);
    // What it will be is shown before the answer, and the answer changes nothing.
    assert_eq!((flow.shown().len(), flow.remaining()), (1, 24_400));
    flow.answer(with_points(120, vec![]));
    assert_eq!((flow.sent(), flow.news(), flow.remaining()), (None, vec![&Effect::Change], 24_400));
    let said = Said::Points { points: 120, amount: amount(600), remaining: amount(24_400) };
    assert_eq!(flow.state.said, Some(said));
}

#[test]
fn of_many_quick_changes_the_last_is_asked_alone() {
    let mut flow = Flow::member(0);
    flow.slide(100);
    for points in [200, 300, 400, 500] {
        flow.slide(points);
        assert_eq!(flow.sent(), None);
    }
    assert_eq!(flow.remaining(), 22_500);
    flow.answer(with_points(100, vec![]));
    assert_eq!(flow.asked(), 500);
    flow.answer(with_points(500, vec![]));
    assert_eq!((flow.sent(), &flow.state.points), (None, &None));
}

#[test]
fn change_of_mind_back_to_what_is_under_way_asks_nothing_more() {
    let mut flow = Flow::member(0);
    flow.slide(100).slide(500).slide(100);
    flow.answer(with_points(100, vec![]));
    assert_eq!((flow.sent(), &flow.state.points), (None, &None));
    // Back to what was before it is another wish, for by then the first is done.
    flow.slide(300).slide(100).answer(with_points(300, vec![]));
    assert_eq!(flow.asked(), 100);
}

#[test]
fn points_are_replaced_where_they_stand_and_none_removes_them() {
    let mut flow = Flow::start(setup(25_000), Kept::default());
    flow.answer(Checkout { tenders: vec![], ..with_points(0, vec![]) });
    flow.slide(300).answer(with_points(300, vec![tender("tn_1", "AAAA", 10_000, 0)]));
    flow.slide(0);
    assert_eq!((flow.asked(), flow.shown(), flow.remaining()), (0, vec!["tn_1".to_owned()], 15_000));
    flow.answer(with_points(0, vec![tender("tn_1", "AAAA", 10_000, 0)]));
    assert_eq!(flow.state.said, Some(Said::NoPoints { remaining: amount(15_000) }));
}

#[test]
fn remove_of_points_is_the_wish_for_none_and_the_focus_goes_on() {
    let mut flow = Flow::member(300);
    flow.remove(POINTS);
    assert!(flow.effects.contains(&Effect::Focus(None)));
    assert_eq!((flow.asked(), flow.shown().len()), (0, 0));
}

#[test]
fn lost_answer_of_points_is_read_before_it_is_asked_again() {
    let mut flow = Flow::member(0);
    flow.slide(300).end(Outcome::Silence);
    assert_eq!(flow.sent(), Some(Call::Read));
    assert!(flow.state.notice.as_ref().unwrap().about_points());
    flow.answer(with_points(0, vec![]));
    assert_eq!(flow.asked(), 300);
    flow.answer(with_points(300, vec![]));
    assert_eq!((flow.reason(), flow.sent()), (None, None));
    // Found by reading, nothing is asked again.
    flow.slide(400).end(Outcome::Silence).answer(with_points(400, vec![]));
    assert_eq!((flow.reason(), flow.sent(), &flow.state.points), (None, None, &None));
}

#[test]
fn wish_that_changes_while_an_answer_is_lost_is_asked_after_reading() {
    let mut flow = Flow::member(0);
    flow.slide(300).end(Outcome::Silence).slide(0);
    assert_eq!(flow.sent(), None, "it is being read");
    flow.answer(with_points(300, vec![]));
    assert_eq!(flow.asked(), 0, "what was lost had been done");
}

#[test]
fn second_silence_ends_the_wish_and_the_controls_say_it_still() {
    let mut flow = Flow::member(0);
    flow.slide(300).end(Outcome::Silence).answer(with_points(0, vec![])).end(Outcome::Silence);
    assert_eq!((flow.sent(), flow.reason(), flow.shown().len()), (None, Some(Reason::Unreachable), 0));
    assert_eq!((flow.state.points_shown(), flow.state.slot.as_ref().map(|slot| slot.points)), (300, Some(300)));
    assert_eq!(flow.news(), [&Effect::Error]);
    // The next wish reads first.
    flow.slide(300);
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.answer(with_points(300, vec![]));
    assert_eq!((flow.sent(), &flow.state.points, &flow.state.slot), (None, &None, &None));
}

#[test]
fn points_that_were_taken_after_all_are_found_and_their_refusal_goes() {
    let mut flow = Flow::member(0);
    flow.slide(300).end(Outcome::Silence).answer(with_points(0, vec![])).end(Outcome::Silence);
    assert!(flow.state.slot.is_some());
    // The network is back.
    flow.refresh();
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.answer(with_points(300, vec![]));
    assert_eq!((flow.sent(), &flow.state.slot, flow.reason(), flow.state.points_shown()), (None, &None, None, 300));
    let said = Said::Points { points: 300, amount: amount(1_500), remaining: amount(23_500) };
    assert_eq!(flow.state.said, Some(said));
}

#[test]
fn points_that_are_gone_already_make_no_new_checkout() {
    // Another tab took them off, and meanwhile the wish became another one.
    let mut flow = Flow::member(300);
    flow.slide(0).slide(200).end(problem(404, "not_found"));
    assert_eq!(flow.sent(), Some(Call::Read));
    flow.answer(with_points(0, vec![]));
    assert_eq!(flow.asked(), 200);
}

#[test]
fn refusal_of_points_stands_beside_them_unless_the_wish_is_another() {
    for (code, reason) in [
        ("insufficient_balance", Reason::PointsBounds),
        ("amount_invalid", Reason::PointsBounds),
        ("quota_exceeded", Reason::QuotaExceeded),
    ] {
        let mut flow = Flow::member(0);
        flow.slide(300).end(problem(409, code));
        assert_eq!((flow.reason(), flow.remaining(), flow.sent()), (Some(reason), 25_000, None));
        assert!(flow.state.notice.as_ref().unwrap().about_points());
        flow.type_in("7684");
        assert_eq!(flow.reason(), Some(reason), "a code mends no points");
    }
    let mut flow = Flow::member(0);
    flow.slide(1_240).slide(200).end(problem(409, "insufficient_balance"));
    assert_eq!((flow.asked(), flow.reason()), (200, None));
}

#[test]
fn typed_number_is_never_made_larger_and_says_so_when_it_is_made_smaller() {
    for (text, asked, reason) in [
        ("300", Some(300), None),
        ("٣٠٠", Some(300), None),
        ("9000", Some(1_240), Some(Reason::PointsBounds)),
        ("305", Some(300), Some(Reason::PointsBounds)),
        ("50", None, Some(Reason::PointsBounds)),
        ("many", None, Some(Reason::PointsBounds)),
        ("", None, None),
    ] {
        let mut flow = Flow::member(0);
        flow.type_points(text);
        assert_eq!((flow.sent().map(|_| flow.asked()), flow.reason()), (asked, reason), "{text}");
        let is_slip = reason.is_some() && asked.is_none();
        assert_eq!(flow.effects.contains(&Effect::Error), is_slip, "{text}");
        // The box that loses the focus afterwards says nothing new.
        let before = flow.reason();
        flow.turn(text, true, true);
        assert_eq!((flow.sent(), flow.reason(), flow.news()), (None, before, vec![]), "{text}");
    }
}

#[test]
fn changed_total_splits_cards_and_points_at_once() {
    let mut flow = Flow::start(setup(25_000), Kept::default());
    flow.answer(with_points(300, vec![tender("tn_1", "AAAA", 10_000, 2_000)]));
    flow.event(Event::Setup(setup(9_000), Kept::default()));
    let rows = flow.state.shown().rows;
    let applied: Vec<_> = rows.iter().map(|row| (row.applied.minor(), row.balance_after.minor())).collect();
    assert_eq!(applied, [(7_500, 4_500), (1_500, 940)], "points pay first, and keep points");
}

#[test]
fn another_member_has_another_checkout() {
    let mut flow = Flow::member(300);
    let name = "raseed:pk_1:order-1:SAR:77".into();
    flow.event(Event::Setup(Setup { name, member: Member("mt_2".into()), ..setup(25_000) }, Kept::default()));
    assert_eq!((flow.sent(), flow.shown().len()), (Some(Call::Start), 0));
    assert!(!format!("{:?}", flow.state).contains("mt_2"));
}

#[test]
fn member_whose_token_is_over_pays_with_cards() {
    let member = Setup { member: Member("mt_1".into()), ..setup(25_000) };
    let mut flow = Flow::start(member, Kept::default());
    flow.end(problem(401, "token_expired"));
    assert_eq!((flow.sent(), flow.state.setup.member.0.as_str()), (Some(Call::Start), ""));
    flow.end(problem(401, "token_expired"));
    assert_eq!((flow.sent(), flow.reason()), (None, Some(Reason::Refused)));
}

#[test]
fn points_have_their_own_colour_and_take_none_of_the_cards() {
    let cards = ["tn_1", "tn_2"].map(|id| tender(id, "AAAA", 1_000, 0)).to_vec();
    let mut flow = Flow::start(setup(25_000), Kept::default());
    flow.answer(with_points(300, cards));
    let colours: Vec<_> = flow.state.shown().rows.iter().map(|row| row.tender.colour).collect();
    assert_eq!(colours, [0, 1, 5]);
}
