//! Reading what the deployment itself wrote: rows, calls between its objects and their answers, tokens, the data of the law.
//!
//! The text becomes a tree first, by one parser, and the types read the tree. Reading them from the text, as `serde_json` does, compiles the parser
//! once more for each type, every struct as a list too, and words for all that could be wrong: that was a fifth of the Worker's code. Here a struct is an object, and a
//! document either is what its type says or is unreadable: nobody but this program wrote it.
//!
//! Out of scope: requests, whose refusals name the field ([`super::json`]).

use core::fmt;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, VariantAccess, Visitor,
};
use serde_json::{Map, Value, map};
use std::vec;

/// The document in `text`; `None` when it is none, or not one of that type.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    T::deserialize(Tree(serde_json::from_slice(text).ok()?)).ok()
}

/// That a document is not of its type. Which part of it is not would be words that nobody reads.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl core::error::Error for Unreadable {}

impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// A value, read by what its type expects.
struct Tree(Value);

/// Methods that expect the same of a value.
macro_rules! alike {
    ($what:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> { self.$what(visitor) })*
    };
}

impl Tree {
    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match (self.0.as_u64(), self.0.as_i64()) {
            (Some(number), _) => visitor.visit_u64(number),
            (None, Some(number)) => visitor.visit_i64(number),
            (None, None) => Err(Unreadable),
        }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::String(text) => visitor.visit_string(text),
            _ => Err(Unreadable),
        }
    }

    /// The name of a field or a variant, which a type compares and does not keep.
    fn name<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match &self.0 {
            Value::String(name) => visitor.visit_str(name),
            _ => Err(Unreadable),
        }
    }

    fn list<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(Items(items.into_iter())),
            _ => Err(Unreadable),
        }
    }

    fn object<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Object(fields) => visitor.visit_map(Fields { rest: fields.into_iter(), value: None }),
            _ => Err(Unreadable),
        }
    }
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Unreadable;

    alike!(integer: deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64);
    alike!(text: deserialize_str deserialize_string deserialize_char);
    alike!(name: deserialize_identifier);
    alike!(list: deserialize_seq);
    alike!(object: deserialize_map);

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::Number(_) => self.integer(visitor),
            Value::String(_) => self.text(visitor),
            Value::Array(_) => self.list(visitor),
            Value::Object(_) => self.object(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.0.as_bool().map_or(Err(Unreadable), |flag| visitor.visit_bool(flag))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.0.is_null() { visitor.visit_unit() } else { Err(Unreadable) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.list(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.object(visitor)
    }

    /// A variant without content is its name, any other an object of one field.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let (name, content) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(variant) => only(variant)?,
            _ => return Err(Unreadable),
        };
        visitor.visit_enum(Variant { name, content: Content(content) })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! { f32 f64 bytes byte_buf unit_struct tuple_struct }
}

fn only(variant: Map<String, Value>) -> Result<(String, Option<Value>), Unreadable> {
    let mut fields = variant.into_iter();
    match (fields.next(), fields.next()) {
        (Some((name, content)), None) => Ok((name, Some(content))),
        _ => Err(Unreadable),
    }
}

struct Items(vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        self.0.next().map(|item| seed.deserialize(Tree(item))).transpose()
    }
}

struct Fields {
    rest: map::IntoIter,
    value: Option<Value>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Tree(Value::String(name))).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(Tree(self.value.take().ok_or(Unreadable)?))
    }
}

struct Variant {
    name: String,
    content: Content,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Content;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Content), Unreadable> {
        Ok((seed.deserialize(Tree(Value::String(self.name)))?, self.content))
    }
}

/// What stands in a variant.
struct Content(Option<Value>);

impl<'de> VariantAccess<'de> for Content {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.0.is_none() { Ok(()) } else { Err(Unreadable) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(Tree(self.0.ok_or(Unreadable)?))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        Tree(self.0.ok_or(Unreadable)?).list(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], visitor: V) -> Result<V::Value, Unreadable> {
        Tree(self.0.ok_or(Unreadable)?).object(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::read;
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(PartialEq, Debug, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Act {
        Read,
        Pair(u8, i64),
        Take { amount: u64, from: Option<String>, all: bool },
        Told(BTreeMap<String, Vec<Act>>),
    }

    #[test]
    fn what_was_written_is_read() {
        let acts = BTreeMap::from([("ok".into(), vec![Act::Read, Act::Pair(255, -1)]), ("none".into(), vec![])]);
        for act in [
            Act::Read,
            Act::Pair(0, i64::MAX),
            Act::Take { amount: u64::MAX, from: Some("بطاقة \"\\ \u{1f381}".into()), all: true },
            Act::Take { amount: 0, from: None, all: false },
            Act::Told(acts),
        ] {
            assert_eq!(read::<Act>(&serde_json::to_vec(&act).unwrap()), Some(act));
        }
    }

    #[test]
    fn fields_of_a_later_version_are_left_aside_and_missing_ones_are_missed() {
        let later = br#"{"take":{"amount":1,"all":false,"new":{"deep":[1.5,null]}}}"#;
        assert_eq!(read(later), Some(Act::Take { amount: 1, from: None, all: false }));
        assert_eq!(read::<Act>(br#"{"take":{"amount":1}}"#), None);
    }

    #[test]
    fn what_is_of_another_type_is_unreadable() {
        for text in [
            "",
            "{",
            "1",
            "null",
            "\"other\"",
            "{}",
            "{\"read\":1}",
            "{\"read\":null,\"take\":null}",
            "{\"take\":[1,null,true]}",
            "{\"take\":{\"amount\":-1,\"all\":true}}",
            "{\"take\":{\"amount\":1.0,\"all\":true}}",
            "{\"take\":{\"amount\":\"1\",\"all\":true}}",
            "{\"take\":{\"amount\":1,\"all\":1}}",
            "{\"pair\":[256,0]}",
            "{\"told\":[]}",
        ] {
            assert_eq!(read::<Act>(text.as_bytes()), None, "{text}");
        }
    }
}
