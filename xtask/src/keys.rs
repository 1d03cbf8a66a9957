//! A merchant's API keys, and fresh secrets, both without a server.
//!
//! A key is derived from the secrets, so any machine that holds them prints the same one and none is ever stored.

use std::fs::File;
use std::io::Read as _;

use anyhow::{Context, Result, bail};
use lexopt::{Arg, Parser, ValueExt as _};
use shared::seal::{Env, KeyKind, Keys, Merchant, Scope, Scopes};

use crate::secrets::Secrets;

/// The merchant that `dev` and `serve` show.
pub(crate) const DEVELOPMENT_MERCHANT: &str = "noor";

/// The two keys that a shop needs, in the text form that a request carries.
pub(crate) struct KeyPair {
    pub(crate) secret: String,
    pub(crate) publishable: String,
}

/// The two factors that open a console session: a key, and the `otpauth://` address that an authenticator takes.
pub(crate) struct ConsoleFactors {
    pub(crate) key: String,
    pub(crate) totp: String,
}

impl ConsoleFactors {
    /// The factors of [`DEVELOPMENT_MERCHANT`] in the `test` environment.
    pub(crate) fn of_development_merchant(secrets: &Secrets) -> Result<Self> {
        Self::derive(&secrets.keys()?, Env::Test, DEVELOPMENT_MERCHANT, 1)
    }

    fn derive(keys: &Keys, env: Env, merchant: &str, number: u32) -> Result<Self> {
        let merchant = check(keys, env, merchant)?;
        let scopes = Scopes::new(&[Scope::Console]).context("a scope has no key of its own")?;
        let key = keys.api_key(KeyKind::Restricted(scopes), env, &merchant, number).context(NO_ROOT)?;
        let totp = keys.totp_secret(env, &merchant, number).context(NO_ROOT)?;
        Ok(Self { key, totp: totp.uri(env, &merchant, number) })
    }
}

impl KeyPair {
    /// The keys of [`DEVELOPMENT_MERCHANT`] in the `test` environment.
    pub(crate) fn of_development_merchant(secrets: &Secrets) -> Result<Self> {
        Self::derive(&secrets.keys()?, Env::Test, DEVELOPMENT_MERCHANT, 1)
    }

    fn derive(keys: &Keys, env: Env, merchant: &str, number: u32) -> Result<Self> {
        let merchant = check(keys, env, merchant)?;
        let key = |kind| keys.api_key(kind, env, &merchant, number).context(NO_ROOT);
        Ok(Self { secret: key(KeyKind::Secret)?, publishable: key(KeyKind::Publishable)? })
    }
}

const NO_ROOT: &str = "no root of RASEED_AUTH_ROOTS signs";

/// The merchant of that name, if these secrets serve it there.
fn check(keys: &Keys, env: Env, merchant: &str) -> Result<Merchant> {
    if !keys.serve(env) {
        bail!("the development secrets never serve `{}`; set the three RASEED_ secrets", env.name());
    }
    Merchant::parse(merchant).with_context(|| format!("{merchant:?} cannot be a merchant's name"))
}

/// Every key of that number with its name, and last what an authenticator takes to make the console key's second factor.
fn all_keys(keys: &Keys, env: Env, merchant: &str, number: u32) -> Result<Vec<(&'static str, String)>> {
    let KeyPair { secret, publishable } = KeyPair::derive(keys, env, merchant, number)?;
    let merchant = check(keys, env, merchant)?;
    let mut all = vec![("secret_key", secret), ("publishable_key", publishable)];
    for (name, scope) in [("pos_key", Scope::Pos), ("reports_key", Scope::Reports)] {
        let scopes = Scopes::new(&[scope]).context("a scope has no key of its own")?;
        all.push((name, keys.api_key(KeyKind::Restricted(scopes), env, &merchant, number).context(NO_ROOT)?));
    }
    let console = ConsoleFactors::derive(keys, env, merchant.name(), number)?;
    all.push(("console_key", console.key));
    all.push(("console_totp", console.totp));
    Ok(all)
}

