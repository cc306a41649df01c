//! Documents that try to do harm.

use super::*;

fn all(bytes: &[u8]) -> Result<Vec<Piece>, Invalid> {
    let mut xml = Xml::new("r.xml", bytes, 1 << 20)?;
    let mut pieces = Vec::new();
    loop {
        match xml.piece()? {
            Piece::End => return Ok(pieces),
            piece => pieces.push(piece),
        }
    }
}

#[test]
fn elements_text_and_the_five_entities_are_read() {
    let pieces =
        all(b"<?xml version=\"1.0\"?>\n<a x:b=\"1 &lt; 2\">one &amp; &#50;<![CDATA[<3>]]></a>")
            .unwrap();
    let attributes = BTreeMap::from([("b".to_owned(), "1 < 2".to_owned())]);
    assert_eq!(pieces[0], Piece::Open { name: "a".into(), attributes, line: 2 });
    let text: String = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Text(text) => Some(text.as_str()),
            Piece::Open { .. } | Piece::Close { .. } | Piece::End => None,
        })
        .collect();
    assert_eq!(text.trim(), "one & 2<3>");
}

#[test]
fn nested_entities_are_refused_before_they_grow() {
    let bomb = b"<?xml version=\"1.0\"?>\n<!DOCTYPE lolz [\n <!ENTITY a \"ha\">\n <!ENTITY b \"&a;&a;&a;\">\n]>\n<r>&b;</r>";
    let error = all(bomb).unwrap_err();
    assert_eq!(error.to_string(), "r.xml:5: expected no document type; found <!DOCTYPE …>");
    let error = all(b"<r>\n&b;</r>").unwrap_err();
    assert_eq!(error.to_string(), "r.xml:2: expected no entities but the five of XML; found &b;");
    let error = all(b"<r a=\"&b;\"/>").unwrap_err();
    assert!(
        error.to_string().starts_with("r.xml:1: expected a well-formed attribute; found "),
        "{error}"
    );
}

#[test]
fn too_deep_not_well_formed_and_cut_documents_name_their_line() {
    let deep = format!("<r>\n{}", "<a>".repeat(100));
    assert_eq!(
        all(deep.as_bytes()).unwrap_err().to_string(),
        "r.xml:2: expected elements at most 64 deep; found a deeper one"
    );
    let crossed = all(b"<r>\n<a>\n</b></r>").unwrap_err().to_string();
    assert!(crossed.starts_with("r.xml:3: expected well-formed XML; found "), "{crossed}");
    let cut = all(b"<r>\n<a>").unwrap_err().to_string();
    assert_eq!(cut, "r.xml:2: expected the end of every element; found the end of the file");
}
