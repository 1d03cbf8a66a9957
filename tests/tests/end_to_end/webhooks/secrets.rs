//! The secrets of endpoints: they rotate without a gap, follow from the deployment's roots, and are written nowhere.

use super::{DELIVERY, Endpoint, start};
use serde_json::{Value, json};
use tests::api::{Api, fresh_key};
use tests::card::Card;
use tests::clock::{Clock, DAY_SECONDS};
use tests::patience::until;
use tests::receiver::{Receiver, verified};
use tests::secrets::Secrets;
use tests::server::Server;

/// Tries the endpoint out, and says which of the secrets verify what came.
#[track_caller]
fn verify(api: &Api, endpoint: &Endpoint, receiver: &Receiver, secrets: &[&str]) -> Vec<bool> {
    let before = receiver.got().len();
    api.post(&endpoint.path("/test"), &json!({})).expect(200);
    let got = receiver.got();
    assert_eq!(got.len(), before + 1);
    verified(secrets, &got[before..]).remove(0)
}

#[test]
fn both_secrets_sign_for_a_day_after_a_rotation() {
    let (mut server, clock) = (start(), Clock::new());
    let api = server.api();
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    let key = fresh_key();
    let rotate = || api.post_once(&endpoint.path("/rotate"), &json!({}), &key);
    assert_eq!(verify(&api, &endpoint, &receiver, &[&endpoint.secret]), [true]);
    let rotated = rotate().expect(200);
    let again = rotate();
    assert!(again.is_replayed() && again.json["secret"] == rotated["secret"], "a repetition rotates nothing");
    let second = rotated["secret"].as_str().unwrap();
    assert_ne!(second, endpoint.secret);
    assert_eq!(verify(&api, &endpoint, &receiver, &[&endpoint.secret, second]), [true, true]);
    assert_eq!(receiver.got().last().unwrap().headers["webhook-signature"].matches("v1,").count(), 2);
    clock.set(&mut server, DAY_SECONDS - 600);
    assert_eq!(verify(&api, &endpoint, &receiver, &[&endpoint.secret, second]), [true, true]);
    clock.set(&mut server, DAY_SECONDS + 600);
    assert_eq!(verify(&api, &endpoint, &receiver, &[&endpoint.secret, second]), [false, true]);
    let third = api.post(&endpoint.path("/rotate"), &json!({})).expect(200)["secret"].as_str().unwrap().to_owned();
    let all = [&*endpoint.secret, second, &third];
    assert_eq!(verify(&api, &endpoint, &receiver, &all), [false, true, true]);
    assert_eq!(rotate().json["secret"].as_str(), Some(second), "an old request is told what it was told");
    assert_eq!(verify(&api, &endpoint, &receiver, &all), [false, true, true]);
}

#[test]
fn secret_outlives_the_rotation_of_the_root_it_came_from() {
    let Secrets { auth, .. } = Secrets::development();
    let with_auth = |auth: String| Secrets { auth, ..Secrets::development() };
    let next = format!("{},7:sign:{}", auth.replace(":sign:", ":verify:"), "b7".repeat(32));
    let mut server = Server::start_with(with_auth(auth.clone()).settings());
    let receiver = Receiver::start();
    let key = fresh_key();
    let register = |api: &Api| api.post_once("/v1/webhook-endpoints", &json!({"url": receiver.url}), &key);
    let endpoint = Endpoint::of(&register(&server.api()).expect(201));
    server.kill();
    server.restart_with(with_auth(next.clone()).settings());
    let api = server.api();
    assert_eq!(register(&api).json["secret"], endpoint.secret);
    assert_eq!(verify(&api, &endpoint, &receiver, &[&endpoint.secret]), [true]);
    // A root that is revoked signs nothing, and nobody is sent what would look like an attack.
    server.kill();
    server.restart_with(with_auth(next.replace(":verify:", ":revoked:")).settings());
    let api = server.api();
    let heard = receiver.got().len();
    let told = api.post(&endpoint.path("/test"), &json!({})).expect(200);
    assert_eq!((&told["attempts"][0]["outcome"], receiver.got().len()), (&json!("unsigned"), heard));
    let rotated = api.post(&endpoint.path("/rotate"), &json!({})).expect(200)["secret"].as_str().unwrap().to_owned();
    assert_eq!(verify(&api, &endpoint, &receiver, &[&endpoint.secret, &rotated]), [false, true]);
}

#[test]
fn secret_is_in_no_file_and_in_no_log() {
    let server = start();
    let api = server.api();
    let receiver = Receiver::start();
    let endpoint = Endpoint::register(&api, &receiver.url);
    let second = api.post(&endpoint.path("/rotate"), &json!({})).expect(200)["secret"].as_str().unwrap().to_owned();
    let card = Card::issue(&api, 1_000);
    until(DELIVERY, "it is delivered", || (!receiver.got().is_empty()).then_some(()));
    until(DELIVERY, "it is noted", || {
        endpoint.deliveries(&api).iter().any(|told: &Value| told["status"] == "delivered").then_some(())
    });
    let found = |text: &str| {
        let bytes = text.as_bytes();
        server.log().contains(text)
            || server.files().iter().any(|file| file.windows(bytes.len()).any(|part| part == bytes))
    };
    assert!(found(&receiver.url), "the search finds what is there");
    for secret in [&endpoint.secret, &second, &card.code] {
        assert!(!found(secret) && !found(secret.trim_start_matches("whsec_")), "{secret}");
    }
}
