package nightshift.local;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.jspecify.annotations.Nullable;

import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.streams.DynamoDbStreamsClient;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Runs DynamoDB Local in this process with the template's tables, on disk or in memory.
///
/// Its own server would listen on all interfaces and send telemetry, so only its request handler is
/// used.
final class LocalDynamoDb implements AutoCloseable {
    private final LocalDynamoDBRequestHandler requests;
    private final LoopbackHttpServer port;
    private final DynamoDbClient tables;
    private final DynamoDbStreamsClient streams;

    private LocalDynamoDb(LocalDynamoDBRequestHandler requests, LoopbackHttpServer port) {
        this.requests = requests;
        this.port = port;
        var credentials =
                StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(
                                LocalAccount.ACCESS_KEY, LocalAccount.SECRET_KEY));
        this.tables =
                DynamoDbClient.builder()
                        .endpointOverride(endpoint())
                        .credentialsProvider(credentials)
                        .region(Region.of(LocalAccount.REGION))
                        .httpClient(UrlConnectionHttpClient.create())
                        .build();
        this.streams =
                DynamoDbStreamsClient.builder()
                        .endpointOverride(endpoint())
                        .credentialsProvider(credentials)
                        .region(Region.of(LocalAccount.REGION))
                        .httpClient(UrlConnectionHttpClient.create())
                        .build();
    }

    /// @param folder of the tables; null keeps them in memory
    static LocalDynamoDb start(int port, @Nullable Path folder, Template template) {
        try {
            if (folder != null) Files.createDirectories(folder);
        } catch (IOException unusable) {
            throw new StartupException(folder + " cannot be written (" + unusable + ").", unusable);
        }
        var requests = new Requests(folder);
        var started =
                new LocalDynamoDb(
                        requests,
                        LoopbackHttpServer.serve(
                                port, new LocalDynamoDBServerHandler(requests, null)));
        try {
            var present = started.tables.listTables().tableNames();
            template.named("AWS::DynamoDB::Table")
                    .forEach((name, properties) -> {
                        if (present.contains(name)) started.addIndexes(name, properties);
                        else started.create(name, properties);
                    });
        } catch (RuntimeException unreadable) {
            started.close();
            throw new StartupException(
                    "The tables in %s cannot be read: move the state folder away to begin anew."
                            .formatted(folder),
                    unreadable);
        }
        return started;
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + port.port());
    }

    DynamoDbClient tables() {
        return tables;
    }

    DynamoDbStreamsClient streams() {
        return streams;
    }

    String streamArn(String table) {
        return tables.describeTable(request -> request.tableName(table)).table().latestStreamArn();
    }

    @Override
    public void close() {
        tables.close();
        streams.close();
        port.close();
        requests.shutdown(); // stops the queued writes
    }

    /// Creates the tables. CloudFormation's property names are those of DynamoDB's API.
    private void create(String name, ObjectNode properties) {
        var table = JsonNodeFactory.instance.objectNode().put("TableName", name);
        for (var property :
                List.of(
                        "AttributeDefinitions",
                        "KeySchema",
                        "LocalSecondaryIndexes",
                        "GlobalSecondaryIndexes",
                        "BillingMode")) {
            if (properties.has(property)) table.set(property, properties.path(property));
        }
        if (properties.has("StreamSpecification")) {
            table.putObject("StreamSpecification")
                    .put("StreamEnabled", true)
                    .setAll((ObjectNode) properties.path("StreamSpecification"));
        }
        call("CreateTable", table);
        if (properties.has("TimeToLiveSpecification")) {
            var expiry = JsonNodeFactory.instance.objectNode().put("TableName", name);
            expiry.set("TimeToLiveSpecification", properties.path("TimeToLiveSpecification"));
            call("UpdateTimeToLive", expiry);
        }
    }

    /// Creates the global indexes that a table of an older version lacks, as CloudFormation does.
    private void addIndexes(String name, ObjectNode properties) {
        var table = tables.describeTable(request -> request.tableName(name)).table();
        var present =
                table.globalSecondaryIndexes().stream().map(index -> index.indexName()).toList();
        for (var index : properties.path("GlobalSecondaryIndexes")) {
            if (!present.contains(index.path("IndexName").asText())) {
                var update = JsonNodeFactory.instance.objectNode().put("TableName", name);
                update.set("AttributeDefinitions", properties.path("AttributeDefinitions"));
                update.putArray("GlobalSecondaryIndexUpdates").addObject().set("Create", index);
                call("UpdateTable", update);
            }
        }
    }

    /// Waits for the commit of a transaction. Amazon's handler answers while the commit is still
    /// queued, so a killed process could lose it.
    private static final class Requests extends LocalDynamoDBRequestHandler {
        Requests(@Nullable Path folder) {
            super(0, folder == null, folder == null ? null : folder.toString(), true, false);
        }

        @Override
        public TransactWriteItemsResponse transactWriteItems(
                String account, String region, TransactWriteItemsRequest request) {
            var answer = super.transactWriteItems(account, region, request);
            // the queue is in order: after this answer the commit is done
            var _ = listTables(account, region, ListTablesRequest.builder().limit(1).build());
            return answer;
        }
    }

    private void call(String operation, ObjectNode input) {
        var request =
                HttpRequest.newBuilder(endpoint())
                        .header("Content-Type", "application/x-amz-json-1.0")
                        .header("X-Amz-Target", "DynamoDB_20120810." + operation)
                        .header(
                                "Authorization",
                                "AWS4-HMAC-SHA256 Credential=%s/20260101/%s/dynamodb/aws4_request, SignedHeaders=host, Signature=unchecked"
                                        .formatted(LocalAccount.ACCESS_KEY, LocalAccount.REGION))
                        .POST(HttpRequest.BodyPublishers.ofString(input.toString()))
                        .build();
        try (var http = HttpClient.newHttpClient()) {
            var answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(operation + ": " + answer.body());
            }
        } catch (IOException failed) {
            throw new IllegalStateException(operation + ": " + failed.getMessage(), failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(operation, interrupted);
        }
    }
}
