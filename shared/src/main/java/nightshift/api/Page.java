package nightshift.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;

import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// A page of a list: which part the caller wants, and how the answer links to the pages beside it.
public final class Page {
    private static final int LARGEST = 5 << 20; // a Lambda answer ends at 6 MB
    private static final Pattern NUMBER = Pattern.compile("\\s*\\+?([0-9]+)\\s*");

    private final Call call;
    private final int limit;
    private final int offset;

    /// The page that a call asks for. What is missing or makes no sense is the default, never an
    /// error.
    public Page(Call call, int defaultLimit, int largestLimit) {
        this.call = call;
        int wanted = number(call.query("limit"));
        this.limit = wanted == 0 ? defaultLimit : Math.min(wanted, largestLimit);
        this.offset = number(call.query("offset"));
    }

    public int limit() {
        return limit;
    }

    public int offset() {
        return offset;
    }

    /// The page as an answer. If it were larger than Lambda can send, it ends sooner and its `next`
    /// starts where it ended.
    ///
    /// @param count how many there are on all pages
    public Reply reply(long count, List<ObjectNode> results) {
        return Reply.ok(body(count, results));
    }

    /// The same as the answer's body.
    public ObjectNode body(long count, List<ObjectNode> results) {
        int shown = fitting(results);
        long after = (long) offset + (shown < results.size() ? shown : limit);
        var body =
                Json.object()
                        .put("count", count)
                        .put("next", after < count ? link(after) : null)
                        .put("previous", previous());
        body.putArray("results").addAll(results.subList(0, shown));
        return body;
    }

    /// How many of the results fit into one answer, at least one.
    private static int fitting(List<ObjectNode> results) {
        long bytes = 0;
        for (int i = 0; i < results.size(); i++) {
            // Escaped twice, as it is sent: the body is a string of Lambda's own JSON.
            bytes += Json.bytes(TextNode.valueOf(Json.text(results.get(i)))).length;
            if (bytes > LARGEST && i > 0) {
                return i;
            }
        }
        return results.size();
    }

    private @Nullable String previous() {
        return offset == 0 ? null : link((long) offset - limit);
    }

    private String link(long toOffset) {
        var queries = call.queries();
        queries.put("limit", List.of(String.valueOf(limit)));
        if (toOffset > 0) {
            queries.put("offset", List.of(String.valueOf(toOffset)));
        } else {
            queries.remove("offset");
        }
        var query = new StringJoiner("&");
        queries.forEach((name, values) ->
                values.forEach(value -> query.add(encode(name) + "=" + encode(value))));
        return call.url() + "?" + query;
    }

    private static int number(@Nullable String text) {
        if (text == null) {
            return 0;
        }
        var digits = NUMBER.matcher(text);
        if (!digits.matches()) {
            return 0;
        }
        var significant = digits.group(1).replaceFirst("^0+", "");
        return significant.length() > 9
                ? 1_000_000_000
                : significant.isEmpty() ? 0 : Integer.parseInt(significant);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
