//! The secrets of channels.

use std::path::Path;

use super::config::Channel;
use crate::http;
use crate::http::{Secret, Secrets};

/// Shorter values are words, which are in messages for another reason.
const SHORTEST: usize = 6;

/// The secrets of all channels, as far as they can be read: one may hear of
/// another's, as a command does that prints its environment.
pub(super) fn secrets(channels: &[Channel], folder: &Path) -> Secrets {
    let mut secrets = Secrets::default();
    for Channel { webhook, url, sign, environment, .. } in channels {
        let read = |secret: &Option<Secret>| secret.as_ref()?.read(folder).ok();
        if let Some(address) = read(webhook) {
            secrets.add_address(&address);
        }
        if let Some(login) = url.as_deref().and_then(http::login) {
            secrets.add_login(login);
        }
        if let Some(key) = read(sign) {
            secrets.push(key.expose());
        }
        // What a command is given by name is more often a token than not.
        for value in environment.iter().filter_map(|name| std::env::var(name).ok()) {
            if value.trim().len() >= SHORTEST {
                secrets.push(value.trim());
            }
        }
    }
    secrets
}
