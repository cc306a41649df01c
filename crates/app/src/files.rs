//! Files as evidence, packages and dumps: content-addressed, streamed, durable before they are named anywhere.

use crate::{App, Error, Result};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use std::path::PathBuf;
use tokio::io::AsyncWriteExt as _;

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Kept {
    /// `sha256:` and the hexadecimal digest.
    pub digest: String,
    /// Its size.
    pub bytes: u64,
}

impl App {
    /// Keeps a stream of bytes, up to a limit. What was received is on disk, synced, before this returns.
    pub async fn keep_file<E>(
        &self,
        mut stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
        limit: u64,
    ) -> Result<Kept>
    where
        E: std::fmt::Display,
    {
        let folder = self.folders.data.join("files");
        tokio::fs::create_dir_all(&folder).await?;
        let fresh = folder.join(format!("incoming-{}", crate::secrets::random()));
        let mut file = tokio::fs::File::create(&fresh).await?;
        let (mut hash, mut bytes) = (Sha256::new(), 0_u64);
        while let Some(chunk) = stream.next().await {
            let received = match chunk {
                Ok(chunk) if bytes + chunk.len() as u64 <= limit => chunk,
                other => {
                    drop(file);
                    tokio::fs::remove_file(&fresh).await?;
                    return Err(match other {
                        Ok(_) => Error::TooLarge {
                            what: "the file".into(),
                            limit: format!("{limit} bytes"),
                        },
                        Err(error) => Error::invalid("file", "a whole upload", error.to_string()),
                    });
                }
            };
            bytes += received.len() as u64;
            hash.update(&received);
            file.write_all(&received).await?;
        }
        file.flush().await?;
        file.sync_all().await?;
        let digest = hex::encode(hash.finalize());
        tokio::fs::rename(&fresh, folder.join(&digest)).await?;
        tokio::fs::File::open(&folder).await?.sync_all().await?;
        Ok(Kept { digest: format!("sha256:{digest}"), bytes })
    }

    /// Where a kept file lies.
    pub fn kept_file(&self, digest: &str) -> Result<PathBuf> {
        let name = digest
            .strip_prefix("sha256:")
            .filter(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
        name.map(|name| self.folders.data.join("files").join(name))
            .ok_or_else(|| Error::not_found("file", digest))
    }
}
