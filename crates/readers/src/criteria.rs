//! Criteria of the cutover from TOML: `[set]`, `[[group]]`, `[[criterion]]`, `[[handover_group]]`, `[[handover]]`.

use crate::content::policy::plain;
use crate::content::{LIMIT, Words, is_id};
use crate::source::Invalid;
use crate::source::tables::{Document, Located};
use golive_core::fact::FactId;
use golive_core::gate::{Compare, Criterion, Threshold};
use golive_core::go_live::criteria::{
    Asked, Criteria, Group, Handover, HandoverGroup, Heading, page_of,
};
use golive_core::go_live::measured::manual_fact;
use golive_core::policy::Enforcement;
use serde::Deserialize;

/// The schema line of a set of criteria.
pub const SCHEMA: &str = "golive.criteria/1";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Set {
    id: String,
    version: String,
    title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupRow {
    id: Group,
    number: u32,
    title: String,
    description: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CriterionRow {
    id: String,
    number: String,
    group: Group,
    title: String,
    fact: Option<String>,
    #[serde(default)]
    manual: bool,
    compare: Compare,
    threshold: Option<toml::Value>,
    threshold_policy: Option<String>,
    unit: String,
    enforcement: Option<Enforcement>,
    owner: String,
    remedy: String,
    evidence: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandoverGroupRow {
    id: String,
    number: u32,
    title: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HandoverRow {
    id: String,
    number: String,
    group: String,
    title: String,
    done_when: String,
    from_role: String,
    to_role: String,
    required: bool,
    source: String,
}

/// Reads a set of criteria.
pub fn read(file: &str, bytes: &[u8], words: &Words<'_>) -> Result<Criteria, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let set = document.one::<Set>("set");
    let headings = headings(&mut document);
    let rows = document.many::<CriterionRow>("criterion");
    document.refuse_twice("criterion", rows.iter().map(|row| (row.line, row.id.as_str())));
    let asked = rows.into_iter().filter_map(|row| asked(&mut document, row, words)).collect();
    let (handover_groups, handover) = handover(&mut document, words);
    document.finish()?;
    let Located { row: Set { id, version, title }, .. } =
        set.expect("without a set there was an error");
    Ok(Criteria { id, version, title, headings, asked, handover_groups, handover })
}

fn headings(document: &mut Document<'_>) -> Vec<Heading> {
    let mut rows = document.many::<GroupRow>("group");
    rows.sort_by_key(|row| row.number);
    for group in Group::ALL {
        if rows.iter().filter(|row| row.id == group).count() != 1 {
            document.refuse_at(
                1,
                None,
                format!("one group `{}`", group.name()),
                "none, or more than one",
            );
        }
    }
    let heading = |row: Located<GroupRow>| Heading {
        group: row.row.id,
        title: row.row.title,
        description: row.row.description,
    };
    rows.into_iter().map(heading).collect()
}

fn asked(
    document: &mut Document<'_>,
    located: Located<CriterionRow>,
    words: &Words<'_>,
) -> Option<Asked> {
    let Located { line, row } = located;
    let id = row.id.clone();
    if !is_id(&id) {
        document.refuse(line, "criterion", &id, "an id such as go-ledger", format!("`{id}`"));
    }
    if !words.knows_role(&row.owner) {
        document.refuse(
            line,
            "criterion",
            &id,
            "a role of the vocabulary",
            format!("`{}`", row.owner),
        );
    }
    for kind in &row.evidence {
        if !words.vocabulary.evidence.contains_key(kind) {
            document.refuse(
                line,
                "criterion",
                &id,
                "a kind of evidence of the vocabulary",
                format!("`{kind}`"),
            );
        }
    }
    let built = build(row, words);
    built.map_err(|(expected, found)| document.refuse(line, "criterion", &id, expected, found)).ok()
}

type Wrong = (String, String);

fn wrong(expected: &str, found: impl Into<String>) -> Wrong {
    (expected.to_owned(), found.into())
}

fn build(row: CriterionRow, words: &Words<'_>) -> Result<Asked, Wrong> {
    let fact = fact(&row, words)?;
    let (threshold, enforcement) = threshold(&row, words)?;
    let page = page_of(&fact.0);
    let command = match &row.fact {
        Some(_) => format!("gate explain {}", row.group.gate().name()),
        None => format!("fact record --fact {}", fact.0),
    };
    let criterion = Criterion {
        id: row.id.into(),
        title: row.title.into(),
        fact,
        compare: row.compare,
        threshold,
        enforcement,
        owner: row.owner.into(),
        remedy: row.remedy.into(),
        page: page.into(),
        command: command.into(),
        source: row.source.into(),
    };
    Ok(Asked {
        number: row.number,
        group: row.group,
        unit: row.unit,
        manual: row.manual,
        evidence: row.evidence,
        criterion,
    })
}

fn fact(row: &CriterionRow, words: &Words<'_>) -> Result<FactId, Wrong> {
    match (&row.fact, row.manual) {
        (Some(fact), false) if words.knows_fact(fact) => Ok(FactId(fact.clone().into())),
        (Some(fact), false) => Err(wrong("a fact of the vocabulary", format!("`{fact}`"))),
        (None, true) => Ok(manual_fact(&row.id)),
        (Some(_), true) => Err(wrong("either fact or manual = true", "both")),
        (None, false) => Err(wrong("fact or manual = true", "none")),
    }
}

/// What it is compared with, and how strictly it is taken if no setting says so.
fn threshold(row: &CriterionRow, words: &Words<'_>) -> Result<(Threshold, Enforcement), Wrong> {
    match (&row.threshold, &row.threshold_policy, row.enforcement) {
        (Some(value), None, Some(enforcement)) => {
            Ok((Threshold::Fixed(plain(value.clone())?), enforcement))
        }
        (Some(_), None, None) => Err(wrong("an enforcement, because no setting names one", "none")),
        (None, Some(key), enforcement) => {
            let setting = words.policy.setting(key);
            let setting = setting
                .ok_or_else(|| wrong("a setting of the policy packs", format!("`{key}`")))?;
            match (setting.enforcement, enforcement) {
                (Some(_), Some(_)) => {
                    Err(wrong("no enforcement: the setting has one", "enforcement"))
                }
                (None, None) => Err(wrong("an enforcement, because the setting has none", "none")),
                (Some(strict), None) | (None, Some(strict)) => {
                    Ok((Threshold::Setting(key.clone().into()), strict))
                }
            }
        }
        (Some(_), Some(_), _) => Err(wrong("either threshold or threshold_policy", "both")),
        (None, None, _) => Err(wrong("threshold or threshold_policy", "none")),
    }
}

fn handover(document: &mut Document<'_>, words: &Words<'_>) -> (Vec<HandoverGroup>, Vec<Handover>) {
    let groups = document.many::<HandoverGroupRow>("handover_group");
    document.refuse_twice("handover_group", groups.iter().map(|row| (row.line, row.id.as_str())));
    let rows = document.many::<HandoverRow>("handover");
    document.refuse_twice("handover", rows.iter().map(|row| (row.line, row.id.as_str())));
    for Located { line, row } in &rows {
        if !groups.iter().any(|group| group.id == row.group) {
            document.refuse(
                *line,
                "handover",
                &row.id,
                "a handover_group of this file",
                format!("`{}`", row.group),
            );
        }
        for role in
            [&row.from_role, &row.to_role].into_iter().filter(|role| !words.knows_role(role))
        {
            document.refuse(
                *line,
                "handover",
                &row.id,
                "a role of the vocabulary",
                format!("`{role}`"),
            );
        }
    }
    let group = |located: Located<HandoverGroupRow>| {
        let HandoverGroupRow { id, number, title } = located.row;
        HandoverGroup { id, number, title }
    };
    let line = |located: Located<HandoverRow>| {
        let HandoverRow {
            id,
            number,
            group,
            title,
            done_when,
            from_role,
            to_role,
            required,
            source,
        } = located.row;
        Handover { id, number, group, title, done_when, from_role, to_role, required, source }
    };
    (groups.into_iter().map(group).collect(), rows.into_iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::shipped;
    use crate::source::listed;
    use golive_core::gate::Gate;

    const TOML: &str = include_str!("../../../content/cutover/criteria-standard.toml");

    fn try_read(text: &str) -> Result<Criteria, Vec<Invalid>> {
        let content = shipped();
        let policy = content.policies.values().next().expect("packs are shipped");
        read("c.toml", text.as_bytes(), &Words { vocabulary: &content.vocabulary, policy })
    }

    #[test]
    fn the_shipped_criteria_become_the_tables_of_four_gates() {
        let criteria = try_read(TOML).unwrap_or_else(|errors| panic!("{}", listed(&errors)));
        let gates = [Gate::CutoverStart, Gate::GoLive, Gate::CutoverEnd, Gate::HypercareExit];
        assert_eq!(gates.map(|gate| criteria.table(gate).len()), [19, 22, 12, 16]);
        assert!(criteria.table(Gate::Phase).is_empty());
        assert_eq!((criteria.handover_groups.len(), criteria.handover.len()), (3, 16));
        assert_eq!(criteria.required_handover().len(), 16);
        let access = criteria.asked("entrance-access").expect("it is shipped");
        assert!(access.manual);
        assert_eq!(access.criterion.fact.to_string(), "manual.entrance-access");
        let votes = criteria.asked("go-votes").expect("it is shipped");
        assert_eq!(
            votes.criterion.threshold,
            Threshold::Setting("go_no_go.votes_share_min".into())
        );
    }

    #[test]
    fn errors_name_file_line_and_id() {
        let refused = |from: &str, to: &str| {
            assert!(TOML.contains(from), "{from}");
            listed(&try_read(&TOML.replacen(from, to, 1)).map(|_| ()).expect_err("it is wrong"))
        };
        assert_eq!(
            refused("fact = \"cutover.plan_signed\"", "fact = \"cutover.signed\""),
            "c.toml:40: criterion \"entrance-plan-signed\": expected a fact of the vocabulary; found `cutover.signed`"
        );
        assert_eq!(
            refused(
                "threshold_policy = \"cutover.plan_signed\"",
                "threshold_policy = \"cutover.signed\""
            ),
            "c.toml:40: criterion \"entrance-plan-signed\": expected a setting of the policy packs; found `cutover.signed`"
        );
        assert_eq!(
            refused(
                "threshold = true\nunit = \"flag\"\nenforcement = \"deny\"",
                "threshold = true\nunit = \"flag\""
            ),
            "c.toml:54: criterion \"entrance-migration-plan\": expected an enforcement, because no setting names one; found none"
        );
        assert!(
            refused("owner = \"cutover-manager\"", "owner = \"manager\"")
                .contains("a role of the vocabulary")
        );
        assert!(
            refused("group = \"entrance\"", "group = \"entry\"")
                .contains("found unknown variant `entry`")
        );
        assert!(
            refused("manual = true\ncompare", "manual = false\ncompare")
                .contains("expected fact or manual = true; found none")
        );
        assert!(
            refused("to_role = \"support-lead\"", "to_role = \"desk\"").contains("found `desk`")
        );
    }
}
