//! What a ledger row keeps beside its numbers, and how a row becomes an entry again.

use super::request::Note;
use crate::card::{Action, Facts, Successor};
use crate::money::Amount;
use serde::{Deserialize, Serialize};

/// The `detail` column of an entry: everything that has no column of its own.
///
/// A field that is not known is refused here, in [`Facts`] and in [`Note`], because a line's hash is over all of them. During a roll-out an older
/// version may read what a newer one wrote: if it dropped the new field, it would hash a shorter line and take the next one for a fork. Refused, it is a fault
/// that is tried again until every version knows the field.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Detail {
    /// What the shop wrote beside it.
    #[serde(skip_serializing_if = "Note::is_empty", default)]
    pub note: Note,
    /// Of an issue: the card's facts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub issue: Option<Facts>,
    /// Of a load and of an extension: when the card expires from now on. Without it, a load changes nothing, and an extended card never expires.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at_ms: Option<u64>,
    /// Of value that moves on: to which card.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<Successor>,
    /// Of value that was moved here: from which card.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<String>,
    /// Of a hold: when the coordinator decides at the latest.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub deadline_ms: Option<u64>,
    /// Of a commit: what the checkout takes of all its cards together.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub captured: Option<Amount>,
    /// Of a refund: its id.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refund: Option<String>,
    /// Of a refund: what was given back of its claim so far, this refund included.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub refunded: Option<Amount>,
}

impl Detail {
    /// What an action leaves in the column.
    pub fn new(action: &Action, note: Note) -> Self {
        let mut detail = Self { note, ..Self::default() };
        match action {
            Action::Issue { facts, .. } => detail.issue = Some(facts.clone()),
            Action::Load { expires_at_ms, .. } | Action::Extend { expires_at_ms, .. } => {
                detail.expires_at_ms = *expires_at_ms;
            }
            Action::ReplaceOut { to, .. } => detail.to = Some(to.clone()),
            Action::ReplaceIn { from, .. } => detail.from = Some(from.clone()),
            Action::Hold { deadline_ms, .. } => detail.deadline_ms = Some(*deadline_ms),
            Action::Commit { captured, .. } => detail.captured = Some(*captured),
            _ => {}
        }
        detail
    }

    /// The action of a row; `None` when the row is not one that this code wrote.
    pub fn action(&self, name: &str, amount: Amount, claim: Option<String>) -> Option<Action> {
        Some(match (name, claim) {
            ("issue", None) => Action::Issue { amount, facts: self.issue.clone()? },
            ("activate", None) => Action::Activate,
            ("freeze", None) => Action::Freeze,
            ("unfreeze", None) => Action::Unfreeze,
            ("erase", None) => Action::Erase,
            ("load", None) => Action::Load { amount, expires_at_ms: self.expires_at_ms },
            ("extend", None) => Action::Extend { amount, expires_at_ms: self.expires_at_ms },
            ("expire", None) => Action::Expire { amount },
            ("cash_out", None) => Action::CashOut { amount },
            ("adjust_in", None) => Action::AdjustIn { amount },
            ("adjust_out", None) => Action::AdjustOut { amount },
            ("cancel", None) => Action::Cancel { amount },
            ("replace_out", None) => Action::ReplaceOut { amount, to: self.to.clone()? },
            ("replace_in", None) => Action::ReplaceIn { amount, from: self.from.clone()? },
            ("redeem", None) => Action::Redeem { amount },
            ("hold", Some(claim)) => Action::Hold { claim, amount, deadline_ms: self.deadline_ms? },
            ("commit", Some(claim)) => Action::Commit { claim, amount, captured: self.captured? },
            ("release", Some(claim)) => Action::Release { claim, amount },
            ("refund", Some(claim)) => Action::Refund { claim, amount },
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;
    use crate::program::Kind;

    #[test]
    fn detail_format_unchanged() {
        let amount = Amount::new(100).unwrap();
        let note = Note { reference: Some("order-1".into()), ..Note::default() };
        let claim = || Some("co_1.1.tn_1".to_string());
        let issue = Action::Issue { amount, facts: Facts::plain(Currency::parse("SAR").unwrap(), Kind::PaidGift, 7) };
        let hold = Action::Hold { claim: "co_1.1.tn_1".into(), amount, deadline_ms: 5 };
        let commit = Action::Commit { claim: "co_1.1.tn_1".into(), amount, captured: amount };
        for (action, claim, text) in [
            (
                issue,
                None,
                r#"{"note":{"reference":"order-1"},"issue":{"currency":"SAR","kind":"paid_gift","key_id":7,"active":true}}"#,
            ),
            (hold, claim(), r#"{"note":{"reference":"order-1"},"deadline_ms":5}"#),
            (commit, claim(), r#"{"note":{"reference":"order-1"},"captured":100}"#),
        ] {
            let detail = Detail::new(&action, note.clone());
            assert_eq!(serde_json::to_string(&detail).unwrap(), text);
            assert_eq!(
                serde_json::from_str::<Detail>(text).unwrap().action(action.name(), amount, claim),
                Some(action)
            );
        }
    }
    #[test]
    fn refund_detail_format_unchanged() {
        let note = Note { reason: Some("returned".into()), ..Note::default() };
        let detail = Detail { note, refund: Some("rf_1".into()), refunded: Amount::new(150), ..Detail::default() };
        let text = r#"{"note":{"reason":"returned"},"refund":"rf_1","refunded":150}"#;
        assert_eq!(serde_json::to_string(&detail).unwrap(), text);
        assert_eq!(serde_json::from_str::<Detail>(text).unwrap(), detail);
        assert_eq!(serde_json::to_string(&Detail::default()).unwrap(), "{}");
    }

    #[test]
    fn detail_with_a_field_of_a_newer_version_is_a_fault_and_no_shorter_line() {
        for text in [
            r#"{"note":{"reference":"order-1","cashier":"7"}}"#,
            r#"{"issue":{"currency":"SAR","kind":"paid_gift","key_id":7,"active":true,"batch":"b"}}"#,
            r#"{"captured":100,"points":5}"#,
        ] {
            let fault = serde_json::from_str::<Detail>(text).unwrap_err().to_string();
            assert!(fault.starts_with("unknown field"), "{fault}");
        }
    }
}
