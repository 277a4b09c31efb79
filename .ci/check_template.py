"""Transforms a template as CloudFormation does, with its defaults and with every option on.

Checks that each result has fewer than the 500 resources of a stack, and that the version of each function names
every parameter that the function uses.

Usage: check_template.py FOLDER
"""

import copy
import pathlib
import re
import sys

from samcli.yamlhelper import yaml_parse
from samtranslator.translator.transform import transform

LARGEST = 500
ON = {
    "ApiGatewayLogRole": "create", "RequestsPerAddress": 2000, "Worker": "codebuild", "WorkerCommand": "true",
    "WorkerSecret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:nightshift-AbCdEf", "WorkerBedrock": "true",
    "AlarmEmail": "ada@example.com", "TracingMode": "Active", "DeletionProtection": "true", "RunDays": 365,
}
OF_A_VERSION = {"Code", "Environment", "Handler", "Layers", "LoggingConfig", "MemorySize", "Runtime", "Timeout", "TracingConfig"}


class NoManagedPolicies:
    """The template names none of AWS's policies."""

    def load(self):
        return {}


def holds(template, values, condition):
    if isinstance(condition, str):
        return holds(template, values, template["Conditions"][condition])
    (name, argument), = condition.items()
    if name == "Condition":
        return holds(template, values, argument)
    if name == "Fn::Not":
        return not holds(template, values, argument[0])
    if name in ("Fn::And", "Fn::Or"):
        return (all if name == "Fn::And" else any)(holds(template, values, each) for each in argument)
    left, right = (str(values[each["Ref"]]) if isinstance(each, dict) else str(each) for each in argument)
    return left == right


def parameters_in(node, template):
    """The parameters that a value mentions, also by a condition."""
    found = set()
    if isinstance(node, dict):
        for name, argument in node.items():
            if name == "Ref":
                found.add(argument)
            elif name == "Fn::Sub":
                text = argument if isinstance(argument, str) else argument[0]
                found.update(re.findall(r"\$\{([^}.]+)", text))
            elif name == "Fn::If":
                found |= parameters_in(template["Conditions"][argument[0]], template)
            found |= parameters_in(argument, template)
    elif isinstance(node, list):
        for each in node:
            found |= parameters_in(each, template)
    return found & set(template["Parameters"])


def main(folder):
    template = yaml_parse((pathlib.Path(folder) / "template.yaml").read_text())
    for resource in template["Resources"].values():  # `sam deploy` has uploaded the code by then
        for name in ("CodeUri", "ContentUri"):
            if name in resource.get("Properties", {}):
                resource["Properties"][name] = {"Bucket": "bucket", "Key": resource["Properties"][name]}
    defaults = {name: each["Default"] for name, each in template["Parameters"].items()}
    for title, values in ("defaults", defaults), ("all options", {**defaults, **ON}):
        strings = {name: str(each) for name, each in values.items()}
        made = transform(copy.deepcopy(template), strings, NoManagedPolicies())
        resources = made["Resources"]
        present = [name for name, each in resources.items()
                   if "Condition" not in each or holds(made, values, each["Condition"])]
        assert len(present) < LARGEST, (title, len(present))
        versions = {each["Properties"]["FunctionName"]["Ref"]: each["Properties"].get("Description", "")
                    for each in resources.values() if each["Type"] == "AWS::Lambda::Version"}
        for name, each in resources.items():
            if each["Type"] != "AWS::Lambda::Function":
                continue
            used = parameters_in({key: value for key, value in each["Properties"].items() if key in OF_A_VERSION}, made)
            missing = used - parameters_in({"": versions[name]}, made)
            assert not missing, "the version of %s does not name %s" % (name, missing)
        print("%s: %d resources" % (title, len(present)))


if __name__ == "__main__":
    main(*sys.argv[1:])
