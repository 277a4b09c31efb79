package nightshift.log;

import com.amazonaws.services.lambda.runtime.Context;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Log lines and metrics as single lines of JSON on standard output, where Lambda collects them.
///
/// Every line has a time, a level, the request, the function and the ids of what it is about, and
/// no secret. Lambda reads `timestamp` and `level`.
///
/// Written by hand: a logging framework costs more start-up than everything else that a function
/// does.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html">AWS:
///   log-level filtering</a>
public final class Log {
    /// Each stack has its own, so that one's metrics do not set off the other's alarms.
    private static final String NAMESPACE = namespace(System.getenv("STACK_NAME"));

    /// What every line of an invocation says.
    ///
    /// @param origin request id and function
    /// @param ids what the lines are about
    private record Invocation(Map<String, String> origin, Map<String, String> ids) {
        private static final Invocation NONE = new Invocation(Map.of(), Map.of());
    }

    /// A thread that an invocation starts has the same.
    private static final InheritableThreadLocal<Invocation> INVOCATION =
            new InheritableThreadLocal<>() {
                @Override
                protected Invocation initialValue() {
                    return Invocation.NONE;
                }
            };

    private Log() {}

    /// Begins an invocation: its request id and function stand in every further line of this
    /// thread.
    ///
    /// @param context null: a rehearsal, which has neither
    public static void begin(@Nullable Context context) {
        var origin = new LinkedHashMap<String, String>();
        if (context != null) {
            origin.put("request_id", String.valueOf(context.getAwsRequestId()));
            origin.put("function", String.valueOf(context.getFunctionName()));
        }
        INVOCATION.set(new Invocation(origin, Map.of()));
    }

    /// Says what the further lines of this invocation are about, for example `project` and `run`,
    /// instead of what was said before.
    public static void about(Map<String, ?> ids) {
        INVOCATION.set(new Invocation(INVOCATION.get().origin(), Map.of()));
        ids.forEach(Log::with);
    }

    /// Adds one more id to what the further lines are about.
    public static void with(String name, Object id) {
        var ids = new LinkedHashMap<>(INVOCATION.get().ids());
        ids.put(name, String.valueOf(id));
        INVOCATION.set(new Invocation(INVOCATION.get().origin(), ids));
    }

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

    /// One metric in CloudWatch's embedded metric format, in the namespace of this stack.
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

    static String namespace(@Nullable String stack) {
        return stack == null ? "Nightshift" : "Nightshift/" + stack;
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
        var line = line(clock.instant(), "INFO");
        line.putObject("_aws")
                .put("Timestamp", clock.millis())
                .set("CloudWatchMetrics", Json.array().add(definition));
        if (dimension != null) {
            put(line, dimension.getKey(), dimension.getValue());
        }
        return Json.text(line.put(name, value));
    }

    static String line(
            String level, String message, Map<String, ?> details, @Nullable Throwable cause) {
        var line = line(Instant.now(), level);
        line.put("message", SecretMask.mask(message));
        new LinkedHashMap<>(details).forEach((name, value) -> put(line, name, value));
        if (cause != null) {
            var stack = new StringWriter();
            cause.printStackTrace(new PrintWriter(stack));
            line.put("error", SecretMask.mask(String.valueOf(cause)));
            var frames = line.putArray("stack");
            List.of(SecretMask.mask(stack.toString()).split("\\R")).forEach(frames::add);
        }
        return Json.text(line);
    }

    /// The fields that every line begins with.
    private static ObjectNode line(Instant time, String level) {
        var line =
                Json.object()
                        .put("timestamp", time.truncatedTo(ChronoUnit.MILLIS).toString())
                        .put("level", level);
        INVOCATION.get().origin().forEach((name, value) -> put(line, name, value));
        INVOCATION.get().ids().forEach((name, value) -> put(line, name, value));
        return line;
    }

    private static void put(ObjectNode line, String name, Object value) {
        if (value instanceof Integer number) {
            line.put(name, number);
        } else {
            line.put(name, SecretMask.mask(name, String.valueOf(value)));
        }
    }
}
