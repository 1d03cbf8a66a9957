//! Reading what people type and paste: invisible marks, dashes, full-width letters, and the digits of Arabic and Persian keyboards.
//!
//! In scope: what one character means. Out of scope: what a code is (`code.rs`).

/// What one typed character stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Typed {
    /// Nothing: white space, a dash, an invisible mark.
    Separator,
    /// A letter (upper case) or a digit of ASCII.
    Symbol(u8),
    /// Anything else.
    Foreign,
}

/// Reads one character. Full-width forms are folded, Arabic-Indic and Persian digits become ASCII digits, letters become capitals.
pub fn read(character: char) -> Typed {
    match character {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => {
            u8::try_from(character).map_or(Typed::Foreign, |byte| Typed::Symbol(byte.to_ascii_uppercase()))
        }
        '\u{FF01}'..='\u{FF5E}' => read(offset(character, '\u{FF01}', '!')),
        '\u{0660}'..='\u{0669}' => read(offset(character, '\u{0660}', '0')),
        '\u{06F0}'..='\u{06F9}' => read(offset(character, '\u{06F0}', '0')),
        '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Typed::Separator,
        // White space, of which the library's table weighs a hundred bytes in the browser. Zero-width characters, bidi marks, the byte order mark and tatweel
        // come along when text is copied; nobody sees them.
        '\t'..='\r' | ' ' | '\u{85}' | '\u{A0}' | '\u{1680}' | '\u{3000}' => Typed::Separator,
        '\u{2000}'..='\u{200F}' | '\u{2028}'..='\u{202F}' | '\u{205F}'..='\u{2060}' | '\u{2066}'..='\u{2069}' => {
            Typed::Separator
        }
        '\u{061C}' | '\u{0640}' | '\u{FEFF}' => Typed::Separator,
        _ => Typed::Foreign,
    }
}

/// The character as far behind `to` as `character` is behind `from`.
fn offset(character: char, from: char, to: char) -> char {
    let distance = u32::from(character).saturating_sub(u32::from(from));
    char::from_u32(u32::from(to).saturating_add(distance)).unwrap_or(character)
}

/// Whether the digits (ASCII) pass the Luhn sum that payment card numbers carry.
pub fn passes_luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit.saturating_sub(b'0'));
            match (place % 2, value) {
                (0, _) => value,
                (_, 0..=4) => value.saturating_mul(2),
                _ => value.saturating_mul(2).saturating_sub(9),
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_separates_whatever_it_is_called() {
        for character in (char::MIN..=char::MAX).filter(|character| character.is_whitespace()) {
            assert_eq!(read(character), Typed::Separator, "{}", character.escape_unicode());
        }
    }

    #[test]
    fn reads_digits_of_every_keyboard() {
        for (zero, nine) in [('0', '9'), ('٠', '٩'), ('۰', '۹'), ('０', '９')] {
            assert_eq!(read(zero), Typed::Symbol(b'0'));
            assert_eq!(read(nine), Typed::Symbol(b'9'));
        }
    }

    #[test]
    fn folds_letters_to_capitals() {
        for letter in ['k', 'K', 'ｋ', 'Ｋ'] {
            assert_eq!(read(letter), Typed::Symbol(b'K'));
        }
    }

    #[test]
    fn drops_what_nobody_sees() {
        for mark in [
            ' ', '\u{A0}', '\u{3000}', '\n', '-', '–', '\u{2212}', '－', '\u{200F}', '\u{2068}', '\u{FEFF}',
            '\u{200B}', 'ـ',
        ] {
            assert_eq!(read(mark), Typed::Separator, "{mark:?}");
        }
    }

    #[test]
    fn keeps_homoglyphs_and_control_characters_foreign() {
        for mark in ['А', 'Ο', '\0', '\u{7}', '🎁', '_', '.', '/', '٪'] {
            assert_eq!(read(mark), Typed::Foreign, "{mark:?}");
        }
    }

    #[test]
    fn luhn_tells_card_numbers_from_others() {
        assert!(passes_luhn(b"4111111111111111"));
        assert!(passes_luhn(b"378282246310005"));
        assert!(!passes_luhn(b"4111111111111112"));
    }
}
