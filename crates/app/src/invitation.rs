//! Invitations that wait for an answer, and the organisations that a seat may be given for.

use crate::people::OrganisationView;
use crate::{Actor, App, Result};
use golive_core::account::{Invitation, InvitationState, Organisation};
use golive_core::id::{OrganisationId, ProjectId};
use golive_core::people::{Action, Member};
use golive_core::portfolio::Project;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// An invitation that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationView {
    /// Its id, to take it back by.
    pub id: String,
    /// Whom it is for.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// The side.
    pub side: String,
    /// When it ends.
    #[schema(value_type = String)]
    pub expires: Timestamp,
}

impl App {
    /// The invitations of a project that wait for an answer.
    pub async fn invitation_list(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Vec<InvitationView>> {
        let mut session = self.store.session().await?;
        if Self::administrator(actor).is_err() {
            self.member(&mut session, actor, project, Action::ManageProject).await?;
        }
        let all = session.of_project::<Invitation>(project).await?;
        // Invitations end by the machine clock, like sessions.
        let now = Timestamp::now().as_microsecond();
        let open = all.into_iter().filter(|(_, seen)| {
            seen.value.state == InvitationState::Pending && seen.value.expires_at > now
        });
        let view = |id: golive_core::id::InvitationId, invitation: Invitation| InvitationView {
            id: id.to_string(),
            name: invitation.name,
            email: invitation.email,
            side: invitation.side.name().to_owned(),
            expires: Timestamp::from_microsecond(invitation.expires_at).unwrap_or(Timestamp::MAX),
        };
        Ok(open.map(|(id, seen)| view(id, seen.value)).collect())
    }

    /// The organisations that seats of a project may be given for: all for the server administrator, else those that
    /// take part already.
    pub async fn organisation_choices(
        &self,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<Vec<OrganisationView>> {
        if Self::administrator(actor).is_ok() {
            return self.organisation_list(actor).await;
        }
        let mut session = self.store.session().await?;
        self.member(&mut session, actor, project, Action::View).await?;
        let mut ids: BTreeSet<OrganisationId> =
            BTreeSet::from([session.get::<Project>(project).await?.value.organisation]);
        let members = session.of_project::<Member>(project).await?;
        ids.extend(members.into_iter().map(|(_, seen)| seen.value.organisation));
        let mut views = Vec::with_capacity(ids.len());
        for id in ids {
            let organisation = session.get::<Organisation>(id).await?.value;
            views.push(OrganisationView {
                id: id.to_string(),
                name: organisation.name,
                calendar: organisation.calendar,
            });
        }
        Ok(views)
    }
}
