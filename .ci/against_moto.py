"""The main job of Nightshift against moto, an AWS that nobody here wrote.

Each function runs from the built functions.jar on AWS's own Java runtime, finds AWS by the standard
AWS_ENDPOINT_URL, and has the environment that template.yaml gives it. The table and the names come from the
template, too. The events of the table's stream, of the schedules and of the bus are carried by hand, because moto
starts no functions here.

What moto 5.2 lacks, and what therefore stays with the stand-ins of `local`:

  permissions of the functions' roles   moto checks no policies unless every call does; `local` does
  event source mappings, rules          their targets would have to be functions that moto starts in containers
  schedules that fire                   moto stores schedules and never rings
  POST policies of presigned uploads    moto stores what is posted without looking at the policy
  expiry and signatures of links        moto serves every GET
  the time to live of rows              moto never deletes them
  CloudFormation of the whole template  no aliases, stages, schedule groups, CodeBuild

Usage: against_moto.py FUNCTIONS_JAR RUNTIME_CLASS_PATH JAVA
"""

import base64
import http.server
import json
import logging
import os
import pathlib
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
import zipfile

import boto3
import yaml
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
ACCOUNT = "123456789012"
ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAGS = [
    "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.net.preferIPv4Stack=true",
    "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac", "--enable-native-access=ALL-UNNAMED",
]


# --- the template ------------------------------------------------------------------------------------------------------

class Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms, such as !Ref, as their long ones."""


def short_form(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    name = suffix if suffix in ("Ref", "Condition") else "Fn::" + suffix
    return {name: value.split(".", 1) if suffix == "GetAtt" and isinstance(value, str) else value}


Loader.add_multi_constructor("!", short_form)
TEMPLATE = yaml.load((ROOT / "template.yaml").read_text(), Loader)
RESOURCES = TEMPLATE["Resources"]
PSEUDO = {
    "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::StackName": "nightshift", "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
KINDS = {  # the ARN of a resource of a type, by its name
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{r}:{a}:table/{n}",
    "AWS::S3::Bucket": "arn:aws:s3:::{n}",
    "AWS::SQS::Queue": "arn:aws:sqs:{r}:{a}:{n}",
    "AWS::IAM::Role": "arn:aws:iam::{a}:role/{n}",
    "AWS::Events::EventBus": "arn:aws:events:{r}:{a}:event-bus/{n}",
    "AWS::Scheduler::ScheduleGroup": "arn:aws:scheduler:{r}:{a}:schedule-group/{n}",
    "AWS::Serverless::Function": "arn:aws:lambda:{r}:{a}:function:{n}",
}


def name_of(resource):
    """A resource's name. No resource of the template has a fixed one but the stack's."""
    return "nightshift" if RESOURCES[resource].get("Properties", {}).get("Name") else "nightshift-" + resource.lower()


def arn_of(resource):
    return KINDS[RESOURCES[resource]["Type"]].format(r=REGION, a=ACCOUNT, n=name_of(resource))


def reference(name):
    if name in PSEUDO:
        return PSEUDO[name]
    if name in TEMPLATE["Parameters"]:
        return str(TEMPLATE["Parameters"][name]["Default"])
    if name.endswith(".Alias"):
        return arn_of(name.removesuffix(".Alias")) + ":live"
    return name_of(name)


def value(node):
    """A value with Ref, GetAtt and Sub resolved; the template's environments use no others."""
    if isinstance(node, list):
        return [value(each) for each in node]
    if not isinstance(node, dict):
        return node
    if "Ref" in node:
        return reference(node["Ref"])
    if "Fn::GetAtt" in node:
        resource, attribute = node["Fn::GetAtt"]
        return arn_of(resource) if attribute == "Arn" else name_of(resource)
    if "Fn::Sub" in node:
        return re.sub(r"\$\{([^}]+)}", lambda found: str(reference(found.group(1))), node["Fn::Sub"])
    return {key: value(each) for key, each in node.items()}


