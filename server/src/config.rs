//! Configuration from the environment and `.env`. Missing or wrong settings are reported in one sentence each, and prevent the start.

use std::{
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use chrono_tz::Tz;
use ipnet::IpNet;

/// Development or production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Env {
    Development,
    Production,
}

/// The configuration.
#[derive(Clone, Debug)]
pub struct Config {
    pub database_url: String,
    /// The URL for LISTEN on PostgreSQL, when a pooler is in front of the database.
    pub listen_url: String,
    pub address: SocketAddr,
    pub env: Env,
    /// The public URL: scheme, host and port, without a trailing slash.
    pub base_url: String,
    /// Proxies whose X-Forwarded-For is trusted: addresses and networks.
    pub trusted_proxies: Vec<IpNet>,
    /// Initial settings; afterwards the database decides.
    pub time_zone: Tz,
    pub currency: String,
    pub log: LogFormat,
    /// How long `/readyz` returns 503 after SIGTERM before the listener closes, so that a load balancer notices.
    pub stop_delay: Duration,
}

/// The log format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Text, for people.
    #[default]
    Text,
    /// One JSON object per line, for programs.
    Json,
}

/// A setting with its value, and what is wrong or doubtful about it.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub name: String,
    pub value: String,
    /// A problem that prevents the start.
    pub problem: Option<String>,
    /// A warning.
    pub warning: Option<String>,
}

impl Verdict {
    /// `ok`, or the problem or warning.
    pub fn text(&self) -> &str {
        self.problem.as_deref().or(self.warning.as_deref()).unwrap_or("ok")
    }
}

/// Every variable that Curlew reads.
const KNOWN: [&str; 12] = [
    "CURLEW_ENV",
    "DATABASE_URL",
    "DATABASE_LISTEN_URL",
    "CURLEW_ADDR",
    "PORT",
    "CURLEW_BASE_URL",
    "CURLEW_TRUSTED_PROXIES",
    "CURLEW_TIME_ZONE",
    "CURLEW_CURRENCY",
    "CURLEW_LOG",
    "CURLEW_STOP_DELAY",
    "RUST_LOG",
];

/// Variables of the scripts in `bin`.
const OF_SCRIPTS: [&str; 7] =
    ["CURLEW_CACHE", "CURLEW_SITE", "CURLEW_MINUTES", "CURLEW_RATE", "CURLEW_LARGE", "CURLEW_TEST_POSTGRES", "CURLEW_TEST_DCRM"];

impl Config {
    /// Whether cookies are `__Host-` and Secure: exactly when the public URL is https.
    pub fn is_https(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// The name of the session's cookie.
    pub fn cookie(&self) -> &'static str {
        if self.is_https() { "__Host-curlew" } else { "curlew" }
    }

    /// Reads the process's environment.
    ///
    /// Errors: one sentence for each setting that is missing or wrong.
    pub fn from_env() -> Result<Self, Vec<String>> {
        let (config, verdicts) = Self::judge_env();
        let problems: Vec<String> = verdicts.into_iter().filter_map(|verdict| verdict.problem).collect();
        config.ok_or(problems)
    }

    /// Reads the environment, with a verdict on each setting and on each variable that looks like a misspelt setting.
    pub fn judge_env() -> (Option<Self>, Vec<Verdict>) {
        let (config, mut verdicts) = Self::judge(|name| std::env::var(name).ok());
        let unknown: Vec<Verdict> = std::env::vars().filter_map(|(name, value)| unknown(&name, value)).collect();
        let wrong = unknown.iter().any(|verdict| verdict.problem.is_some());
        verdicts.extend(unknown);
        (config.filter(|_| !wrong), verdicts)
    }

