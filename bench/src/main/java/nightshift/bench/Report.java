package nightshift.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.bench.ColdStarts.Start;
import nightshift.bench.Ratios.Time;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The results as a page to read and as JSON to compare.
final class Report {
    private final StringBuilder page = new StringBuilder();
    private final ObjectNode json = JsonNodeFactory.instance.objectNode();

    void machine(FunctionPackage code, int cores, boolean pinned) {
        var runtime = Runtime.version().toString();
        page.append(
                "JDK %s, %d cores%s, package %,d bytes.%n%n"
                        .formatted(
                                runtime,
                                cores,
                                pinned ? ", the function alone on one" : ", nothing pinned",
                                code.bytes()));
        json.put("jdk", runtime).put("pinned", pinned).put("package_bytes", code.bytes());
    }

    void coldStarts(ColdStarts.Measured measured) {
        var colds = coldRatios(measured.starts());
        page.append(
                """
                ## Each function

                Milliseconds; median (least-most). Cold is from the start of the process to the answer; ratios are to the bare GetItem, at the same speed of the host; warm ones of functions that make one AWS call, too. Classes are those that the first call of a primed function loads, compiled the methods that the JIT compiles or throws away meanwhile.

                | function | cold | ratio | init | first | first, primed | classes | compiled | warm p50 | ratio | warm p99 | AWS calls first/later | round trips | RSS MB |
                | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
                """);
        var list = json.putArray("functions");
        for (var row : measured.rows()) {
            double cold = colds.getOrDefault(row.name(), Double.NaN);
            double warm = row.warmRounds().ratio();
            page.append(
                    line(
                            row.name(),
                            spread(row.cold(), 0),
                            number(cold, 2),
                            number(row.init().median(), 0),
                            number(row.first().median(), 0),
                            spread(row.primed(), 1),
                            number(row.loaded().median(), 0),
                            number(row.compiled().median(), 0),
                            number(row.warm().median(), 2),
                            number(warm, 2),
                            number(row.warm().percentile(99), 1),
                            row.firstUsage().calls() + "/" + row.usage().calls(),
                            row.firstUsage().trips() + "/" + row.usage().trips(),
                            number(row.resident().median(), 0)));
            var entry =
                    list.addObject()
                            .put("name", row.name())
                            .put("kind", row.kind().name().toLowerCase(Locale.ROOT))
                            .put("cold_ratio", Samples.rounded(cold));
            entry.set("cold_ms", row.cold().json());
            entry.set("init_ms", row.init().json());
            entry.set("first_ms", row.first().json());
            entry.set("primed_first_ms", row.primed().json());
            entry.set("primed_first_classes", row.loaded().json());
            entry.set("primed_first_compiled", row.compiled().json());
            entry.set("warm_ms", row.warm().json());
            if (!Double.isNaN(warm)) {
                entry.put("warm_ratio", Samples.rounded(warm))
                        .set("warm_rounds", row.warmRounds().json());
            }
            entry.set("rss_mb", row.resident().json());
            entry.set("first_call", json(row.firstUsage()));
            entry.set("later_call", json(row.usage()));
        }
        page.append('\n');
        var starts = json.putArray("starts");
        measured.starts().forEach(start -> starts.add(json(start)));
    }

    private static Map<String, Double> coldRatios(List<Start> starts) {
        return Ratios.to(
                ColdStarts.BARE,
                starts.stream().map(start -> new Time(start.row().name(), start.cold())).toList());
    }

    void growth(List<Growth.Row> rows) {
        page.append(
                """
                ## As the data grows

                | work | with | ms | AWS calls | round trips | bytes | read units | write units |
                | --- | --- | --- | --- | --- | --- | --- | --- |
                """);
        var list = json.putArray("growth");
        for (var row : rows) {
            var usage = row.usage();
            page.append(
                    line(
                            row.work(),
                            row.amount(),
                            spread(row.millis(), 1),
                            Long.toString(usage.calls()),
                            Long.toString(usage.trips()),
                            "%,d".formatted(usage.bytes()),
                            number(usage.readUnits(), 1),
                            number(usage.writeUnits(), 1)));
            var entry = list.addObject().put("work", row.work()).put("with", row.amount());
            entry.set("ms", row.millis().json());
            entry.setAll(json(usage));
        }
        page.append('\n');
    }

    void load(List<Load.Row> rows) {
        page.append(
                """
                ## The local API under load

                | clients | calls/s | p50 ms | p99 ms | errors |
                | --- | --- | --- | --- | --- |
                """);
        var list = json.putArray("load");
        for (var row : rows) {
            double rate = row.millis().count() / row.seconds();
            page.append(
                    line(
                            Integer.toString(row.clients()),
                            number(rate, 0),
                            number(row.millis().median(), 1),
                            number(row.millis().percentile(99), 1),
                            Integer.toString(row.errors())));
            var entry =
                    list.addObject()
                            .put("clients", row.clients())
                            .put("calls_per_second", Samples.rounded(rate))
                            .put("errors", row.errors());
            entry.set("ms", row.millis().json());
        }
        page.append('\n');
    }

    String page() {
        return page.toString();
    }

    void write(Path folder) throws IOException {
        Files.writeString(folder.resolve("results.md"), page);
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve("results.json").toFile(), json);
    }

    private static String line(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String spread(Samples samples, int decimals) {
        return samples.count() == 0
                ? "-"
                : "%s (%s-%s)"
                        .formatted(
                                number(samples.median(), decimals),
                                number(samples.least(), decimals),
                                number(samples.most(), decimals));
    }

    static String number(double value, int decimals) {
        return Double.isNaN(value) ? "-" : ("%,." + decimals + "f").formatted(value);
    }

    private static ObjectNode json(Start start) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("round", start.round())
                .put("position", start.position())
                .put("name", start.row().name())
                .put("cold_ms", Samples.rounded(start.cold()))
                .put("init_ms", Samples.rounded(start.init()))
                .put("first_ms", Samples.rounded(start.first()))
                .put("primed_first_ms", Samples.rounded(start.primed().millis()));
    }

    private static ObjectNode json(Meter.Usage usage) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("calls", usage.calls())
                .put("round_trips", usage.trips())
                .put("bytes", usage.bytes())
                .put("read_units", usage.readUnits())
                .put("write_units", usage.writeUnits());
    }
}
