//! Commands: a message on the standard input of a program.
//!
//! On Unix a command runs in a process group of its own. When its time is up,
//! the whole group gets SIGTERM and, a second later, SIGKILL; when it ends by
//! itself, what it left running in the group gets SIGKILL. A process that leaves
//! the group (`setsid`) lives on and is not waited for.
//!
//! Elsewhere there are no process groups: the program itself is ended when its
//! time is up, and what it started lives on and is not waited for.

use std::collections::VecDeque;
use std::ffi::OsString;
use std::io::{self, PipeReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::attempts::Attempt;
use super::check::resolve;
use super::config::Channel;
use super::environment::inherited;
use super::message::Message;
use crate::http::{LOOK, Secrets, Timeout};
use crate::terminal::printable;

/// A message that is ready for a program.
pub(super) struct Run {
    program: PathBuf,
    words: Vec<String>,
    folder: PathBuf,
    input: Arc<str>,
    variables: Vec<(OsString, OsString)>,
    secrets: Arc<Secrets>,
}

/// Between SIGTERM and SIGKILL.
pub(super) const GRACE: Duration = Duration::from_secs(1);
/// How long to wait for the last words of a command that has ended.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// Bytes of output that are looked at, from the end.
const TAIL: usize = 4096;
/// Characters of output that are kept.
const KEPT: usize = 200;

impl Run {
    /// `None` if the channel is no command.
    pub(super) fn new(
        channel: &Channel,
        message: &Message,
        folder: &Path,
        secrets: &Arc<Secrets>,
    ) -> Option<Self> {
        let (program, words) = channel.command.as_ref()?.split_first()?;
        let worst = message.events.first().map_or("none", |event| event.kind.name());
        let counts = message.counts;
        let failing = counts.failed + counts.broken + counts.undefined;
        let about = [
            // No variable can have a NUL.
            ("TALLYHO_JOB", printable(&message.job).into_owned()),
            ("TALLYHO_NIGHT", message.night.to_string()),
            ("TALLYHO_CHANNEL", message.channel.clone()),
            ("TALLYHO_WORST", worst.to_owned()),
            ("TALLYHO_EVENTS", message.events.len().to_string()),
            ("TALLYHO_FAILING", failing.to_string()),
        ];
        Some(Self {
            program: resolve(program, folder),
            words: words.to_vec(),
            folder: std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned()),
            input: message.render(channel.format()).into(),
            variables: inherited(&channel.environment)
                .chain(about.map(|(name, value)| (name.into(), value.into())))
                .collect(),
            secrets: Arc::clone(secrets),
        })
    }

    /// Runs it once. Ends within `limit` and [`GRACE`], whatever it does.
    pub(super) fn once(&self, limit: Duration, halt: &AtomicBool) -> Attempt {
        let (mut child, output) = match self.start() {
            Ok(started) => started,
            Err(error) => {
                let problem = format!("cannot start {}: {error}", self.program.display());
                return Attempt::Refused(self.secrets.hide(&problem));
            }
        };
        self.feed(&mut child);
        let output = Output::collect(output);
        let ended = wait(&mut child, limit, halt);
        let said = self.shown(&output.last_words());
        let with = |what: String| if said.is_empty() { what } else { format!("{what}: {said}") };
        match ended {
            Ok(Some(status)) if status.success() => Attempt::Arrived(with(status.to_string())),
            Ok(Some(status)) => Attempt::Failed(with(status.to_string()), None),
            Ok(None) => Attempt::Failed(with(format!("not done within {}", Timeout(limit))), None),
            Err(error) => Attempt::Failed(with(format!("cannot wait for it: {error}")), None),
        }
    }

    fn start(&self) -> io::Result<(Child, PipeReader)> {
        let (reader, writer) = io::pipe()?;
        let mut command = Command::new(&self.program);
        command.args(&self.words).current_dir(&self.folder);
        command.env_clear().envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(writer.try_clone()?).stderr(writer);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        // The command holds the other end of the pipe, and goes here.
        Ok((command.spawn()?, reader))
    }

    /// Writes the message; a program that does not read it is no fault.
    fn feed(&self, child: &mut Child) {
        if let Some(mut stdin) = child.stdin.take() {
            let input = Arc::clone(&self.input);
            let write = move || drop(stdin.write_all(input.as_bytes()));
            // Without a thread it reads an empty input, and says so or not.
            drop(thread::Builder::new().spawn(write));
        }
    }

    fn shown(&self, said: &str) -> String {
        let text = self.secrets.hide(said);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let from = line.chars().count().saturating_sub(KEPT);
        line.chars().skip(from).collect()
    }
}

