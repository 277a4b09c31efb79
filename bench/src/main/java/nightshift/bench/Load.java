package nightshift.bench;

import module java.base;
import module java.net.http;

import nightshift.bench.SampleData.Ids;

/// Measures the local API with concurrent clients. Each client sends six reads, three writes and
/// the start of a run in turn.
record Load(URI api, SampleData data, PrintStream progress) {
    private static final Duration DURATION = Duration.ofSeconds(10);

    List<Report.Row> measure() throws Exception {
        var rows = new ArrayList<Report.Row>();
        for (int clients : new int[] {1, 8, 32}) {
            var millis = new Samples();
            var work = new ArrayList<Callable<Integer>>();
            for (int i = 0; i < clients; i++) {
                var requests = requests(data.automation(2, "0 9 * * *"));
                work.add(() -> send(requests, millis));
            }
            int errors = 0;
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var done : threads.invokeAll(work)) errors += done.get();
            }
            double rate = millis.count() / (double) DURATION.toSeconds();
            rows.add(
                    new Report.Row()
                            .with("clients", clients)
                            .with("calls/s", rate)
                            .with("p50, ms", millis.median())
                            .with("p99, ms", millis.percentile(99))
                            .with("errors", errors));
            progress.printf("%d clients: %.0f calls/s%n", clients, rate);
        }
        return rows;
    }

    /// Sends the requests in turn until the time is over. Returns the number of errors.
    private static int send(List<HttpRequest> requests, Samples millis)
            throws IOException, InterruptedException {
        int errors = 0;
        try (var http = HttpClient.newHttpClient()) {
            long end = System.nanoTime() + DURATION.toNanos();
            for (int next = 0; System.nanoTime() < end; next = (next + 1) % requests.size()) {
                long begun = System.nanoTime();
                var answer = http.send(requests.get(next), HttpResponse.BodyHandlers.discarding());
                double took = (System.nanoTime() - begun) / 1e6;
                synchronized (millis) {
                    millis.add(took);
                }
                if (answer.statusCode() >= 400) errors++;
            }
        }
        return errors;
    }

    private List<HttpRequest> requests(Ids ids) {
        var automation = "task_automations/" + ids.automation() + "/";
        var task = "tasks/" + ids.task() + "/";
        var run = task + "runs/" + ids.run() + "/";
        return List.of(
                request("GET", automation, ""),
                request("GET", run, ""),
                request("GET", "task_automations/", ""),
                request("POST", run + "append_log/", "{\"entries\": [{\"n\": 1}]}"),
                request("GET", run + "logs/", ""),
                request("PATCH", automation, "{\"prompt\": \"Update the tests.\"}"),
                request("GET", task, ""),
                request("PATCH", run + "set_output/", "{\"output\": {\"n\": 1}}"),
                request("GET", automation, ""),
                request("POST", automation + "run/", "{}"));
    }

    private HttpRequest request(String method, String path, String body) {
        var publisher = HttpRequest.BodyPublishers.ofString(body);
        return HttpRequest.newBuilder(api.resolve("/api/projects/2/" + path))
                .header("Authorization", "Bearer " + data.key())
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : publisher)
                .build();
    }
}
