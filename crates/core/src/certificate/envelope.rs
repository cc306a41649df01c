//! The envelope (DSSE): what exactly is signed, and how the signature is written down.

use super::Statement;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What the payload is.
pub const PAYLOAD_TYPE: &str = "application/vnd.golive.certificate+json";

/// A DSSE envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Envelope {
    /// What the payload is; it is signed too.
    pub payload_type: String,
    /// The statement as JSON in base64.
    pub payload: String,
    /// One signature.
    pub signatures: Vec<Signature>,
}

/// A signature with the key that made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Signature {
    /// The fingerprint of the key.
    pub keyid: String,
    /// The signature in base64.
    pub sig: String,
    /// The public key in base64. It is not trusted: only its fingerprint, compared with one that was pinned, is.
    pub public_key: String,
}

/// The fingerprint of a public key: `sha256:` and the hexadecimal digest over its 32 bytes.
pub fn fingerprint(public_key: &[u8; 32]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(public_key)))
}

/// What is signed: type and payload with their lengths, so that neither can grow into the other.
pub fn pre_authentication(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

/// Signs a statement. The seed is the server's secret key; the result is the text of the file.
pub fn sign(mut statement: Statement, seed: &[u8; 32]) -> String {
    let key = SigningKey::from_bytes(seed);
    let public_key = key.verifying_key().to_bytes();
    statement.signer = fingerprint(&public_key);
    let payload = serde_json::to_string(&statement).expect("a statement has text keys only");
    let signature = key.sign(&pre_authentication(PAYLOAD_TYPE, payload.as_bytes()));
    let envelope = Envelope {
        payload_type: PAYLOAD_TYPE.to_owned(),
        payload: STANDARD.encode(payload),
        signatures: vec![Signature {
            keyid: statement.signer,
            sig: STANDARD.encode(signature.to_bytes()),
            public_key: STANDARD.encode(public_key),
        }],
    };
    serde_json::to_string_pretty(&envelope).expect("an envelope has text keys only")
}
