use super::*;
use crate::limits::EXPIRY_GRACE_MS;
use crate::program::Kind;

const DAY_MS: u64 = 86_400_000;

fn sar() -> Currency {
    Currency::parse("SAR").unwrap()
}

fn amount(minor: u64) -> Amount {
    Amount::new(minor).unwrap()
}

/// A card of 100.00 that expires after ten days, at the first millisecond.
fn card(change: impl FnOnce(&mut Facts)) -> Account {
    let mut facts = Facts { expires_at_ms: Some(10 * DAY_MS), ..Facts::plain(sar(), Kind::PaidGift, 0) };
    change(&mut facts);
    let mut account = Account::default();
    account.apply(&Command::Issue { amount: amount(10_000), facts }, 1).unwrap();
    account
}

fn to() -> Successor {
    Successor { card: "gc_2".into(), last4: "D5VV".into(), key_id: 0 }
}

fn load(minor: u64) -> Command {
    Command::Load { amount: amount(minor), currency: sar(), expires_at_ms: None }
}

fn redeem(minor: u64) -> Command {
    Command::Redeem { amount: Wanted::Exactly(amount(minor)), currency: sar() }
}

fn hold(claim: &str) -> Command {
    Command::Hold { claim: claim.into(), amount: amount(1_000), currency: sar(), deadline_ms: 9 * DAY_MS }
}

fn refund(claim: &str, minor: u64) -> Command {
    Command::Refund { claim: claim.into(), amount: amount(minor), refunded: None }
}

fn refusal(account: &mut Account, command: &Command, now_ms: u64) -> Rejection {
    let before = account.clone();
    let rejection = account.apply(command, now_ms).unwrap_err();
    assert_eq!(*account, before, "a refusal changes nothing");
    rejection
}

/// Lets the card do what it does on its own, and returns what that was.
fn follow(account: &mut Account, now_ms: u64) -> Vec<&'static str> {
    let mut done = Vec::new();
    while let Some(command) = account.card.as_ref().unwrap().follow_up(now_ms) {
        done.push(account.apply(&command, now_ms).unwrap().action.name());
    }
    done
}

fn too_short() -> Rejection {
    Rejection::ExpiryTooShort { field: "expires_at".into(), breach: None }
}

fn available(account: &Account) -> u64 {
    account.card.as_ref().unwrap().available.minor()
}

#[test]
fn load_adds_up_to_the_cap_and_no_further() {
    let mut account = card(|facts| facts.balance_max = Some(amount(12_000)));
    account.apply(&load(2_000), 2).unwrap();
    assert_eq!(refusal(&mut account, &load(1), 2), Rejection::LimitExceeded);
    account.apply(&redeem(500), 2).unwrap();
    account.apply(&hold("co_1.1.tn_1"), 2).unwrap();
    assert_eq!(refusal(&mut account, &load(501), 2), Rejection::LimitExceeded, "what is held is a part of the balance");
    account.apply(&load(500), 2).unwrap();
    assert_eq!(available(&account), 11_000);
}

#[test]
fn load_refuses_what_nobody_could_spend() {
    assert_eq!(refusal(&mut card(|facts| facts.active = false), &load(1), 2), Rejection::CardInactive);
    let expired_at_ms = 10 * DAY_MS;
    assert_eq!(refusal(&mut card(|_| ()), &load(1), expired_at_ms), Rejection::CardExpired { expired_at_ms });
    let dinar = Command::Load { amount: amount(1), currency: Currency::parse("KWD").unwrap(), expires_at_ms: None };
    assert_eq!(refusal(&mut card(|_| ()), &dinar, 2), Rejection::CurrencyMismatch { currency: sar() });
    assert_eq!(refusal(&mut card(|_| ()), &load(0), 2), Rejection::amount("amount"));
}

#[test]
fn load_brings_a_later_expiry_and_never_an_earlier_one() {
    let mut account = card(|_| ());
    let expiry = |account: &Account| account.card.as_ref().unwrap().facts.expires_at_ms;
    for (new, expected) in [(Some(5 * DAY_MS), 10), (None, 10), (Some(20 * DAY_MS), 20)] {
        let load = Command::Load { amount: amount(1), currency: sar(), expires_at_ms: new };
        account.apply(&load, 2).unwrap();
        assert_eq!(expiry(&account), Some(expected * DAY_MS));
    }
    let mut lasting = card(|facts| facts.expires_at_ms = None);
    lasting.apply(&Command::Load { amount: amount(1), currency: sar(), expires_at_ms: Some(9) }, 2).unwrap();
    assert_eq!(expiry(&lasting), None);
}

