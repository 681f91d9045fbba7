//! Whose tries are counted together: an address, or the network a home has in IPv6.

use crate::region::Region;
use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// What a proxy adds for each address it was asked from; the last one is its own word.
const FORWARDED: &str = "x-forwarded-for";

/// Whoever asks, for counting wrong tries.
pub fn peer(region: &Region, extensions: &Extensions, headers: &HeaderMap) -> String {
    let Some(ConnectInfo(from)) = extensions.get::<ConnectInfo<SocketAddr>>() else {
        return "here".to_owned();
    };
    let from = from.ip().to_canonical();
    let proxies = region.proxies.get();
    if proxies.is_some_and(|all| all.contains(&from))
        && let Some(behind) = forwarded(headers)
    {
        return counted(behind);
    }
    counted(from)
}

/// The address the proxy itself saw. What stands before it, the asker may have written.
fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED).iter().next_back()?.to_str().ok()?;
    let last = last.rsplit(',').next()?.trim();
    let with_port = |text: &str| text.parse::<SocketAddr>().ok().map(|a| a.ip());
    last.parse().ok().or_else(|| with_port(last)).map(|ip: IpAddr| ip.to_canonical())
}

/// Of IPv6 the network: a home has 2⁶⁴ addresses in it.
fn counted(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Env;
    use std::sync::Arc;

    fn region(proxies: &[&str]) -> Arc<Region> {
        let env = Env::new(|| chrono::DateTime::UNIX_EPOCH, |bytes| bytes.fill(7));
        let dir = tempfile::tempdir().unwrap();
        let region =
            Region::in_memory(env, "akmola", String::new(), dir.path().to_owned()).unwrap();
        region.behind(proxies.iter().map(|p| p.parse().unwrap()).collect());
        region
    }

    fn told(region: &Region, from: &str, forwarded: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(from.parse().unwrap(), 4711)));
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED, value.parse().unwrap());
        }
        peer(region, &extensions, &headers)
    }

    /// B32 (part): a home in IPv6 is one asker; nobody writes another's address in front of his own.
    #[test]
    fn an_asker_is_his_address_and_only_a_named_proxy_is_believed() {
        let bare = region(&[]);
        assert_eq!(told(&bare, "198.51.100.7", &["203.0.113.1"]), "198.51.100.7");
        assert_eq!(told(&bare, "::ffff:198.51.100.7", &[]), "198.51.100.7");
        let home = told(&bare, "2001:db8:1:2:3::9", &[]);
        assert_eq!(home, told(&bare, "2001:db8:1:2:ffff::1", &[]));
        assert_ne!(home, told(&bare, "2001:db8:1:3:3::9", &[]));

        let behind = region(&["10.0.0.1"]);
        let asked = |forwarded: &[&str]| told(&behind, "10.0.0.1", forwarded);
        assert_eq!(asked(&["203.0.113.1"]), "203.0.113.1");
        assert_eq!(asked(&["192.0.2.66, 203.0.113.1"]), "203.0.113.1", "the asker wrote the first");
        assert_eq!(asked(&["192.0.2.66", "203.0.113.1:50000"]), "203.0.113.1");
        assert_eq!(asked(&["[2001:db8:1:2::5]:443"]), home);
        assert_eq!(asked(&["2001:db8:1:2::5"]), home);
        assert_eq!(asked(&["anything"]), "10.0.0.1");
        assert_eq!(asked(&[]), "10.0.0.1");
        assert_eq!(told(&behind, "10.0.0.2", &["203.0.113.1"]), "10.0.0.2", "not the proxy");
    }
}
