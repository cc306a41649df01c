//! Accounts, organisations and the seats of a project.

mod views;

pub use views::{
    InvitationAnswer, InvitationRequest, MemberView, NewInvitation, NewMember, NewOrganisation,
    NewPerson, OrganisationView, PersonView,
};

use crate::sign_in::hashed;
use crate::{Actor, App, Error, Result, secrets};
use golive_core::account::{
    Invitation, InvitationEvent, InvitationState, Organisation, OrganisationEvent, Person,
    PersonEvent,
};
use golive_core::id::{InvitationId, MemberId, OrganisationId, ProjectId, UserId};
use golive_core::people::{Action, Member, Side};
use golive_store::{SERVER, Session};
use jiff::Timestamp;
use std::collections::BTreeSet;
use views::{member_view, person_view};

/// How long an invitation can be taken up, in microseconds of the machine clock.
const INVITATION: i64 = 14 * 86_400_000_000;

impl App {
    /// Makes the server administrator at the first start. Returns the one-time password if it was made up here.
    pub async fn first_administrator(&self, password: Option<String>) -> Result<Option<String>> {
        let id = UserId::named("server", "administrator");
        if self.store.session().await?.find::<Person>(id).await?.is_some() {
            return Ok(None);
        }
        let chosen = password.is_some();
        let password = password.unwrap_or_else(|| secrets::random()[..20].to_owned());
        let person = Person {
            login: "admin".into(),
            name: "Server administrator".into(),
            email: String::new(),
            time_zone: "UTC".into(),
            server_administrator: true,
            service_account: false,
            closed: None,
        };
        let hash = hashed(&password).await?;
        let mut write = self.store.write(SERVER, self.own_stamp()).await?;
        write.insert(id, "", &person, &PersonEvent::Created).await?;
        write.keep_credential(&id.to_string(), &hash).await?;
        write.commit().await?;
        Ok((!chosen).then_some(password))
    }

    /// Makes an account.
    pub async fn user_create(&self, actor: &Actor, new: &NewPerson) -> Result<PersonView> {
        Self::administrator(actor)?;
        let login = plain_name("login", &golive_store::fold(new.login.trim()))?;
        zone(&new.time_zone)?;
        let id = UserId::named("login", &login);
        let person = Person {
            login,
            name: one_line("name", &new.name)?,
            email: mail_address("email", &new.email)?,
            time_zone: new.time_zone.clone(),
            server_administrator: false,
            service_account: new.service_account,
            closed: None,
        };
        let hash = hashed(&new.password).await?;
        let mut write = self.store.write(SERVER, self.stamp(actor)).await?;
        write.insert(id, "", &person, &PersonEvent::Created).await?;
        write.keep_credential(&id.to_string(), &hash).await?;
        write.commit().await?;
        Ok(person_view(id, person))
    }

    /// All accounts.
    pub async fn user_list(&self, actor: &Actor) -> Result<Vec<PersonView>> {
        Self::administrator(actor)?;
        let mut session = self.store.session().await?;
        let people = session.page::<Person>("login", ("", ""), 1000).await?;
        Ok(people.into_iter().map(|(id, person)| person_view(id, person.value)).collect())
    }

    /// Oneself.
    pub async fn user_self(&self, actor: &Actor) -> Result<PersonView> {
        let person = self.store.session().await?.get::<Person>(actor.user).await?.value;
        Ok(person_view(actor.user, person))
    }

    /// Makes an organisation.
    pub async fn organisation_create(
        &self,
        actor: &Actor,
        new: &NewOrganisation,
    ) -> Result<OrganisationView> {
        Self::administrator(actor)?;
        let name = one_line("name", &new.name)?;
        let id = OrganisationId::named("server", &golive_store::fold(&name));
        let organisation = Organisation { name, calendar: new.calendar.clone() };
        let mut write = self.store.write(SERVER, self.stamp(actor)).await?;
        write.insert(id, "", &organisation, &OrganisationEvent::Created).await?;
        write.commit().await?;
        Ok(OrganisationView {
            id: id.to_string(),
            name: organisation.name,
            calendar: organisation.calendar,
        })
    }

    /// All organisations.
    pub async fn organisation_list(&self, actor: &Actor) -> Result<Vec<OrganisationView>> {
        Self::administrator(actor)?;
        let mut session = self.store.session().await?;
        let all = session.page::<Organisation>("name", ("", ""), 1000).await?;
        let view = |(id, seen): (OrganisationId, golive_store::Versioned<Organisation>)| {
            OrganisationView {
                id: id.to_string(),
                name: seen.value.name,
                calendar: seen.value.calendar,
            }
        };
        Ok(all.into_iter().map(view).collect())
    }

