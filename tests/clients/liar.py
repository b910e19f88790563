"""A server over stdio whose only tool answers something else than it promises: for clients to find out.

It speaks the protocol by hand, so that it is there at once.
"""

import json
import sys

PROMISE = {"type": "object", "properties": {"data": {"type": "integer"}}, "required": ["data"]}
ANSWERS = {
    "initialize": {
        "protocolVersion": "2025-11-25",
        "capabilities": {"tools": {}, "prompts": {}, "resources": {}},
        "serverInfo": {"name": "liar", "version": "1"},
    },
    "tools/list": {"tools": [{"name": "lie", "inputSchema": {"type": "object"}, "outputSchema": PROMISE}]},
    "tools/call": {"content": [{"type": "text", "text": "a lie"}], "structuredContent": {"data": "no number"}},
    "prompts/list": {"prompts": []},
    "resources/list": {"resources": []},
    "resources/templates/list": {"resourceTemplates": []},
}

for line in sys.stdin:
    message = json.loads(line)
    if "id" in message:
        answer = {"jsonrpc": "2.0", "id": message["id"], "result": ANSWERS[message["method"]]}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
