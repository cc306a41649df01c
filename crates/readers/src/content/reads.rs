//! Which settings the content itself reads, so that what nobody reads can be listed.

use super::Content;
use golive_core::gate::Threshold;
use golive_core::notification::Trigger;
use golive_core::policy::Policy;
use golive_core::policy::read::unread;
use std::collections::BTreeSet;

impl Content {
    /// The settings that criteria, findings, records and reminders of this content read.
    pub fn settings_read(&self) -> BTreeSet<&str> {
        let mut read = BTreeSet::new();
        for record in self.vocabulary.records.values() {
            read.extend(setting(&record.threshold));
        }
        for asked in self.criteria.values().flat_map(|set| &set.asked) {
            read.extend(setting(&asked.criterion.threshold));
        }
        let questions = self.checklists.values().flat_map(|checklist| &checklist.questions);
        for test in questions.flat_map(|question| &question.findings).flat_map(|rule| &rule.when) {
            read.extend(test.setting());
        }
        for notification in self.notifications.values().flat_map(|set| &set.notifications) {
            match &notification.trigger {
                Trigger::Schedule(key) => drop(read.insert(key)),
                Trigger::Event(_) => {}
            }
        }
        read
    }

    /// The settings of a pack that neither a rule nor this content reads, by name.
    pub fn settings_unread<'p>(&self, policy: &'p Policy) -> Vec<&'p str> {
        let others: Vec<&str> = self.settings_read().into_iter().collect();
        unread(policy, &others)
    }
}

fn setting(threshold: &Threshold) -> Option<&str> {
    match threshold {
        Threshold::Setting(key) | Threshold::Governed { setting: key, .. } => Some(key),
        Threshold::Fixed(_) => None,
    }
}
