//! The card against a naive model: a list of what was done, summed up anew after every step.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use proptest::prelude::*;
use shared::card::{Account, Action, Claim, ClaimState, Command, Entry, Facts, Flow, NoHistory, Wanted};
use shared::limits::AMOUNT_MAX;
use shared::money::{Amount, Currency};
use shared::program::Kind;
use shared::rejection::Rejection;

/// What the model knows of one claim: what was held, taken and given back.
#[derive(Clone, Copy, Default)]
struct Line {
    held: i128,
    taken: i128,
    given_back: i128,
    closed: bool,
}

#[derive(Clone, Debug)]
enum Step {
    Redeem(u64),
    RedeemAll,
    Hold(usize, u64),
    Commit(usize, u64),
    Release(usize),
    Refund(usize, u64),
    Load(u64),
    AdjustIn(u64),
    AdjustOut(u64),
    Freeze,
    Unfreeze,
    Activate,
}

const CLAIMS: usize = 4;

/// What the card is issued with, in units.
const ISSUED: u64 = 1_000;

/// With units this large, the card is issued with almost as much as there can be.
const LARGE: u64 = AMOUNT_MAX / ISSUED;

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let amount = 0u64..600;
    let claim = 0..CLAIMS;
    let step = prop_oneof![
        amount.clone().prop_map(Step::Redeem),
        Just(Step::RedeemAll),
        (claim.clone(), amount.clone()).prop_map(|(claim, amount)| Step::Hold(claim, amount)),
        (claim.clone(), amount.clone()).prop_map(|(claim, amount)| Step::Commit(claim, amount)),
        claim.clone().prop_map(Step::Release),
        (claim, amount.clone()).prop_map(|(claim, amount)| Step::Refund(claim, amount)),
        amount.clone().prop_map(Step::Load),
        amount.clone().prop_map(Step::AdjustIn),
        amount.prop_map(Step::AdjustOut),
        Just(Step::Freeze),
        Just(Step::Unfreeze),
        Just(Step::Activate),
    ];
    prop::collection::vec(step, 0..60)
}

fn sar() -> Currency {
    Currency::parse("SAR").unwrap()
}

fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

fn issue(minor: u64) -> Command {
    Command::Issue { amount: amount(minor), facts: Facts::plain(sar(), Kind::PaidGift, 0) }
}

fn command(step: &Step, unit: u64) -> Command {
    let amount = |units: u64| amount(units * unit);
    let name = |claim: &usize| format!("claim-{claim}");
    match step {
        Step::Redeem(minor) => Command::Redeem { amount: Wanted::Exactly(amount(*minor)), currency: sar() },
        Step::RedeemAll => Command::Redeem { amount: Wanted::Max, currency: sar() },
        Step::Hold(claim, minor) => {
            Command::Hold { claim: name(claim), amount: amount(*minor), currency: sar(), deadline_ms: 1_000_000 }
        }
        Step::Commit(claim, minor) => {
            Command::Commit { claim: name(claim), amount: amount(*minor), captured: amount(*minor) }
        }
        Step::Release(claim) => Command::Release { claim: name(claim) },
        Step::Refund(claim, minor) => Command::Refund { claim: name(claim), amount: amount(*minor), refunded: None },
        Step::Load(minor) => Command::Load { amount: amount(*minor), currency: sar(), expires_at_ms: None },
        Step::AdjustIn(minor) => Command::AdjustIn { amount: amount(*minor), currency: sar() },
        Step::AdjustOut(minor) => Command::AdjustOut { amount: amount(*minor), currency: sar() },
        Step::Freeze => Command::Freeze,
        Step::Unfreeze => Command::Unfreeze,
        Step::Activate => Command::Activate,
    }
}

/// What was put on the card besides its issue, and taken off other than by spending.
#[derive(Clone, Copy, Default)]
struct Put {
    loaded: i128,
    adjusted_in: i128,
    adjusted_out: i128,
}

