//! Keys, tokens and roots. The code vectors stand in `shared/tests/vectors.rs`.

use super::*;
use crate::checkout::Order;
use crate::gift::Gift;
use crate::money::{Amount, Currency};
use crate::rejection::Rejection;
use crate::wire::call::Sealed;

const ROOT: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn keys(signing: &str) -> Keys {
    Keys::from_env(signing, &format!("0:sign:{ROOT}"), ROOT).unwrap()
}

fn noor() -> Merchant {
    Merchant::parse("noor").unwrap()
}

#[test]
fn secrets_are_refused_whole_when_any_is_malformed() {
    let good = format!("0:sign:{ROOT}");
    for bad in [
        "",
        "0:sign:",
        "0:sign:00",
        "32:sign:00",
        "0:sing:00",
        &format!("{good},{good}"),
        &format!("{good},"),
        &good.replace("ff", "fg"),
    ] {
        assert_eq!(Keys::from_env(bad, &good, ROOT).err(), Some(InvalidSecrets), "{bad}");
        assert_eq!(Keys::from_env(&good, bad, ROOT).err(), Some(InvalidSecrets), "{bad}");
    }
    assert_eq!(Keys::from_env(&good, &good, "00").err(), Some(InvalidSecrets));
}

#[test]
fn development_secrets_never_serve_live() {
    let all = Keys::from_env(development::SIGNING_ROOTS, development::AUTH_ROOTS, development::INDEX_ROOT).unwrap();
    assert!(all.serve(Env::Test) && !all.serve(Env::Live));
    let mixed = Keys::from_env(&format!("0:sign:{ROOT}"), &format!("0:sign:{ROOT}"), development::INDEX_ROOT).unwrap();
    assert!(!mixed.serve(Env::Live));
    assert!(keys(&format!("0:sign:{ROOT}")).serve(Env::Live));
}

#[test]
fn newest_signing_root_signs_and_older_ones_verify() {
    let other = ROOT.replace("00", "11");
    let before = keys(&format!("0:sign:{ROOT}")).merchant(Env::Test, &noor());
    let after = keys(&format!("0:verify:{ROOT},1:sign:{other}")).merchant(Env::Test, &noor());
    let old = before.seal(0, 42).unwrap();
    assert_eq!(after.signing_root(), Ok(1));
    assert_eq!(after.verify(&old), before.verify(&old));
    assert_eq!(after.verify(&after.seal(1, 42).unwrap()), before.verify(&old));
    let revoked = keys(&format!("0:revoked:{ROOT},1:verify:{other}")).merchant(Env::Test, &noor());
    assert_eq!(revoked.verify(&old), Err(Rejection::CodeNotVerified));
    assert_eq!(revoked.signing_root(), Err(Rejection::SigningUnavailable));
}

#[test]
fn api_key_format_unchanged() {
    let merchant = Merchant::parse("dukkan_alward").unwrap();
    let key = keys(&format!("0:sign:{ROOT}")).api_key(KeyKind::Secret, Env::Test, &merchant, 7).unwrap();
    assert_eq!(key, "sk_test_dukkan_alward_7_pqnb3g7dsfwtxjejf6r5zncrdw");
}

#[test]
fn api_key_verifies_only_as_it_was_made() {
    let keys = keys(&format!("0:sign:{ROOT}"));
    let key = keys.api_key(KeyKind::Publishable, Env::Live, &noor(), 1).unwrap();
    assert_eq!(
        keys.verify_api_key(&key),
        Ok(ApiKey { kind: KeyKind::Publishable, env: Env::Live, merchant: noor(), number: 1 })
    );
    for bad in [
        key.replace("pk_", "sk_"),
        key.replace("live", "test"),
        key.replace("noor", "noon"),
        key.replace("_1_", "_2_"),
        key.replace("_1_", "_01_"),
        key.to_uppercase(),
        format!("{key}0"),
        key.split_at(key.len() - 1).0.to_string(),
        "sk_".into(),
        "____".into(),
    ] {
        assert_eq!(keys.verify_api_key(&bad), Err(Rejection::KeyInvalid), "{bad}");
    }
}

