//! A month of a shop, as its cards would hand it to the book: made by the code that cards are made of, and by chance that is the same in every run.

#![allow(clippy::arithmetic_side_effects, reason = "a test fails by panicking")]

use crate::dice::Dice;
use shared::card::{Account, Action, ClaimState, Command, Facts, Wanted};
use shared::journal::{GENESIS, Line};
use shared::limits::DAY_MS;
use shared::money::{Amount, Currency};
use shared::program::Kind;
use shared::time;
use shared::wire::request::Note;
use shared::wire::row::Detail;

/// When the month begins. It reaches into the next, so that a month ends within it.
pub const FIRST_DAY: &str = "2026-10-10";
const DAYS: u64 = 31;

/// Programmes: id, kind, currency, jurisdiction, campaign.
const PROGRAMS: [(&str, Kind, &str, &str, &str); 4] = [
    ("gift", Kind::PaidGift, "SAR", "SA", "eid"),
    ("promo", Kind::Promo, "SAR", "", "=welcome"),
    ("credit", Kind::RefundCredit, "USD", "US-ME", ""),
    ("bulk", Kind::PaidGift, "USD", "US-NJ", "spring, \"26\""),
];

/// Where things happen. One is named as somebody would who wants a spreadsheet to run it.
const LOCATIONS: [Option<&str>; 3] = [None, Some("riyadh"), Some("@SUM(1)")];

/// A card and all its lines.
#[derive(Clone, Debug)]
pub struct History {
    /// Its lines, oldest first.
    pub lines: Vec<Line>,
    account: Account,
    previous: String,
}

/// So many cards with so many entries each in that month. One in twenty is of an earlier year, and nobody has touched it since.
pub fn month(cards: u64, entries: u64) -> Vec<History> {
    (0..cards).map(|place| history(place, entries)).collect()
}

fn history(place: u64, entries: u64) -> History {
    let mut dice = Dice::new(place);
    let begin = time::read(&format!("{FIRST_DAY}T00:00:00Z")).unwrap();
    let dormant = place % 20 == 7;
    let (begin, days, entries) =
        if dormant { (time::read("2018-01-01T00:00:00Z").unwrap(), 2_500, 3) } else { (begin, DAYS, entries) };
    let mut times: Vec<u64> = (0..entries).map(|_| begin + dice.roll(0..=days * DAY_MS - 1)).collect();
    times.sort_unstable();
    let mut history = History { lines: Vec::new(), account: Account::default(), previous: GENESIS.into() };
    let card = format!("gc_{place:032}");
    for at_ms in times {
        // What a card refuses is tried otherwise, as people do.
        while !history.act(&card, at_ms, &mut dice) {}
    }
    history
}

impl History {
    /// Does something, if the card lets it.
    fn act(&mut self, card: &str, at_ms: u64, dice: &mut Dice) -> bool {
        let Some((command, note)) = self.choose(card, dice) else { return false };
        let Ok(entry) = self.account.apply(&command, at_ms) else { return false };
        let mut detail = Detail::new(&entry.action, note);
        if let Action::Refund { claim, .. } = &entry.action {
            detail.refund = Some(format!("rf_{}_{}", card.trim_start_matches("gc_"), entry.seq));
            detail.refunded = Some(self.account.claims[claim].refunded);
        }
        let line = Line::new(card, &entry, detail, &self.previous);
        self.previous = line.hash();
        self.lines.push(line);
        true
    }

    fn choose(&self, card: &str, dice: &mut Dice) -> Option<(Command, Note)> {
        let amount = |minor| Amount::new(minor).unwrap();
        let location = dice.pick(&LOCATIONS).map(Into::into);
        let note = Note { location, reference: Some("order-1".into()), ..Note::default() };
        let Some(known) = &self.account.card else {
            let (program, kind, currency, place, campaign) = dice.pick(&PROGRAMS);
            let facts = Facts {
                program: Some((*program).into()),
                jurisdiction: Some((*place).to_owned()).filter(|place| !place.is_empty()),
                active: dice.roll(0..=3) > 0,
                ..Facts::plain(Currency::parse(currency).unwrap(), *kind, 0)
            };
            let campaign = Some((*campaign).to_owned()).filter(|campaign| !campaign.is_empty());
            let command = Command::Issue { amount: amount(dice.roll(1_000..=100_000)), facts };
            return Some((command, Note { campaign, ..note }));
        };
        let currency = known.facts.currency;
        let minor = dice.roll(1..=1_000);
        let total = Some(amount(minor + dice.roll(0..=5_000))).filter(|_| dice.roll(0..=2) > 0);
        let held = self.account.claims.iter().find(|(_, claim)| claim.state == ClaimState::Held);
        let taken = self.account.claims.iter().find(|(_, claim)| claim.refunded < claim.committed);
        Some(match dice.roll(0..=9) {
            0..=2 => (Command::Redeem { amount: Wanted::Exactly(amount(minor)), currency }, Note { total, ..note }),
            3 | 4 => {
                let claim = format!("co_{}{}.1.tn_1", card.trim_start_matches("gc_"), known.seq);
                (Command::Hold { claim, amount: amount(minor), currency, deadline_ms: u64::MAX }, note)
            }
            5 | 6 => {
                let (claim, held) = held?;
                let captured = amount(dice.roll(1..=held.amount.minor()));
                let total = total.filter(|total| *total >= captured);
                (Command::Commit { claim: claim.clone(), amount: captured, captured }, Note { total, ..note })
            }
            7 => {
                let (claim, taken) = taken?;
                let rest = taken.committed.minor() - taken.refunded.minor();
                let command =
                    Command::Refund { claim: claim.clone(), amount: amount(dice.roll(1..=rest)), refunded: None };
                (command, note)
            }
            8 if known.facts.active => {
                (Command::Load { amount: amount(minor * 3), currency, expires_at_ms: None }, note)
            }
            8 => (Command::Activate, note),
            _ => {
                let (claim, _) = held?;
                (Command::Release { claim: claim.clone() }, note)
            }
        })
    }
}