/// What the model says of a step: `true` when it must be accepted, with the model changed. `most` is what can be on the card, what can be taken in all before
/// refunds, and what each count of the card can come to.
fn model(lines: &mut Vec<Line>, frozen: &mut bool, put: &mut Put, step: &Step, most: i128) -> bool {
    let taken: i128 = lines.iter().map(|line| line.held + line.taken).sum();
    let all = i128::from(ISSUED) + put.loaded + put.adjusted_in - put.adjusted_out;
    let left = all - taken + lines.iter().map(|line| line.given_back).sum::<i128>();
    let add = |count: &mut i128, minor: u64, allowed: bool| {
        let accepted = allowed && minor > 0 && *count + i128::from(minor) <= most;
        *count += if accepted { i128::from(minor) } else { 0 };
        accepted
    };
    let fits = |minor: i128| minor <= left && taken + minor <= most;
    match *step {
        Step::Redeem(minor) => {
            let accepted = !*frozen && minor > 0 && fits(minor.into());
            if accepted {
                lines.push(Line { taken: i128::from(minor), closed: true, ..Line::default() });
            }
            accepted
        }
        Step::RedeemAll => {
            let accepted = !*frozen && left > 0 && fits(left);
            if accepted {
                lines.push(Line { taken: left, closed: true, ..Line::default() });
            }
            accepted
        }
        Step::Hold(claim, minor) => {
            let accepted =
                !*frozen && minor > 0 && fits(minor.into()) && !lines[claim].closed && lines[claim].held == 0;
            if accepted {
                lines[claim].held = i128::from(minor);
            }
            accepted
        }
        Step::Commit(claim, minor) => {
            let line = &mut lines[claim];
            let accepted = line.held > 0 && i128::from(minor) <= line.held;
            if accepted {
                *line = Line { taken: i128::from(minor), closed: true, ..Line::default() };
            }
            accepted
        }
        Step::Release(claim) => {
            let line = &mut lines[claim];
            let accepted = !line.closed;
            if accepted {
                *line = Line { closed: true, ..Line::default() };
            }
            accepted
        }
        Step::Refund(claim, minor) => {
            let line = &mut lines[claim];
            let accepted =
                minor > 0 && line.closed && line.taken > 0 && line.given_back + i128::from(minor) <= line.taken;
            if accepted {
                line.given_back += i128::from(minor);
            }
            accepted
        }
        Step::Load(minor) => add(&mut put.loaded, minor, all + i128::from(minor) <= most && !*frozen),
        Step::AdjustIn(minor) => add(&mut put.adjusted_in, minor, all + i128::from(minor) <= most),
        Step::AdjustOut(minor) => add(&mut put.adjusted_out, minor, i128::from(minor) <= left),
        Step::Freeze => !std::mem::replace(frozen, true),
        Step::Unfreeze => std::mem::replace(frozen, false),
        Step::Activate => false,
    }
}

fn check_invariants(account: &Account, lines: &[Line], unit: u64) -> Result<(), TestCaseError> {
    let card = account.card.as_ref().unwrap();
    let sum = |part: fn(&Line) -> i128| lines.iter().map(part).sum::<i128>() * i128::from(unit);
    prop_assert_eq!(i128::from(card.held.minor()), sum(|line| line.held));
    prop_assert_eq!(i128::from(card.flows.of(Flow::Redeemed).minor()), sum(|line| line.taken));
    prop_assert_eq!(i128::from(card.flows.of(Flow::Refunded).minor()), sum(|line| line.given_back));
    let (came, went): (Vec<_>, Vec<_>) = card.flows.iter().partition(|(flow, _)| flow.comes_in());
    let total = |flows: Vec<(Flow, Amount)>| flows.iter().map(|(_, amount)| i128::from(amount.minor())).sum::<i128>();
    prop_assert_eq!(total(came), total(went) + i128::from(card.available.minor()) + i128::from(card.held.minor()));
    let held = account
        .claims
        .values()
        .filter(|claim| claim.state == ClaimState::Held)
        .map(|claim: &Claim| claim.amount.minor())
        .sum::<u64>();
    prop_assert_eq!(card.held.minor(), held);
    prop_assert!(card.held.plus(card.flows.of(Flow::Redeemed)).is_some());
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn card_agrees_with_the_naive_model(steps in steps(), unit in prop::sample::select(vec![1, LARGE])) {
        let mut account = Account::default();
        let mut entries: Vec<Entry> = vec![account.apply(&issue(ISSUED * unit), 1).unwrap()];
        let mut lines = vec![Line::default(); CLAIMS];
        let (mut frozen, mut put) = (false, Put::default());
        for (place, step) in steps.iter().enumerate() {
            let before = account.clone();
            let expected = model(&mut lines, &mut frozen, &mut put, step, i128::from(AMOUNT_MAX / unit));
            match account.apply(&command(step, unit), 2 + u64::try_from(place).unwrap()) {
                Ok(entry) => {
                    prop_assert!(expected, "accepted {step:?}");
                    entries.push(entry);
                }
                Err(rejection) => {
                    prop_assert!(!expected, "refused {step:?}: {}", rejection.code());
                    prop_assert_eq!(&before, &account);
                }
            }
            check_invariants(&account, &lines, unit)?;
        }
        prop_assert!(entries.iter().zip(1..).all(|(entry, seq)| entry.seq == seq));
        prop_assert_eq!(Account::replay(&entries), Ok(account));
    }
}