#[test]
fn token_carries_its_checkout_until_it_expires() {
    let keys = keys(&format!("0:sign:{ROOT}"));
    let amount = Amount::new(25_000).unwrap();
    let order = Order {
        total: amount,
        eligible_total: amount,
        currency: Currency::parse("SAR").unwrap(),
        reference: "طلب-1042".into(),
    };
    let token = CheckoutToken {
        env: Env::Test,
        merchant: noor(),
        checkout: "co_1".into(),
        origin: Some("https://shop.example".into()),
        expires_at_ms: 1_000,
        order: Some(order),
    };
    let text = keys.seal_token(&token).unwrap();
    assert_eq!(keys.verify_token(&text), Ok(token.clone()));
    assert_eq!((token.check_fresh(999), token.check_fresh(1_000)), (Ok(()), Err(Rejection::TokenExpired)));
    let mut forged = text.clone().into_bytes();
    forged[10] ^= 1;
    assert_eq!(keys.verify_token(core::str::from_utf8(&forged).unwrap()), Err(Rejection::KeyInvalid));
    assert_eq!(keys.verify_token(text.split_once('.').unwrap().0), Err(Rejection::KeyInvalid));
}

#[test]
fn ids_of_batches_and_of_imported_cards_format_unchanged() {
    let keys = keys(&format!("0:sign:{ROOT}")).merchant(Env::Test, &noor());
    let (batch, old) = (keys.batch_id("an idempotency key"), keys.old_code("OLD000AAA"));
    assert_eq!(batch, "gb_03fg4z5ggk64r1rm70svvtf0xbhhg5qa");
    assert_eq!(old, "old_157hcz3xe4gs8t75fchtdtgahpn6v6zr");
    assert!(is_batch_id(&batch));
    for text in [&old, &batch.to_uppercase(), &batch[..34], &format!("{batch}0")] {
        assert!(!is_batch_id(text), "{text}");
    }
    assert_eq!(keys.card_reference(keys.card_id(&batch, 9_999, 1)).text(), "gc_aczg2tx1442kdnephjq0c6vevqg8w7kn");
}

#[test]
fn webhook_signature_format_unchanged() {
    let secret = keys(&format!("0:sign:{ROOT}")).merchant(Env::Test, &noor()).webhook_secret("we_1", 1, 0).unwrap();
    assert_eq!(secret.text(), "whsec_gvbH4m6eXBpAxXXsQOR0ab8Oko3ZYzqCTYrYobchCEs=");
    assert_eq!(secret.sign("ev_1", 1_795_305_600, "{}"), "v1,NXvT/iFEGN3Je+M3x5ZLWbsV8beFGQY7J/2Zu/rlOKE=");
}

#[test]
fn webhook_secret_is_one_endpoint_s_generation_s_and_root_s() {
    let other = ROOT.replace("00", "11");
    let auth = |roots: &str| Keys::from_env(&format!("0:sign:{ROOT}"), roots, ROOT).unwrap();
    let before = auth(&format!("0:sign:{ROOT}")).merchant(Env::Test, &noor());
    let after = auth(&format!("0:verify:{ROOT},1:sign:{other}")).merchant(Env::Test, &noor());
    let text = |keys: &MerchantKeys, endpoint, generation, root| {
        keys.webhook_secret(endpoint, generation, root).map(|secret| secret.text())
    };
    assert_eq!((before.webhook_root(), after.webhook_root()), (Ok(0), Ok(1)));
    assert_eq!(
        text(&after, "we_1", 1, 0),
        text(&before, "we_1", 1, 0),
        "a root that still verifies still signs what it signed"
    );
    let all = [
        text(&after, "we_1", 1, 0),
        text(&after, "we_1", 2, 0),
        text(&after, "we_2", 1, 0),
        text(&after, "we_1", 1, 1),
    ];
    assert_eq!(all.iter().collect::<std::collections::BTreeSet<_>>().len(), 4);
    let revoked = auth(&format!("0:revoked:{ROOT},1:sign:{other}")).merchant(Env::Test, &noor());
    assert_eq!(text(&revoked, "we_1", 1, 0), None);
    let live = auth(&format!("0:sign:{ROOT}")).merchant(Env::Live, &noor());
    assert_ne!(text(&live, "we_1", 1, 0), text(&before, "we_1", 1, 0));
}

#[test]
fn secret_types_print_nothing() {
    let keys = keys(&format!("0:sign:{ROOT}"));
    let merchant = keys.merchant(Env::Test, &noor());
    let secret = merchant.webhook_secret("we_1", 1, 0).unwrap();
    assert_eq!(format!("{keys:?} {merchant:?} {secret:?}"), "Keys(…) MerchantKeys(…) WebhookSecret(…)");
}

#[test]
fn base32_writes_five_bits_a_symbol() {
    assert_eq!(base32(&[]), "");
    assert_eq!(base32(&[0xff]), "zw");
    assert_eq!(base32(&[0, 0, 0, 0, 1]), "00000001");
}

