//! Addresses that need leave: link-local ones, where clouds keep their credentials, and
//! hosts that secrets would travel to in the open.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Metadata services beside 169.254.0.0/16 and fe80::/10: Azure, Alibaba, Oracle.
const METADATA_V4: [Ipv4Addr; 3] = [
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(100, 100, 100, 200),
    Ipv4Addr::new(192, 0, 0, 192),
];

/// Those of Amazon and Google.
const METADATA_V6: [Ipv6Addr; 2] = [
    Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254),
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
];

/// A resolver whose answers are not asked if one of them is link-local or a metadata
/// service. The addresses that are looked at are those that are connected to.
#[derive(Debug)]
pub(super) struct Guarded<R>(pub(super) R);

impl<R: Resolver> Resolver for Guarded<R> {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let found = self.0.resolve(uri, config, timeout)?;
        match found.iter().find(|address| is_guarded(address.ip())) {
            Some(address) => Err(ureq::Error::Io(io::Error::other(Refusal(address.ip())))),
            None => Ok(found),
        }
    }
}

/// Why a host that is written as a guarded address is not asked, whoever would resolve it.
pub(super) fn objection(host: &str) -> Option<String> {
    let address: IpAddr = host.trim_matches(['[', ']']).parse().ok()?;
    is_guarded(address).then(|| Refusal(address).to_string())
}

/// Why an address is not asked.
#[derive(Debug)]
pub(super) struct Refusal(IpAddr);

impl Refusal {
    /// Whether an error is one, which nobody else's waiting changes.
    pub(super) fn is_in(error: &io::Error) -> bool {
        error.get_ref().is_some_and(|inner| inner.is::<Self>())
    }
}

impl std::error::Error for Refusal {}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} is a link-local address or a metadata service, which is not asked; if it is \
             meant, set allow_link_local = true in its table",
            self.0
        )
    }
}

fn is_guarded(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local() || METADATA_V4.contains(&address),
        IpAddr::V6(address) => {
            address.is_unicast_link_local()
                || METADATA_V6.contains(&address)
                || within(address).is_some_and(|within| is_guarded(within.into()))
        }
    }
}

/// The address of IPv4 within one of IPv6: mapped, compatible, or behind NAT64.
fn within(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let low = Ipv4Addr::from_bits(u32::try_from(address.to_bits() & 0xffff_ffff).ok()?);
    let is_nat64 = address.segments()[..6] == [0x64, 0xff9b, 0, 0, 0, 0];
    address.to_ipv4().or(is_nat64.then_some(low))
}

/// Whether what is sent to an address can be read on the way: http, to another machine.
pub fn is_open(url: &str) -> bool {
    url.parse::<Uri>().map_or(true, |uri| uri.scheme_str() != Some("https") && !is_own(&uri))
}

/// Whether an address is one of this machine itself.
pub(super) fn is_own(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let is_named = host == "localhost" || host.ends_with(".localhost");
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    is_named || address.is_ok_and(|address| address.to_canonical().is_loopback())
}

/// The user and the password in an address, `user:password`, if there are any.
pub fn login(url: &str) -> Option<&str> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    authority.rsplit_once('@').map(|(login, _)| login)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use std::net::SocketAddr;
    use std::time::Duration;

    use super::*;
    use crate::http::{Question, Silence, ask};

    const GUARDED: [&str; 13] = [
        "169.254.169.254",
        "169.254.0.1",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "::ffff:169.254.169.254",
        "::ffff:100.100.100.200",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "fe80::1",
        "febf::1",
        "fd00:ec2::254",
        "fd20:ce::254",
    ];

    /// Knows one name, by two addresses.
    #[derive(Debug)]
    struct Fake([SocketAddr; 2]);

    impl Resolver for Fake {
        fn resolve(
            &self,
            _: &Uri,
            _: &Config,
            _: NextTimeout,
        ) -> Result<ResolvedSocketAddrs, ureq::Error> {
            let mut found = self.empty();
            self.0.iter().for_each(|address| found.push(*address));
            Ok(found)
        }
    }

    fn is_refused(silence: &Silence) -> bool {
        matches!(silence, Silence::Refused(why) if why.contains("allow_link_local = true"))
    }

    fn resolved(address: &str) -> Result<usize, String> {
        let second = SocketAddr::new(address.parse().unwrap(), 80);
        let fake = Guarded(Fake(["127.0.0.1:80".parse().unwrap(), second]));
        let config = ureq::Agent::config_builder().build();
        let timeout = NextTimeout {
            after: Duration::from_secs(1).into(),
            reason: ureq::Timeout::Global,
            ..NextTimeout::default()
        };
        let uri = "http://metrics.example/".parse().unwrap();
        let found = fake.resolve(&uri, &config, timeout);
        found.map(|found| found.len()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_that_leads_to_a_guarded_address_is_refused() {
        for address in GUARDED {
            let refused = resolved(address).unwrap_err();
            assert!(refused.contains("allow_link_local = true"), "{address}: {refused}");
        }
        for address in ["127.0.0.1", "10.0.0.1", "169.253.1.1", "::1", "fd00:ec2::253", "fec0::1"] {
            assert_eq!(resolved(address), Ok(2), "{address}");
        }
    }

    #[test]
    fn a_guarded_address_is_refused_before_anything_is_sent_unless_allowed() {
        for address in GUARDED {
            let host =
                if address.contains(':') { format!("[{address}]") } else { address.to_owned() };
            let mut question = Question {
                method: "GET",
                url: format!("http://{host}:1/latest/meta-data").into(),
                headers: Vec::new(),
                body: b"",
                allow_link_local: false,
            };
            let refused = ask(&question, Duration::from_millis(50)).unwrap_err();
            assert!(is_refused(&refused), "{address}: {refused:?}");
            question.allow_link_local = true;
            if let Err(other) = ask(&question, Duration::from_millis(50)) {
                assert!(!is_refused(&other), "{address}: {other:?}");
            }
        }
        // Spellings that only a resolver understands.
        for host in ["2852039166", "0xa9fea9fe", "169.16689662"] {
            let url = format!("http://{host}:1/").into();
            let headers = Vec::new();
            let question =
                Question { method: "GET", url, headers, body: b"", allow_link_local: false };
            let found = ask(&question, Duration::from_millis(500)).unwrap_err();
            // Where it was resolved, the refusal is as final as that of an address.
            let named = found.text().contains("allow_link_local");
            assert_eq!(is_refused(&found), named, "{host}: {found:?}");
        }
    }

    #[test]
    fn only_https_and_this_machine_hide_what_is_sent() {
        for url in [
            "https://hooks.example/x",
            "http://127.0.0.1:9091",
            "http://127.8.8.8",
            "http://localhost:5000",
            "http://a.localhost",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            assert!(!is_open(url), "{url}");
        }
        for url in [
            "http://hooks.example/x",
            "HTTP://10.0.0.1",
            "http://127.0.0.1.example",
            "http://localhost.example",
            "http://localhost@example",
            "http://[fe80::1]/",
            "",
        ] {
            assert!(is_open(url), "{url}");
        }
    }
}
