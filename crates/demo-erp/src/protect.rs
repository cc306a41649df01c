//! Encrypted fields. The key lies in a file beside the application, never in the database: a copied database brings
//! fields that its new home cannot read, as with every business application.
//!
//! The cipher is a key stream of SHA-256 over key, nonce and counter. That is enough to show the point in a
//! demonstration, and it detects no tampering: a real application uses an authenticated cipher.

use crate::failure::Failure;
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

const NONCE: usize = 16;

/// The application's own key.
pub struct Key([u8; 32]);

impl Key {
    /// Reads the key file, and makes it if there is none.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => {
                let key: [u8; 32] = rand::random();
                file.write_all(hex::encode(key).as_bytes())?;
                file.sync_all()?;
                Ok(Self(key))
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                let mut key = [0; 32];
                hex::decode_to_slice(std::fs::read_to_string(path)?.trim(), &mut key)
                    .map_err(|_| Failure::refused(format!("{} holds no key", path.display())))?;
                Ok(Self(key))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Encrypts a text.
    pub fn protect(&self, text: &str) -> Vec<u8> {
        let nonce: [u8; NONCE] = rand::random();
        let check = &Sha256::digest(text.as_bytes())[..4];
        let plain: Vec<u8> = check.iter().copied().chain(text.bytes()).collect();
        nonce.into_iter().chain(self.stream(&nonce, &plain)).collect()
    }

    /// Decrypts a text; nothing if it was encrypted with another key.
    pub fn reveal(&self, cipher: &[u8]) -> Option<String> {
        let (nonce, rest) = cipher.split_at_checked(NONCE)?;
        let plain = self.stream(nonce, rest);
        let (check, text) = plain.split_at_checked(4)?;
        (Sha256::digest(text)[..4] == *check).then(|| String::from_utf8(text.to_vec()).ok())?
    }

    fn stream(&self, nonce: &[u8], bytes: &[u8]) -> Vec<u8> {
        let blocks = bytes.chunks(32).zip(0_u64..);
        blocks
            .flat_map(|(block, counter)| {
                let mut hash = Sha256::new();
                hash.update(self.0);
                hash.update(nonce);
                hash.update(counter.to_le_bytes());
                let mask = hash.finalize();
                block.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect::<Vec<u8>>()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_can_be_read_with_its_own_key_only() {
        let (own, other) = (Key([1; 32]), Key([2; 32]));
        let text = "a text that is longer than one block of thirty-two bytes";
        let cipher = own.protect(text);
        assert_eq!(own.reveal(&cipher).as_deref(), Some(text));
        assert_eq!(other.reveal(&cipher), None);
        assert_eq!(own.reveal(&[]), None);
    }
}
