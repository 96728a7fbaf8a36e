// SPDX-License-Identifier: Apache-2.0

//! A sealed record in one file: the record format of S4-16.
//!
//! | bytes | field of S4-16 | value |
//! |---|---|---|
//! | 8 | – | magic `SALUSRF` and the format's number, 1 |
//! | 1 | State | [`RecordState::code`] |
//! | 32 | Patient Code | a salted hash of the chart; never a name, nor a hash of one |
//! | 32 | Patient Group Key | SHA-256 of the compartment's public key in the epoch of the version |
//! | 2 | Patient Hash Length | length of the next field, little-endian: 1 to 64 |
//! | … | Patient Hash Data | the version's content id: SHA-256 of the next field but one |
//! | 8 | – | length of the last field, little-endian |
//! | … | Encrypted Result Data | the sealed blob (docs/adr/0002-blob-format.md) |
//!
//! Nothing follows the last field. A blob may have gigabytes, so [`RecordHead`] is read and written alone, and the blob
//! streams. [`RecordFile`] has both, for blobs in memory.

use salus_primitives::{records::RecordState, ChartId, Digest};
use sha2::{Digest as _, Sha256};

const MAGIC: [u8; 8] = *b"SALUSRF\x01";

/// Bytes of Patient Hash Data, at most.
pub const MAX_HASH: usize = 64;

/// Bytes before Encrypted Result Data, at most.
pub const MAX_HEAD: usize = 8 + 1 + 32 + 32 + 2 + MAX_HASH + 8;

/// Bytes of Encrypted Result Data, at most: the largest blob, with room to spare (512 TiB).
pub const MAX_RESULT: u64 = 1 << 49;

/// Patient Hash Data: 1 to [`MAX_HASH`] bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HashData(Vec<u8>);

impl HashData {
    /// The hash with these bytes; none if it has no bytes, or more than [`MAX_HASH`].
    pub fn new(bytes: &[u8]) -> Option<Self> {
        (1..=MAX_HASH).contains(&bytes.len()).then(|| Self(bytes.to_vec()))
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Digest> for HashData {
    fn from(digest: Digest) -> Self {
        Self(digest.0.to_vec())
    }
}

/// Everything of a record file before its sealed blob.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordHead {
    /// State: the record's state when the file was written.
    pub state: RecordState,
    /// Patient Code: see [`patient_code`].
    pub patient_code: Digest,
    /// Patient Group Key: see [`group_key`].
    pub group_key: Digest,
    /// Patient Hash Length and Patient Hash Data.
    pub hash: HashData,
    /// Bytes of Encrypted Result Data.
    pub result_length: u64,
}

/// A record file in memory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RecordFile<'a> {
    /// State: the record's state when the file was written.
    pub state: RecordState,
    /// Patient Code: see [`patient_code`].
    pub patient_code: Digest,
    /// Patient Group Key: see [`group_key`].
    pub group_key: Digest,
    /// Patient Hash Length and Patient Hash Data.
    pub hash: HashData,
    /// Encrypted Result Data: the sealed blob.
    pub result: &'a [u8],
}

/// Bytes are not a record file.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordFileError {
    /// They do not begin like one.
    #[error("it is not a record file")]
    NotARecordFile,
    /// They end within a field.
    #[error("it is cut off")]
    CutOff,
    /// The state has a number that Salus does not know.
    #[error("its state has the unknown number `{0}`")]
    UnknownState(u8),
    /// Patient Hash Length is 0, or more than [`MAX_HASH`].
    #[error("its Patient Hash Length is `{0}`, and 1 to {MAX_HASH} are possible")]
    HashLength(u16),
    /// The blob has another length than the file says, or one that no blob has.
    #[error("its Encrypted Result Data have another length than it says")]
    ResultLength,
    /// Patient Hash Data are not the SHA-256 of Encrypted Result Data.
    #[error("its Patient Hash Data are not the hash of its Encrypted Result Data: the file was altered")]
    Altered,
}

impl RecordHead {
    /// The bytes of all fields before Encrypted Result Data.
    pub fn encode(&self) -> Vec<u8> {
        let hash = self.hash.as_bytes();
        let length = u16::try_from(hash.len()).unwrap_or(u16::MAX);
        let mut bytes = Vec::with_capacity(MAX_HEAD);
        bytes.extend(MAGIC);
        bytes.push(self.state.code());
        bytes.extend(self.patient_code.0);
        bytes.extend(self.group_key.0);
        bytes.extend(length.to_le_bytes());
        bytes.extend(hash);
        bytes.extend(self.result_length.to_le_bytes());
        bytes
    }

