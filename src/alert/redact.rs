//! Secrets taken out of what the other side says.
//!
//! A server may name the path that it does not know, a command may print its
//! environment: what they say is kept in the history, and shown.

use std::path::Path;

use super::config::Channel;
use crate::http::{Hidden, Secret};

/// Shorter pieces of an address are words, not secrets.
const SHORTEST: usize = 6;

/// Texts that must not be seen, longest first.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// The secrets of all channels, as far as they can be read: one may hear of
    /// another's, as a command does that prints its environment.
    pub(super) fn of(channels: &[Channel], folder: &Path) -> Self {
        let mut secrets = Self::default();
        for Channel { webhook, sign, .. } in channels {
            let read = |secret: &Option<Secret>| secret.as_ref()?.read(folder).ok();
            if let Some(address) = read(webhook) {
                secrets.add_address(&address);
            }
            if let Some(key) = read(sign) {
                secrets.push(key.expose());
            }
        }
        secrets
    }

    /// Adds an address: as a whole, its user and password, its path, and every
    /// part of those; its host may be named.
    fn add_address(&mut self, address: &Hidden) {
        let address = address.expose();
        self.push(address);
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let user = authority.rsplit_once('@').map_or("", |(user, _)| user);
        for text in [user, path] {
            let parts = text.split(['/', ':', '?', '&', '=', '#', ';', ',']);
            for part in parts.chain([text]).filter(|part| part.len() >= SHORTEST) {
                self.push(part);
            }
        }
    }

    fn push(&mut self, secret: &str) {
        self.0.push(secret.to_owned());
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        self.0.dedup();
    }

    /// The text with "…" in place of every secret.
    pub(super) fn hide(&self, text: &str) -> String {
        let shown = self.0.iter().filter(|secret| !secret.is_empty());
        shown.fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_hidden_whole_and_in_parts_and_its_host_is_not() {
        let mut secrets = Secrets::default();
        secrets.add_address(
            &"https://user1:passw0rd@hooks.example/services/T00000001/tokentoken?key=abcdef1"
                .into(),
        );
        secrets.push("shared key");
        for (said, kept) in [
            ("no route /services/T00000001/tokentoken?key=abcdef1 here", "no route … here"),
            ("'tokentoken' is revoked", "'…' is revoked"),
            ("hooks.example: passw0rd abcdef1, shared key", "hooks.example: … …, …"),
            ("a plain answer", "a plain answer"),
        ] {
            assert_eq!(secrets.hide(said), kept);
        }
    }
}
