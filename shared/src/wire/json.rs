//! Strict JSON for requests: no duplicate names, no unknown fields, bounded depth, and a refusal that names the field. Documents of the deployment's own that
//! have the form of a request are read by it too ([`Fields::own`]).

use crate::code::Code;
use crate::limits::{JSON_DEPTH_MAX, TEXT_CHARS_MAX};
use crate::money::{Amount, Currency};
use crate::rejection::Rejection;
use crate::time;
use core::fmt;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The fields of a JSON object that are still to be read. Reading takes a field out; [`Fields::finish`] refuses what nobody asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fields {
    /// How refusals name the object itself: empty, or its name and a dot.
    prefix: String,
    fields: Map<String, Value>,
    /// Whether the deployment wrote it itself: what is not known then is of a later version and left aside.
    own: bool,
}

impl Fields {
    /// Reads a request body. Refusals: `json_too_deep`, `json_invalid`; an empty body is an empty object, so that requests without fields need none.
    pub fn read(body: &[u8]) -> Result<Self, Rejection> {
        if body.is_empty() {
            return Ok(Self { prefix: String::new(), fields: Map::new(), own: false });
        }
        // The depth comes before parsing: a parser that recurses must never meet ten thousand brackets.
        if depth(body) > JSON_DEPTH_MAX {
            return Err(Rejection::JsonTooDeep);
        }
        match serde_json::from_slice(body) {
            Ok(Strict(Value::Object(fields))) => Ok(Self { prefix: String::new(), fields, own: false }),
            Ok(_) | Err(_) => Err(Rejection::JsonInvalid),
        }
    }

    /// The fields of what the deployment wrote itself; `None` when it is no object.
    pub fn own(document: Value) -> Option<Self> {
        match document {
            Value::Object(fields) => Some(Self { prefix: String::new(), fields, own: true }),
            _ => None,
        }
    }

    /// The body in one canonical form, without codes: what tells whether two requests under one idempotency key are the same. The code is left out
    /// because it is a secret; the card that it names is the resource itself.
    pub fn canonical(&self) -> String {
        let mut text = String::new();
        write_object(&self.fields, &mut text);
        text
    }

    fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name).filter(|value| *value != Value::Null)
    }

    /// How a refusal names the field.
    pub fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// The first name, however deep, of which that is true, with its path.
    pub fn find_name(&self, is_it: fn(&str) -> bool) -> Option<String> {
        find_in_object(&self.fields, &self.prefix, is_it)
    }

    /// A positive amount that must be there.
    pub fn amount(&mut self, name: &str) -> Result<Amount, Rejection> {
        self.optional_amount(name)?.ok_or_else(|| Rejection::amount(&self.name(name)))
    }

    /// A positive amount that may be left out.
    pub fn optional_amount(&mut self, name: &str) -> Result<Option<Amount>, Rejection> {
        match self.optional_amount_or_zero(name)? {
            Some(amount) if amount.is_zero() => Err(Rejection::amount(&self.name(name))),
            amount => Ok(amount),
        }
    }

    /// An amount that may be left out and may be nothing.
    pub fn optional_amount_or_zero(&mut self, name: &str) -> Result<Option<Amount>, Rejection> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => {
                let amount = value.as_u64().and_then(Amount::new);
                amount.map(Some).ok_or_else(|| Rejection::amount(&self.name(name)))
            }
        }
    }

    /// An amount, or the word that stands for all there is.
    pub fn amount_or_word(&mut self, name: &str, word: &str) -> Result<Option<Amount>, Rejection> {
        if self.fields.get(name).and_then(Value::as_str) == Some(word) {
            self.take(name);
            return Ok(None);
        }
        self.amount(name).map(Some)
    }

    /// An ISO 4217 currency.
    pub fn currency(&mut self, name: &str) -> Result<Currency, Rejection> {
        let text = self.text(name)?;
        Currency::parse(&text).ok_or_else(|| Rejection::field(&self.name(name)))
    }

    /// An ISO 4217 currency that may be left out.
    pub fn optional_currency(&mut self, name: &str) -> Result<Option<Currency>, Rejection> {
        if self.fields.contains_key(name) { self.currency(name).map(Some) } else { Ok(None) }
    }

    /// A text that must be there: 1 to [`TEXT_CHARS_MAX`] characters, none of them a control character.
    pub fn text(&mut self, name: &str) -> Result<String, Rejection> {
        self.optional_text(name)?.ok_or_else(|| Rejection::field(&self.name(name)))
    }

    /// A text that may be left out.
    pub fn optional_text(&mut self, name: &str) -> Result<Option<String>, Rejection> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) if is_text(&text) => Ok(Some(text)),
            Some(_) => Err(Rejection::field(&self.name(name))),
        }
    }

    /// A text that must be there and may be longer than others, up to so many characters.
    pub fn long_text(&mut self, name: &str, chars: usize) -> Result<String, Rejection> {
        match self.take(name) {
            Some(Value::String(text)) if is_text_up_to(&text, chars) => Ok(text),
            _ => Err(Rejection::field(&self.name(name))),
        }
    }

    /// What people write to one another, with lines of their own; it may be left out.
    pub fn optional_message(&mut self, name: &str, chars: usize) -> Result<Option<String>, Rejection> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text))
                if text.lines().all(|line| line.is_empty() || is_text_up_to(line, chars))
                    && text.chars().count() <= chars =>
            {
                Ok(Some(text))
            }
            Some(_) => Err(Rejection::field(&self.name(name))),
        }
    }

    /// A text with lines that must be there. The bound of the body bounds it.
    pub fn lines(&mut self, name: &str) -> Result<String, Rejection> {
        match self.take(name) {
            Some(Value::String(text)) => Ok(text),
            _ => Err(Rejection::field(&self.name(name))),
        }
    }

    /// A gift card code in any spelling.
    pub fn code(&mut self, name: &str) -> Result<Code, Rejection> {
        match self.take(name) {
            Some(Value::String(typed)) => Code::parse(&typed),
            _ => Err(Rejection::field(&self.name(name))),
        }
    }

    /// A flag that may be left out.
    pub fn flag(&mut self, name: &str, otherwise: bool) -> Result<bool, Rejection> {
        match self.take(name) {
            None => Ok(otherwise),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(_) => Err(Rejection::field(&self.name(name))),
        }
    }

    /// An RFC 3339 moment that may be left out.
    pub fn optional_time_ms(&mut self, name: &str) -> Result<Option<u64>, Rejection> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => time::read(&text).map(Some).ok_or_else(|| Rejection::field(&self.name(name))),
            Some(_) => Err(Rejection::field(&self.name(name))),
        }
    }

    /// An RFC 3339 moment, or the word that stands for none.
    pub fn time_ms_or_word(&mut self, name: &str, word: &str) -> Result<Option<u64>, Rejection> {
        if self.fields.get(name).and_then(Value::as_str) == Some(word) {
            self.take(name);
            return Ok(None);
        }
        self.optional_time_ms(name)?.map(Some).ok_or_else(|| Rejection::field(&self.name(name)))
    }

    /// A number of seconds within a range, in milliseconds.
    pub fn seconds_as_ms(
        &mut self,
        name: &str,
        range: &core::ops::RangeInclusive<u64>,
        otherwise: u64,
    ) -> Result<u64, Rejection> {
        match self.take(name) {
            None => Ok(otherwise.saturating_mul(1_000)),
            Some(value) => match value.as_u64() {
                Some(seconds) if range.contains(&seconds) => Ok(seconds.saturating_mul(1_000)),
                _ => Err(Rejection::field(&self.name(name))),
            },
        }
    }

    /// A whole number within a range that may be left out.
    pub fn optional_integer(
        &mut self,
        name: &str,
        range: &core::ops::RangeInclusive<u64>,
    ) -> Result<Option<u64>, Rejection> {
        match self.take(name) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) if range.contains(&number) => Ok(Some(number)),
                _ => Err(Rejection::field(&self.name(name))),
            },
        }
    }

    /// A list of at most so many amounts, each at least one minor unit. It may be left out.
    pub fn optional_amounts(&mut self, name: &str, most: usize) -> Result<Option<Vec<Amount>>, Rejection> {
        self.optional_list(name, most, |place, item| {
            let amount = item.as_u64().filter(|minor| *minor > 0).and_then(Amount::new);
            amount.ok_or_else(|| Rejection::amount(&place))
        })
    }

    /// A list of at most so many texts of which that is true. It may be left out.
    pub fn optional_texts(
        &mut self,
        name: &str,
        most: usize,
        is_it: &dyn Fn(&str) -> bool,
    ) -> Result<Option<Vec<String>>, Rejection> {
        self.optional_list(name, most, |place, item| match item {
            Value::String(text) if is_it(&text) => Ok(text),
            _ => Err(Rejection::field(&place)),
        })
    }

    /// A list of at most so many objects, whose refusals name their place in it. It may be left out.
    pub fn optional_objects(&mut self, name: &str, most: usize) -> Result<Option<Vec<Self>>, Rejection> {
        let own = self.own;
        self.optional_list(name, most, |place, item| match item {
            Value::Object(fields) => Ok(Self { prefix: format!("{place}."), fields, own }),
            _ => Err(Rejection::field(&place)),
        })
    }

    /// A list that may be left out. Unlike other fields it may not be null: that would empty it where somebody meant to say nothing.
    fn optional_list<T>(
        &mut self,
        name: &str,
        most: usize,
        read: impl Fn(String, Value) -> Result<T, Rejection>,
    ) -> Result<Option<Vec<T>>, Rejection> {
        let path = self.name(name);
        match self.fields.remove(name) {
            None => Ok(None),
            Some(Value::Array(items)) if items.len() <= most => {
                let items = items.into_iter().enumerate();
                items.map(|(place, item)| read(format!("{path}[{place}]"), item)).collect::<Result<_, _>>().map(Some)
            }
            Some(_) => Err(Rejection::field(&path)),
        }
    }

    /// An object within this one that may be left out.
    pub fn optional_object(&mut self, name: &str) -> Result<Option<Self>, Rejection> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Object(fields)) => {
                Ok(Some(Self { prefix: format!("{}{name}.", self.prefix), fields, own: self.own }))
            }
            Some(_) => Err(Rejection::field(&self.name(name))),
        }
    }

    /// An object within this one.
    pub fn object(&mut self, name: &str) -> Result<Self, Rejection> {
        self.optional_object(name)?.ok_or_else(|| Rejection::field(&self.name(name)))
    }

    /// Refuses a field that nobody read.
    pub fn finish(self) -> Result<(), Rejection> {
        match self.fields.keys().next() {
            Some(name) if !self.own => {
                Err(Rejection::UnknownField { field: shorten(&format!("{}{name}", self.prefix)) })
            }
            _ => Ok(()),
        }
    }
}

