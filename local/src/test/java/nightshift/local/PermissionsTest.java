package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;

class PermissionsTest {
    private static final String TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/rows";
    private final Permissions permissions =
            permissions(
                    """
                    - !Ref ReadKeys
                    - Version: '2012-10-17'
                      Statement:
                        - Effect: Allow
                          Action: [dynamodb:GetItem, dynamodb:Query]
                          Resource: [!GetAtt Table.Arn, !Sub '${Table.Arn}/index/by_?']
                          Condition: {ForAllValues:StringLike: {dynamodb:LeadingKeys: ['RUNS#*', 'TASKS#*']}}
                        - Effect: Allow
                          Action: s3:*
                          Resource: arn:aws:s3:::bucket/logs/*
                        - Effect: Allow
                          Action: s3:ListBucket
                          Resource: arn:aws:s3:::bucket
                          Condition: {StringLikeIfExists: {s3:prefix: 'logs/*'}}
                        - Effect: Allow
                          Action: iam:PassRole
                          Resource: '*'
                          Condition: {StringEquals: {iam:PassedToService: scheduler.amazonaws.com}}
                    """);

    @Test
    void allows_an_action_on_a_resource_that_one_statement_names() {
        assertThat(permissions.allow(led("dynamodb:GetItem", TABLE, "RUNS#1#x"))).isTrue();
        assertThat(permissions.allow(led("dynamodb:Query", TABLE + "/index/by_1", "TASKS#1")))
                .isTrue();
        assertThat(permissions.allow(led("dynamodb:PutItem", TABLE, "RUNS#1#x"))).isFalse();
        assertThat(permissions.allow(led("dynamodb:GetItem", TABLE + "2", "RUNS#1#x"))).isFalse();
        assertThat(permissions.allow(led("dynamodb:Query", TABLE + "/index/by_12", "TASKS#1")))
                .isFalse();
        assertThat(permissions.allow(access("s3:GetObject", "arn:aws:s3:::bucket/logs/a/b")))
                .isTrue();
        assertThat(permissions.allow(access("s3:GetObject", "arn:aws:s3:::bucket/files/a")))
                .isFalse();
    }

    @Test
    void allows_the_partitions_that_the_same_statement_names() {
        assertThat(permissions.allow(led("dynamodb:GetItem", TABLE, "KEYS"))).isTrue();
        assertThat(permissions.allow(led("dynamodb:GetItem", TABLE, "PROJECT#1"))).isFalse();
        assertThat(permissions.allow(led("dynamodb:GetItem", TABLE, "RUNS#1", "TASKS#1"))).isTrue();
        assertThat(permissions.allow(led("dynamodb:GetItem", TABLE, "RUNS#1", "KEYS"))).isFalse();
    }

    /// As on AWS: a scan must not be allowed with such a condition.
    @Test
    void a_condition_for_all_values_holds_for_none() {
        assertThat(permissions.allow(access("dynamodb:GetItem", TABLE))).isTrue();
    }

    @Test
    void compares_what_a_request_says_of_itself() {
        assertThat(permissions.allow(listed("logs/run/"))).isTrue();
        assertThat(permissions.allow(listed("files/"))).isFalse();
        assertThat(permissions.allow(access("s3:ListBucket", "arn:aws:s3:::bucket"))).isTrue();
        assertThat(permissions.allow(passed("scheduler.amazonaws.com"))).isTrue();
        assertThat(permissions.allow(passed("lambda.amazonaws.com"))).isFalse();
        assertThat(permissions.allow(access("iam:PassRole", "role"))).isFalse();
    }

    @Test
    void what_is_used_is_an_action_on_a_resource_with_a_value_of_a_condition() {
        var used = new ConcurrentSkipListSet<String>();
        PermissionUses.recordIn(used);
        try {
            permissions.allow(led("dynamodb:GetItem", TABLE, "KEYS"));
            permissions.allow(led("dynamodb:Query", TABLE + "/index/by_1", "RUNS#1", "TASKS#1"));
            permissions.allow(access("s3:ListBucket", "arn:aws:s3:::bucket"));
            permissions.allow(access("s3:ListBucket", "arn:aws:s3:::another"));
        } finally {
            PermissionUses.recordIn(null);
        }
        permissions.allow(passed("scheduler.amazonaws.com"));

        var unused = new ArrayList<>(permissions.all());
        assertThat(unused.removeAll(used)).isTrue();
        assertThat(unused)
                .containsExactly(
                        "Function  dynamodb:GetItem " + TABLE + " RUNS#*",
                        "Function  dynamodb:GetItem " + TABLE + " TASKS#*",
                        "Function  dynamodb:GetItem " + TABLE + "/index/by_? RUNS#*",
                        "Function  dynamodb:GetItem " + TABLE + "/index/by_? TASKS#*",
                        "Function  dynamodb:Query " + TABLE + " RUNS#*",
                        "Function  dynamodb:Query " + TABLE + " TASKS#*",
                        "Function  s3:* arn:aws:s3:::bucket/logs/*",
                        "Function  iam:PassRole * scheduler.amazonaws.com");
    }

    @Test
    void refuses_to_read_what_it_does_not_know() {
        var denial = "- {Statement: [{Effect: Deny, Action: 's3:*', Resource: '*'}]}";
        assertThatThrownBy(() -> permissions(denial)).hasMessageContaining("Deny");
        var condition = denial.replace("Deny", "Allow, Condition: {NumericEquals: {k: 1}}");
        assertThatThrownBy(() -> permissions(condition)).hasMessageContaining("NumericEquals");
        var exception = denial.replace("Deny", "Allow, NotAction: s3:GetObject");
        assertThatThrownBy(() -> permissions(exception)).hasMessageContaining("NotAction");
        assertThatThrownBy(() -> permissions("- AWSLambdaExecute"))
                .hasMessageContaining("AWSLambdaExecute");
    }

    private static IamRequest led(String action, String resource, String... partitions) {
        return new IamRequest(
                action, resource, Map.of("dynamodb:LeadingKeys", List.of(partitions)));
    }

    private static IamRequest listed(String prefix) {
        return new IamRequest(
                "s3:ListBucket", "arn:aws:s3:::bucket", Map.of("s3:prefix", List.of(prefix)));
    }

    private static IamRequest passed(String service) {
        return new IamRequest(
                "iam:PassRole", "role", Map.of("iam:PassedToService", List.of(service)));
    }

    private static IamRequest access(String action, String resource) {
        return new IamRequest(action, resource, Map.of());
    }

    /// The permissions of a function with these policies, in YAML.
    static Permissions permissions(String policies) {
        var template =
                """
                Resources:
                  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: rows}}
                  ReadKeys:
                    Type: AWS::IAM::ManagedPolicy
                    Properties:
                      PolicyDocument:
                        Statement:
                          - Effect: Allow
                            Action: dynamodb:GetItem
                            Resource: !GetAtt Table.Arn
                            Condition: {ForAllValues:StringLike: {dynamodb:LeadingKeys: [KEYS]}}
                  Function:
                    Type: AWS::Serverless::Function
                    Properties:
                      Handler: sample.Function::handleRequest
                      Policies:
                """;
        return Template.parse(template + policies.indent(8))
                .function("Function")
                .orElseThrow()
                .permissions();
    }
}
