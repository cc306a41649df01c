//! The content that comes with the product, embedded in the binary.

use super::{Content, File, load};
use std::sync::OnceLock;

macro_rules! files {
    ($($path:literal),* $(,)?) => {
        [$(($path, include_bytes!(concat!("../../../../content/", $path)) as &[u8])),*]
    };
}

/// Every shipped file by its path below `content/`.
pub const FILES: [(&str, &[u8]); 18] = files![
    "vocabulary.toml",
    "policies/policy-2021.toml",
    "policies/policy-2024.toml",
    "policies/policy-light.toml",
    "policies/policy-strict.toml",
    "calendars/de.toml",
    "calendars/fr.toml",
    "calendars/gb.toml",
    "calendars/in.toml",
    "calendars/us.toml",
    "methodologies/erp-standard.toml",
    "methodologies/erp-small.toml",
    "methodologies/erp-upgrade.toml",
    "checklists/checklist-go-live.toml",
    "notifications/notifications-standard.toml",
    "cutover/cutover-weekend.toml",
    "cutover/criteria-standard.toml",
    "sizing/sizing-standard.toml",
];

/// The shipped content, read once.
pub fn shipped() -> &'static Content {
    static CONTENT: OnceLock<Content> = OnceLock::new();
    CONTENT.get_or_init(|| {
        let files = FILES.map(|(name, bytes)| File { name, bytes });
        load(&files).expect("the shipped content is read in a test")
    })
}
