//! What makes a card a gift: who it is for, who it is from, and what they say.
//!
//! It is personal, so it is no part of a card's ledger: it is kept beside it, encrypted, and can be erased. In scope: its form.
//! Out of scope: keys and storage.

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
}
