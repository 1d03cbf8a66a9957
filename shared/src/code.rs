//! The printed gift card code, version 1: twenty symbols of Crockford base32, `XXXX-XXXX-XXXX-XXXX-XXXX`.
//!
//! | symbols | bits | what |
//! |---|---|---|
//! | 0 | 5 | key id: which root key signed it |
//! | 1–9 | 45 | card id, big-endian |
//! | 10–18 | 45 | tag (see `seal.rs`) |
//! | 19 | 5 | check symbol |
//!
//! In scope: the form. It needs no key, so the browser tells a typing slip without a request. Out of scope: whether the tag is right (`seal.rs`), and
//! whether the card exists (the ledger).
//!
//! Check symbol: over GF(32) with x⁵+x²+1 and α = 2, Σ αⁱ·sᵢ over all twenty symbols is 0. αⁱ differ for i < 31, so every single wrong symbol and
//! every swap of two different symbols is caught.

use crate::digits::{self, Typed};
use crate::limits::CODE_TYPED_CHARS_MAX;
use crate::rejection::Rejection;
use core::fmt;

/// Crockford base32: no I, L, O, U.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Symbols in a code.
pub const SYMBOLS: usize = 20;

/// Bits in a card id and in a tag.
const FIELD_BITS: u32 = 45;

/// A well-formed code: twenty symbols whose check is right. It is a bearer secret, so it prints only its last four symbols.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Code([u8; SYMBOLS]);

impl Code {
    /// Reads what a person typed or pasted. Refusals: `code_malformed`, `code_check_failed`, `looks_like_payment_card`.
    pub fn parse(typed: &str) -> Result<Self, Rejection> {
        let symbols = read_symbols(typed).ok_or(Rejection::CodeMalformed)?;
        if looks_like_payment_card(&symbols) {
            return Err(Rejection::LooksLikePaymentCard);
        }
        let mut values = [0; SYMBOLS];
        if symbols.len() != SYMBOLS {
            return Err(Rejection::CodeMalformed);
        }
        for (value, symbol) in values.iter_mut().zip(symbols) {
            *value = value_of(symbol).ok_or(Rejection::CodeMalformed)?;
        }
        if checksum(&values) == 0 { Ok(Self(values)) } else { Err(Rejection::CodeCheckFailed) }
    }

    /// Puts a code together; the check symbol follows from the rest. Bits over the width of a field are dropped.
    pub fn compose(key_id: u8, card_id: u64, tag: u64) -> Self {
        let mut values = [0; SYMBOLS];
        let [first, rest @ .., _] = &mut values;
        *first = key_id & 31;
        for (place, value) in rest.iter_mut().enumerate() {
            let (field, place) = if place < 9 { (card_id, place) } else { (tag, place.saturating_sub(9)) };
            *value = five_bits(field, place);
        }
        // Exactly one of 32 symbols zeroes the sum, since α¹⁹ has an inverse.
        for candidate in 0..32 {
            let [.., check] = &mut values;
            *check = candidate;
            if checksum(&values) == 0 {
                break;
            }
        }
        Self(values)
    }

    /// Which root key signed it, 0 to 31.
    pub fn key_id(&self) -> u8 {
        self.0.first().copied().unwrap_or_default()
    }

    /// The card's id, 45 bits.
    pub fn card_id(&self) -> u64 {
        self.field(1)
    }

    /// The tag, 45 bits.
    pub fn tag(&self) -> u64 {
        self.field(10)
    }

    fn field(&self, start: usize) -> u64 {
        self.0.iter().skip(start).take(9).fold(0, |bits, value| (bits << 5) | u64::from(*value))
    }

    /// The twenty symbols without separators: the one canonical form.
    pub fn canonical(&self) -> String {
        self.0.iter().map(|value| symbol_of(*value)).collect()
    }

    /// The code as printed, in groups of four.
    pub fn display(&self) -> String {
        group(&self.canonical())
    }

    /// The last four symbols: what people, receipts and lists tell cards apart by.
    pub fn last4(&self) -> String {
        self.0.iter().skip(16).map(|value| symbol_of(*value)).collect()
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code(…{})", self.last4())
    }
}

