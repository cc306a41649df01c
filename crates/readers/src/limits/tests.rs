//! Archives that try to do harm.

use super::*;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

/// A zip archive of these entries, in this order.
pub(crate) fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An archive of stored entries with names that no tool would write.
fn by_hand(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let half = |n: usize| u16::try_from(n).unwrap().to_le_bytes();
    let full = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for (name, data) in entries {
        let start = file.len();
        let mut fields = vec![20, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        fields.extend([full(data.len()), full(data.len())].concat());
        fields.extend([half(name.len()), [0, 0]].concat());
        file.extend([&b"PK\x03\x04"[..], &fields, name.as_bytes(), data].concat());
        directory.extend(
            [&b"PK\x01\x02\x14\x00"[..], &fields, &[0; 10], &full(start), name.as_bytes()].concat(),
        );
    }
    let at = file.len();
    file.extend(&directory);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([half(entries.len()), half(entries.len())].concat());
    file.extend([full(directory.len()), full(at)].concat());
    file.extend([0, 0]);
    file
}

/// An archive of about one MB that unpacks to one GiB; kept packed once more.
pub(crate) fn gibibyte_of_zeros() -> Vec<u8> {
    let outer = &include_bytes!("../../tests/data/one-gibibyte-of-zeros.zip.zip")[..];
    let mut outer = ZipArchive::new(Cursor::new(outer)).unwrap();
    let mut inner = Vec::new();
    outer.by_index(0).unwrap().read_to_end(&mut inner).unwrap();
    inner
}

fn refused(bytes: Vec<u8>) -> Vec<String> {
    let opened = Archive::open("bad.zip", Cursor::new(bytes), Limits::PACKAGE);
    opened.err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn names_that_lead_out_of_the_archive_are_refused_each_with_its_entry() {
    let names =
        ["../../etc/passwd", "/etc/passwd", "a\\..\\b", "C:/windows", "a//b", "a/./b", "a\u{7}b"];
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, &b"x"[..])).collect();
    assert_eq!(
        refused(by_hand(&entries)),
        [
            "bad.zip entry ../../etc/passwd: expected a name inside the archive; found a part that is empty, `.` or `..`",
            "bad.zip entry /etc/passwd: expected a name inside the archive; found an absolute name",
            "bad.zip entry a/../b: expected a name inside the archive; found a part that is empty, `.` or `..`",
            "bad.zip entry C:/windows: expected a name inside the archive; found a colon, as in a drive's name",
            "bad.zip entry a//b: expected a name inside the archive; found a part that is empty, `.` or `..`",
            "bad.zip entry a/./b: expected a name inside the archive; found a part that is empty, `.` or `..`",
            "bad.zip entry a\u{fffd}b: expected a name inside the archive; found a control character",
        ]
    );
}

#[test]
fn a_name_that_is_there_twice_is_refused_even_in_other_letters() {
    let twice = by_hand(&[("package.toml", b"one"), ("package.toml", b"two")]);
    assert!(refused(twice)[0].contains("each name once"));
    let case = zipped(&[("Package.toml", b"one"), ("package.toml", b"two")]);
    assert_eq!(
        refused(case),
        ["bad.zip entry package.toml: expected each name once; found it is there again"]
    );
}

#[test]
fn a_link_is_refused() {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.add_symlink("modules", "/etc", SimpleFileOptions::default()).unwrap();
    let bytes = zip.finish().unwrap().into_inner();
    assert_eq!(
        refused(bytes),
        ["bad.zip entry modules: expected a file or folder; found a symbolic link"]
    );
}

#[test]
fn one_gibibyte_of_zeros_is_refused_by_its_ratio() {
    assert_eq!(
        refused(gibibyte_of_zeros()),
        [
            "bad.zip entry zeros: expected at most 200 times its packed size; found 1073741824 bytes from 1043638"
        ]
    );
}

#[test]
fn one_gibibyte_of_zeros_that_calls_itself_small_is_refused_while_it_unpacks() {
    let mut bytes = gibibyte_of_zeros();
    let size = (1_u32 << 30).to_le_bytes();
    let places: Vec<usize> = (0..bytes.len() - 3).filter(|&at| bytes[at..at + 4] == size).collect();
    assert_eq!(places.len(), 2, "the entry and the directory");
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1000_u32.to_le_bytes());
    }
    let mut archive = Archive::open("bad.zip", Cursor::new(bytes), Limits::PACKAGE).unwrap();
    let error = archive.verify().unwrap_err().remove(0);
    let found = "File is larger than its declared uncompressed size";
    assert_eq!(
        error.to_string(),
        format!("bad.zip entry zeros: expected an undamaged entry; found {found}")
    );
}

#[test]
fn reading_stops_at_the_limit_and_at_the_ratio_whatever_the_directory_says() {
    let loose = Limits { ratio: u64::MAX, ..Limits::PACKAGE };
    let mut archive = Archive::open("bad.zip", Cursor::new(gibibyte_of_zeros()), loose).unwrap();
    let error = archive.read("zeros", 4 << 20).unwrap_err();
    assert_eq!(
        error.to_string(),
        "bad.zip entry zeros: expected at most 4194304 bytes; found more, when unpacked"
    );
    archive.limits.ratio = 2;
    let error = archive.read("zeros", 4 << 20).unwrap_err().to_string();
    assert!(
        error.starts_with("bad.zip entry zeros: expected at most 2 times its packed size; found "),
        "{error}"
    );
}

#[test]
fn too_many_entries_and_a_file_that_is_no_archive_are_refused() {
    assert!(
        refused(b"PK but no zip".to_vec())[0]
            .starts_with("bad.zip: expected a zip archive; found ")
    );
    let few = Limits { entries: 1, ..Limits::PACKAGE };
    let bytes = zipped(&[("a", b""), ("b", b"")]);
    let error = Archive::open("bad.zip", Cursor::new(bytes), few).err().unwrap().remove(0);
    assert_eq!(error.to_string(), "bad.zip: expected at most 1 entries; found 2 entries");
}

#[test]
fn a_damaged_entry_is_named() {
    let mut bytes = zipped(&[("a.txt", b"all is well, all is well, all is well")]);
    let at = bytes.windows(5).position(|window| window == b"a.txt").unwrap() + 5;
    bytes[at + 3] ^= 0xff;
    let mut archive = Archive::open("bad.zip", Cursor::new(bytes), Limits::PACKAGE).unwrap();
    let error = archive.verify().unwrap_err().remove(0);
    assert!(
        error.to_string().starts_with("bad.zip entry a.txt: expected an undamaged entry; found ")
    );
}
