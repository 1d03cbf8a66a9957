//! Codes of another system: how they are compared, and the patterns by which a shop says what they look like.
//!
//! Letters and digits count, small ones as capitals; what separates them does not. In a pattern `#` stands for a digit and `?` for a letter or a digit:
//! `NR-####-????`. Out of scope: whose card such a code is (`wire::import`), and what a shopper is told who typed one: that is the shop's own sentence.
//!
//! A pattern is asked only about what is no code of ours ([`crate::code`]), so a whole code of ours is never taken for an old one. A code of ours with a slip
//! in it could be, so patterns that are as long as ours must say enough of the rest ([`read_pattern`]).

use crate::code::{SYMBOLS, looks_like_payment_card, read_symbols};
use crate::digits::{Typed, read};
use crate::limits::{OLD_CODE_KNOWN_MIN, OLD_CODE_OPEN_MIN, OLD_CODE_SYMBOLS};
use crate::program::Words;
use serde::Serialize;

/// What a shop says of the codes that its cards had in another system.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct OldCodes {
    /// What they look like, as it is compared: capitals, and nothing that separates.
    pub patterns: Vec<String>,
    /// Where they are exchanged.
    pub message: Words,
}

/// The letters and digits of a code; `None` when it is none that anybody could have printed.
pub fn normalise(typed: &str) -> Option<String> {
    let symbols = read_symbols(typed).filter(|symbols| OLD_CODE_SYMBOLS.contains(&symbols.len()))?;
    Some(symbols.into_iter().map(char::from).collect())
}

/// A pattern as it is compared; `None` when a shop may not name it.
///
/// One of twenty symbols could be met by a code of ours in which one symbol is wrong, one of nineteen or twenty-one by a code of which one was forgotten or
/// typed twice; so of these not all may be open. Twelve digits among them are met by one code of ours in a million. A short one that is all but open is met by
/// the first groups of any code.
pub fn read_pattern(text: &str) -> Option<String> {
    let mut pattern = String::new();
    for mark in text.chars() {
        match (mark, read(mark)) {
            (_, Typed::Separator) => {}
            (_, Typed::Symbol(symbol)) => pattern.push(char::from(symbol)),
            ('#' | '?', _) => pattern.push(mark),
            _ => return None,
        }
    }
    let known = pattern.bytes().filter(|mark| *mark != b'?').count();
    let like_ours = pattern.len().abs_diff(SYMBOLS) <= 1;
    let says_enough = match pattern.len() {
        _ if like_ours => known >= OLD_CODE_KNOWN_MIN,
        symbols => known >= 2 || symbols >= OLD_CODE_OPEN_MIN,
    };
    let is_allowed = OLD_CODE_SYMBOLS.contains(&pattern.len()) && says_enough;
    is_allowed.then_some(pattern)
}

