//! A member's points: what may be used of them, and what the shopper wishes to use.
//!
//! The API's shape. A checkout that knows its member has `quote.points`:
//! `{"available":1240,"minimum":100,"step":10,"maximum":1240,"rate":{"points":100,"amount":500}}`. A hundred points are worth five hundred minor units
//! here, and n points ⌊n · amount / points⌋. What may be used is nothing, or a multiple of `step` from `minimum` to `maximum`; `maximum` is what this order
//! may take at most now, with the points that it takes already among them. Points in use are one tender,
//! `{"id","kind":"points","points":300,"requested":null,"applied":1500,"balance_after":940}`, its balance in points. `POST …/tenders
//! {"points":{"points":300}}` sets it to that number, whatever it was; to use none, it is removed. `quote.earns` is what the order will bring.
//!
//! However many changes are made, there is one wish, the last. A request for it sets a number and adds none, so one more does no harm and every one has a
//! key of its own. It is shown as if it were done, as a removal is, since `shared` splits the order here as
//! it will there. What a slider passes on its way is no wish: it is a draft, which is shown and never sent.

use super::checkout::POINTS_COLOUR;
use super::{Call, Checkout, Effect, Notice, Problem, Reason, Row, Said, Slot, State, Status, Tender};
use shared::digits::{self, Typed};
use shared::money::Amount;
use shared::program::Kind;

/// What tells the row of the points from those of cards. There is one.
pub(crate) const POINTS: &str = "points";

/// What may be used, and what it is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Points {
    pub(crate) available: u64,
    /// The fewest that may be used.
    pub(crate) least: u64,
    /// None where no points are offered.
    pub(crate) step: u64,
    /// The slider's last place. Its places are numbered, so that none lies between nothing and the minimum, where a thumb could get stuck.
    pub(crate) last_place: u64,
    /// So many points are worth so many minor units.
    rate: (u64, u64),
}

impl Points {
    /// As the API has them: without a step there are none.
    pub(crate) fn new(available: u64, minimum: u64, step: u64, maximum: u64, rate: (u64, u64)) -> Self {
        let steps = |points: u64| points.checked_div(step).unwrap_or_default();
        let first = steps(minimum.saturating_add(step).saturating_sub(1)).max(1);
        let last_place = steps(maximum).saturating_add(1).saturating_sub(first);
        Self { available, least: first.saturating_mul(step), step, last_place, rate }
    }

    /// What so many points are worth, rounded down to the minor unit. No honest rate leaves 64 bits, and 128 weigh a kilobyte.
    pub(crate) fn worth(&self, points: u64) -> Amount {
        let (per, amount) = self.rate;
        let minor = points.checked_mul(amount).and_then(|product| product.checked_div(per));
        minor.and_then(Amount::new).unwrap_or_default()
    }

    /// The most.
    pub(crate) fn most(&self) -> u64 {
        self.at(u64::MAX)
    }

    /// How many points that place stands for.
    pub(crate) fn at(&self, place: u64) -> u64 {
        match place.min(self.last_place).checked_sub(1) {
            Some(steps) => steps.saturating_mul(self.step).saturating_add(self.least),
            None => 0,
        }
    }

    /// The last place that stands for no more than so many points.
    pub(crate) fn place_of(&self, points: u64) -> u64 {
        let above = points.checked_sub(self.least).and_then(|above| above.checked_div(self.step));
        above.map(|steps| steps.saturating_add(1)).unwrap_or_default().min(self.last_place)
    }
}

/// What the controls say that is neither so nor wished: what is on its way to a wish, or was refused.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Draft {
    pub(crate) points: u64,
    /// It is being typed, so the text in the box is the shopper's.
    pub(crate) typed: bool,
}

/// The wish to use so many points.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Wish {
    pub(crate) points: u64,
    /// It was asked for, and not one before it.
    sent: bool,
}

/// What is known of a tender of points that is wished: how many there are stands in its row.
static WISHED: Tender = Tender {
    id: String::new(),
    kind: Kind::Reward,
    last4: String::new(),
    points: Some(0),
    requested: None,
    applied: Amount::ZERO,
    balance_after: Amount::ZERO,
    expires_at_ms: None,
    disclosure: String::new(),
    colour: POINTS_COLOUR,
    fresh: false,
};

impl Tender {
    /// What tells its row from the others; the points have theirs before the server has named it.
    pub(crate) fn key(&self) -> &str {
        if self.points.is_some() { POINTS } else { &self.id }
    }
}

