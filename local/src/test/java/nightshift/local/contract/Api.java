package nightshift.local.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// A client of the API, and of the operators' functions if the caller may invoke them.
///
/// @param functions the URL of Lambda's Invoke API, or null if it is not available
record Api(HttpClient http, URI base, URI functions, String key, String readKey, long project) {
    Api(URI base, URI functions, String key, String readKey) {
        this(
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(Duration.ofSeconds(20))
                        .build(),
                base,
                functions,
                key,
                readKey,
                Long.parseLong(System.getenv().getOrDefault("NIGHTSHIFT_PROJECT", "1")));
    }

    Call get(String path) {
        return call("GET", path);
    }

    Call head(String path) {
        return call("HEAD", path);
    }

    Call post(String path) {
        return call("POST", path);
    }

    Call patch(String path) {
        return call("PATCH", path);
    }

    Call delete(String path) {
        return call("DELETE", path);
    }

    /// A call with the write key. The path is relative to the project unless it starts with `/api`.
    Call call(String method, String path) {
        return Call.of(this, method, path).header("Authorization", "Bearer " + key);
    }

    /// A client of the same API for another project and key.
    Api in(long otherProject, String otherKey) {
        return new Api(http, base, functions, otherKey, readKey, otherProject);
    }

    URI url(String path) {
        return URI.create(
                base + (path.startsWith("/api") ? path : "/api/projects/" + project + path));
    }

    /// Creates a project with a key for all scopes. Skips the test if the operators' functions are
    /// not available.
    Api freshProject(String name, long... integrations) {
        long id = 1_000_000 + System.nanoTime() % 1_000_000_000_000L;
        var request = Json.tree("{}").put("id", id).put("name", name);
        if (integrations.length > 0) {
            var listed = request.putArray("github_integrations");
            for (long integration : integrations) listed.add(integration);
        }
        operate("PutProject", request.toString());
        return in(id, newKey("'*'", "null"));
    }

    /// Creates a key with these scopes for these projects.
    String newKey(String scopes, String projects) {
        var made =
                operate(
                        "CreateApiKey",
                        Json.tree(
                                        """
                                        {'label': 'contract', 'scopes': [%s], 'projects': %s,
                                         'owner': {'first_name': 'Ada', 'email': 'ada@example.com'}}
                                        """
                                                .formatted(scopes, projects))
                                .toString());
        return made.path("key").asText();
    }

    /// Invokes one of the operators' functions.
    JsonNode operate(String function, String input) {
        assumeTrue(functions != null, "needs the operators' functions");
        var request =
                HttpRequest.newBuilder(
                                functions.resolve(
                                        "/2015-03-31/functions/" + function + "/invocations"))
                        .POST(BodyPublishers.ofString(input))
                        .build();
        try {
            var response = http.send(request, BodyHandlers.ofString());
            assertThat(response.headers().firstValue("X-Amz-Function-Error"))
                    .as(response.body())
                    .isEmpty();
            return Json.any(response.body());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /// Creates an automation.
    JsonNode automation() {
        return post("/task_automations/").json(Json.AUTOMATION).answers(201).json();
    }

    /// Creates a task.
    JsonNode task() {
        return post("/tasks/").json("{'title': 'Fix the build'}").answers(201).json();
    }

    /// Creates a task with a run and returns the run's path.
    String run() {
        return run("/tasks/" + task().path("id").asText());
    }

    /// Creates a run of a task and returns its path.
    String run(String task) {
        return task + "/runs/" + post(task + "/runs/").answers(201).json().path("id").asText();
    }
}
