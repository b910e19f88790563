// n8n's Salesforce node, as it is, against the simulator: only the proxy and the trusted authority are set.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { JwtCredentials, OAuth2Credentials, options, run } from './execution.mjs';

const { SIMULATOR_URL } = process.env;
const APP = { clientId: 'demo-client', clientSecret: 'demo-secret', redirectUri: 'https://n8n.example.com/callback' };
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

async function control(method, path, body) {
  const response = await fetch(`${SIMULATOR_URL}/_sim/${path}`, { method, body: body && JSON.stringify(body) });
  assert.ok(response.ok, `${method} ${path}: ${response.status}`);
  const text = await response.text();
  return text ? JSON.parse(text) : undefined;
}

const KINDS = {
  jwt: async () => {
    await control('PATCH', 'org', { jwt_certificate: publicKey.export({ type: 'spki', format: 'pem' }) });
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
    return new JwtCredentials({ clientId: APP.clientId, username: 'demo@example.com', privateKey: key });
  },
  oAuth2: async () => await new OAuth2Credentials({ ...APP }).connect(agree),
};

/** What a person does in the browser, which needs no proxy to find the simulator. */
async function agree(url) {
  const page = await fetch(`${SIMULATOR_URL}${url.pathname}${url.search}`);
  const fields = [...(await page.text()).matchAll(/name="(\w+)"[^>]*? value="([^"]*)"/g)];
  const body = new URLSearchParams(fields.map(([, name, value]) => [name, value.replaceAll('&amp;', '&')]));
  body.set('decision', 'allow');
  const answer = await fetch(`${SIMULATOR_URL}${url.pathname}`, { method: 'POST', body, redirect: 'manual' });
  return new URL(answer.headers.get('location')).searchParams.get('code');
}

beforeEach(async () => await control('POST', 'reset'));

for (const [kind, connected] of Object.entries(KINDS)) {
  test(`a lead lives from its creation to its end (${kind})`, async () => {
    const login = await connected();
    const additionalFields = { email: 'Ada@example.com', status: 'Working - Contacted', annualRevenue: 5 };

    const [{ id: leadId }] = await run(login, 'lead', 'create', { company: 'Acme', lastname: 'Okafor', additionalFields });
    const updated = await run(login, 'lead', 'update', { leadId, updateFields: { city: 'Lagos' } });
    const [lead] = await run(login, 'lead', 'get', { leadId });
    const summary = await run(login, 'lead', 'getSummary');
    const deleted = await run(login, 'lead', 'delete', { leadId });

    assert.deepEqual([lead.Email, lead.City, lead.AnnualRevenue], ['ada@example.com', 'Lagos', 5]);
    assert.deepEqual([updated, deleted], [[{ errors: [], success: true }], [{ errors: [], success: true }]]);
    assert.equal(summary[0].objectDescribe.name, 'Lead');
    await assert.rejects(run(login, 'lead', 'get', { leadId }), (error) => error.context.errorCode === 'ENTITY_IS_DELETED');
  });

  test(`sessions that are over are renewed (${kind})`, async () => {
    const login = await connected();
    await run(login, 'lead', 'getAll');
    await control('POST', 'expire-sessions');

    assert.deepEqual(await run(login, 'lead', 'getAll'), []);
  });

  test(`what an org refuses is told with its code and its fields (${kind})`, async () => {
    const login = await connected();
    const fields = { company: 'Acme', lastname: 'Okafor', additionalFields: { email: 'nonsense' } };

    await assert.rejects(run(login, 'lead', 'create', fields), (error) => {
      assert.deepEqual(error.context, { ...error.context, errorCode: 'INVALID_EMAIL_ADDRESS', fields: 'Email' });
      return true;
    });
  });
}

test('an upsert creates once and updates then', async () => {
  const login = await KINDS.jwt();
  await control('PATCH', 'org', { unique_external_id: 'Key__c' });
  const fields = { lastname: 'Okafor', externalId: 'Key__c', externalIdValue: 'k1' };

  const [first] = await run(login, 'lead', 'upsert', { ...fields, company: 'Acme' });
  const [second] = await run(login, 'lead', 'upsert', { ...fields, company: 'Globex' });

  assert.deepEqual([first.created, second.created, first.id], [true, false, second.id]);
  assert.equal((await run(login, 'lead', 'get', { leadId: first.id }))[0].Company, 'Globex');
});

test('many leads come page by page, filtered as the editor filters', async () => {
  const login = await KINDS.jwt();
  for (let number = 0; number < 3; number += 1)
    await run(login, 'lead', 'create', { company: 'Acme', lastname: `L${number}`, additionalFields: { rating: 'Hot' } });
  const conditionsUi = { conditionValues: [{ field: 'LastName', operation: '>=', value: 'L1' }] };

  const all = await run(login, 'lead', 'getAll', { options: { fields: 'Id,LastName', conditionsUi } });
  const some = await run(login, 'lead', 'getAll', { returnAll: false, limit: 1 });

  assert.deepEqual(all.map((lead) => lead.LastName).sort(), ['L1', 'L2']);
  assert.equal(some.length, 1);
});

