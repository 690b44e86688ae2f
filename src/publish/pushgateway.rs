//! A Prometheus push gateway: the gauges of the whole job in one request.
//!
//! PUT replaces the group, so a model that is no longer evaluated is gone from
//! it, and the request may be repeated. The gateway puts its own labels on every
//! gauge: `job`, and those of `grouping`.
//!
//! Source: <https://github.com/prometheus/pushgateway#api>.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;

use super::Pushgateway;
use super::service::{Body, Service};
use crate::report;
use crate::report::Entry;

impl Pushgateway {
    /// Pushes the gauges of `entries`, all those of `job`. Secrets in files are
    /// relative to `folder`; when `halt` is set, it gives up.
    ///
    /// # Errors
    ///
    /// In words, with the host, if the gateway did not take them.
    pub fn push(
        &self,
        job: &str,
        entries: &[Entry],
        folder: &Path,
        halt: &AtomicBool,
    ) -> Result<(), String> {
        let (timing, link_local) = (self.timing(), self.allow_link_local);
        let service =
            Service::new(&self.url, self.login.as_ref(), timing, link_local, folder, halt);
        let mut service = service.map_err(|error| error.to_string())?;
        let gauges = report::prometheus(entries);
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        let body = Body { kind, bytes: gauges.as_bytes() };
        let answer = service.ask("PUT", &self.group(job), body);
        answer.map(drop).map_err(super::service::Fault::text)
    }

    /// The path of the group: "/metrics/job/nightly/instance/gpu-1".
    fn group(&self, job: &str) -> String {
        let labels = self.grouping.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let parts = std::iter::once(("job", job)).chain(labels).map(|(name, value)| {
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            match value {
                "" => format!("/{name}@base64/="),
                // A segment of dots alone would be a step in the path.
                _ if value.bytes().all(plain) && !value.bytes().all(|byte| byte == b'.') => {
                    format!("/{name}/{value}")
                }
                _ => format!("/{name}@base64/{}", URL_SAFE.encode(value)),
            }
        });
        format!("/metrics{}", parts.collect::<String>())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]
mod tests {
    use super::*;

    #[test]
    fn odd_names_of_a_group_travel_in_base64() {
        let config = r#"
            url = "http://localhost:9091"
            grouping = { instance = "gpu-1.example", path = "/var/tmp", empty = "", dots = ".." }
        "#;
        let gateway: Pushgateway = toml::from_str(config).unwrap();
        gateway.check().unwrap();
        // "/var/tmp" is the example of the gateway's own documentation.
        assert_eq!(
            gateway.group("nächtlich"),
            "/metrics/job@base64/bsOkY2h0bGljaA==/dots@base64/Li4=/empty@base64/=\
             /instance/gpu-1.example/path@base64/L3Zhci90bXA="
        );
    }
}
