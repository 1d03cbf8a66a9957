//! What settings may be, what a change of them may do, and how they are kept.

use super::*;
use crate::money::Currency;
use serde_json::{Value, json};

fn read(document: &Value) -> Result<NewSettings, Rejection> {
    NewSettings::read(document.to_string().as_bytes())
}

/// 2026-11-22.
const NOW_MS: u64 = 1_795_305_600_000;

/// A shop's first settings.
fn first(document: &Value) -> Result<Settings, Rejection> {
    read(document)?.over(&VersionedSettings::default(), NOW_MS)
}

/// A shop with these programmes and a location.
fn with(programs: &Value) -> Value {
    let riyadh = json!({"id": "riyadh", "name": {"ar": "الرياض", "en": "Riyadh"}});
    json!({"name": {"en": "Noor"}, "locations": [riyadh], "programs": programs})
}

/// A shop that came from another system.
fn old_codes(patterns: &Value) -> Value {
    json!({"old_codes": {"patterns": patterns, "message": {"en": "Exchange it at any till."}}})
}

/// Settings that were kept as version 3.
fn kept(document: &Value) -> VersionedSettings {
    VersionedSettings { version: 3, at_ms: Some(5), settings: first(document).unwrap() }
}

#[test]
fn new_shop_needs_only_a_name() {
    let settings = first(&json!({"name": {"ar": "نور"}})).unwrap();
    assert_eq!(settings.name, Words::new(Some("نور".into()), Some("نور".into())));
    assert_eq!(settings.programs, Vec::from_iter(Programme::first()));
    let only_origins = first(&json!({"origins": ["https://shop.example"]})).unwrap();
    assert_eq!((only_origins.name, only_origins.origins.len()), (None, 1));
    assert_eq!(first(&json!({})).unwrap().programs.len(), 1);
    assert_eq!(first(&json!({"programs": []})).unwrap().programs, [], "a shop may have none");
}

#[test]
fn programme_needs_only_an_id_and_a_currency() {
    let settings = first(&with(&json!([{"id": "gift", "currency": "SAR"}]))).unwrap();
    assert_eq!(settings.programs, [Programme::new("gift", Kind::PaidGift, Currency::parse("SAR").unwrap())]);
}

#[test]
fn refusal_names_the_field_by_its_path() {
    let program = |field: &str, value: Value| {
        let mut program = json!({"id": "gift", "currency": "SAR", "kind": "promo"});
        program[field] = value;
        with(&json!([{"id": "first", "currency": "SAR"}, program]))
    };
    for (document, field) in [
        (json!({"name": "Noor"}), "name"),
        (json!({"name": {}}), "name.en"),
        (json!({"name": {"en": ""}}), "name.en"),
        (json!({"origins": ["https://shop.example", "null"]}), "origins[1]"),
        (json!({"origins": null}), "origins"),
        (json!({"locations": [{"id": "Riyadh", "name": {"en": "R"}}]}), "locations[0].id"),
        (json!({"locations": [{"id": "riyadh"}]}), "locations[0].name"),
        (json!({"locations": [{"id": "a", "name": {"en": "A"}}, {"id": "a", "name": {"en": "B"}}]}), "locations[1].id"),
        (json!({"locations": ["riyadh"]}), "locations[0]"),
        (json!({"jurisdiction": "Saudi Arabia"}), "jurisdiction"),
        (json!({"version": -1}), "version"),
        (program("id", json!("first")), "programs[1].id"),
        (program("id", json!("-gift")), "programs[1].id"),
        (program("currency", json!("XXX")), "programs[1].currency"),
        (program("kind", json!("gift")), "programs[1].kind"),
        (program("name", json!({"en": "\u{7}"})), "programs[1].name.en"),
        (program("amounts", json!({"preset": []})), "programs[1].amounts.preset"),
        (program("amounts", json!([100])), "programs[1].amounts"),
        (program("validity_days", json!(0)), "programs[1].validity_days"),
        (program("validity_days", json!(36_501)), "programs[1].validity_days"),
        (program("locations", json!(["riyadh", "JED"])), "programs[1].locations[1]"),
        (program("locations", json!(["jeddah"])), "programs[1].locations"),
        (program("vat_mode", json!("none")), "programs[1].vat_mode"),
        (program("reloadable", json!("yes")), "programs[1].reloadable"),
        (program("reloadable", json!(true)), "programs[1].reloadable"),
        (program("balance_max", json!(100)), "programs[1].balance_max"),
        (program("caps", json!(5)), "programs[1].caps"),
        (program("caps", json!({"day": 499_999})), "programs[1].caps.day"),
        (program("jurisdiction", json!("us-ca")), "programs[1].jurisdiction"),
        (program("look", json!({"colour": "teal"})), "programs[1].look.colour"),
        (program("look", json!({"colour": "#ffffff", "on_colour": "#777777"})), "programs[1].look.on_colour"),
        (program("look", json!({"pattern": "paisley"})), "programs[1].look.pattern"),
        (program("look", json!({"texts": {}})), "programs[1].look.texts.en"),
        (program("archived", json!(1)), "programs[1].archived"),
    ] {
        assert_eq!(first(&document), Err(Rejection::field(field)), "{document}");
    }
    for (field, value, path) in [
        ("amounts", json!({"preset": [100, 0]}), "amounts.preset[1]"),
        ("amounts", json!({"minimum": 100}), "amounts.maximum"),
        ("amounts", json!({"minimum": 100, "maximum": 99}), "amounts.maximum"),
        ("min_spend", json!(0), "min_spend"),
        ("caps", json!({"buyer": 0}), "caps.buyer"),
        ("caps", json!({"buyer_day": "500000"}), "caps.buyer_day"),
    ] {
        assert_eq!(first(&program(field, value)), Err(Rejection::amount(&format!("programs[1].{path}"))));
    }
    for (document, field) in [
        (json!({"colour": "#000000"}), "colour"),
        (program("expires", json!(1)), "programs[1].expires"),
        (program("amounts", json!({"preset": [100], "minimum": 5})), "programs[1].amounts.minimum"),
        (program("caps", json!({"month": 500_000})), "programs[1].caps.month"),
        (program("look", json!({"color": "#000000"})), "programs[1].look.color"),
    ] {
        assert_eq!(first(&document), Err(Rejection::UnknownField { field: field.into() }), "{document}");
    }
}

