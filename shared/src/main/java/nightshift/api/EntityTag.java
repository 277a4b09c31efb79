package nightshift.api;

import java.util.regex.Pattern;

/// The version of an object, as the headers `ETag` and `If-Match` show it.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1">RFC 9110: If-Match</a>
public final class EntityTag {
    /// The header of an answer.
    public static final String HEADER = "ETag";

    private static final String IF_MATCH = "If-Match";
    private static final Pattern LIST_ITEM = Pattern.compile("((?:W/)?\"[^\"]*\"|[^,]*)(?:,|$)");

    private EntityTag() {}

    /// The tag of an object whose edits are counted.
    public static String of(long edition) {
        return "\"" + edition + "\"";
    }

    /// Checks that the call wants to change this version. A call without `If-Match` and one with
    /// `*` want to change any. A weak tag matches none.
    ///
    /// @throws ApiException 412 if the call is about another version
    public static void check(Call call, long edition) {
        var wanted = call.header(IF_MATCH);
        if (wanted == null || wanted.strip().equals("*")) {
            return;
        }
        var tag = of(edition);
        if (LIST_ITEM
                .matcher(wanted)
                .results()
                .noneMatch(item -> item.group(1).strip().equals(tag))) {
            throw new ApiException(new ApiError.PreconditionFailed());
        }
    }
}
