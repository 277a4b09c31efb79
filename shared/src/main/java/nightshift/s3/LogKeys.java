package nightshift.s3;

import nightshift.run.RunKey;

import java.util.List;

/// The keys of a run's log: its segments, the object they are compacted to, and the one that joins
/// it to the logs of the runs that it resumes.
final class LogKeys {
    /// Segment numbers count down in the key: S3 lists in ascending order of keys, so the newest
    /// segment of a log of any length is the first key of a listing. Every older one follows by
    /// arithmetic, as numbers have no gaps; with numbers counting up, finding the newest would mean
    /// listing them all.
    private static final long LAST = 9_999_999_999L;

    private static final int DIGITS = Long.toString(LAST).length();

    private LogKeys() {}

    static String compacted(RunKey run) {
        return "tasks/logs/team_%s/task_%s/run_%s.jsonl"
                .formatted(run.projectId(), run.taskId(), run.runId());
    }

    /// Beside the segments and not among them, whose listing tells where a log ends.
    static String joined(RunKey last) {
        return "tasks/logs/team_%s/task_%s/run_%s.joined.jsonl"
                .formatted(last.projectId(), last.taskId(), last.runId());
    }

    static String segments(RunKey run) {
        return "tasks/logs/team_%s/task_%s/run_%s/"
                .formatted(run.projectId(), run.taskId(), run.runId());
    }

    static String segment(RunKey run, long number) {
        return segments(run).concat(padded(LAST - number));
    }

    private static String padded(long digits) {
        var text = Long.toString(digits);
        return "0".repeat(DIGITS - text.length()).concat(text);
    }

    /// The number of the segment that a key of the run's prefix begins with.
    private static long number(RunKey run, String key) {
        int start = segments(run).length();
        return LAST - Long.parseLong(key, start, start + DIGITS, 10);
    }

    /// The number of the newest segment; zero if there is none.
    static long newest(RunKey run, List<S3Objects.Listed> newestFirst) {
        return newestFirst.isEmpty() ? 0 : number(run, newestFirst.getFirst().key());
    }
}
