//! Backups by the command line: what a crafted file costs, and what is left behind.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use crate::harness::{CommandOutput, TestFolder, place, sqlite};

/// Runs a command and answers the most memory that it had, in MiB.
fn with_peak(place: &TestFolder, arguments: &[&str]) -> (CommandOutput, u64) {
    let child = place.command(arguments).spawn().unwrap();
    let (id, mut peak) = (child.id(), 0);
    let watching = std::thread::spawn(move || {
        let began = Instant::now();
        while let Ok(status) = std::fs::read_to_string(format!("/proc/{id}/status")) {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let Some(kib) = line.and_then(|it| it.trim().trim_end_matches(" kB").parse::<u64>().ok()) else { break };
            peak = peak.max(kib / 1_024);
            if began.elapsed() > Duration::from_secs(120) {
                break;
            }
            std::thread::park_timeout(Duration::from_millis(2));
        }
        peak
    });
    let said = child.wait_with_output().unwrap().into();
    (said, watching.join().unwrap())
}

fn crafted(line: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let (mut file, mut hash) = (flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best()), Sha256::new());
    let head: &[&[u8]] =
        &[b"curlew backup 1\n", b"{\"table\":\"teams\",\"columns\":[[\"id\",\"int\"],[\"name\",\"text\"],[\"name_key\",\"text\"]]}\n"];
    for part in head.iter().map(|it| it.to_vec()).chain(line) {
        hash.update(&part);
        file.write_all(&part).unwrap();
    }
    let sum: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    file.write_all(format!("{sum}\n").as_bytes()).unwrap();
    file.finish().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_crafted_backup_costs_little_memory_and_writes_nothing() {
    let place = place().await;
    let usual = {
        let other = sqlite();
        with_peak(&other, &["migrate"]).1
    };
    let line = |parts: usize, part: &str| {
        let part = part.as_bytes().repeat((1 << 20) / part.len());
        std::iter::once(b"[1,\"".to_vec()).chain(std::iter::repeat_n(part, parts)).chain([b"\",\"a\"]\n".to_vec()])
    };
    let wide = std::iter::once(b"[".to_vec()).chain(std::iter::repeat_n(b"1,".repeat(1 << 19), 7)).chain([b"1]\n".to_vec()]);
    for (name, bytes) in [
        ("one line of 1 GiB", crafted(line(1_024, "a"))),
        ("one row of three million values", crafted(wide)),
        ("a thousand rows of 7 MiB", crafted((0..200).flat_map(|_| line(7, "a")))),
    ] {
        std::fs::write(place.folder.join("crafted.backup"), &bytes).unwrap();
        let (said, peak) = with_peak(&place, &["restore", "crafted.backup"]);
        assert!(!said.ok, "{name}");
        println!("{name}: {} kB of file, {peak} MiB of memory (a start has {usual}): {}", bytes.len() / 1_024, said.err.trim());
        assert!(peak < usual + 200, "{name}: {peak} MiB instead of {usual}");
        assert_eq!(place.number("SELECT count(*) FROM teams").await, 0, "{name}");
    }
}

#[test]
fn a_backup_that_cannot_be_written_names_the_file() {
    let place = sqlite();
    assert!(place.run(&["demo", "--orders", "5"]).ok);
    let said = place.run(&["backup", "/proc/nightly.backup"]);
    assert!(!said.ok && said.err.contains("/proc/nightly.backup"), "{}", said.err);
    let said = place.run(&["export", "--as", "layla", "no/such/folder.csv"]);
    assert!(!said.ok && said.err.contains("no/such/folder.csv"), "{}", said.err);
    assert!(place.run(&["backup", "nightly.backup"]).ok);
    let said = place.run(&["backup", "nightly.backup"]);
    assert!(!said.ok && said.err.contains("already exists"), "{}", said.err);
    assert!(place.run(&["backup", "--replace", "nightly.backup"]).ok);
}
