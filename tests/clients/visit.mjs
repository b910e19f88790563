// Visits an MCP server as it is told on stdin, with whichever client, and says on stdout what it saw.
//
// A client has: revision(), tools(), prompts(), resources(), templates(), call(tool, arguments), prompt(name, arguments),
// read(uri), close(), and `asked`, the questions that a person would have been asked (and agreed to).

import { text } from "node:stream/consumers";

export async function visit(connect) {
  const task = JSON.parse(await text(process.stdin));
  const asked = [];
  const agree = async ({ params }) => {
    asked.push(params.message);
    return { action: "accept", content: { agreed: true } };
  };
  const client = await connect(task, agree);
  const report = {
    revision: client.revision(),
    tools: await client.tools(),
    prompts: await client.prompts(),
    resources: await client.resources(),
    templates: await client.templates(),
    calls: [],
    prompt_texts: [],
    resource_texts: [],
  };
  for (const { tool, arguments: given } of task.calls) report.calls.push(await called(client, tool, given));
  for (const { name, arguments: given } of task.get) report.prompt_texts.push(await client.prompt(name, given));
  for (const uri of task.read) report.resource_texts.push(await client.read(uri));
  await client.close();
  process.stdout.write(JSON.stringify({ ...report, asked }));
}

async function called(client, tool, given) {
  try {
    const result = await client.call(tool, given);
    return { is_error: result.isError === true, answer: result.structuredContent, text: result.content[0].text };
  } catch (error) {
    return { refused: String(error) };
  }
}
