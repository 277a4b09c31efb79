package nightshift.dynamo;

import nightshift.idempotency.KeyUse;
import nightshift.idempotency.KeyUse.Answer;
import nightshift.idempotency.KeyUses;
import nightshift.json.Json;

import org.jspecify.annotations.Nullable;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The uses of `Idempotency-Key`s in the table. DynamoDB deletes them some time after they have
/// expired.
public final class DynamoKeyUses implements KeyUses {
    private static final String VERSION = "version";

    private final Table table;

    public DynamoKeyUses(Table table) {
        this.table = table;
    }

    @Override
    public Optional<KeyUse> addOrFind(KeyUse first) {
        var item =
                key(first)
                        .put("project_id", first.projectId())
                        .put("body_digest", first.bodyDigest())
                        .put("seed", first.seed())
                        .put("started_at", first.startedAt())
                        .put("leased_until", first.leasedUntil())
                        .put(VERSION, first.version())
                        .put(Item.EXPIRES_AT, first.expiresAt().getEpochSecond());
        return table.putOrGet(item).map(DynamoKeyUses::read);
    }

    @Override
    public boolean replace(KeyUse from, KeyUse to) {
        var answer = to.answer();
        return table.write(
                table.change(key(to))
                        .set("body_digest", to.bodyDigest())
                        .set("seed", to.seed())
                        .set("started_at", to.startedAt())
                        .set("leased_until", to.leasedUntil())
                        .set(VERSION, (Long) to.version())
                        .set(Item.EXPIRES_AT, (Long) to.expiresAt().getEpochSecond())
                        .set("status", answer == null ? null : Long.valueOf(answer.status()))
                        .set("headers", answer == null ? null : headers(answer))
                        .set("body", answer == null ? null : answer.body())
                        .ifStill(VERSION, (Long) from.version()));
    }

    private static Item key(KeyUse use) {
        return Item.keyed("KEY_USES#" + use.projectId(), use.place());
    }

    private static KeyUse read(Item item) {
        return new KeyUse(
                item.number("project_id", 0),
                item.text(Item.SK),
                item.text("body_digest"),
                item.text("seed"),
                item.time("started_at"),
                item.time("leased_until"),
                item.number(VERSION, 0),
                answer(item));
    }

    private static @Nullable Answer answer(Item item) {
        var status = item.numberOrNull("status");
        if (status == null) {
            return null;
        }
        var headers = new LinkedHashMap<String, String>();
        Json.stored(item.text("headers"))
                .forEachEntry((name, value) -> headers.put(name, value.asText()));
        return new Answer(status.intValue(), Map.copyOf(headers), item.text("body"));
    }

    private static String headers(Answer answer) {
        var headers = Json.object();
        answer.headers().forEach(headers::put);
        return Json.text(headers);
    }
}
