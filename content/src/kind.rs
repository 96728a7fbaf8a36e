// SPDX-License-Identifier: Apache-2.0

//! The kind of a file, by its first bytes (S0-57, S2-11).
//!
//! Bytes decide, since a name is easily wrong. A name decides between kinds that begin alike: compressed genome data are
//! gzip like much else.

/// Bytes from the beginning of a file that are looked at.
pub const LOOKED_AT: usize = 512;

/// The kind of a file that carries no words about itself.
pub const DOCUMENT: &str = "Document";

/// The media type of a file of which nothing is known.
pub const ANY: &str = "application/octet-stream";

/// The media type of DICOM files (RFC 3240).
pub const DICOM: &str = "application/dicom";

/// The kind of genome data: sequences, alignments and variants.
const GENOME: &str = "Genome";
/// The kind of photographs and other pictures.
const IMAGE: &str = "Image";

/// A file's kind and media type, for its record's sealed header.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileKind {
    /// The kind of record, such as `Genome`.
    pub kind: &'static str,
    /// The media type.
    pub media_type: &'static str,
}

/// Compressed genome data by the end of their names.
const COMPRESSED: [(&str, &str); 5] = [
    (".vcf.gz", "application/x-vcf+gzip"),
    (".vcf.bgz", "application/x-vcf+gzip"),
    (".fastq.gz", "application/x-fastq+gzip"),
    (".fq.gz", "application/x-fastq+gzip"),
    (".bam", "application/x-bam"),
];

/// The kind of a file that begins with `first` and has this name.
///
/// ```
/// use salus_content::kind::of;
///
/// let variants = of(b"##fileformat=VCFv4.4\n##source=example\n", "anything");
/// assert_eq!((variants.kind, variants.media_type), ("Genome", "text/x-vcf"));
/// assert_eq!(of(b"hello", "letter").media_type, "application/octet-stream");
/// ```
pub fn of(first: &[u8], name: &str) -> FileKind {
    let genome = |media_type| FileKind { kind: GENOME, media_type };
    if first.starts_with(b"##fileformat=VCF") {
        return genome("text/x-vcf");
    }
    if first.starts_with(b"BCF\x02") {
        return genome("application/x-bcf");
    }
    if first.starts_with(b"CRAM") {
        return genome("application/x-cram");
    }
    if is_fastq(first) {
        return genome("text/x-fastq");
    }
    // `DICM` stands where the crate looks for other formats' bytes as well.
    if is_dicom(first) {
        return FileKind { kind: "DICOM", media_type: DICOM };
    }
    let Some(found) = infer::get(first) else { return FileKind { kind: DOCUMENT, media_type: ANY } };
    let media_type = found.mime_type();
    if media_type == "application/gzip" {
        let name = name.to_ascii_lowercase();
        if let Some((_, media_type)) = COMPRESSED.iter().find(|(end, _)| name.ends_with(end)) {
            return genome(media_type);
        }
    }
    let kind = if media_type.starts_with("image/") { IMAGE } else { DOCUMENT };
    FileKind { kind, media_type }
}

/// Whether a file that begins with `first` says that it is DICOM.
pub fn is_dicom(first: &[u8]) -> bool {
    first.get(128..132) == Some(b"DICM")
}

/// Whether a file's name says that it is DICOM.
pub fn is_named_like_dicom(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".dcm", ".dicom"].iter().any(|end| name.ends_with(end))
}

/// Whether the first lines are a read of FASTQ: a name after `@`, bases, and a line that begins with `+`.
fn is_fastq(first: &[u8]) -> bool {
    let mut lines = first.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let is_name = lines.next().is_some_and(|line| line.len() > 1 && line.starts_with(b"@"));
    let bases = lines.next().unwrap_or_default();
    let are_bases = !bases.is_empty() && bases.iter().all(|base| b"ACGTUNacgtun.".contains(base));
    is_name && are_bases && lines.next().is_some_and(|line| line.starts_with(b"+"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(first: &[u8], name: &str) -> (&'static str, &'static str) {
        let FileKind { kind, media_type } = of(first, name);
        (kind, media_type)
    }

    // S0-57: genome data are typed.
    #[test]
    fn genome_data_are_known_by_their_first_bytes() {
        assert_eq!(kind(b"##fileformat=VCFv4.2\n", "x"), ("Genome", "text/x-vcf"));
        assert_eq!(kind(b"@read1\nACGTN\n+\nIIIII\n", "x"), ("Genome", "text/x-fastq"));
        assert_eq!(kind(b"@read1\r\nACGTN\r\n+read1\r\nIIIII\r\n", "x"), ("Genome", "text/x-fastq"));
        assert_eq!(kind(b"CRAM\x03\x00", "x"), ("Genome", "application/x-cram"));
        assert_eq!(kind(b"BCF\x02\x02", "x"), ("Genome", "application/x-bcf"));
        let gzip = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff";
        assert_eq!(kind(gzip, "Exome.VCF.gz"), ("Genome", "application/x-vcf+gzip"));
        assert_eq!(kind(gzip, "reads.bam"), ("Genome", "application/x-bam"));
        assert_eq!(kind(gzip, "letters.tar.gz"), ("Document", "application/gzip"));
        // A name alone makes no genome.
        assert_eq!(kind(b"hello", "reads.vcf.gz"), ("Document", ANY));
        for other in [&b"@"[..], b"@a\n", b"@a\nhello\n+\n", b"@a\nACGT\n-\n", b"mail@a\nACGT\n+\n"] {
            assert_eq!(kind(other, "x"), ("Document", ANY));
        }
    }

    // S1-41, S2-11
    #[test]
    fn pictures_and_documents_have_their_media_types() {
        assert_eq!(kind(b"%PDF-1.7\n", "x"), ("Document", "application/pdf"));
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n", "x"), ("Image", "image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0", "x"), ("Image", "image/jpeg"));
        let scan = [&[0; 128][..], b"DICM"].concat();
        assert_eq!(kind(&scan, "x"), ("DICOM", DICOM));
        assert!(is_dicom(&scan) && !is_dicom(&scan[..131]) && !is_dicom(b"DICM"));
        assert!(is_named_like_dicom("Scan.DCM") && !is_named_like_dicom("dcm"));
    }

    #[test]
    fn any_other_file_is_a_document() {
        for first in [&b""[..], b"\0", b"hello\n", &[0xff; LOOKED_AT]] {
            assert_eq!(kind(first, ""), ("Document", ANY));
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_have_a_kind(first: Vec<u8>, name: String) {
            let FileKind { media_type, .. } = of(&first, &name);
            proptest::prop_assert!(salus_primitives::text::is_printable(media_type));
        }
    }
}
