/** Apache Olingo's client on the feed: reads $metadata, then rows, whose types it resolves by their context. */
const { oData } = require("ts-odatajs");

const { FEED, TOKEN, SUBJECT } = process.env;
const headers = { Authorization: `Bearer ${TOKEN}` };
const json = { ...headers, Accept: "application/json;odata.metadata=minimal", Prefer: "odata.maxpagesize=4" };

const read = (requestUri, handler, metadata, sent) =>
  new Promise((answered, failed) =>
    oData.read({ requestUri, headers: sent, recognizeDates: true }, answered, failed, handler, undefined, metadata),
  );

async function asked() {
  const metadata = await read(`${FEED}/$metadata`, oData.metadataHandler, undefined, headers);
  const ask = (uri) => read(uri, undefined, metadata, json);
  const about = encodeURIComponent(`subject eq '${SUBJECT}'`);
  const rows = [];
  const sizes = [];
  for (let link = `${FEED}/AuditEntries?$filter=${about}&$orderby=${encodeURIComponent("occurredAt desc")}`; link; ) {
    const page = await ask(link);
    sizes.push(page.value.length);
    rows.push(...page.value);
    link = page["@odata.nextLink"];
  }
  const refusal = await ask(`${FEED}/AuditEntries?$filter=${encodeURIComponent("wrong eq 1")}`).catch((error) => error);
  return {
    sets: metadata.dataServices.schema[0].entityContainer.entitySet.map((set) => set.name),
    sizes,
    rows: rows.map((row) => [row.id, row["@odata.type"], row.occurredAt instanceof Date, row["number@odata.type"]]),
    refused: [refusal.response.statusCode, JSON.parse(refusal.response.body).error.message],
  };
}

asked().then(
  (told) => console.log(JSON.stringify(told)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
