//! A server that speaks S3 for the tests (moto), in memory, on a free port of loopback, stopped by its id.

use crate::{paths, python};
use anyhow::{Context as _, Result, bail};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Where tests find it. Bucket and keys are made up: whoever is on loopback may.
pub const VARIABLE: &str = "ESIK_TEST_S3";

/// Until it answers.
const START: Duration = Duration::from_secs(60);

/// A running server; stopped when dropped, and what it held is gone.
pub struct S3 {
    process: Child,
    port: u16,
}

impl S3 {
    /// Installs it once, and starts it.
    pub fn start() -> Result<Self> {
        let program = python::installed("moto", "s3", "moto_server")?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .current_dir(paths::cache()?)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start moto_server")?;
        let mut server = Self { process, port };
        let start = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if server.process.try_wait()?.is_some() || start.elapsed() > START {
                bail!("the S3 server of the tests did not start");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        println!("xtask: S3 for the tests on port {port}");
        Ok(server)
    }

    /// Tells a test run where it is; the program's own variables, too.
    pub fn tell(&self, tests: &mut Command) {
        let url = format!("http://127.0.0.1:{}", self.port);
        tests.env(VARIABLE, &url).env("AWS_ENDPOINT", url).env("AWS_ALLOW_HTTP", "true");
        tests.env("AWS_ACCESS_KEY_ID", "tests").env("AWS_SECRET_ACCESS_KEY", "tests");
        tests.env("AWS_REGION", "us-east-1");
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
