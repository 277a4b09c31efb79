package nightshift.log;

import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Log lines and metrics as single lines of JSON on standard output, where Lambda collects them.
///
/// Written by hand: a logging framework costs more start-up than everything else that a function
/// does.
public final class Log {
    private static final String NAMESPACE = "Nightshift";

    /// A key or the proof in a presigned URL, should one stand in an exception's message.
    private static final Pattern SECRET =
            Pattern.compile("(phx_|X-Amz-Signature=|X-Amz-Security-Token=)[\\w%+/=.~-]+");

    private Log() {}

    /// Something that a reader of the log may want to know.
    public static void info(String message, Map<String, ?> details) {
        System.out.println(line("INFO", message, details, null));
    }

    /// Something that went wrong and was survived.
    public static void warn(String message, Throwable cause) {
        System.out.println(line("WARN", message, Map.of(), cause));
    }

    /// Something that went wrong and was not foreseen.
    public static void error(String message, Throwable cause) {
        System.out.println(line("ERROR", message, Map.of(), cause));
    }

    /// One metric in CloudWatch's embedded metric format, in the namespace `Nightshift`.
    ///
    /// @param unit a CloudWatch unit, for example `Count` or `Seconds`
    /// @param dimension name and value by which the metric is also split; null: none
    /// @see <a
    ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html">AWS:
    ///   embedded metric format</a>
    public static void metric(
            Clock clock,
            String name,
            double value,
            String unit,
            Map.@Nullable Entry<String, String> dimension) {
        System.out.println(metricLine(clock, name, value, unit, dimension));
    }

    static String metricLine(
            Clock clock,
            String name,
            double value,
            String unit,
            Map.@Nullable Entry<String, String> dimension) {
        var dimensions = Json.array().add(Json.array());
        if (dimension != null) {
            dimensions.add(Json.array().add(dimension.getKey()));
        }
        var definition =
                Json.object()
                        .put("Namespace", NAMESPACE)
                        .<ObjectNode>set("Dimensions", dimensions)
                        .set(
                                "Metrics",
                                Json.array()
                                        .add(Json.object().put("Name", name).put("Unit", unit)));
        var line = Json.object();
        line.putObject("_aws")
                .put("Timestamp", clock.millis())
                .set("CloudWatchMetrics", Json.array().add(definition));
        if (dimension != null) {
            line.put(dimension.getKey(), dimension.getValue());
        }
        return Json.text(line.put(name, value));
    }

    static String line(
            String level, String message, Map<String, ?> details, @Nullable Throwable cause) {
        var line = Json.object().put("level", level).put("message", message);
        new LinkedHashMap<>(details)
                .forEach((name, value) -> line.put(name, String.valueOf(value)));
        if (cause != null) {
            var stack = new StringWriter();
            cause.printStackTrace(new PrintWriter(stack));
            line.put("error", String.valueOf(cause));
            var frames = line.putArray("stack");
            List.of(stack.toString().split("\\R")).forEach(frames::add);
        }
        return SECRET.matcher(Json.text(line)).replaceAll("$1...");
    }
}
