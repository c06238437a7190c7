"""What moto does otherwise than AWS, repaired.

- Patterns are matched by Event Ruler, as in AWS, and not by moto's own matcher.
- A rule's state counts: a disabled rule delivers nothing, and read-only management events need the state for all of them.
- An event that a rule forwards to another bus keeps its account, Region, time, id and resources, and is forwarded once.
- Messages stay in their queue until somebody receives them: moto receives them itself for the event source mapping of a
  function that it cannot run, until they are dead letters.
- State machines are executed, and the functions that they invoke are run by a server.
"""

import json
import subprocess
import urllib.request

from moto.events import models
from moto.sqs.models import Queue
from moto.utilities.arns import parse_arn

ALL_MANAGEMENT_EVENTS = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"


class Forwarded(dict):
    """An event that came from another bus."""


class EventRuler:
    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def matches(self, pattern, event):
        print(json.dumps({"pattern": pattern, "event": event}), file=self.process.stdin, flush=True)
        answer = json.loads(self.process.stdout.readline())
        if "invalid" in answer:
            raise ValueError(f"{answer['invalid']}: {pattern}")
        return answer["matches"] != []


def repair(command):
    ruler = EventRuler(command)

    def send_to_targets(rule, event, transform_input=True):
        pattern = rule.event_pattern.get_pattern()
        if not pattern or not lets_through(rule.state, event) or not ruler.matches(pattern, event):
            return
        for target in rule.targets:
            arn = parse_arn(target["Arn"])
            if arn.service == "sqs":
                rule._send_to_sqs_queue(arn.resource_id, dict(event))
            elif arn.service == "events":
                forward(event, arn)
            else:
                raise NotImplementedError(f"{rule.name} delivers to {target['Arn']}")

    models.Rule.send_to_targets = send_to_targets
    Queue.lambda_event_source_mappings = property(lambda queue: {}, lambda queue, mappings: None)


def execute_state_machines(url):
    from moto.core.config import default_user_config
    from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils

    default_user_config["stepfunctions"] = {"execute_state_machine": True}

    def invoke(parameters, region, state_credentials):
        payload = json.loads(parameters.get("Payload") or b"{}")
        body = json.dumps({"FunctionName": parameters["FunctionName"], "Payload": payload}).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data=body)) as answer:
            return json.load(answer)

    lambda_eval_utils._invoke_lambda_function = invoke


def lets_through(state, event):
    detail = event["detail"]
    is_management = detail.get("managementEvent") and event["detail-type"].endswith("via CloudTrail")
    if is_management and detail.get("readOnly"):
        return state == ALL_MANAGEMENT_EVENTS
    return state in ("ENABLED", ALL_MANAGEMENT_EVENTS)


def forward(event, arn):
    if isinstance(event, Forwarded):
        return
    bus = models.events_backends[arn.account][arn.region].describe_event_bus(arn.resource_id)
    for rule in bus.rules.values():
        rule.send_to_targets(Forwarded(event))
