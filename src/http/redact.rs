//! Secrets taken out of what the other side says.
//!
//! A server may name the path that it does not know or repeat what it was sent, a
//! command may print its environment: what they say is kept in the history, and
//! shown.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Hidden, login};

/// Shorter pieces of an address are words, not secrets.
const SHORTEST: usize = 6;

/// Shorter passwords are hidden only where they stand in an address, or as they are sent.
const SHORTEST_PASSWORD: usize = 4;

/// Texts that must not be seen, longest first.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Secrets {
    /// Adds an address: as a whole, its user and password, its path, and every
    /// part of those; its host may be named.
    pub fn add_address(&mut self, address: &Hidden) {
        let address = address.expose();
        self.push(address);
        self.add_login(login(address).unwrap_or_default());
        let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
        let path = &rest[rest.find(['/', '?', '#']).unwrap_or(rest.len())..];
        let parts = path.split(['/', ':', '?', '&', '=', '#', ';', ',']);
        for part in parts.chain([path]).filter(|part| part.len() >= SHORTEST) {
            self.push(part);
        }
    }

    /// Adds the `user:password` of an address, as it is written and as it is sent.
    pub fn add_login(&mut self, login: &str) {
        if login.is_empty() {
            return;
        }
        let (user, password) = login.split_once(':').unwrap_or((login, ""));
        // A letter or two would be hidden in every word and number.
        if password.len() >= SHORTEST_PASSWORD {
            self.push(login);
            self.push(password);
        } else {
            self.push(&format!("{login}@"));
        }
        if user.len() >= SHORTEST {
            self.push(user);
        }
        self.push(&STANDARD.encode(format!("{user}:{password}")));
    }

    /// Adds a text, to be hidden as a whole.
    pub fn push(&mut self, secret: &str) {
        self.0.push(secret.to_owned());
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        self.0.dedup();
    }

    /// The text with "…" in place of every secret.
    pub fn hide(&self, text: &str) -> String {
        let shown = self.0.iter().filter(|secret| !secret.is_empty());
        shown.fold(text.to_owned(), |text, secret| text.replace(secret, "…"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_of_few_letters_is_hidden_where_it_is_one() {
        let mut secrets = Secrets::default();
        secrets.add_address(&"http://bob:1@127.0.0.1/x".into());
        secrets.add_address(&"http://127.0.0.1/y".into());
        for (said, kept) in [
            ("status 401 after 11 ms", "status 401 after 11 ms"),
            ("no http://bob:1@127.0.0.1/x here", "no … here"),
            ("bob:1@127.0.0.1 sent Basic Ym9iOjE=", "…127.0.0.1 sent Basic …"),
            ("Og==", "Og=="),
        ] {
            assert_eq!(secrets.hide(said), kept);
        }
    }

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
