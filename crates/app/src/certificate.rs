//! The certificate of a project: issued by the server, checked by anybody.
//!
//! Issuing writes the verdicts of this moment into the project's log first; so the certificate shows them as the log
//! carries them, and no verdict in it stands alone.

mod approvals;
mod log;
mod statement;

use crate::actor::Scope;
use crate::facts::Ground;
use crate::{Actor, App, Error, Result};
use ed25519_dalek::SigningKey;
use golive_core::certificate::{fingerprint, sign};
use golive_core::fact::Facts;
use golive_core::gate::Gate;
use golive_core::id::ProjectId;
use golive_core::people::Action;
use golive_store::{Session, Told};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

/// The kind of the event that carries the verdicts of the moment of issue.
const ISSUED: &str = "certificate.issued";

/// The key that signs this server's certificates. Keep its fingerprint where the server cannot change it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CertificateKeyView {
    /// `real` or `simulated`: certificates of a simulated clock are rehearsals.
    pub clock: String,
    /// What `golive certificate verify FILE --key` asks for.
    pub fingerprint: String,
    /// The public key in hexadecimal.
    pub public_key: String,
}

impl App {
    /// The key that signs this server's certificates.
    pub fn certificate_key(&self, _actor: &Actor) -> Result<CertificateKeyView> {
        let public_key = public_key(&self.certificate_seed()?);
        Ok(CertificateKeyView {
            clock: self.clock.kind().name().into(),
            fingerprint: fingerprint(&public_key),
            public_key: hex::encode(public_key),
        })
    }

    /// Issues the certificate of a project as it stands: a signed envelope, complete in itself.
    pub async fn certificate_make(&self, actor: &Actor, project: ProjectId) -> Result<Value> {
        let seed = self.certificate_seed()?;
        if actor.scope == Scope::Read {
            return Err(Error::forbidden(
                "issuing is recorded, and a token with scope `read` only looks",
            ));
        }
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.member(&mut write, actor, project, Action::Audit).await?;
        let (_, verdicts) = self.judge_all(&mut write, project, &Gate::ALL).await?;
        let signer = fingerprint(&public_key(&seed));
        let payload = json!({ "event": "issued", "signer": signer, "verdicts": verdicts });
        write.tell(&project.to_string(), &Told::plain(ISSUED, payload)).await?;
        let issued = write.commit().await?;
        // One snapshot from here on: what the log says and what is stored belong together.
        let mut session = self.store.session().await?;
        let statement = self.statement(&mut session, project, issued.seq).await?;
        serde_json::from_str(&sign(statement, &seed)).map_err(Error::internal)
    }

    /// The secret half of the key; made on first use.
    fn certificate_seed(&self) -> Result<[u8; 32]> {
        let text = self.secret("certificate.key", || hex::encode(rand::random::<[u8; 32]>()))?;
        let mut seed = [0; 32];
        hex::decode_to_slice(text.trim(), &mut seed).map_err(Error::internal)?;
        Ok(seed)
    }
}

fn public_key(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// The facts that this subject knows of a project: none; no gate asks for a certificate.
#[expect(clippy::unused_async, reason = "every subject answers alike")]
pub(crate) async fn facts(
    _app: &App,
    _session: &mut Session,
    _ground: &Ground<'_>,
    _facts: &mut Facts,
) -> Result<()> {
    Ok(())
}