#[test]
fn value_goes_a_day_after_the_card_expired_and_comes_back_when_it_is_extended() {
    let mut account = card(|_| ());
    let gone_ms = 10 * DAY_MS + EXPIRY_GRACE_MS;
    assert_eq!(refusal(&mut account, &redeem(1), 10 * DAY_MS), Rejection::CardExpired { expired_at_ms: 10 * DAY_MS });
    assert_eq!(follow(&mut account, gone_ms - 1), [""; 0]);
    assert_eq!(refusal(&mut account, &Command::Expire, gone_ms - 1), Rejection::NotFound);
    assert_eq!(follow(&mut account, gone_ms), ["expire"]);
    assert_eq!(available(&account), 0);
    let extend = Command::Extend { expires_at_ms: Some(30 * DAY_MS) };
    assert_eq!(account.apply(&extend, gone_ms).unwrap().action.amount(), amount(10_000));
    assert_eq!((available(&account), follow(&mut account, gone_ms)), (10_000, vec![]));
    account.apply(&redeem(10_000), gone_ms).unwrap();
}

#[test]
fn extension_never_shortens() {
    let mut account = card(|_| ());
    for days in [0, 9, 10] {
        let extend = Command::Extend { expires_at_ms: Some(days * DAY_MS) };
        assert_eq!(refusal(&mut account, &extend, 2), too_short(), "{days}");
    }
    let past = Command::Extend { expires_at_ms: Some(11 * DAY_MS) };
    assert_eq!(refusal(&mut account, &past, 12 * DAY_MS), too_short());
    account.apply(&Command::Extend { expires_at_ms: None }, 2).unwrap();
    assert_eq!(refusal(&mut account, &Command::Extend { expires_at_ms: None }, 2), too_short());
}

#[test]
fn what_was_held_when_the_card_expired_is_taken_whole_and_what_is_let_go_expires() {
    let gone_ms = 10 * DAY_MS + EXPIRY_GRACE_MS;
    let mut account = card(|_| ());
    account.apply(&hold("co_1.1.tn_1"), 2).unwrap();
    account.apply(&hold("co_2.1.tn_1"), 2).unwrap();
    assert_eq!(follow(&mut account, gone_ms), ["expire"]);
    let commit = Command::Commit { claim: "co_1.1.tn_1".into(), amount: amount(1_000), captured: amount(1_000) };
    account.apply(&commit, gone_ms).unwrap();
    assert_eq!(follow(&mut account, gone_ms), [""; 0]);
    account.apply(&Command::Release { claim: "co_2.1.tn_1".into() }, gone_ms).unwrap();
    assert_eq!(follow(&mut account, gone_ms), ["expire"]);
    account.apply(&refund("co_1.1.tn_1", 400), gone_ms).unwrap();
    assert_eq!((follow(&mut account, gone_ms), available(&account)), (vec!["expire"], 0));
}

#[test]
fn cash_out_takes_all_of_a_sold_card_and_nothing_of_any_other() {
    for kind in [Kind::Promo, Kind::RefundCredit, Kind::Reward, Kind::Donated] {
        let mut account = card(|facts| facts.kind = kind);
        assert_eq!(
            refusal(&mut account, &Command::CashOut, 2),
            Rejection::NotCashRedeemable { breach: None },
            "{kind:?}"
        );
    }
    let mut account = card(|_| ());
    account.apply(&hold("co_1.1.tn_1"), 2).unwrap();
    assert_eq!(refusal(&mut account, &Command::CashOut, 2), Rejection::CardHasHolds);
    account.apply(&Command::Release { claim: "co_1.1.tn_1".into() }, 2).unwrap();
    assert_eq!(account.apply(&Command::CashOut, 2).unwrap().action.amount(), amount(10_000));
    assert_eq!(account.card.as_ref().unwrap().status(2), Status::CashedOut);
    let nothing = Rejection::InsufficientBalance { available: Amount::ZERO };
    assert_eq!(refusal(&mut account, &redeem(1), 2), nothing, "to who pays, it has nothing left");
    for command in [Command::CashOut, load(1), Command::Activate, Command::Cancel, Command::Replace { to: to() }] {
        assert_eq!(refusal(&mut account, &command, 2), Rejection::CardClosed, "{command:?}");
    }
}

