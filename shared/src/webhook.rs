//! Webhooks: where events are sent, when they are sent again, and what an endpoint is.
//!
//! In scope: which addresses a merchant may name, the schedule of attempts, and an endpoint's facts. Signatures need a secret and stand in `seal/webhook.rs`.
//! Out of scope: sending.
//!
//! An address is judged by what is written there, which refuses mistakes and the plain attacks: outside `test` it is `https` to a public name. What a name
//! leads to is judged where the connection is made (`edge/workerd.capnp`: public addresses only), since a name may lead elsewhere a second later.

use crate::limits::{DELIVERY_PATIENCE_MS, DELIVERY_RETRY_MS, ENDPOINT_URL_CHARS_MAX, ROTATION_OVERLAP_MS};

/// An endpoint, as the journal keeps it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Endpoint {
    /// `we_…`
    pub id: String,
    /// Where it is.
    pub url: String,
    /// The types of events that it asks for, separated by commas; none means all.
    pub events: String,
    /// Whether it is sent anything.
    pub status: Status,
    /// Which of its secrets signs: 1, and one more for each rotation.
    pub generation: u64,
    /// Which root the secret is derived from.
    pub root: u8,
    /// Which root the secret before it was derived from.
    pub root_before: u8,
    /// When the secret was last replaced.
    pub rotated_at_ms: Option<u64>,
    /// When it was registered.
    pub created_at_ms: u64,
}

/// Where an endpoint stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// It is sent events.
    Active,
    /// It is sent events, and has not taken the last ones.
    Failing,
    /// It was given up after three days; its events wait until it is enabled again.
    Disabled,
    /// It is gone.
    Deleted,
}

impl Status {
    const NAMES: [(Self, &'static str); 4] = [
        (Self::Active, "active"),
        (Self::Failing, "failing"),
        (Self::Disabled, "disabled"),
        (Self::Deleted, "deleted"),
    ];

    /// The name in rows and answers.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(status, _)| *status == self).map_or("", |(_, name)| name)
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(_, other)| *other == name).map(|(status, _)| *status)
    }

    /// Whether events are sent to it.
    pub fn is_sent_to(self) -> bool {
        matches!(self, Self::Active | Self::Failing)
    }
}

impl Endpoint {
    /// Whether it asks for events of that type.
    pub fn wants(&self, kind: &str) -> bool {
        self.events.is_empty() || self.events.split(',').any(|wanted| wanted == kind)
    }

    /// The root of the secret before this one, while that one still signs as well: for a day after a rotation.
    pub fn root_overlapping(&self, now_ms: u64) -> Option<u8> {
        let overlaps = |at_ms: u64| now_ms < at_ms.saturating_add(ROTATION_OVERLAP_MS);
        self.rotated_at_ms.is_some_and(overlaps).then_some(self.root_before)
    }
}

/// When to try again after so many attempts, the last of them now; `None` when it was tried for long enough. `chance` spreads what failed together: up to a
/// fifth is added to the wait.
pub fn next_attempt_ms(attempts: u64, first_ms: u64, now_ms: u64, chance: u8) -> Option<u64> {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait_ms = DELIVERY_RETRY_MS.get(place).or(DELIVERY_RETRY_MS.last()).copied()?;
    let spread_ms = wait_ms.saturating_mul(u64::from(chance)) / (5 * 256);
    let at_ms = now_ms.saturating_add(wait_ms).saturating_add(spread_ms);
    (at_ms <= first_ms.saturating_add(DELIVERY_PATIENCE_MS)).then_some(at_ms)
}

/// Whether a merchant may name that address. In `test` it may be on the developer's own machine, and need not be encrypted.
pub fn is_address(url: &str, test: bool) -> bool {
    // Whatever a parser of addresses would take for something else is none: spaces, line breaks, backslashes, letters that are not ASCII.
    let plain = url.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'#' | b'"' | b'<' | b'>'));
    if !plain || url.len() > ENDPOINT_URL_CHARS_MAX {
        return false;
    }
    let (rest, encrypted) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (rest, true),
        (None, Some(rest)) => (rest, false),
        (None, None) => return false,
    };
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let has_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number != 0));
    has_port && if test { is_host(host) } else { encrypted && is_public_name(host) }
}

/// A name or a literal address, written plainly.
fn is_host(host: &str) -> bool {
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    literal.is_some_and(|inner| inner.parse::<core::net::Ipv6Addr>().is_ok())
        || host.parse::<core::net::Ipv4Addr>().is_ok()
        || (is_name(host) && !ends_in_number(host))
}

/// A name in the public tree of names. Literal addresses are none, in whatever spelling: nobody's certificate is for one that matters here.
fn is_public_name(host: &str) -> bool {
    const PRIVATE: [&str; 8] = ["localhost", "local", "localdomain", "internal", "intranet", "lan", "home", "arpa"];
    let top = host.rsplit('.').next().unwrap_or_default();
    is_name(host) && host.contains('.') && !ends_in_number(host) && !PRIVATE.contains(&top)
}

/// Labels of small letters, digits and hyphens between points. A point at the end would be another spelling of the same name.
fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

