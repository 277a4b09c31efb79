package nightshift.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class TemplateReadingTest {
    private final Template template =
            Template.parse(
                    """
                    Parameters:
                      Stage: {Type: String, Default: prod}
                      Minutes: {Type: Number, Default: 120}
                    Conditions:
                      IsProd: !Equals [!Ref Stage, prod]
                      IsTest: !Not [!Condition IsProd]
                    Globals:
                      Function:
                        Timeout: 29
                        Environment:
                          Variables: {SHARED: everywhere}
                    Resources:
                      Queue: {Type: AWS::SQS::Queue}
                      Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Sub '${AWS::StackName}-rows'}}
                      Bus: {Type: AWS::Events::EventBus, Properties: {Name: !Ref AWS::StackName}}
                      OnlyInTest: {Type: AWS::S3::Bucket, Condition: IsTest}
                      Fire:
                        Type: AWS::Serverless::Function
                        Properties:
                          Handler: sample.Fire::handleRequest
                          Timeout: 5
                          Environment:
                            Variables:
                              QUEUE: !GetAtt Queue.Arn
                              TABLE: !Ref Table
                              SELF: !Ref Other.Alias
                              LEASE: !Ref Minutes
                              JOINED: !Join ['-', [!Ref AWS::Region, !If [IsProd, yes, no]]]
                              ABSENT: !If [IsTest, x, !Ref AWS::NoValue]
                          EventInvokeConfig:
                            MaximumRetryAttempts: 1
                            MaximumEventAgeInSeconds: 900
                            DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Queue.Arn}}
                          Events:
                            Get: {Type: Api, Properties: {Method: get, Path: '/things/{id}'}}
                            Daily: {Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}
                            Ended:
                              Type: EventBridgeRule
                              Properties: {EventBusName: !Ref Bus, Pattern: {source: [nightshift]}}
                            Changes:
                              Type: DynamoDB
                              Properties:
                                Stream: !GetAtt Table.StreamArn
                                BatchSize: 10
                                MaximumRetryAttempts: 3
                                BisectBatchOnFunctionError: true
                                FunctionResponseTypes: [ReportBatchItemFailures]
                                FilterCriteria: {Filters: [{Pattern: '{"eventName":["INSERT"]}'}]}
                      Other:
                        Type: AWS::Serverless::Function
                        Properties: {Handler: 'sample.Other::handleRequest'}
                    """);
    private final Template.Function fire = template.function("Fire").orElseThrow();

    @Test
    void resolves_references_in_the_environment() {
        assertThat(fire.environment())
                .containsEntry("SHARED", "everywhere")
                .containsEntry("QUEUE", "arn:aws:sqs:us-east-1:000000000000:nightshift-Queue")
                .containsEntry("TABLE", "nightshift-rows")
                .containsEntry(
                        "SELF",
                        "arn:aws:lambda:us-east-1:000000000000:function:nightshift-Other:live")
                .containsEntry("LEASE", "120")
                .containsEntry("JOINED", "us-east-1-true")
                .doesNotContainKey("ABSENT");
    }

    @Test
    void a_functions_own_setting_wins_over_the_global_one() {
        assertThat(fire.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(template.function("Other").orElseThrow().timeout())
                .isEqualTo(Duration.ofSeconds(29));
    }

    @Test
    void finds_a_function_by_id_name_and_arn() {
        assertThat(template.function("Fire")).contains(fire);
        assertThat(template.function("nightshift-Fire:live")).contains(fire);
        assertThat(template.function(fire.arn() + ":live")).contains(fire);
        assertThat(template.function("Nobody")).isEmpty();
    }

    @Test
    void reads_what_calls_a_function() {
        assertThat(fire.routes()).containsExactly(new Template.Route("/things/{id}", "GET"));
        assertThat(fire.schedules().getFirst().expression()).isEqualTo("rate(1 day)");
        assertThat(fire.rules().getFirst().bus()).isEqualTo("nightshift");
        assertThat(fire.rules().getFirst().pattern()).isEqualTo("{\"source\":[\"nightshift\"]}");
        var mapping = fire.mappings().getFirst();
        assertThat(mapping.table()).isEqualTo("nightshift-rows");
        assertThat(mapping.patterns()).containsExactly("{\"eventName\":[\"INSERT\"]}");
        assertThat(mapping.batchSize()).isEqualTo(10);
        assertThat(mapping.retries()).isEqualTo(3);
        assertThat(mapping.bisects()).isTrue();
        assertThat(mapping.reportsFailures()).isTrue();
    }

    @Test
    void reads_what_becomes_of_a_failed_event() {
        assertThat(fire.asynchronous())
                .isEqualTo(
                        new Template.Asynchronous(
                                1,
                                Duration.ofMinutes(15),
                                "arn:aws:sqs:us-east-1:000000000000:nightshift-Queue"));
    }

    @Test
    void leaves_out_a_resource_whose_condition_does_not_hold() {
        assertThat(template.named("AWS::S3::Bucket")).isEmpty();
    }

    @Test
    void refuses_what_it_does_not_know() {
        assertThatThrownBy(() ->
                        Template.parse(
                                "Resources: {F: {Type: 'AWS::Serverless::Function', Properties: {Timeout: !Base64 x}}}"))
                .hasMessageContaining("Fn::Base64");
    }
}
