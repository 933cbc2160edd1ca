//! The built binary, run as its users run it.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait, Statement};

/// A folder of its own with a database that is not there yet.
pub struct TestFolder {
    pub folder: PathBuf,
    pub url: String,
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn fresh_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("curlew-cli-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// On whichever database the tests run on.
pub async fn place() -> TestFolder {
    let folder = fresh_folder();
    let url = db::testing::nowhere(&folder).await;
    TestFolder { folder, url }
}

/// On SQLite, whatever the tests run on.
pub fn sqlite() -> TestFolder {
    let folder = fresh_folder();
    let url = format!("sqlite://{}", folder.join("curlew.db").display());
    TestFolder { folder, url }
}

/// The database that the release before left behind, on SQLite.
pub fn of_release_1() -> TestFolder {
    let place = sqlite();
    let packed = include_bytes!("../../../db/tests/fixtures/release-1.db.gz");
    let mut file = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_end(&mut file).unwrap();
    std::fs::write(place.folder.join("curlew.db"), file).unwrap();
    place
}

pub struct CommandOutput {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

impl From<Output> for CommandOutput {
    fn from(it: Output) -> Self {
        Self {
            ok: it.status.success(),
            out: String::from_utf8_lossy(&it.stdout).into_owned(),
            err: String::from_utf8_lossy(&it.stderr).into_owned(),
        }
    }
}

impl TestFolder {
    /// The binary with this database and nothing else of the environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_curlew"));
        command.args(arguments).current_dir(&self.folder).env_clear().env("DATABASE_URL", &self.url).env("RUST_LOG", "warn");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> CommandOutput {
        self.command(arguments).output().unwrap().into()
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &str) -> i64 {
        let db = db::testing::look(&self.url).await;
        let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap().unwrap();
        let number = row.try_get_by_index(0).unwrap();
        db.close().await.unwrap();
        number
    }

    pub async fn sql(&self, sql: &str) {
        let db = db::testing::look(&self.url).await;
        db.execute_unprepared(sql).await.unwrap();
        db.close().await.unwrap();
    }

    /// Serves on a free port and waits until it is ready.
    pub fn serve(&self, settings: &[(&str, &str)]) -> Serving {
        let serving = self.start(settings);
        let until = Instant::now() + Duration::from_secs(60);
        while !serving.get("/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            assert!(Instant::now() < until, "it is not ready: {}", serving.log());
            std::thread::park_timeout(Duration::from_millis(20));
        }
        serving
    }

    /// Begins to serve.
    pub fn start(&self, settings: &[(&str, &str)]) -> Serving {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = self.command(&["serve"]);
        command.env("CURLEW_ADDR", format!("127.0.0.1:{port}")).env("RUST_LOG", "info").envs(settings.iter().copied());
        let mut child = command.spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let err = child.stderr.take().unwrap();
        let lines = log.clone();
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(err).lines().map_while(Result::ok) {
                let mut log = lines.lock().unwrap();
                log.push_str(&line);
                log.push('\n');
            }
        });
        Serving { child, port, log, reader: Some(reader) }
    }
}

pub struct Serving {
    child: Child,
    pub port: u16,
    log: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([&format!("-{signal}"), &self.pid().to_string()]).status().unwrap().success());
    }

    /// Waits for its end and for the last line of its log, and answers its exit code; `None` when a signal ended it.
    pub fn ended(&mut self, within: Duration) -> Option<i32> {
        let until = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // Its end is seen before the thread has read what it wrote last.
                if let Some(reader) = self.reader.take() {
                    reader.join().unwrap();
                }
                return status.code();
            }
            assert!(Instant::now() < until, "it still runs: {}", self.log());
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    /// A whole answer; `None` when nothing listens.
    pub fn get(&self, path: &str) -> Option<String> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"))
    }

    pub fn send(&self, request: &str) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).ok()?;
        Some(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Posts a form with the headers of a browser.
    pub fn post(&self, path: &str, cookie: &str, pairs: &[(&str, &str)]) -> String {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        self.send(&request).unwrap()
    }

    /// Signs in and answers the session's cookie.
    pub fn signed_in(&self, username: &str) -> String {
        let answer = self.post("/login/", "", &[("username", username), ("password", db::demo::PASSWORD)]);
        let cookie =
            answer.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next().filter(|it| it.starts_with("curlew=")));
        cookie.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }
}