# --- a function on AWS's Java runtime ----------------------------------------------------------------------------------

class Function:
    """One instance of a function: its JVM, and the Runtime API that the JVM asks for events."""

    def __init__(self, name, host):
        self.name = name
        properties = RESOURCES[name]["Properties"]
        events, answers = queue.Queue(), queue.Queue()
        self.events, self.answers = events, answers

        class RuntimeApi(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                event = events.get()
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", str(uuid.uuid4()))
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int(time.time() * 1000) + 60_000))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", arn_of(name) + ":live")
                self.send_header("Content-Type", "application/json") # without it the native client crashes
                self.send_header("Content-Length", str(len(event)))
                self.end_headers()
                self.wfile.write(event)

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answers.put((self.path.endswith("/response"), body))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        variables = value({
            **TEMPLATE["Globals"]["Function"]["Environment"]["Variables"],
            **properties.get("Environment", {}).get("Variables", {}),
        })
        environment = {
            "PATH": os.environ["PATH"], "LANG": "en_US.UTF-8", "AWS_LAMBDA_FUNCTION_NAME": name_of(name),
            "AWS_LAMBDA_FUNCTION_VERSION": "1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_EXECUTION_ENV": "AWS_Lambda_java25", "LAMBDA_TASK_ROOT": str(host.code),
            "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:%d" % self.server.server_address[1],
            "_HANDLER": properties["Handler"], "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing", "AWS_SESSION_TOKEN": "testing",
            **{key: str(each) for key, each in variables.items()},
            "AWS_ENDPOINT_URL": host.aws,
        }
        self.log = open(host.logs / (name + ".log"), "wb")
        self.process = subprocess.Popen(
            [host.java, *FLAGS, "-Dcom.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI="
             + str(host.native), "-cp", host.runtime, "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
             properties["Handler"]],
            cwd=host.code, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def invoke(self, event):
        self.events.put(json.dumps(event).encode())
        done, answer = self.answers.get(timeout=120)
        text = answer.decode() if answer else "null"
        assert done, "%s failed: %s" % (self.name, text)
        return json.loads(text or "null")

    def close(self):
        self.process.kill()
        self.process.wait()
        self.server.shutdown()
        self.log.close()


class Host:
    """What all functions share, and those that run."""

    def __init__(self, jar, runtime, java, aws, folder):
        self.java, self.aws, self.runtime = java, aws, runtime
        self.code, self.logs = folder / "code", folder / "logs"
        self.logs.mkdir()
        with zipfile.ZipFile(jar) as package:
            package.extractall(self.code)
        library = "jni/libaws-lambda-jni.linux-%s.so" % (
            "aarch_64" if os.uname().machine == "aarch64" else "x86_64")
        client = next(each for each in runtime.split(":") if "runtime-interface-client" in each)
        with zipfile.ZipFile(client) as archive:
            self.native = pathlib.Path(archive.extract(library, folder))
        self.running = {}

    def invoke(self, name, event):
        if name not in self.running:
            self.running[name] = Function(name, self)
        return self.running[name].invoke(event)

    def close(self):
        for function in self.running.values():
            function.close()


# --- the job -----------------------------------------------------------------------------------------------------------

class Job:
    def __init__(self, host, aws):
        self.host = host
        self.called = set()
        client = lambda service: boto3.client(service, region_name=REGION, endpoint_url=aws)
        self.dynamodb, self.s3, self.scheduler = client("dynamodb"), client("s3"), client("scheduler")
        self.events, self.sqs, self.streams = client("events"), client("sqs"), client("dynamodbstreams")
        self.key = None

    def make_resources(self):
        """What CloudFormation makes of the template, for the resources that functions call."""
        definition = dict(value(RESOURCES["Table"]["Properties"]))
        lifetime = definition.pop("TimeToLiveSpecification")
        definition.pop("PointInTimeRecoverySpecification")
        definition["DeletionProtectionEnabled"] = definition["DeletionProtectionEnabled"] == "true"
        definition["StreamSpecification"]["StreamEnabled"] = True
        table = self.dynamodb.create_table(TableName=name_of("Table"), **definition)["TableDescription"]
        self.dynamodb.update_time_to_live(
            TableName=name_of("Table"),
            TimeToLiveSpecification={"AttributeName": lifetime["AttributeName"], "Enabled": lifetime["Enabled"]})
        self.stream = table["LatestStreamArn"]
        self.s3.create_bucket(Bucket=name_of("Bucket"))
        self.scheduler.create_schedule_group(Name=name_of("ScheduleGroup"))
        self.events.create_event_bus(Name=name_of("EventBus"))
        self.sqs.create_queue(QueueName=name_of("DeadLetterQueue"))
        # A rule of the user's own shows what is on the bus.
        self.queue = self.sqs.create_queue(QueueName="seen")["QueueUrl"]
        self.events.put_rule(
            Name="all", EventBusName=name_of("EventBus"), EventPattern=json.dumps({"source": ["nightshift"]}))
        self.events.put_targets(
            Rule="all", EventBusName=name_of("EventBus"),
            Targets=[{"Id": "seen", "Arn": "arn:aws:sqs:%s:%s:seen" % (REGION, ACCOUNT)}])
        self.after = None
        self.iterator = None

    def call(self, function, method, path, body=None, status=200, key=True):
        """One call through API Gateway, as its proxy integration hands it to a function."""
        self.called.add(function)
        route = next(
            each["Properties"]["Path"] for each in RESOURCES[function]["Properties"]["Events"].values()
            if each["Properties"]["Method"] == method.lower())
        names = re.findall(r"\{(\w+)}", route)
        values = re.fullmatch(re.sub(r"\{\w+}", "([^/]+)", route), path)
        assert values, (route, path)
        headers = {"Host": "api.example.com", "Content-Type": "application/json"}
        if key:
            headers["Authorization"] = "Bearer " + self.key
        answer = self.host.invoke(function, {
            "resource": route, "path": path, "httpMethod": method, "headers": headers,
            "multiValueHeaders": {name: [each] for name, each in headers.items()},
            "queryStringParameters": None, "multiValueQueryStringParameters": None,
            "pathParameters": dict(zip(names, values.groups())), "stageVariables": None,
            "requestContext": {
                "accountId": ACCOUNT, "apiId": "abc", "stage": "prod", "domainName": "api.example.com",
                "resourcePath": route, "httpMethod": method, "path": "/prod" + path, "requestId": str(uuid.uuid4()),
                "identity": {"sourceIp": "203.0.113.7"}},
            "body": None if body is None else base64.b64encode(json.dumps(body).encode()).decode(),
            "isBase64Encoded": body is not None})
        text = answer.get("body") or ""
        if answer.get("isBase64Encoded"):
            text = base64.b64decode(text).decode()
        assert answer["statusCode"] == status, (function, answer["statusCode"], text)
        return json.loads(text) if text[:1] in ("{", "[") and "\n{" not in text else text

    def operate(self, function, **event):
        self.called.add(function)
        return self.host.invoke(function, event)

    def carry_stream(self):
        """Hands the table's new changes to the functions whose filters they pass."""
        shards = self.streams.describe_stream(StreamArn=self.stream)["StreamDescription"]["Shards"]
        records = []
        for shard in shards:
            start = {"ShardIteratorType": "TRIM_HORIZON"}
            iterator = self.streams.get_shard_iterator(
                StreamArn=self.stream, ShardId=shard["ShardId"], **start)["ShardIterator"]
            records += self.streams.get_records(ShardIterator=iterator)["Records"]
        new = [each for each in records if self.after is None
               or int(each["dynamodb"]["SequenceNumber"]) > self.after]
        for record in new:
            change = record["dynamodb"]
            self.after = int(change["SequenceNumber"])
            change["ApproximateCreationDateTime"] = int(time.time())
            record["eventID"] = uuid.uuid4().hex
            partition = change["Keys"]["pk"]["S"]
            event = {"Records": [json.loads(json.dumps(record, default=binary))]}
            if partition.startswith("AUTOMATIONS#"):
                self.called.add("SyncSchedule")
                assert not self.host.invoke("SyncSchedule", event)["batchItemFailures"]
            if partition.startswith("RUNS#") and "status" in change.get("NewImage", {}):
                self.called.add("PublishTaskRunEvents")
                assert not self.host.invoke("PublishTaskRunEvents", event)["batchItemFailures"]

    def seen(self, kind):
        """The newest event of a kind on the bus, since the last look."""
        found = None
        while messages := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
                event = json.loads(message["Body"])
                if event["detail-type"] == kind:
                    found = event
        assert found, "no event " + kind
        return found

    def schedules(self):
        group = name_of("ScheduleGroup")
        return [self.scheduler.get_schedule(Name=each["Name"], GroupName=group)
                for each in self.scheduler.list_schedules(GroupName=group)["Schedules"]]

    def ring(self, schedule, minute):
        """One delivery of a schedule, as EventBridge Scheduler makes it."""
        text = schedule["Target"]["Input"].replace("<aws.scheduler.scheduled-time>", minute)
        self.operate("FireTaskAutomation", **json.loads(text))

    def run(self):
        self.make_resources()
        self.operate("PutProject", id=1, name="Acme")
        self.key = self.operate(
            "CreateApiKey", label="ci", scopes=["task:write"], projects=[1],
            owner={"first_name": "Ada", "email": "ada@example.com"})["key"]
        assert "phx_" not in json.dumps(self.operate("ListApiKeys"))
        automations = "/api/projects/1/task_automations"
        made = self.call("CreateTaskAutomation", "POST", automations, {
            "name": "Tidy up", "prompt": "Fix one flaky test.", "repository": "acme/shop",
            "cron_expression": "*/5 * * * *", "timezone": "UTC"}, 201)
        self.carry_stream()
        schedule, = self.schedules()
        assert schedule["State"] == "ENABLED" and schedule["ScheduleExpression"].startswith("cron("), schedule

        minute = time.strftime("%Y-%m-%dT%H:%M:00Z", time.gmtime(time.time() // 300 * 300))
        self.ring(schedule, minute)
        self.ring(schedule, minute)
        one = automations + "/" + made["id"]
        occurrence, = self.call("ListTaskAutomationOccurrences", "GET", one + "/occurrences")["results"]
        assert (occurrence["status"], occurrence["deliveries"]) == ("started", 2), occurrence
        self.carry_stream()
        queued = self.seen("TaskRun Queued")["detail"]

        run = "/api/projects/1/tasks/%s/runs/%s" % (queued["task_id"], queued["run_id"])
        claim = self.call(
            "ClaimTaskRun", "POST", run + "/claim", {"claim_token": queued["claim_token"]}, key=False)
        assert claim["task"]["description"] == "Fix one flaky test.", claim
        person, self.key = self.key, claim["key"]
        lines = [{"notification": {"method": "_posthog/console", "params": {"message": "line %d" % n}}}
                 for n in range(3)]
        self.call("AppendTaskRunLog", "POST", run + "/append_log", {"entries": lines})
        self.call("HeartbeatTaskRun", "POST", run + "/heartbeat", {})
        self.call("UploadTaskRunArtifacts", "POST", run + "/artifacts", {
            "artifacts": [{"name": "a.md", "type": "output", "content": "# é\n", "content_type": "text/markdown"}]})
        prepared, = self.call("PrepareTaskRunArtifactUpload", "POST", run + "/artifacts/prepare_upload", {
            "artifacts": [{"name": "b.txt", "type": "output", "size": 5, "content_type": "text/plain"}]})["artifacts"]
        self.post_form(prepared["presigned_post"], b"bytes")
        finished = {key: prepared[key] for key in ("id", "name", "type", "storage_path")}
        stored, = self.call("FinalizeTaskRunArtifactUpload", "POST", run + "/artifacts/finalize_upload", {
            "artifacts": [{**finished, "content_type": "text/plain"}]})["artifacts"]
        assert stored["size"] == 5, stored
        self.call("SetTaskRunOutput", "PATCH", run + "/set_output", {"output": {"pr_url": "https://example.com/1"}})
        self.call("UpdateTaskRun", "PATCH", run, {"status": "completed"})
        self.key = person
        self.carry_stream()
        ended = self.seen("TaskRun Ended")
        self.called.add("CompactTaskRunLog")
        self.host.invoke("CompactTaskRunLog", ended)

        shown = self.call("RetrieveTaskRun", "GET", run)
        assert shown["status"] == "completed" and shown["output"] == {"pr_url": "https://example.com/1"}, shown
        assert [each["name"] for each in shown["artifacts"]] == ["a.md", "b.txt"], shown
        log = self.call("RetrieveTaskRunLogs", "GET", run + "/logs")
        assert "line 0" in str(log) and "line 2" in str(log), log
        assert len(self.call("RetrieveTaskRunSessionLogs", "GET", run + "/session_logs")) == 3
        link = self.call("PresignTaskRunArtifact", "POST", run + "/artifacts/presign", {
            "storage_path": shown["artifacts"][0]["storage_path"]})
        assert self.fetch(link["url"]) == "# é\n".encode()
        assert self.call("DownloadTaskRunArtifact", "POST", run + "/artifacts/download", {
            "storage_path": stored["storage_path"]}) == "bytes"
        assert self.call("ListTaskAutomations", "GET", automations)["results"][0]["last_run_status"] == "success"
        assert self.call("ListTaskRuns", "GET", run.rsplit("/", 1)[0])["count"] == 1

        # Both day fields: cron says either, so there are two schedules and still one run.
        changed = self.call("UpdateTaskAutomation", "PATCH", one, {"cron_expression": "*/5 * 1-30 * 0-5"})
        assert changed["cron_expression"] == "*/5 * 1-30 * 0-5"
        self.carry_stream()
        assert len(self.schedules()) == 2, self.schedules()
        self.call("DeleteTaskAutomation", "DELETE", one, status=204)
        self.carry_stream()
        assert self.schedules() == []
        self.call("RetrieveTaskAutomation", "GET", one, status=404)

    def fetch(self, url):
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read()

    def post_form(self, form, content):
        border = uuid.uuid4().hex
        parts = ["--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n" % (border, name, each)
                 for name, each in form["fields"].items()]
        body = "".join(parts).encode() + (
            "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n" % border
        ).encode() + content + ("\r\n--%s--\r\n" % border).encode()
        request = urllib.request.Request(
            form["url"], body, {"Content-Type": "multipart/form-data; boundary=" + border})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status in (200, 201, 204), answer.status


def binary(data):
    """Stream records carry bytes as base64."""
    if isinstance(data, bytes):
        return base64.b64encode(data).decode()
    return str(data)


def main(jar, runtime, java):
    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION=REGION)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    began = time.time()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address, port = server.get_host_and_port()
    aws = "http://%s:%d" % (address, port)
    folder = pathlib.Path(tempfile.mkdtemp())
    host = Host(jar, runtime, java, aws, folder)
    try:
        job = Job(host, aws)
        job.run()
        print("%d functions did the main job against moto in %d seconds." % (len(job.called), time.time() - began))
    except BaseException:
        for log in sorted(host.logs.glob("*.log")):
            text = log.read_text(errors="replace")
            if '"ERROR"' in text or "Exception:" in text:
                print("--- " + log.stem, text[-3000:], sep="\n", file=sys.stderr)
        raise
    finally:
        host.close()
        server.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(*sys.argv[1:])