/// Whether these could be the digits of a payment card: as many as those have, with the check digit that they end in.
pub fn looks_like_payment_card(symbols: &[u8]) -> bool {
    (13..=19).contains(&symbols.len()) && symbols.iter().all(u8::is_ascii_digit) && digits::passes_luhn(symbols)
}

/// The letters (as capitals) and digits of a typed text, in ASCII; `None` when anything foreign stands in it, or it is no code by its length alone.
pub fn read_symbols(typed: &str) -> Option<Vec<u8>> {
    let mut symbols = Vec::with_capacity(SYMBOLS);
    for (place, character) in typed.chars().enumerate() {
        match digits::read(character) {
            _ if place >= CODE_TYPED_CHARS_MAX => return None,
            Typed::Separator => {}
            Typed::Symbol(symbol) => symbols.push(symbol),
            Typed::Foreign => return None,
        }
    }
    Some(symbols)
}

/// Groups of four with dashes between, as codes are printed. Takes any prefix of a code, so a field can group while somebody types.
pub fn group(symbols: &str) -> String {
    let mut text = String::with_capacity(24);
    for (place, symbol) in symbols.chars().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            text.push('-');
        }
        text.push(symbol);
    }
    text
}

/// The value of a symbol; the look-alikes I, L and O read as 1, 1 and 0.
pub fn value_of(symbol: u8) -> Option<u8> {
    let symbol = match symbol {
        b'I' | b'L' => b'1',
        b'O' => b'0',
        other => other,
    };
    ALPHABET.iter().position(|entry| *entry == symbol).and_then(|place| u8::try_from(place).ok())
}

fn symbol_of(value: u8) -> char {
    ALPHABET.get(usize::from(value)).copied().map_or('0', char::from)
}

/// The `place`-th group of five bits of a 45-bit field, from the top.
fn five_bits(field: u64, place: usize) -> u8 {
    let shift = FIELD_BITS.saturating_sub(5).saturating_sub(u32::try_from(place).unwrap_or(0).saturating_mul(5));
    u8::try_from((field >> shift) & 31).unwrap_or_default()
}

/// Σ αⁱ·sᵢ by Horner's rule from the last symbol.
fn checksum(values: &[u8; SYMBOLS]) -> u8 {
    values.iter().rev().fold(0, |sum, value| times_alpha(sum) ^ value)
}

/// Multiplies by α = 2 in GF(32) with x⁵+x²+1.
fn times_alpha(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_0101 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parse_returns_what_compose_put_together(key_id in 0u8..32, card_id in 0u64..1 << 45, tag in 0u64..1 << 45) {
            let code = Code::compose(key_id, card_id, tag);
            prop_assert_eq!((code.key_id(), code.card_id(), code.tag()), (key_id, card_id, tag));
            prop_assert_eq!(Code::parse(&code.display()), Ok(code));
            prop_assert_eq!(Code::parse(&code.canonical().to_lowercase()), Ok(code));
        }

        #[test]
        fn parse_never_fails_by_panic(text in "\\PC*") {
            let _ = Code::parse(&text);
        }
    }

    #[test]
    fn check_symbol_catches_every_single_slip_and_swap() {
        let code = Code::compose(7, 0x0abc_def0_1234, 0x1555_aaaa_0f0f).canonical();
        for place in 0..SYMBOLS {
            for symbol in ALPHABET {
                let mut slip = code.clone().into_bytes();
                if slip[place] == *symbol {
                    continue;
                }
                slip[place] = *symbol;
                assert_eq!(Code::parse(core::str::from_utf8(&slip).unwrap()), Err(Rejection::CodeCheckFailed));
            }
            for other in 0..place {
                let mut swap = code.clone().into_bytes();
                swap.swap(place, other);
                let expected = if swap == code.as_bytes() {
                    Ok(Code::parse(&code).unwrap())
                } else {
                    Err(Rejection::CodeCheckFailed)
                };
                assert_eq!(Code::parse(core::str::from_utf8(&swap).unwrap()), expected);
            }
        }
    }

    #[test]
    fn debug_shows_only_the_last_four() {
        let code = Code::compose(1, 2, 3);
        assert_eq!(format!("{code:?}"), format!("Code(…{})", code.last4()));
    }

    #[test]
    fn parse_stops_reading_a_text_that_is_too_long() {
        assert_eq!(Code::parse(&"-".repeat(1_000_000)), Err(Rejection::CodeMalformed));
    }
}
