// What an application does that is written with fhir-kit-client. Prints what it saw as JSON.
import { Client } from 'fhir-kit-client';

const [baseUrl, bearerToken, elder] = process.argv.slice(2);
const client = new Client({ baseUrl, bearerToken });
const observation = (day, more = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { coding: [{ system: 'http://loinc.org', code: '8867-4' }] },
  subject: { reference: `Patient/${elder}` },
  effectiveDateTime: `2024-05-0${day}`,
  ...more,
});
const refused = async (work) => {
  try {
    await work();
    return null;
  } catch (error) {
    return [error.response?.status, error.response?.data?.resourceType];
  }
};
const ids = (bundle) => (bundle?.entry ?? []).map((one) => one.resource.id);

const statement = await client.capabilityStatement();
const encounter = await client.create({
  resourceType: 'Encounter',
  body: {
    resourceType: 'Encounter',
    status: 'finished',
    class: { system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'AMB' },
    subject: { reference: `Patient/${elder}` },
  },
});
const made = [];
for (const day of [1, 2, 3]) {
  const body = observation(day, { encounter: { reference: `Encounter/${encounter.id}` } });
  made.push(await client.create({ resourceType: 'Observation', body }));
}
const [first] = made;
const resourceType = 'Observation', id = first.id;

const read = await client.read({ resourceType, id });
const searchParams = { patient: elder, _sort: 'date', _count: 2, _include: 'Observation:encounter' };
const page = await client.search({ resourceType, searchParams });
const next = await client.nextPage({ bundle: page });
const byForm = await client.search({ resourceType, searchParams: { patient: elder }, options: { postSearch: true } });
const inRecord = await client.search({
  resourceType, compartment: { resourceType: 'Patient', id: elder }, searchParams: { date: 'ge2024-05-02' },
});
const inRecordByForm = await client.search({
  resourceType, compartment: { resourceType: 'Patient', id: elder }, options: { postSearch: true },
});
const changed = await client.update({
  resourceType, id, body: { ...read, status: 'amended' }, options: { headers: { 'If-Match': 'W/"1"' } },
});
const stale = await refused(() => client.update({
  resourceType, id, body: read, options: { headers: { 'If-Match': 'W/"1"' } },
}));
const patched = await client.patch({
  resourceType, id, jsonPatch: [{ op: 'replace', path: '/status', value: 'corrected' }],
});
const versions = await client.history({ resourceType, id });
const ofAll = await client.history();
const old = await client.vread({ resourceType, id, version: '1' });
const wrong = await client.operation({ name: 'validate', resourceType, input: { resourceType, status: 'no-such' } });
const everything = await client.operation({ name: '$everything', resourceType: 'Patient', id: elder, method: 'GET' });
const last = await client.operation({
  name: 'lastn', resourceType, method: 'GET', input: { patient: elder, code: 'http://loinc.org|8867-4' },
});
const done = await client.transaction({
  body: {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      {
        fullUrl: 'urn:uuid:6b6ed376-a7da-44cb-92d1-e75ce1ae73b0', resource: observation(4),
        request: { method: 'POST', url: 'Observation' },
      },
      {
        resource: observation(5, { hasMember: [{ reference: 'urn:uuid:6b6ed376-a7da-44cb-92d1-e75ce1ae73b0' }] }),
        request: { method: 'POST', url: 'Observation' },
      },
    ],
  },
});
const resolved = await client.resolve({ reference: `Encounter/${encounter.id}` });
await client.delete({ resourceType, id });
const gone = await refused(() => client.read({ resourceType, id }));

console.log(JSON.stringify({
  fhirVersion: statement.fhirVersion,
  order: [ids(page), ids(next)].map((each) => each.map((one) => made.findIndex((m) => m.id === one))),
  byForm: ids(byForm).length,
  inRecord: ids(inRecord).length,
  inRecordByForm: ids(inRecordByForm).length,
  statuses: [read, changed, patched, old].map((one) => one.status),
  stale,
  versions: versions.entry.map((one) => one.resource.meta.versionId),
  ofAll: ofAll.entry.length,
  wrong: wrong.issue.length > 0,
  everything: everything.entry.map((one) => one.resource.resourceType).sort(),
  last: ids(last).map((one) => made.findIndex((m) => m.id === one)),
  done: done.entry.map((one) => one.response.status),
  resolved: resolved.id === encounter.id,
  gone,
}));
