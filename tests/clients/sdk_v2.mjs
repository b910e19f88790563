// The official TypeScript client of the second line.

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";

import { visit } from "./visit.mjs";

await visit(async ({ server, era }, agree) => {
  const client = new Client(
    { name: "sdk_v2", version: "1" },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: era } },
  );
  client.setRequestHandler("elicitation/create", agree);
  const transport = server.url
    ? new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: server.headers } })
    : new StdioClientTransport(server);
  await client.connect(transport);
  return {
    revision: () => client.getNegotiatedProtocolVersion(),
    tools: async () => (await client.listTools()).tools.map((tool) => tool.name),
    prompts: async () => (await client.listPrompts()).prompts.map((prompt) => prompt.name),
    resources: async () => (await client.listResources()).resources.map((resource) => resource.uri),
    templates: async () => (await client.listResourceTemplates()).resourceTemplates.map((each) => each.uriTemplate),
    call: (name, given) => client.callTool({ name, arguments: given }),
    prompt: async (name, given) => (await client.getPrompt({ name, arguments: given })).messages[0].content.text,
    read: async (uri) => (await client.readResource({ uri })).contents[0].text,
    close: () => client.close(),
  };
});
