//! Runs other programs: shown, retried, or read line by line while they speak.

use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How a command reads in a terminal, for messages.
pub fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| {
        let arg = arg.to_string_lossy();
        if arg.contains(' ') { format!("{arg:?}") } else { arg.into_owned() }
    }));
    words.join(" ")
}

/// Runs to the end with our own input and output; anything but success is an error.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", shown(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", shown(command));
    }
    Ok(())
}

/// Runs what needs the network: waits 5, 15 and 45 seconds before the second, third and last try.
pub fn run_with_retry(mut make: impl FnMut() -> Command) -> Result<()> {
    for pause in [5, 15, 45] {
        match run(&mut make()) {
            Ok(()) => return Ok(()),
            Err(error) => eprintln!("xtask: {error:#}; again in {pause} s"),
        }
        std::thread::sleep(Duration::from_secs(pause));
    }
    run(&mut make())
}

/// Runs quietly and returns what was printed; an error carries what the program said.
pub fn output(command: &mut Command) -> Result<String> {
    let out = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    if !out.status.success() {
        bail!(
            "{} ended with {}\n{}{}",
            shown(command),
            out.status,
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Runs, shows both outputs as they come and hands every line to `read`. True on success.
pub fn watch(command: &mut Command, mut read: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let (send, lines) = mpsc::channel();
    let readers: Vec<_> = [
        child.stdout.take().map(|out| Box::new(out) as Box<dyn Read + Send>),
        child.stderr.take().map(|err| Box::new(err) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    .map(|stream| {
        let send = send.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                if send.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                    break;
                }
            }
        })
    })
    .collect();
    drop(send);
    let mut out = std::io::stdout().lock();
    for line in lines {
        read(&line);
        // A closed terminal is no reason to lose the count.
        let _ = writeln!(out, "{line}");
    }
    for reader in readers {
        let _ = reader.join();
    }
    Ok(child.wait()?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_outputs_are_read_and_the_end_is_reported() {
        let mut seen = Vec::new();
        let ok = watch(Command::new("sh").args(["-c", "echo one; echo two >&2; exit 3"]), |line| {
            seen.push(line.to_string());
        })
        .unwrap();
        seen.sort();
        assert_eq!((seen, ok), (vec!["one".to_string(), "two".to_string()], false));
    }

    #[test]
    fn a_failure_carries_what_was_said() {
        let error = output(Command::new("sh").args(["-c", "echo why >&2; exit 1"])).unwrap_err();
        assert!(format!("{error:#}").contains("why"));
    }
}
