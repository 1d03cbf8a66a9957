//! A checkout as the server last said it, and as it is shown.
//!
//! Between a change that the shopper or the page made and the server's answer, the split is computed here by the function that the server will use,
//! so what is shown does not change again when the answer comes.

use super::{Points, State};
use shared::checkout::{Payer, split};
use shared::money::{Amount, Currency};
use shared::program::Kind;

/// One bit for each tender colour of `style.css`.
const ALL_COLOURS: u32 = 0b1_1111;

/// The colour that only points have.
pub(super) const POINTS_COLOUR: u32 = 5;

/// Where a checkout stands, as far as the shopper can tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    /// Tenders may change.
    Open,
    /// It is being paid or has been: shown, not changed.
    Locked,
    /// Voided or expired: of no further use.
    Over,
}

impl Status {
    /// Reads the name in an answer. A name of a later version is shown and not changed.
    pub(crate) fn parse(name: &str) -> Self {
        match name {
            "open" => Self::Open,
            "voided" | "expired" => Self::Over,
            _ => Self::Locked,
        }
    }
}

/// One card of a checkout, or its points.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tender {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) last4: String,
    /// How many points it is, when it is points. What it leaves is points as well.
    pub(crate) points: Option<u64>,
    pub(crate) requested: Option<Amount>,
    pub(crate) applied: Amount,
    pub(crate) balance_after: Amount,
    pub(crate) expires_at_ms: Option<u64>,
    /// What the law asks to be told of it, in both languages.
    pub(crate) disclosure: String,
    /// Which of the tender colours it has. It keeps it when another tender goes.
    pub(crate) colour: u32,
    /// Whether it was not there in the answer before.
    pub(crate) fresh: bool,
}

/// The server's answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Checkout {
    pub(crate) status: Status,
    pub(crate) total: Amount,
    pub(crate) eligible_total: Amount,
    pub(crate) currency: Currency,
    pub(crate) tenders: Vec<Tender>,
    /// What may be used of the member's points; without a member, nothing in no steps.
    pub(crate) points: Points,
    /// How many points the order will bring.
    pub(crate) earns: u64,
}

impl Checkout {
    /// What the tenders pay.
    pub(crate) fn covered(&self) -> Amount {
        Amount::sum(self.tenders.iter().map(|tender| tender.applied)).unwrap_or_default()
    }

    /// What remains to pay.
    pub(crate) fn remaining(&self) -> Amount {
        self.total.saturating_minus(self.covered())
    }

    /// Gives every tender its colour, the one that it had, else the first that is free, and tells those apart that were not there before.
    pub(super) fn colour_like(&mut self, before: &[Tender]) {
        let mut taken = 0_u32;
        for tender in &mut self.tenders {
            let known = before.iter().find(|old| old.id == tender.id);
            tender.fresh = known.is_none();
            if tender.points.is_some() {
                tender.colour = POINTS_COLOUR;
            } else if let Some(known) = known {
                tender.colour = known.colour;
                taken |= 1 << known.colour;
            }
        }
        for tender in self.tenders.iter_mut().filter(|tender| tender.fresh && tender.points.is_none()) {
            // With every colour taken, they begin again.
            taken = if taken == ALL_COLOURS { 0 } else { taken };
            tender.colour = taken.trailing_ones();
            taken |= 1 << tender.colour;
        }
    }
}

/// One row of the list: a tender and what it pays now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) tender: &'a Tender,
    /// How many points it is, when it is points.
    pub(crate) points: Option<u64>,
    pub(crate) applied: Amount,
    pub(crate) balance_after: Amount,
}

impl<'a> Row<'a> {
    fn of(tender: &'a Tender) -> Self {
        Self { tender, points: tender.points, applied: tender.applied, balance_after: tender.balance_after }
    }
}

/// What the shopper sees.
#[derive(PartialEq, Eq, Debug)]
pub(crate) struct Shown<'a> {
    /// The tenders, without those that are being removed, and with points as they are wished.
    pub(crate) rows: Vec<Row<'a>>,
    /// What the order costs; unknown before the first answer when the page does not say it.
    pub(crate) total: Option<Amount>,
    /// Whether the tenders cover the order, by the server's word. What is reckoned here may run ahead of it, and whoever reads "covered" pays no more.
    pub(crate) covered: bool,
}

impl Shown<'_> {
    /// What remains to pay.
    pub(crate) fn remaining(&self) -> Option<Amount> {
        let covered = Amount::sum(self.rows.iter().map(|row| row.applied)).unwrap_or_default();
        self.total.map(|total| total.saturating_minus(covered))
    }
}

impl State {
    /// What the shopper sees now.
    pub(crate) fn shown(&self) -> Shown<'_> {
        let Some(checkout) = &self.checkout else {
            return Shown { rows: Vec::new(), total: self.setup.total, covered: false };
        };
        // The page's word counts until the server has spoken, or cannot be reached: a page-made checkout follows it, a served one is being read again.
        let named = if self.setup.served.is_some() { self.expected_total } else { self.setup.total };
        let named = named.filter(|_| !self.blocked);
        let total = named.filter(|_| checkout.status == Status::Open).unwrap_or(checkout.total);
        let mut rows = Vec::new();
        let mut wished = self.points.as_ref().map(|wish| self.wished_row(wish.points));
        let differs = wished.is_some();
        for tender in &checkout.tenders {
            if !self.removals.contains(&tender.id) {
                // Points stay where they are in the list when they become more or fewer.
                let wished = if tender.points.is_some() { wished.take() } else { None };
                rows.push(wished.unwrap_or(Row::of(tender)));
            }
        }
        rows.extend(wished);
        rows.retain(|row| row.points != Some(0));
        if differs || total != checkout.total || rows.len() != checkout.tenders.len() {
            let all_eligible = checkout.eligible_total == checkout.total;
            let eligible = if all_eligible { total } else { checkout.eligible_total.min(total) };
            let payers: Vec<_> = rows.iter().map(Row::payer).collect();
            for (row, share) in rows.iter_mut().zip(split(eligible, &payers)) {
                row.applied = share.applied;
                if row.points.is_none() {
                    row.balance_after = share.balance_after;
                }
            }
        }
        let mut shown = Shown { rows, total: Some(total), covered: false };
        shown.covered = !shown.rows.is_empty()
            && shown.total == Some(checkout.total)
            && checkout.remaining().is_zero()
            && shown.remaining().is_some_and(|remaining| remaining.is_zero());
        shown
    }

    /// Whether the shopper may change anything: not while the order is being paid, and not where nothing is to be paid.
    pub(crate) fn editable(&self) -> bool {
        let is_free = self.setup.served.is_none() && self.setup.total == Some(Amount::ZERO);
        !is_free && self.checkout.as_ref().is_none_or(|checkout| checkout.status == Status::Open)
    }
}

impl Row<'_> {
    /// What the split asks of a tender.
    fn payer(&self) -> Payer {
        Payer {
            kind: self.tender.kind,
            requested: self.tender.requested,
            // What points leave is no money.
            available: match self.points {
                Some(_) => self.applied,
                None => self.applied.plus(self.balance_after).unwrap_or(self.applied),
            },
            expires_at_ms: self.tender.expires_at_ms,
        }
    }
}
