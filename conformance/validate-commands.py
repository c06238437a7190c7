"""What is wrong with commands of the AWS CLI, by its own parser and models. Reads a JSON list of argument lists and prints a JSON list of texts.

No request is sent: where the CLI would send one, its parameters are validated.
"""

import argparse
import contextlib
import io
import json
import os
import sys

from awscli.clidriver import CLIOperationCaller, create_clidriver
from botocore.client import BaseClient
from botocore.validate import ParamValidator

# A misspelt option must not pass for the beginning of a longer one.
accept = argparse.ArgumentParser.__init__
argparse.ArgumentParser.__init__ = lambda self, *args, **named: accept(self, *args, **{**named, "allow_abbrev": False})

os.environ |= {"AWS_ACCESS_KEY_ID": "none", "AWS_SECRET_ACCESS_KEY": "none", "AWS_EC2_METADATA_DISABLED": "true"}


def unknown_values(shape, value, name):
    """Values that an enumeration does not have, which the CLI leaves to the service."""
    if shape.type_name == "structure":
        return [text for key, one in value.items() for text in unknown_values(shape.members[key], one, f"{name}.{key}")]
    if shape.type_name == "list":
        return [text for one in value for text in unknown_values(shape.member, one, name)]
    allowed = getattr(shape, "enum", None)
    return [f"{name} cannot be {value}"] if allowed and value not in allowed else []


def validate(service_model, operation_name, parameters):
    shape = service_model.operation_model(operation_name).input_shape
    report = ParamValidator().validate(parameters, shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
    unknown = unknown_values(shape, parameters, operation_name)
    if unknown:
        raise ValueError("; ".join(unknown))


def invoke(self, service_name, operation_name, parameters, parsed_globals):
    validate(self._session.get_service_model(service_name), operation_name, parameters)
    return 0


def make_api_call(self, operation_name, api_params):
    """Of commands that are more than one request: they end with the first."""
    validate(self.meta.service_model, operation_name, api_params)
    sys.exit(0)


CLIOperationCaller.invoke = invoke
BaseClient._make_api_call = make_api_call
faults = []
for arguments in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            # A driver of its own: some commands leave handlers behind that fail in others.
            status = create_clidriver().main(arguments)
        except SystemExit as end:
            status = end.code
    if status != 0:
        lines = [line for line in said.getvalue().splitlines() if line]
        faults.append(f"aws {' '.join(arguments)}: {lines[-1] if lines else f'exit code {status}'}")
print(json.dumps(faults))
