//! A merchant's settings: the document that `GET` and `PUT /v1/settings` speak of, what a change of it may do, and what its history tells.
//!
//! The document is replaced whole, so what is left out is what it was for a new shop; programmes alone stay as they are, since none may be removed: a card
//! names its programme for as long as it exists. Revoked keys are part of the document and its history, and only their own route changes them. Out of
//! scope: where versions are kept, and what a programme means (`program`).

use super::json::Fields;
use crate::law::Jurisdiction;
use crate::limits::{
    AMOUNT_MAX, LOCATIONS_MAX, OLD_CODE_PATTERNS_MAX, ORIGINS_MAX, PRESETS_MAX, PROGRAMS_MAX, REVOKED_KEYS_MAX,
    SLUG_CHARS_MAX, VALIDITY_DAYS_RANGE,
};
use crate::money::Amount;
use crate::old_code::{OldCodes, read_pattern};
use crate::origin::is_origin;
use crate::program::{Amounts, Caps, Colour, Kind, Look, Pattern, Programme, VatMode, Words};
use crate::rejection::Rejection;
use serde::de::{Deserializer, Error};
use serde::{Deserialize, Serialize};
use serde_json::Value;

mod history;
#[cfg(test)]
mod tests;

pub use history::{Change, HistoryPage, Version, changes};

/// A place where cards are sold or spent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Location {
    /// Its name among machines.
    pub id: String,
    /// Its name among people.
    pub name: Words,
}

/// A merchant's settings. What is stored may be older than the newest field, so each has a default.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Settings {
    /// The shop's name.
    pub name: Option<Words>,
    /// The origins that a publishable key may be used from, and the console of another address.
    pub origins: Vec<String>,
    /// Its places.
    pub locations: Vec<Location>,
    /// Whose law it is under, unless a programme says otherwise.
    pub jurisdiction: Option<String>,
    /// What codes of another system look like, and where they are exchanged.
    pub old_codes: Option<OldCodes>,
    /// What it sells or gives.
    pub programs: Vec<Programme>,
    /// The keys that count no more: `sk_1`; in order, each once.
    pub revoked_keys: Vec<String>,
}

/// By the reader of requests: what was written is what may be sent back, and a reader of its own was 13 kB of the Worker, unpacked.
impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = Fields::own(Value::deserialize(deserializer)?);
        let read = fields.and_then(|fields| NewSettings::of(fields).ok());
        let NewSettings { programs, revoked_keys, settings, .. } =
            read.ok_or_else(|| D::Error::custom("not what was written"))?;
        let (programs, revoked_keys) = (programs.unwrap_or_default(), revoked_keys.unwrap_or_default());
        Ok(Self { programs, revoked_keys, ..settings })
    }
}

impl Settings {
    /// The programme of that id.
    pub fn program(&self, id: &str) -> Option<&Programme> {
        self.programs.iter().find(|program| program.id == id)
    }

    /// The settings with one key more that counts no more, or `limit_exceeded`.
    pub fn revoke(&self, key: &str) -> Result<Self, Rejection> {
        let mut settings = self.clone();
        if let Err(place) = settings.revoked_keys.binary_search_by(|revoked| revoked.as_str().cmp(key)) {
            settings.revoked_keys.insert(place, key.into());
        }
        if settings.revoked_keys.len() > REVOKED_KEYS_MAX { Err(Rejection::LimitExceeded) } else { Ok(settings) }
    }

    /// Whether nothing in it names what is not there, and the law allows it.
    fn check(&self, now_ms: u64) -> Result<(), Rejection> {
        for (place, program) in self.programs.iter().enumerate() {
            let path = format!("programs[{place}].");
            if !program.locations.iter().all(|id| self.locations.iter().any(|location| location.id == *id)) {
                return Err(Rejection::field(&format!("{path}locations")));
            }
            program.check_law(self.jurisdiction.as_deref(), now_ms, &path)?;
        }
        Ok(())
    }
}

/// Settings with the number of their version and when it was made; version 0 is that of a shop that has never said anything.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[expect(missing_docs, reason = "see above")]
pub struct VersionedSettings {
    pub version: u64,
    pub at_ms: Option<u64>,
    pub settings: Settings,
}

/// The settings as the API gives them.
#[derive(Serialize, Debug)]
pub struct SettingsAnswer<'a> {
    version: u64,
    updated_at: Option<String>,
    #[serde(flatten)]
    settings: &'a Settings,
}

impl<'a> From<&'a VersionedSettings> for SettingsAnswer<'a> {
    fn from(VersionedSettings { version, at_ms, settings }: &'a VersionedSettings) -> Self {
        Self { version: *version, updated_at: at_ms.map(crate::time::write), settings }
    }
}

/// What `PUT /v1/settings` wants. What `GET` gave may be sent back, changed or not.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewSettings {
    /// Which version was changed; any when it does not say.
    version: Option<u64>,
    /// The programmes; those that there are when it does not say.
    programs: Option<Vec<Programme>>,
    /// The revoked keys, which it may repeat.
    revoked_keys: Option<Vec<String>>,
    /// Everything else.
    settings: Settings,
}

