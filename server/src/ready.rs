//! `curlew ready`: checks whether the server with these settings accepts requests, over plain HTTP or TLS.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use crate::config::Config;

const WAIT: Duration = Duration::from_secs(5);

/// Sends one request.
///
/// Errors, one sentence: the server does not accept requests, or does not answer.
pub fn ready(config: &Config) -> Result<(), String> {
    let mut address = config.address;
    if address.ip().is_unspecified() {
        address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    // No setting tells whether `serve` has a certificate: a server that does not answer plain HTTP is asked over TLS.
    let answer = match plain(address) {
        Ok(answer) if answer.starts_with("HTTP/") => answer,
        Ok(_) | Err(_) if tls_answers(address) => {
            tls(address, config).map_err(|cause| format!("The server on {address} uses TLS and isn't responding: {cause}"))?
        }
        Ok(_) => return Err(format!("The server on {address} isn't Curlew")),
        Err(cause) => return Err(format!("No server is responding on {address}: {cause}")),
    };
    let (status, body) = (answer.split(' ').nth(1), answer.split("\r\n\r\n").nth(1).unwrap_or_default().trim());
    match status {
        Some("200") => Ok(()),
        _ => Err(format!("The server on {address} isn't accepting requests ({body})")),
    }
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, WAIT)?;
    stream.set_read_timeout(Some(WAIT))?;
    stream.set_write_timeout(Some(WAIT))?;
    Ok(stream)
}

fn ask(mut stream: impl Read + Write) -> io::Result<String> {
    stream.write_all(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")?;
    let mut answer = Vec::new();
    // A TLS peer may close without a closing message.
    match stream.take(4_096).read_to_end(&mut answer) {
        Ok(_) => {}
        Err(_) if !answer.is_empty() => {}
        Err(cause) => return Err(cause),
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn plain(address: SocketAddr) -> io::Result<String> {
    ask(connect(address)?)
}

/// Whether something accepts connections there at all.
fn tls_answers(address: SocketAddr) -> bool {
    connect(address).is_ok()
}

fn tls(address: SocketAddr, config: &Config) -> Result<String, String> {
    let failed = |cause: &dyn std::fmt::Display| cause.to_string();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let client = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|cause| failed(&cause))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(ThisMachine(provider)))
        .with_no_client_auth();
    let host =
        url::Url::parse(&config.base_url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "localhost".into());
    let name = ServerName::try_from(host).map_err(|cause| failed(&cause))?;
    let connection = ClientConnection::new(Arc::new(client), name).map_err(|cause| failed(&cause))?;
    let stream = connect(address).map_err(|cause| failed(&cause))?;
    ask(StreamOwned::new(connection, stream)).map_err(|cause| failed(&cause))
}

/// Accepts any certificate: the server is asked at its address on this machine, and no secret is
/// sent to it.
#[derive(Debug)]
struct ThisMachine(Arc<CryptoProvider>);

impl ServerCertVerifier for ThisMachine {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
