package nightshift.local;

import static nightshift.local.AwsApiException.conflict;
import static nightshift.local.AwsApiException.notFound;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// Stores schedule groups and schedules, in memory and on disk. Not thread-safe.
final class ScheduleStore {

    /// A schedule group.
    record Group(String name, Instant created) {
        ObjectNode details() {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("Arn", arn())
                    .put("Name", name)
                    .put("State", "ACTIVE")
                    .put("CreationDate", created.toEpochMilli() / 1000.0)
                    .put("LastModificationDate", created.toEpochMilli() / 1000.0);
        }

        String arn() {
            return LocalAccount.arn("scheduler", "schedule-group/" + name);
        }
    }

    private final JsonFolder groupFolder;
    private final JsonFolder scheduleFolder;
    private final SortedMap<String, Group> groups = new TreeMap<>();
    private final SortedMap<String, Schedule> schedules = new TreeMap<>();

    ScheduleStore(Path folder, Instant now) {
        groupFolder = new JsonFolder(folder.resolve("groups"));
        scheduleFolder = new JsonFolder(folder.resolve("schedules"));
        groupFolder
                .load()
                .forEach((name, document) ->
                        groups.put(
                                name,
                                new Group(name, Instant.parse(document.path("created").asText()))));
        scheduleFolder
                .load()
                .forEach((key, document) -> schedules.put(key, Schedule.read(document)));
        if (!groups.containsKey(ScheduleRequest.DEFAULT_GROUP)) {
            addGroup(ScheduleRequest.DEFAULT_GROUP, now);
        }
    }

    Group addGroup(String name, Instant now) {
        if (groups.containsKey(name)) {
            throw conflict("Schedule group " + name + " already exists.");
        }
        var group = new Group(name, now);
        groupFolder.put(name, JsonNodeFactory.instance.objectNode().put("created", now.toString()));
        groups.put(name, group);
        return group;
    }

    Group group(String name) {
        var group = groups.get(name);
        if (group == null) throw notFound("Schedule group " + name + " does not exist.");
        return group;
    }

    List<Group> groups() {
        return List.copyOf(groups.values());
    }

    void removeGroup(String name) {
        group(name);
        for (var schedule : schedules()) {
            if (schedule.group().equals(name)) remove(schedule);
        }
        groupFolder.remove(name);
        groups.remove(name);
    }

    void add(Schedule schedule) {
        group(schedule.group());
        if (schedules.containsKey(schedule.key())) {
            throw conflict("Schedule " + schedule.name() + " already exists.");
        }
        put(schedule);
    }

    boolean contains(String group, String name) {
        return schedules.containsKey(Schedule.key(group, name));
    }

    Schedule schedule(String group, String name) {
        var schedule = schedules.get(Schedule.key(group, name));
        if (schedule == null) throw notFound("Schedule " + name + " does not exist.");
        return schedule;
    }

    List<Schedule> schedules() {
        return new ArrayList<>(schedules.values());
    }

    void put(Schedule schedule) {
        scheduleFolder.put(schedule.key(), schedule.write());
        schedules.put(schedule.key(), schedule);
    }

    void remove(Schedule schedule) {
        scheduleFolder.remove(schedule.key());
        schedules.remove(schedule.key());
    }
}