    /// Reads settings with `get`, with a verdict on each.
    pub fn judge(get: impl Fn(&str) -> Option<String>) -> (Option<Self>, Vec<Verdict>) {
        let mut verdicts = Vec::new();
        let of = |name: &str| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let mut report = |name: &str, value: String, problem: Option<String>| {
            verdicts.push(Verdict { name: name.to_owned(), value, problem, warning: None });
        };

        let env = match of("CURLEW_ENV").as_deref() {
            None | Some("development") => Some(Env::Development),
            Some("production") => Some(Env::Production),
            Some(_) => None,
        };
        report(
            "CURLEW_ENV",
            of("CURLEW_ENV").unwrap_or_else(|| "development".into()),
            env.is_none().then(|| "CURLEW_ENV must be development or production".into()),
        );

        let database_url = of("DATABASE_URL").unwrap_or_else(|| "sqlite://data/curlew.db".into());
        report("DATABASE_URL", hide_password(&database_url), check_database("DATABASE_URL", &database_url));

        let listen_url = of("DATABASE_LISTEN_URL").unwrap_or_else(|| database_url.clone());
        if of("DATABASE_LISTEN_URL").is_some() {
            report("DATABASE_LISTEN_URL", hide_password(&listen_url), check_database("DATABASE_LISTEN_URL", &listen_url));
        }

        let typed = of("CURLEW_ADDR").unwrap_or_else(|| "127.0.0.1:3000".into());
        let mut address: Option<SocketAddr> = typed.parse().ok();
        report(
            "CURLEW_ADDR",
            typed,
            address.is_none().then(|| "CURLEW_ADDR must be an IP address and a port, such as 127.0.0.1:3000".into()),
        );
        if let Some(port) = of("PORT") {
            let parsed = port.parse::<u16>().ok().filter(|port| *port > 0);
            let problem = parsed.is_none().then(|| "PORT must be a number from 1 to 65535".to_owned());
            // A platform that sets PORT connects from outside; an explicit address takes precedence.
            if let (Some(port), Some(it)) = (parsed, &mut address) {
                if of("CURLEW_ADDR").is_none() {
                    it.set_ip(IpAddr::from([0, 0, 0, 0]));
                }
                it.set_port(port);
            }
            report("PORT", port, problem);
        }

        let local = address.map(|it| match it.ip().is_unspecified() {
            true => format!("http://127.0.0.1:{}", it.port()),
            false => format!("http://{it}"),
        });
        let base_url = match (of("CURLEW_BASE_URL"), env) {
            (None, Some(Env::Production)) => Err(
                "CURLEW_BASE_URL is missing: in production, set the address at which people reach Curlew, such as https://crm.example.com"
                    .to_owned(),
            ),
            (None, _) => Ok(local.unwrap_or_default()),
            (Some(typed), _) => base(&typed),
        };
        report(
            "CURLEW_BASE_URL",
            base_url.clone().ok().or_else(|| of("CURLEW_BASE_URL")).unwrap_or_else(|| "missing".into()),
            base_url.clone().err(),
        );

        let proxies = of("CURLEW_TRUSTED_PROXIES").unwrap_or_default();
        let parsed: Option<Vec<IpNet>> = proxies.split(',').map(str::trim).filter(|it| !it.is_empty()).map(network).collect();
        report(
            "CURLEW_TRUSTED_PROXIES",
            if proxies.is_empty() { "none".into() } else { proxies },
            parsed
                .is_none()
                .then(|| "CURLEW_TRUSTED_PROXIES must be IP addresses or networks such as 10.0.0.0/8, separated by commas".into()),
        );
        let doubt = parsed.as_deref().and_then(|proxies| doubtful(proxies, base_url.as_deref().unwrap_or_default()));

        let zone = of("CURLEW_TIME_ZONE").unwrap_or_else(|| "Europe/London".into());
        let time_zone: Result<Tz, _> = zone.parse();
        report("CURLEW_TIME_ZONE", zone, time_zone.is_err().then(|| "CURLEW_TIME_ZONE must be a zone such as Europe/London".into()));

        let currency = of("CURLEW_CURRENCY").unwrap_or_else(|| "GBP".into());
        let is_code = currency.len() == 3 && currency.bytes().all(|it| it.is_ascii_uppercase());
        report("CURLEW_CURRENCY", currency.clone(), (!is_code).then(|| "CURLEW_CURRENCY must be an ISO 4217 code such as GBP".into()));

        let log = match of("CURLEW_LOG").as_deref() {
            None | Some("text") => Some(LogFormat::Text),
            Some("json") => Some(LogFormat::Json),
            Some(_) => None,
        };
        if let Some(typed) = of("CURLEW_LOG") {
            report("CURLEW_LOG", typed, log.is_none().then(|| "CURLEW_LOG must be text or json".into()));
        }
        let delay = of("CURLEW_STOP_DELAY").map_or(Some(5), |typed| typed.parse::<u64>().ok().filter(|seconds| *seconds <= 60));
        if let Some(typed) = of("CURLEW_STOP_DELAY") {
            report(
                "CURLEW_STOP_DELAY",
                typed,
                delay.is_none().then(|| "CURLEW_STOP_DELAY must be a number of seconds from 0 to 60".into()),
            );
        }

        if let Some(verdict) = verdicts.iter_mut().find(|verdict| verdict.name == "CURLEW_TRUSTED_PROXIES") {
            verdict.warning = doubt;
        }
        let wrong = verdicts.iter().any(|verdict| verdict.problem.is_some());
        let config = match (env, address, base_url, parsed, time_zone, log, delay) {
            (Some(env), Some(address), Ok(base_url), Some(trusted_proxies), Ok(time_zone), Some(log), Some(delay)) if !wrong => {
                Some(Self {
                    database_url,
                    listen_url,
                    address,
                    env,
                    base_url,
                    trusted_proxies,
                    time_zone,
                    currency,
                    log,
                    stop_delay: Duration::from_secs(delay),
                })
            }
            _ => None,
        };
        (config, verdicts)
    }
}

