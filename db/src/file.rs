//! A file that replaces another one only when it is whole, readable by its owner alone.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// What is written here becomes the file by [`put`](Self::put); without that it goes, and the file that was there stays.
#[derive(Debug)]
pub(crate) struct Replacement {
    written: NamedTempFile,
    becomes: PathBuf,
}

impl Replacement {
    /// Beside the file that it becomes.
    ///
    /// Errors: those of the folder.
    pub fn new(becomes: &Path) -> io::Result<Self> {
        if becomes.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
        }
        let folder = becomes.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { written: NamedTempFile::new_in(folder)?, becomes: becomes.to_owned() })
    }

    /// Puts it in its place, on the disk; with `over` in place of what is there.
    ///
    /// Errors: those of the disk, and a file that is there without `over`.
    pub fn put(self, over: bool) -> io::Result<()> {
        self.written.as_file().sync_all()?;
        let put = if over { self.written.persist(&self.becomes) } else { self.written.persist_noclobber(&self.becomes) };
        put.map_err(|cause| cause.error)?;
        // The name is on the disk when its folder is.
        let folder = self.becomes.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::File::open(folder)?.sync_all()
    }
}

impl Write for Replacement {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.written.flush()
    }
}
