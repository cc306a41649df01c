//! The customer's signature: behind the acceptance gate, bound to the digest of what was shown.

use super::view::AcceptanceView;
use super::{Known, acceptance_of, name_of, reasoned};
use crate::{Actor, App, Error, Result};
use golive_core::acceptance::book::Acceptance;
use golive_core::acceptance::sign_off::{
    Command, Issue, Refusal, Signature, Signing, State, decide, valid_until,
};
use golive_core::gate::{Gate, Verdict};
use golive_core::id::{ProjectId, UserId};
use golive_core::people::{Action, Member};
use golive_core::policy::Policy;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What is signed, and as whom.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignForm {
    /// The digest of what was shown; `acceptance view` says it.
    pub digest: String,
    /// The capacity in which it is signed: `customer project manager`.
    pub capacity: String,
    /// What the signature states.
    pub meaning: String,
    /// The issues that are known, each with what, owner and until.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub issues: Vec<Issue>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignatureView {
    /// Who signed.
    pub by: String,
    /// The capacity in which.
    pub capacity: String,
    /// What it states.
    pub meaning: String,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// The digest of what was shown.
    pub digest: String,
    /// The issues that are known.
    #[schema(value_type = Vec<Object>)]
    pub issues: Vec<Issue>,
    /// When it runs out.
    #[schema(value_type = Option<String>)]
    pub valid_until: Option<Timestamp>,
}

/// Where the signature stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignOffView {
    /// `unsigned`, `signed`, `superseded` or `revoked`.
    pub state: String,
    /// The digest of what is there now; a signature is given over it.
    pub digest: String,
    /// The signature, also one that no longer holds.
    pub signature: Option<SignatureView>,
    /// What changed since it was signed.
    pub changed: Vec<String>,
    /// Why it was taken back.
    pub revoked: Option<String>,
}

impl App {
    /// Signs the acceptance for the customer, plainly or with issues. Needs the open gate.
    pub async fn acceptance_sign_off(
        &self,
        actor: &Actor,
        project: ProjectId,
        form: &SignForm,
    ) -> Result<AcceptanceView> {
        self.signs(
            actor,
            project,
            Action::SignAcceptance,
            "you sign the acceptance for the customer",
        )
        .await?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let seat = self.member(&mut write, actor, project, Action::SignAcceptance).await?;
        let gate = self.judge(&mut write, project, Gate::Acceptance).await?;
        if !gate.is_open() {
            return Err(Error::GateShut(Box::new(gate)));
        }
        let known = Known::read(&mut write, project).await?;
        let signing = signing(&seat, &known, &gate, form);
        let seen = known.acceptance;
        let change = decide(&seen.value.sign_off, Command::Sign(Box::new(signing)), write.now())
            .map_err(refused)?;
        let acceptance = Acceptance { sign_off: change.state, ..seen.value };
        match seen.version {
            0 => write.insert(project, project, &acceptance, &change.event).await?,
            version => write.change(project, version, &acceptance, &change.event).await?,
        }
        write.commit().await?;
        self.acceptance_view(actor, project).await
    }

    /// Takes a signature back that was given in error, with the reason.
    pub async fn acceptance_revoke(
        &self,
        actor: &Actor,
        project: ProjectId,
        reason: &str,
    ) -> Result<AcceptanceView> {
        let reason = reasoned(reason)?;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        let seat = self.member(&mut write, actor, project, Action::SignAcceptance).await?;
        let seen = acceptance_of(&mut write, project).await?;
        let command = Command::Revoke { by: actor.user, side: seat.side, reason };
        let change = decide(&seen.value.sign_off, command, write.now()).map_err(refused)?;
        let acceptance = Acceptance { sign_off: change.state, ..seen.value };
        write.change(project, seen.version, &acceptance, &change.event).await?;
        write.commit().await?;
        self.acceptance_view(actor, project).await
    }
}

pub(super) fn signing(seat: &Member, known: &Known, gate: &Verdict, form: &SignForm) -> Signing {
    Signing {
        by: seat.user,
        side: seat.side,
        service_account: seat.service_account,
        capacity: form.capacity.trim().to_owned(),
        meaning: form.meaning.trim().to_owned(),
        shown: form.digest.clone(),
        picture: known.picture(),
        gate_denies: gate.reasons().map(|judged| judged.title.clone()).collect(),
        issues: form.issues.clone(),
    }
}

pub(super) fn refused(refusal: Refusal) -> Error {
    Error::Refused(refusal.0.iter().map(ToString::to_string).collect())
}

/// The signature for people.
pub(super) fn view(
    known: &Known,
    policy: &Policy,
    names: &BTreeMap<UserId, String>,
) -> SignOffView {
    let of = |signature: &Signature| SignatureView {
        by: name_of(names, signature.by),
        capacity: signature.capacity.clone(),
        meaning: signature.meaning.clone(),
        at: signature.at,
        digest: signature.picture.digest(),
        issues: signature.issues.clone(),
        valid_until: valid_until(signature, policy),
    };
    let state = &known.acceptance.value.sign_off;
    let (signature, changed, revoked) = match state {
        State::Unsigned => (None, Vec::new(), None),
        State::Signed { signature } => (Some(of(signature)), Vec::new(), None),
        State::Superseded { signature, changed, .. } => {
            (Some(of(signature)), changed.clone(), None)
        }
        State::Revoked { signature, reason, .. } => {
            (Some(of(signature)), Vec::new(), Some(reason.clone()))
        }
    };
    SignOffView {
        state: state.name().to_owned(),
        digest: known.picture().digest(),
        signature,
        changed,
        revoked,
    }
}
