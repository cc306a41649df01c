//! People of a project from TOML: `[[organisation]]`, `[[member]]`, `[[seat]]`.

use crate::content::{LIMIT, Words, is_id};
use crate::source::Invalid;
use crate::source::tables::{Document, Located};
use golive_core::project::{Organisation, People, Person, SeatOf};
use jiff::tz::TimeZone;

/// The schema line of a file of people.
pub const SCHEMA: &str = "golive.people/1";

/// Reads the people of a project.
pub fn read(file: &str, bytes: &[u8], words: &Words<'_>) -> Result<People, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let project = document.maybe::<String>("project");
    if project.is_none() {
        document.refuse_at(1, None, "project = \"…\"", "none");
    }
    let organisations = document.many::<Organisation>("organisation");
    document
        .refuse_twice("organisation", organisations.iter().map(|row| (row.line, row.id.as_str())));
    let members = document.many::<Person>("member");
    document.refuse_twice("member", members.iter().map(|row| (row.line, row.id.as_str())));
    document.refuse_twice("address", members.iter().map(|row| (row.line, row.email.as_str())));
    for member in &members {
        judge_member(&mut document, member, &organisations, words);
    }
    let seats = document.many::<SeatOf>("seat");
    document.refuse_twice("seat", seats.iter().map(|row| (row.line, row.id.as_str())));
    for seat in &seats {
        judge_seat(&mut document, seat, &members);
    }
    document.refuse_twice("holder", seats.iter().map(|row| (row.line, row.holder.as_str())));
    document.finish()?;
    Ok(People {
        project: project.map(|located| located.row).unwrap_or_default(),
        organisations: organisations.into_iter().map(|located| located.row).collect(),
        members: members.into_iter().map(|located| located.row).collect(),
        seats: seats.into_iter().map(|located| located.row).collect(),
    })
}

/// Whether a text can be a member's id: words of small letters and digits, joined by dots or hyphens.
pub(crate) fn is_member_id(text: &str) -> bool {
    text.len() <= 80 && text.split('.').all(is_id)
}

fn judge_member(
    document: &mut Document<'_>,
    member: &Located<Person>,
    organisations: &[Located<Organisation>],
    words: &Words<'_>,
) {
    let mut refuse = |expected: &str, found: &str| {
        document.refuse(member.line, "member", &member.id, expected, format!("`{found}`"));
    };
    if !is_member_id(&member.id) {
        refuse("an id such as lena.hoffmann", &member.id);
    }
    match organisations.iter().find(|organisation| organisation.id == member.organisation) {
        None => refuse("an organisation of this file", &member.organisation),
        Some(organisation) if organisation.side != member.side => {
            refuse(
                &format!("the side of the organisation, {}", organisation.side.name()),
                member.side.name(),
            );
        }
        Some(_) => {}
    }
    for role in &member.roles {
        match words.vocabulary.roles.get(role) {
            None => refuse("a role of the vocabulary", role),
            Some(known) if known.side != member.side => {
                refuse(&format!("a role of the side {}", member.side.name()), role);
            }
            Some(_) => {}
        }
    }
    if TimeZone::get(&member.time_zone).is_err() {
        refuse("a time zone such as Europe/Berlin", &member.time_zone);
    }
    if !is_address(&member.email) {
        refuse("a mail address", &member.email);
    }
}

/// One `@` between two parts without spaces; whether mail arrives, only mail can tell.
fn is_address(text: &str) -> bool {
    let clean = text.len() <= 254 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    clean && text.split('@').count() == 2 && text.split('@').all(|part| !part.is_empty())
}

fn judge_seat(document: &mut Document<'_>, seat: &Located<SeatOf>, members: &[Located<Person>]) {
    let people = [Some(&seat.holder), seat.deputy.as_ref()];
    for person in people.into_iter().flatten() {
        match members.iter().find(|member| &member.id == person) {
            None => document.refuse(
                seat.line,
                "seat",
                &seat.id,
                "a member of this file",
                format!("`{person}`"),
            ),
            Some(member) if member.service_account => {
                document.refuse(
                    seat.line,
                    "seat",
                    &seat.id,
                    "a person",
                    format!("the service account `{person}`"),
                );
            }
            Some(_) => {}
        }
    }
    if seat.deputy.as_ref() == Some(&seat.holder) {
        document.refuse(
            seat.line,
            "seat",
            &seat.id,
            "a deputy who is not the holder",
            format!("`{}`", seat.holder),
        );
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::content::shipped;
    use crate::source::listed;

    pub(crate) const TOML: &str = include_str!("../../../examples/contoso/people.toml");

    pub(crate) fn words() -> Words<'static> {
        let content = shipped();
        let policy = content.policies.values().next().expect("packs are shipped");
        Words { vocabulary: &content.vocabulary, policy }
    }

    #[test]
    fn the_people_of_contoso_are_read() {
        let people = read("p.toml", TOML.as_bytes(), &words())
            .unwrap_or_else(|errors| panic!("{}", listed(&errors)));
        assert_eq!(
            (people.organisations.len(), people.members.len(), people.seats.len()),
            (4, 52, 9)
        );
        assert_eq!(people.member("henrik.brandt").map(|p| p.name.as_str()), Some("Henrik Brandt"));
        let authority: Vec<&str> =
            people.with_role("go-live-authority").map(|p| p.id.as_str()).collect();
        assert_eq!(authority, ["henrik.brandt"]);
    }

    #[test]
    fn errors_name_file_line_and_id() {
        let refused = |from: &str, to: &str| {
            assert!(TOML.contains(from), "{from}");
            listed(
                &read("p.toml", TOML.replacen(from, to, 1).as_bytes(), &words())
                    .expect_err("it is wrong"),
            )
        };
        assert_eq!(
            refused("roles = [\"executive-sponsor\"]", "roles = [\"sponsor\"]"),
            "p.toml:43: member \"martina.vogel\": expected a role of the vocabulary; found `sponsor`"
        );
        assert_eq!(
            refused("roles = [\"executive-sponsor\"]", "roles = [\"operator\"]"),
            "p.toml:43: member \"martina.vogel\": expected a role of the side customer; found `operator`"
        );
        assert!(
            refused("holder = \"katja.maas\"", "holder = \"katja\"")
                .contains("seat \"finance\": expected a member of this file")
        );
        assert!(
            refused("deputy = \"joern.petersen\"", "deputy = \"svc-golive\"")
                .contains("found the service account")
        );
        assert!(
            refused("holder = \"thomas.wendt\"", "holder = \"katja.maas\"")
                .contains("expected an id that is not used yet")
        );
        assert!(refused("Europe/London", "Europe/Londinium").contains("found `Europe/Londinium`"));
        assert!(
            refused("martina.vogel@contoso.example", "martina.vogel")
                .contains("expected a mail address")
        );
        assert!(
            refused("key_stakeholder = true", "key_stakholder = true")
                .contains("unknown field `key_stakholder`")
        );
    }
}
