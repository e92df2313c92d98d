"""The official `openai` client against `tongwen serve`. Needs `pip install openai`."""

import sys

from openai import OpenAI

ADDRESS = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:7860"
client = OpenAI(base_url=f"{ADDRESS}/v1", api_key="unused")  # on this computer the server asks for no key

messages = [{"role": "user", "content": "What share of the budget goes to AWS?"}]
for chunk in client.chat.completions.create(model="tongwen", messages=messages, stream=True):
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()

# Whole, and with the exact places of what it cites.
message = client.chat.completions.create(model="tongwen", messages=messages).choices[0].message
for citation in message.citations:
    print(citation["document_id"], citation["start"], citation["end"], citation["sha256"][:8])
