//! A lab that is a node of MADSci (Modular Autonomous Discovery for Science), spoken to by its REST protocol.
//!
//! `POST /action/NAME {"args": {...}}` reserves and returns an `action_id`; `POST /action/NAME/ID/start` begins, once, however
//! often it comes; `GET /action/ID/status` and `/result` tell what became of it. Inputs are arguments by their names, and the
//! result is a JSON object that has the outcomes by theirs (`NAME_std` beside `NAME` is its standard deviation), or a single
//! number where one outcome is asked for. A node keeps what it did in memory: one that is started again while it works leaves
//! the experiment lost, and it is not begun a second time.

use super::answer::{Reported, Value, kind, shortened, values_of};
use super::{Lab, LabError, Order, Origin, Standing, Stray, Trouble};
use serde_json::{Map, Value as Json, json};
use std::collections::HashSet;
use std::time::Duration;
use ureq::Agent;
use ureq::http::Uri;

/// A larger answer is not read, bytes.
const LARGEST: u64 = 4 << 20;

/// A node that makes and measures by an action.
#[derive(Debug)]
pub struct RestLab {
    name: String,
    /// Without a slash at its end.
    node: String,
    /// Empty: to be found out.
    action: String,
    agent: Agent,
    /// Told to begin by this process.
    started: HashSet<String>,
    strays: Vec<Stray>,
}

/// What a node said to a request.
struct Answer {
    status: u16,
    body: Json,
}