    /// Reads the fields at the beginning of `bytes`; returns them with their length in bytes. [`MAX_HEAD`] bytes suffice.
    pub fn decode(bytes: &[u8]) -> Result<(Self, usize), RecordFileError> {
        let mut rest = bytes;
        // A file that is cut off within the magic is none.
        if take::<8>(&mut rest) != Ok(MAGIC) {
            return Err(RecordFileError::NotARecordFile);
        }
        let [state] = take(&mut rest)?;
        let state = RecordState::from_code(state).ok_or(RecordFileError::UnknownState(state))?;
        let (patient_code, group_key) = (Digest(take(&mut rest)?), Digest(take(&mut rest)?));
        let length = u16::from_le_bytes(take(&mut rest)?);
        if length == 0 || usize::from(length) > MAX_HASH {
            return Err(RecordFileError::HashLength(length));
        }
        let (hash, after) = rest.split_at_checked(length.into()).ok_or(RecordFileError::CutOff)?;
        rest = after;
        let hash = HashData::new(hash).ok_or(RecordFileError::HashLength(length))?;
        let result_length = u64::from_le_bytes(take(&mut rest)?);
        if result_length > MAX_RESULT {
            return Err(RecordFileError::ResultLength);
        }
        Ok((Self { state, patient_code, group_key, hash, result_length }, bytes.len().saturating_sub(rest.len())))
    }

    /// Whether `digest`, the SHA-256 of Encrypted Result Data, is Patient Hash Data.
    pub fn check(&self, digest: &Digest) -> Result<(), RecordFileError> {
        match self.hash.as_bytes() == digest.0 {
            true => Ok(()),
            false => Err(RecordFileError::Altered),
        }
    }
}

impl<'a> RecordFile<'a> {
    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let Self { state, patient_code, group_key, ref hash, result } = *self;
        let head =
            RecordHead { state, patient_code, group_key, hash: hash.clone(), result_length: result.len() as u64 };
        let mut bytes = head.encode();
        bytes.extend(result);
        bytes
    }

    /// Reads a file. The hash is not compared: [`RecordFile::check`] does that.
    pub fn decode(bytes: &'a [u8]) -> Result<Self, RecordFileError> {
        let (head, length) = RecordHead::decode(bytes)?;
        let result = bytes.get(length..).unwrap_or_default();
        match head.result_length.cmp(&(result.len() as u64)) {
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => return Err(RecordFileError::CutOff),
            std::cmp::Ordering::Less => return Err(RecordFileError::ResultLength),
        }
        let RecordHead { state, patient_code, group_key, hash, .. } = head;
        Ok(Self { state, patient_code, group_key, hash, result })
    }

    /// Whether Patient Hash Data are the SHA-256 of Encrypted Result Data.
    pub fn check(&self) -> Result<(), RecordFileError> {
        match self.hash.as_bytes() == Sha256::digest(self.result).as_slice() {
            true => Ok(()),
            false => Err(RecordFileError::Altered),
        }
    }
}

/// The code of a patient: SHA-256 of a domain tag, a secret of who writes the file, the network and the chart.
///
/// All files of one writer about one chart have the same code in one network. It says nothing to others: without the salt,
/// trying all charts finds none. `salt` is derived from a key of the writer, and never published.
pub fn patient_code(salt: &[u8; 32], genesis: &Digest, chart: ChartId) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"salus/record-file/patient/1");
    hash.update(salt);
    hash.update(genesis.0);
    hash.update(chart.0.to_le_bytes());
    Digest(hash.finalize().into())
}

/// The fingerprint of a compartment's public key in one epoch.
pub fn group_key(public_key: &[u8; 32]) -> Digest {
    let mut hash = Sha256::new();
    hash.update(b"salus/record-file/group/1");
    hash.update(public_key);
    Digest(hash.finalize().into())
}

