//! The signature of what is posted.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// HMAC-SHA256 of `text`, in hexadecimal digits.
///
/// Source: RFC 2104, FIPS 180-4; test cases in RFC 4231.
pub(super) fn hmac_sha256(key: &[u8], text: &[u8]) -> String {
    match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => hex(&mac.chain_update(text).finalize().into_bytes()),
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

/// The text that is signed: the time against replay, then the body.
pub(super) fn signed_text(timestamp: &str, body: &str) -> String {
    format!("{timestamp}.{body}")
}

/// A number for a message, the same whenever it is sent again.
pub(super) fn number(channel: &str, body: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(channel.as_bytes());
    digest.update([0]);
    digest.update(body.as_bytes());
    hex(&digest.finalize()[..16])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, section 4: keys of 20 bytes, shorter, and longer than a block.
    #[test]
    fn the_test_cases_of_rfc_4231() {
        let long = "Test Using Larger Than Block-Size Key - Hash Key First";
        let cases: [(&[u8], &[u8], &str); 4] = [
            (
                &[0x0b; 20],
                b"Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
            ),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 20],
                &[0xdd; 50],
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
            ),
            (
                &[0xaa; 131],
                long.as_bytes(),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, text, expected) in cases {
            assert_eq!(hmac_sha256(key, text), expected);
        }
    }
}