impl RestLab {
    /// A node's address with the action, as in `http://127.0.0.1:2000/action/anneal`. Without the action, the node must have
    /// exactly one. Nothing is asked yet.
    ///
    /// # Errors
    /// It is no http or https address.
    pub fn new(url: &str) -> Result<Self, LabError> {
        let refused = |why: &str| {
            LabError::Setup(format!(
                "`{url}`: {why}; write rest:http://HOST:PORT/action/NAME"
            ))
        };
        let uri: Uri = url.parse().map_err(|_| refused("it is no address"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(refused("it is neither an http nor an https address"));
        }
        if uri.authority().is_none_or(|it| it.as_str().contains('@')) || uri.query().is_some() {
            return Err(refused(
                "a name, a password or a query does not belong there",
            ));
        }
        let url = url.trim_end_matches('/');
        let (node, action) = match url.rsplit_once("/action/") {
            Some((node, action)) => (node, action),
            None => (url, ""),
        };
        if action.contains('/') || url.ends_with("/action") {
            return Err(refused("it does not end in an action's name"));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .user_agent(concat!("lodestone/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(Duration::from_secs(5)))
            .timeout_global(Some(Duration::from_secs(30)))
            .build();
        Ok(Self {
            name: format!("rest:{url}"),
            node: node.to_owned(),
            action: action.to_owned(),
            agent: config.new_agent(),
            started: HashSet::new(),
            strays: Vec::new(),
        })
    }

    fn away(&self, why: impl Into<String>) -> LabError {
        LabError::Away {
            lab: self.name.clone(),
            why: why.into(),
        }
    }

    fn refused(&self, why: impl Into<String>) -> LabError {
        LabError::Refused {
            lab: self.name.clone(),
            why: why.into(),
        }
    }

    /// Asks, and reads JSON. What may be better later is `Away`; any other status is handed on.
    fn ask(&mut self, path: &str, post: Option<&Json>) -> Result<Answer, LabError> {
        let url = format!("{}/{path}", self.node);
        let sent = match post {
            None => self.agent.get(&url).call(),
            Some(body) => self
                .agent
                .post(&url)
                .header("content-type", "application/json")
                .send(body.to_string()),
        };
        let mut response = sent.map_err(|error| self.away(format!("{url}: {error}")))?;
        let status = response.status().as_u16();
        let text = response
            .body_mut()
            .with_config()
            .limit(LARGEST)
            .read_to_string()
            .map_err(|error| self.away(format!("{url}: the answer ends early ({error})")))?;
        if status == 429 || status >= 500 {
            let text = shortened(&text, 120);
            return Err(self.away(format!("{url}: status {status} {text}")));
        }
        match serde_json::from_str(&text) {
            Ok(body) => Ok(Answer { status, body }),
            Err(_) if status >= 400 => Ok(Answer {
                status,
                body: Json::String(shortened(&text, 200)),
            }),
            Err(_) => {
                let detail = format!("{url}: a page that is no JSON: {}", shortened(&text, 120));
                self.strays.push(Stray {
                    job: None,
                    what: Trouble::Garbage,
                    detail: detail.clone(),
                });
                Err(self.away(detail))
            }
        }
    }

    /// The action's name, out of the node's description where it was not given.
    fn action(&mut self) -> Result<String, LabError> {
        if self.action.is_empty() {
            let info = self.ask("info", None)?;
            let actions = info.body.get("actions").and_then(Json::as_object);
            let names: Vec<&String> = actions.map(|all| all.keys().collect()).unwrap_or_default();
            let [only] = names.as_slice() else {
                let known = names.iter().map(|name| name.as_str()).collect::<Vec<_>>();
                return Err(LabError::Setup(format!(
                    "{} has {} actions ({}); write rest:{}/action/NAME",
                    self.name,
                    known.len(),
                    shortened(&known.join(", "), 200),
                    self.node
                )));
            };
            self.action = (*only).clone();
        }
        Ok(self.action.clone())
    }

    fn result(&mut self, order: &Order, job: &str) -> Result<Json, LabError> {
        let answer = self.ask(&format!("action/{job}/result"), None)?;
        if answer.status >= 400 {
            let why = format!(
                "status {} {}",
                answer.status,
                shortened(&answer.body.to_string(), 200)
            );
            return Err(self.refused(format!("the result of {}: {why}", order.key)));
        }
        Ok(answer.body)
    }
}

/// A job's name becomes part of an address.
fn is_plain(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 100
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The outcomes out of a result; all that it has where none of them is in it, for the message.
fn reported(result: &Json, order: &Order) -> Result<Reported, String> {
    let json = result.get("json_result").unwrap_or(&Json::Null);
    let values = match json {
        Json::Object(all) => {
            let of = |name: &str| {
                order.outcomes.iter().any(|wanted| {
                    name == wanted.name || name.strip_suffix("_std") == Some(&wanted.name)
                })
            };
            let asked: Map<String, Json> = all
                .iter()
                .filter(|(name, _)| of(name))
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect();
            if asked.is_empty() {
                let blank = |name: &String| {
                    let value = Value {
                        value: f64::NAN,
                        std: f64::NAN,
                        unit: None,
                    };
                    (name.clone(), value)
                };
                all.keys().map(blank).collect()
            } else {
                values_of(&asked)?
            }
        }
        Json::Number(number) if order.outcomes.len() == 1 => {
            let value = Value {
                value: number.as_f64().unwrap_or(f64::NAN),
                std: f64::NAN,
                unit: None,
            };
            vec![(order.outcomes[0].name.clone(), value)]
        }
        other => {
            return Err(format!(
                "its result is {}, no object of outcomes",
                kind(other)
            ));
        }
    };
    Ok(Reported {
        values,
        ..Reported::default()
    })
}

/// The messages of a result's errors.
fn errors(result: &Json) -> String {
    let messages: Vec<&str> = result
        .get("errors")
        .and_then(Json::as_array)
        .into_iter()
        .flatten()
        .filter_map(|error| error.get("message").and_then(Json::as_str))
        .collect();
    match messages.as_slice() {
        [] => "the node gives no reason".to_owned(),
        all => shortened(&all.join("; "), 500),
    }
}

impl Lab for RestLab {
    fn name(&self) -> &str {
        &self.name
    }

    fn origin(&self) -> Origin {
        Origin::Unstated
    }

    fn reserve(&mut self, order: &Order) -> Result<String, LabError> {
        let action = self.action()?;
        let mut arguments = Map::new();
        for cell in &order.inputs {
            let value = match cell.number() {
                Some(number) => json!(number),
                None => json!(cell.text),
            };
            arguments.insert(cell.name.clone(), value);
        }
        let answer = self.ask(
            &format!("action/{action}"),
            Some(&json!({ "args": arguments })),
        )?;
        if answer.status >= 400 {
            return Err(self.refused(format!(
                "action `{action}`: status {} {}",
                answer.status,
                shortened(&answer.body.to_string(), 300)
            )));
        }
        match answer.body.get("action_id").and_then(Json::as_str) {
            Some(id) if is_plain(id) => Ok(id.to_owned()),
            _ => Err(self.away(format!(
                "it names no action_id: {}",
                shortened(&answer.body.to_string(), 120)
            ))),
        }
    }

    fn start(&mut self, _: &Order, job: &str) -> Result<(), LabError> {
        let action = self.action()?;
        if !is_plain(job) {
            return Err(self.refused(format!("`{}` is no action_id", shortened(job, 60))));
        }
        self.started.insert(job.to_owned());
        // What the node says to this is not what counts: it may have begun in an earlier life of ours. Its history is asked.
        self.ask(&format!("action/{action}/{job}/start"), Some(&json!({})))?;
        Ok(())
    }

    fn poll(&mut self, order: &Order, job: &str) -> Result<Standing, LabError> {
        if !is_plain(job) {
            return Err(self.refused(format!("`{}` is no action_id", shortened(job, 60))));
        }
        let answer = self.ask(&format!("action/{job}/status"), None)?;
        let status = match &answer.body {
            Json::String(status) if answer.status < 400 => status.as_str(),
            _ if answer.status == 404 => "unknown",
            other => {
                let why = format!(
                    "the status of {job} is {}",
                    shortened(&other.to_string(), 120)
                );
                return Err(self.away(why));
            }
        };
        match status {
            "running" | "paused" | "not_started" => Ok(Standing::Running),
            "unknown" if self.started.contains(job) => Ok(Standing::Lost(
                "the node was told to begin and knows nothing of it; was it started again?"
                    .to_owned(),
            )),
            "unknown" => Ok(Standing::Reserved),
            "succeeded" => {
                let result = self.result(order, job)?;
                match reported(&result, order) {
                    Ok(reported) => Ok(Standing::Done(reported)),
                    Err(why) => {
                        self.strays.push(Stray {
                            job: Some(job.to_owned()),
                            what: Trouble::Wrong,
                            detail: why.clone(),
                        });
                        Ok(Standing::Abandoned(why))
                    }
                }
            }
            "failed" => Ok(Standing::Failed(errors(&self.result(order, job)?))),
            "cancelled" => Ok(Standing::Abandoned(
                "it was cancelled at the node".to_owned(),
            )),
            "not_ready" => Ok(Standing::Busy(errors(&self.result(order, job)?))),
            other => Err(self.away(format!(
                "it has the status `{}`, which is not known",
                shortened(other, 40)
            ))),
        }
    }

    fn cancel(&mut self, _: &str) -> Result<(), LabError> {
        // The protocol cancels whatever the node does, not one action; that would be somebody else's.
        Ok(())
    }

    fn strays(&mut self) -> Vec<Stray> {
        std::mem::take(&mut self.strays)
    }
}
