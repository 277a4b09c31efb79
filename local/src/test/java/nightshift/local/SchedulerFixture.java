package nightshift.local;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.scheduler.SchedulerClient;
import software.amazon.awssdk.services.scheduler.model.CreateScheduleRequest;
import software.amazon.awssdk.services.scheduler.model.FlexibleTimeWindowMode;
import software.amazon.awssdk.services.scheduler.model.Target;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A local Scheduler with a clock that the test moves, and an AWS client for it.
final class SchedulerFixture implements AutoCloseable {
    static final String FUNCTION = LocalAccount.arn("lambda", "function:Fire:live");
    static final String QUEUE = LocalAccount.arn("sqs", "dead-letters");

    final MovableClock clock = new MovableClock("2026-01-01T08:59:30Z");
    final FaultInjection faults = new FaultInjection();
    final List<String> invocations = new CopyOnWriteArrayList<>();
    final List<DeadLetter> deadLetters = new CopyOnWriteArrayList<>();
    volatile boolean targetFails;

    private final Path folder;
    private LocalScheduler scheduler;
    private SchedulerClient client;

    SchedulerFixture(Path folder) throws IOException {
        this.folder = folder;
        this.scheduler = open();
        this.client = client(LocalAccount.ACCESS_KEY, LocalAccount.SECRET_KEY);
    }

    LocalScheduler scheduler() {
        return scheduler;
    }

    SchedulerClient client() {
        return client;
    }

    void restart() throws IOException {
        close();
        scheduler = open();
        client = client(LocalAccount.ACCESS_KEY, LocalAccount.SECRET_KEY);
    }

    void tickAt(String time) {
        clock.moveTo(time);
        scheduler.tick();
    }

    /// A client without retries, so that a fault hits the intended call.
    SchedulerClient client(String accessKey, String secretKey) {
        return SchedulerClient.builder()
                .endpointOverride(URI.create("http://localhost:" + scheduler.port()))
                .region(Region.of(LocalAccount.REGION))
                .credentialsProvider(
                        StaticCredentialsProvider.create(
                                AwsBasicCredentials.create(accessKey, secretKey)))
                .httpClient(UrlConnectionHttpClient.create())
                .overrideConfiguration(o -> o.retryStrategy(DefaultRetryStrategy.doNotRetry()))
                .build();
    }

    /// A schedule for every minute in the default group.
    static CreateScheduleRequest.Builder everyMinute(String name) {
        return CreateScheduleRequest.builder()
                .name(name)
                .scheduleExpression("cron(* * * * ? *)")
                .flexibleTimeWindow(window -> window.mode(FlexibleTimeWindowMode.OFF))
                .target(target("<aws.scheduler.scheduled-time>"));
    }

    static Target target(String input) {
        return Target.builder()
                .arn(FUNCTION)
                .roleArn("arn:aws:iam::000000000000:role/scheduler")
                .deadLetterConfig(config -> config.arn(QUEUE))
                .retryPolicy(
                        policy -> policy.maximumEventAgeInSeconds(900).maximumRetryAttempts(185))
                .input(input)
                .build();
    }

    @Override
    public void close() {
        client.close();
        scheduler.close();
    }

    private LocalScheduler open() throws IOException {
        return new LocalScheduler(0, folder, clock, this::invoke, deadLetters::add, faults);
    }

    private void invoke(String arn, String input) throws IOException {
        if (!arn.equals(FUNCTION)) throw new IllegalArgumentException(arn);
        invocations.add(input);
        if (targetFails) throw new IOException("target is down");
    }
}
