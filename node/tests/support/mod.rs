// SPDX-License-Identifier: Apache-2.0

//! A node that runs as a process of its own, and ends with the test.

#![allow(dead_code, reason = "each test program uses what it needs")]

use rustix::process::{kill_process, Pid, Signal};
use serde_json::{json, Value};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread::{spawn, JoinHandle},
    time::Duration,
};

/// How long the node may take to start, or to finalize a few blocks.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// A node of a new `dev` chain.
pub(crate) struct Node {
    process: Child,
    log: Arc<Mutex<Vec<String>>>,
    reader: Option<JoinHandle<()>>,
    /// Where it answers clients.
    pub(crate) address: String,
}

impl Node {
    pub(crate) fn start() -> Self {
        Self::start_with(&["--rpc-port=0", "--listen-addr=/ip4/127.0.0.1/tcp/0"])
    }

    /// Starts a node whose ports are among the options.
    pub(crate) fn start_with(options: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_salus-node"))
            .args(["--dev", "--tmp", "--no-prometheus"])
            .args(options)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
        let mut begun = Vec::new();
        let address = lines
            .by_ref()
            .find_map(|line| {
                let address = line.split_once("Running JSON-RPC server: addr=");
                let address = address.and_then(|(_, rest)| rest.split([',', ' ']).next().map(str::to_owned));
                begun.push(line);
                address
            })
            .unwrap_or_else(|| panic!("the node does not listen: {begun:#?}"));
        let log = Arc::new(Mutex::new(begun));
        // The node would stop if the pipe became full.
        let reader = spawn({
            let log = log.clone();
            move || lines.for_each(|line| log.lock().unwrap().push(line))
        });
        Self { process, log, reader: Some(reader), address }
    }

    /// The lines that it has logged so far.
    pub(crate) fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    /// Tells the node to stop, as a supervisor does. Returns its status and everything that it logged.
    pub(crate) fn stop(mut self) -> (ExitStatus, Vec<String>) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
        let status = self.process.wait().unwrap();
        self.reader.take().unwrap().join().unwrap();
        (status, self.log())
    }

    /// Sends a whole HTTP request; returns the head and the body of the answer.
    pub(crate) fn http(&self, request: &str) -> (String, String) {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).unwrap();
        let (head, body) = response.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    /// Calls a method for a client that names the node `host`.
    pub(crate) fn post(&self, host: &str, method: &str, parameters: Value) -> (String, String) {
        let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).to_string();
        self.http(&format!(
            "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ))
    }

    pub(crate) fn call(&self, method: &str, parameters: Value) -> Value {
        let (_, answer) = self.post(&self.address, method, parameters);
        serde_json::from_str(&answer).unwrap_or_else(|error| panic!("{method}: {error}: {answer}"))
    }

    pub(crate) fn ask(&self, method: &str, parameters: Value) -> Value {
        let answer = self.call(method, parameters);
        assert!(answer["error"].is_null(), "{method}: {answer}");
        answer["result"].clone()
    }

    pub(crate) fn error_code(&self, method: &str, parameters: Value) -> i64 {
        self.call(method, parameters)["error"]["code"].as_i64().unwrap()
    }

    pub(crate) fn finalized(&self) -> u32 {
        let hash = self.ask("chain_getFinalizedHead", json!([]));
        let header = self.ask("chain_getHeader", json!([hash]));
        u32::from_str_radix(header["number"].as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
