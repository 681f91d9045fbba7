//! Counts tests from what the test programs print: cargo test, cargo nextest and Vitest.

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u32,
    pub failed: u32,
}

/// Reads the lines of one run.
#[derive(Default)]
pub struct Reader {
    lines: Count,
    /// nextest's own sum. It stands alone: nextest also shows what a failed test printed, and that holds
    /// the `test result:` line of the test's process.
    summary: Option<Count>,
}

impl Reader {
    /// Adds what a line says, if it says anything.
    pub fn read(&mut self, line: &str) {
        let line = without_colour(line);
        let line = line.trim();
        if let Some(rest) = line.strip_prefix("test result:") {
            // cargo test: `test result: ok. 5 passed; 0 failed; 0 ignored; …`
            self.lines.add(rest, &[';', '.']);
        } else if let Some(rest) = line.strip_prefix("Summary [") {
            // nextest: `Summary [ 0.5s] 12 tests run: 11 passed (1 slow), 1 failed, 0 skipped`
            let counts = rest.split_once("run:").map_or("", |(_, counts)| counts);
            self.summary.get_or_insert_default().add(counts, &[',', '(', ')']);
        } else if let Some(rest) = line.strip_prefix("Tests ") {
            // Vitest: `Tests  1 failed | 2 passed (3)`
            self.lines.add(rest, &['|', '(', ')']);
        }
    }

    /// What was counted.
    pub fn count(&self) -> Count {
        self.summary.unwrap_or(self.lines)
    }
}

impl Count {
    fn add(&mut self, text: &str, between: &[char]) {
        for part in text.split(between) {
            let mut words = part.split_whitespace();
            let (Some(number), Some(what)) = (words.next(), words.next()) else { continue };
            let Ok(number) = number.parse::<u32>() else { continue };
            match what {
                "passed" => self.passed += number,
                // nextest names what ran past its limit on its own; nothing may hang and count as nothing.
                "failed" | "timed" | "exec" => self.failed += number,
                _ => {}
            }
        }
    }
}

/// Drops ANSI colour sequences.
fn without_colour(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            for c in rest.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(lines: &[&str]) -> Count {
        let mut reader = Reader::default();
        lines.iter().for_each(|line| reader.read(line));
        reader.count()
    }

    #[test]
    fn lines_of_cargo_and_of_vitest_are_added_up() {
        let lines = [
            "test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s",
            "test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s",
            "\u{1b}[2m      Tests \u{1b}[22m \u{1b}[1m\u{1b}[31m1 failed\u{1b}[39m\u{1b}[22m | 4 passed (5)",
        ];
        assert_eq!(count(&lines), Count { passed: 5 + 2 + 4, failed: 3 + 1 });
    }

    #[test]
    fn nextest_counts_for_itself() {
        let lines = [
            // Printed by the failed test's own process.
            "test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 9 filtered out; finished in 0s",
            "     Summary [   0.512s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 2 skipped",
        ];
        assert_eq!(count(&lines), Count { passed: 10, failed: 2 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(count(&["running 5 tests", " Test Files  1 passed (1)"]), Count::default());
    }
}
