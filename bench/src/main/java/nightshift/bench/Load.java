package nightshift.bench;

import nightshift.bench.World.Thing;
import nightshift.local.LocalServer;
import nightshift.local.Settings.Port;

import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/// The local API with many clients at once: six reads, three writes and the start of a run, again
/// and again.
final class Load {
    private static final Duration LASTING = Duration.ofSeconds(30);
    private static final int[] CLIENTS = {1, 8, 32};

    private final LocalServer server;
    private final World world;
    private final PrintStream progress;
    private final HttpClient http = HttpClient.newHttpClient();

    /// How so many clients fared.
    record Row(int clients, double seconds, Samples millis, int errors) {}

    private record Client(Samples millis, List<Integer> errors) {}

    Load(LocalServer server, World world, PrintStream progress) {
        this.server = server;
        this.world = world;
        this.progress = progress;
    }

    List<Row> measure() throws IOException, InterruptedException {
        var rows = new ArrayList<Row>();
        try (http) {
            for (int clients : CLIENTS) {
                rows.add(measure(clients));
                progress.printf("%d clients are done%n", clients);
            }
        } catch (ExecutionException failed) {
            throw new IllegalStateException(failed);
        }
        return rows;
    }

    private Row measure(int clients) throws IOException, InterruptedException, ExecutionException {
        var things = new ArrayList<Thing>();
        for (int i = 0; i < clients; i++) things.add(world.automation(World.WRITTEN));
        long begun = System.nanoTime();
        long end = begun + LASTING.toNanos();
        var all = new Samples();
        int errors = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var work = new ArrayList<Callable<Client>>();
            for (var thing : things) work.add(() -> client(thing, end));
            for (var done : threads.invokeAll(work)) {
                all.addAll(done.get().millis());
                errors += done.get().errors().size();
            }
        }
        return new Row(clients, (System.nanoTime() - begun) / 1e9, all, errors);
    }

    private Client client(Thing thing, long end) throws IOException, InterruptedException {
        var client = new Client(new Samples(), new ArrayList<>());
        var requests = requests(thing);
        for (int next = 0; System.nanoTime() < end; next = (next + 1) % requests.size()) {
            long begun = System.nanoTime();
            var answer = http.send(requests.get(next), BodyHandlers.ofString());
            client.millis().add((System.nanoTime() - begun) / 1e6);
            if (answer.statusCode() >= 400) client.errors().add(answer.statusCode());
        }
        return client;
    }

    private List<HttpRequest> requests(Thing thing) {
        var automations = "/task_automations/";
        var automation = automations + thing.automation() + "/";
        var run = "/tasks/" + thing.task() + "/runs/" + thing.run() + "/";
        return List.of(
                get(thing, automation),
                get(thing, run),
                get(thing, automations),
                send(thing, "POST", run + "append_log/", "{\"entries\": [{\"n\": 1}]}"),
                get(thing, run + "logs/"),
                send(thing, "PATCH", automation, "{\"prompt\": \"Mind the gap.\"}"),
                get(thing, "/tasks/" + thing.task() + "/"),
                send(thing, "PATCH", run + "set_output/", "{\"output\": {\"n\": 1}}"),
                get(thing, automation),
                send(thing, "POST", automation + "run/", "{}"));
    }

    private HttpRequest get(Thing thing, String path) {
        return api(thing, path).GET().build();
    }

    private HttpRequest send(Thing thing, String method, String path, String body) {
        return api(thing, path)
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body))
                .build();
    }

    private HttpRequest.Builder api(Thing thing, String path) {
        var url = server.url(Port.API) + "/api/projects/" + thing.project() + path;
        return HttpRequest.newBuilder(URI.create(url))
                .header("Authorization", "Bearer " + world.key());
    }
}
