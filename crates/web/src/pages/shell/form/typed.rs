//! Reads the fields of a form into an input of a service, through serde.

use golive_app::Error;
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

type Fields = BTreeMap<String, Vec<String>>;

/// The form as a value of this type; the error names the field.
pub(super) fn read<T: DeserializeOwned>(fields: &Fields) -> Result<T, Error> {
    let at = RefCell::new(String::new());
    T::deserialize(Whole { fields, at: &at }).map_err(|Fault(what)| {
        let at = at.into_inner();
        let sent = fields.get(&at).and_then(|values| values.first());
        let found = sent.filter(|text| !text.is_empty()).map_or("nothing", String::as_str);
        Error::invalid(at, what, found.chars().take(100).collect::<String>())
    })
}

/// What was wrong with one field.
#[derive(Debug)]
struct Fault(String);

impl Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

impl de::Error for Fault {
    fn custom<T: Display>(what: T) -> Self {
        Self(what.to_string())
    }
}

/// The whole form.
#[derive(Clone, Copy)]
struct Whole<'a> {
    fields: &'a Fields,
    at: &'a RefCell<String>,
}

impl<'de> Deserializer<'de> for Whole<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let names = self.fields.keys().cloned().collect();
        visitor.visit_map(Walk { whole: self, names, here: String::new() })
    }

    /// Fields that were not sent are given as absent, so that an unticked box is false.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let mut names: Vec<String> = self.fields.keys().cloned().collect();
        names.extend(
            fields.iter().filter(|f| !self.fields.contains_key(**f)).map(|f| (*f).to_owned()),
        );
        visitor.visit_map(Walk { whole: self, names, here: String::new() })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct Walk<'a> {
    whole: Whole<'a>,
    names: Vec<String>,
    here: String,
}

impl<'de> MapAccess<'de> for Walk<'_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        let Some(name) = self.names.pop() else { return Ok(None) };
        self.whole.at.borrow_mut().clone_from(&name);
        self.here.clone_from(&name);
        seed.deserialize(de::value::StringDeserializer::new(name)).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Fault> {
        let values = self.whole.fields.get(&self.here).map_or(&[] as &[String], Vec::as_slice);
        seed.deserialize(Field(values))
    }
}

/// One field: its values as sent.
struct Field<'a>(&'a [String]);

impl Field<'_> {
    fn text(&self) -> &str {
        self.0.first().map_or("", |text| text.trim())
    }
}

/// Numbers of one kind: parsed, or told what was expected.
macro_rules! number {
    ($($method:ident $visit:ident $kind:ty, $words:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            let number = self.text().parse::<$kind>().map_err(|_| Fault($words.to_owned()))?;
            visitor.$visit(number)
        }
    )*};
}

impl<'de> Deserializer<'de> for Field<'_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_str(self.text())
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_bool(matches!(self.text(), "on" | "true" | "yes"))
    }

    number! {
        deserialize_i8 visit_i8 i8, "a whole number";
        deserialize_i16 visit_i16 i16, "a whole number";
        deserialize_i32 visit_i32 i32, "a whole number";
        deserialize_i64 visit_i64 i64, "a whole number";
        deserialize_u8 visit_u8 u8, "a whole number from 0";
        deserialize_u16 visit_u16 u16, "a whole number from 0";
        deserialize_u32 visit_u32 u32, "a whole number from 0";
        deserialize_u64 visit_u64 u64, "a whole number from 0";
        deserialize_f32 visit_f32 f32, "a number";
        deserialize_f64 visit_f64 f64, "a number";
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.text().is_empty() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let lines = self.0.iter().flat_map(|value| value.lines()).map(str::trim);
        let mut lines: Vec<String> =
            lines.filter(|line| !line.is_empty()).map(str::to_owned).collect();
        lines.reverse();
        visitor.visit_seq(Lines(lines))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        visitor.visit_enum(self)
    }

    forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> EnumAccess<'de> for Field<'_> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), Fault> {
        let name = de::value::StrDeserializer::<Fault>::new(self.text());
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Field<'_> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _seed: S) -> Result<S::Value, Fault> {
        Err(Fault("a plain choice".to_owned()))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, Fault> {
        Err(Fault("a plain choice".to_owned()))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Fault> {
        Err(Fault("a plain choice".to_owned()))
    }
}

/// The values of a list, last first.
struct Lines(Vec<String>);

impl<'de> SeqAccess<'de> for Lines {
    type Error = Fault;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Fault> {
        let Some(line) = self.0.pop() else { return Ok(None) };
        seed.deserialize(Field(&[line])).map(Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        NewProduction,
        Upgrade,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        name: String,
        kind: Kind,
        tier: Option<u8>,
        is_account: bool,
        #[serde(default)]
        notify: Vec<String>,
    }

    fn fields(text: &str) -> Fields {
        let mut fields = Fields::new();
        for (name, value) in super::super::pairs(text) {
            fields.entry(name).or_default().push(value);
        }
        fields
    }

    #[test]
    fn boxes_choices_lists_and_empty_fields_become_what_the_service_takes() {
        let sent = fields("name=prod&kind=new_production&tier=&notify=a%40x%0Ab%40x");
        let wanted: Wanted = read(&sent).expect("a sound form");
        let kind = Kind::NewProduction;
        let notify = vec!["a@x".to_owned(), "b@x".to_owned()];
        let expected = Wanted { name: "prod".into(), kind, tier: None, is_account: false, notify };
        assert_eq!(wanted, expected);
    }

    #[test]
    fn the_error_names_the_field() {
        let sent = fields("name=prod&kind=upgrade&tier=two&is_account=on");
        let error = read::<Wanted>(&sent).expect_err("tier is no number");
        assert_eq!(error.to_string(), "tier: expected a whole number from 0; found two");
        let error = read::<Wanted>(&fields("name=p&kind=other")).expect_err("no such kind");
        assert!(error.to_string().starts_with("kind: "), "{error}");
        let error = read::<Wanted>(&fields("name=p&kind=upgrade&more=1")).expect_err("unknown");
        assert!(error.to_string().starts_with("more: "), "{error}");
    }
}