/// The command `keys`.
pub(crate) fn run(mut arguments: Parser) -> Result<()> {
    let (mut merchant, mut env, mut number, mut generate) = (None, Env::Test, 1, false);
    while let Some(argument) = arguments.next()? {
        match argument {
            Arg::Long("merchant") => merchant = Some(arguments.value()?.string()?),
            Arg::Long("env") => env = environment(&arguments.value()?.string()?)?,
            Arg::Long("number") => number = arguments.value()?.parse()?,
            Arg::Long("generate") => generate = true,
            other => return Err(other.unexpected().into()),
        }
    }
    if generate {
        let [signing, auth, index] = [fresh_root()?, fresh_root()?, fresh_root()?];
        println!("RASEED_SIGNING_ROOTS=0:sign:{signing}");
        println!("RASEED_AUTH_ROOTS=0:sign:{auth}");
        println!("RASEED_INDEX_ROOT={index}");
        return Ok(());
    }
    let merchant = merchant.context("--merchant NAME or --generate is needed")?;
    for (name, key) in all_keys(&Secrets::from_environment()?.keys()?, env, &merchant, number)? {
        println!("{name}={key}");
    }
    Ok(())
}

fn environment(name: &str) -> Result<Env> {
    Env::parse(name).with_context(|| format!("--env is `test` or `live`, not {name:?}"))
}

/// 32 bytes of the system's randomness, in hex.
fn fresh_root() -> Result<String> {
    let mut bytes = [0_u8; 32];
    File::open("/dev/urandom")
        .and_then(|mut random| random.read_exact(&mut bytes))
        .context("cannot read randomness")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use shared::seal::{Env, KeyKind, Keys};

    use super::{KeyPair, all_keys, fresh_root};

    #[test]
    fn fresh_roots_differ_and_make_keys_that_verify() {
        let [signing, auth, index] = [(); 3].map(|()| fresh_root().unwrap());
        assert_ne!(signing, auth);
        let keys = Keys::from_env(&format!("0:sign:{signing}"), &format!("0:sign:{auth}"), &index).unwrap();
        let pair = KeyPair::derive(&keys, Env::Live, "noor", 2).unwrap();
        assert!(keys.verify_api_key(&pair.secret).is_ok_and(|key| key.kind == KeyKind::Secret));
        assert!(keys.verify_api_key(&pair.publishable).is_ok_and(|key| key.kind == KeyKind::Publishable));
    }

    #[test]
    fn every_key_of_a_number_verifies_and_none_is_another() {
        let keys = crate::secrets::Secrets::of_development().keys().unwrap();
        let mut all = all_keys(&keys, Env::Test, "noor", 3).unwrap();
        let (name, uri) = all.pop().unwrap();
        assert_eq!(name, "console_totp");
        assert!(uri.starts_with("otpauth://totp/Raseed:noor%20test%203?secret="));
        let ids: Vec<String> = all.iter().map(|(_, key)| keys.verify_api_key(key).unwrap().id()).collect();
        assert_eq!(ids, ["sk_3", "pk_3", "rk_3", "rk_3", "rk_3"]);
        let names: Vec<&str> = all.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["secret_key", "publishable_key", "pos_key", "reports_key", "console_key"]);
    }

    #[test]
    fn a_name_that_is_no_merchant_is_refused() {
        let keys = crate::secrets::Secrets::of_development().keys().unwrap();
        assert!(KeyPair::derive(&keys, Env::Test, "Noor & Sons", 1).is_err());
    }

    #[test]
    fn development_secrets_make_no_live_keys() {
        let keys = crate::secrets::Secrets::of_development().keys().unwrap();
        assert!(KeyPair::derive(&keys, Env::Test, "noor", 1).is_ok());
        assert!(KeyPair::derive(&keys, Env::Live, "noor", 1).is_err());
    }
}
