package nightshift.api;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/// A page of a list: which part the caller wants, and how the answer links to the pages beside it.
public final class Page {
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

    /// The page as an answer.
    ///
    /// @param count how many there are on all pages
    public Reply reply(long count, List<ObjectNode> results) {
        var body =
                Json.object()
                        .put("count", count)
                        .put("next", next(count))
                        .put("previous", previous());
        body.putArray("results").addAll(results);
        return Reply.ok(body);
    }

    private @Nullable String next(long count) {
        long after = (long) offset + limit;
        return after >= count ? null : link(after);
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
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
