//! The HTTP API as the widget speaks it: a [`Call`] becomes a request, its end an [`Outcome`].
//!
//! In scope: what a request carries, reading answers. Out of scope: when to send and what to do after it (`state.rs`); addresses, headers,
//! JSON and the time-out (`shell.js`, which carries requests out, since a promise in the Wasm costs two kilobytes).
//!
//! The answer is read by hand, field by field. Measured with this crate, brotli: 24.1 kB of Wasm so, 44.4 kB with derived types and
//! `serde-wasm-bindgen`, and another kilobyte of glue.

use crate::dom::{self, join};
use crate::pending::Session;
use crate::state::{Call, Checkout, Outcome, Points, Problem, Setup, State, Status, Tender};
use shared::limits::AMOUNT_MAX;
use shared::money::{Amount, Currency};
use shared::program::Kind;

/// Sends one request; the loader knows its address and writes what it carries. Its end comes back with the ticket.
pub(crate) fn send(state: &State, call: Call, ticket: u32, delay_ms: u32) {
    let Setup { currency, reference, member, .. } = &state.setup;
    let total = digits(state.setup.total.unwrap_or_default().minor());
    let mut key = "";
    let (name, value) = match call {
        Call::Start => ("start", total),
        Call::Read => ("read", String::new()),
        Call::Patch => ("patch", total),
        Call::Apply => {
            key = state.pending.as_ref().map(|pending| pending.key.as_str()).unwrap_or_default();
            ("apply", state.apply.as_ref().map(|apply| apply.code.canonical()).unwrap_or_default())
        }
        Call::Remove => ("remove", state.removals.first().cloned().unwrap_or_default()),
        Call::Points => match state.points.as_ref().map(|wish| wish.points) {
            Some(points @ 1..) => ("points", digits(points)),
            _ => ("remove", state.points_tender().map(|tender| tender.id.clone()).unwrap_or_default()),
        },
    };
    // Who has no session asks for one, by the publishable key.
    let (id, bearer) = state.session.as_ref().map_or(("", &state.setup.key), |session| (&session.id, &session.token));
    let currency = currency.as_ref().map(Currency::code).unwrap_or_default();
    dom::ask(ticket, name, id, bearer, key, &value, currency, reference, &member.0, delay_ms);
}

/// A number as the browser writes it. What is counted here, an exact double can hold.
fn digits(number: u64) -> String {
    dom::digits(number as f64)
}

/// What the end of a request says. `session` is the one that it was sent with.
pub(crate) fn read(status: u16, session: Option<&Session>) -> Outcome {
    let body = Reader { at: "" };
    if (200..300).contains(&status) {
        return match body.answer(session) {
            Some((checkout, session)) => Outcome::Checkout(checkout, session),
            None => Outcome::Silence,
        };
    }
    // Something between here and the service may answer in its place; what has no code is no answer.
    let Some(code) = body.text("code") else { return Outcome::Silence };
    Outcome::Problem(Problem {
        status,
        retryable: body.text("retryable").is_some_and(|retryable| retryable == "true"),
        expired_at_ms: body.whole("expired_at"),
        currency: body.text("currency"),
        minimum: body.amount("minimum"),
        retry_after_seconds: body.whole("retry_after_seconds").and_then(|seconds| u32::try_from(seconds).ok()),
        checkout: body.quote(Status::Open, None),
        ..Problem::of(&code)
    })
}

/// Reads the newest answer field by field; a field that is not what it must be is none. The answer stays with the loader, and is asked for by paths:
/// values of JavaScript in the Wasm's hands weigh more than the text of a path.
struct Reader<'a> {
    /// Where it stands: nothing, or a path that ends with a point.
    at: &'a str,
}

impl Reader<'_> {
    fn answer(&self, session: Option<&Session>) -> Option<(Checkout, Session)> {
        let status = Status::parse(&self.text("status")?);
        let checkout = self.quote(status, self.amount("eligible_total"))?;
        let token = self.text("token").or_else(|| session.map(|session| session.token.clone()))?;
        Some((checkout, Session { id: self.text("id")?, token }))
    }

    fn quote(&self, status: Status, eligible_total: Option<Amount>) -> Option<Checkout> {
        let quote = Reader { at: "quote." };
        let total = quote.amount("total")?;
        let currency = Currency::parse(&quote.text("currency")?)?;
        let mut tenders = Vec::new();
        for place in 0..quote.whole("tenders.length")? {
            let at = join(&["quote.tenders.", &digits(place), "."]);
            tenders.push(Reader { at: &at }.tender()?);
        }
        Some(Checkout {
            status,
            total,
            eligible_total: eligible_total.unwrap_or(total),
            currency,
            tenders,
            points: Points::new(
                quote.count("points.available"),
                quote.count("points.minimum"),
                quote.count("points.step"),
                quote.count("points.maximum"),
                (quote.count("points.rate.points"), quote.count("points.rate.amount")),
            ),
            earns: quote.count("earns"),
        })
    }

    fn tender(&self) -> Option<Tender> {
        let points = self.whole("points");
        Some(Tender {
            // Points pay when rewards do. A kind of a later version pays last, as bought value does.
            kind: match points {
                Some(_) => Kind::Reward,
                None => self.text("kind").and_then(|kind| Kind::parse(&kind)).unwrap_or(Kind::PaidGift),
            },
            points,
            requested: self.amount("requested"),
            applied: self.amount("applied")?,
            balance_after: self.amount("balance_after")?,
            id: self.text("id")?,
            last4: self.text("last4").unwrap_or_default(),
            expires_at_ms: self.whole("expires_at"),
            disclosure: self.text("disclosures").unwrap_or_default(),
            colour: 0,
            fresh: false,
        })
    }

    fn text(&self, name: &str) -> Option<String> {
        Some(dom::answered(&join(&[self.at, name]))).filter(|text| !text.is_empty())
    }

    fn amount(&self, name: &str) -> Option<Amount> {
        self.whole(name).and_then(Amount::new)
    }

    /// A whole number; a moment is one of milliseconds.
    fn whole(&self, name: &str) -> Option<u64> {
        whole_of(dom::number(&join(&[self.at, name])))
    }

    /// A number that counts; what is not there counts nothing.
    fn count(&self, name: &str) -> u64 {
        self.whole(name).unwrap_or_default()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked first, and a fraction is refused"
)]
fn whole_of(number: f64) -> Option<u64> {
    if !(0.0..=AMOUNT_MAX as f64).contains(&number) {
        return None;
    }
    let whole = number as u64;
    (whole as f64 == number).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_refuses_fractions_and_what_is_out_of_range() {
        for number in [-1.0, 0.5, 1e300, f64::NAN, f64::INFINITY, 9_007_199_254_740_992.0] {
            assert_eq!(whole_of(number), None, "{number}");
        }
        assert_eq!(whole_of(9_007_199_254_740_991.0), Some(AMOUNT_MAX));
    }
}
