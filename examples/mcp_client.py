"""A client of the Model Context Protocol that starts `tongwen mcp` and asks it. Needs `pip install 'tongwen[mcp]'`."""

import asyncio
import os
import sys

from mcp import Client, StdioServerParameters

# An installed program is simply StdioServerParameters(command="tongwen", args=["mcp", "--library", "library"]).
SERVER = StdioServerParameters(
    command=sys.executable,
    args=["-c", "from ui.command import main; main()", "mcp", "--library", "library"],
    env=dict(os.environ),
)


async def main() -> None:
    async with Client(SERVER) as client:
        print([tool.name for tool in (await client.list_tools()).tools])
        answer = await client.call_tool("ask", {"question": "亚马逊 2026 年的资本支出是多少？"})
        print(answer.content[0].text)
        first = answer.structured_content["citations"][0]
        span = {name: first[name] for name in ("document_id", "start", "end")}
        quote = await client.call_tool("fetch_span", span)
        print(quote.content[0].text == first["quote"])


asyncio.run(main())
