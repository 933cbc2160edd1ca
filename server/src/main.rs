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

/// Rendering a page makes thousands of small allocations: with the allocator of glibc they took a third of the CPU time of a list.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A CRM for sales teams that live by orders. Everything runs from this one file.
#[derive(Parser)]
#[command(
    name = "curlew",
    version,
    after_help = "Settings come from the environment and from .env; `curlew check` prints and checks them."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the server; stop it with SIGTERM or Ctrl C
    Serve {
        /// Serve TLS with this certificate (PEM, including the chain); reloaded every hour
        #[arg(long, requires = "tls_key", value_name = "FILE")]
        tls_cert: Option<PathBuf>,
        /// The private key of the certificate (PEM)
        #[arg(long, requires = "tls_cert", value_name = "FILE")]
        tls_key: Option<PathBuf>,
    },
    /// Upgrade the database schema
    Migrate,
    /// Add people or reset their passwords
    #[command(subcommand)]
    User(User),
    /// Import data from another system or from CSV
    #[command(subcommand)]
    Import(Import),
    /// Export all orders as CSV
    Export {
        /// Username of the admin or manager who exports
        #[arg(long = "as", value_name = "USERNAME")]
        by: String,
        /// The file to write (default: standard output)
        file: Option<PathBuf>,
    },
    /// Back up everything to one consistent file while the server keeps running
    Backup {
        /// The backup file
        file: PathBuf,
        /// Overwrite an existing file
        #[arg(long)]
        replace: bool,
    },
    /// Restore a backup into an empty database, SQLite or PostgreSQL; a damaged file is refused
    Restore {
        /// The backup file
        file: PathBuf,
    },
    /// Check that the server with these settings accepts requests (exit code 0)
    Ready,
    /// Load the demo company into an empty database
    Demo {
        /// Number of orders
        #[arg(long, default_value_t = db::demo::ORDERS)]
        orders: u32,
        /// Fill the five newest orders with edge cases: the longest names, the largest amount, no contact, markup in every text (for tests)
        #[arg(long)]
        with_edge_cases: bool,
    },
    /// Check every setting and the database
    Check {
        /// Recompute every figure from the orders and list the differences
        #[arg(long)]
        figures: bool,
    },
}

#[derive(Subcommand)]
enum User {
    /// Add a person; prints an invitation link unless --password-stdin is given
    Add {
        /// Username: letters, digits and @ . + - _
        name: String,
        /// Role: admin, manager, agent or viewer
        #[arg(long)]
        role: Role,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
    /// Print a password reset link for a person
    Reset {
        /// The username
        name: String,
    },
}

#[derive(Subcommand)]
enum Import {
    /// Import from the database of the Django CRM that Curlew replaces
    Dcrm {
        /// The PostgreSQL database of that CRM, such as postgres://user:password@host/database
        #[arg(long)]
        from: String,
    },
    /// Import a CSV file with the columns of `curlew export`: known order numbers are updated, others are created
    Csv {
        /// Username of the admin or manager who imports
        #[arg(long = "as", value_name = "USERNAME")]
        by: String,
        /// Check the file without writing anything
        #[arg(long)]
        dry_run: bool,
        /// Also change orders that were edited since the file was exported
        #[arg(long)]
        overwrite: bool,
        /// Update existing orders only: any other row stops the import before anything is written
        #[arg(long)]
        only_known: bool,
        /// Accept text that looks wrongly encoded (CafÃ©) as it is
        #[arg(long)]
        odd_text: bool,
        /// The CSV file
        file: PathBuf,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Err(cause) = dotenvy::dotenv()
        && !cause.not_found()
    {
        eprintln!("curlew: .env can't be read: {cause}");
        return ExitCode::FAILURE;
    }
    start_log();
    if !matches!(arguments.command, Command::Serve { .. }) {
        // A pipe that is closed early (`| head`) ends the command silently, as with other tools.
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

/// `serve` stops gracefully; any other command ends immediately, and its unfinished work is rolled back.
async fn run_until_stopped(command: Command) -> Result<(), Vec<String>> {
    if matches!(command, Command::Serve { .. }) {
        return run(command).await;
    }
    let mut signals = Signals::new().map_err(|cause| vec![format!("Signals can't be handled: {cause}")])?;
    let again = match command {
        Command::Import(_) => " Everything written so far is kept; run the same command again to continue.",
        _ => "",
    };
    tokio::select! {
        done = run(command) => done,
        signal = signals.next() => Err(vec![format!("Stopped by {}.{again}", signal.name())]),
    }
}

/// The log goes to standard error, in colour on a terminal, as JSON if configured.
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
                    println!("All figures match the orders");
                    Ok(())
                }
                n => Err(one(format!("Figures that differ from the orders: {n} (see above)"))),
            }
        }
        Command::Serve { tls_cert, tls_key } => {
            let tls = tls_cert.zip(tls_key).map(|(cert, key)| server::serve::Tls { cert, key });
            server::serve::serve(config, tls).await.map_err(one)
        }
        Command::Migrate => {
            create_or_upgrade(&config).await?.close().await;
            println!("The schema is up to date");
            Ok(())
        }
        Command::User(User::Add { name, role, password_stdin }) => {
            let db = open(&config).await?;
            let password = if password_stdin { Some(password()?) } else { None };
            let gate = Gate::new(std::time::Duration::ZERO);
            let (_, invitation) =
                db::users::add(&db, &gate, &name, role, password.as_deref()).await.map_err(|cause| one(cause.sentence()))?;
            match invitation {
                Invitation::Ready => println!("{name} added with role {}", role.label()),
                Invitation::Link(token) => {
                    println!(
                        "{name} added with role {}. Send them this link. It works once and expires in 30 minutes:\n{}/invite/{token}/",
                        role.label(),
                        config.base_url
                    )
                }
            }
            db.close().await;
            Ok(())
        }
        Command::User(User::Reset { name }) => {
            let db = open(&config).await?;
            let token = db::users::reset(&db, &name).await.map_err(|_| one(format!("No person has the username {name}")))?;
            println!("Send them this link. It works once and expires in 30 minutes:\n{}/invite/{token}/", config.base_url);
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
            let how = db::csv::ImportOptions { dry_run, overwrite, only_known, odd_text };
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
            eprintln!("Orders exported: {}", count.map_err(one)?);
            Ok(())
        }
        Command::Backup { file, replace } => {
            let db = open(&config).await?;
            let rows = db::backup::backup(&db, &file, replace).await;
            db.close().await;
            println!("{} rows written to {}", rows.map_err(one)?, file.display());
            Ok(())
        }
        Command::Restore { file } => {
            let db = create_or_upgrade(&config).await?;
            let rows = db::backup::restore(&db, &file).await;
            db.close().await;
            println!("{} rows restored from {}", rows.map_err(one)?, file.display());
            Ok(())
        }
        Command::Ready => server::ready::ready(&config).map_err(one),
        Command::Demo { .. } if config.env == Env::Production => {
            Err(one("The demo company has a public password, so it can't be loaded in production".into()))
        }
        Command::Demo { orders, with_edge_cases } => {
            let db = create_or_upgrade(&config).await?;
            let summary = db::demo::fill(&db, db::demo::Plan { orders, edge_cases: with_edge_cases }, |line| eprintln!("{line}"))
                .await
                .map_err(|cause| one(cause.sentence()))?;
            println!("{summary}");
            db.close().await;
            Ok(())
        }
    }
}

