# SPDX-License-Identifier: Apache-2.0

"""What schemathesis cannot know: signatures, and which members, charts and records there are.

A well-formed request is signed, in most cases by the member that it names, and often about the record that there is. Some kinds need
more than chance finds: envelopes that are sealed to the institution, or another institution's service. For these the scenario has
prepared a request that has its answer. No request asks for a block that is to come, or announces more than a vault has room for: so
no answer is a fault. An ill-formed request goes out as it is. At the end the outcomes are counted in a file, from which the scenario
sees that members were answered at each path and that strangers were refused.
"""

import atexit
import collections
import copy
import json
import os
import random
from urllib.parse import urlsplit

import requests
import schemathesis
from hypothesis import strategies

import signing

with open(os.environ["SALUS_API_FACTS"]) as facts:
    FACTS = json.load(facts)
KEYS = {int(member): signing.Key(path) for member, path in FACTS["members"].items()}
STRANGER = signing.Key("//Stranger")
# A request for each of some paths, and the member whom the service answers.
READY = FACTS["ready"]
CHANCE = random.Random(int(FACTS["seed"]))
OUTCOMES = collections.Counter()
# Bytes that an announced object has at most.
LONGEST = 4096

schemathesis.openapi.media_type("application/partial-upload", strategies.binary(max_size=64))


@schemathesis.serializer("application/partial-upload")
def partial_upload(_context, value):
    return value if isinstance(value, bytes) else str(value).encode()


class Signature(requests.auth.AuthBase):
    """Signs a request when its body is final."""

    def __init__(self, key):
        self.key = key

    def __call__(self, message):
        body = message.body or b""
        url = urlsplit(message.url)
        body = body.encode() if isinstance(body, str) else body
        message.headers.update(signing.fields(url.netloc, url.path, body, FACTS["genesis"], self.key))
        return message


def whole(value):
    """JSON Schema takes 3.0 for a whole number, which the service refuses and the description says in words."""
    if isinstance(value, dict):
        return {name: whole(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def modest(value):
    """The value without blocks that are to come, and with sizes for which there is room."""
    if isinstance(value, list):
        return [modest(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    value = {name: modest(inner) for name, inner in value.items()}
    if is_number(value.get("not_before")):
        value["not_before"] = 1
    if is_number(value.get("size")):
        value["size"] = value["size"] % LONGEST + 1
    return value


def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def about_what_there_is(body):
    """The body, in most cases about members, records and charts that there are; and the key of the member who asks."""
    key = STRANGER
    for name in ("reader", "writer", "service"):
        if is_number(body.get(name)) and CHANCE.random() < 0.8:
            body[name] = CHANCE.choice(list(KEYS))
            key = KEYS[body[name]]
    if isinstance(body.get("record"), str) and CHANCE.random() < 0.7:
        body["record"] = FACTS["record"]
        if "version" in body:
            body["version"] = CHANCE.choice((0, 0, 1))
        if "session" in body and CHANCE.random() < 0.7:
            body["session"] = None
    if is_number(body.get("chart")) and CHANCE.random() < 0.7:
        body["chart"] = FACTS["chart"]
    return body, key


@schemathesis.hook
def before_call(_context, case, kwargs):
    mode = case.meta.generation.mode.name if case.meta else "POSITIVE"
    if case.method.upper() != "POST" or mode != "POSITIVE":
        return
    key = STRANGER
    if isinstance(case.body, (dict, list)):
        case.body = modest(whole(case.body))
    if case.path in READY and CHANCE.random() < 0.5:
        case.body, key = copy.deepcopy(READY[case.path]["body"]), KEYS[READY[case.path]["member"]]
    elif isinstance(case.body, dict):
        case.body, key = about_what_there_is(dict(case.body))
    kwargs["auth"] = Signature(key)


@schemathesis.hook
def after_call(_context, case, response):
    try:
        code = response.json()["refusal"]["code"]
    except (ValueError, KeyError, TypeError):
        code = None
    OUTCOMES[case.path, response.status_code, code] += 1


@atexit.register
def tell():
    outcomes = [
        {"path": path, "status": status, "refusal": code, "count": count}
        for (path, status, code), count in OUTCOMES.items()
    ]
    with open(FACTS["outcomes"], "w") as out:
        json.dump(outcomes, out)
