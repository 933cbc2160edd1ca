//! A file as records: UTF-8 or UTF-16 by its byte-order mark, any line end, and an end to lines that have none.

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

/// The most bytes of a record.
const LONGEST: u64 = 1024 * 1024;
/// The most columns of a file.
const WIDEST: usize = 200;

/// Where lines end in what was read so far and not yet counted, in bytes from the beginning.
#[derive(Default)]
struct Ends {
    at: VecDeque<u64>,
    read: u64,
    last: u8,
}

impl Ends {
    fn see(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            // A CR LF is one end, at its CR.
            if byte == b'\r' || (byte == b'\n' && self.last != b'\r') {
                self.at.push_back(self.read);
            }
            self.last = byte;
            self.read += 1;
        }
    }

    /// How many lines end before a place.
    fn before(&mut self, place: u64) -> u64 {
        let count = self.at.iter().take_while(|at| **at < place).count();
        self.at.drain(..count);
        count as u64
    }
}

/// Sees where lines end, ends the last one where it has no end, and stops a record that does not end: an unclosed quote would otherwise
/// swallow the rest of the file, and the memory with it.
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

/// The ends of lines within a cell.
fn ends_in(cell: &[u8]) -> u64 {
    let mut ends = Ends::default();
    ends.see(cell);
    ends.at.len() as u64
}

/// A file, record by record.
pub(super) struct Records {
    reader: csv::Reader<Box<dyn Read>>,
    since: Rc<Cell<u64>>,
    ends: Rc<RefCell<Ends>>,
    /// The row of the last record as a spreadsheet counts them: empty lines count, line ends within cells do not.
    row: u64,
    pub columns: Vec<Column>,
}

impl Records {
    /// Opens a file and reads its heads.
    pub(super) fn open(path: &Path) -> Result<Self, Vec<Fault>> {
        let one = |message: String| vec![Fault { line: 1, column: String::new(), message }];
        let file = File::open(path).map_err(|cause| one(format!("The file cannot be read: {cause}.")))?;
        let since = Rc::new(Cell::new(0));
        let ends = Rc::new(RefCell::new(Ends::default()));
        // UTF-16 is decoded by its mark; anything else passes as it is, so that what is no UTF-8 is found by its line.
        let decoded = DecodeReaderBytesBuilder::new().utf8_passthru(true).strip_bom(true).build(BufReader::new(file));
        let inner: Box<dyn Read> = Box::new(Limited { inner: decoded, since: since.clone(), ends: ends.clone() });
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(inner);
        let mut head = csv::ByteRecord::new();
        match reader.read_byte_record(&mut head) {
            Ok(true) => {}
            Ok(false) => return Err(one("The file is empty: the first line must name the columns.".into())),
            Err(cause) => return Err(one(message(&cause))),
        }
        let mut records = Self { reader, since, ends, row: 0, columns: Vec::new() };
        records.count(&head);
        let first = records.row;
        let mut columns = Vec::new();
        let mut faults = Vec::new();
        if head.len() > WIDEST {
            return Err(one(format!("{} columns are more than any order has: is this the right file?", head.len())));
        }
        for cell in &head {
            let name = String::from_utf8_lossy(cell).into_owned();
            match Column::find(&name) {
                Some(column) if columns.contains(&column) => {
                    faults.push(Fault { line: first, column: name, message: "This column is there twice.".into() });
                }
                Some(column) => columns.push(column),
                None => {
                    let known = Column::all().into_iter().map(Column::name).collect::<Vec<_>>().join(", ");
                    let message = format!("No order has such a column. The columns are: {known}.");
                    faults.push(Fault { line: first, column: domain::page::shorten(&name), message });
                }
            }
        }
        records.columns = columns;
        if faults.is_empty() { Ok(records) } else { Err(faults) }
    }

    /// The next record with its row; `None` at the end. After an error of the file itself there is nothing more to read.
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
        // A quote that is not closed has no end of its own.
        self.row += lines.saturating_sub(record.iter().map(ends_in).sum()).max(1);
    }

    fn cells(&self, line: u64, record: &csv::ByteRecord) -> Result<Vec<String>, Fault> {
        let wrong = |column: String, message: String| Fault { line, column, message };
        if record.len() != self.columns.len() {
            let message = format!("This line has {} cells, the heads are {}.", record.len(), self.columns.len());
            return Err(wrong(String::new(), message));
        }
        record
            .iter()
            .zip(&self.columns)
            .map(|(cell, column)| {
                let text = std::str::from_utf8(cell)
                    .map_err(|_| wrong(column.name().to_owned(), "This is not UTF-8 text: save the file as UTF-8.".into()))?;
                Ok(super::plain(text).to_owned())
            })
            .collect()
    }
}

fn message(cause: &csv::Error) -> String {
    match cause.kind() {
        csv::ErrorKind::Io(cause) if cause.kind() == io::ErrorKind::InvalidData => {
            "A line of more than one megabyte: is there a quote that is not closed?".into()
        }
        _ => format!("The file cannot be read further: {cause}."),
    }
}