/// The next `N` bytes.
fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], RecordFileError> {
    let (taken, after) = rest.split_first_chunk().ok_or(RecordFileError::CutOff)?;
    *rest = after;
    Ok(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(result: &[u8]) -> RecordFile<'_> {
        RecordFile {
            state: RecordState::Active,
            patient_code: patient_code(&[7; 32], &Digest([1; 32]), ChartId(3)),
            group_key: group_key(&[2; 32]),
            hash: Digest(Sha256::digest(result).into()).into(),
            result,
        }
    }

    // S4-16
    #[test]
    fn six_fields_stand_in_their_places() {
        let bytes = file(b"sealed").encode();
        assert_eq!(bytes.len(), 8 + 1 + 32 + 32 + 2 + 32 + 8 + 6);
        assert_eq!((&bytes[..8], bytes[8]), (&b"SALUSRF\x01"[..], 1));
        assert_eq!(bytes[9..41], patient_code(&[7; 32], &Digest([1; 32]), ChartId(3)).0);
        assert_eq!(bytes[41..73], group_key(&[2; 32]).0);
        assert_eq!(bytes[73..75], [32, 0]);
        assert_eq!(bytes[75..107], Sha256::digest(b"sealed")[..]);
        assert_eq!((&bytes[107..115], &bytes[115..]), (&[6, 0, 0, 0, 0, 0, 0, 0][..], &b"sealed"[..]));
    }

    // S4-16
    #[test]
    fn a_length_that_does_not_fit_is_refused() {
        let whole = file(b"sealed").encode();
        for length in 0..whole.len() {
            let expected = if length < 8 { RecordFileError::NotARecordFile } else { RecordFileError::CutOff };
            assert_eq!(RecordFile::decode(&whole[..length]), Err(expected), "{length}");
        }
        let longer = [whole.as_slice(), b"x"].concat();
        assert_eq!(RecordFile::decode(&longer), Err(RecordFileError::ResultLength));
        for wrong in [0, 65, u16::MAX] {
            let mut bytes = whole.clone();
            bytes[73..75].copy_from_slice(&wrong.to_le_bytes());
            assert_eq!(RecordFile::decode(&bytes), Err(RecordFileError::HashLength(wrong)));
        }
        let mut endless = whole.clone();
        endless[107..115].copy_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(RecordFile::decode(&endless), Err(RecordFileError::ResultLength));
        let mut unknown = whole;
        unknown[8] = 9;
        assert_eq!(RecordFile::decode(&unknown), Err(RecordFileError::UnknownState(9)));
    }

    #[test]
    fn an_altered_result_is_told() {
        let bytes = file(b"sealed").encode();
        assert_eq!(RecordFile::decode(&bytes).unwrap().check(), Ok(()));
        let mut altered = bytes.clone();
        *altered.last_mut().unwrap() ^= 1;
        assert_eq!(RecordFile::decode(&altered).unwrap().check(), Err(RecordFileError::Altered));
        let (head, length) = RecordHead::decode(&bytes).unwrap();
        assert_eq!(head.check(&Digest(Sha256::digest(&bytes[length..]).into())), Ok(()));
        assert_eq!(head.check(&Digest([0; 32])), Err(RecordFileError::Altered));
        // A hash of another length is not a SHA-256, whatever its beginning.
        let beginning = HashData::new(&Sha256::digest(b"sealed")[..31]).unwrap();
        assert_eq!(RecordFile { hash: beginning, ..file(b"sealed") }.check(), Err(RecordFileError::Altered));
    }

    #[test]
    fn a_patient_code_depends_on_salt_network_and_chart() {
        let code = |salt, genesis, chart| patient_code(&[salt; 32], &Digest([genesis; 32]), ChartId(chart));
        let codes = [code(1, 1, 1), code(2, 1, 1), code(1, 2, 1), code(1, 1, 2)];
        let different: std::collections::BTreeSet<_> = codes.iter().map(|code| code.0).collect();
        assert_eq!(different.len(), 4);
        assert_eq!(code(1, 1, 1), code(1, 1, 1));
    }

    proptest! {
        // S4-16
        #[test]
        fn any_record_file_round_trips(
            state in proptest::sample::select(RecordState::ALL.to_vec()),
            patient_code: [u8; 32],
            group_key: [u8; 32],
            hash in proptest::collection::vec(any::<u8>(), 1..=MAX_HASH),
            result: Vec<u8>,
        ) {
            let file = RecordFile {
                state,
                patient_code: Digest(patient_code),
                group_key: Digest(group_key),
                hash: HashData::new(&hash).unwrap(),
                result: &result,
            };
            let bytes = file.encode();
            let decoded = RecordFile::decode(&bytes).unwrap();
            prop_assert_eq!(&decoded, &file);
            prop_assert_eq!(decoded.encode(), bytes);
        }

        #[test]
        fn any_bytes_are_a_record_file_or_an_error(mut bytes: Vec<u8>, like_one: bool) {
            if like_one {
                bytes.splice(..0, MAGIC);
            }
            if let Ok(file) = RecordFile::decode(&bytes) {
                prop_assert_eq!(file.encode(), bytes);
            }
        }
    }
}
