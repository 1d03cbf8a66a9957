//! What makes a card a gift: who it is for, who it is from, and what they say.
//!
//! It is personal, so it is no part of a card's ledger: it is kept beside it, encrypted, and can be erased. In scope: its form, and by which text its
//! receiver is found. Out of scope: keys and storage.

use serde::{Deserialize, Serialize};

/// A gift's words. Whatever people write is shown as text, so none of it is refused but control characters and too much of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Gift {
    /// Whose gift it is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub to: Option<String>,
    /// Who gives it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub from: Option<String>,
    /// What they write.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
    /// The language that the gift is shown in: `ar` or `en`; the reader's own without it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lang: Option<String>,
}

/// A name as it is looked for: one spelling for what people write in several. Arabic letters that are mixed up in writing are one, vowel signs and the
/// stretching of words do not count, nor do capital letters and the number of spaces.
pub fn searched_name(name: &str) -> String {
    let mut searched = String::with_capacity(name.len());
    for word in name.split_whitespace() {
        if !searched.is_empty() {
            searched.push(' ');
        }
        searched.extend(word.chars().filter_map(letter));
    }
    searched
}

fn letter(character: char) -> Option<char> {
    match character {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' => Some('ي'),
        'ة' => Some('ه'),
        '\u{640}' | '\u{64b}'..='\u{652}' => None,
        _ => Some(character.to_ascii_lowercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gift_format_unchanged() {
        let gift = Gift {
            to: Some("نورة".into()), message: Some("كل عام وأنت بخير".into()), ..Gift::default()
        };
        let text = r#"{"to":"نورة","message":"كل عام وأنت بخير"}"#;
        assert_eq!(serde_json::to_string(&gift).unwrap(), text);
        assert_eq!(serde_json::from_str::<Gift>(text).unwrap(), gift);
    }

    #[test]
    fn name_is_found_however_it_was_written() {
        for (written, other) in [
            ("أحمد", "احمد"),
            ("فاطمة  الزهراء", "فاطمه الزهراء "),
            ("مُنَى", "مني"),
            ("نـــورة", "نورة"),
            ("Sara ALI", "sara ali"),
        ] {
            assert_eq!(searched_name(written), searched_name(other));
        }
        assert_ne!(searched_name("نورة"), searched_name("نوره علي"));
    }
}
