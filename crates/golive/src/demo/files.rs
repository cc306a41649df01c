//! The files of the example project, inside this program.

use anyhow::Result;
use std::path::Path;

macro_rules! contoso {
    ($name:literal) => {
        include_str!(concat!("../../../../examples/contoso/", $name))
    };
}

/// The project.
pub const PROJECT: &str = contoso!("project.toml");
/// Its people.
pub const PEOPLE: &str = contoso!("people.toml");
/// Requirements.
pub const REQUIREMENTS: &str = contoso!("requirements.csv");
/// Test cases.
pub const CASES: &str = contoso!("test-cases.csv");
/// Defects found in acceptance.
pub const DEFECTS: &str = contoso!("defects.csv");
/// The usage profile.
pub const ESTIMATE: &str = contoso!("estimate.toml");
/// What the load test must reach.
pub const LOAD_TARGETS: &str = contoso!("load-targets.csv");
/// What the load test measured.
pub const LOAD_TEST: &str = contoso!("load-test.json");
/// Answers to the checklist.
pub const ANSWERS: &str = contoso!("answers.toml");
/// Results of the system integration test.
pub const SIT: &str = contoso!("results/sit.csv");
/// Results of the first acceptance cycle.
pub const UAT_1: &str = contoso!("results/uat-1.csv");
/// Results of the first acceptance cycle, run by machine.
pub const UAT_1_AUTOMATED: &str = contoso!("results/uat-1-automated.xml");
/// Results of the second acceptance cycle.
pub const UAT_2: &str = contoso!("results/uat-2.csv");
/// Results of the second acceptance cycle, run by machine.
pub const UAT_2_AUTOMATED: &str = contoso!("results/uat-2-automated.xml");
/// The customisation analysis.
pub const ANALYSIS: &[u8] =
    include_bytes!("../../../../examples/contoso/customisation-analysis.xlsx");
/// The application.
pub const BLUEPRINT: &str = include_str!("../../../../blueprints/demo-erp.toml");

macro_rules! sources {
    ($($name:literal)*) => {
        &[$(($name, include_str!(concat!("../../../../examples/packages/", $name)))),*]
    };
}

