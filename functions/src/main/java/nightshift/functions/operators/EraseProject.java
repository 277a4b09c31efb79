package nightshift.functions.operators;

import com.fasterxml.jackson.databind.JsonNode;

import nightshift.api.Fields;
import nightshift.api.TextRule;
import nightshift.functions.lambda.LambdaWiring;
import nightshift.functions.lambda.Operation;
import nightshift.functions.lambda.Wiring;
import nightshift.json.Json;
import nightshift.keys.ProjectData;
import nightshift.keys.ProjectObjects;

/// Erases a project in pieces: invoked again until it answers `done`. The first call closes the
/// project for its callers. Schedules follow from the automations' rows.
public final class EraseProject extends Operation {
    private static final int MOST_ROWS = 500;
    private static final int MOST_OBJECTS = 200;

    private final ProjectData projects;
    private final ProjectObjects objects;

    /// The function as Lambda makes it.
    public EraseProject() {
        this(LambdaWiring.fromEnvironment());
    }

    /// The function made of other parts.
    public EraseProject(Wiring wiring) {
        this.projects = wiring.projectData();
        this.objects = wiring.projectObjects();
    }

    @Override
    protected JsonNode perform(Fields input) {
        var id = input.integer("id", 1, Long.MAX_VALUE);
        var confirmed = input.text("confirm", TextRule.filled().atMost(255));
        var name =
                projects.name(id)
                        .orElseThrow(() ->
                                input.refuse(
                                        "id",
                                        "does_not_exist",
                                        "There is no project with this id."));
        if (!confirmed.equals(name)) {
            throw input.refuse("confirm", "invalid_input", "This is not the name of the project.");
        }
        projects.close(id);
        int rows = projects.deleteRows(id, MOST_ROWS);
        int files = objects.delete(id, MOST_OBJECTS);
        boolean done = rows == 0 && files == 0;
        if (done) {
            projects.forget(id);
        }
        return Json.object().put("done", done).put("rows", rows).put("objects", files);
    }
}
