"""What is wrong with IAM policies, by parliament's grammar and policy-sentry's list of actions and condition keys.

Reads a JSON list of {"name": …, "content": policy} and prints a JSON list of {"name": …, "fault": …}.
"""

import json
import sys

import parliament
import parliament.statement
from policy_sentry.querying.all import get_all_actions, get_all_service_prefixes
from policy_sentry.querying.conditions import get_condition_keys_for_service

# Global condition keys that are younger than parliament's list, by the IAM user guide.
YOUNGER_KEYS = {
    # An address, which AWS's own examples compare as text: the operators for addresses take no variables.
    "aws:Ec2InstanceSourcePrivateIPv4": "String",
    "aws:Ec2InstanceSourceVpc": "String",
    "aws:SourceOrgID": "String",
    "aws:SourceOrgPaths": "String",
    "aws:SourceVpcArn": "Arn",
    "aws:ViaAWSService": "Bool",
    "aws:VpceAccount": "String",
    "aws:VpceOrgID": "String",
    "aws:VpceOrgPaths": "String",
}

# Keys of every request that an instance's credentials sign; the list of actions has them under no action.
CREDENTIAL_KEYS = {"ec2:roledelivery", "ec2:sourceinstancearn"}

# Said of actions: a denial of everything, or of everything but some, is about keys of all of them.
ABOUT_ACTIONS = {"UNKNOWN_CONDITION_FOR_ACTION"}


def listed(value):
    return value if isinstance(value, list) else [value]


def glob(pattern, text):
    head, star, rest = pattern.partition("*")
    if not star:
        return pattern == text
    if not text.startswith(head):
        return False
    tail = text[len(head) :]
    return any(glob(rest, tail[at:]) for at in range(len(tail) + 1))


def parliament_faults(policy):
    about_all = any("NotAction" in one or one.get("Action") == "*" for one in listed(policy.get("Statement", [])))
    for finding in parliament.analyze_policy_string(json.dumps(policy)).findings:
        if not (about_all and finding.issue in ABOUT_ACTIONS):
            yield f"{finding.issue} {finding.detail or ''}".strip()


def action_faults(policy, actions):
    for statement in listed(policy.get("Statement", [])):
        for action in listed(statement.get("Action", [])) + listed(statement.get("NotAction", [])):
            if action != "*" and not any(glob(action.lower(), known) for known in actions):
                yield f"no action is {action}"


def key_faults(policy, keys):
    for statement in listed(policy.get("Statement", [])):
        for operator, conditions in statement.get("Condition", {}).items():
            for key in conditions:
                if not any(glob(known, key.lower()) for known in keys):
                    yield f"no condition key is {key} ({operator})"


def main():
    parliament.statement.GLOBAL_CONDITION_KEYS.update(YOUNGER_KEYS)
    actions = {action.lower() for action in get_all_actions()}
    services = get_all_service_prefixes()
    keys = {key.lower() for key in parliament.statement.GLOBAL_CONDITION_KEYS} | CREDENTIAL_KEYS
    for service in services:
        keys |= {key.split("$")[0].lower() + ("*" if "$" in key else "") for key in get_condition_keys_for_service(service)}
    faults = []
    for policy in json.load(sys.stdin):
        content = policy["content"]
        said = [*parliament_faults(content), *action_faults(content, actions), *key_faults(content, keys)]
        faults += [{"name": policy["name"], "fault": fault} for fault in said]
    json.dump(faults, sys.stdout)


main()
