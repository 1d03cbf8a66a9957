//! A member's points: what may be used of them, and what the shopper wishes to use.
//!
//! The API's shape. A checkout that knows its member has `quote.points`:
//! `{"available":1240,"minimum":100,"step":10,"maximum":1240,"rate":{"points":100,"amount":500}}`. A hundred points are worth five hundred minor units
//! here, and n points ⌊n · amount / points⌋. What may be used is nothing, or a multiple of `step` from `minimum` to `maximum`; `maximum` is what this order
//! may take at most now, with the points that it takes already among them. Points in use are one tender,
//! `{"id","kind":"points","points":300,"requested":null,"applied":1500,"balance_after":940}`, its balance in points. `POST …/tenders
//! {"points":{"points":300}}` sets it to that number, whatever it was; to use none, it is removed. `quote.earns` is what the order will bring.
//!
//! However many changes are made, there is one wish, the last. It is shown as if it were done, as a removal is, since `shared` splits the order here as
//! it will there. What a slider passes on its way is no wish: it is a draft, which is shown and never sent.

use super::{Attempt, Call, Checkout, Effect, Notice, Problem, Reason, Said, State, Status, Tender};
use shared::digits::{self, Typed};
use shared::money::Amount;
use shared::program::Kind;

/// What tells the row of the points from those of cards. There is one.
pub(crate) const POINTS: &str = "points";

/// What may be used, and what it is worth.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Points {
    pub(crate) available: u64,
    pub(crate) minimum: u64,
    /// At least one.
    pub(crate) step: u64,
    pub(crate) maximum: u64,
    /// So many points are worth so many minor units.
    pub(crate) rate: (u64, u64),
}

impl Points {
    /// What so many points are worth, rounded down to the minor unit. Whole rates and the rest are reckoned apart, which is exact and needs no division of
    /// 128 bits: that weighs a kilobyte.
    pub(crate) fn worth(&self, points: u64) -> Amount {
        let (per, amount) = self.rate;
        let whole = points.checked_div(per).and_then(|rates| rates.checked_mul(amount));
        let rest = points.checked_rem(per).and_then(|rest| rest.checked_mul(amount)?.checked_div(per));
        let minor = whole.zip(rest).and_then(|(whole, rest)| whole.checked_add(rest));
        minor.and_then(Amount::new).unwrap_or_default()
    }

    /// The fewest that may be used.
    pub(crate) fn least(&self) -> u64 {
        self.minimum.div_ceil(self.step).max(1).saturating_mul(self.step)
    }

    /// The most.
    pub(crate) fn most(&self) -> u64 {
        self.at(u64::MAX)
    }

    /// The slider's last place. Its places are numbered, so that none lies between nothing and the minimum, where a thumb could get stuck.
    pub(crate) fn last_place(&self) -> u64 {
        let steps = |points: u64| points.checked_div(self.step).unwrap_or_default();
        (steps(self.maximum).saturating_add(1)).saturating_sub(steps(self.least()))
    }

    /// How many points that place stands for.
    pub(crate) fn at(&self, place: u64) -> u64 {
        match place.min(self.last_place()).checked_sub(1) {
            Some(steps) => steps.saturating_mul(self.step).saturating_add(self.least()),
            None => 0,
        }
    }

    /// The last place that stands for no more than so many points.
    pub(crate) fn place_of(&self, points: u64) -> u64 {
        let above = points.checked_sub(self.least()).and_then(|above| above.checked_div(self.step));
        above.map(|steps| steps.saturating_add(1)).unwrap_or_default().min(self.last_place())
    }
}

/// What the shopper did to the controls.
#[derive(Debug)]
pub(crate) enum Turn {
    /// The slider stands there.
    Place(u64),
    /// This stands in the box.
    Typed(String),
    Less,
    More,
    All,
    None,
}

/// What the controls say and nobody has decided yet.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Draft {
    pub(crate) points: u64,
    /// It is being typed, so the text in the box is the shopper's.
    pub(crate) typed: bool,
}

/// The wish to use so many points.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Wish {
    /// The tender as it will be.
    pub(crate) tender: Tender,
    pub(crate) key: String,
    /// It was asked for, and not one before it.
    sent: bool,
    /// Not taken; the controls and the row keep it until the shopper does something, so that the page does not jump under a late answer.
    pub(crate) refused: bool,
}

impl Wish {
    pub(crate) fn points(&self) -> u64 {
        self.tender.points.unwrap_or_default()
    }

    /// Whether it is to use none.
    pub(crate) fn is_none(&self) -> bool {
        self.points() == 0
    }
}

impl Tender {
    /// What tells its row from the others; the points have theirs before the server has named it.
    pub(crate) fn key(&self) -> &str {
        if self.points.is_some() { POINTS } else { &self.id }
    }
}

