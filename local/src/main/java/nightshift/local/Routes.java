package nightshift.local;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Selects a route as API Gateway does. A fixed segment wins over a variable, and a variable over
/// `{proxy+}`. The path is selected before the method. A final slash is ignored.
final class Routes {
    /// The selected route. Without a function, the path exists but not the method.
    record Match(
            String resource,
            Map<String, String> parameters,
            Optional<Template.Function> function) {}

    private record Resource(
            String path, List<String> segments, Map<String, Template.Function> methods) {}

    private final List<Resource> resources;

    Routes(Collection<Template.Function> functions) {
        var byPath = new LinkedHashMap<String, Map<String, Template.Function>>();
        for (var function : functions) {
            for (var route : function.routes()) {
                byPath.computeIfAbsent(route.path(), _ -> new TreeMap<>())
                        .put(route.method(), function);
            }
        }
        resources =
                byPath.entrySet().stream()
                        .map(each ->
                                new Resource(
                                        each.getKey(), segments(each.getKey()), each.getValue()))
                        .sorted(Comparator.comparing(Resource::segments, Routes::bySpecificity))
                        .toList();
    }

    Optional<Match> match(String method, String rawPath) {
        var called = segments(rawPath).stream().map(Routes::decode).toList();
        for (var resource : resources) {
            var parameters = parameters(resource.segments(), called);
            if (parameters.isEmpty()) continue;
            var methods = resource.methods();
            var function = Optional.ofNullable(methods.get(method)).or(() -> any(methods));
            return Optional.of(new Match(resource.path(), parameters.get(), function));
        }
        return Optional.empty();
    }

    private static Optional<Template.Function> any(Map<String, Template.Function> methods) {
        return Optional.ofNullable(methods.get("ANY"));
    }

    private static Optional<Map<String, String>> parameters(
            List<String> segments, List<String> called) {
        var parameters = new TreeMap<String, String>();
        for (int i = 0; i < segments.size(); i++) {
            var segment = segments.get(i);
            if (i >= called.size() || called.get(i).isEmpty()) return Optional.empty();
            if (segment.endsWith("+}")) {
                parameters.put(
                        segment.substring(1, segment.length() - 2),
                        String.join("/", called.subList(i, called.size())));
                return Optional.of(parameters);
            }
            if (segment.startsWith("{")) {
                parameters.put(segment.substring(1, segment.length() - 1), called.get(i));
            } else if (!segment.equals(called.get(i))) {
                return Optional.empty();
            }
        }
        return called.size() == segments.size() ? Optional.of(parameters) : Optional.empty();
    }

    private static List<String> segments(String path) {
        var trimmed = path.replaceAll("^/|/$", "");
        return trimmed.isEmpty() ? List.of() : Arrays.asList(trimmed.split("/", -1));
    }

    private static int bySpecificity(List<String> left, List<String> right) {
        for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
            int difference = Integer.compare(wildcardRank(left.get(i)), wildcardRank(right.get(i)));
            if (difference != 0) return difference;
        }
        return Integer.compare(left.size(), right.size()); // keeps the order transitive
    }

    private static int wildcardRank(String segment) {
        if (segment.endsWith("+}")) return 2;
        return segment.startsWith("{") ? 1 : 0;
    }

    private static String decode(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return segment;
        }
    }
}
