//! The `curlew` binary.

use std::{
    io::{IsTerminal, Read},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use db::{Db, Options, Scope, password::Gate, users::Invitation};
use domain::role::Role;
use server::{
    config::{Config, Env, LogFormat},
    signals::Signals,
};

/// A page is thousands of small pieces: with the allocator of glibc a third of the processor's time of a list went into them.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A CRM for sales teams that live by orders. Everything runs from this one file.
#[derive(Parser)]
#[command(
    name = "curlew",
    version,
    after_help = "Settings come from the environment and from .env; `curlew check` shows each with its verdict."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve Curlew until SIGTERM or Ctrl C
    Serve {
        /// Serve TLS with this certificate (PEM, with its chain); it is read again every hour
        #[arg(long, requires = "tls_key", value_name = "FILE")]
        tls_cert: Option<PathBuf>,
        /// The key of the certificate (PEM)
        #[arg(long, requires = "tls_cert", value_name = "FILE")]
        tls_key: Option<PathBuf>,
    },
    /// Bring the database's schema up to date
    Migrate,
    /// Add people, or let them back in
    #[command(subcommand)]
    User(User),
    /// Bring the years from another system
    #[command(subcommand)]
    Import(Import),
    /// Write all orders as CSV: to a file, or to standard output
    Export {
        /// The person who takes them, by username: an admin or a manager
        #[arg(long = "as", value_name = "USERNAME")]
        by: String,
        /// The file; without it standard output
        file: Option<PathBuf>,
    },
    /// Write everything into one file, as of one moment, while others go on working
    Backup {
        /// The file
        file: PathBuf,
        /// Write over a file that is there
        #[arg(long)]
        replace: bool,
    },
    /// Bring a backup into an empty database, of either kind; a damaged file is refused
    Restore {
        /// The file
        file: PathBuf,
    },
    /// Whether the server of these settings takes requests: exits 0 if it does
    Ready,
    /// Fill an empty or a demo database with the demo world
    Demo {
        /// How many orders (400 make the named world; more grow it)
        #[arg(long, default_value_t = 400)]
        orders: u32,
    },
    /// Print every setting and its verdict
    Check {
        /// Compute every figure again from the orders, and name every difference
        #[arg(long)]
        figures: bool,
    },
}

