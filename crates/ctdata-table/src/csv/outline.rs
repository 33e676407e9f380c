//! Finds the end and the cells of one record, eight bytes at a time.
//!
//! Case files are wide and mostly empty, so that a cell with its separator has about 1.5 bytes. All
//! separators in a machine word are therefore found at once, and bytes are looked at one by one
//! only where a quote, a line end or another control character shows up.
//!
//! # Sources
//! The zero-byte tests on words: H. S. Warren, *Hacker's Delight*, 2nd ed. 2013, §6-1. The
//! flattening of bit masks to positions without a branch per bit: G. Langdale, D. Lemire, *Parsing
//! Gigabytes of JSON per Second*, 2019, §3.2.

/// Bytes after the text that a word may reach into; the zeros stop the scan.
pub(super) const PADDING: usize = 8;

/// The shape of one record.
pub(super) struct Outline {
    /// Its length without the line end.
    pub(super) bytes: usize,
    pub(super) cells: usize,
    /// Whether a cell is quoted.
    pub(super) quoted: bool,
    /// Line ends within quotes.
    pub(super) inner_lines: u64,
}

/// Why a record could not be outlined.
pub(super) enum Stop {
    /// The text read so far ends before the record does; where the quote was opened if it ends
    /// inside quotes.
    End {
        open_quote: Option<usize>,
    },
    Nul {
        at: usize,
    },
    /// There is no room for the cell starts.
    TooManyCells,
}

/// Finds the record at the start of `bytes`, of which `end` are text and the rest is padding, and
/// writes the cell starts.
pub(super) fn outline(bytes: &[u8], end: usize, separator: u8, starts: &mut [u32]) -> Result<Outline, Stop> {
    let text = bytes.get(..end).unwrap_or_default();
    let separators = repeat(separator);
    // `starts[0]` is always 0; `cells` is the index of the cell being read.
    let (mut at, mut cells) = (0, 0);
    let (mut quoted, mut inner_lines) = (false, 0);
    loop {
        let Some(word) = bytes.get(at..).and_then(<[u8]>::first_chunk) else {
            return Err(Stop::End { open_quote: None });
        };
        let Some(room) = starts.get_mut(cells + 1..).and_then(<[u32]>::first_chunk_mut) else {
            return Err(Stop::TooManyCells);
        };
        let word = u64::from_le_bytes(*word);
        let separator_bits = zero_bytes(word ^ separators);
        let control_bits = special_bytes(word, separator_bits);
        if control_bits == 0 {
            write_starts(room, at, separator_bits);
            cells += count(separator_bits);
            at += 8;
            continue;
        }
        // The place after the first control character is written too: it ends the last cell if that
        // is a line end.
        let control = control_bits & control_bits.wrapping_neg();
        let separator_bits = separator_bits & (control - 1);
        write_starts(room, at, separator_bits | control);
        cells += count(separator_bits);
        at += control.trailing_zeros() as usize / 8;
        let byte = bytes.get(at).copied();
        if byte == Some(b'\n') {
            return Ok(Outline { bytes: at, cells: cells + 1, quoted, inner_lines });
        }
        match byte {
            Some(b'\r') => {
                return Ok(Outline { bytes: at, cells: cells + 1, quoted, inner_lines });
            }
            Some(0) if at < end => return Err(Stop::Nul { at }),
            Some(0) | None => return Err(Stop::End { open_quote: None }),
            Some(b'"') if starts.get(cells).is_some_and(|start| *start as usize == at) => {
                quoted = true;
                // Files that quote one cell often quote the next one too.
                loop {
                    at = quoted_end(text, at, &mut inner_lines)?;
                    if bytes.get(at) != Some(&separator) {
                        break;
                    }
                    at += 1;
                    cells += 1;
                    let Some(place) = starts.get_mut(cells) else {
                        return Err(Stop::TooManyCells);
                    };
                    *place = place_in_record(at);
                    if bytes.get(at) != Some(&b'"') {
                        break;
                    }
                }
            }
            Some(_) => at += 1,
        }
    }
}

/// The place after the closing quote of the cell whose opening quote is at `open`.
#[inline]
fn quoted_end(text: &[u8], open: usize, lines: &mut u64) -> Result<usize, Stop> {
    let mut at = open + 1;
    loop {
        match text.get(at) {
            Some(b'"') if text.get(at + 1) == Some(&b'"') => at += 2,
            // At the end of the text read so far what follows is still to come, and may be a quote:
            // then the record is not complete either, and is looked at again.
            Some(b'"') => return Ok(at + 1),
            Some(0) => return Err(Stop::Nul { at }),
            Some(byte) => {
                let ends = *byte == b'\r' || (*byte == b'\n' && text.get(at - 1) != Some(&b'\r'));
                *lines += u64::from(ends);
                at += 1;
            }
            None => {
                return Err(Stop::End { open_quote: Some(open) });
            }
        }
    }
}

