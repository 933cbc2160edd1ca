//! A file that replaces another one only when it is complete, readable by its owner only.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// A temporary file that [`put`](Self::put) renames to its target; without that it is deleted, and the existing file stays.
#[derive(Debug)]
pub(crate) struct Replacement {
    written: NamedTempFile,
    becomes: PathBuf,
}

impl Replacement {
    /// Creates it next to its target.
    ///
    /// Errors: those of the file system.
    pub fn new(becomes: &Path) -> io::Result<Self> {
        if becomes.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder"));
        }
        let folder = becomes.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(Self { written: NamedTempFile::new_in(folder)?, becomes: becomes.to_owned() })
    }

    /// Syncs it to disk and renames it to its target; `over` replaces an existing file.
    ///
    /// Errors: those of the file system, and an existing file without `over`.
    pub fn put(self, over: bool) -> io::Result<()> {
        self.written.as_file().sync_all()?;
        let put = if over { self.written.persist(&self.becomes) } else { self.written.persist_noclobber(&self.becomes) };
        put.map_err(|cause| cause.error)?;
        // The folder is synced too, so that the name is durable.
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
