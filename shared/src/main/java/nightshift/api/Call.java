package nightshift.api;

import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent.ProxyRequestContext;
import com.fasterxml.jackson.databind.node.ObjectNode;

import nightshift.keys.ApiKey;
import nightshift.keys.Owner;
import nightshift.keys.Project;
import nightshift.text.UuidText;

import org.jspecify.annotations.Nullable;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;

/// A call of the API, read from the event that API Gateway's proxy integration sends.
///
/// @see <a
///   href="https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html#api-gateway-simple-proxy-for-lambda-input-format">AWS:
///   input format of a Lambda function for proxy integration</a>
public final class Call {
    private static final Comparator<String> BY_CODE_POINTS =
            Comparator.comparing(text -> text.codePoints().toArray(), Arrays::compare);

    /// The largest body that is searched for a key, and how long it is in base64 with line breaks.
    private static final int SMALL = 64 << 10;

    private static final int SMALL_BASE64 = SMALL * 3 / 2;

    /// Reads from the operating system, so that instances restored from one snapshot differ.
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final Pattern IDENTITY =
            Pattern.compile("\\s*(identity)?\\s*", Pattern.CASE_INSENSITIVE);

    private final APIGatewayProxyRequestEvent event;
    private final @Nullable Project project;
    private final @Nullable ApiKey key;
    private final @Nullable Object subject;
    private final @Nullable FirstCall first;

    /// The first of the calls with one `Idempotency-Key`.
    private record FirstCall(Instant at, String seed) {}

    private Call(
            APIGatewayProxyRequestEvent event,
            @Nullable Project project,
            @Nullable ApiKey key,
            @Nullable Object subject,
            @Nullable FirstCall first) {
        this.event = event;
        this.project = project;
        this.key = key;
        this.subject = subject;
        this.first = first;
    }

    /// The call that an event describes. Whatever the event lacks is empty.
    public static Call of(@Nullable APIGatewayProxyRequestEvent event) {
        return new Call(
                event == null ? new APIGatewayProxyRequestEvent() : event, null, null, null, null);
    }

    /// The same call, admitted by a key.
    ///
    /// @param project null: the path names none
    Call admitted(@Nullable Project project, ApiKey key) {
        return new Call(event, project, key, null, null);
    }

    /// The same call, admitted without a key to the project in its path.
    ///
    /// @throws ApiException 404 if the path names no project
    public Call linked() {
        return linked(null);
    }

    /// The same call, admitted by something that was signed for an object, which an endpoint then
    /// need not read again.
    ///
    /// @param subject the object as it was read to check the signature; null: none
    /// @throws ApiException 404 if the path names no project
    public Call linked(@Nullable Object subject) {
        try {
            var id = Long.parseLong(variable("project_id"));
            return new Call(event, new Project(id, "", List.of()), null, subject, null);
        } catch (NumberFormatException _) {
            throw ApiException.notFound("Project not found.");
        }
    }

    /// The same call as one of several with the same `Idempotency-Key`.
    Call repeatable(Instant firstAt, String seed) {
        return new Call(event, project, key, subject, new FirstCall(firstAt, seed));
    }

    /// When the call came; if it repeats a call that ended half-way, when that one came.
    public Instant time(Clock clock) {
        return first == null ? clock.instant() : first.at();
    }

    /// Random bits for the id of a new object; if the call repeats a call that ended half-way, the
    /// same that were drawn for that one.
    ///
    /// @param object tells the objects of one call apart
    public long random(String object) {
        return first == null
                ? RANDOM.nextLong()
                : UUID.nameUUIDFromBytes((first.seed() + object).getBytes(StandardCharsets.UTF_8))
                        .getLeastSignificantBits();
    }

    /// The object that the call was admitted for; empty: there is none of this type.
    public <T> Optional<T> subject(Class<T> type) {
        return Optional.ofNullable(subject).filter(type::isInstance).map(type::cast);
    }

    /// `GET`, `HEAD`, `POST` and so on.
    public String method() {
        return text(event.getHttpMethod());
    }

    /// The path's pattern in the template, for example
    /// `/api/projects/{project_id}/tasks/{task_id}`.
    public String resource() {
        return text(event.getResource());
    }

    /// The project that the call was admitted to.
    public Project project() {
        if (project == null) {
            throw new IllegalStateException("the call was admitted to no project");
        }
        return project;
    }

    public long projectId() {
        return project().id();
    }

    /// On whose behalf the call is made.
    public Owner owner() {
        return key().owner();
    }

    /// The caller in words: the key's label and its owner's name, for example `ci (Ada Lovelace)`.
    public String caller() {
        var owner = owner();
        var name = (owner.firstName() + " " + owner.lastName()).strip();
        var email = owner.email();
        var known = name.isEmpty() && email != null ? email : name;
        return known.isEmpty() ? key().label() : key().label() + " (" + known + ")";
    }

    /// The key that admitted the call.
    public ApiKey key() {
        if (key == null) {
            throw new IllegalStateException("the call was admitted without a key");
        }
        return key;
    }

    /// The id of the key that admitted the call; null: the call was admitted without a personal API
    /// key.
    @Nullable String keyId() {
        return key == null ? null : key.id();
    }

    /// What the call is about, by the names that log lines use: the gateway's request id, and the
    /// project, task, run and automation that the path names.
    Map<String, String> ids() {
        var ids = new LinkedHashMap<String, String>();
        ids.put("api_request_id", context(ProxyRequestContext::getRequestId, ""));
        ids.put("project", project == null ? variable("project_id") : "" + project.id());
        ids.put("task", variable("task_id"));
        ids.put(resource().contains("/task_automations/") ? "automation" : "run", variable("id"));
        ids.values().removeIf(String::isEmpty);
        return ids;
    }