/// Whether a typed text looks like one of the patterns, which are compared as codes are, and come as one text with commas between. What could be the number of a
/// payment card is nothing to exchange, unless a pattern says a letter or a digit of it.
pub fn is_like(patterns: &str, typed: &str) -> bool {
    let symbols = read_symbols(typed).unwrap_or_default();
    let is_payment = looks_like_payment_card(&symbols);
    let is_met =
        |(mark, symbol): (&u8, &u8)| mark == symbol || *mark == b'?' || (*mark == b'#' && symbol.is_ascii_digit());
    let is_like = |pattern: &[u8]| {
        pattern.len() == symbols.len()
            && pattern.iter().zip(&symbols).all(is_met)
            && !(is_payment && pattern.iter().all(|mark| matches!(mark, b'#' | b'?')))
    };
    !symbols.is_empty() && patterns.as_bytes().split(|mark| *mark == b',').any(is_like)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use proptest::prelude::*;

    #[test]
    fn pattern_is_met_as_people_type() {
        let pattern = read_pattern("nr-####-????").unwrap();
        for typed in ["NR-1234-AB12", "nr1234ab12", " nr 1234 – ab12 ", "\u{200f}NR-١٢٣٤-ab۱۲", "ＮＲ１２３４ＡＢ１２"]
        {
            assert!(is_like(&pattern, typed), "{typed}");
        }
        for typed in [
            "",
            "NR",
            "NR-1234-AB1",
            "NR-1234-AB123",
            "NR-123A-AB12",
            "XR-1234-AB12",
            "NR-1234-AB_2",
            "NR-####-????",
            "NR1234AB1,NR1234AB12",
        ] {
            assert!(!is_like(&pattern, typed), "{typed}");
        }
    }

    #[test]
    fn any_one_of_several_patterns_is_enough() {
        for typed in ["NR-1234", "555-123", "ab1z"] {
            assert!(is_like("NR####,555###,AB??", typed), "{typed}");
        }
        assert!(!is_like("NR####,555###,AB??", "NR-1234,555-123"));
    }

    #[test]
    fn payment_card_is_an_old_code_only_where_a_pattern_says_one_of_its_digits() {
        let (payment, other) = ("4242 4242 4242 4242", "4242 4242 4242 4243");
        for (patterns, is_old) in [("################", false), ("?###############", false), ("4242############", true)]
        {
            assert_eq!((is_like(patterns, payment), is_like(patterns, other)), (is_old, true), "{patterns}");
        }
        assert!(is_like("################,42??############", payment), "one of them says so");
    }

    #[test]
    fn without_patterns_nothing_is_an_old_code() {
        for (patterns, typed) in [("", ""), ("", "-"), (",", " "), ("", "NR-1234")] {
            assert!(!is_like(patterns, typed), "{typed}");
        }
    }

    #[test]
    fn pattern_is_letters_digits_and_the_two_signs() {
        let (long, longer) = ("#".repeat(64), "#".repeat(65));
        for (text, pattern) in [
            ("NR-####-????", "NR####????"),
            ("abcd", "ABCD"),
            ("٥٥٥ ####", "555####"),
            ("????-????-????-????", "????????????????"),
            (&long, &long),
        ] {
            assert_eq!(read_pattern(text).as_deref(), Some(pattern), "{text}");
            assert_eq!(read_pattern(pattern).as_deref(), Some(pattern), "{text}");
        }
        for text in [
            "",
            "----",
            "NR#",
            "NR_####",
            "NR*###",
            "NR,####",
            "هدية####",
            "NR####？",
            &longer,
            "????",
            "N???",
            "????????????",
        ] {
            assert_eq!(read_pattern(text), None, "{text}");
        }
    }

    #[test]
    fn pattern_as_long_as_our_codes_says_enough() {
        for (symbols, open) in [(19, 7), (20, 8), (21, 9)] {
            let pattern = |open| format!("{}{}", "#".repeat(symbols - open), "?".repeat(open));
            assert!(read_pattern(&pattern(open)).is_some(), "{symbols}");
            assert_eq!(read_pattern(&pattern(open + 1)), None, "{symbols}");
        }
        for symbols in [18, 22] {
            assert!(read_pattern(&"?".repeat(symbols)).is_some(), "nobody mistypes a code by two symbols");
        }
    }

    #[test]
    fn codes_are_compared_by_their_letters_and_digits() {
        assert_eq!(normalise(" ab-12 ").as_deref(), Some("AB12"));
        assert_eq!(normalise("٠٠٩١").as_deref(), Some("0091"));
        for typed in ["", "abc", "AB_CD", "هدية"] {
            assert_eq!(normalise(typed), None, "{typed}");
        }
    }

    proptest! {
        #[test]
        fn text_meets_the_pattern_of_itself_alone(card_id in 0_u64..1 << 45, other in 0_u64..1 << 45) {
            let [code, different] = [card_id, other].map(|id| Code::compose(1, id, 2).display());
            let pattern = read_pattern(&code).unwrap();
            prop_assert!(is_like(&pattern, &code.to_lowercase()));
            prop_assert_eq!(is_like(&pattern, &different), card_id == other);
        }

        #[test]
        fn nothing_typed_fails_by_panic(text in "\\PC*", typed in "\\PC*") {
            let pattern = read_pattern(&text).unwrap_or_default();
            let _ = (normalise(&text), is_like(&pattern, &typed));
        }
    }
}