#[test]
fn refund_to_a_cashed_out_card_opens_it_again() {
    let mut account = card(|_| ());
    account.apply(&redeem(300), 2).unwrap();
    account.apply(&Command::CashOut, 2).unwrap();
    account.apply(&refund("rd.2", 300), 2).unwrap();
    assert_eq!(account.card.as_ref().unwrap().status(2), Status::Active);
    account.apply(&redeem(300), 2).unwrap();
}

#[test]
fn adjustment_corrects_either_way_and_never_below_what_is_available() {
    let mut account = card(|_| ());
    let adjust_in = |minor| Command::AdjustIn { amount: amount(minor), currency: sar() };
    let adjust_out = |minor| Command::AdjustOut { amount: amount(minor), currency: sar() };
    account.apply(&Command::Freeze, 2).unwrap();
    account.apply(&adjust_in(500), 2).unwrap();
    let short = Rejection::InsufficientBalance { available: amount(10_500) };
    assert_eq!(refusal(&mut account, &adjust_out(10_501), 2), short);
    account.apply(&adjust_out(10_500), 2).unwrap();
    assert_eq!(available(&account), 0);
    for command in [adjust_in(0), adjust_out(0)] {
        assert_eq!(refusal(&mut account, &command, 2), Rejection::amount("amount"));
    }
}

#[test]
fn cancelled_is_only_what_was_never_spent() {
    let mut account = card(|_| ());
    account.apply(&redeem(300), 2).unwrap();
    assert_eq!(refusal(&mut account, &Command::Cancel, 2), Rejection::CardUsed);
    account.apply(&refund("rd.2", 300), 2).unwrap();
    account.apply(&hold("co_1.1.tn_1"), 2).unwrap();
    assert_eq!(refusal(&mut account, &Command::Cancel, 2), Rejection::CardHasHolds);
    account.apply(&Command::Release { claim: "co_1.1.tn_1".into() }, 2).unwrap();
    account.apply(&Command::Cancel, 2).unwrap();
    assert_eq!((available(&account), account.card.as_ref().unwrap().status(2)), (0, Status::Cancelled));
}

#[test]
fn replaced_card_is_dead_and_what_comes_back_to_it_goes_to_its_successor() {
    let mut account = card(|_| ());
    account.apply(&redeem(300), 2).unwrap();
    account.apply(&hold("co_1.1.tn_1"), 2).unwrap();
    assert_eq!(refusal(&mut account, &Command::Replace { to: to() }, 2), Rejection::CardHasHolds);
    account.apply(&Command::Release { claim: "co_1.1.tn_1".into() }, 2).unwrap();
    account.apply(&Command::Freeze, 2).unwrap();
    let moved = account.apply(&Command::Replace { to: to() }, 2).unwrap();
    assert_eq!(moved.action, Action::ReplaceOut { amount: amount(9_700), to: to() });
    assert_eq!(refusal(&mut account, &redeem(1), 2), Rejection::CardReplaced);
    for command in [load(1), Command::Replace { to: to() }, Command::CashOut, Command::Cancel] {
        assert_eq!(refusal(&mut account, &command, 2), Rejection::CardReplaced, "{command:?}");
    }
    account.apply(&refund("rd.2", 300), 2).unwrap();
    assert_eq!((follow(&mut account, 2), available(&account)), (vec!["replace_out"], 0));
}

#[test]
fn successor_takes_over_whatever_became_of_it() {
    let mut account = card(|facts| facts.from = Some("gc_1".into()));
    let flow = |account: &Account, flow| account.card.as_ref().unwrap().flows.of(flow).minor();
    assert_eq!((flow(&account, Flow::Issued), flow(&account, Flow::ReplacedIn)), (0, 10_000));
    let more = Command::ReplaceIn { from: "gc_1".into(), amount: amount(300), currency: sar() };
    for command in [Command::Freeze, Command::CashOut, Command::Cancel] {
        let mut ended = account.clone();
        ended.apply(&command, 2).unwrap();
        ended.apply(&more, 2).unwrap();
    }
    account.apply(&Command::Replace { to: to() }, 2).unwrap();
    account.apply(&more, 2).unwrap();
    assert_eq!((follow(&mut account, 2), flow(&account, Flow::ReplacedOut)), (vec!["replace_out"], 10_300));
}
