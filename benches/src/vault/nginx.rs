// SPDX-License-Identifier: Apache-2.0

//! A plain nginx over loopback, beside which a vault service is measured. It has no signatures, asks no chain and hashes nothing.

use anyhow::{bail, ensure, Context, Result};
use std::{
    env,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Bytes that are sent or received at a time.
const PIECE: usize = 256 * 1024;

/// A running nginx; it ends with the value.
pub(super) struct Nginx {
    process: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
    /// The files that it serves.
    root: PathBuf,
    /// Whether it takes files: the module for WebDAV is one that a build can lack.
    takes: bool,
}

impl Nginx {
    /// Starts one with its files in `folder`; none when there is no such program.
    pub(super) fn start(program: &Path, folder: &Path) -> Result<Option<Self>> {
        let Some(program) = found(program) else { return Ok(None) };
        let built = Command::new(&program).arg("-V").stdin(Stdio::null()).output()?;
        let takes = String::from_utf8_lossy(&built.stderr).contains("http_dav_module");
        let folder = folder.join("nginx");
        let root = folder.join("files");
        fs::create_dir_all(&root)?;
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let config = folder.join("nginx.conf");
        fs::write(&config, text(&folder, address, takes))?;
        let mut command = Command::new(program);
        command.arg("-p").arg(&folder).arg("-c").arg(&config).arg("-e").arg(folder.join("errors"));
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let begun = Instant::now();
        while TcpStream::connect(address).is_err() {
            if process.try_wait()?.is_some() || begun.elapsed() > Duration::from_secs(20) {
                let _ = process.kill();
                bail!("nginx does not start: {}", fs::read_to_string(folder.join("errors")).unwrap_or_default());
            }
            sleep(Duration::from_millis(20));
        }
        Ok(Some(Self { process, address, root, takes }))
    }

    /// Whether it takes files by PUT.
    pub(super) fn takes(&self) -> bool {
        self.takes
    }

    /// Where the file `name` lies.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Sends a file by PUT. nginx syncs nothing, so this syncs what it stored.
    pub(super) fn put(&self, name: &str, from: &Path) -> Result<()> {
        let mut file = File::open(from)?;
        let mut stream = TcpStream::connect(self.address)?;
        let length = file.metadata()?.len();
        let head =
            format!("PUT /{name} HTTP/1.1\r\nHost: nginx\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes())?;
        pass_on(&mut file, &mut stream)?;
        let mut answer = BufReader::new(stream);
        let (status, _) = head_of(&mut answer)?;
        ensure!(matches!(status, 201 | 204), "nginx answered {status}");
        Ok(File::open(self.path(name))?.sync_all()?)
    }

    /// Fetches a file into another one, which is synced.
    pub(super) fn get(&self, name: &str, to: &Path) -> Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.write_all(format!("GET /{name} HTTP/1.1\r\nHost: nginx\r\nConnection: close\r\n\r\n").as_bytes())?;
        let mut answer = BufReader::with_capacity(PIECE, stream);
        let (status, length) = head_of(&mut answer)?;
        ensure!(status == 200, "nginx answered {status}");
        let mut file = File::create(to)?;
        ensure!(pass_on(&mut answer, &mut file)? == length, "nginx cut the file off");
        Ok(file.sync_all()?)
    }

    /// Its processes: the first one and its workers.
    pub(super) fn processes(&self) -> Vec<u32> {
        let first = self.process.id();
        let children = fs::read_to_string(format!("/proc/{first}/task/{first}/children")).unwrap_or_default();
        std::iter::once(first).chain(children.split_whitespace().filter_map(|child| child.parse().ok())).collect()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The first process ends its workers when it is told, and leaves them when it is killed.
        let told = rustix::process::Pid::from_child(&self.process);
        if rustix::process::kill_process(told, rustix::process::Signal::TERM).is_err() {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// The program: a path, or a name that is looked for where programs of the system lie.
fn found(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_owned());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn text(folder: &Path, address: SocketAddr, takes: bool) -> String {
    let folder = folder.display();
    // Only root may name the user; its workers have to reach the folder of a measurement, which is private.
    let user = if rustix::process::geteuid().is_root() { "user root;" } else { "" };
    let takes = if takes { "dav_methods PUT;" } else { "" };
    format!(
        "daemon off; worker_processes auto; pid {folder}/pid; {user}\n\
         events {{ worker_connections 4096; }}\n\
         http {{\n\
           access_log off; sendfile on; client_max_body_size 0; keepalive_requests 1000000;\n\
           client_body_temp_path {folder}/incoming; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;\n\
           uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;\n\
           server {{ listen {address} backlog=4096; root {folder}/files; location / {{ {takes} }} }}\n\
         }}\n"
    )
}

/// The status of an answer, and the length of its body.
fn head_of(answer: &mut impl BufRead) -> Result<(u16, u64)> {
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no answer of HTTP")?;
    let mut length = 0;
    loop {
        line.clear();
        ensure!(answer.read_line(&mut line)? > 0, "the answer was cut off");
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.trim().parse()?,
            Some(_) => {}
            None => return Ok((status, length)),
        }
    }
}

fn pass_on(from: &mut impl Read, to: &mut impl Write) -> io::Result<u64> {
    let (mut piece, mut sum) = (vec![0; PIECE], 0u64);
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return Ok(sum);
        }
        to.write_all(piece.get(..read).unwrap_or_default())?;
        sum = sum.saturating_add(read as u64);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn an_absent_program_is_no_baseline() {
        let folder = tempfile::tempdir().unwrap();
        for absent in ["no-such-nginx", "./no-such-nginx"] {
            assert!(Nginx::start(Path::new(absent), folder.path()).unwrap().is_none());
        }
    }

    #[test]
    fn heads_of_answers_are_read() {
        let mut answer = &b"HTTP/1.1 200 OK\r\nServer: nginx\r\ncontent-LENGTH: 17\r\n\r\nbody"[..];
        assert_eq!(head_of(&mut answer).unwrap(), (200, 17));
        assert_eq!(answer, b"body");
        assert!(head_of(&mut &b"HTTP/1.1 200 OK\r\n"[..]).is_err());
        assert!(head_of(&mut &b""[..]).is_err());
    }
}