#[test]
fn refusal_of_old_codes_names_the_pattern() {
    for (document, field) in [
        (old_codes(&json!("NR-####")), "old_codes.patterns"),
        (old_codes(&json!([])), "old_codes.patterns"),
        (old_codes(&json!(null)), "old_codes.patterns"),
        (old_codes(&json!(["NR-####", "NR_####"])), "old_codes.patterns[1]"),
        (old_codes(&json!(["NR#"])), "old_codes.patterns[0]"),
        (old_codes(&json!(["????-????-????-????-????"])), "old_codes.patterns[0]"),
        (old_codes(&json!(["NR-####", 5])), "old_codes.patterns[1]"),
        (json!({"old_codes": {"patterns": ["NR-####"]}}), "old_codes.message"),
        (json!({"old_codes": {"patterns": ["NR-####"], "message": {}}}), "old_codes.message.en"),
        (json!({"old_codes": ["NR-####"]}), "old_codes"),
    ] {
        assert_eq!(first(&document), Err(Rejection::field(field)), "{document}");
    }
}

#[test]
fn lists_have_their_bounds() {
    let many = |count: usize| (0..count).map(|n| json!({"id": format!("p{n}"), "currency": "SAR"})).collect::<Vec<_>>();
    assert_eq!(first(&with(&many(PROGRAMS_MAX).into())).unwrap().programs.len(), PROGRAMS_MAX);
    assert_eq!(first(&with(&many(PROGRAMS_MAX + 1).into())), Err(Rejection::field("programs")));
    let preset =
        |count: usize| with(&json!([{"id": "gift", "currency": "SAR", "amounts": {"preset": vec![100; count]}}]));
    assert!(first(&preset(PRESETS_MAX)).is_ok());
    assert_eq!(first(&preset(PRESETS_MAX + 1)), Err(Rejection::field("programs[0].amounts.preset")));
    let patterns = |count: usize| old_codes(&vec!["NR-####"; count].into());
    assert!(first(&patterns(OLD_CODE_PATTERNS_MAX)).is_ok());
    assert_eq!(first(&patterns(OLD_CODE_PATTERNS_MAX + 1)), Err(Rejection::field("old_codes.patterns")));
}

#[test]
fn fee_is_refused_under_every_name_and_at_every_depth() {
    let program = |name: &str| with(&json!([{"id": "gift", "currency": "SAR", name: 5}]));
    for name in ["fee", "fees", "inactivity_fee", "dormancy-fee", "monthly_fees", "Fee", "service_charge"] {
        let refusal = Rejection::FeeNotAllowed { field: format!("programs[0].{name}") };
        assert_eq!(first(&program(name)), Err(refusal), "{name}");
    }
    let deep = with(&json!([{"id": "gift", "currency": "SAR", "look": {"texts": {"fee": "1"}}}]));
    assert_eq!(first(&deep), Err(Rejection::FeeNotAllowed { field: "programs[0].look.texts.fee".into() }));
    assert_eq!(first(&program("coffee")), Err(Rejection::UnknownField { field: "programs[0].coffee".into() }));
    assert!(first(&json!({"name": {"en": "No fee"}})).is_ok(), "words may speak of fees");
}