#[test]
fn restricted_key_format_unchanged() {
    let keys = keys(&format!("0:sign:{ROOT}"));
    let key = |scopes: &[Scope]| {
        keys.api_key(KeyKind::Restricted(Scopes::new(scopes).unwrap()), Env::Test, &noor(), 3).unwrap()
    };
    assert_eq!(key(&[Scope::Pos]), "rk_test_noor_3_pos_k2ws8py0910mp305fkerg89gsr");
    assert_eq!(key(&[Scope::Reports, Scope::Pos]), "rk_test_noor_3_pos-reports_9pv4422092633mc931phy50x04");
    assert_eq!(key(&[Scope::Console]), "rk_test_noor_3_console_tf5fqq4afc0shwa95bdzw4atdr");
}

#[test]
fn restricted_key_carries_its_scopes_and_no_others() {
    let keys = keys(&format!("0:sign:{ROOT}"));
    let scopes = Scopes::new(&[Scope::Pos, Scope::Reports]).unwrap();
    let merchant = Merchant::parse("dukkan_alward").unwrap();
    let key = keys.api_key(KeyKind::Restricted(scopes), Env::Live, &merchant, 12).unwrap();
    let verified = keys.verify_api_key(&key).unwrap();
    assert_eq!(verified, ApiKey { kind: KeyKind::Restricted(scopes), env: Env::Live, merchant, number: 12 });
    assert_eq!(verified.id(), "rk_12");
    for bad in [
        key.replace("pos-reports", "pos"),
        key.replace("pos-reports", "reports-pos"),
        key.replace("pos-reports", "pos-reports-console"),
        key.replace("pos-reports", "console"),
        key.replace("_pos-reports", ""),
        key.replace("rk_", "sk_"),
        key.replace("_12_", "_13_"),
    ] {
        assert_eq!(keys.verify_api_key(&bad), Err(Rejection::KeyInvalid), "{bad}");
    }
}

#[test]
fn console_is_a_scope_of_its_own() {
    assert_eq!(Scopes::new(&[]), None);
    assert!(Scopes::new(&[Scope::Console]).is_some_and(|scopes| scopes.has(Scope::Console)));
    for other in [Scope::Pos, Scope::Reports] {
        assert_eq!(Scopes::new(&[Scope::Console, other]), None);
        assert!(Scopes::new(&[other]).is_some_and(|scopes| scopes.has(other) && !scopes.has(Scope::Console)));
    }
    for bad in ["", "pos-", "-pos", "pos-pos", "pos_reports", "Pos", "all", "pos-console"] {
        assert_eq!(Scopes::parse(bad), None, "{bad}");
    }
    assert_eq!(Scopes::parse("reports-pos"), Scopes::new(&[Scope::Pos, Scope::Reports]));
}

#[test]
fn key_id_has_one_form() {
    for good in ["sk_1", "pk_0", "rk_4294967295"] {
        assert!(is_key_id(good), "{good}");
    }
    for bad in ["", "sk_", "sk", "sk_01", "sk_+1", "sk_-1", "sk_4294967296", "ct_1", "SK_1", "sk_1_", "sk_test_noor_1"]
    {
        assert!(!is_key_id(bad), "{bad}");
    }
}

#[test]
fn session_carries_its_key_until_it_expires_and_is_no_checkout_token() {
    let keys = keys(&format!("0:sign:{ROOT}"));
    let session = ConsoleToken {
        env: Env::Test,
        merchant: noor(),
        key: 3,
        origin: Some("https://console.example".into()),
        expires_at_ms: 1_000,
    };
    let text = keys.seal_session(&session).unwrap();
    assert_eq!(keys.verify_session(&text), Ok(session.clone()));
    assert_eq!(session.key_id(), "rk_3");
    assert_eq!((session.check_fresh(999), session.check_fresh(1_000)), (Ok(()), Err(Rejection::TokenExpired)));
    assert_eq!(keys.verify_token(&text), Err(Rejection::KeyInvalid));
    assert_eq!(keys.verify_token(&text.replace("cs_", "ct_")), Err(Rejection::KeyInvalid));
    let mut forged = text.clone().into_bytes();
    forged[10] ^= 1;
    assert_eq!(keys.verify_session(core::str::from_utf8(&forged).unwrap()), Err(Rejection::KeyInvalid));
}

