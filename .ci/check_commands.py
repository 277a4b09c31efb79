"""Reads every `sam` and `aws` command of the documentation through those tools' own parsers.

A command that its tool does not understand, or whose values arrive changed, fails. Nothing is called.

Usage: check_commands.py sam|aws FILE.md...
"""

import pathlib
import re
import shlex
import sys


def commands(tool, files):
    """The tool's commands in the shell blocks, with continued lines joined, as the shell splits them."""
    for file in files:
        for block in re.findall(r"```sh\n(.*?)```", pathlib.Path(file).read_text(), re.S):
            words = shlex.split(block.replace("\\\n", " "), comments=True)
            text = re.sub(r"\\\n", " ", block)
            for line in logical_lines(text):
                if line.startswith(tool + " "):
                    yield file, shlex.split(line, comments=True)[1:]
            del words


def logical_lines(text):
    """Lines of a shell, where a quoted text may go over several."""
    line = ""
    for each in text.splitlines():
        line += ("\n" if line else "") + each
        try:
            shlex.split(line, comments=True)
        except ValueError:  # an open quote
            continue
        yield line.strip()
        line = ""


def parse_sam(arguments):
    """The parsed parameters of a sam command; its code is not run."""
    from samcli.cli.main import cli

    context = cli.make_context("sam", list(arguments))
    command, group, rest = None, cli, [*context.protected_args, *context.args]
    while True:
        name, command, rest = group.resolve_command(context, rest)
        context = command.make_context(name, list(rest), parent=context)
        if not hasattr(command, "resolve_command"):
            return context.params
        group, rest = command, [*context.protected_args, *context.args]


def check_sam(arguments):
    parameters = parse_sam(arguments)
    if "--parameter-overrides" in arguments:
        given = {}
        for word in arguments[arguments.index("--parameter-overrides") + 1:]:
            if word.startswith("--"):
                break
            name, value = word.split("=", 1)
            given[name] = value.strip("\"'") if value[:1] in "\"'" else value
        assert parameters["parameter_overrides"] == given, (parameters["parameter_overrides"], given)
    if arguments[0] == "deploy":
        assert not parameters["guided"] and not parameters["confirm_changeset"], parameters
        assert parameters["capabilities"] and parameters["stack_name"] and parameters["resolve_s3"], parameters


def check_aws(arguments):
    import awscli.clidriver

    driver = awscli.clidriver.create_clidriver()
    table = driver._get_command_table()
    parser = driver.create_parser(table) if hasattr(driver, "create_parser") else driver._create_parser(table)
    parsed, rest = parser.parse_known_args([each for each in arguments])
    service = table[parsed.command]
    operations = service._get_command_table()
    operation = operations[rest[0]]
    parser = operation._create_operation_parser(operation.arg_table) \
        if hasattr(operation, "_create_operation_parser") else operation._create_parser(operation.arg_table)
    values, unknown = parser.parse_known_args(rest[1:])
    assert not unknown, unknown
    operation._build_call_parameters(values, operation.arg_table, parsed)


def main(tool, *files):
    count = 0
    for file, arguments in commands(tool, files):
        try:
            (check_sam if tool == "sam" else check_aws)(arguments)
        except BaseException as refused:
            raise SystemExit("%s: %s %s\n%r" % (file, tool, shlex.join(arguments), refused)) from refused
        count += 1
    assert count, "no command of " + tool
    print("%d %s commands of the documentation are understood." % (count, tool))


if __name__ == "__main__":
    main(*sys.argv[1:])
