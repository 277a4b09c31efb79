package nightshift.bench;

import module java.base;

import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.core.interceptor.SdkExecutionAttribute;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;

/// Runs in every client of a counted function, and appends its requests to a file for [Usage].
///
/// @see <a
///   href="https://docs.aws.amazon.com/java/api/latest/software/amazon/awssdk/core/interceptor/ExecutionInterceptor.html">
///   AWS SDK: interceptors that are found on the class path</a>
public final class CallRecorder implements ExecutionInterceptor {
    /// The environment variable with the file's path.
    static final String FILE = "RECORDED_CALLS";

    /// The resource that names this class to the SDK.
    static final String RESOURCE = "software/amazon/awssdk/global/handlers/execution.interceptors";

    private static final ExecutionAttribute<Long> BEGUN = new ExecutionAttribute<>("begun");

    private final Path file;

    /// The recorder as the SDK makes it.
    public CallRecorder() {
        this(Path.of(Objects.requireNonNull(System.getenv(FILE))));
    }

    CallRecorder(Path file) {
        this.file = file;
    }

    /// Asks DynamoDB for the units of the request.
    @Override
    public SdkRequest modifyRequest(Context.ModifyRequest context, ExecutionAttributes attributes) {
        var builder = context.request().toBuilder();
        for (var field : context.request().sdkFields()) {
            if (field.memberName().equals("ReturnConsumedCapacity")) field.set(builder, "TOTAL");
        }
        return builder.build();
    }

    @Override
    public void beforeTransmission(
            Context.BeforeTransmission context, ExecutionAttributes attributes) {
        attributes.putAttribute(BEGUN, System.nanoTime());
    }

    @Override
    public void afterTransmission(
            Context.AfterTransmission context, ExecutionAttributes attributes) {
        var name = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        if (context.request() instanceof TransactWriteItemsRequest transaction) {
            name += "-" + transaction.transactItems().size();
        }
        long sent = context.requestBody().flatMap(body -> body.optionalContentLength()).orElse(0L);
        var received = context.httpResponse().firstMatchingHeader("Content-Length");
        append(
                "request %s %d %d %d%n"
                        .formatted(
                                name,
                                attributes.getAttribute(BEGUN),
                                System.nanoTime(),
                                sent + Long.parseLong(received.orElse("0"))));
    }

    @Override
    public void afterUnmarshalling(
            Context.AfterUnmarshalling context, ExecutionAttributes attributes) {
        var name = attributes.getAttribute(SdkExecutionAttribute.OPERATION_NAME);
        var kind =
                name.matches("(Put|Update|Delete|BatchWrite|TransactWrite).*") ? "write" : "read";
        for (var field : ((SdkPojo) context.response()).sdkFields()) {
            if (!field.memberName().equals("ConsumedCapacity")) continue;
            var consumed = field.getValueOrDefault(context.response());
            var each = consumed instanceof List<?> list ? list : Arrays.asList(consumed);
            for (var capacity : each) {
                if (capacity instanceof ConsumedCapacity units) {
                    append("%s-units %s%n".formatted(kind, units.capacityUnits()));
                }
            }
        }
    }

    private void append(String line) {
        try {
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