#[test]
fn what_is_kept_beside_a_card_is_read_there_and_nowhere_else() {
    let noor = keys(&format!("0:sign:{ROOT}")).merchant(Env::Test, &noor());
    let gift =
        Gift { to: Some("نورة".into()), message: Some("مبروك\nيا نورة".into()), ..Gift::default() };
    let sealed = noor.seal_beside(42, Some(&gift)).unwrap();
    let card = noor.card_reference(42);
    assert_eq!(noor.open_card_id(card.text(), &sealed), Some(42));
    assert_eq!(noor.open_gift(card.text(), &sealed), Some(gift.clone()));
    assert_eq!(sealed.recipient, Some(noor.recipient("نوره")));
    assert_eq!(noor.seal_beside(42, Some(&gift)).unwrap(), sealed, "the same again, however often it is asked");

    let other = noor.card_reference(43);
    assert_eq!((noor.open_card_id(other.text(), &sealed), noor.open_gift(other.text(), &sealed)), (None, None));
    let mixed = Sealed { gift: Some(sealed.number.clone()), ..sealed.clone() };
    assert_eq!(noor.open_gift(card.text(), &mixed), None);
    let salma = keys(&format!("0:sign:{ROOT}")).merchant(Env::Test, &Merchant::parse("salma").unwrap());
    assert_eq!(salma.open_gift(card.text(), &sealed), None);
    for place in 0..sealed.number.len() {
        let mut changed = sealed.number.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = Sealed { number: String::from_utf8(changed).unwrap(), ..sealed.clone() };
        assert_eq!(noor.open_card_id(card.text(), &changed), None, "{place}");
    }
    assert_eq!(noor.seal_beside(42, Some(&Gift::default())).unwrap().gift, None, "a gift without words is none");
}

#[test]
fn what_is_kept_beside_a_card_outlasts_a_rotation_and_ends_with_its_root() {
    let with = |auth: &str| Keys::from_env(&format!("0:sign:{ROOT}"), auth, ROOT).unwrap().merchant(Env::Test, &noor());
    let (other, card) = (ROOT.replace("00", "11"), with(&format!("0:sign:{ROOT}")).card_reference(42));
    let sealed = with(&format!("0:sign:{ROOT}")).seal_beside(42, None).unwrap();
    let read = |auth: &str| with(auth).open_card_id(card.text(), &sealed);
    assert_eq!(read(&format!("0:verify:{ROOT},1:sign:{other}")), Some(42));
    assert_eq!(read(&format!("0:revoked:{ROOT},1:sign:{other}")), None);
}

#[test]
fn sealed_texts_unchanged() {
    let noor = keys(&format!("0:sign:{ROOT}")).merchant(Env::Test, &noor());
    let sealed = noor.seal_beside(42, Some(&Gift { to: Some("Noura".into()), ..Gift::default() })).unwrap();
    assert_eq!(
        [Some(sealed.number), sealed.gift, sealed.recipient].map(Option::unwrap),
        [
            "0.igu4DBAmCcrhmCykTIxmm6ZhkTD7-dJMoqLyfuS1UDwEOnc0tfUfJpLEA8IACA",
            "0.H9mc8sfskP78YezV4oXlnwpcwr5-LtQ3mlJmybhxICtMFg9O3IrwPoi81PVPhD3W6RpEQ9oY",
            "dw26vn4sr138gas2445k23g6"
        ]
    );
}

#[test]
fn card_link_opens_its_card_and_is_no_other_token() {
    let all = keys(&format!("0:sign:{ROOT}"));
    let link = CardLink { env: Env::Test, merchant: noor(), key_id: 3, card_id: 42 };
    let text = all.seal_link(&link).unwrap();
    assert_eq!(all.verify_link(&text), Ok(link));
    let (payload, tag) = text.split_once('.').unwrap();
    for wrong in [
        format!("{payload}.{}", tag.to_lowercase()),
        format!("{}A.{tag}", payload.split_at(payload.len() - 1).0),
        text.replacen("gl_", "ct_", 1),
        payload.to_owned(),
        String::new(),
    ] {
        assert_eq!(all.verify_link(&wrong), Err(Rejection::KeyInvalid), "{wrong}");
    }
    assert!(all.verify_session(&text.replacen("gl_", "cs_", 1)).is_err(), "each kind has a key of its own");
}

#[test]
fn buyers_count_as_they_are_written_and_are_nobody_s_recipients() {
    let noor = keys(&format!("0:sign:{ROOT}")).merchant(Env::Test, &noor());
    for (one, other, is_same) in [
        (" 1042 ", "1042", true),
        ("Sara@Shop.Example", "sara@shop.example", true),
        ("12-3", "1-23", false),
        ("cus_aB", "cus_Ab", false),
    ] {
        assert_eq!(noor.buyer(one) == noor.buyer(other), is_same, "{one} {other}");
    }
    assert_ne!(noor.buyer("1042"), noor.recipient("1042"));
}