    /// Gives an account a seat in a project.
    pub async fn member_add(
        &self,
        actor: &Actor,
        project: ProjectId,
        new: &NewMember,
    ) -> Result<MemberView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.may_manage_members(&mut write, actor, project).await?;
        let login = golive_store::fold(new.login.trim());
        let found = write.with::<Person>("login", login.clone()).await?.into_iter().next();
        let (user, person) = found.ok_or_else(|| Error::not_found("user", login))?;
        let organisation = self.organisation(&mut write, &new.organisation).await?;
        let member = Member {
            id: Member::seat(project, user),
            user,
            project,
            organisation,
            name: person.value.name,
            side: side(&new.side)?,
            roles: self.known_roles(&new.roles)?,
            project_manager: new.project_manager,
            key_stakeholder: new.key_stakeholder,
            service_account: person.value.service_account,
            removed: None,
        };
        self.seat(&mut write, &member).await?;
        write.commit().await?;
        Ok(member_view(member))
    }

    /// The seats of a project.
    pub async fn member_list(&self, actor: &Actor, project: ProjectId) -> Result<Vec<MemberView>> {
        let mut session = self.store.session().await?;
        self.project_seen(&mut session, actor, project).await?;
        let seats = session.of_project::<Member>(project).await?;
        let taken =
            seats.into_iter().map(|(_, seat)| seat.value).filter(|member| member.removed.is_none());
        Ok(taken.map(member_view).collect())
    }

    /// Takes a seat away. What the member signed stays on record.
    pub async fn member_remove(
        &self,
        actor: &Actor,
        project: ProjectId,
        id: MemberId,
    ) -> Result<MemberView> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.may_manage_members(&mut write, actor, project).await?;
        let seen = write.get::<Member>(id).await?;
        if seen.value.project != project || seen.value.removed.is_some() {
            return Err(Error::not_found("member", id));
        }
        let member = Member { removed: Some(write.now()), ..seen.value };
        write.change(id, seen.version, &member, &serde_json::json!({ "event": "removed" })).await?;
        write.commit().await?;
        Ok(member_view(member))
    }

    /// Invites somebody who may not have an account yet.
    pub async fn invitation_send(
        &self,
        actor: &Actor,
        project: ProjectId,
        wanted: &InvitationRequest,
    ) -> Result<NewInvitation> {
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.may_manage_members(&mut write, actor, project).await?;
        let invitation = Invitation {
            project,
            organisation: self.organisation(&mut write, &wanted.organisation).await?,
            email: mail_address("email", &wanted.email)?,
            name: one_line("name", &wanted.name)?,
            side: side(&wanted.side)?,
            roles: self.known_roles(&wanted.roles)?,
            project_manager: wanted.project_manager,
            key_stakeholder: wanted.key_stakeholder,
            by: actor.user,
            expires_at: Timestamp::now().as_microsecond() + INVITATION,
            state: InvitationState::Pending,
        };
        let secret = secrets::random();
        let id = InvitationId::named(&project.to_string(), &secret);
        write.insert(id, project, &invitation, &InvitationEvent::Sent).await?;
        write.keep_credential(&id.to_string(), &secrets::digest(&secret)).await?;
        write.commit().await?;
        Ok(NewInvitation { id: id.to_string(), path: format!("/invitations/{id}?secret={secret}") })
    }

    /// Takes up an invitation: makes the account and the seat.
    pub async fn invitation_accept(
        &self,
        id: InvitationId,
        answer: &InvitationAnswer,
    ) -> Result<MemberView> {
        let project = self.store.session().await?.get::<Invitation>(id).await?.value.project;
        let login = plain_name("login", &golive_store::fold(answer.login.trim()))?;
        zone(&answer.time_zone)?;
        let user = UserId::named("login", &login);
        let hash = hashed(&answer.password).await?;
        let stamp = golive_store::Stamp { actor: user.to_string(), ..self.own_stamp() };
        let mut write = self.store.write(project, stamp).await?;
        let seen = write.get::<Invitation>(id).await?;
        let open = seen.value.state == InvitationState::Pending
            && seen.value.expires_at > Timestamp::now().as_microsecond();
        let secret = write.credential(&id.to_string()).await?;
        if !open || secret != Some(secrets::digest(&answer.secret)) {
            return Err(Error::not_found("invitation", id));
        }
        let invited = seen.value.clone();
        let person = Person {
            login,
            name: invited.name.clone(),
            email: invited.email.clone(),
            time_zone: answer.time_zone.clone(),
            server_administrator: false,
            service_account: false,
            closed: None,
        };
        write.insert(user, "", &person, &PersonEvent::Created).await?;
        write.keep_credential(&user.to_string(), &hash).await?;
        let accepted = Invitation { state: InvitationState::Accepted { user }, ..seen.value };
        write.change(id, seen.version, &accepted, &InvitationEvent::Accepted).await?;
        let member = Member {
            id: Member::seat(project, user),
            user,
            project,
            organisation: invited.organisation,
            name: invited.name,
            side: invited.side,
            roles: invited.roles,
            project_manager: invited.project_manager,
            key_stakeholder: invited.key_stakeholder,
            service_account: false,
            removed: None,
        };
        self.seat(&mut write, &member).await?;
        write.commit().await?;
        Ok(member_view(member))
    }

    /// Takes an invitation back.
    pub async fn invitation_revoke(&self, actor: &Actor, id: InvitationId) -> Result<()> {
        let project = self.store.session().await?.get::<Invitation>(id).await?.value.project;
        let mut write = self.store.write(project, self.stamp(actor)).await?;
        self.may_manage_members(&mut write, actor, project).await?;
        let seen = write.get::<Invitation>(id).await?;
        if seen.value.state != InvitationState::Pending {
            return Err(Error::NotNow("the invitation was answered already".into()));
        }
        let revoked = Invitation { state: InvitationState::Revoked, ..seen.value };
        write.change(id, seen.version, &revoked, &InvitationEvent::Revoked).await?;
        write.commit().await?;
        Ok(())
    }

    async fn seat(&self, write: &mut golive_store::Write, member: &Member) -> Result<()> {
        let event =
            serde_json::json!({ "event": "added", "side": member.side, "roles": member.roles });
        match write.find::<Member>(member.id).await? {
            Some(seen) if seen.value.removed.is_none() => {
                Err(Error::Exists { kind: "member", id: member.name.clone() })
            }
            Some(seen) => Ok(write.change(member.id, seen.version, member, &event).await?),
            None => Ok(write.insert(member.id, member.project, member, &event).await?),
        }
    }

    /// The server administrator seats people; so does who may manage the project.
    async fn may_manage_members(
        &self,
        session: &mut Session,
        actor: &Actor,
        project: ProjectId,
    ) -> Result<()> {
        if Self::administrator(actor).is_ok() {
            return Ok(());
        }
        self.member(session, actor, project, Action::ManageProject).await.map(|_| ())
    }

    /// Roles that the vocabulary has: another one would give nobody anything.
    fn known_roles(&self, roles: &BTreeSet<String>) -> Result<BTreeSet<String>> {
        let known = &self.content.vocabulary.roles;
        for role in roles {
            listed("roles", known.keys().map(String::as_str), role)?;
        }
        Ok(roles.clone())
    }

    async fn organisation(&self, session: &mut Session, id: &str) -> Result<OrganisationId> {
        let parsed: OrganisationId =
            id.parse().map_err(|_| Error::not_found("organisation", id))?;
        session.get::<Organisation>(parsed).await?;
        Ok(parsed)
    }
}

