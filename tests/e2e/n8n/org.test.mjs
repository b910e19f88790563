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

/** The node has no campaigns of its own: it makes one as it makes records of custom objects. */
function campaign(name) {
  return { customObject: 'Campaign', customFieldsUi: { customFieldsValues: [{ fieldId: 'Name', value: name }] } };
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
  const [{ id: campaignId }] = await run(login, 'customObject', 'create', campaign('Fair'));
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

/** What there is to be created besides leads: parameters, and what an update changes. */
const RESOURCES = {
  account: [{ name: 'Acme' }, { phone: '+1' }],
  contact: [{ lastname: 'Okafor', additionalFields: { email: 'ada@example.com' } }, { phone: '+1' }],
  opportunity: [{ name: 'Deal', closeDate: '2026-12-01', stageName: 'Prospecting' }, { nextStep: 'Call' }],
  task: [{ status: 'Not Started', additionalFields: { subject: 'Call' } }, { status: 'Completed' }],
};

for (const [resource, [fields, updateFields]] of Object.entries(RESOURCES)) {
  test(`each ${resource} lives like a lead`, async () => {
    const login = await KINDS.oAuth2();
    const key = `${resource}Id`;

    const [{ id }] = await run(login, resource, 'create', fields);
    await run(login, resource, 'update', { [key]: id, updateFields });
    if (resource !== 'task') await run(login, resource, 'addNote', { [key]: id, title: 'Call' });
    const [found] = await run(login, resource, 'get', { [key]: id });
    const listed = await run(login, resource, 'getAll');
    const [summary] = await run(login, resource, 'getSummary');
    await run(login, resource, 'delete', { [key]: id });

    const [[name, value]] = Object.entries(updateFields);
    assert.equal(found[name[0].toUpperCase() + name.slice(1)], value);
    assert.deepEqual(listed.map((each) => each.Id), [id]);
    assert.equal(summary.objectDescribe.name.toLowerCase(), resource);
    assert.deepEqual(await run(login, resource, 'getAll'), []);
  });
}

test('an attachment lives below its lead, and a contact joins a campaign', async () => {
  const login = await KINDS.oAuth2();
  const [{ id: leadId }] = await run(login, 'lead', 'create', { company: 'Acme', lastname: 'Okafor' });
  const binary = { data: { data: 'YQ==', mimeType: 'text/plain', fileExtension: 'txt' } };
  const fields = { name: 'a.txt', parentId: leadId, binaryPropertyName: 'data' };

  const [{ id: attachmentId }] = await run(login, 'attachment', 'create', fields, { binary });
  await run(login, 'attachment', 'update', { attachmentId, updateFields: { description: 'Letter' } });
  const [attachment] = await run(login, 'attachment', 'get', { attachmentId });
  const listed = await run(login, 'attachment', 'getAll');
  await run(login, 'attachment', 'delete', { attachmentId });
  const [{ id: contactId }] = await run(login, 'contact', 'create', { lastname: 'Okafor' });
  const [{ id: campaignId }] = await run(login, 'customObject', 'create', campaign('Fair'));
  await run(login, 'contact', 'addToCampaign', { contactId, campaignId });

  assert.deepEqual([attachment.Description, attachment.ContentType, listed.length], ['Letter', 'text/plain', 1]);
  const members = await run(login, 'search', 'query', { query: 'SELECT Type FROM CampaignMember' });
  assert.deepEqual(members.map((member) => member.Type), ['Contact']);
});

test('custom objects and users are reached like others', async () => {
  const login = await KINDS.jwt();
  await control('PATCH', 'org', { custom_objects: [{ name: 'Visit__c', fields: [{ name: 'Key__c', external_id: true }] }] });
  const customObject = 'Visit__c';
  const named = (value) => ({ customObject, customFieldsUi: { customFieldsValues: [{ fieldId: 'Name', value }] } });

  const [{ id: recordId }] = await run(login, 'customObject', 'create', named('First'));
  await run(login, 'customObject', 'update', { recordId, ...named('Second') });
  await run(login, 'customObject', 'upsert', { externalId: 'Key__c', externalIdValue: 'k', ...named('Third') });
  const [record] = await run(login, 'customObject', 'get', { customObject, recordId });
  const listed = await run(login, 'customObject', 'getAll', { customObject, options: { fields: ['Name'] } });
  await run(login, 'customObject', 'delete', { customObject, recordId });
  const users = await run(login, 'user', 'getAll');
  const [user] = await run(login, 'user', 'get', { userId: users[0].Id });

  assert.deepEqual([record.Name, listed.map((each) => each.Name).sort()], ['Second', ['Second', 'Third']]);
  assert.equal(user.Id, users[0].Id);
  assert.deepEqual((await options(login, 'getCustomObjects')).map((option) => option.value), ['Visit__c']);
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