/// Whether a text may be kept: not empty, bounded, no control characters (a line break in a reference would forge a line in somebody's log).
fn is_text(text: &str) -> bool {
    is_text_up_to(text, TEXT_CHARS_MAX)
}

fn is_text_up_to(text: &str, chars: usize) -> bool {
    !text.is_empty() && text.chars().count() <= chars && !text.chars().any(char::is_control)
}

/// An unknown name comes from a stranger and goes back in the answer: not all of it.
fn shorten(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(TEXT_CHARS_MAX).collect()
}

/// The recursion is bounded, since [`Fields::read`] bounds the depth.
fn find_in_object(fields: &Map<String, Value>, prefix: &str, is_it: fn(&str) -> bool) -> Option<String> {
    fields.iter().find_map(|(name, value)| {
        let path = format!("{prefix}{name}");
        if is_it(name) { Some(shorten(&path)) } else { find_in_value(value, &path, is_it) }
    })
}

fn find_in_value(value: &Value, path: &str, is_it: fn(&str) -> bool) -> Option<String> {
    match value {
        Value::Object(fields) => find_in_object(fields, &format!("{path}."), is_it),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(place, item)| find_in_value(item, &format!("{path}[{place}]"), is_it))
        }
        _ => None,
    }
}

/// The deepest nesting of brackets outside strings.
fn depth(body: &[u8]) -> usize {
    let mut deepest: usize = 0;
    let mut level: usize = 0;
    let mut in_string = false;
    let mut escaped = false;
    for byte in body {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'{' | b'[') => {
                level = level.saturating_add(1);
                deepest = deepest.max(level);
            }
            (false, b'}' | b']') => level = level.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn write_object(fields: &Map<String, Value>, text: &mut String) {
    text.push('{');
    for (name, value) in fields.iter().filter(|(name, value)| *name != "code" && **value != Value::Null) {
        write_text(name, text);
        text.push(':');
        write(value, text);
        text.push(',');
    }
    text.push('}');
}

fn write(value: &Value, text: &mut String) {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        // No request has any other number than an unsigned integer.
        Value::Number(number) => match number.as_u64() {
            Some(number) => text.push_str(&number.to_string()),
            None => text.push('?'),
        },
        Value::String(inner) => write_text(inner, text),
        Value::Array(items) => {
            text.push('[');
            for item in items {
                write(item, text);
                text.push(',');
            }
            text.push(']');
        }
        Value::Object(fields) => write_object(fields, text),
    }
}