impl NewSettings {
    /// Reads the request's body.
    pub fn read(body: &[u8]) -> Result<Self, Rejection> {
        let fields = Fields::read(body)?;
        if let Some(field) = fields.find_name(smells_of_fee) {
            return Err(Rejection::FeeNotAllowed { field });
        }
        Self::of(fields)
    }

    fn of(mut fields: Fields) -> Result<Self, Rejection> {
        let version = fields.optional_integer("version", &(0..=AMOUNT_MAX))?;
        fields.optional_time_ms("updated_at")?;
        let revoked_keys = fields.optional_texts("revoked_keys", REVOKED_KEYS_MAX, &|_| true)?;
        let settings = Settings {
            name: fields.optional_object("name")?.map(read_words).transpose()?,
            origins: fields.optional_texts("origins", ORIGINS_MAX, &is_origin)?.unwrap_or_default(),
            locations: read_list(&mut fields, "locations", LOCATIONS_MAX, read_location, |location| &location.id)?
                .unwrap_or_default(),
            jurisdiction: read_jurisdiction(&mut fields)?,
            old_codes: fields.optional_object("old_codes")?.map(read_old_codes).transpose()?,
            ..Settings::default()
        };
        let programs = read_list(&mut fields, "programs", PROGRAMS_MAX, read_program, |program| &program.id)?;
        fields.finish()?;
        Ok(Self { version, programs, revoked_keys, settings })
    }

    /// What the settings become, if they may. A shop that never said which programmes it has gets one to start with.
    pub fn over(self, current: &VersionedSettings, now_ms: u64) -> Result<Settings, Rejection> {
        let VersionedSettings { version, settings: old, .. } = current;
        if self.version.is_some_and(|read| read != *version) {
            return Err(Rejection::SettingsConflict { version: *version });
        }
        let all_in = |some: &[String], others: &[String]| some.iter().all(|key| others.contains(key));
        let revoked = &old.revoked_keys;
        if self.revoked_keys.is_some_and(|keys| !all_in(&keys, revoked) || !all_in(revoked, &keys)) {
            return Err(Rejection::field("revoked_keys"));
        }
        let programs = match self.programs {
            Some(programs) => {
                check_programs(&old.programs, &programs)?;
                programs
            }
            None if old.programs.is_empty() => Programme::first().into_iter().collect(),
            None => old.programs.clone(),
        };
        let new = Settings { programs, revoked_keys: old.revoked_keys.clone(), ..self.settings };
        new.check(now_ms)?;
        Ok(new)
    }
}

/// Whether every programme that there was is still there, of the same kind and currency. Cards of it may exist, and nobody counts them first.
fn check_programs(old: &[Programme], new: &[Programme]) -> Result<(), Rejection> {
    for before in old {
        let Some((place, after)) = new.iter().enumerate().find(|(_, after)| after.id == before.id) else {
            return Err(Rejection::ProgramRemoved { field: format!("programs[{}]", before.id) });
        };
        before.check_change(after).map_err(|field| Rejection::field(&format!("programs[{place}].{field}")))?;
    }
    Ok(())
}

/// Whether a name speaks of a fee. A fee on a gift card is unlawful in most places and wanted in none, so there is no field for one, and whoever sends one
/// learns why.
fn smells_of_fee(name: &str) -> bool {
    name.split(|letter: char| !letter.is_ascii_alphabetic())
        .any(|word| matches!(word.to_ascii_lowercase().as_str(), "fee" | "fees" | "charge" | "charges" | "surcharge"))
}

/// Whether a text names something among machines: `[a-z0-9_-]`, bounded, and not beginning with a sign.
pub fn is_slug(text: &str) -> bool {
    (1..=SLUG_CHARS_MAX).contains(&text.len())
        && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
        && !text.starts_with(['_', '-'])
}

/// A list of things with ids, each of them once.
fn read_list<T>(
    fields: &mut Fields,
    name: &str,
    most: usize,
    read: fn(Fields) -> Result<T, Rejection>,
    id: fn(&T) -> &str,
) -> Result<Option<Vec<T>>, Rejection> {
    let Some(objects) = fields.optional_objects(name, most)? else { return Ok(None) };
    let mut list: Vec<T> = Vec::with_capacity(objects.len());
    for object in objects {
        let path = object.name("id");
        let item = read(object)?;
        if list.iter().any(|other| id(other) == id(&item)) {
            return Err(Rejection::field(&path));
        }
        list.push(item);
    }
    Ok(Some(list))
}

fn read_words(mut fields: Fields) -> Result<Words, Rejection> {
    let path = fields.name("en");
    let words = Words::new(fields.optional_text("ar")?, fields.optional_text("en")?);
    fields.finish()?;
    words.ok_or_else(|| Rejection::field(&path))
}

