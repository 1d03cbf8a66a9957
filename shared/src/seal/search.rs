//! What searches need a secret for: whom a card is for is kept as a keyed hash, and a cursor says nothing but what it was given out for.

use super::{MerchantKeys, base32, mac};
use crate::digits::{Typed, read};

impl MerchantKeys {
    /// What stands in rows for whom a card is for: a name, an address, a number, as somebody wrote it. The same however it is written, within reason.
    pub fn recipient(&self, recipient: &str) -> String {
        base32(mac(&self.search, &[b"recipient/", fold(recipient).as_bytes()]).split_at(15).0)
    }

    /// What stands in rows for who buys, by the shop's own name for them. Two numbers that differ in a dash are two customers, so it counts as it is written,
    /// but for space around it and, in an address, capitals. Nothing of it can be compared with whom cards are for.
    pub fn buyer(&self, buyer: &str) -> String {
        let buyer = buyer.trim();
        let name = if buyer.contains('@') { buyer.to_ascii_lowercase() } else { buyer.into() };
        base32(mac(&self.search, &[b"buyer/", name.as_bytes()]).split_at(15).0)
    }

    /// The cursor of a place in a list.
    pub fn cursor(&self, place: u64) -> String {
        let number = place.to_string();
        let tag = base32(mac(&self.search, &[b"cursor/", number.as_bytes()]).split_at(10).0);
        [&number, ".", &tag].concat()
    }

    /// The place of a cursor; `None` for a text that was never given out as one.
    pub fn read_cursor(&self, cursor: &str) -> Option<u64> {
        let place = cursor.split_once('.')?.0.parse().ok()?;
        (self.cursor(place) == cursor).then_some(place)
    }
}

/// A text without what people write in more than one way: the case of Latin letters, space, invisible marks, the digits of a keyboard, and in Arabic the
/// vowels, the tatweel, the seats of hamza and the letters that end a word in two ways.
fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{064B}'..='\u{065F}' | '\u{0670}' => {}
            'أ' | 'إ' | 'آ' | 'ٱ' => folded.push('ا'),
            'ى' | 'ئ' | 'ی' => folded.push('ي'),
            'ؤ' => folded.push('و'),
            'ة' => folded.push('ه'),
            'ک' => folded.push('ك'),
            _ => match read(character) {
                Typed::Separator => {}
                Typed::Symbol(symbol) => folded.push(char::from(symbol)),
                // Beyond ASCII, where one letter has one other case.
                Typed::Foreign => folded.push(small(character)),
            },
        }
    }
    folded
}

/// The small letter of a capital of Latin-1 or Cyrillic, which follow their capitals at a fixed distance; whatever else it is, as it is.
fn small(character: char) -> char {
    let distance = match character {
        'À'..='Ö' | 'Ø'..='Þ' | 'А'..='Я' => 32,
        _ => 0,
    };
    char::from_u32(u32::from(character).saturating_add(distance)).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn one_recipient_is_found_however_it_is_written() {
        for (one, other) in [
            ("Sara Ahmed", "  sara   AHMED "),
            ("أحمد", "احمد"),
            ("إِيمَان", "ايمان"),
            ("فاطمة", "فاطمه"),
            ("هـــدى", "هدي"),
            ("+966 50 123 4567", "٠٥٠ ignored"),
            ("Élodie", "élodie"),
            ("sara@shop.example", "Sara@Shop.Example"),
        ] {
            let is_same = fold(one) == fold(other);
            assert_eq!(is_same, !other.contains("ignored"), "{one} {other}");
        }
        assert_eq!(fold("+٩٦٦ ٥٠"), fold("+966-50"));
        assert_ne!(fold("Sara"), fold("Sarah"));
    }
}
