// The official TypeScript client of the first line.

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

import { visit } from "./visit.mjs";

await visit(async ({ server }, agree) => {
  const client = new Client({ name: "sdk_v1", version: "1" }, { capabilities: { elicitation: {} } });
  client.setRequestHandler(ElicitRequestSchema, agree);
  const transport = server.url
    ? new StreamableHTTPClientTransport(new URL(server.url), { requestInit: { headers: server.headers } })
    : new StdioClientTransport(server);
  let revision;
  const setProtocolVersion = transport.setProtocolVersion?.bind(transport);
  transport.setProtocolVersion = (negotiated) => {
    revision = negotiated;
    setProtocolVersion?.(negotiated);
  };
  await client.connect(transport);
  return {
    revision: () => revision,
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
