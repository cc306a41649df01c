//! The deployable package of Dynamics 365: `HotfixInstallationInfo.xml`, modules as nupkg files, `ModuleToRemove.txt`.

use super::{Errors, MOST_TEXT, Stamp, nested};
use crate::limits::Archive;
use crate::source::Invalid;
use crate::xml::{Piece, Xml};
use golive_core::package::{Dependency, Format, Kind, Module, Package};
use golive_core::version_set::Version;
use std::collections::BTreeMap;
use std::io::{Read, Seek};

pub(super) const MARKER: &str = "HotfixInstallationInfo.xml";
const MODULES: &str = "AOSService/Packages/";
const REMOVALS: &str = "AOSService/Scripts/ModuleToRemove.txt";
/// What the names of module packages begin with.
const PREFIX: &str = "dynamicsax-";
/// Modules of one package.
const MOST_MODULES: usize = 2_000;

/// What the marker says.
#[derive(Default)]
struct Info {
    name: String,
    title: String,
    version: String,
    kind: String,
    platform: String,
    /// `name.version` of each module.
    modules: Vec<String>,
}

pub(super) fn read<R: Read + Seek>(
    file: &str,
    archive: &mut Archive<R>,
    stamp: Stamp,
) -> Result<Package, Vec<Invalid>> {
    let info = info(file, archive)?;
    let mut errors = Errors::new(file);
    let modules = modules(archive, &mut errors)?;
    listed(&info, &modules, &mut errors);
    let removals = removals(archive, &mut errors)?;
    let platform =
        if info.platform.is_empty() { None } else { errors.version(MARKER, &info.platform) };
    let version =
        if info.version.is_empty() { Some(none()) } else { errors.version(MARKER, &info.version) };
    let kind = kind(&info, &modules, &mut errors);
    match (version, kind) {
        (Some(version), Some(kind)) if errors.all.is_empty() => Ok(Package {
            name: if info.name.is_empty() {
                file.trim_end_matches(".zip").to_owned()
            } else {
                info.name
            },
            version,
            title: info.title,
            kind,
            format: Format::Dynamics,
            platform,
            modules,
            removals,
            digest: stamp.digest,
            size: stamp.size,
        }),
        (_, _) => Err(errors.all),
    }
}

/// The version of a package that does not say its own.
fn none() -> Version {
    "0".parse().expect("0 is a version")
}

fn info<R: Read + Seek>(file: &str, archive: &mut Archive<R>) -> Result<Info, Vec<Invalid>> {
    let one = |error: Invalid| vec![error];
    let bytes = archive.read(MARKER, MOST_TEXT).map_err(one)?;
    parse_info(&format!("{file}/{MARKER}"), &bytes).map_err(one)
}

/// Elements are known by their names, wherever they stand below the root; others are passed over.
fn parse_info(file: &str, bytes: &[u8]) -> Result<Info, Invalid> {
    let mut xml = Xml::new(file, bytes, bytes.len())?;
    match xml.piece()? {
        Piece::Open { name, .. } if name == "HotfixInstallationInfo" => {}
        Piece::Open { name, .. } => {
            return Err(xml.wrong("<HotfixInstallationInfo>", format!("<{name}>")));
        }
        Piece::Text(_) | Piece::Close { .. } | Piece::End => {
            return Err(xml.wrong("<HotfixInstallationInfo>", "no element"));
        }
    }
    let mut info = Info::default();
    loop {
        match xml.piece()? {
            Piece::Open { name, .. } => match name.as_str() {
                "Name" => info.name = value(&mut xml)?,
                "Description" => info.title = value(&mut xml)?,
                "Version" => info.version = value(&mut xml)?,
                "Type" => info.kind = value(&mut xml)?,
                "PlatformVersion" => info.platform = value(&mut xml)?,
                "MetadataModuleList" => info.modules = values(&mut xml)?,
                _ => xml.skip()?,
            },
            Piece::Close { .. } | Piece::End => return Ok(info),
            Piece::Text(_) => {}
        }
    }
}

fn value(xml: &mut Xml<'_>) -> Result<String, Invalid> {
    Ok(xml.inner_text(2_000)?.trim().to_owned())
}

/// The texts of the elements inside.
fn values(xml: &mut Xml<'_>) -> Result<Vec<String>, Invalid> {
    let mut all = Vec::new();
    loop {
        match xml.piece()? {
            Piece::Open { .. } => all.push(value(xml)?),
            Piece::Close { .. } | Piece::End => return Ok(all),
            Piece::Text(_) => {}
        }
    }
}

