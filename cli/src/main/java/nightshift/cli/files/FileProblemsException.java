package nightshift.cli.files;

import nightshift.cli.text.CliException;
import nightshift.cli.text.ExitCode;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// Files cannot be used as they are.
public final class FileProblemsException extends CliException {
    private static final long serialVersionUID = 1;

    public FileProblemsException(List<Problem> problems) {
        super(
                ExitCode.REFUSED,
                text(problems),
                "Nothing was changed. Correct the files, then try again.");
    }

    private static String text(List<Problem> problems) {
        return problems.stream()
                .sorted(
                        Comparator.comparing(Problem::file)
                                .thenComparingInt(problem -> problem.at().line())
                                .thenComparingInt(problem -> problem.at().column()))
                .map(Problem::text)
                .collect(Collectors.joining("\n"));
    }
}
