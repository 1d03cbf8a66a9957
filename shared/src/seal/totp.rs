//! The second factor of a console session: time-based one-time passwords (RFC 6238: SHA-1, 30 seconds, 6 digits), which every authenticator makes.
//!
//! The secret follows from the deployment's roots and the console key's number, so nothing is stored but the last code that counted. That, and a lock after
//! ten wrong codes, is [`SignIns`]: pure, kept by the merchant's object, which alone sees every try.

use super::{Env, Key, Keys, Merchant, RootState, mac};
use crate::digits::{Typed, read};
use crate::limits::{TOTP_LOCK_MS, TOTP_WRONG_MAX};
use crate::rejection::Rejection;
use core::fmt;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

/// How long one code counts.
const STEP_MS: u64 = 30_000;

/// How many digits it has, and one more than the largest of them.
const DIGITS: usize = 6;
const MODULUS: u32 = 1_000_000;

/// RFC 4648, as authenticators read it.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// What an authenticator keeps: 160 bits, as long as the hash, as RFC 4226 advises.
pub struct TotpSecret([u8; 20]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

impl TotpSecret {
    fn derive(root: &Key, env: Env, merchant: &Merchant, number: u32) -> Self {
        let name = format!("{}/{}/{number}", env.name(), merchant.name());
        let mut secret = [0; 20];
        secret.iter_mut().zip(mac(root, &[name.as_bytes()])).for_each(|(byte, derived)| *byte = derived);
        Self(secret)
    }

    /// The code of a moment.
    pub fn code_at(&self, now_ms: u64) -> String {
        code(&self.0, now_ms.checked_div(STEP_MS).unwrap_or_default())
    }

    /// The address that an authenticator takes, from a QR code or by hand.
    pub fn uri(&self, env: Env, merchant: &Merchant, number: u32) -> String {
        let account = format!("{}%20{}%20{number}", merchant.name(), env.name());
        format!(
            "otpauth://totp/Raseed:{account}?secret={}&issuer=Raseed&algorithm=SHA1&digits=6&period=30",
            self.base32()
        )
    }

    /// 160 bits are 32 symbols, without a rest.
    fn base32(&self) -> String {
        let symbol = |index: u64| usize::try_from(index & 31).ok().and_then(|index| BASE32.get(index)).copied();
        let of_five = |five: &[u8]| {
            let bits = five.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
            (0..8_u32).rev().filter_map(move |place| symbol(bits >> place.saturating_mul(5))).map(char::from)
        };
        self.0.chunks(5).flat_map(of_five).collect()
    }
}

/// HOTP (RFC 4226) of a counter.
fn code(secret: &[u8], counter: u64) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&counter.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash.last().copied().unwrap_or_default() & 15);
    let word = hash.iter().skip(offset).take(4).fold(0_u32, |word, byte| (word << 8) | u32::from(*byte));
    let number = (word & 0x7fff_ffff).checked_rem(MODULUS).unwrap_or_default();
    format!("{number:0DIGITS$}")
}

impl Keys {
    /// The secret of a console key, under the newest root that signs. `None` when none may.
    pub fn totp_secret(&self, env: Env, merchant: &Merchant, number: u32) -> Option<TotpSecret> {
        let (_, root) = self.totp.iter().rev().find(|(state, _)| *state == RootState::Signing)?;
        Some(TotpSecret::derive(root, env, merchant, number))
    }

    /// Which step a typed code is of: the present one, the one before, whose code was still being typed, or the next, of a phone whose clock is ahead.
    /// `None` when it is none's. Roots that only verify count as well, so a rotation locks nobody out.
    pub fn verify_totp(&self, env: Env, merchant: &Merchant, number: u32, typed: &str, now_ms: u64) -> Option<u64> {
        let typed = normalise(typed)?;
        let now = now_ms.checked_div(STEP_MS)?;
        let roots = self.totp.iter().filter(|(state, _)| *state != RootState::Revoked);
        let secrets: Vec<TotpSecret> = roots.map(|(_, root)| TotpSecret::derive(root, env, merchant, number)).collect();
        let made = |step: &u64| {
            secrets.iter().any(|secret| bool::from(code(&secret.0, *step).as_bytes().ct_eq(typed.as_bytes())))
        };
        (now.saturating_sub(1)..=now.saturating_add(1)).find(made)
    }
}