/// Reads a number of points as any keyboard types it, with or without marks between thousands. An empty box is none.
pub(crate) fn number(text: &str) -> Option<u64> {
    let mut number = 0_u64;
    for character in text.chars() {
        match (character, digits::read(character)) {
            (',' | '٬' | '،' | '’', _) => {}
            // Between the groups of a code a dash is nothing; before a number it is not.
            ('-' | '\u{2212}', _) => return None,
            (_, Typed::Separator) => {}
            (_, Typed::Symbol(digit @ b'0'..=b'9')) => {
                number = number.checked_mul(10)?.checked_add(u64::from(digit.saturating_sub(b'0')))?;
            }
            _ => return None,
        }
    }
    Some(number)
}

impl State {
    /// What may be used, where that is known and may change.
    pub(crate) fn terms(&self) -> Option<&Points> {
        let open = self.checkout.as_ref().filter(|checkout| checkout.status == Status::Open);
        open.map(|checkout| &checkout.points).filter(|points| points.step > 0)
    }

    /// The tender of points, as the server last said it.
    pub(crate) fn points_tender(&self) -> Option<&Tender> {
        self.tenders().iter().find(|tender| tender.points.is_some())
    }

    pub(super) fn points_taken(&self) -> u64 {
        self.points_tender().and_then(|tender| tender.points).unwrap_or_default()
    }

    /// How many points the controls show.
    pub(crate) fn points_shown(&self) -> u64 {
        match (&self.draft, &self.points) {
            (Some(draft), _) => draft.points,
            (_, Some(wish)) => wish.points,
            _ => self.points_taken(),
        }
    }

    /// The controls say something else. Every control but the box moves the slider, so its place says what they want.
    pub(super) fn turn_points(&mut self, text: &str, typed: bool, done: bool, effects: &mut Vec<Effect>) {
        let Some(terms) = self.terms() else { return };
        let read = number(text);
        let points = match read {
            Some(place) if !typed => terms.at(place),
            Some(number) => terms.at(terms.place_of(number)),
            None => self.points_shown(),
        };
        if typed && done {
            return self.take_typed(read, points, effects);
        }
        self.end_points_notice();
        if done {
            self.wish_points(points);
        } else {
            self.draft = Some(Draft { points, typed });
        }
    }

    /// Nobody's number is made larger than it was typed. One that is too large, or between two steps, is taken for the next one below that can be used, and
    /// a sentence says so: whoever types 5000 wants all, and should not have to reckon. One below the minimum would become nothing, which nobody means, and
    /// what is no number says nothing: these two stay in the box, with an error.
    fn take_typed(&mut self, read: Option<u64>, points: u64, effects: &mut Vec<Effect>) {
        // A box that loses the focus says once more what Enter was pressed on.
        if self.draft.is_none() || self.is_told_about_points() {
            return;
        }
        let mut notice = Problem { reason: Reason::PointsBounds, about_points: true, ..Problem::default() };
        let is_slip = read != Some(points) && (points == 0 || read.is_none());
        if is_slip {
            // A refusal has a code, and a note has none.
            notice.code = "amount_invalid".into();
            effects.push(Effect::Error);
        } else {
            self.wish_points(points);
        }
        if read != Some(points) {
            self.notice = Some(Notice::Problem(notice));
        }
    }

    fn is_told_about_points(&self) -> bool {
        self.notice.as_ref().is_some_and(Notice::about_points)
    }

    fn end_points_notice(&mut self) {
        if self.is_told_about_points() {
            self.notice = None;
        }
    }

    /// The last wish counts. While another is under way it waits; then it is asked for unless that has come true.
    pub(super) fn wish_points(&mut self, points: u64) {
        self.end_refusal();
        self.draft = None;
        self.blocked = false;
        let wished = self.points.as_ref().map(|wish| wish.points);
        if wished.unwrap_or_else(|| self.points_taken()) == points && !self.stale {
            return;
        }
        self.said = None;
        self.begin();
        self.points = Some(Wish { points, sent: false });
    }

