//! Which template a project works by, and whether that one fits.

use super::template::Methodology;
use crate::id::UserId;
use crate::service_model::ServiceModel;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The template that a project took its copy from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The template: `erp-standard`.
    pub template: String,
    /// Its version when it was copied.
    pub version: String,
    /// The name for people.
    pub title: String,
    /// The checklist that goes with it.
    pub checklist: String,
    /// The cutover plan that goes with it.
    pub cutover_plan: String,
    /// Who chose it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// What happened to the choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// It was made, and the project has its own copy.
    Chosen {
        /// The template.
        template: String,
        /// Its version.
        version: String,
    },
}

/// Why a template does not fit a project.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// Made for the other service model.
    #[error("`{template}` is not made for the service model {}", .model.name())]
    ServiceModel {
        /// The template.
        template: String,
        /// The project's.
        model: ServiceModel,
    },
    /// Made for other kinds of project.
    #[error("`{template}` is made for {}, not for {project_type}", .made_for.join(", "))]
    ProjectType {
        /// The template.
        template: String,
        /// What it is made for.
        made_for: Vec<String>,
        /// The project's kind.
        project_type: String,
    },
}

/// The choice of a template by a project, or every reason against it.
pub fn choose(
    template: &Methodology,
    (model, project_type): (ServiceModel, &str),
    by: UserId,
    now: Timestamp,
) -> Result<(Choice, Event), Vec<Misfit>> {
    let mut misfits = Vec::new();
    if !template.service_models.contains(&model) {
        misfits.push(Misfit::ServiceModel { template: template.id.clone(), model });
    }
    if !template.project_types.iter().any(|made_for| made_for == project_type) {
        misfits.push(Misfit::ProjectType {
            template: template.id.clone(),
            made_for: template.project_types.clone(),
            project_type: project_type.to_owned(),
        });
    }
    if !misfits.is_empty() {
        return Err(misfits);
    }
    let choice = Choice {
        template: template.id.clone(),
        version: template.version.clone(),
        title: template.title.clone(),
        checklist: template.checklist.clone(),
        cutover_plan: template.cutover_plan.clone(),
        by,
        at: now,
    };
    let event =
        Event::Chosen { template: choice.template.clone(), version: choice.version.clone() };
    Ok((choice, event))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_template_that_does_not_fit_says_every_reason() {
        let mut template = sample::methodology();
        template.service_models = vec![ServiceModel::Managed];
        template.project_types = vec!["migration".into()];
        let project = (ServiceModel::SelfService, "new_production");
        let misfits = choose(&template, project, sample::user(1), sample::now()).unwrap_err();
        assert_eq!(misfits.len(), 2);
        template.service_models.push(ServiceModel::SelfService);
        template.project_types.push("new_production".into());
        assert!(choose(&template, project, sample::user(1), sample::now()).is_ok());
    }
}
