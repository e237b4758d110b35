//! A registry behind a web server, which may be slow, broken or hostile: every wait and every size has a limit.

use crate::key::shown;
use crate::{RegistryError, file};
use job::Job;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::http::header::{CONTENT_LENGTH, CONTENT_RANGE};
use ureq::http::{Response, StatusCode, Uri};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Timeout};

/// How long a server may take, and how far it may lead us.
#[derive(Clone, Debug)]
pub struct WebOptions {
    /// To answer the call.
    pub connect: Duration,
    /// Without sending anything.
    pub stall: Duration,
    /// For a whole file, beside the time that its size allows.
    pub patience: Duration,
    /// The slowest transfer that is waited for.
    pub bytes_per_second: u64,
    pub redirects: u32,
    /// An HTTP proxy, `http://host:port`. Proxies that the environment names are not used.
    pub proxy: Option<String>,
    /// A PEM file of the authorities that certify https servers, instead of those that browsers know.
    pub authorities: Option<PathBuf>,
}

/// What a file of authorities may have, bytes.
const AUTHORITIES_BYTES: u64 = 4 << 20;

impl Default for WebOptions {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            stall: Duration::from_secs(20),
            patience: Duration::from_secs(40),
            bytes_per_second: 16 << 10,
            redirects: 5,
            proxy: None,
            authorities: None,
        }
    }
}

/// The address of a registry, and how it is asked.
#[derive(Debug)]
pub struct Web {
    /// Without a slash at its end.
    base: String,
    agent: Agent,
    options: WebOptions,
}

/// The beginning of an answer to a request for a part of a file.
pub(crate) enum Part {
    /// The rest, from where it was asked for.
    Rest(Body),
    /// The file from its beginning.
    Whole(Body),
    /// The server will not give this part.
    Refused,
    Absent,
}

impl Web {
    pub fn new(url: &str, options: &WebOptions) -> Result<Self, RegistryError> {
        let refused = |why: &str| RegistryError::Source {
            place: shown(url),
            why: why.to_owned(),
        };
        let uri: Uri = url.parse().map_err(|_| refused("it is no address"))?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(refused("it is neither an http nor an https address")),
        };
        if uri.authority().is_none_or(|a| a.as_str().contains('@')) {
            return Err(refused("an address with a user's name is not used"));
        }
        if uri.query().is_some() || url.contains(['#', '\\']) {
            return Err(refused(
                "it is not the address of a folder: leave out what follows '?' or '#'",
            ));
        }
        let proxy = match &options.proxy {
            None => None,
            Some(proxy) => {
                Some(ureq::Proxy::new(proxy).map_err(|e| refused(&format!("proxy {proxy}: {e}")))?)
            }
        };
        let mut tls = TlsConfig::builder();
        if let Some(path) = &options.authorities {
            tls = tls.root_certs(authorities(path)?);
        }
        let tls = tls.build();
        let config = Agent::config_builder()
            // What is asked for over https is not fetched over less, wherever a redirect leads.
            .https_only(https)
            .http_status_as_error(false)
            .max_redirects(options.redirects)
            .proxy(proxy)
            .tls_config(tls)
            .user_agent(concat!("lodestone/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(options.connect))
            .timeout_per_read(Some(options.stall))
            .timeout_per_write(Some(options.stall))
            .build();
        Ok(Self {
            base: url.trim_end_matches('/').to_owned(),
            agent: config.new_agent(),
            options: options.clone(),
        })
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}/{path}", self.base)
    }

    fn time_for(&self, bytes: u64) -> Duration {
        let seconds = bytes / self.options.bytes_per_second.max(1);
        self.options.patience + Duration::from_secs(seconds)
    }

    fn ask(&self, url: &str, bytes: u64, from: u64) -> Result<Response<Body>, RegistryError> {
        let mut request = self.agent.get(url);
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        let request = request
            .config()
            .timeout_global(Some(self.time_for(bytes)))
            .build();
        request
            .call()
            .map_err(|error| self.failed(url, bytes, error))
    }

