//! The deployment's three secrets: from the environment when it has them, else the development set.
//!
//! The development set is public, so `shared::seal` lets it serve the `test` environment only. A half-filled
//! environment is an error, because a silent mixture of both sets would sign codes that nothing verifies.

use std::process::Command;

use anyhow::{Result, anyhow, bail};
use shared::seal::{Keys, development};

const NAMES: [&str; 3] = ["RASEED_SIGNING_ROOTS", "RASEED_AUTH_ROOTS", "RASEED_INDEX_ROOT"];

/// The values of [`NAMES`]. No `Debug`: secrets print nothing.
pub(crate) struct Secrets([String; 3]);

impl Secrets {
    pub(crate) fn from_environment() -> Result<Self> {
        Self::choose(NAMES.map(|name| std::env::var(name).unwrap_or_default()))
    }

    /// The set that anyone can read.
    pub(crate) fn of_development() -> Self {
        Self([development::SIGNING_ROOTS, development::AUTH_ROOTS, development::INDEX_ROOT].map(String::from))
    }

    fn choose(values: [String; 3]) -> Result<Self> {
        if values.iter().all(String::is_empty) {
            return Ok(Self::of_development());
        }
        if values.iter().any(String::is_empty) {
            bail!("{} must be set together or not at all", NAMES.join(", "));
        }
        Ok(Self(values))
    }

    pub(crate) fn keys(&self) -> Result<Keys> {
        let [signing, auth, index] = &self.0;
        // The reason stays out of the message: it would quote a secret.
        Keys::from_env(signing, auth, index)
            .map_err(|_| anyhow!("{} are not of the form that they must have", NAMES.join(", ")))
    }

    /// Hands the secrets to a process, which is how the Worker's configuration reads them.
    pub(crate) fn give_to(&self, command: &mut Command) {
        command.envs(self.named());
    }

    /// Each secret with the name of its variable.
    pub(crate) fn named(&self) -> impl Iterator<Item = (&'static str, &str)> {
        NAMES.into_iter().zip(self.0.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use shared::seal::Env;

    use super::Secrets;

    #[test]
    fn an_empty_environment_means_the_development_set() {
        let secrets = Secrets::choose([const { String::new() }; 3]).unwrap();
        assert!(secrets.keys().is_ok_and(|keys| keys.serve(Env::Test) && !keys.serve(Env::Live)));
    }

    #[test]
    fn a_half_filled_environment_is_refused() {
        assert!(Secrets::choose(["0:sign:00".into(), String::new(), String::new()]).is_err());
    }
}