async fn person(db: &Db, username: &str) -> Result<Scope, Vec<String>> {
    match Scope::by_username(db, username).await {
        Ok(Some(scope)) => Ok(scope),
        Ok(None) => Err(vec![format!("No person has the username {username}, or the account is deactivated")]),
        Err(error) => Err(vec![error.sentence()]),
    }
}

/// Opens the database without creating or changing anything.
async fn open(config: &Config) -> Result<Db, Vec<String>> {
    db::open(&Options::patient(&config.database_url)).await.map_err(|cause| vec![cause.to_string()])
}

/// Opens the database, creating or upgrading it if necessary.
async fn create_or_upgrade(config: &Config) -> Result<Db, Vec<String>> {
    let db = db::connect(&Options::patient(&config.database_url)).await.map_err(|cause| vec![cause.to_string()])?;
    let seeded = db::retry_while_busy(|| db::settings::seed(&db, config.time_zone, &config.currency)).await;
    seeded.map_err(|cause| vec![cause.sentence()])?;
    Ok(db)
}

fn password() -> Result<String, Vec<String>> {
    let mut typed = String::new();
    let most = domain::users::LONGEST_PASSWORD as u64 + 2;
    std::io::stdin().take(most).read_to_string(&mut typed).map_err(|cause| vec![format!("The password can't be read: {cause}")])?;
    Ok(typed.trim_end_matches(['\r', '\n']).to_owned())
}

/// Prints every setting with its verdict, and checks database and machine.
async fn check() -> Result<(), Vec<String>> {
    let (config, verdicts) = Config::judge_env();
    let line = |name: &str, value: &str, verdict: &str| println!("{name:<24} {value:<40} {verdict}");
    for verdict in &verdicts {
        line(&verdict.name, &verdict.value, verdict.text());
    }
    let Some(config) = config else { return Err(vec!["Some settings are wrong; see above".into()]) };
    let files = server::connections::raise_file_limit();
    let enough = files >= server::connections::WANTED_FILES;
    let wanted =
        format!("too low: 5,000 browsers need {} (LimitNOFILE in the systemd unit, ulimit -Hn)", server::connections::WANTED_FILES);
    line("open files", &files.to_string(), if enough { "ok" } else { &wanted });
    let is_new = db::dialect::sqlite_path(&config.database_url).is_some_and(|path| !path.exists());
    if is_new {
        line("database", "none yet", "ok: `curlew serve` creates it");
        return Ok(());
    }
    match db::open(&Options::patient(&config.database_url)).await {
        Ok(db) => {
            let status = db.check_health().await;
            db.close().await;
            match status {
                db::health::Status::Writable => line("database", "answers", "ok: the schema is up to date and a test write succeeded"),
                db::health::Status::ReadOnly => line("database", "answers", "read-only: pages can be read, nothing can be saved"),
                db::health::Status::NotWritable(why) => return Err(vec![format!("The database doesn't store writes: {why}")]),
                db::health::Status::Unavailable => return Err(vec!["The database isn't responding".into()]),
            }
            Ok(())
        }
        Err(cause) => {
            line("database", "", &cause.to_string());
            Err(vec!["The database can't be used; see above".into()])
        }
    }
}