fn side(text: &str) -> Result<Side> {
    text.parse()
        .map_err(|_| Error::invalid("side", "customer, partner, reviewer or operator", text))
}

/// One of a list of words.
pub(crate) fn listed<'w>(
    field: &str,
    words: impl IntoIterator<Item = &'w str>,
    text: &str,
) -> Result<()> {
    let words: Vec<&str> = words.into_iter().collect();
    if words.contains(&text) {
        return Ok(());
    }
    let found: String = text.chars().take(100).collect();
    Err(Error::invalid(field, format!("one of: {}", words.join(", ")), found))
}

/// A time zone that exists.
pub(crate) fn zone(name: &str) -> Result<()> {
    match jiff::tz::TimeZone::get(name) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::invalid("time_zone", "an IANA time zone such as Europe/Berlin", name)),
    }
}

/// Lower-case letters, digits, `.`, `-`, `_` and `@`, 1 to 100 of them.
pub(crate) fn plain_name(field: &str, text: &str) -> Result<String> {
    let plain = |c: char| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | '@')
    };
    if !text.is_empty() && text.len() <= 100 && text.chars().all(plain) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(
        field,
        "1 to 100 of: a-z 0-9 . - _ @",
        text.chars().take(100).collect::<String>(),
    ))
}

/// One line of text, 1 to 200 characters.
pub(crate) fn one_line(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let count = text.chars().count();
    if (1..=200).contains(&count) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(field, "one line of 1 to 200 characters", format!("{count} characters")))
}

/// A mail address.
pub(crate) fn mail_address(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let sound =
        text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    if sound && text.len() <= 200 && !text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(field, "a mail address", text.chars().take(100).collect::<String>()))
}