test('a lead joins a campaign, and has notes, tasks, attachments and files', async () => {
  const login = await KINDS.jwt();
  const [{ id: leadId }] = await run(login, 'lead', 'create', { company: 'Acme', lastname: 'Okafor' });
  const [{ id: campaignId }] = await run(login, 'customObject', 'create', {
    customObject: 'Campaign',
    customFieldsUi: { customFieldsValues: [{ fieldId: 'Name', value: 'Fair' }] },
  });
  const binary = { data: { data: Buffer.from('Hello').toString('base64'), mimeType: 'text/plain', fileExtension: 'txt' } };

  await run(login, 'lead', 'addToCampaign', { leadId, campaignId, options: { status: 'Responded' } });
  await run(login, 'lead', 'addNote', { leadId, title: 'Call', options: { body: 'Likes tea' } });
  await run(login, 'task', 'create', { status: 'Completed', additionalFields: { whoId: leadId, subject: 'Call' } });
  await run(
    login,
    'attachment',
    'create',
    { name: 'a.txt', parentId: leadId, binaryPropertyName: 'data' },
    { binary },
  );
  await run(
    login,
    'document',
    'upload',
    { title: 'Offer', binaryPropertyName: 'data', additionalFields: { linkToObjectId: leadId } },
    { binary },
  );

  const query =
    'SELECT (SELECT Status FROM CampaignMembers), (SELECT Body FROM Notes), (SELECT Subject, IsClosed FROM Tasks), ' +
    '(SELECT BodyLength FROM Attachments), (SELECT ContentDocument.Title FROM ContentDocumentLinks) FROM Lead';
  const [lead] = await run(login, 'search', 'query', { query });
  assert.equal(lead.CampaignMembers.records[0].Status, 'Responded');
  assert.equal(lead.Notes.records[0].Body, 'Likes tea');
  assert.equal(lead.Tasks.records[0].IsClosed, true);
  assert.equal(lead.Attachments.records[0].BodyLength, 5);
  assert.equal(lead.ContentDocumentLinks.records[0].ContentDocument.Title, 'Offer');
  await assert.rejects(
    run(login, 'lead', 'addToCampaign', { leadId, campaignId }),
    (error) => error.context.errorCode === 'DUPLICATE_VALUE',
  );
});

test('contacts, accounts, opportunities and tasks live like leads', async () => {
  const login = await KINDS.oAuth2();
  const [{ id: accountId }] = await run(login, 'account', 'create', { name: 'Acme' });
  const [{ id: contactId }] = await run(login, 'contact', 'create', {
    lastname: 'Okafor',
    additionalFields: { acconuntId: accountId, email: 'ada@example.com' },
  });
  await run(login, 'contact', 'addNote', { contactId, title: 'Call' });
  const [{ id: opportunityId }] = await run(login, 'opportunity', 'create', {
    name: 'Deal',
    closeDate: '2026-12-01T00:00:00.000Z',
    stageName: 'Prospecting',
    additionalFields: { accountId },
  });
  const [{ id: taskId }] = await run(login, 'task', 'create', { status: 'Not Started' });

  assert.equal((await run(login, 'opportunity', 'get', { opportunityId }))[0].AccountId, accountId);
  for (const [resource, id] of Object.entries({ contact: contactId, account: accountId, task: taskId })) {
    const [found] = await run(login, resource, 'get', { [`${resource}Id`]: id });
    assert.equal(found.Id, id);
    assert.equal((await run(login, resource, 'getAll', {})).length, 1);
    await run(login, resource, 'delete', { [`${resource}Id`]: id });
    assert.equal((await run(login, resource, 'getAll', {})).length, 0);
  }
});

test('the lists of the editor are filled from the org', async () => {
  const login = await KINDS.jwt();
  const first = {
    getLeadStatuses: 'Closed - Converted',
    getLeadSources: 'Other',
    getStages: 'Closed Lost',
    getTaskStatuses: 'Completed',
    getTaskPriorities: 'High',
    getTaskTypes: 'Call',
    getTaskSubjects: 'Call',
    getTaskCallTypes: 'Inbound',
    getAccountTypes: 'Customer - Channel',
    getLeadFields: 'AnnualRevenue',
    getTaskFields: 'AccountId',
    getUserFields: 'AboutMe',
    getContactFields: 'AccountId',
  };

  for (const [method, value] of Object.entries(first))
    assert.ok((await options(login, method, { resource: 'lead' })).some((option) => option.value === value), method);
  for (const method of ['getCampaigns', 'getRecordTypes', 'getCustomFields', 'getCustomObjects'])
    assert.deepEqual(await options(login, method, { resource: 'lead' }), [], method);
});