#[test]
fn replay_names_the_entry_that_breaks_a_history() {
    let mut account = Account::default();
    let commands = [issue(ISSUED), command(&Step::Redeem(1), 1), command(&Step::Redeem(2), 1)];
    let entries = commands.map(|command| account.apply(&command, 1).unwrap());
    let replay = |entries: [&Entry; 2]| Account::replay(entries).unwrap_err();
    assert_eq!(replay([&entries[0], &entries[2]]), NoHistory::Differs { seq: 3 });
    let changed = Entry { available: amount(ISSUED), ..entries[1].clone() };
    assert_eq!(replay([&entries[0], &changed]), NoHistory::Differs { seq: 2 });
    let refused = |seq, rejection| NoHistory::Refused { seq, rejection };
    assert_eq!(replay([&entries[1], &entries[2]]), refused(2, Rejection::CardUnknown));
    let unfrozen = Entry { action: Action::Unfreeze, ..entries[1].clone() };
    assert_eq!(replay([&entries[0], &unfrozen]), refused(2, Rejection::CardNotFrozen));
}

/// A card of all there can be, of which everything was taken and given back.
fn spent_once() -> Account {
    let mut account = Account::default();
    let all = [Step::Hold(0, AMOUNT_MAX), Step::Commit(0, AMOUNT_MAX), Step::Refund(0, AMOUNT_MAX)];
    for command in [issue(AMOUNT_MAX)].into_iter().chain(all.iter().map(|step| command(step, 1))) {
        account.apply(&command, 1).unwrap();
    }
    account
}

#[test]
fn what_cannot_be_captured_any_more_is_neither_held_nor_redeemed() {
    let mut account = spent_once();
    for step in [Step::Hold(1, 1), Step::Redeem(1), Step::RedeemAll] {
        assert_eq!(account.apply(&command(&step, 1), 1), Err(Rejection::LimitExceeded), "{step:?}");
    }
    assert_eq!(account, spent_once());
}

#[test]
fn what_is_held_can_be_captured_whatever_is_redeemed_beside_it() {
    let mut account = Account::default();
    account.apply(&issue(AMOUNT_MAX), 1).unwrap();
    let mut act = |step: Step| account.apply(&command(&step, 1), 1).map(|_| ());
    let rest = AMOUNT_MAX - 10;
    assert_eq!(
        [Step::Hold(0, rest), Step::Commit(0, rest), Step::Refund(0, rest)].map(&mut act),
        [const { Ok(()) }; 3]
    );
    assert_eq!([Step::Hold(1, 6), Step::Redeem(4)].map(&mut act), [const { Ok(()) }; 2]);
    assert_eq!(act(Step::Redeem(1)), Err(Rejection::LimitExceeded));
    assert_eq!(act(Step::Commit(1, 6)), Ok(()), "its room was kept");
}
