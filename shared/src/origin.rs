//! Web origins: which page a publishable key or a token may be used from.

use crate::limits::ORIGIN_CHARS_MAX;

/// Whether a text is an origin as browsers send it: `scheme://host[:port]`, lower case, nothing behind it. `null`, wildcards and paths are none.
///
/// Plain `http` is an origin too: a shop is developed on one. What a merchant allows is the merchant's list.
pub fn is_origin(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let (host, port) = match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    };
    let port_is_number = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let named = |host: &str| {
        host.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
            && !host.starts_with('.')
            && !host.contains("..")
    };
    let literal = |host: &str| {
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .is_some_and(|inner| inner.parse::<core::net::Ipv6Addr>().is_ok())
    };
    text.len() <= ORIGIN_CHARS_MAX && port_is_number && !host.is_empty() && (named(host) || literal(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origin_has_scheme_host_and_nothing_more() {
        for good in [
            "https://shop.example",
            "http://127.0.0.1:4000",
            "http://localhost",
            "https://xn--mgbh0fb.xn--mgbaam7a8h",
            "http://[::1]:8080",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "null",
            "*",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://Shop.example",
            "https://shop.example:port",
            "https://shop.example:",
            "https://*.example",
            "ftp://shop.example",
            "https://shop.example?x",
            "https://a@shop.example",
            "https://.example",
            "https://shop..example",
            "http://[::1",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