/// The module packages, by their own manifests.
fn modules<R: Read + Seek>(
    archive: &mut Archive<R>,
    errors: &mut Errors<'_>,
) -> Result<Vec<Module>, Vec<Invalid>> {
    let is_module = |name: &&str| {
        let inside = name.strip_prefix(MODULES);
        inside.is_some_and(|rest| !rest.contains('/') && rest.to_lowercase().ends_with(".nupkg"))
    };
    let entries: Vec<String> = archive.names().filter(is_module).map(str::to_owned).collect();
    if entries.len() > MOST_MODULES {
        errors.at(MODULES, format!("at most {MOST_MODULES} modules"), entries.len().to_string());
        return Ok(Vec::new());
    }
    let mut modules: BTreeMap<String, Module> = BTreeMap::new();
    for entry in entries {
        let Some(manifest) = nested(archive, &entry, ".nuspec")? else {
            errors.at(&entry, "a manifest (*.nuspec)", "none");
            continue;
        };
        let file = format!("{}/{entry}", archive.file());
        let Some(module) = manifest_of(&file, &entry, &manifest, errors) else { continue };
        if let Some(twice) = modules.insert(module.name.clone(), module) {
            errors.at(&entry, "each module once", format!("{} again", twice.name));
        }
    }
    Ok(modules.into_values().collect())
}

fn manifest_of(file: &str, entry: &str, bytes: &[u8], errors: &mut Errors<'_>) -> Option<Module> {
    let (id, version, depends) = match manifest(file, bytes) {
        Ok(read) => read,
        Err(error) => {
            errors.all.push(error);
            return None;
        }
    };
    if id.is_empty() {
        errors.at(entry, "an id in the manifest", "none");
        return None;
    }
    let version = errors.version(entry, &version)?;
    let depends = depends
        .into_iter()
        .map(|(id, version)| Dependency { module: module_name(&id), at_least: least(&version) })
        .collect();
    Some(Module { name: module_name(&id), version, depends, migrations: 0 })
}

type Manifest = (String, String, Vec<(String, String)>);

/// Id, version and dependencies of a `.nuspec`; dependencies may stand in groups.
fn manifest(file: &str, bytes: &[u8]) -> Result<Manifest, Invalid> {
    let mut xml = Xml::new(file, bytes, bytes.len())?;
    let (mut id, mut version, mut depends) = (String::new(), String::new(), Vec::new());
    loop {
        match xml.piece()? {
            Piece::Open { name, attributes, .. } => match name.as_str() {
                "package" | "metadata" | "dependencies" | "group" => {}
                "id" => id = value(&mut xml)?,
                "version" => version = value(&mut xml)?,
                "dependency" => {
                    let field = |name: &str| attributes.get(name).cloned().unwrap_or_default();
                    depends.push((field("id"), field("version")));
                    xml.skip()?;
                }
                _ => xml.skip()?,
            },
            Piece::End => return Ok((id, version, depends)),
            Piece::Text(_) | Piece::Close { .. } => {}
        }
    }
}

/// `dynamicsax-applicationsuite` is the module `applicationsuite`.
fn module_name(id: &str) -> String {
    let lower = id.trim().to_lowercase();
    lower.strip_prefix(PREFIX).map_or(lower.clone(), str::to_owned)
}

/// The lower end of `1.0`, `[1.0]` or `[1.0, 2.0)`; without one, any version will do.
fn least(range: &str) -> Option<Version> {
    let inner = range.trim().trim_matches(['[', ']', '(', ')']);
    inner.split(',').next()?.trim().parse().ok()
}

/// The list in the marker and the files are the same modules.
fn listed(info: &Info, modules: &[Module], errors: &mut Errors<'_>) {
    let file_of = |module: &Module| format!("{}.{}", module.name, module.version).to_lowercase();
    let there: Vec<String> = modules.iter().map(file_of).collect();
    let said: Vec<String> = info.modules.iter().map(|name| module_name(name)).collect();
    for name in said.iter().filter(|name| !there.contains(name)) {
        errors.at(MARKER, format!("a module package for {name}"), "none");
    }
    if !said.is_empty() {
        for name in there.iter().filter(|name| !said.contains(name)) {
            errors.at(MARKER, format!("{name} in MetadataModuleList"), "it is not listed");
        }
    }
}

fn removals<R: Read + Seek>(
    archive: &mut Archive<R>,
    errors: &mut Errors<'_>,
) -> Result<Vec<String>, Vec<Invalid>> {
    if !archive.has(REMOVALS) {
        return Ok(Vec::new());
    }
    let one = |error: Invalid| vec![error];
    let bytes = archive.read(REMOVALS, MOST_TEXT).map_err(one)?;
    let file = format!("{}/{REMOVALS}", archive.file());
    let text = crate::source::text(&file, &bytes, bytes.len()).map_err(one)?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut removals = Vec::new();
    for line in lines {
        if line.contains(char::is_whitespace) || line.len() > 120 {
            errors.at(REMOVALS, "one module a line", line);
        } else {
            removals.push(module_name(line));
        }
    }
    Ok(removals)
}

/// `ApplicationPackage` is an application package; a package without modules is one of the platform.
fn kind(info: &Info, modules: &[Module], errors: &mut Errors<'_>) -> Option<Kind> {
    match info.kind.to_lowercase().as_str() {
        "applicationpackage" => Some(Kind::Application),
        "mergedpackage" => Some(Kind::Merged),
        "platformpackage" | "platformupdatepackage" => Some(Kind::Platform),
        "" => Some(if modules.is_empty() { Kind::Platform } else { Kind::Application }),
        _ => {
            errors.at(
                MARKER,
                "a Type that is known, such as ApplicationPackage",
                info.kind.clone(),
            );
            None
        }
    }
}