/// Reads a number of points as any keyboard types it, with or without marks between thousands. An empty box is none.
fn number(text: &str) -> Option<u64> {
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
    pub(crate) fn terms(&self) -> Option<Points> {
        self.checkout.as_ref().filter(|checkout| checkout.status == Status::Open).and_then(|checkout| checkout.points)
    }

    /// The wish that is not done yet.
    pub(crate) fn points_wish(&self) -> Option<&Wish> {
        self.points.as_ref().filter(|wish| !wish.refused)
    }

    /// The tender of points, as the server last said it.
    pub(crate) fn points_tender(&self) -> Option<&Tender> {
        self.tenders().iter().find(|tender| tender.points.is_some())
    }

    pub(super) fn points_taken(&self) -> u64 {
        self.points_tender().and_then(|tender| tender.points).unwrap_or_default()
    }

    /// How many points the controls show: also those that were refused, until the shopper does something.
    pub(crate) fn points_shown(&self) -> u64 {
        match (&self.draft, &self.points) {
            (Some(draft), _) => draft.points,
            (_, Some(wish)) => wish.points(),
            _ => self.points_taken(),
        }
    }

    pub(super) fn turn_points(&mut self, turn: Turn, done: bool, spare: String, effects: &mut Vec<Effect>) {
        let Some(terms) = self.terms() else { return };
        let shown = self.points_shown();
        let place = terms.place_of(shown);
        let points = match turn {
            Turn::Place(place) => terms.at(place),
            Turn::Less => terms.at(place.saturating_sub(1)),
            Turn::More => terms.at(place.saturating_add(1)),
            Turn::All => terms.most(),
            Turn::None => 0,
            Turn::Typed(text) => return self.type_points(terms, &text, done, spare, effects),
        };
        self.end_points_notice();
        if done {
            self.wish_points(terms, points, spare);
        } else {
            self.draft = Some(Draft { points, typed: false });
        }
    }

    /// Nobody's number is made larger than it was typed. One that is too large, or between two steps, is taken for the next one below that can be used, and a
    /// sentence says so: whoever types 5000 wants all, and should not have to reckon. One below the minimum would become nothing, which nobody means, and
    /// what is no number says nothing: these two stay in the box, with an error.
    fn type_points(&mut self, terms: Points, text: &str, done: bool, spare: String, effects: &mut Vec<Effect>) {
        let read = number(text);
        let points = read.map_or_else(|| self.points_shown(), |number| terms.at(terms.place_of(number)));
        if !done {
            self.end_points_notice();
            self.draft = Some(Draft { points, typed: true });
            return;
        }
        let reason = match read {
            None => Some(Reason::PointsUnreadable),
            Some(number) if number == points => None,
            Some(number) if number < terms.least() => Some(Reason::PointsLeast),
            Some(number) if number > points && points == terms.most() => Some(Reason::PointsMost),
            Some(_) => Some(Reason::PointsStep),
        };
        let known = self.notice.as_ref().and_then(Notice::problem).map(|problem| problem.reason);
        match reason {
            // The field loses the focus with what Enter was pressed on already.
            None if self.draft.is_none() && self.points.is_none() && points == self.points_taken() => {}
            Some(reason) if reason.is_slip_of_points() => {
                if known != Some(reason) {
                    self.tell(Problem { reason, points: Some(terms), ..Problem::of("amount_invalid") }, effects);
                }
            }
            _ => {
                let smaller = reason.map(|reason| Problem { reason, points: Some(terms), ..Problem::default() });
                self.notice = smaller.map(Notice::Problem);
                self.wish_points(terms, points, spare);
            }
        }
    }

    fn end_points_notice(&mut self) {
        if self.notice.as_ref().and_then(Notice::problem).is_some_and(|problem| problem.points.is_some()) {
            self.notice = None;
        }
    }

    /// The last wish counts. While another is under way it waits; then it is asked for unless that has come true.
    pub(super) fn wish_points(&mut self, terms: Points, points: u64, key: String) {
        self.end_refusal();
        self.draft = None;
        self.blocked = false;
        let wished = self.points.as_ref().map(Wish::points);
        if wished.unwrap_or_else(|| self.points_taken()) == points && !self.stale {
            return;
        }
        self.said = None;
        self.begin();
        let tender = Tender {
            id: String::new(),
            kind: Kind::Reward,
            last4: String::new(),
            points: Some(points),
            requested: None,
            applied: terms.worth(points),
            balance_after: Amount::new(terms.available.saturating_sub(points)).unwrap_or_default(),
            expires_at_ms: None,
            colour: super::checkout::POINTS_COLOUR,
            fresh: false,
        };
        self.points = Some(Wish { tender, key, sent: false, refused: false });
    }

    pub(super) fn points_sent(&mut self) {
        if let Some(wish) = &mut self.points {
            wish.sent = true;
        }
    }

    /// Whether the wish has to be asked for. One that is as things stand already has not, once nothing is uncertain any more.
    pub(super) fn settle_points(&mut self) {
        let is_sure = self.flight.is_none() && self.attempt == Attempt::First && !self.stale;
        let Some(checkout) = self.checkout.as_ref().filter(|_| is_sure) else { return };
        let gone = checkout.points.is_none();
        if self.points_wish().is_some_and(|wish| gone || wish.points() == self.points_taken()) {
            self.points = None;
        }
    }

    /// Ends the wish if it has come true, or if this was the answer to it.
    pub(super) fn fulfil_points(&mut self, call: Call) {
        let taken = self.points_taken();
        let Some(wish) = self.points_wish() else { return };
        if wish.points() != taken && !(call == Call::Points && wish.sent) {
            return;
        }
        let remaining = self.checkout.as_ref().map(Checkout::remaining).unwrap_or_default();
        self.said = Some(match self.points_tender() {
            Some(tender) => Said::Points { points: taken, amount: tender.applied, remaining },
            None => Said::NoPoints { remaining },
        });
        self.points = None;
    }

    /// The server would not have it. What was refused may no longer be what is wished.
    pub(super) fn refuse_points(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        if self.points_wish().is_some_and(|wish| wish.sent) {
            self.end_points();
            self.tell(self.of_points(problem), effects);
        }
    }

    /// The problem as one of the points: it stands beside their controls, and what a card would be told is said of points.
    pub(super) fn of_points(&self, problem: Problem) -> Problem {
        let points = self.terms();
        let reason = match (problem.code.as_str(), points) {
            ("insufficient_balance", Some(terms)) if terms.most() == 0 => Reason::PointsUnusable,
            ("insufficient_balance", _) => Reason::PointsMost,
            ("amount_invalid", _) => Reason::PointsStep,
            _ => problem.reason,
        };
        Problem { reason, points, ..problem }
    }

    pub(super) fn end_points(&mut self) {
        if let Some(wish) = &mut self.points {
            wish.refused = true;
            self.said = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TERMS: Points = Points { available: 1_240, minimum: 100, step: 10, maximum: 1_245, rate: (100, 500) };

    #[test]
    fn worth_is_rounded_down_to_the_minor_unit() {
        let worth = |rate, points| Points { rate, ..TERMS }.worth(points).minor();
        assert_eq!((worth((100, 500), 1_240), worth((100, 500), 0)), (6_200, 0));
        assert_eq!((worth((3, 1), 2), worth((3, 1), 3), worth((3, 2), 2)), (0, 1, 1));
        assert_eq!(worth((0, 5), 100), 0, "no rate, no worth");
    }

    #[test]
    fn places_are_nothing_and_every_step_from_the_minimum() {
        assert_eq!([0, 1, 2].map(|place| TERMS.at(place)), [0, 100, 110]);
        assert_eq!((TERMS.last_place(), TERMS.most(), TERMS.at(9_999)), (115, 1_240, 1_240));
        assert_eq!([0, 99, 100, 109, 110, 9_999].map(|points| TERMS.place_of(points)), [0, 0, 1, 1, 2, 115]);
        let odd = Points { minimum: 25, step: 10, maximum: 45, ..TERMS };
        assert_eq!((odd.least(), odd.most(), odd.last_place()), (30, 40, 2));
        let none = Points { maximum: 99, ..TERMS };
        assert_eq!((none.last_place(), none.most(), none.place_of(500)), (0, 0, 0));
        let free = Points { minimum: 0, step: 1, maximum: 3, ..TERMS };
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
    fn worth_is_what_128_bits_say() {
        for points in [0, 1, 7, 99, 1_000_003, (1 << 40) - 1] {
            for per in [1, 3, 100, 997, 1 << 30] {
                for amount in [0, 1, 5, 500, 999_983, 1 << 30] {
                    let exact = u128::from(points) * u128::from(amount) / u128::from(per);
                    let expected = u64::try_from(exact).ok().and_then(Amount::new).unwrap_or_default();
                    assert_eq!(
                        Points { rate: (per, amount), ..TERMS }.worth(points),
                        expected,
                        "{points} at {per}:{amount}"
                    );
                }
            }
        }
    }

    #[test]
    fn every_place_can_be_used_and_is_its_own() {
        for (minimum, step, maximum) in [(0, 1, 7), (0, 7, 30), (5, 7, 30), (14, 7, 28), (30, 7, 29), (100, 10, 1_240)]
        {
            let terms = Points { minimum, step, maximum, ..TERMS };
            for place in 0..=terms.last_place() + 2 {
                let points = terms.at(place);
                assert!(
                    points == 0 || (points >= minimum && points <= maximum && points.is_multiple_of(step)),
                    "{points}"
                );
                assert_eq!(terms.place_of(points), place.min(terms.last_place()));
            }
        }
    }
}
