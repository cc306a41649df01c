//! The command `package`: makes a deployable package (schema `golive.package/1`) from a folder of sources.
//!
//! The same sources always give the same bytes: entries are sorted and carry no time.

use crate::args::Args;
use crate::failure::Failure;
use crate::say;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Runs the command.
pub fn run(args: &Args) -> Result<Value, Failure> {
    let into = args.path("into")?;
    let bytes = build(&args.path("folder")?)?;
    std::fs::write(&into, &bytes)?;
    let digest = format!("sha256:{}", hex::encode(Sha256::digest(&bytes)));
    say(format!("{} bytes, {digest}", bytes.len()));
    Ok(json!({ "into": into.display().to_string(), "bytes": bytes.len(), "digest": digest }))
}

/// The zip of a folder that holds `package.toml` and `modules/`.
pub fn build(folder: &Path) -> Result<Vec<u8>, Failure> {
    let mut files = vec![PathBuf::from("package.toml")];
    collect(folder, Path::new("modules"), &mut files)?;
    files.sort();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    let bad = |error: zip::result::ZipError| {
        Failure::refused(format!("the package cannot be written: {error}"))
    };
    for file in files {
        let path = folder.join(&file);
        let bytes = std::fs::read(&path).map_err(|error| {
            Failure::refused(format!("{} cannot be read: {error}", path.display()))
        })?;
        zip.start_file(file.to_string_lossy(), options).map_err(bad)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish().map_err(bad)?.into_inner())
}

fn collect(root: &Path, inside: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let folder = root.join(inside);
    let entries = std::fs::read_dir(&folder).map_err(|error| {
        Failure::refused(format!("{} cannot be read: {error}", folder.display()))
    })?;
    for entry in entries {
        let entry = entry?;
        let path = inside.join(entry.file_name());
        if entry.file_type()?.is_dir() { collect(root, &path, files)? } else { files.push(path) }
    }
    Ok(())
}