#[test]
fn programme_is_archived_and_never_removed() {
    let gift = json!({"id": "gift", "currency": "SAR"});
    let promo = json!({"id": "promo", "currency": "SAR", "kind": "promo"});
    let current = kept(&with(&json!([gift, promo])));
    let change = |programs: Value| read(&with(&programs)).unwrap().over(&current, NOW_MS);
    assert_eq!(change(json!([gift])), Err(Rejection::ProgramRemoved { field: "programs[promo]".into() }));
    let archived = json!({"id": "promo", "currency": "SAR", "kind": "promo", "archived": true});
    assert!(change(json!([archived, gift])).unwrap().program("promo").unwrap().archived, "the order is the shop's");
    assert_eq!(change(json!([gift, {"id": "promo", "currency": "SAR"}])), Err(Rejection::field("programs[1].kind")));
    let other = json!({"id": "gift", "currency": "KWD"});
    assert_eq!(change(json!([promo, other])), Err(Rejection::field("programs[1].currency")));
    let unsaid = read(&json!({"locations": with(&json!([]))["locations"]})).unwrap();
    assert_eq!(unsaid.over(&current, NOW_MS).unwrap().programs, current.settings.programs, "what is not said stays");
}

#[test]
fn old_codes_are_kept_as_they_are_compared_and_forgotten_when_left_out() {
    let settings = first(&old_codes(&json!(["nr-####-????", "٥٥٥ ###"]))).unwrap();
    let kept = settings.old_codes.clone().unwrap();
    assert_eq!(kept.patterns, ["NR####????", "555###"]);
    assert_eq!(kept.message.ar, "Exchange it at any till.", "one language stands for the other");
    for left_out in [json!({}), json!({"old_codes": null})] {
        let current = VersionedSettings { settings: settings.clone(), ..VersionedSettings::default() };
        assert_eq!(read(&left_out).unwrap().over(&current, NOW_MS).unwrap().old_codes, None);
    }
}

#[test]
fn location_that_a_programme_names_stays() {
    let current = kept(&with(&json!([{"id": "gift", "currency": "SAR", "locations": ["riyadh"]}])));
    let without = read(&json!({"name": {"en": "Noor"}})).unwrap();
    assert_eq!(without.over(&current, NOW_MS), Err(Rejection::field("programs[0].locations")));
}

#[test]
fn change_of_an_older_version_is_a_conflict_that_names_the_newest() {
    let current = kept(&with(&json!([])));
    let change = |version: u64| read(&json!({"version": version})).unwrap().over(&current, NOW_MS);
    assert!(change(3).is_ok());
    for other in [0, 2, 4] {
        assert_eq!(change(other), Err(Rejection::SettingsConflict { version: 3 }));
    }
}

#[test]
fn what_was_read_may_be_written_back() {
    let mut current = kept(&with(&json!([{"id": "gift", "currency": "SAR", "look": {"colour": "#facc15"}}])));
    current.settings.revoked_keys.push("sk_2".into());
    let mut answer = serde_json::to_value(SettingsAnswer::from(&current)).unwrap();
    assert_eq!((&answer["version"], &answer["updated_at"]), (&json!(3), &json!("1970-01-01T00:00:00.005Z")));
    assert_eq!(read(&answer).unwrap().over(&current, NOW_MS).as_ref(), Ok(&current.settings));
    answer["revoked_keys"] = json!([]);
    assert_eq!(
        read(&answer).unwrap().over(&current, NOW_MS),
        Err(Rejection::field("revoked_keys")),
        "keys stay revoked"
    );
}