/// Length first, so that no content can look like structure.
fn write_text(inner: &str, text: &mut String) {
    text.push_str(&inner.len().to_string());
    text.push('"');
    text.push_str(inner);
}

/// A JSON value in which no name stands twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Strict, E> {
        Ok(Strict(Value::Bool(flag)))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Strict, E> {
        Ok(Strict(number.into()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Strict, E> {
        Ok(Strict(Value::String(text.into())))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Strict, E> {
        Ok(Strict(Value::String(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            list.push(item);
        }
        Ok(Strict(Value::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
        let mut fields = Map::new();
        while let Some((name, Strict(value))) = access.next_entry::<String, Strict>()? {
            if fields.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Strict(Value::Object(fields)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields(body: &str) -> Fields {
        Fields::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn read_refuses_what_is_no_strict_json_object() {
        for body in [
            "x",
            "[]",
            "1",
            "null",
            "\"{}\"",
            "{\"a\":1,\"a\":1}",
            "{\"a\":NaN}",
            "{\"a\":1}}",
            "{'a':1}",
            "\u{feff}{}",
            "{\"a\":01}",
            "{\"a\":1,}",
        ] {
            assert_eq!(Fields::read(body.as_bytes()), Err(Rejection::JsonInvalid), "{body}");
        }
        assert_eq!(Fields::read(&[0xff, b'{', b'}']), Err(Rejection::JsonInvalid));
    }

    #[test]
    fn read_refuses_depth_before_parsing() {
        let deep = "[".repeat(10_000);
        assert_eq!(Fields::read(deep.as_bytes()), Err(Rejection::JsonTooDeep));
        assert_eq!(Fields::read(br#"{"a":"[[[[[[[[[[[[[[[[[[[[\"[["}"#).map(|_| ()), Ok(()));
    }

    #[test]
    fn amount_is_a_positive_safe_integer() {
        for value in
            ["0", "-1", "10.5", "\"10\"", "1e3", "9007199254740992", "18446744073709551616", "null", "true", "[]"]
        {
            let refusal = fields(&format!("{{\"amount\":{value}}}")).amount("amount");
            assert_eq!(refusal, Err(Rejection::amount("amount")), "{value}");
        }
        assert_eq!(
            fields("{\"amount\":9007199254740991}").amount("amount"),
            Ok(Amount::new(9_007_199_254_740_991).unwrap())
        );
    }

    #[test]
    fn refusal_names_the_field_within_its_object() {
        let mut outer = fields("{\"gift_card\":{\"code\":5,\"x\":1}}");
        let mut inner = outer.object("gift_card").unwrap();
        assert_eq!(inner.code("code"), Err(Rejection::field("gift_card.code")));
        assert_eq!(inner.finish(), Err(Rejection::UnknownField { field: "gift_card.x".into() }));
        assert_eq!(outer.finish(), Ok(()));
    }

    #[test]
    fn text_is_bounded_and_has_no_control_characters() {
        for value in [String::new(), "a\\nb".into(), "\\u0000".into(), "x".repeat(129)] {
            assert_eq!(fields(&format!("{{\"t\":\"{value}\"}}")).text("t"), Err(Rejection::field("t")));
        }
        assert_eq!(fields("{\"t\":\"طلب\"}").text("t"), Ok("طلب".into()));
    }

    #[test]
    fn canonical_form_ignores_order_space_and_the_code() {
        let form = |body: &str| fields(body).canonical();
        assert_eq!(form("{\"a\":1,\"b\":\"x\"}"), form("{ \"b\":\"x\", \"a\":1, \"c\":null }"));
        assert_eq!(form("{\"a\":{\"code\":\"1\"}}"), form("{\"a\":{\"code\":\"2\"}}"));
        assert_ne!(form("{\"a\":1}"), form("{\"a\":2}"));
        assert_ne!(form("{\"a\":\"1\"}"), form("{\"a\":1}"));
    }

    proptest! {
        #[test]
        fn read_never_fails_by_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Fields::read(&body).map(|fields| fields.canonical());
        }
    }
}