/// What is wrong with a database URL, with the name of its variable.
fn check_database(name: &str, url: &str) -> Option<String> {
    db::dialect::check_url(url).err().map(|problem| format!("{}.", problem.replace("DATABASE_URL", name)))
}

/// The verdict on an unknown variable: a misspelt setting is a problem, another one with Curlew's prefix a warning.
fn unknown(name: &str, value: String) -> Option<Verdict> {
    if KNOWN.contains(&name) || OF_SCRIPTS.contains(&name) {
        return None;
    }
    let near = KNOWN
        .iter()
        .filter(|it| it.starts_with("CURLEW_") || it.starts_with("DATABASE_"))
        .min_by_key(|it| strsim::levenshtein(it, name))?;
    let is_near = strsim::levenshtein(near, name) <= 2;
    if !is_near && !name.starts_with("CURLEW_") {
        return None;
    }
    let (problem, warning) = match is_near {
        true => (Some(format!("Unknown setting {name}: did you mean {near}?")), None),
        false => (None, Some(format!("Unknown setting {name}: ignored"))),
    };
    Some(Verdict { name: name.to_owned(), value: hide_password(&value), problem, warning })
}

/// Warnings about the trusted proxies.
fn doubtful(proxies: &[IpNet], base_url: &str) -> Option<String> {
    if let Some(all) = proxies.iter().find(|network| network.prefix_len() < 8) {
        return Some(format!("{all} trusts nearly everyone: anyone could claim any address and get around the limits on sign-in"));
    }
    (proxies.is_empty() && base_url.starts_with("https://")).then(|| {
        "If Curlew runs behind a proxy, everyone shares the proxy's address and rate limit: add the proxy here, unless Curlew serves TLS itself".into()
    })
}

/// Parses a network; a single address is a network of one. IPv4 mapped to IPv6 is IPv4.
fn network(text: &str) -> Option<IpNet> {
    let alone = || text.parse::<IpAddr>().ok().map(|it| IpNet::from(it.to_canonical()));
    text.parse::<IpNet>().ok().or_else(alone)
}

/// Normalises the base URL: scheme, host, and a non-default port. Plain http is allowed for this machine only.
///
/// Errors: what is wrong with it.
fn base(typed: &str) -> Result<String, String> {
    let shape = "CURLEW_BASE_URL must be scheme, host and port, such as https://crm.example.com, without a path";
    if typed.chars().any(char::is_whitespace) {
        return Err(format!("{shape}; it contains a space"));
    }
    let url = url::Url::parse(typed).map_err(|cause| format!("{shape} ({cause})"))?;
    let host = url.host_str().unwrap_or_default();
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(shape.into());
    }
    if host.is_empty() || url.port() == Some(0) {
        return Err(shape.into());
    }
    let ip = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match url.scheme() {
        "https" => {}
        "http" if host == "localhost" || ip.is_ok_and(|it| it.is_loopback()) => {}
        "http" => {
            return Err("CURLEW_BASE_URL must be https, except on this machine: passwords and sessions must be encrypted".into());
        }
        _ => return Err("CURLEW_BASE_URL must begin with https://".into()),
    }
    Ok(url.origin().ascii_serialization())
}

