//! Packages of every format, and packages that are not right.

use super::*;
use crate::limits::tests::{gibibyte_of_zeros, zipped};
use golive_core::package::{Format, Kind};

const PACKAGE: &str = r#"schema = "golive.package/1"
id = "contoso-1.1"
version = "1.1"
title = "Release candidate"
kind = "all-in-one"
platform = "10.0"
removals = ["edi"]

[[module]]
name = "party"
version = "1.1"
depends = []

[[module]]
name = "ledger"
version = "1.0"
depends = ["party >= 1.0"]
"#;
const PARTY: &str = "name = \"party\"\nversion = \"1.1\"\ntitle = \"Customers\"\n";
const LEDGER: &str =
    "name = \"ledger\"\nversion = \"1.0\"\ntitle = \"Ledger\"\ndepends = [\"party >= 1.0\"]\n";

/// The entries of a good package, with some exchanged and some added.
fn golive(with: &[(&str, &str)]) -> Vec<u8> {
    let mut entries = vec![
        ("package.toml", PACKAGE),
        ("modules/party/module.toml", PARTY),
        ("modules/party/migrations/0001_parties.sql", "create table party (id integer);"),
        ("modules/party/migrations/0002_names.sql", "alter table party add name text;"),
        ("modules/ledger/module.toml", LEDGER),
    ];
    for (name, text) in with {
        entries.retain(|(old, _)| old != name);
        entries.push((name, text));
    }
    let entries: Vec<(&str, &[u8])> =
        entries.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    zipped(&entries)
}

fn package(bytes: Vec<u8>) -> Package {
    read("p.zip", Cursor::new(bytes)).unwrap()
}