    /// The path's `{id}`.
    ///
    /// @throws ApiException 404 if it is no UUID
    public UUID id() {
        return uuid("id", "Not found.");
    }

    /// The path's `{task_id}` where the task itself is asked for.
    ///
    /// @throws ApiException 404 if it is no UUID
    public UUID ownTaskId() {
        return uuid("task_id", "Not found.");
    }

    /// The path's `{task_id}` where something of the task is asked for.
    ///
    /// @throws ApiException 404 if it is no UUID
    public UUID taskId() {
        return uuid("task_id", "Task not found");
    }

    /// The path's pattern with its variables filled in: the same for all spellings of one path.
    String canonicalPath() {
        var path = resource().replace("{project_id}", Long.toString(projectId()));
        for (var variable : map(event.getPathParameters()).entrySet()) {
            var value = text(variable.getValue()).toLowerCase(Locale.ROOT);
            path = path.replace("{" + variable.getKey() + "}", value);
        }
        return path;
    }

    /// A variable of the path, decoded; empty if there is none of this name.
    public String variable(String name) {
        return text(map(event.getPathParameters()).get(name));
    }

    /// Whether the path is that of the key that calls: `/api/keys/@me`.
    public boolean namesOwnKey() {
        return variable("key_id").replace("%40", "@").equals("@me");
    }

    boolean isOfNoProject() {
        return !variable("key_id").isEmpty();
    }

    boolean namesCurrentProject() {
        return variable("project_id").replace("%40", "@").equals("@current");
    }

    /// A header's value; its name in any case. Null: not sent.
    public @Nullable String header(String name) {
        for (var header : map(event.getHeaders()).entrySet()) {
            if (header.getKey().equalsIgnoreCase(name)) {
                return header.getValue();
            }
        }
        return null;
    }

    /// A query parameter's last value, decoded; null: not sent.
    public @Nullable String query(String name) {
        var values = queries().get(name);
        return values == null ? null : values.getLast();
    }

    /// All query parameters that have a name, decoded, by name in the order of code points.
    SortedMap<String, List<String>> queries() {
        var all = new TreeMap<String, List<String>>(BY_CODE_POINTS);
        map(event.getQueryStringParameters())
                .forEach((name, value) -> all.put(name, List.of(text(value))));
        map(event.getMultiValueQueryStringParameters())
                .forEach((name, values) -> {
                    if (values != null && !values.isEmpty()) all.put(name, List.copyOf(values));
                });
        all.remove("");
        return all;
    }

    /// Scheme, host and path as the client called them, stage included, without the query.
    public String url() {
        return origin() + context(ProxyRequestContext::getPath, text(event.getPath()));
    }

    /// The URL under which the client called the API: scheme, host and stage, without a slash at
    /// the end.
    public String baseUrl() {
        var path = text(event.getPath());
        var called = context(ProxyRequestContext::getPath, path);
        return origin()
                + (called.endsWith(path)
                        ? called.substring(0, called.length() - path.length())
                        : "");
    }

    /// The body's fields; none if there is no body. JSON and both kinds of form are read.
    ///
    /// @throws ApiException 400, 413 or 415 if the body cannot be read as an object
    public Fields body() {
        return new Fields(json());
    }

    /// The body as a tree, with the rules of [#body].
    public ObjectNode json() {
        var encoding = header("Content-Encoding");
        if (encoding != null && hasBody() && !IDENTITY.matcher(encoding).matches()) {
            throw new ApiException(new ApiError.UnsupportedEncoding(encoding));
        }
        return RequestBody.read(bytes(), header("Content-Type"));
    }

    /// Whether a body was sent at all.
    public boolean hasBody() {
        return !text(event.getBody()).isEmpty();
    }

    /// A field of a small body as text; null if the body has none, is larger than 64 KiB or cannot
    /// be read. The caller is not known yet, so a large body must not cost time.
    @Nullable String bodyFieldOrNull(String name) {
        if (!hasBody() || text(event.getBody()).length() > SMALL_BASE64) {
            return null;
        }
        try {
            var body = bytes();
            if (body.length > SMALL) {
                return null;
            }
            var field = json().path(name);
            return field.isTextual() && !field.asText().isEmpty() ? field.asText() : null;
        } catch (ApiException _) {
            return null; // whatever is wrong with the body is said after the key was checked
        }
    }

    /// The body as it was sent.
    byte[] bytes() {
        var body = text(event.getBody());
        if (!Boolean.TRUE.equals(event.getIsBase64Encoded())) {
            return body.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return Base64.getDecoder().decode(body);
        } catch (IllegalArgumentException _) {
            throw new ApiException(new ApiError.Malformed("The request body is no base64"));
        }
    }

    private String origin() {
        var forwarded =
                header("X-Forwarded-Proto"); // API Gateway writes it anew, whatever the client sent
        return ("http".equals(forwarded) ? "http" : "https")
                + "://"
                + context(ProxyRequestContext::getDomainName, "localhost");
    }

    private String context(Function<ProxyRequestContext, String> field, String otherwise) {
        var context = event.getRequestContext();
        var value = context == null ? "" : text(field.apply(context));
        return value.isEmpty() ? otherwise : value;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }

    private static <V> Map<String, V> map(@Nullable Map<String, V> map) {
        return map == null ? Map.of() : map;
    }

    private UUID uuid(String variable, String refusal) {
        var text = variable(variable);
        if (!UuidText.matches(text)) {
            throw ApiException.notFound(refusal);
        }
        return UUID.fromString(text);
    }
}