/// Removes quotes in place, moving cells together.
pub(super) fn unquote(bytes: &mut [u8], starts: &mut [u32]) {
    let (mut from, mut to) = (0, 0);
    for start in starts.iter_mut().skip(1) {
        let end = *start as usize - 1;
        to = match bytes.get(from..end) {
            Some([b'"', inside @ .., b'"']) if !inside.contains(&b'"') => shift(bytes, from + 1, end - 1, to),
            Some([b'"', ..]) => unquote_cell(bytes, from + 1, end, to),
            _ => shift(bytes, from, end, to),
        } + 1;
        from = end + 1;
        *start = place_in_record(to);
    }
}

/// Moves bytes to the left, and returns the place after them. Cells are too short for a call of
/// `memmove` to pay.
#[inline]
#[expect(clippy::indexing_slicing, reason = "`to <= from <= end`, and cells are within the record")]
fn shift(bytes: &mut [u8], from: usize, end: usize, to: usize) -> usize {
    for at in from..end {
        bytes[to + at - from] = bytes[at];
    }
    to + (end - from)
}

/// Moves what follows an opening quote to the left, without the quotes, and returns the place after
/// it.
#[expect(clippy::indexing_slicing, reason = "`to < from <= end`, and cells are within the record")]
fn unquote_cell(bytes: &mut [u8], mut from: usize, end: usize, mut to: usize) -> usize {
    let mut inside = true;
    while from < end {
        let byte = bytes[from];
        from += 1;
        if inside && byte == b'"' {
            // Two quotes are one; after the closing quote, whatever follows is text, quotes
            // included.
            inside = from < end && bytes[from] == b'"';
            if !inside {
                continue;
            }
            from += 1;
        }
        bytes[to] = byte;
        to += 1;
    }
    to
}

/// The number of line ends: LF, CRLF or CR.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut before = 0;
    for &byte in bytes {
        count += u64::from(byte == b'\r' || (byte == b'\n' && before != b'\r'));
        before = byte;
    }
    count
}

const fn repeat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH: u64 = repeat(0x80);

/// The high bit of each byte that is zero, exactly.
const fn zero_bytes(word: u64) -> u64 {
    !(((word & !HIGH) + !HIGH) | word) & HIGH
}

/// The high bit of each byte that is a quote or below 14 (NUL, LF, CR among them) and not a
/// separator. Only the lowest bit is exact: a borrow can set bits above it.
const fn special_bytes(word: u64, separators: u64) -> u64 {
    let controls = (word | separators).wrapping_sub(repeat(14)) & !(word | separators);
    let quotes = word ^ repeat(b'"');
    (controls | (quotes.wrapping_sub(repeat(1)) & !quotes)) & HIGH
}

/// For each set of bits in a byte: their numbers, counted from 1, in order.
#[expect(clippy::indexing_slicing, reason = "evaluated when it is compiled")]
const POSITIONS: [[u32; 8]; 256] = {
    let mut table = [[0; 8]; 256];
    let mut set = 0;
    while set < 256 {
        let (mut bit, mut count) = (0, 0);
        while bit < 8 {
            if set >> bit & 1 == 1 {
                table[set][count] = bit + 1;
                count += 1;
            }
            bit += 1;
        }
        set += 1;
    }
    table
};

/// Writes the places after the bytes of one word whose high bits are given. Eight are written in
/// any case: without a loop there is no branch to guess wrong.
#[inline]
fn write_starts(room: &mut [u32; 8], at: usize, bits: u64) {
    let set = ((bits >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56) as usize;
    let base = place_in_record(at);
    let positions = POSITIONS.get(set).unwrap_or(&[0; 8]);
    *room = positions.map(|position| base + position);
}

#[expect(clippy::cast_possible_truncation, reason = "records are shorter than 4 GiB")]
const fn place_in_record(at: usize) -> u32 {
    at as u32
}

/// The number of bytes whose high bits are given.
#[inline]
const fn count(bits: u64) -> usize {
    ((bits >> 7).wrapping_mul(repeat(1)) >> 56) as usize
}