fn refused(bytes: Vec<u8>) -> Vec<String> {
    read("p.zip", Cursor::new(bytes)).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn golives_own_package_is_read_with_modules_migrations_and_removals() {
    let bytes = golive(&[("README.md", "read me")]);
    let size = bytes.len() as u64;
    let package = package(bytes);
    assert_eq!(
        (package.name.as_str(), package.kind, package.format),
        ("contoso-1.1", Kind::AllInOne, Format::Golive)
    );
    assert_eq!((package.size, package.removals.as_slice()), (size, &["edi".to_owned()][..]));
    assert!(package.digest.starts_with("sha256:"));
    let modules: Vec<(&str, &str, u32)> = package
        .modules
        .iter()
        .map(|m| (m.name.as_str(), m.version.as_str(), m.migrations))
        .collect();
    assert_eq!(modules, [("party", "1.1", 2), ("ledger", "1.0", 0)]);
    assert_eq!(package.modules[1].depends, [dependency("party >= 1.0").unwrap()]);
}

#[test]
fn a_description_that_is_not_right_names_its_line() {
    let bad = PACKAGE
        .replace("kind = \"all-in-one\"", "kind = \"some\"")
        .replace("version = \"1.1\"\ntitle", "version = \"new\"\ntitle")
        .replace("party >= 1.0", "party > 1.0")
        + "colour = \"red\"\n";
    assert_eq!(
        refused(golive(&[("package.toml", &bad)])),
        [
            "p.zip/package.toml:18: expected one of `name`, `version`, `depends`; found unknown field `colour`",
            "p.zip/package.toml:3: expected a version such as 10.4.2; found new",
            "p.zip/package.toml:5: expected all-in-one, application, platform, merged, commerce, data-upgrade, unified; \
             found some",
        ]
    );
    let bare = "schema = \"golive.package/1\"\n";
    assert_eq!(refused(golive(&[("package.toml", bare)])).len(), 5);
}

#[test]
fn what_is_in_the_archive_must_be_what_the_description_says() {
    let other =
        "name = \"party\"\nversion = \"1.2\"\ntitle = \"Customers\"\ndepends = [\"item\"]\n";
    assert_eq!(
        refused(golive(&[
            ("modules/party/module.toml", other),
            ("modules/party/migrations/0002_again.sql", ""),
            ("modules/party/migrations/first.sql", ""),
            ("modules/tax/module.toml", PARTY),
            ("setup.exe", ""),
        ])),
        [
            "p.zip entry modules/party/migrations/0002_names.sql: expected each number once; found 0002 again",
            "p.zip entry modules/party/migrations/first.sql: expected migrations/NNNN_name.sql; found first.sql",
            "p.zip entry modules/tax/module.toml: expected a module that package.toml declares; found tax",
            "p.zip entry setup.exe: expected package.toml, README.md, LICENSE or modules/…; found another file",
            "p.zip entry modules/party/module.toml: expected version = \"1.1\"; found 1.2",
            "p.zip entry modules/party/module.toml: expected depends as in package.toml; found item",
        ]
    );
}

const INFO: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<HotfixInstallationInfo xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <Name>Contoso 10.4.2</Name><Description>All own modules</Description><Version>10.4.2.0</Version>
  <Publisher/><Type>ApplicationPackage</Type><PlatformVersion>7.0.7120.0</PlatformVersion>
  <MetadataModuleList><string>dynamicsax-contosoquota.2027.2.1.0</string></MetadataModuleList>
  <AllComponentList><ArrayOfString><string>contosoquota</string></ArrayOfString></AllComponentList>
</HotfixInstallationInfo>"#;
const MANIFEST: &str = r#"<?xml version="1.0"?><package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata><id>dynamicsax-contosoquota</id><version>2027.2.1.0</version><title>Quota</title>
  <dependencies><group><dependency id="dynamicsax-applicationsuite" version="[10.0.1, )"/></group>
  <dependency id="dynamicsax-directory"/></dependencies></metadata></package>"#;

fn dynamics(info: &str, manifest: &str, removals: &str) -> Vec<u8> {
    let nupkg = zipped(&[
        ("_rels/.rels", b"<r/>"),
        ("dynamicsax-contosoquota.nuspec", manifest.as_bytes()),
    ]);
    zipped(&[
        ("HotfixInstallationInfo.xml", info.as_bytes()),
        ("AXUpdateInstaller.exe", b"MZ"),
        ("AOSService/Packages/dynamicsax-contosoquota.2027.2.1.0.nupkg", &nupkg),
        ("AOSService/Packages/files/dynamicsax-contosoquota.2027.2.1.0.zip", b"payload"),
        ("AOSService/Scripts/ModuleToRemove.txt", removals.as_bytes()),
    ])
}

#[test]
fn f111_the_deployable_package_of_dynamics_is_read_with_modules_dependencies_and_removals() {
    let package = package(dynamics(INFO, MANIFEST, "ContosoEdi\r\n\r\n"));
    assert_eq!((package.name.as_str(), package.kind), ("Contoso 10.4.2", Kind::Application));
    assert_eq!(package.platform.unwrap().as_str(), "7.0.7120.0");
    assert_eq!(package.removals, ["contosoedi"]);
    let module = &package.modules[0];
    assert_eq!((module.name.as_str(), module.version.as_str()), ("contosoquota", "2027.2.1.0"));
    let needs =
        [dependency("applicationsuite >= 10.0.1").unwrap(), dependency("directory").unwrap()];
    assert_eq!(module.depends, needs);
}

#[test]
fn a_deployable_package_that_contradicts_itself_is_refused_with_its_entries() {
    let other =
        INFO.replace("2027.2.1.0", "2027.2.2.0").replace("ApplicationPackage", "SurprisePackage");
    assert_eq!(
        refused(dynamics(&other, MANIFEST, "two words\n")),
        [
            "p.zip entry HotfixInstallationInfo.xml: expected a module package for contosoquota.2027.2.2.0; found none",
            "p.zip entry HotfixInstallationInfo.xml: expected contosoquota.2027.2.1.0 in MetadataModuleList; \
             found it is not listed",
            "p.zip entry AOSService/Scripts/ModuleToRemove.txt: expected one module a line; found two words",
            "p.zip entry HotfixInstallationInfo.xml: expected a Type that is known, such as ApplicationPackage; \
             found SurprisePackage",
        ]
    );
    let entity = format!("<!DOCTYPE x [<!ENTITY a \"b\">]>\n{MANIFEST}")
        .replace("<?xml version=\"1.0\"?>", "");
    let name = "p.zip/AOSService/Packages/dynamicsax-contosoquota.2027.2.1.0.nupkg";
    let expected = format!("{name}:1: expected no document type; found <!DOCTYPE …>");
    assert_eq!(refused(dynamics(INFO, &entity, ""))[0], expected);
    assert_eq!(
        refused(zipped(&[("HotfixInstallationInfo.xml", b"<other/>")])),
        ["p.zip/HotfixInstallationInfo.xml:1: expected <HotfixInstallationInfo>; found <other>"]
    );
}

#[test]
fn a_unified_package_is_read_by_the_meaning_of_its_fields() {
    let definition = br#"{"Versions": {"PlatformVersion": "7.0.7120.0", "PackageVersion": "1.2.0.0"}, "ModuleName": "ContosoQuota"}"#;
    let managed = zipped(&[("fnomoduledefinition.json", definition)]);
    let config = br#"<configdatastorage><externalpackages><package type="xpp" filename="ContosoQuota_managed.zip"/></externalpackages></configdatastorage>"#;
    let unified = |managed: &[u8]| {
        zipped(&[
            ("TemplatePackage.dll", b"MZ"),
            ("PackageAssets/ImportConfig.xml", config),
            ("PackageAssets/ContosoQuota_managed.zip", managed),
        ])
    };
    let read = package(unified(&managed));
    assert_eq!((read.kind, read.modules[0].name.as_str()), (Kind::Unified, "contosoquota"));
    assert_eq!(read.modules[0].version.as_str(), "1.2.0.0");
    let entry = "p.zip entry PackageAssets/ContosoQuota_managed.zip";
    let empty = zipped(&[("readme.txt", b"")]);
    assert_eq!(
        refused(unified(&empty)),
        [format!("{entry}: expected fnomoduledefinition.json; found none")]
    );
    let bare = zipped(&[("fnomoduledefinition.json", b"{}")]);
    let expected = "expected a module's name and package version; found a definition without them";
    assert_eq!(refused(unified(&bare)), [format!("{entry}: {expected}")]);
}

#[test]
fn an_archive_that_is_no_package_or_a_bomb_is_refused() {
    assert_eq!(
        refused(zipped(&[("a.txt", b"")])),
        [
            "p.zip: expected package.toml, HotfixInstallationInfo.xml or PackageAssets/ImportConfig.xml; found a.txt"
        ]
    );
    let bomb = refused(gibibyte_of_zeros());
    assert_eq!(bomb.len(), 1);
    assert!(bomb[0].contains("expected at most 200 times its packed size"), "{}", bomb[0]);
    let inside = zipped(&[
        ("HotfixInstallationInfo.xml", INFO.as_bytes()),
        ("AOSService/Packages/dynamicsax-bomb.1.nupkg", &gibibyte_of_zeros()),
    ]);
    // One MB of almost nothing but zeros packs well itself; the archive inside is refused by its own ratio.
    let nested = refused(inside);
    assert!(nested[0].contains("times its packed size"), "{}", nested[0]);
}

#[test]
fn the_packages_of_the_example_project_are_read() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/packages");
    for name in
        ["contoso-1.0", "contoso-1.1", "contoso-1.1-missing", "contoso-1.1.1", "contoso-1.2-broken"]
    {
        let mut entries = Vec::new();
        gather(&folder.join(name), "", &mut entries);
        let entries: Vec<(&str, &[u8])> =
            entries.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
        let package = package(zipped(&entries));
        assert_eq!(package.name, name);
        assert!(package.modules.iter().all(|module| module.migrations > 0));
    }
}

fn gather(folder: &std::path::Path, inside: &str, entries: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{inside}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            gather(&entry.path(), &format!("{name}/"), entries);
        } else {
            entries.push((name, std::fs::read(entry.path()).unwrap()));
        }
    }
}
