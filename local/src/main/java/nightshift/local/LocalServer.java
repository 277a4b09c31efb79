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

/// The deployed system on one machine, put together from `template.yaml`.
///
/// The functions find the stand-ins by the SDK's own settings, which belong to the whole process:
/// one server at a time in each.
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

    /// Starts everything; returns when all of it serves.
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

    /// Where a part of the local run listens.
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

    /// What is run here.
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

    /// The Scheduler alone is down; everything else goes on.
    void stopScheduler() {
        scheduler.close();
    }

    /// The Scheduler is back where it was, with what it had; what came due meanwhile is past.
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

    /// Stops everything, last opened first; what is under way is taken up by the next start.
    @Override
    public void close() {
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (Exception failed) { // the others must still be closed
                LOG.log(Level.WARNING, "not everything closed", failed);
            }
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        opened.push(part);
        return part;
    }

    /// Scheduler and event bus invoke a function asynchronously, as they do on AWS, leave a message
    /// in a queue, or start a worker.
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

    /// The template's groups, and the schedules that it declares itself, as CloudFormation makes
    /// them.
    private void createSchedules() {
        try (var client =
                SchedulerClient.builder().httpClient(UrlConnectionHttpClient.create()).build()) {
            for (var group : template.named("AWS::Scheduler::ScheduleGroup").keySet()) {
                try {
                    client.createScheduleGroup(request -> request.name(group));
                } catch (ConflictException _) {
                    // it is there since an earlier start
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
                                Clock.systemUTC(), // by which DynamoDB Local dates the records
                                settings.streamPoll(),
                                deadLetters));
            }
        }
    }

    private static URI loopback(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    /// A line for each request; never its query or its headers, which may hold a key.
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
