package nightshift.dynamo;

import nightshift.keys.ApiKey;
import nightshift.keys.ApiKeyStore;
import nightshift.keys.Owner;
import nightshift.keys.Project;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The API keys, as digests, and the projects in the table.
public final class DynamoApiKeyStore implements ApiKeyStore {
    private static final String KEYS = "API_KEYS";

    /// One small item for each project, so that they can be listed.
    private static final String PROJECTS = "PROJECTS";

    private static final String PROJECT_ID = "project_id";

    private final Table table;

    public DynamoApiKeyStore(Table table) {
        this.table = table;
    }

    @Override
    public Found find(String digest, @Nullable Long projectId) {
        var keys = new ArrayList<>(List.of(key(digest)));
        if (projectId != null) {
            keys.add(ProjectItem.key(projectId));
        }
        ApiKey apiKey = null;
        Project project = null;
        for (var item : table.getAll(keys)) {
            if (item.text(Item.PK).equals(KEYS)) {
                apiKey = read(item);
            } else {
                project = ProjectItem.read(item);
            }
        }
        return new Found(apiKey, project);
    }

    @Override
    public Optional<Project> project(long projectId) {
        return table.get(ProjectItem.key(projectId)).map(ProjectItem::read);
    }

    @Override
    public List<Long> projects() {
        return table.allOf(PROJECTS).stream().map(item -> item.number(PROJECT_ID, 0)).toList();
    }

    @Override
    public void used(ApiKey key, Instant at) {
        table.write(table.change(key(key.digest())).set("last_used_at", at).ifPresent());
    }

    @Override
    public void add(ApiKey key) {
        table.write(table.putNew(write(key)));
    }

    @Override
    public List<ApiKey> keys() {
        return table.allOf(KEYS).stream()
                .map(DynamoApiKeyStore::read)
                .sorted(Comparator.comparing(ApiKey::createdAt))
                .toList();
    }

    @Override
    public boolean revoke(String id) {
        for (var key : keys()) {
            if (key.id().equals(id)) {
                return table.write(table.deleteIfPresent(key(key.digest()))).done();
            }
        }
        return false;
    }

    @Override
    public void put(Project project) {
        // An item without its project, if this function dies here, is a project without anything.
        var _ = table.putOrGet(listed(project.id()).put(PROJECT_ID, (Long) project.id()));
        table.write(
                table.change(ProjectItem.key(project.id()))
                        .set("name", project.name())
                        .setNumbers("github_integrations", project.githubIntegrations())
                        .set("policy", PolicyItem.write(project.policy())));
    }

    /// The row by which a project is found among all.
    static Item listed(long projectId) {
        return Item.keyed(PROJECTS, Long.toString(projectId));
    }

    private static Item key(String digest) {
        return Item.keyed(KEYS, digest);
    }

    private static Item write(ApiKey key) {
        var owner = key.owner();
        return key(key.digest())
                .put("id", key.id())
                .put("label", key.label())
                .putTexts("scopes", key.scopes().stream().sorted().toList())
                .putNumbers("projects", key.projects())
                .put("owner_id", (Long) owner.id())
                .put("owner_uuid", owner.uuid())
                .put("owner_distinct_id", owner.distinctId())
                .put("owner_first_name", owner.firstName())
                .put("owner_last_name", owner.lastName())
                .put("owner_email", owner.email())
                .put("created_at", key.createdAt())
                .put("valid_until", key.expiresAt())
                .put("last_used_at", key.lastUsedAt());
    }

    private static ApiKey read(Item item) {
        return new ApiKey(
                item.text("id"),
                item.text(Item.SK),
                item.text("label"),
                Set.copyOf(item.texts("scopes")),
                item.numbersOrNull("projects"),
                new Owner(
                        item.number("owner_id", 0),
                        item.uuid("owner_uuid"),
                        item.text("owner_distinct_id"),
                        item.text("owner_first_name"),
                        item.text("owner_last_name"),
                        item.textOrNull("owner_email")),
                item.time("created_at"),
                item.timeOrNull("valid_until"),
                item.timeOrNull("last_used_at"));
    }
}
