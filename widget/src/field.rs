//! The text of the code field: grouped as it is typed, while the caret stays where the shopper is.
//!
//! A text that can be read as symbols is shown in capitals and groups of four. A text with anything foreign in it stays as it is, so that the shopper
//! sees what is wrong with it. Positions count UTF-16 units, as the field does.

use shared::code::{SYMBOLS, group};
use shared::digits::{Typed, read};
use shared::limits::CODE_TYPED_CHARS_MAX;

/// The text to show and where the caret stands in it; `None` leaves the field alone. `forward`: something behind the caret was deleted, so the caret
/// goes behind a dash that it would otherwise be stuck at.
pub(crate) fn regroup(typed: &str, caret: usize, forward: bool) -> Option<(String, usize)> {
    if typed.len() > CODE_TYPED_CHARS_MAX {
        return None;
    }
    let mut symbols = String::new();
    let mut before = 0_usize;
    let mut place = 0_usize;
    for character in typed.chars() {
        match read(character) {
            Typed::Symbol(symbol) => {
                if place < caret {
                    before = before.saturating_add(1);
                }
                symbols.push(char::from(symbol));
            }
            Typed::Separator => {}
            Typed::Foreign => return None,
        }
        place = place.saturating_add(character.len_utf16());
    }
    let full_group = before > 0 && before.is_multiple_of(4);
    // A dash typed at the end is what the shopper reads off the card: it stays.
    let dash_at_end =
        typed.ends_with('-') && full_group && before == symbols.len() && before < SYMBOLS && caret >= place;
    let mut text = group(&symbols);
    if dash_at_end {
        text.push('-');
    }
    let dashes =
        if dash_at_end || (forward && before < symbols.len()) { before / 4 } else { before.saturating_sub(1) / 4 };
    Some((text, before.saturating_add(dashes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types into the field as a browser would: `|` is the caret, and the answer shows it.
    fn check(typed: &str, expected: &str) {
        check_with(typed, false, expected);
    }

    fn check_with(typed: &str, forward: bool, expected: &str) {
        let caret = typed.find('|').unwrap();
        let caret = typed[..caret].encode_utf16().count();
        let (mut text, caret) = regroup(&typed.replace('|', ""), caret, forward).unwrap();
        text.insert(caret, '|');
        assert_eq!(text, expected, "after {typed}");
    }

    #[test]
    fn regroup_follows_typing_at_the_end() {
        check("7|", "7|");
        check("7684|", "7684|");
        check("7684v|", "7684-V|");
        check("7684-VTF2-6H45-PXQ5-PS58|", "7684-VTF2-6H45-PXQ5-PS58|");
        check("|", "|");
    }

    #[test]
    fn regroup_keeps_a_dash_that_was_typed() {
        check("7684-|", "7684-|");
        check("7684--|", "7684-|");
        check("76-|", "76|");
        check("-|", "|");
        check("7684-VTF2-6H45-PXQ5-PS58-|", "7684-VTF2-6H45-PXQ5-PS58|");
    }

    #[test]
    fn regroup_keeps_the_caret_in_the_middle() {
        check("7684X|-VTF2", "7684-X|VTF-2");
        check("76X|84-VTF2", "76X|8-4VTF-2");
        check("7684|VTF2", "7684|-VTF2");
        check("768|-VTF2", "768|V-TF2");
    }

    #[test]
    fn regroup_lets_delete_pass_a_dash() {
        check_with("7684|VTF2", true, "7684-|VTF2");
        check_with("7684-VTF2|", true, "7684-VTF2|");
    }

    #[test]
    fn regroup_reads_every_keyboard() {
        check("٧٦٨٤|vtf٢", "7684|-VTF2");
        check("\u{200f}７６８４ vtf2|", "7684-VTF2|");
    }

    #[test]
    fn regroup_leaves_what_it_cannot_read() {
        for text in ["7684-VTFА", "🎁", "hello_world"] {
            assert_eq!(regroup(text, 0, false), None, "{text}");
        }
        assert_eq!(regroup(&"7".repeat(1_000_000), 0, false), None);
    }
}
