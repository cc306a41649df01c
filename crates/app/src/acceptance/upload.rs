//! Files on their way in: kept as evidence first, then read, away from the threads that answer others.

use crate::{Actor, App, Error, Result};
use bytes::Bytes;
use futures_util::Stream;
use golive_core::id::ProjectId;
use golive_core::people::Action;
use golive_readers::source::Invalid;
use std::path::PathBuf;
use std::sync::Arc;

/// The largest file that is read as a whole.
const MOST_BYTES: u64 = 64 << 20;
/// The largest log of a load test, which is streamed.
const MOST_LOG: u64 = 1 << 30;

/// A file that is kept and about to be read.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// Its name, as its author knows it.
    pub file: String,
    /// `sha256:` and its digest.
    pub digest: String,
    /// Where it is kept.
    path: PathBuf,
}

impl App {
    /// Keeps an uploaded file, for who may bring files in.
    pub async fn acceptance_upload<E: std::fmt::Display>(
        &self,
        actor: &Actor,
        project: ProjectId,
        file: &str,
        stream: impl Stream<Item = Result<Bytes, E>> + Unpin,
    ) -> Result<Incoming> {
        self.may_upload(actor, project).await?;
        let kept = self.keep_file(stream, MOST_LOG).await?;
        self.incoming(file, kept.digest)
    }

    /// A file that was uploaded before: the second step after a preview.
    pub async fn acceptance_kept(
        &self,
        actor: &Actor,
        project: ProjectId,
        file: &str,
        digest: &str,
    ) -> Result<Incoming> {
        self.may_upload(actor, project).await?;
        let incoming = self.incoming(file, digest.to_owned())?;
        if tokio::fs::try_exists(&incoming.path).await? {
            Ok(incoming)
        } else {
            Err(Error::not_found("file", digest))
        }
    }

    async fn may_upload(&self, actor: &Actor, project: ProjectId) -> Result<()> {
        let mut session = self.store.session().await?;
        self.member(&mut session, actor, project, Action::KeepAcceptance).await.map(|_| ())
    }

    fn incoming(&self, file: &str, digest: String) -> Result<Incoming> {
        let name: String = file.chars().filter(|c| !c.is_control()).take(200).collect();
        let file = if name.trim().is_empty() { "file".to_owned() } else { name };
        Ok(Incoming { file, path: self.kept_file(&digest)?, digest })
    }
}

impl Incoming {
    /// The file's bytes.
    pub(super) async fn bytes(&self) -> Result<Arc<Vec<u8>>> {
        let size = tokio::fs::metadata(&self.path).await?.len();
        if size > MOST_BYTES {
            return Err(Error::TooLarge {
                what: self.file.clone(),
                limit: format!("{} MiB", MOST_BYTES >> 20),
            });
        }
        Ok(Arc::new(tokio::fs::read(&self.path).await?))
    }

    /// Reads it whole with a reader that names every fault.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        reader: impl FnOnce(&str, &[u8]) -> Result<T, Vec<Invalid>> + Send + 'static,
    ) -> Result<T> {
        let (name, bytes) = (self.file.clone(), self.bytes().await?);
        let read = tokio::task::spawn_blocking(move || reader(&name, &bytes))
            .await
            .map_err(Error::internal)?;
        read.map_err(|faults| crate::server::bad_file(&self.file, &faults))
    }

    /// Reads it as a stream.
    pub(super) async fn stream<T: Send + 'static>(
        &self,
        reader: impl FnOnce(&str, std::fs::File) -> Result<T, Vec<Invalid>> + Send + 'static,
    ) -> Result<T> {
        let (name, path) = (self.file.clone(), self.path.clone());
        let read = tokio::task::spawn_blocking(move || {
            std::fs::File::open(path).map(|file| reader(&name, file))
        });
        let read = read.await.map_err(Error::internal)??;
        read.map_err(|faults| crate::server::bad_file(&self.file, &faults))
    }
}