    /// The row of points as they are wished.
    pub(super) fn wished_row(&self, points: u64) -> Row<'_> {
        let (applied, left) =
            self.terms().map(|terms| (terms.worth(points), terms.available.saturating_sub(points))).unwrap_or_default();
        Row { tender: &WISHED, points: Some(points), applied, balance_after: Amount::new(left).unwrap_or_default() }
    }

    pub(super) fn points_sent(&mut self) {
        if let Some(wish) = &mut self.points {
            wish.sent = true;
        }
    }

    /// Ends the wish if it has come true, or if this was the answer to it.
    pub(super) fn fulfil_points(&mut self, call: Call) {
        let taken = self.points_taken();
        let Some(wish) = &self.points else { return };
        // A checkout that took the place of another may know no member.
        if wish.points != taken && !(call == Call::Points && wish.sent) && self.terms().is_some() {
            return;
        }
        self.points = None;
        let remaining = self.checkout.as_ref().map(Checkout::remaining).unwrap_or_default();
        let said = self.points_tender().map(|tender| Said::applied(tender, remaining));
        self.said = Some(said.unwrap_or(Said::NoPoints { remaining }));
    }

    /// The server would not have it. What was refused may no longer be what is wished.
    pub(super) fn refuse_points(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        let Some(wish) = &self.points else { return };
        if wish.sent {
            self.end_points();
            self.tell(self.of_points(problem), effects);
        } else if wish.points == self.points_taken() {
            self.points = None;
        }
    }

    /// The problem as one of the points: it stands beside their controls, and what a card would be told is said of points.
    pub(super) fn of_points(&self, mut problem: Problem) -> Problem {
        if ["insufficient_balance", "amount_invalid"].contains(&problem.code.as_str()) {
            problem.reason = Reason::PointsBounds;
        }
        problem.about_points = self.terms().is_some();
        problem
    }

    /// Ends the wish, not done. The controls say it until the shopper does something, and a row that it had stays as well.
    pub(super) fn end_points(&mut self) {
        let Some(wish) = self.points.take() else { return };
        let points = wish.points;
        self.said = None;
        self.draft = Some(Draft { points, typed: false });
        if self.apply.is_none() && self.points_taken() == 0 && points > 0 {
            self.slot = Some(Slot { last4: String::new(), points, refused: true });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(minimum: u64, step: u64, maximum: u64) -> Points {
        Points::new(1_240, minimum, step, maximum, (100, 500))
    }

    fn worth((per, amount): (u64, u64), points: u64) -> Amount {
        Points::new(1_240, 100, 10, 1_240, (per, amount)).worth(points)
    }

    #[test]
    fn worth_is_rounded_down_to_the_minor_unit() {
        let worth = |rate, points| worth(rate, points).minor();
        assert_eq!((worth((100, 500), 1_240), worth((100, 500), 0)), (6_200, 0));
        assert_eq!((worth((3, 1), 2), worth((3, 1), 3), worth((3, 2), 2)), (0, 1, 1));
        assert_eq!((worth((0, 5), 100), worth((1, u64::MAX), 2)), (0, 0), "no rate, no worth");
    }

    #[test]
    fn places_are_nothing_and_every_step_from_the_minimum() {
        let usual = terms(100, 10, 1_245);
        assert_eq!([0, 1, 2].map(|place| usual.at(place)), [0, 100, 110]);
        assert_eq!((usual.last_place, usual.most(), usual.at(9_999)), (115, 1_240, 1_240));
        assert_eq!([0, 99, 100, 109, 110, 9_999].map(|points| usual.place_of(points)), [0, 0, 1, 1, 2, 115]);
        let odd = terms(25, 10, 45);
        assert_eq!((odd.least, odd.most(), odd.last_place), (30, 40, 2));
        let none = terms(100, 10, 99);
        assert_eq!((none.last_place, none.most(), none.place_of(500)), (0, 0, 0));
        let free = terms(0, 1, 3);
        assert_eq!([0, 1, 3].map(|place| free.at(place)), [0, 1, 3]);
    }

    #[test]
    fn number_reads_every_keyboard_and_its_own_marks() {
        for (text, expected) in [
            ("1240", Some(1_240)),
            ("1,240", Some(1_240)),
            ("١٬٢٤٠", Some(1_240)),
            ("۱۲۴۰", Some(1_240)),
            ("\u{200f} １２４０ ", Some(1_240)),
            ("0300", Some(300)),
            ("", Some(0)),
            ("-5", None),
            ("10.5", None),
            ("all", None),
            ("99999999999999999999", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn every_place_can_be_used_and_is_its_own() {
        for (minimum, step, maximum) in [(0, 1, 7), (0, 7, 30), (5, 7, 30), (14, 7, 28), (30, 7, 29), (100, 10, 1_240)]
        {
            let terms = terms(minimum, step, maximum);
            for place in 0..=terms.last_place + 2 {
                let points = terms.at(place);
                assert!(
                    points == 0 || (points >= minimum && points <= maximum && points.is_multiple_of(step)),
                    "{points}"
                );
                assert_eq!(terms.place_of(points), place.min(terms.last_place));
            }
        }
    }
}
