//! Reads CSV records: UTF-8 or UTF-16 by byte-order mark, any line ends, records of limited size.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    rc::Rc,
};

use encoding_rs_io::DecodeReaderBytesBuilder;

use super::{Column, Fault};

/// The maximum size of a record, in bytes.
const LONGEST: u64 = 1024 * 1024;
/// The maximum number of columns.
const WIDEST: usize = 200;

/// The offsets of line ends that were read and not yet counted, in bytes from the start.
#[derive(Default)]
struct Ends {
    at: VecDeque<u64>,
    read: u64,
    last: u8,
}

impl Ends {
    fn see(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            // CR LF is one line end, at the CR.
            if byte == b'\r' || (byte == b'\n' && self.last != b'\r') {
                self.at.push_back(self.read);
            }
            self.last = byte;
            self.read += 1;
        }
    }

    /// The number of line ends before an offset.
    fn before(&mut self, place: u64) -> u64 {
        let count = self.at.iter().take_while(|at| **at < place).count();
        self.at.drain(..count);
        count as u64
    }
}

/// A reader that records line ends, adds a missing last one, and stops a record that is too long: an unclosed quote would otherwise
/// read the rest of the file into memory.
struct Limited<R> {
    inner: R,
    since: Rc<Cell<u64>>,
    ends: Rc<RefCell<Ends>>,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since.get() > LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a record of more than one megabyte"));
        }
        let mut n = self.inner.read(buffer)?;
        let mut ends = self.ends.borrow_mut();
        if n == 0 && !buffer.is_empty() && ends.read > 0 && !matches!(ends.last, b'\n' | b'\r') {
            buffer[0] = b'\n';
            n = 1;
        }
        ends.see(&buffer[..n]);
        self.since.set(self.since.get() + n as u64);
        Ok(n)
    }
}

/// The number of line ends within a cell.
fn ends_in(cell: &[u8]) -> u64 {
    let mut ends = Ends::default();
    ends.see(cell);
    ends.at.len() as u64
}

/// A CSV file, read record by record.
pub(super) struct Records {
    reader: csv::Reader<Box<dyn Read>>,
    since: Rc<Cell<u64>>,
    ends: Rc<RefCell<Ends>>,
    /// The row of the last record as a spreadsheet counts it: empty lines count, line ends within cells do not.
    row: u64,
    pub columns: Vec<Column>,
}

impl Records {
    /// Opens a file and reads its header.
    pub(super) fn open(path: &Path) -> Result<Self, Vec<Fault>> {
        let one = |message: String| vec![Fault { line: 1, column: String::new(), message }];
        let file = File::open(path).map_err(|cause| one(format!("The file can't be read: {cause}")))?;
        let since = Rc::new(Cell::new(0));
        let ends = Rc::new(RefCell::new(Ends::default()));
        // UTF-16 is decoded by its mark; anything else passes unchanged, so that invalid UTF-8 is reported with its line.
        let decoded = DecodeReaderBytesBuilder::new().utf8_passthru(true).strip_bom(true).build(BufReader::new(file));
        let inner: Box<dyn Read> = Box::new(Limited { inner: decoded, since: since.clone(), ends: ends.clone() });
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(inner);
        let mut head = csv::ByteRecord::new();
        match reader.read_byte_record(&mut head) {
            Ok(true) => {}
            Ok(false) => return Err(one("The file is empty: the first line must name the columns".into())),
            Err(cause) => return Err(one(message(&cause))),
        }
        let mut records = Self { reader, since, ends, row: 0, columns: Vec::new() };
        records.count(&head);
        let first = records.row;
        let mut columns = Vec::new();
        let mut faults = Vec::new();
        if head.len() > WIDEST {
            return Err(one(format!("The file has {} columns, more than any order has: is this the right file?", head.len())));
        }
        for cell in &head {
            let name = String::from_utf8_lossy(cell).into_owned();
            match Column::find(&name) {
                Some(column) if columns.contains(&column) => {
                    faults.push(Fault { line: first, column: name, message: "This column appears twice".into() });
                }
                Some(column) => columns.push(column),
                None => {
                    let known = Column::all().into_iter().map(Column::name).collect::<Vec<_>>().join(", ");
                    let message = format!("Orders have no such column. The columns are: {known}.");
                    faults.push(Fault { line: first, column: domain::page::shorten(&name), message });
                }
            }
        }
        records.columns = columns;
        if faults.is_empty() { Ok(records) } else { Err(faults) }
    }

    /// Reads the next record with its row; `None` at the end, and after a read error.
    pub(super) fn next(&mut self) -> Option<(u64, Result<Vec<String>, Fault>)> {
        let mut record = csv::ByteRecord::new();
        self.since.set(0);
        match self.reader.read_byte_record(&mut record) {
            Ok(false) => None,
            Ok(true) => {
                self.count(&record);
                Some((self.row, self.cells(self.row, &record)))
            }
            Err(cause) => Some((0, Err(Fault { line: self.row + 1, column: String::new(), message: message(&cause) }))),
        }
    }

    /// Counts the rows up to the end of a record.
    fn count(&mut self, record: &csv::ByteRecord) {
        let lines = self.ends.borrow_mut().before(self.reader.position().byte());
        // An unclosed quote has no line end of its own.
        self.row += lines.saturating_sub(record.iter().map(ends_in).sum()).max(1);
    }

    fn cells(&self, line: u64, record: &csv::ByteRecord) -> Result<Vec<String>, Fault> {
        let wrong = |column: String, message: String| Fault { line, column, message };
        if record.len() != self.columns.len() {
            let message = format!(
                "The number of cells in this line ({}) doesn't match the number of columns ({}): check for a missing or extra comma",
                record.len(),
                self.columns.len()
            );
            return Err(wrong(String::new(), message));
        }
        record
            .iter()
            .zip(&self.columns)
            .map(|(cell, column)| {
                let text = std::str::from_utf8(cell)
                    .map_err(|_| wrong(column.name().to_owned(), "This isn't UTF-8 text: save the file as UTF-8".into()))?;
                Ok(super::plain(text).to_owned())
            })
            .collect()
    }
}

fn message(cause: &csv::Error) -> String {
    match cause.kind() {
        csv::ErrorKind::Io(cause) if cause.kind() == io::ErrorKind::InvalidData => {
            "This line is longer than one megabyte: is a quotation mark missing?".into()
        }
        _ => format!("The rest of the file can't be read: {cause}"),
    }
}
