//! Opens text files, compressed or not.

use std::fmt;
use std::fs::{File, Metadata};
use std::io::{self, Chain, Cursor, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

/// A text file being read. What is compressed with gzip is known by its first bytes, not by its
/// name.
pub struct Input {
    stream: Stream,
    bytes: Option<u64>,
}

enum Stream {
    Plain(Chain<Cursor<Vec<u8>>, File>),
    Gzip(Box<MultiGzDecoder<Chain<Cursor<Vec<u8>>, File>>>),
}

/// The inner error of an [`io::Error`] from a damaged or cut-off gzip file.
#[derive(Debug, thiserror::Error)]
#[error("the gzip stream is broken: {0}")]
pub struct BrokenGzip(
    /// What the decoder met.
    pub String,
);

/// Opens a file, plain or compressed with gzip (also in several members).
///
/// # Errors
/// If the file cannot be opened or its first bytes not be read.
pub fn open(path: &Path) -> io::Result<Input> {
    let mut file = File::open(path)?;
    // A pipe has a length of 0, which says nothing.
    let bytes = file.metadata().ok().filter(Metadata::is_file).map(|about| about.len());
    let mut magic = Vec::with_capacity(GZIP.len());
    file.by_ref().take(GZIP.len() as u64).read_to_end(&mut magic)?;
    let compressed = magic == GZIP;
    let whole = Cursor::new(magic).chain(file);
    Ok(if compressed {
        Input { stream: Stream::Gzip(Box::new(MultiGzDecoder::new(whole))), bytes: None }
    } else {
        Input { stream: Stream::Plain(whole), bytes }
    })
}

impl Input {
    /// The length of the text in bytes; `None` if it is compressed or not a regular file.
    pub fn byte_length(&self) -> Option<u64> {
        self.bytes
    }
}

/// Shows nothing of the text.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Input").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.stream {
            Stream::Plain(file) => file.read(buffer),
            Stream::Gzip(decoder) => decoder.read(buffer).map_err(|error| match error.kind() {
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                    io::Error::new(io::ErrorKind::InvalidData, BrokenGzip(error.to_string()))
                }
                _ => error,
            }),
        }
    }
}

const GZIP: &[u8] = &[0x1F, 0x8B];