    /// The whole file, `None` where there is none; refused where it is longer than `limit`.
    pub(crate) fn get(
        &self,
        path: &str,
        limit: u64,
        job: &Job,
    ) -> Result<Option<Vec<u8>>, RegistryError> {
        let url = self.url(path);
        let response = self.ask(&url, limit, 0)?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(None),
            status => return Err(answered(&url, status)),
        }
        let too_big = || RegistryError::TooBig {
            what: url.clone(),
            limit,
        };
        if number(&response, CONTENT_LENGTH).is_some_and(|length| length > limit) {
            return Err(too_big());
        }
        let mut bytes = Vec::new();
        let copied = self.copy(&url, response.into_body(), limit, job, &mut |part| {
            bytes.extend_from_slice(part);
            Ok(())
        })?;
        if copied > limit {
            return Err(too_big());
        }
        Ok(Some(bytes))
    }

    /// Asks for a file of `size` bytes from the byte `from` on.
    pub(crate) fn part(&self, path: &str, size: u64, from: u64) -> Result<Part, RegistryError> {
        let url = self.url(path);
        let response = self.ask(&url, size, from)?;
        match response.status() {
            StatusCode::OK => Ok(Part::Whole(response.into_body())),
            StatusCode::PARTIAL_CONTENT if from > 0 => {
                let range = response.headers().get(CONTENT_RANGE);
                let range = range.and_then(|r| r.to_str().ok()).unwrap_or_default();
                Ok(if range.starts_with(&format!("bytes {from}-")) {
                    Part::Rest(response.into_body())
                } else {
                    Part::Refused
                })
            }
            StatusCode::RANGE_NOT_SATISFIABLE if from > 0 => Ok(Part::Refused),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Part::Absent),
            status => Err(answered(&url, status)),
        }
    }

    /// Hands a body on piece by piece until its end, or until more than `limit` bytes came; says how many.
    pub(crate) fn copy(
        &self,
        url: &str,
        body: Body,
        limit: u64,
        job: &Job,
        take: &mut dyn FnMut(&[u8]) -> Result<(), RegistryError>,
    ) -> Result<u64, RegistryError> {
        let mut reader = body.into_reader();
        let mut buffer = vec![0; 32 << 10];
        let mut copied = 0;
        while copied <= limit {
            job.check()?;
            let read = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.failed(url, limit, error.into())),
            };
            copied += read as u64;
            take(&buffer[..read])?;
            job.advance(read as u64);
        }
        Ok(copied)
    }

    /// An error of the transfer, in words.
    fn failed(&self, url: &str, bytes: u64, error: ureq::Error) -> RegistryError {
        let why = match &error {
            ureq::Error::Timeout(Timeout::PerRead | Timeout::PerWrite) => {
                format!("the server stalled for {:?}", self.options.stall)
            }
            ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                format!("nobody answered within {:?}", self.options.connect)
            }
            ureq::Error::Timeout(_) => {
                format!(
                    "the server was too slow: not done within {:?}",
                    self.time_for(bytes)
                )
            }
            ureq::Error::TooManyRedirects => {
                format!(
                    "it is redirected more than {} times",
                    self.options.redirects
                )
            }
            ureq::Error::RequireHttpsOnly(_) => {
                "it is redirected from https to an address without".to_owned()
            }
            ureq::Error::HostNotFound => "there is no such host".to_owned(),
            ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                "the server ended the transfer before its announced end".to_owned()
            }
            ureq::Error::Io(error) => shown(&error.to_string()),
            ureq::Error::LargeResponseHeader(..) => "the answer's header is too long".to_owned(),
            other => shown(&other.to_string()),
        };
        RegistryError::Fetch {
            url: url.to_owned(),
            why,
        }
    }
}

fn authorities(path: &Path) -> Result<RootCerts, RegistryError> {
    let pem = file::read(path, AUTHORITIES_BYTES)?;
    let mut certificates = Vec::new();
    for item in parse_pem(&pem) {
        match item.map_err(|e| RegistryError::file("read certificates in", path, e))? {
            PemItem::Certificate(certificate) => certificates.push(certificate),
            _ => continue,
        }
    }
    if certificates.is_empty() {
        return Err(RegistryError::file(
            "read certificates in",
            path,
            "there is none",
        ));
    }
    Ok(RootCerts::new_with_certs(&certificates))
}

fn answered(url: &str, status: StatusCode) -> RegistryError {
    RegistryError::Fetch {
        url: url.to_owned(),
        why: format!("the server answers {status}"),
    }
}

fn number(response: &Response<Body>, name: ureq::http::HeaderName) -> Option<u64> {
    response.headers().get(name)?.to_str().ok()?.parse().ok()
}
