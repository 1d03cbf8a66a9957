//! What the holder of a card may be told of an event, in Arabic and English, ready to send as a text. All of its words stand here.
//!
//! In scope: whole sentences, and amounts as people say them: in Arabic the noun follows the number (`ريال سعودي`, `ريالان سعوديان`, `3 ريالات سعودية`, `11
//! ريالًا سعوديًا`), where there is no fraction. Every amount is the subject of its clause, so its case never changes. The currencies of the region and the two
//! that travel most have words; others are written with their code. Digits are Western, as on receipts; there is no clock and no locale of a browser here.
//!
//! Out of scope: names of people and shops, which nobody has here, and what shoppers see at checkout (`widget/src/copy.rs`).

use crate::money::{Amount, Currency};
use serde::Serialize;

/// One message in both languages.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Message {
    pub ar: String,
    pub en: String,
}

/// What is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Said {
    Issued(Amount),
    Activated(Amount),
    Frozen,
    Unfrozen(Amount),
    Spent { amount: Amount, left: Amount },
    Returned { amount: Amount, left: Amount },
    Added { amount: Amount, left: Amount },
    Extended(Amount),
    Replaced,
    Expired,
    PaidOut(Amount),
}

impl Message {
    pub(super) fn new(said: Said, currency: Currency) -> Self {
        let (ar, en) = match said {
            Said::Issued(_) => ("وصلتك بطاقة هدية قيمتها {amount}.", "You have received a gift card of {amount}."),
            Said::Activated(_) => {
                ("فُعّلت بطاقة هديتك، ورصيدها {left}.", "Your gift card is now active. Its balance is {left}.")
            }
            Said::Frozen => {
                ("بطاقة هديتك موقوفة مؤقتًا. تواصل مع المتجر.", "Your gift card is on hold. Contact the shop.")
            }
            Said::Unfrozen(_) => (
                "يمكنك استخدام بطاقة هديتك من جديد، ورصيدها {left}.",
                "Your gift card can be used again. Its balance is {left}.",
            ),
            Said::Spent { left, .. } if left.is_zero() => (
                "خُصم {amount} من بطاقة هديتك، ولم يتبقَّ فيها رصيد.",
                "{amount} was spent from your gift card. Nothing is left on it.",
            ),
            Said::Spent { .. } => (
                "خُصم {amount} من بطاقة هديتك، والمتبقي فيها {left}.",
                "{amount} was spent from your gift card. {left} is left on it.",
            ),
            Said::Returned { .. } => (
                "أُعيد {amount} إلى بطاقة هديتك، ورصيدها الآن {left}.",
                "{amount} was returned to your gift card. Its balance is now {left}.",
            ),
            Said::Added { .. } => (
                "أُضيف {amount} إلى بطاقة هديتك، ورصيدها الآن {left}.",
                "{amount} was added to your gift card. Its balance is now {left}.",
            ),
            Said::Extended(_) => (
                "مُدّدت صلاحية بطاقة هديتك، ورصيدها {left}.",
                "Your gift card is valid for longer. Its balance is {left}.",
            ),
            Said::Replaced => ("استُبدلت بطاقة هديتك ببطاقة جديدة.", "Your gift card was replaced by a new one."),
            Said::Expired => ("انتهت صلاحية بطاقة هديتك.", "Your gift card has expired."),
            Said::PaidOut(_) => ("صُرف لك {amount} من بطاقة هديتك.", "{amount} was paid out from your gift card."),
        };
        let (amount, left) = match said {
            Said::Issued(amount)
            | Said::Activated(amount)
            | Said::Unfrozen(amount)
            | Said::Extended(amount)
            | Said::PaidOut(amount) => (amount, amount),
            Said::Frozen | Said::Replaced | Said::Expired => (Amount::ZERO, Amount::ZERO),
            Said::Spent { amount, left } | Said::Returned { amount, left } | Said::Added { amount, left } => {
                (amount, left)
            }
        };
        let fill = |text: &str, words: fn(Amount, Currency) -> String| {
            text.replace("{amount}", &words(amount, currency)).replace("{left}", &words(left, currency))
        };
        Self { ar: fill(ar, arabic), en: fill(en, english) }
    }
}

fn english(amount: Amount, currency: Currency) -> String {
    format!("{} {}", currency.code(), amount.decimal(currency))
}

