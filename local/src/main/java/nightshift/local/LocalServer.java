package nightshift.local;

import nightshift.local.Settings.Port;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.ConflictException;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindow;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.scheduler.model.ScheduleState;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/// The deployed system on one machine, built from `template.yaml`.
///
/// The SDK's system properties point the functions at the stand-ins. They are global, so a process
/// runs one server at a time.
public final class LocalServer implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LocalServer.class.getName());
    private static final AtomicBoolean RUNNING = new AtomicBoolean();

    private final Settings settings;
    private final Template template;
    private final StateFolder state;
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final DeadLetterFolder deadLetters;
    private final LocalDynamoDb dynamoDb;
    private final LocalS3 s3;
    private final LocalLambda lambda;
    private LocalScheduler scheduler;
    private final LocalEventBus events;
    private final @Nullable LocalWorkers workers;
    private final FaultInjection faults = new FaultInjection();
    private final LoopbackHttpServer lambdaPort;
    private final LoopbackHttpServer apiPort;
    private final ApiKeys keys;

    private LocalServer(Settings settings, Consumer<String> accessLog) throws IOException {
        if (!Files.isReadable(settings.template())) {
            throw new StartupException(
                    "There is no " + settings.template() + ": run this from the checkout's root.",
                    null);
        }
        this.settings = settings;
        this.template = Template.read(settings.template());
        settings.checkPorts();
        if (!RUNNING.compareAndSet(false, true)) {
            throw new StartupException("A local run is under way in this process already.", null);
        }
        opened.push(() -> RUNNING.set(false));
        try {
            state = opened(StateFolder.open(settings.state()));
            deadLetters = new DeadLetterFolder(state.folder("dead-letters"));
            dynamoDb =
                    opened(
                            LocalDynamoDb.start(
                                    settings.port(Port.DYNAMODB),
                                    settings.lasting() ? state.folder("dynamodb") : null,
                                    template));
            s3 =
                    opened(
                            LocalS3.start(
                                    settings.port(Port.S3),
                                    state.folder("s3"),
                                    template.named("AWS::S3::Bucket").keySet()));
            lambda =
                    opened(
                            new LocalLambda(
                                    new FunctionHandlers(settings.clock()),
                                    state.folder("lambda"),
                                    settings.clock(),
                                    settings.retryPauses(),
                                    deadLetters));
            scheduler = scheduler(settings.port(Port.SCHEDULER));
            opened.push(() -> scheduler.close());
            events =
                    opened(
                            new LocalEventBus(
                                    settings.port(Port.EVENTS),
                                    state.folder("events"),
                                    settings.clock(),
                                    bus(),
                                    rules(),
                                    this::deliver,
                                    deadLetters,
                                    faults));
            setSdkEndpoints();
            createSchedules();
            lambdaPort =
                    opened(
                            LoopbackHttpServer.serve(
                                    settings.port(Port.LAMBDA),
                                    LocalLambda.LARGEST_PAYLOAD,
                                    new InvokeApi(template, lambda)));
            var gateway = new ApiGateway(template, lambda, settings.clock());
            apiPort =
                    opened(
                            LoopbackHttpServer.serve(
                                    settings.port(Port.API),
                                    ApiGateway.LARGEST_BODY,
                                    new AccessLog(gateway, accessLog)));
            keys =
                    ApiKeys.keep(
                            state.folder("keys.env"), url(Port.API).toString(), template, lambda);
            workers =
                    settings.worker() == null
                            ? null
                            : opened(new LocalWorkers(url(Port.API), settings.worker(), accessLog));
            lambda.resume(template);
            startStreamPollers();
            scheduler.start();
            events.start();
        } catch (IOException | RuntimeException failed) {
            close();
            throw failed;
        }
    }

    /// Starts all parts and returns when they accept requests.
    public static LocalServer start(Settings settings) {
        return start(settings, _ -> {});
    }

    static LocalServer start(Settings settings, Consumer<String> accessLog) {
        try {
            return new LocalServer(settings, accessLog);
        } catch (IOException failed) {
            throw new StartupException("It cannot start: " + failed.getMessage(), failed);
        }
    }

    /// The URL of a part of the local run.
    public URI url(Port port) {
        return switch (port) {
            case API -> loopback(apiPort.port());
            case LAMBDA -> loopback(lambdaPort.port());
            case DYNAMODB -> dynamoDb.endpoint();
            case S3 -> s3.endpoint();
            case SCHEDULER -> loopback(scheduler.port());
            case EVENTS -> loopback(events.port());
        };
    }

    /// The keys of project 1.
    public ApiKeys keys() {
        return keys;
    }

    /// The template that this server runs.
    public Template template() {
        return template;
    }

    LocalLambda lambda() {
        return lambda;
    }

    LocalScheduler scheduler() {
        return scheduler;
    }

    LocalEventBus events() {
        return events;
    }

    FaultInjection faults() {
        return faults;
    }

    /// Stops the Scheduler only.
    void stopScheduler() {
        scheduler.close();
    }

    /// Starts the Scheduler again on the same port with its stored schedules. Occurrences in
    /// between are skipped.
    void startScheduler() throws IOException {
        scheduler = scheduler(scheduler.port()).start();
    }

    private LocalScheduler scheduler(int port) throws IOException {
        return new LocalScheduler(
                port,
                state.folder("scheduler"),
                settings.clock(),
                this::deliver,
                deadLetters,
                faults);
    }

    /// Closes all parts in reverse order. The next start resumes unfinished work.
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception failed) { // continue with the other parts
                LOG.log(Level.WARNING, "not everything closed", failed);
            }
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    /// Delivers for the Scheduler and the event bus: sends a message to a queue, starts a worker,
    /// or invokes a function asynchronously, as on AWS.
    private void deliver(String targetArn, String input) throws IOException, InterruptedException {
        if (targetArn.contains(":sqs:")) {
            deadLetters.accept(new DeadLetter(targetArn, input, Map.of()));
            return;
        }
        if (targetArn.equals(LocalWorkers.ARN)) {
            if (workers != null) workers.start(input);
            return;
        }
        var function =
                template.function(targetArn)
                        .orElseThrow(
                                () -> new IllegalStateException("No function " + targetArn + "."));
        lambda.accept(function, input.getBytes(StandardCharsets.UTF_8));
    }

    private String bus() {
        return template.named("AWS::Events::EventBus").keySet().stream()
                .findFirst()
                .orElse("default");
    }

    private List<BusRule> rules() {
        var rules = new ArrayList<BusRule>();
        for (var function : template.functions().values()) {
            for (var rule : function.rules()) {
                rules.add(
                        new BusRule(
                                rule.name(),
                                rule.pattern(),
                                function.arn(),
                                new RetryPolicy(rule.maximumAge(), rule.retries()),
                                rule.deadLetterArn()));
            }
        }
        template.named("AWS::Events::Rule")
                .forEach((name, rule) -> {
                    for (var target : rule.path("Targets")) {
                        rules.add(
                                new BusRule(
                                        name,
                                        rule.path("EventPattern").toString(),
                                        target.path("Arn").asText(),
                                        RetryPolicy.DEFAULT,
                                        null));
                    }
                });
        if (settings.worker() != null) {
            rules.add(new BusRule("worker", LocalWorkers.PATTERN, LocalWorkers.ARN));
        }
        return rules;
    }

    private void setSdkEndpoints() {
        var properties =
                Map.of(
                        "aws.endpointUrlDynamoDb", dynamoDb.endpoint(),
                        "aws.endpointUrlS3", s3.endpoint(),
                        "aws.endpointUrlScheduler", loopback(scheduler.port()),
                        "aws.endpointUrlEventBridge", loopback(events.port()),
                        "aws.region", LocalAccount.REGION,
                        "aws.accessKeyId", LocalAccount.ACCESS_KEY,
                        "aws.secretAccessKey", LocalAccount.SECRET_KEY);
        properties.forEach((name, value) -> System.setProperty(name, value.toString()));
    }

    /// Creates the template's schedule groups and schedules, as CloudFormation does.
    private void createSchedules() {
        try (var client =
                SchedulerClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            for (var group : template.named("AWS::Scheduler::ScheduleGroup").keySet()) {
                try {
                    client.createScheduleGroup(request -> request.name(group));
                } catch (ConflictException _) {
                    // an earlier start has created it
                }
            }
            for (var function : template.functions().values()) {
                for (var schedule : function.schedules()) make(client, function, schedule);
            }
        }
    }

    private static void make(
            SchedulerClient client, Template.Function function, Template.Schedule schedule) {
        var target =
                software.amazon.awssdk.services.scheduler.model.Target.builder()
                        .arn(function.arn() + ":live")
                        .roleArn("arn:aws:iam::" + LocalAccount.ACCOUNT_ID + ":role/local")
                        .input(schedule.input())
                        .retryPolicy(policy ->
                                policy.maximumRetryAttempts(schedule.retries())
                                        .maximumEventAgeInSeconds(
                                                (int) schedule.maximumAge().toSeconds()))
                        .build();
        var window = FlexibleTimeWindow.builder().mode(FlexibleTimeWindowMode.OFF).build();
        var wanted = schedule.enabled() ? ScheduleState.ENABLED : ScheduleState.DISABLED;
        try {
            client.createSchedule(request ->
                    request.name(schedule.name())
                            .scheduleExpression(schedule.expression())
                            .scheduleExpressionTimezone(schedule.timezone())
                            .state(wanted)
                            .flexibleTimeWindow(window)
                            .target(target));
        } catch (ConflictException _) {
            client.updateSchedule(request ->
                    request.name(schedule.name())
                            .scheduleExpression(schedule.expression())
                            .scheduleExpressionTimezone(schedule.timezone())
                            .state(wanted)
                            .flexibleTimeWindow(window)
                            .target(target));
        }
    }

    private void startStreamPollers() {
        for (var function : template.functions().values()) {
            for (var mapping : function.mappings()) {
                opened(
                        new StreamPoller(
                                dynamoDb.streams(),
                                dynamoDb.streamArn(mapping.table()),
                                function,
                                mapping,
                                lambda,
                                state.folder("streams"),
                                Clock.systemUTC(), // DynamoDB Local uses the system clock
                                settings.streamPoll(),
                                deadLetters));
            }
        }
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /// Logs a line for each request, without query and headers, because they may contain a key.
    private record AccessLog(LoopbackHttpServer.Service service, Consumer<String> lines)
            implements LoopbackHttpServer.Service {
        @Override
        public LoopbackHttpServer.Response malformed(int status) {
            return service.malformed(status);
        }

        @Override
        public LoopbackHttpServer.Response answer(LoopbackHttpServer.Request request) {
            long begun = System.nanoTime();
            var response = service.answer(request);
            lines.accept(
                    "%s %s %d %d ms %s"
                            .formatted(
                                    request.method(),
                                    request.path(),
                                    response.status(),
                                    (System.nanoTime() - begun) / 1_000_000,
                                    response.header("x-amzn-RequestId")));
            return response;
        }
    }
}
