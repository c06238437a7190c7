"""What is wrong with OCSF Detection Findings, by py-ocsf-models. Reads JSON Lines and prints a JSON list of texts."""

import json
import sys

from py_ocsf_models.events.findings.detection_finding import DetectionFinding
from pydantic import ValidationError

faults = []
for number, line in enumerate(sys.stdin, 1):
    try:
        known = DetectionFinding.model_validate_json(line).model_dump(exclude_unset=True)
    except ValidationError as error:
        faults += [f"line {number}: {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
    else:
        faults += [f"line {number}: no such attribute: {name}" for name in json.loads(line).keys() - known.keys()]
print(json.dumps(faults))