#[derive(Subcommand)]
enum User {
    /// Add a person; without --password-stdin an invitation link is printed
    Add {
        /// Letters, digits and @ . + - _
        name: String,
        /// admin, manager, agent or viewer
        #[arg(long)]
        role: Role,
        /// Take the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a link under which a person sets a new password
    Reset {
        /// The username
        name: String,
    },
}

#[derive(Subcommand)]
enum Import {
    /// From the database of the Django CRM that Curlew replaces
    Dcrm {
        /// Its PostgreSQL, as postgres://user:password@host/database
        #[arg(long)]
        from: String,
    },
    /// From a CSV file with the columns of `curlew export`; a known number is changed, any other is new
    Csv {
        /// The person who brings them, by username: an admin or a manager
        #[arg(long = "as", value_name = "USERNAME")]
        by: String,
        /// Judge the file and write nothing
        #[arg(long)]
        dry_run: bool,
        /// Also change orders that were edited since the file was exported
        #[arg(long)]
        overwrite: bool,
        /// Change known orders only: a row of any other stops the import before anything is written
        #[arg(long)]
        only_known: bool,
        /// Store text that reads as if the file was saved in another encoding (CafÃ©) as it is
        #[arg(long)]
        odd_text: bool,
        /// The file
        file: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(cause) = dotenvy::dotenv()
        && !cause.not_found()
    {
        eprintln!("curlew: .env cannot be read: {cause}.");
        return ExitCode::FAILURE;
    }
    start_log();
    if !matches!(arguments.command, Command::Serve { .. }) {
        // As of every other command: a pipe that is closed early (`| head`) ends it without a message.
        sigpipe::reset();
    }
    match run_until_stopped(arguments.command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentences) => {
            for sentence in sentences {
                eprintln!("curlew: {sentence}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Serving stops by itself; any other command ends where it is, and what it had not finished is as if it had not begun.
async fn run_until_stopped(command: Command) -> Result<(), Vec<String>> {
    if matches!(command, Command::Serve { .. }) {
        return run(command).await;
    }
    let mut signals = Signals::new().map_err(|cause| vec![format!("Signals cannot be handled: {cause}.")])?;
    let again = match command {
        Command::Import(_) => " What is written stays; run the same command again to continue.",
        _ => "",
    };
    tokio::select! {
        done = run(command) => done,
        signal = signals.next() => Err(vec![format!("Stopped by {}.{again}", signal.name())]),
    }
}

/// The log goes to standard error, in colour where somebody looks, as JSON where a setting asks for it.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| "info,sqlx=warn,sea_orm=warn,sea_orm_migration=warn".into());
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match Config::judge_env().0.map(|config| config.log) {
        Some(LogFormat::Json) => log.json().flatten_event(true).with_current_span(false).init(),
        _ => log.init(),
    }
}

async fn run(command: Command) -> Result<(), Vec<String>> {
    if matches!(command, Command::Check { figures: false }) {
        return check().await;
    }
    let config = Config::from_env()?;
    let one = |sentence: String| vec![sentence];
    match command {
        Command::Check { .. } => {
            let db = open(&config).await?;
            let differences = db::rollups::check(&db, |it| println!("{it}")).await;
            db.close().await;
            match differences.map_err(|cause| one(cause.sentence()))? {
                0 => {
                    println!("Every figure is what its orders say.");
                    Ok(())
                }
                n => Err(one(format!("{n} figures are not what their orders say; see above."))),
            }
        }
        Command::Serve { tls_cert, tls_key } => {
            let tls = tls_cert.zip(tls_key).map(|(cert, key)| server::serve::Tls { cert, key });
            server::serve::serve(config, tls).await.map_err(one)
        }
        Command::Migrate => {
            create_or_upgrade(&config).await?.close().await;
            println!("The schema is up to date.");
            Ok(())
        }
        Command::User(User::Add { name, role, password_stdin }) => {
            let db = open(&config).await?;
            let password = if password_stdin { Some(password()?) } else { None };
            let gate = Gate::new(std::time::Duration::ZERO);
            let (_, invitation) =
                db::users::add(&db, &gate, &name, role, password.as_deref()).await.map_err(|cause| one(cause.sentence()))?;
            match invitation {
                Invitation::Ready => println!("{name} is there, as {}.", role.label()),
                Invitation::Link(token) => {
                    println!("{name} is there, as {}. Good once, for thirty minutes:\n{}/invite/{token}/", role.label(), config.base_url)
                }
            }
            db.close().await;
            Ok(())
        }
        Command::User(User::Reset { name }) => {
            let db = open(&config).await?;
            let token = db::users::reset(&db, &name).await.map_err(|_| one(format!("There is nobody called {name}.")))?;
            println!("Good once, for thirty minutes:\n{}/invite/{token}/", config.base_url);
            db.close().await;
            Ok(())
        }
        Command::Import(Import::Dcrm { from }) => {
            let db = open(&config).await?;
            let report = db::import::dcrm(&db, &from, |line| eprintln!("{line}")).await.map_err(one)?;
            println!("{report}");
            db.close().await;
            Ok(())
        }
        Command::Import(Import::Csv { by, dry_run, overwrite, only_known, odd_text, file }) => {
            let db = open(&config).await?;
            let scope = person(&db, &by).await?;
            let how = db::csv::Import { dry_run, overwrite, only_known, odd_text };
            let done = db::csv::import(&db, &scope, &file, how, |line| eprintln!("{line}")).await;
            db.close().await;
            let done = done.map_err(|stopped| stopped.sentences())?;
            for line in done.lines() {
                println!("{line}");
            }
            println!("{}", done.summary(dry_run));
            Ok(())
        }
        Command::Export { by, file } => {
            let db = open(&config).await?;
            let scope = person(&db, &by).await?;
            let count = match &file {
                Some(path) => db::csv::export_file(&db, &scope, path).await,
                None => db::csv::export(&db, &scope, std::io::stdout().lock()).await.map_err(|error| error.sentence()),
            };
            db.close().await;
            eprintln!("{} orders.", count.map_err(one)?);
            Ok(())
        }
        Command::Backup { file, replace } => {
            let db = open(&config).await?;
            let rows = db::backup::backup(&db, &file, replace).await;
            db.close().await;
            println!("{} rows are in {}.", rows.map_err(one)?, file.display());
            Ok(())
        }
        Command::Restore { file } => {
            let db = create_or_upgrade(&config).await?;
            let rows = db::backup::restore(&db, &file).await;
            db.close().await;
            println!("{} rows came back from {}.", rows.map_err(one)?, file.display());
            Ok(())
        }
        Command::Ready => server::ready::ready(&config).map_err(one),
        Command::Demo { .. } if config.env == Env::Production => {
            Err(one("The demo world's password is known to everybody: it is not loaded in production.".into()))
        }
        Command::Demo { orders } => {
            let db = create_or_upgrade(&config).await?;
            let summary = db::demo::fill(&db, orders, |line| eprintln!("{line}")).await.map_err(|cause| one(cause.sentence()))?;
            println!("{summary}");
            db.close().await;
            Ok(())
        }
    }
}

async fn person(db: &Db, username: &str) -> Result<Scope, Vec<String>> {
    match Scope::named(db, username).await {
        Ok(Some(scope)) => Ok(scope),
        Ok(None) => Err(vec![format!("There is nobody called {username}, or the account is not active.")]),
        Err(error) => Err(vec![error.sentence()]),
    }
}

/// The database as it is: nothing is created or changed.
async fn open(config: &Config) -> Result<Db, Vec<String>> {
    db::open(&Options::patient(&config.database_url)).await.map_err(|cause| vec![cause.to_string()])
}

/// The database with the schema of this Curlew, created where there is none.
async fn create_or_upgrade(config: &Config) -> Result<Db, Vec<String>> {
    let db = db::connect(&Options::patient(&config.database_url)).await.map_err(|cause| vec![cause.to_string()])?;
    let seeded = db::retry_while_busy(|| db::settings::seed(&db, config.time_zone, &config.currency)).await;
    seeded.map_err(|cause| vec![cause.sentence()])?;
    Ok(db)
}

fn password() -> Result<String, Vec<String>> {
    let mut typed = String::new();
    let most = domain::users::LONGEST_PASSWORD as u64 + 2;
    std::io::stdin().take(most).read_to_string(&mut typed).map_err(|cause| vec![format!("The password cannot be read: {cause}.")])?;
    Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
}

/// Prints every setting with its verdict, and what the database and the machine say.
async fn check() -> Result<(), Vec<String>> {
    let (config, verdicts) = Config::judge_env();
    let line = |name: &str, value: &str, verdict: &str| println!("{name:<24} {value:<40} {verdict}");
    for verdict in &verdicts {
        line(&verdict.name, &verdict.value, verdict.text());
    }
    let Some(config) = config else { return Err(vec!["Some settings are not fine; see above.".into()]) };
    let files = server::connections::raise_file_limit();
    let enough = files >= server::connections::WANTED_FILES;
    let wanted = format!("short: 5,000 browsers need {} (LimitNOFILE in the systemd unit, ulimit -Hn)", server::connections::WANTED_FILES);
    line("open files", &files.to_string(), if enough { "fine" } else { &wanted });
    let is_new = db::dialect::sqlite_path(&config.database_url).is_some_and(|path| !path.exists());
    if is_new {
        line("database", "none yet", "fine: `curlew serve` creates it");
        return Ok(());
    }
    match db::open(&Options::patient(&config.database_url)).await {
        Ok(db) => {
            let status = db.check_health().await;
            db.close().await;
            match status {
                db::health::Status::Writable => line("database", "answers", "fine: its schema is current and a write commits"),
                db::health::Status::ReadOnly => line("database", "answers", "read-only: pages can be read, nothing can be saved"),
                db::health::Status::NotWritable(why) => return Err(vec![format!("The database does not store writes: {why}")]),
                db::health::Status::Unavailable => return Err(vec!["The database does not answer.".into()]),
            }
            Ok(())
        }
        Err(cause) => {
            line("database", "", &cause.to_string());
            Err(vec!["The database cannot be used as it is; see above.".into()])
        }
    }
}