/// Sources of the packages: name below the folder of packages, and text.
const PACKAGES: &[(&str, &str)] = sources![
    "contoso-1.0/modules/garden_pricing/migrations/0001_season_prices.sql"
    "contoso-1.0/modules/garden_pricing/module.toml"
    "contoso-1.0/modules/item/migrations/0001_items.sql"
    "contoso-1.0/modules/item/module.toml"
    "contoso-1.0/modules/ledger/migrations/0001_ledger.sql"
    "contoso-1.0/modules/ledger/module.toml"
    "contoso-1.0/modules/party/migrations/0001_parties.sql"
    "contoso-1.0/modules/party/module.toml"
    "contoso-1.0/modules/shop_link/migrations/0001_orders.sql"
    "contoso-1.0/modules/shop_link/module.toml"
    "contoso-1.0/package.toml"
    "contoso-1.1-missing/modules/garden_pricing/migrations/0001_season_prices.sql"
    "contoso-1.1-missing/modules/garden_pricing/migrations/0002_discounts.sql"
    "contoso-1.1-missing/modules/garden_pricing/module.toml"
    "contoso-1.1-missing/modules/item/migrations/0001_items.sql"
    "contoso-1.1-missing/modules/item/migrations/0002_category.sql"
    "contoso-1.1-missing/modules/item/module.toml"
    "contoso-1.1-missing/modules/ledger/migrations/0001_ledger.sql"
    "contoso-1.1-missing/modules/ledger/migrations/0002_reference.sql"
    "contoso-1.1-missing/modules/ledger/module.toml"
    "contoso-1.1-missing/modules/party/migrations/0001_parties.sql"
    "contoso-1.1-missing/modules/party/migrations/0002_tax_number.sql"
    "contoso-1.1-missing/modules/party/module.toml"
    "contoso-1.1-missing/package.toml"
    "contoso-1.1.1/modules/garden_pricing/migrations/0001_season_prices.sql"
    "contoso-1.1.1/modules/garden_pricing/migrations/0002_discounts.sql"
    "contoso-1.1.1/modules/garden_pricing/module.toml"
    "contoso-1.1.1/modules/item/migrations/0001_items.sql"
    "contoso-1.1.1/modules/item/migrations/0002_category.sql"
    "contoso-1.1.1/modules/item/module.toml"
    "contoso-1.1.1/modules/ledger/migrations/0001_ledger.sql"
    "contoso-1.1.1/modules/ledger/migrations/0002_reference.sql"
    "contoso-1.1.1/modules/ledger/module.toml"
    "contoso-1.1.1/modules/party/migrations/0001_parties.sql"
    "contoso-1.1.1/modules/party/migrations/0002_tax_number.sql"
    "contoso-1.1.1/modules/party/module.toml"
    "contoso-1.1.1/modules/shop_link/migrations/0001_orders.sql"
    "contoso-1.1.1/modules/shop_link/migrations/0002_order_lines.sql"
    "contoso-1.1.1/modules/shop_link/migrations/0003_refused_orders.sql"
    "contoso-1.1.1/modules/shop_link/module.toml"
    "contoso-1.1.1/package.toml"
    "contoso-1.1/modules/garden_pricing/migrations/0001_season_prices.sql"
    "contoso-1.1/modules/garden_pricing/migrations/0002_discounts.sql"
    "contoso-1.1/modules/garden_pricing/module.toml"
    "contoso-1.1/modules/item/migrations/0001_items.sql"
    "contoso-1.1/modules/item/migrations/0002_category.sql"
    "contoso-1.1/modules/item/module.toml"
    "contoso-1.1/modules/ledger/migrations/0001_ledger.sql"
    "contoso-1.1/modules/ledger/migrations/0002_reference.sql"
    "contoso-1.1/modules/ledger/module.toml"
    "contoso-1.1/modules/party/migrations/0001_parties.sql"
    "contoso-1.1/modules/party/migrations/0002_tax_number.sql"
    "contoso-1.1/modules/party/module.toml"
    "contoso-1.1/modules/shop_link/migrations/0001_orders.sql"
    "contoso-1.1/modules/shop_link/migrations/0002_order_lines.sql"
    "contoso-1.1/modules/shop_link/module.toml"
    "contoso-1.1/package.toml"
    "contoso-1.2-broken/modules/garden_pricing/migrations/0001_season_prices.sql"
    "contoso-1.2-broken/modules/garden_pricing/migrations/0002_discounts.sql"
    "contoso-1.2-broken/modules/garden_pricing/migrations/0003_finer_discounts.sql"
    "contoso-1.2-broken/modules/garden_pricing/module.toml"
    "contoso-1.2-broken/modules/item/migrations/0001_items.sql"
    "contoso-1.2-broken/modules/item/migrations/0002_category.sql"
    "contoso-1.2-broken/modules/item/module.toml"
    "contoso-1.2-broken/modules/ledger/migrations/0001_ledger.sql"
    "contoso-1.2-broken/modules/ledger/migrations/0002_reference.sql"
    "contoso-1.2-broken/modules/ledger/module.toml"
    "contoso-1.2-broken/modules/party/migrations/0001_parties.sql"
    "contoso-1.2-broken/modules/party/migrations/0002_tax_number.sql"
    "contoso-1.2-broken/modules/party/module.toml"
    "contoso-1.2-broken/modules/shop_link/migrations/0001_orders.sql"
    "contoso-1.2-broken/modules/shop_link/migrations/0002_order_lines.sql"
    "contoso-1.2-broken/modules/shop_link/module.toml"
    "contoso-1.2-broken/package.toml"
];

/// Writes the sources of the packages below this folder.
pub fn write_packages(folder: &Path) -> Result<()> {
    for (name, text) in PACKAGES {
        let file = folder.join(name);
        if let Some(parent) = file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(file, text)?;
    }
    Ok(())
}
