//! Project files from TOML: head, scope, environments, registers, waves, dates, risks, runs. All references are checked.

mod references;
mod rows;

use crate::content::{Content, LIMIT};
use crate::source::Invalid;
use crate::source::tables::{Document, Located};
use golive_core::project::{
    AddOn, DataLoad, Device, Extension, Feature, Integration, Legacy, LegalEntity, Parts, People,
    ProjectFile, Regulation, Risk, Role, Site,
};
use rows::{ClashRow, EnvironmentRow, HeadRow, MilestoneRow, RunRow, WaveRow};

/// The schema line of a project file.
pub const SCHEMA: &str = "golive.project/1";

/// What the ids in a project file may refer to.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// The people of the project.
    pub people: &'a People,
    /// Policy packs, methodologies, checklists, calendars, cutover plans, criteria.
    pub content: &'a Content,
}

/// Every list of the file with its lines.
struct Lists {
    legacy: Vec<Located<Legacy>>,
    milestones: Vec<Located<MilestoneRow>>,
    legal_entities: Vec<Located<LegalEntity>>,
    waves: Vec<Located<WaveRow>>,
    sites: Vec<Located<Site>>,
    features: Vec<Located<Feature>>,
    environments: Vec<Located<EnvironmentRow>>,
    integrations: Vec<Located<Integration>>,
    devices: Vec<Located<Device>>,
    regulations: Vec<Located<Regulation>>,
    roles: Vec<Located<Role>>,
    data_loads: Vec<Located<DataLoad>>,
    extensions: Vec<Located<Extension>>,
    add_ons: Vec<Located<AddOn>>,
    clashes: Vec<Located<ClashRow>>,
    risks: Vec<Located<Risk>>,
    runs: Vec<Located<RunRow>>,
}

/// Reads a project file.
pub fn read(file: &str, bytes: &[u8], known: &Known<'_>) -> Result<ProjectFile, Vec<Invalid>> {
    let mut document = Document::parse(file, bytes, LIMIT, SCHEMA)?;
    let head = document.one::<HeadRow>("project");
    let parts = document.maybe::<Parts>("parts");
    let lists = lists(&mut document);
    if let Some(head) = &head {
        references::judge_head(&mut document, head, known);
    }
    references::judge_lists(&mut document, &lists, head.as_deref(), known);
    document.finish()?;
    let head = head.expect("without a head there was an error").row;
    Ok(whole(head, parts.map(|located| located.row).unwrap_or_default(), lists))
}

fn lists(document: &mut Document<'_>) -> Lists {
    Lists {
        legacy: document.many("legacy"),
        milestones: document.many("milestone"),
        legal_entities: document.many("legal_entity"),
        waves: document.many("wave"),
        sites: document.many("site"),
        features: document.many("feature"),
        environments: document.many("environment"),
        integrations: document.many("integration"),
        devices: document.many("device"),
        regulations: document.many("regulation"),
        roles: document.many("role"),
        data_loads: document.many("data_load"),
        extensions: document.many("extension"),
        add_ons: document.many("add_on"),
        clashes: document.many("clash"),
        risks: document.many("risk"),
        runs: document.many("run"),
    }
}

fn whole(head: HeadRow, parts: Parts, lists: Lists) -> ProjectFile {
    ProjectFile {
        head: head.head(),
        legacy: plain(lists.legacy),
        milestones: lists.milestones.into_iter().map(|row| row.row.milestone()).collect(),
        legal_entities: plain(lists.legal_entities),
        waves: lists.waves.into_iter().map(|row| row.row.wave()).collect(),
        sites: plain(lists.sites),
        features: plain(lists.features),
        parts,
        environments: lists.environments.into_iter().map(|row| row.row.environment()).collect(),
        integrations: plain(lists.integrations),
        devices: plain(lists.devices),
        regulations: plain(lists.regulations),
        roles: plain(lists.roles),
        data_loads: plain(lists.data_loads),
        extensions: plain(lists.extensions),
        add_ons: plain(lists.add_ons),
        clashes: lists.clashes.into_iter().map(|row| row.row.clash()).collect(),
        risks: plain(lists.risks),
        runs: lists.runs.into_iter().map(|row| row.row.run()).collect(),
    }
}

fn plain<T>(rows: Vec<Located<T>>) -> Vec<T> {
    rows.into_iter().map(|located| located.row).collect()
}

#[cfg(test)]
mod tests;