/// One, two, three to ten, eleven to ninety-nine, and everything else: the noun as it follows the number.
type Noun = [&'static str; 5];

fn noun(currency: Currency) -> Option<Noun> {
    Some(match currency.code() {
        "SAR" => ["ريال سعودي واحد", "ريالان سعوديان", "ريالات سعودية", "ريالًا سعوديًا", "ريال سعودي"],
        "QAR" => ["ريال قطري واحد", "ريالان قطريان", "ريالات قطرية", "ريالًا قطريًا", "ريال قطري"],
        "OMR" => ["ريال عماني واحد", "ريالان عمانيان", "ريالات عمانية", "ريالًا عمانيًا", "ريال عماني"],
        "AED" => ["درهم إماراتي واحد", "درهمان إماراتيان", "دراهم إماراتية", "درهمًا إماراتيًا", "درهم إماراتي"],
        "KWD" => ["دينار كويتي واحد", "ديناران كويتيان", "دنانير كويتية", "دينارًا كويتيًا", "دينار كويتي"],
        "BHD" => ["دينار بحريني واحد", "ديناران بحرينيان", "دنانير بحرينية", "دينارًا بحرينيًا", "دينار بحريني"],
        "JOD" => ["دينار أردني واحد", "ديناران أردنيان", "دنانير أردنية", "دينارًا أردنيًا", "دينار أردني"],
        "EGP" => ["جنيه مصري واحد", "جنيهان مصريان", "جنيهات مصرية", "جنيهًا مصريًا", "جنيه مصري"],
        "USD" => ["دولار أمريكي واحد", "دولاران أمريكيان", "دولارات أمريكية", "دولارًا أمريكيًا", "دولار أمريكي"],
        "EUR" => ["يورو واحد", "2 يورو", "يورو", "يورو", "يورو"],
        _ => return None,
    })
}

fn arabic(amount: Amount, currency: Currency) -> String {
    let decimal = amount.decimal(currency);
    // Without a fraction people count whole units; with one the noun stays as it is.
    let whole = match decimal.split_once('.') {
        None => Some(decimal.as_str()),
        Some((whole, fraction)) => fraction.bytes().all(|digit| digit == b'0').then_some(whole),
    };
    let number = whole.unwrap_or(&decimal);
    let Some([one, two, few, many, other]) = noun(currency) else { return format!("{number} {}", currency.code()) };
    let last = number.get(number.len().saturating_sub(2)..).and_then(|digits| digits.parse::<u8>().ok());
    match (whole, last) {
        (Some("1"), _) => one.into(),
        (Some("2"), _) => two.into(),
        (Some(_), Some(3..=10)) => format!("{number} {few}"),
        (Some(_), Some(11..=99)) => format!("{number} {many}"),
        _ => format!("{number} {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(code: &str) -> Currency {
        Currency::parse(code).unwrap()
    }

    #[test]
    fn arabic_noun_follows_its_number() {
        for (minor, code, words) in [
            (0, "SAR", "0 ريال سعودي"),
            (100, "SAR", "ريال سعودي واحد"),
            (200, "SAR", "ريالان سعوديان"),
            (300, "SAR", "3 ريالات سعودية"),
            (1_000, "SAR", "10 ريالات سعودية"),
            (1_100, "SAR", "11 ريالًا سعوديًا"),
            (9_900, "SAR", "99 ريالًا سعوديًا"),
            (10_000, "SAR", "100 ريال سعودي"),
            (10_200, "SAR", "102 ريال سعودي"),
            (10_300, "SAR", "103 ريالات سعودية"),
            (25_000, "SAR", "250 ريالًا سعوديًا"),
            (1_250, "SAR", "12.50 ريال سعودي"),
            (12_000, "KWD", "12 دينارًا كويتيًا"),
            (12_345, "KWD", "12.345 دينار كويتي"),
            (500, "JPY", "500 JPY"),
            (500, "EUR", "5 يورو"),
        ] {
            assert_eq!(arabic(Amount::new(minor).unwrap(), of(code)), words);
        }
    }

    #[test]
    fn every_message_is_whole_in_both_languages() {
        let [amount, left] = [4_000, 6_000].map(|minor| Amount::new(minor).unwrap());
        for said in [
            Said::Issued(amount),
            Said::Activated(amount),
            Said::Frozen,
            Said::Unfrozen(amount),
            Said::Spent { amount, left },
            Said::Spent { amount, left: Amount::ZERO },
            Said::Returned { amount, left },
        ] {
            let Message { ar, en } = Message::new(said, of("SAR"));
            assert!(en.is_ascii() && ar.contains('ا'), "{en} {ar}");
            for text in [ar, en] {
                assert!(!text.contains(['{', '}']) && !text.contains("  ") && text.ends_with('.'), "{text}");
            }
        }
        let Message { ar, en } = Message::new(Said::Spent { amount, left }, of("SAR"));
        assert_eq!(en, "SAR 40.00 was spent from your gift card. SAR 60.00 is left on it.");
        assert_eq!(ar, "خُصم 40 ريالًا سعوديًا من بطاقة هديتك، والمتبقي فيها 60 ريالًا سعوديًا.");
    }
}