fn read_old_codes(mut fields: Fields) -> Result<OldCodes, Rejection> {
    let path = fields.name("patterns");
    let is_pattern = &|text: &str| read_pattern(text).is_some();
    let mut patterns = fields.optional_texts("patterns", OLD_CODE_PATTERNS_MAX, is_pattern)?.unwrap_or_default();
    if patterns.is_empty() {
        return Err(Rejection::field(&path));
    }
    for pattern in &mut patterns {
        *pattern = read_pattern(pattern).unwrap_or_default();
    }
    let old_codes = OldCodes { patterns, message: read_words(fields.object("message")?)? };
    fields.finish()?;
    Ok(old_codes)
}

fn read_slug(fields: &mut Fields, name: &str) -> Result<String, Rejection> {
    let path = fields.name(name);
    Some(fields.text(name)?).filter(|text| is_slug(text)).ok_or_else(|| Rejection::field(&path))
}

fn read_jurisdiction(fields: &mut Fields) -> Result<Option<String>, Rejection> {
    read_by(fields, "jurisdiction", |text| Jurisdiction::is_code(text).then(|| text.to_owned()))
}

/// A text that means something, if it is there.
fn read_by<T>(fields: &mut Fields, name: &str, meaning: impl Fn(&str) -> Option<T>) -> Result<Option<T>, Rejection> {
    let path = fields.name(name);
    let text = fields.optional_text(name)?;
    text.map(|text| meaning(&text).ok_or_else(|| Rejection::field(&path))).transpose()
}

fn read_location(mut fields: Fields) -> Result<Location, Rejection> {
    let id = read_slug(&mut fields, "id")?;
    let location = Location { id, name: read_words(fields.object("name")?)? };
    fields.finish()?;
    Ok(location)
}

fn read_program(mut fields: Fields) -> Result<Programme, Rejection> {
    let id = read_slug(&mut fields, "id")?;
    let kind = read_by(&mut fields, "kind", Kind::parse)?.unwrap_or(Kind::PaidGift);
    let usual = Programme::new(&id, kind, fields.currency("currency")?);
    let program = Programme {
        name: fields.optional_object("name")?.map(read_words).transpose()?.unwrap_or(usual.name),
        amounts: fields.optional_object("amounts")?.map(read_amounts).transpose()?.unwrap_or(usual.amounts),
        validity_days: fields.optional_integer("validity_days", &VALIDITY_DAYS_RANGE)?,
        locations: fields.optional_texts("locations", LOCATIONS_MAX, &is_slug)?.unwrap_or_default(),
        min_spend: fields.optional_amount("min_spend")?,
        vat_mode: read_by(&mut fields, "vat_mode", VatMode::parse)?.unwrap_or(usual.vat_mode),
        reloadable: fields.flag("reloadable", usual.reloadable)?,
        balance_max: fields.optional_amount("balance_max")?,
        caps: fields.optional_object("caps")?.map(read_caps).transpose()?.filter(|caps| *caps != Caps::default()),
        jurisdiction: read_jurisdiction(&mut fields)?,
        campaign: fields.optional_text("campaign")?,
        look: match fields.optional_object("look")? {
            None => usual.look,
            Some(look) => read_look(look, usual.look.colour)?,
        },
        archived: fields.flag("archived", usual.archived)?,
        ..usual
    };
    if let Some(field) = program.contradiction() {
        return Err(Rejection::field(&fields.name(field)));
    }
    fields.finish()?;
    Ok(program)
}

fn read_caps(mut fields: Fields) -> Result<Caps, Rejection> {
    let caps = Caps {
        day: fields.optional_amount("day")?,
        buyer: fields.optional_amount("buyer")?,
        buyer_day: fields.optional_amount("buyer_day")?,
    };
    fields.finish()?;
    Ok(caps)
}

fn read_amounts(mut fields: Fields) -> Result<Amounts, Rejection> {
    let [preset_path, maximum_path] = [fields.name("preset"), fields.name("maximum")];
    let preset = fields.optional_amounts("preset", PRESETS_MAX)?;
    let amounts = match preset {
        Some(preset) => Amounts::preset(preset).ok_or_else(|| Rejection::field(&preset_path))?,
        None => {
            let (minimum, maximum): (Amount, Amount) = (fields.amount("minimum")?, fields.amount("maximum")?);
            Amounts::range(minimum, maximum).ok_or_else(|| Rejection::amount(&maximum_path))?
        }
    };
    fields.finish()?;
    Ok(amounts)
}

fn read_look(mut fields: Fields, usual: Colour) -> Result<Look, Rejection> {
    let path = fields.name("on_colour");
    let colour = read_by(&mut fields, "colour", Colour::parse)?.unwrap_or(usual);
    let on_colour = read_by(&mut fields, "on_colour", Colour::parse)?;
    let pattern = read_by(&mut fields, "pattern", Pattern::parse)?.unwrap_or_default();
    let texts = fields.optional_object("texts")?.map(read_words).transpose()?;
    fields.finish()?;
    Look::new(colour, on_colour, pattern, texts).ok_or_else(|| Rejection::field(&path))
}
