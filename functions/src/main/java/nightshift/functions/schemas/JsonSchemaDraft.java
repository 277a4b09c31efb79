package nightshift.functions.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;

import java.util.Arrays;

/// The versions of JSON Schema that a schema may name in `$schema`.
enum JsonSchemaDraft {
    DRAFT_4("id", true),
    DRAFT_6("$id", true),
    DRAFT_7("$id", true),
    DRAFT_2019_09("$id", false),
    DRAFT_2020_12("$id", false);

    private final String idKeyword;
    private final boolean refAlone;

    JsonSchemaDraft(String idKeyword, boolean refAlone) {
        this.idKeyword = idKeyword;
        this.refAlone = refAlone;
    }

    /// What a schema says of itself, or else the latest.
    ///
    /// @throws UnusableSchemaException if it names another
    static JsonSchemaDraft of(JsonNode schema) {
        var named = schema.path("$schema");
        if (named.isMissingNode()) return DRAFT_2020_12;
        return Arrays.stream(values())
                .filter(draft -> named.isTextual() && draft.is(named.asText()))
                .findFirst()
                .orElseThrow(() ->
                        new UnusableSchemaException(
                                "$schema has to name draft 2020-12, 2019-09, 7, 6 or 4 of JSON Schema"));
    }

    /// The dialect as the library has it.
    Dialect dialect() {
        return switch (this) {
            case DRAFT_4 -> Dialects.getDraft4();
            case DRAFT_6 -> Dialects.getDraft6();
            case DRAFT_7 -> Dialects.getDraft7();
            case DRAFT_2019_09 -> Dialects.getDraft201909();
            case DRAFT_2020_12 -> Dialects.getDraft202012();
        };
    }

    /// The keyword that gives a schema its URI.
    String idKeyword() {
        return idKeyword;
    }

    /// Whether `$ref` hides the keywords beside it.
    boolean refAlone() {
        return refAlone;
    }

    private boolean is(String uri) {
        return bare(uri).equals(bare(dialect().getId()));
    }

    /// A URI without its scheme and its empty fragment, which are often mixed up.
    private static String bare(String uri) {
        return uri.replaceFirst("^https?:", "").replaceFirst("#$", "");
    }
}