/// Whether a parser of addresses takes it for an IPv4 address: its last label is a number, be it decimal, octal or hexadecimal.
fn ends_in_number(host: &str) -> bool {
    let last = host.rsplit('.').next().unwrap_or_default();
    let digits = last.strip_prefix("0x").unwrap_or(last);
    last.bytes().all(|byte| byte.is_ascii_digit())
        || (digits.len() < last.len() && digits.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_outside_test_is_https_to_a_public_name() {
        for good in [
            "https://shop.example/raseed",
            "https://hooks.shop.example:8443/a/b?token=x",
            "https://xn--mgbh0fb.xn--mgbaam7a8h/",
            "https://shop.example",
            "https://10.shop.example",
            "https://0xcafe.example",
        ] {
            assert!(is_address(good, false), "{good}");
        }
        let long = format!("https://shop.example/{}", "x".repeat(ENDPOINT_URL_CHARS_MAX));
        for bad in [
            "",
            "shop.example",
            "http://shop.example/",
            "ftp://shop.example/",
            "https://",
            "https:///x",
            "https://Shop.example/",
            "https://shop.example./",
            "https://shop..example/",
            "https://-shop.example/",
            "https://shop.example:0/",
            "https://shop.example:70000/",
            "https://shop.example:/",
            "https://user@shop.example/",
            "https://user:pass@shop.example/",
            "https://shop.example\\@10.0.0.1/",
            "https://shop.example#@10.0.0.1/",
            "https://shop%2eexample/",
            "https://shop.example/a b",
            "https://shop.example/\n",
            "https://متجر.example/",
            "HTTPS://shop.example/",
            &long,
        ] {
            assert!(!is_address(bad, false), "{bad}");
        }
    }

    #[test]
    fn private_hosts_are_no_address_in_any_spelling() {
        for host in [
            "localhost",
            "localhost.",
            "LOCALHOST",
            "a.localhost",
            "shop",
            "printer.local",
            "db.internal",
            "metadata.google.internal",
            "router.lan",
            "1.0.0.127.in-addr.arpa",
            "127.0.0.1",
            "127.0.0.1.",
            "127.1",
            "127.0.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "0x7f.1",
            "127.0.0.0x1",
            "0177.0.0.1",
            "017700000001",
            "0x",
            "1.0x",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.100.100.200",
            "0.0.0.0",
            "8.8.8.8",
            "[::1]",
            "[::]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[fe80::1]",
            "[fc00::1]",
            "[fd00:ec2::254]",
            "[64:ff9b::7f00:1]",
            "[2606:4700::1]",
            "①②⑦.⓪.⓪.①",
            "127。0。0。1",
            "%31%32%37.0.0.1",
        ] {
            for port in ["", ":8080"] {
                assert!(!is_address(&format!("https://{host}{port}/"), false), "{host}{port}");
            }
        }
    }

    #[test]
    fn test_mode_may_name_the_developer_s_own_machine() {
        for good in
            ["http://127.0.0.1:4000/hook", "http://localhost:4000", "http://[::1]:4000/", "https://shop.example/"]
        {
            assert!(is_address(good, true), "{good}");
        }
        for bad in
            ["http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://user@localhost/", "file:///etc/passwd"]
        {
            assert!(!is_address(bad, true), "{bad}");
        }
    }

    /// The moments of all attempts, when each fails as soon as it is made.
    fn schedule(chance: u8) -> Vec<u64> {
        let mut moments = vec![0];
        while let Some(at_ms) = next_attempt_ms(moments.len() as u64, 0, moments[moments.len() - 1], chance) {
            moments.push(at_ms);
        }
        moments
    }

    #[test]
    fn attempts_grow_apart_and_end_after_three_days() {
        let moments = schedule(0);
        let seconds: Vec<u64> = moments.windows(2).map(|pair| (pair[1] - pair[0]) / 1_000).take(8).collect();
        assert_eq!(seconds, [5, 30, 120, 600, 3_600, 10_800, 21_600, 21_600]);
        assert_eq!(moments.len(), 18);
        for chance in [0, 1, 128, 255] {
            let last = *schedule(chance).last().unwrap();
            assert!(last <= DELIVERY_PATIENCE_MS && last > DELIVERY_PATIENCE_MS - 8 * 3_600_000, "{last}");
        }
        assert_eq!(next_attempt_ms(5, 0, DELIVERY_PATIENCE_MS, 0), None, "a clock that jumped ends it");
    }

    #[test]
    fn chance_adds_up_to_a_fifth() {
        let at = |chance| next_attempt_ms(2, 0, 1_000, chance).unwrap();
        assert_eq!((at(0), at(128), at(255)), (31_000, 34_000, 36_976));
    }

    #[test]
    fn secret_before_a_rotation_signs_for_a_day() {
        let endpoint = Endpoint {
            id: "we_1".into(),
            url: "https://shop.example".into(),
            events: "gift_card.frozen,guard.alarm".into(),
            status: Status::Active,
            generation: 2,
            root: 1,
            root_before: 0,
            rotated_at_ms: Some(1_000),
            created_at_ms: 0,
        };
        assert_eq!(endpoint.root_overlapping(1_000 + ROTATION_OVERLAP_MS - 1), Some(0));
        assert_eq!(endpoint.root_overlapping(1_000 + ROTATION_OVERLAP_MS), None);
        assert_eq!(Endpoint { rotated_at_ms: None, ..endpoint.clone() }.root_overlapping(0), None);
        assert!(endpoint.wants("guard.alarm") && !endpoint.wants("gift_card.issued"));
        assert!(Endpoint { events: String::new(), ..endpoint }.wants("gift_card.issued"));
    }
}
