package nightshift.cli.files;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The keys of front matter and of `nightshift.yaml`, in the order in which `export` writes them.
public enum Key {
    /// The name of the set; in `nightshift.yaml` only.
    SET(Home.DEFAULTS, Type.TEXT, null),
    /// The automation of this id, although it was not made from files.
    ID(Home.FILE, Type.TEXT, null),
    /// The automation's name.
    NAME(Home.AUTOMATION, Type.TEXT, null),
    /// `organization/repository`.
    REPOSITORY(Home.AUTOMATION, Type.TEXT, null),
    /// The five fields of a cron expression.
    CRON(Home.AUTOMATION, Type.TEXT, null),
    /// An IANA time zone.
    TIMEZONE(Home.AUTOMATION, Type.TEXT, TextNode.valueOf("UTC")),
    /// Whether the schedule fires.
    ENABLED(Home.AUTOMATION, Type.BOOLEAN, BooleanNode.TRUE),
    /// The project's integration; left alone if it is left out.
    GITHUB_INTEGRATION(Home.AUTOMATION, Type.INTEGER, null, 1, Long.MAX_VALUE),
    /// What an occurrence does while the last run goes on.
    OVERLAP(Home.POLICY, TextNode.valueOf("allow"), "skip", "cancel_previous"),
    /// How many further runs a failed one gets.
    RETRY_ATTEMPTS(Home.POLICY, Type.INTEGER, IntNode.valueOf(0), 0, 5),
    /// Seconds before the first retry.
    RETRY_DELAY_SECONDS(Home.POLICY, Type.INTEGER, IntNode.valueOf(300), 60, 86_400),
    /// Which failures are tried again.
    RETRY_ON(Home.POLICY, TextNode.valueOf("transient"), "any"),
    /// After how many failures in a row the schedule pauses.
    PAUSE_AFTER_FAILURES(Home.POLICY, Type.INTEGER, IntNode.valueOf(0), 0, 100),
    /// The worker's limit.
    TIME_LIMIT_SECONDS(Home.POLICY, Type.INTEGER, NullNode.instance, 60, 28_800),
    /// The runs' branch.
    BRANCH(Home.POLICY, Type.TEXT, NullNode.instance),
    /// Variables of the worker's command.
    ENVIRONMENT(Home.POLICY, Type.TEXTS_BY_NAME, JsonNodeFactory.instance.objectNode()),
    /// The names of the channels that hear of its runs.
    NOTIFY(Home.CHANNELS, Type.TEXTS, null);

    /// Where a key's value belongs.
    enum Home {
        DEFAULTS,
        FILE,
        AUTOMATION,
        POLICY,
        CHANNELS
    }

    /// What a value looks like.
    enum Type {
        TEXT,
        CHOICE,
        BOOLEAN,
        INTEGER,
        TEXTS,
        TEXTS_BY_NAME
    }

    private final Home home;
    private final Type type;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final @Nullable JsonNode otherwise;

    private final long least;
    private final long most;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final List<String> choices;

    Key(Home home, Type type, @Nullable JsonNode otherwise) {
        this(home, type, otherwise, 0, 0);
    }

    Key(Home home, Type type, @Nullable JsonNode otherwise, long least, long most) {
        this.home = home;
        this.type = type;
        this.otherwise = otherwise;
        this.least = least;
        this.most = most;
        this.choices = List.of();
    }

    Key(Home home, TextNode otherwise, String... others) {
        this.home = home;
        this.type = Type.CHOICE;
        this.otherwise = otherwise;
        this.least = 0;
        this.most = 0;
        var all = new ArrayList<String>();
        all.add(otherwise.asText());
        all.addAll(List.of(others));
        this.choices = List.copyOf(all);
    }

    /// The key as it is written in files.
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The field of the API.
    public String field() {
        return this == CRON ? "cron_expression" : text();
    }

    /// Whether it is a field of the automation itself.
    public boolean ofAutomation() {
        return home == Home.AUTOMATION;
    }

    /// Whether it is a field of the automation's policy.
    public boolean ofPolicy() {
        return home == Home.POLICY;
    }

    boolean inFiles() {
        return home != Home.DEFAULTS;
    }

    boolean inDefaults() {
        return this != ID && this != NAME;
    }

    /// Whether null is a value of its own.
    boolean nullable() {
        return this == GITHUB_INTEGRATION || (otherwise != null && otherwise.isNull());
    }

    Type type() {
        return type;
    }

    /// The value if nothing is written; null: it must be written, or is left alone.
    public @Nullable JsonNode otherwise() {
        return otherwise;
    }

    long least() {
        return least;
    }

    long most() {
        return most;
    }

    List<String> choices() {
        return choices;
    }
}