/// The six digits of a typed code: with spaces, or in Arabic digits, it is the same code.
fn normalise(typed: &str) -> Option<String> {
    let mut digits = String::new();
    for character in typed.chars().take(64) {
        match read(character) {
            Typed::Separator => {}
            Typed::Symbol(digit) if digit.is_ascii_digit() => digits.push(char::from(digit)),
            Typed::Symbol(_) | Typed::Foreign => return None,
        }
    }
    Some(digits).filter(|digits| digits.len() == DIGITS)
}

/// What is kept of the tries to open sessions with one console key.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct SignIns {
    /// The step of the last code that counted. It counts once, and none before it any more.
    pub last_step: u64,
    /// Wrong codes since then.
    pub wrong: u64,
    /// Until when no code counts.
    pub locked_until_ms: u64,
}

impl SignIns {
    /// One try: what is kept after it, and whether it opens a session. `step` is that of the code, `None` when it is no code of the key.
    ///
    /// During a lock not even a right code opens, and none is counted: a guesser learns nothing from it.
    pub fn attempt(self, step: Option<u64>, now_ms: u64) -> (Self, Result<(), Rejection>) {
        if self.locked_until_ms > now_ms {
            let retry_after_seconds = self.locked_until_ms.saturating_sub(now_ms).div_ceil(1_000);
            return (self, Err(Rejection::QuotaExceeded { retry_after_seconds }));
        }
        match step.filter(|step| *step > self.last_step) {
            Some(step) => (Self { last_step: step, ..Self::default() }, Ok(())),
            None => {
                let wrong = self.wrong.saturating_add(1);
                let next = if wrong < TOTP_WRONG_MAX {
                    Self { wrong, ..self }
                } else {
                    Self { wrong: 0, locked_until_ms: now_ms.saturating_add(TOTP_LOCK_MS), ..self }
                };
                (next, Err(Rejection::TotpInvalid))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    const NOW_MS: u64 = 1_795_305_600_000;

    fn keys(auth: &str) -> Keys {
        Keys::from_env(&format!("0:sign:{ROOT}"), auth, ROOT).unwrap()
    }

    fn noor() -> Merchant {
        Merchant::parse("noor").unwrap()
    }

    #[test]
    fn code_is_that_of_rfc_6238() {
        // Appendix B, SHA-1; eight digits there, the last six here.
        for (seconds, expected) in [
            (59_u64, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(TotpSecret(*b"12345678901234567890").code_at(seconds * 1_000), expected);
        }
    }

    #[test]
    fn code_is_that_of_rfc_4226() {
        // Appendix D.
        for (counter, expected) in
            ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
                .into_iter()
                .enumerate()
        {
            assert_eq!(code(b"12345678901234567890", u64::try_from(counter).unwrap()), expected);
        }
    }

    #[test]
    fn totp_uri_format_unchanged() {
        let secret = TotpSecret(*b"12345678901234567890");
        assert_eq!(
            secret.uri(Env::Live, &noor(), 3),
            "otpauth://totp/Raseed:noor%20live%203?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Raseed&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(format!("{secret:?}"), "TotpSecret(…)");
    }

    #[test]
    fn totp_secret_unchanged() {
        let secret = keys(&format!("0:sign:{ROOT}")).totp_secret(Env::Test, &noor(), 3).unwrap();
        assert_eq!(secret.base32(), "JTXH6MZIS2UW6546U7NWSCWHSICXOLMV");
    }

    #[test]
    fn each_key_has_a_secret_of_its_own() {
        let keys = keys(&format!("0:sign:{ROOT}"));
        let other = Merchant::parse("other").unwrap();
        let mut secrets =
            [(Env::Test, noor(), 1), (Env::Live, noor(), 1), (Env::Test, noor(), 2), (Env::Test, other, 1)]
                .map(|(env, merchant, number)| keys.totp_secret(env, &merchant, number).unwrap().base32())
                .to_vec();
        secrets.sort();
        secrets.dedup();
        assert_eq!(secrets.len(), 4);
    }

    #[test]
    fn code_counts_one_step_early_and_one_late() {
        let keys = keys(&format!("0:sign:{ROOT}"));
        let secret = keys.totp_secret(Env::Test, &noor(), 1).unwrap();
        let verify = |number, typed: &str, now_ms| keys.verify_totp(Env::Test, &noor(), number, typed, now_ms);
        let (typed, step) = (secret.code_at(NOW_MS), NOW_MS / STEP_MS);
        for (late_ms, found) in [(0, true), (STEP_MS, true), (2 * STEP_MS - 1, true), (2 * STEP_MS, false)] {
            assert_eq!(verify(1, &typed, NOW_MS + late_ms), found.then_some(step), "{late_ms}");
        }
        assert_eq!(verify(1, &typed, NOW_MS - STEP_MS), Some(step));
        assert_eq!(verify(1, &typed, NOW_MS - STEP_MS - 1), None);
        assert_eq!(verify(2, &typed, NOW_MS), None, "another key's");
        let (first, last) = typed.split_at(3);
        let arabic: String =
            typed.bytes().map(|digit| char::from_u32(0x660 + u32::from(digit - b'0')).unwrap()).collect();
        for same in [format!("{first} {last}"), arabic] {
            assert_eq!(verify(1, &same, NOW_MS), Some(step), "{same}");
        }
        for bad in ["", first, "12345a", &format!("{typed}0"), &"0".repeat(10_000)] {
            assert_eq!(verify(1, bad, NOW_MS), None);
        }
    }

    #[test]
    fn rotation_keeps_the_authenticator_until_its_root_is_revoked() {
        let typed = keys(&format!("0:sign:{ROOT}")).totp_secret(Env::Test, &noor(), 1).unwrap().code_at(NOW_MS);
        let new = ROOT.replace("00", "11");
        for (old, opens) in [("verify", true), ("revoked", false)] {
            let rotated = keys(&format!("0:{old}:{ROOT},1:sign:{new}"));
            assert_eq!(rotated.verify_totp(Env::Test, &noor(), 1, &typed, NOW_MS).is_some(), opens);
            assert_ne!(rotated.totp_secret(Env::Test, &noor(), 1).unwrap().code_at(NOW_MS), typed);
        }
    }

    #[test]
    fn code_counts_once_and_none_before_it() {
        let (signed_in, opened) = SignIns::default().attempt(Some(100), NOW_MS);
        assert_eq!((signed_in.last_step, opened), (100, Ok(())));
        for step in [Some(100), Some(99), None] {
            let (after, refused) = signed_in.attempt(step, NOW_MS);
            assert_eq!((after.last_step, after.wrong, refused), (100, 1, Err(Rejection::TotpInvalid)), "{step:?}");
        }
        assert_eq!(signed_in.attempt(Some(101), NOW_MS).1, Ok(()));
    }

    #[test]
    fn ten_wrong_codes_lock_the_key_for_a_quarter_of_an_hour() {
        let wrong = |tries: SignIns, now_ms| tries.attempt(None, now_ms);
        let mut tries = SignIns::default();
        for _ in 0..10 {
            assert!(tries.locked_until_ms <= NOW_MS);
            let (after, refused) = wrong(tries, NOW_MS);
            assert_eq!(refused, Err(Rejection::TotpInvalid));
            tries = after;
        }
        for (late_ms, retry_after_seconds) in [(0, 900), (1, 900), (899_001, 1)] {
            let locked = (tries, Err(Rejection::QuotaExceeded { retry_after_seconds }));
            assert_eq!(tries.attempt(Some(u64::MAX), NOW_MS + late_ms), locked, "a right one does not open either");
            assert_eq!(wrong(tries, NOW_MS + late_ms), locked);
        }
        let (open, opened) = tries.attempt(Some(7), NOW_MS + 900_000);
        assert_eq!((open.wrong, opened), (0, Ok(())));
        assert_eq!(wrong(tries, NOW_MS + 900_000).0.wrong, 1, "and there are ten tries again");
    }

    #[test]
    fn right_code_forgives_the_wrong_ones_before_it() {
        let (tried, _) = (0..9).fold((SignIns::default(), Ok(())), |(tries, _), _| tries.attempt(None, NOW_MS));
        let (after, opened) = tried.attempt(Some(1), NOW_MS);
        assert_eq!((tried.wrong, opened, after.wrong), (9, Ok(()), 0));
    }
}
