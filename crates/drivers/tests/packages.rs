//! The example packages are what the package reader takes for packages.

use golive_demo_erp::package::build;
use std::io::Cursor;
use std::path::Path;

#[test]
fn every_example_package_is_read_with_its_modules() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/packages");
    for (name, version, modules) in [
        ("contoso-1.0", "1.0", 5),
        ("contoso-1.1", "1.1", 5),
        ("contoso-1.1-missing", "1.1", 4),
        ("contoso-1.1.1", "1.1.1", 5),
        ("contoso-1.2-broken", "1.2", 5),
    ] {
        let bytes = build(&folder.join(name)).expect("the sources are complete");
        let package = golive_readers::package::read(name, Cursor::new(bytes)).expect("it is right");
        assert_eq!(
            (package.version.to_string().as_str(), package.modules.len()),
            (version, modules),
            "{name}"
        );
    }
}