/// The commands that run, to be ended with the process.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

fn running() -> MutexGuard<'static, Vec<u32>> {
    // Nothing that could panic happens under this lock.
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A command among those that run, until it is dropped: before it is collected, so
/// that its number is nobody else's.
struct Running(u32);

impl Running {
    fn of(child: &Child) -> Self {
        running().push(child.id());
        Self(child.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        running().retain(|number| *number != self.0);
    }
}

/// Ends every command that runs, before the process is ended.
pub fn end_commands() {
    for &number in running().iter() {
        group::end_numbered(number);
    }
}

/// Waits for the end; `None` if it had to be ended.
fn wait(child: &mut Child, limit: Duration, halt: &AtomicBool) -> io::Result<Option<ExitStatus>> {
    let running = Running::of(child);
    let in_time = ends_within(child, limit, halt);
    if !matches!(in_time, Ok(true)) {
        group::ask_to_end(child);
        // If it has not, it is ended now.
        let _ = ends_within(child, GRACE, &AtomicBool::new(false));
    }
    group::end(child);
    drop(running);
    let status = child.wait()?;
    Ok(in_time?.then_some(status))
}

fn ends_within(child: &mut Child, limit: Duration, halt: &AtomicBool) -> io::Result<bool> {
    let end = Instant::now() + limit;
    loop {
        if group::has_ended(child)? {
            return Ok(true);
        }
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() || halt.load(Ordering::Relaxed) {
            return Ok(false);
        }
        thread::sleep(left.min(LOOK));
    }
}

/// What a command writes, as it comes.
struct Output {
    tail: Arc<Mutex<VecDeque<u8>>>,
    closed: mpsc::Receiver<()>,
}

impl Output {
    fn collect(mut reader: PipeReader) -> Self {
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let (end, closed) = mpsc::channel();
        let kept = Arc::clone(&tail);
        let read = move || {
            let mut block = [0; TAIL];
            while let Ok(count @ 1..) = reader.read(&mut block) {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                kept.extend(&block[..count]);
                let old = kept.len().saturating_sub(TAIL);
                kept.drain(..old);
            }
            let _ = end.send(());
        };
        // Without a thread nothing is read, and the pipe closes.
        drop(thread::Builder::new().spawn(read));
        Self { tail, closed }
    }

    /// All that came, and what still comes within a moment.
    fn last_words(&self) -> String {
        // Whether it closed or somebody else holds it open, the time is up.
        let _ = self.closed.recv_timeout(LAST_WORDS);
        let mut tail = self.tail.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(tail.make_contiguous()).into_owned()
    }
}

#[cfg(unix)]
mod group {
    use std::io;
    use std::process::Child;

    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

    /// Whether it has ended. It is not collected yet, so that nobody else gets
    /// its number and, with it, the signals.
    pub(super) fn has_ended(child: &mut Child) -> io::Result<bool> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        Ok(waitid(WaitId::Pid(Pid::from_child(child)), options)?.is_some())
    }

    pub(super) fn ask_to_end(child: &Child) {
        // It fails if all have ended.
        let _ = kill_process_group(Pid::from_child(child), Signal::TERM);
    }

    pub(super) fn end(child: &Child) {
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }

    pub(super) fn end_numbered(number: u32) {
        if let Some(number) = i32::try_from(number).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(number, Signal::KILL);
        }
    }
}

#[cfg(not(unix))]
mod group {
    use std::io;
    use std::process::Child;

    pub(super) fn has_ended(child: &mut Child) -> io::Result<bool> {
        Ok(child.try_wait()?.is_some())
    }

    pub(super) fn ask_to_end(child: &mut Child) {
        end(child);
    }

    pub(super) fn end(child: &mut Child) {
        // It fails if it has ended.
        drop(child.kill());
    }

    /// A number alone ends nothing here.
    pub(super) fn end_numbered(_: u32) {}
}
