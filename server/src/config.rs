//! Configuration by environment and `.env`. Missing or wrong: one sentence that names it, and no start.

use std::net::{IpAddr, SocketAddr};

use chrono_tz::Tz;
use ipnet::IpNet;

/// Development or production.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Env {
    Development,
    Production,
}

/// Everything that the environment says.
#[derive(Clone, Debug)]
pub struct Config {
    pub database_url: String,
    /// Where to LISTEN on PostgreSQL, when a pooler stands before the database.
    pub listen_url: String,
    pub address: SocketAddr,
    pub env: Env,
    /// Scheme, host and port under which people reach Curlew, without a closing slash.
    pub base_url: String,
    /// Whose X-Forwarded-For counts: addresses and networks.
    pub trusted_proxies: Vec<IpNet>,
    /// Seeds of the settings; afterwards the database rules.
    pub time_zone: Tz,
    pub currency: String,
}

/// A setting with what it says or what is wrong with it.
pub struct Verdict {
    pub name: &'static str,
    pub value: String,
    pub problem: Option<String>,
}

impl Config {
    /// Cookies are `__Host-` and Secure exactly where people come over TLS.
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
        let (config, verdicts) = Self::judge(|name| std::env::var(name).ok());
        let problems: Vec<String> = verdicts.into_iter().filter_map(|verdict| verdict.problem).collect();
        config.ok_or(problems)
    }

    /// Reads settings from wherever `get` finds them, with a verdict on each.
    pub fn judge(get: impl Fn(&str) -> Option<String>) -> (Option<Self>, Vec<Verdict>) {
        let mut verdicts = Vec::new();
        let of = |name: &str| get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let mut say = |name: &'static str, value: String, problem: Option<String>| verdicts.push(Verdict { name, value, problem });

        let env = match of("CURLEW_ENV").as_deref() {
            None | Some("development") => Some(Env::Development),
            Some("production") => Some(Env::Production),
            Some(_) => None,
        };
        say(
            "CURLEW_ENV",
            of("CURLEW_ENV").unwrap_or_else(|| "development".into()),
            env.is_none().then(|| "CURLEW_ENV must be development or production.".into()),
        );

        let database_url = of("DATABASE_URL").unwrap_or_else(|| "sqlite://data/curlew.db".into());
        let problem = db::dialect::check_url(&database_url).err();
        say("DATABASE_URL", hide_password(&database_url), problem.map(|it| format!("{it}.")));

        let listen_url = of("DATABASE_LISTEN_URL").unwrap_or_else(|| database_url.clone());
        if of("DATABASE_LISTEN_URL").is_some() {
            let problem = db::dialect::check_url(&listen_url).err();
            say("DATABASE_LISTEN_URL", hide_password(&listen_url), problem.map(|it| format!("{it}.")));
        }

        let mut address: Option<SocketAddr> = of("CURLEW_ADDR").unwrap_or_else(|| "127.0.0.1:3000".into()).parse().ok();
        say(
            "CURLEW_ADDR",
            of("CURLEW_ADDR").unwrap_or_else(|| "127.0.0.1:3000".into()),
            address.is_none().then(|| "CURLEW_ADDR must be an address and a port such as 127.0.0.1:3000.".into()),
        );
        if let Some(port) = of("PORT") {
            let parsed = port.parse::<u16>().ok().filter(|port| *port > 0);
            let problem = parsed.is_none().then(|| "PORT must be a number from 1 to 65535.".to_owned());
            // A platform that sets PORT reaches the server from outside; an address of one's own still wins.
            if let (Some(port), Some(it)) = (parsed, &mut address) {
                if of("CURLEW_ADDR").is_none() {
                    it.set_ip(IpAddr::from([0, 0, 0, 0]));
                }
                it.set_port(port);
            }
            say("PORT", port, problem);
        }

        let base_url = of("CURLEW_BASE_URL").map(|url| url.trim_end_matches('/').to_owned());
        let shown = base_url
            .clone()
            .or_else(|| {
                address.map(|it| {
                    format!("http://{}:{}", if it.ip().is_unspecified() { "127.0.0.1".into() } else { it.ip().to_string() }, it.port())
                })
            })
            .unwrap_or_default();
        let problem = match (&base_url, env) {
            (None, Some(Env::Production)) => Some("CURLEW_BASE_URL is missing: production needs the address under which people reach Curlew, such as https://crm.example.com.".to_owned()),
            _ => check_base(&shown),
        };
        say("CURLEW_BASE_URL", shown.clone(), problem);

        let proxies = of("CURLEW_TRUSTED_PROXIES").unwrap_or_default();
        let parsed: Option<Vec<IpNet>> = proxies.split(',').map(str::trim).filter(|it| !it.is_empty()).map(network).collect();
        say(
            "CURLEW_TRUSTED_PROXIES",
            if proxies.is_empty() { "none".into() } else { proxies },
            parsed
                .is_none()
                .then(|| "CURLEW_TRUSTED_PROXIES must be IP addresses or networks such as 10.0.0.0/8, separated by commas.".into()),
        );

        let zone = of("CURLEW_TIME_ZONE").unwrap_or_else(|| "Europe/London".into());
        let time_zone: Result<Tz, _> = zone.parse();
        say("CURLEW_TIME_ZONE", zone, time_zone.is_err().then(|| "CURLEW_TIME_ZONE must be a zone such as Europe/London.".into()));

        let currency = of("CURLEW_CURRENCY").unwrap_or_else(|| "GBP".into());
        let is_code = currency.len() == 3 && currency.bytes().all(|it| it.is_ascii_uppercase());
        say("CURLEW_CURRENCY", currency.clone(), (!is_code).then(|| "CURLEW_CURRENCY must be an ISO 4217 code such as GBP.".into()));

        let wrong = verdicts.iter().any(|verdict| verdict.problem.is_some());
        let config = match (env, address, parsed, time_zone) {
            (Some(env), Some(address), Some(trusted_proxies), Ok(time_zone)) if !wrong => {
                Some(Self { database_url, listen_url, address, env, base_url: shown, trusted_proxies, time_zone, currency })
            }
            _ => None,
        };
        (config, verdicts)
    }
}

/// An address alone is a network of one. IPv4 inside IPv6 is IPv4.
fn network(text: &str) -> Option<IpNet> {
    let alone = || text.parse::<IpAddr>().ok().map(|it| IpNet::from(it.to_canonical()));
    text.parse::<IpNet>().ok().or_else(alone)
}

/// Plain http is for this machine alone.
fn check_base(url: &str) -> Option<String> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Some("CURLEW_BASE_URL must begin with https://.".into());
    };
    let host = rest.trim_start_matches('[').split([']', '/']).next().unwrap_or_default();
    let host = if host.matches(':').count() == 1 { host.split(':').next().unwrap_or_default() } else { host };
    if rest.is_empty() || rest.contains('/') {
        return Some("CURLEW_BASE_URL must be scheme, host and port, without a path.".into());
    }
    match scheme {
        "https" => None,
        "http" if host == "localhost" || host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback()) => None,
        "http" => Some("CURLEW_BASE_URL must be https, except on this machine: passwords and sessions must not travel in the open.".into()),
        _ => Some("CURLEW_BASE_URL must begin with https://.".into()),
    }
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
}
