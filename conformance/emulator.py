"""Serves moto, an emulator of AWS, on a port of this machine: `python emulator.py PORT [MATCHER …]`.

As moto's own server does, but one request at a time: moto's DynamoDB looks at a condition and writes in two steps, and lets
another request in between. DynamoDB does not. With a MATCHER, the command of Event Ruler, events and messages are delivered
as `repairs.py` says. With FUNCTIONS_AT in the environment, state machines are executed, and invoke functions at that URL.
"""

import os
import sys
import threading

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

import repairs

emulate = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()
port, *matcher = sys.argv[1:]
if matcher:
    repairs.repair(matcher)
if "FUNCTIONS_AT" in os.environ:
    repairs.execute_state_machines(os.environ["FUNCTIONS_AT"])


def in_turn(environ, start_response):
    with turn:
        return emulate(environ, start_response)


run_simple("127.0.0.1", int(port), in_turn, threaded=True, request_handler=MotoRequestHandler)