#[test]
fn changes_name_paths_with_what_was_and_what_is() {
    let gift = json!({"id": "gift", "currency": "SAR", "name": {"ar": "هدية", "en": "Gift"}});
    let old = first(&with(&json!([gift]))).unwrap();
    let mut new = old.clone();
    assert_eq!(changes(&old, &new), []);
    new.programs[0].name.en = "Card".into();
    new.programs[0].archived = true;
    new.programs.push(Programme::new("promo", Kind::Promo, Currency::parse("SAR").unwrap()));
    new.origins.push("https://shop.example".into());
    new.locations.clear();
    new.revoked_keys.push("sk_2".into());
    let told: Vec<_> = changes(&old, &new).into_iter().map(|change| (change.path, change.old, change.new)).collect();
    let tell = |path: &str, old: Value, new: Value| (path.to_owned(), old, new);
    let riyadh = serde_json::to_value(&old.locations[0]).unwrap();
    let promo = serde_json::to_value(&new.programs[1]).unwrap();
    assert_eq!(
        told,
        [
            tell("locations[riyadh]", riyadh, Value::Null),
            tell("origins", json!([]), json!(["https://shop.example"])),
            tell("programs[gift].archived", json!(false), json!(true)),
            tell("programs[gift].name.en", json!("Gift"), json!("Card")),
            tell("programs[promo]", Value::Null, promo),
            tell("revoked_keys", json!([]), json!(["sk_2"])),
        ]
    );
}

#[test]
fn settings_format_unchanged() {
    let mut settings = first(&with(&json!([
        {"id": "gift", "currency": "SAR", "amounts": {"preset": [5_000]}, "locations": ["riyadh"], "reloadable": true,
         "balance_max": 10_000, "look": {"texts": {"en": "For you"}}},
        {"id": "promo", "currency": "KWD", "kind": "promo", "name": {"en": "Back"}, "amounts": {"minimum": 1, "maximum": 9},
         "validity_days": 30, "min_spend": 7, "vat_mode": "spv", "caps": {"day": 500, "buyer": 9},
         "jurisdiction": "US-CA", "campaign": "winter", "archived": true, "look": {"colour": "#facc15", "pattern": "dots"}}
    ])))
    .unwrap();
    settings.revoked_keys.push("sk_2".into());
    settings.jurisdiction = Some("SA".into());
    let message = Words { ar: "بدّله".into(), en: "Exchange it".into() };
    settings.old_codes = Some(OldCodes { patterns: vec!["NR####".into()], message });
    let text = concat!(
        r#"{"name":{"ar":"Noor","en":"Noor"},"origins":[],"locations":[{"id":"riyadh","name":{"ar":"الرياض","en":"Riyadh"}}],"#,
        r#""jurisdiction":"SA","old_codes":{"patterns":["NR####"],"message":{"ar":"بدّله","en":"Exchange it"}},"programs":[{"id":"gift","kind":"paid_gift","currency":"SAR","name":{"ar":"بطاقة هدية","en":"Gift card"},"#,
        r#""amounts":{"preset":[5000]},"validity_days":null,"locations":["riyadh"],"min_spend":null,"vat_mode":"mpv","reloadable":true,"#,
        r#""balance_max":10000,"caps":null,"jurisdiction":null,"campaign":null,"#,
        r##""look":{"colour":"#0f766e","on_colour":"#ffffff","pattern":"plain","texts":{"ar":"For you","en":"For you"}},"archived":false},"##,
        r#"{"id":"promo","kind":"promo","currency":"KWD","name":{"ar":"Back","en":"Back"},"amounts":{"minimum":1,"maximum":9},"#,
        r#""validity_days":30,"locations":[],"min_spend":7,"vat_mode":"spv","reloadable":false,"balance_max":null,"caps":{"day":500,"buyer":9,"buyer_day":null},"jurisdiction":"US-CA","campaign":"winter","#,
        r##""look":{"colour":"#facc15","on_colour":"#14171a","pattern":"dots","texts":null},"archived":true}],"revoked_keys":["sk_2"]}"##,
    );
    assert_eq!(serde_json::to_string(&settings).unwrap(), text);
    assert_eq!(serde_json::from_str::<Settings>(text).unwrap(), settings);
    let before = r#"{"origins":["https://shop.example"]}"#;
    assert_eq!(
        serde_json::from_str::<Settings>(before).unwrap().origins,
        ["https://shop.example"],
        "what was kept first"
    );
}

#[test]
fn history_format_unchanged() {
    let changed = vec![Change { path: "origins".into(), old: json!([]), new: json!(["https://shop.example"]) }];
    let version = Version { version: 2, at: "1970-01-01T00:00:00.005Z".into(), by: Some("sk_1".into()), changed };
    let page = HistoryPage { data: vec![version], next_cursor: Some("2".into()) };
    let text = concat!(
        r#"{"data":[{"version":2,"at":"1970-01-01T00:00:00.005Z","by":"sk_1","#,
        r#""changed":[{"path":"origins","old":[],"new":["https://shop.example"]}]}],"next_cursor":"2"}"#,
    );
    assert_eq!(serde_json::to_string(&page).unwrap(), text);
    assert_eq!(serde_json::from_str::<HistoryPage>(text).unwrap(), page);
}
