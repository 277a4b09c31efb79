package nightshift.cli.text;

import java.util.ArrayList;
import java.util.List;

/// A table whose columns fit the terminal. In a pipe nothing is cut.
public final class TextTable {
    private static final String GAP = "  ";
    private static final int NARROWEST = 8;

    private final List<String> heads;
    private final List<List<Cell>> rows = new ArrayList<>();

    /// A text and its style.
    public record Cell(String text, Style style) {}

    public TextTable(String... heads) {
        this.heads = List.of(heads);
    }

    /// Adds a row of plain texts or [Cell]s.
    public void row(Object... cells) {
        var row = new ArrayList<Cell>();
        for (Object cell : cells) {
            row.add(
                    cell instanceof Cell styled
                            ? new Cell(printable(styled.text()), styled.style())
                            : new Cell(printable(String.valueOf(cell)), Style.PLAIN));
        }
        rows.add(row);
    }

    /// Prints the table to standard output.
    public void print(Terminal terminal) {
        int[] widths = widths(terminal.columns());
        var head = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            head.append(padded(heads.get(column), widths, column));
        }
        terminal.line(Style.DIM.of(head.toString().stripTrailing(), terminal));
        for (var row : rows) {
            var line = new StringBuilder();
            for (int column = 0; column < widths.length; column++) {
                var cell = row.get(column);
                line.append(cell.style().of(padded(cell.text(), widths, column), terminal));
            }
            terminal.line(line.toString().stripTrailing());
        }
    }

    private static String padded(String text, int[] widths, int column) {
        String cut = cut(text, widths[column]);
        return column == widths.length - 1
                ? cut
                : cut + " ".repeat(widths[column] - length(cut)) + GAP;
    }

    /// The widest columns give way first.
    private int[] widths(int columns) {
        int[] widths = new int[heads.size()];
        for (int column = 0; column < widths.length; column++) {
            widths[column] = length(heads.get(column));
            for (var row : rows) {
                widths[column] = Math.max(widths[column], length(row.get(column).text()));
            }
        }
        int room = columns - GAP.length() * (widths.length - 1);
        while (columns > 0 && sum(widths) > room && widths[widest(widths)] > NARROWEST) {
            widths[widest(widths)]--;
        }
        return widths;
    }

    private static int widest(int[] widths) {
        int widest = 0;
        for (int column = 1; column < widths.length; column++) {
            if (widths[column] > widths[widest]) {
                widest = column;
            }
        }
        return widest;
    }

    private static int sum(int[] widths) {
        int sum = 0;
        for (int width : widths) {
            sum += width;
        }
        return sum;
    }

    private static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    private static String cut(String text, int width) {
        return length(text) <= width
                ? text
                : text.substring(0, text.offsetByCodePoints(0, width - 1)) + "…";
    }

    /// One line, without control characters, which could change the terminal.
    public static String printable(String text) {
        var clean = new StringBuilder();
        text.codePoints()
                .map(c ->
                        Character.isISOControl(c) || Character.getType(c) == Character.FORMAT
                                ? ' '
                                : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
