package nightshift.bench;

import module java.base;

/// The results as Markdown tables.
final class Report {
    private final StringBuilder page = new StringBuilder();

    /// A row of a table: the values by the columns' names.
    record Row(Map<String, Object> cells) {
        Row() {
            this(new LinkedHashMap<>());
        }

        Row with(String column, Object value) {
            cells.put(column, value);
            return this;
        }
    }

    void table(String title, List<Row> rows) {
        page.append("%n## %s%n".formatted(title));
        if (rows.isEmpty()) return;
        var columns = rows.getFirst().cells.keySet();
        page.append("%n| %s |%n".formatted(String.join(" | ", columns)));
        page.append("| --- ".repeat(columns.size())).append("|%n".formatted());
        for (var row : rows) {
            var cells = row.cells.values().stream().map(Report::cell);
            page.append("| %s |%n".formatted(cells.collect(Collectors.joining(" | "))));
        }
    }

    String page() {
        return page.toString();
    }

    private static String cell(Object value) {
        return switch (value) {
            case Samples samples when samples.count() == 0 -> "-";
            case Samples samples when samples.min() == samples.max() -> number(samples.min());
            case Samples samples ->
                    "%s (%s..%s)"
                            .formatted(
                                    number(samples.median()),
                                    number(samples.min()),
                                    number(samples.max()));
            case Double number -> number(number);
            default -> value.toString();
        };
    }

    /// Formats whole numbers unchanged, others with at least three significant digits.
    static String number(double value) {
        if (Double.isNaN(value)) return "-";
        boolean whole = value == Math.rint(value) || Math.abs(value) >= 100;
        return (whole ? "%,.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f").formatted(value);
    }
}