fn hide_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((before, host))) if before.matches(':').count() > 1 => {
            let user = before.split_once("://").map_or("", |(_, rest)| rest).split(':').next().unwrap_or_default();
            format!("{scheme}://{user}:…@{host}")
        }
        _ => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies(text: &str) -> Result<Vec<IpNet>, Vec<String>> {
        let (config, verdicts) = Config::judge(|name| (name == "CURLEW_TRUSTED_PROXIES").then(|| text.to_owned()));
        config.map(|it| it.trusted_proxies).ok_or_else(|| verdicts.into_iter().filter_map(|it| it.problem).collect())
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        let trusts = |text: &str, address: &str| {
            let address: IpAddr = address.parse().expect("an address");
            proxies(text).is_ok_and(|it| it.iter().any(|network| network.contains(&address)))
        };
        assert!(trusts("10.0.0.0/8, 192.0.2.7", "10.9.8.7"));
        assert!(trusts("10.0.0.0/8, 192.0.2.7", "192.0.2.7"));
        assert!(!trusts("10.0.0.0/8, 192.0.2.7", "192.0.2.8"));
        assert!(trusts("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(trusts("fd00::/8", "fd12::1"));
        assert!(!trusts("", "10.0.0.1"));
    }

    #[test]
    fn anything_else_is_one_sentence() {
        for text in ["10.0.0.0/33", "everybody", "10.0.0.0/8;10.1.0.0/16", "10.0.0"] {
            let problems = proxies(text).expect_err(text);
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert!(problems[0].starts_with("CURLEW_TRUSTED_PROXIES must be"), "{problems:?}");
        }
    }
    fn base_url(text: &str) -> Result<String, Vec<String>> {
        let (config, verdicts) = Config::judge(|name| (name == "CURLEW_BASE_URL").then(|| text.to_owned()));
        config.map(|it| it.base_url).ok_or_else(|| verdicts.into_iter().filter_map(|it| it.problem).collect())
    }

    #[test]
    fn a_base_address_is_scheme_host_and_port() {
        for (typed, normal) in [
            ("https://crm.example.com", "https://crm.example.com"),
            ("https://CRM.example.com:443/", "https://crm.example.com"),
            ("https://crm.example.com:8443", "https://crm.example.com:8443"),
            ("http://127.0.0.1:3000/", "http://127.0.0.1:3000"),
            ("http://[::1]:3000", "http://[::1]:3000"),
        ] {
            assert_eq!(base_url(typed).as_deref(), Ok(normal), "{typed}");
        }
        for typed in [
            "https://crm.example.com?x=1",
            "https://crm.example.com#top",
            "https://crm example.com",
            "https://crm.example.com:99999",
            "https://crm.example.com:0",
            "https://ann@crm.example.com",
            "https://crm.example.com/crm",
            "http://crm.example.com",
            "ftp://crm.example.com",
            "crm.example.com",
            "https://",
        ] {
            let problems = base_url(typed).expect_err(typed);
            assert_eq!(problems.len(), 1, "{typed}: {problems:?}");
            assert!(problems[0].starts_with("CURLEW_BASE_URL must"), "{typed}: {problems:?}");
        }
    }

    #[test]
    fn each_address_of_a_database_is_blamed_by_its_own_name() {
        for (name, value) in [("DATABASE_URL", "postgres:///curlew"), ("DATABASE_LISTEN_URL", "mysql://x"), ("DATABASE_URL", "sqlite://")] {
            let (config, verdicts) = Config::judge(|it| (it == name).then(|| value.to_owned()));
            assert!(config.is_none(), "{name}={value}");
            let problems: Vec<String> = verdicts.into_iter().filter_map(|it| it.problem).collect();
            assert!(problems.iter().all(|it| it.starts_with(&format!("{name} "))), "{problems:?}");
        }
        let (config, _) = Config::judge(|it| (it == "DATABASE_URL").then(|| "postgres:///curlew?host=/run/postgresql".to_owned()));
        assert!(config.is_some(), "a socket is an address too");
    }

    #[test]
    fn a_misspelt_name_is_a_problem_and_another_one_is_a_doubt() {
        let verdict = |name: &str| unknown(name, "x".into());
        assert!(verdict("CURLEW_BASE_URL").is_none());
        assert!(verdict("CURLEW_CACHE").is_none());
        assert!(verdict("HOME").is_none());
        assert!(verdict("CURLEW_BASEURL").and_then(|it| it.problem).is_some_and(|it| it.contains("CURLEW_BASE_URL")));
        assert!(verdict("CURLEW_TRUSTED_PROXY").is_some());
        assert!(verdict("DATABSE_URL").and_then(|it| it.problem).is_some_and(|it| it.contains("DATABASE_URL")));
        assert!(verdict("CURLEW_COLOUR").is_some_and(|it| it.problem.is_none() && it.warning.is_some()));
    }

    #[test]
    fn trusting_everybody_or_nobody_behind_a_proxy_is_doubted() {
        let doubt = |proxies: &str, base: &str| {
            let (_, verdicts) = Config::judge(|name| match name {
                "CURLEW_TRUSTED_PROXIES" => Some(proxies.to_owned()),
                "CURLEW_BASE_URL" => Some(base.to_owned()),
                _ => None,
            });
            verdicts.into_iter().find(|it| it.name == "CURLEW_TRUSTED_PROXIES").and_then(|it| it.warning)
        };
        assert!(doubt("0.0.0.0/0", "https://crm.example.com").is_some_and(|it| it.contains("nearly everyone")));
        assert!(doubt("::/0", "https://crm.example.com").is_some());
        assert!(doubt("", "https://crm.example.com").is_some_and(|it| it.contains("shares the proxy")));
        assert!(doubt("10.0.0.0/8", "https://crm.example.com").is_none());
        assert!(doubt("", "http://127.0.0.1:3000").is_none());
    }
}
