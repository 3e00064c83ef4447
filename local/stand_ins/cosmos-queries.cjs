'use strict';
// Queries and the change feed.
//
// A query given a partition key sees that partition and nothing else. OFFSET LIMIT and DISTINCT, which the engine does
// not parse, are taken off the text and done here. Pages hold 100 documents unless asked; a token that is no token is 400.
// The change feed is the latest version of each document in the order of the last writes.

const { at, badRequest, live, partitionHeader, readJson, replaceHandler, sequence } = require('./cosmos-documents.cjs');

const OFFSET_LIMIT = /\s+OFFSET\s+(\d+|@\w+)\s+LIMIT\s+(\d+|@\w+)\s*$/i;
const DISTINCT = /^\s*SELECT\s+DISTINCT\s+/i;
const PAGE = 100;
const LARGEST_PAGE = 1000;

module.exports = function installQueries() {
  replaceHandler('query-documents', async ({ collection, request }) => {
    const { query, parameters } = await readJson(request);
    return answerQuery(collection, request, query, parameters || []);
  });
  replaceHandler('read-documents', async ({ collection, request }) => {
    if (request.headers['a-im']) return changeFeed(collection, request);
    return answerQuery(collection, request, 'SELECT * FROM c', []);
  });
};

function within(collection, request) {
  const wanted = JSON.parse(partitionHeader(request));
  const paths = collection.documents._partitionKeyPath;
  const same = (document, value, index) => {
    const none = value !== null && typeof value === 'object'; // {} is the key of a document that has none
    return JSON.stringify(at(document, paths[index])) === JSON.stringify(none ? undefined : value);
  };
  const documents = live(collection);
  return wanted.length ? documents.filter((document) => wanted.every((value, index) => same(document, value, index))) : documents;
}

function pageSize(request) {
  const asked = Number(request.headers['x-ms-max-item-count'] || PAGE);
  return asked > 0 ? asked : LARGEST_PAGE;
}

function answerQuery(collection, request, query, parameters) {
  try {
    const header = request.headers['x-ms-continuation'];
    const page = { maxItemCount: pageSize(request), continuation: header ? JSON.parse(header) : undefined };
    const { result, continuation } = execute(collection, within(collection, request), query, parameters, page);
    const headers = { 'x-ms-item-count': String(result.length) };
    if (continuation) headers['x-ms-continuation'] = JSON.stringify(continuation);
    return { statusCode: 200, headers, body: list(collection, result) };
  } catch (error) {
    return badRequest(error.message);
  }
}

const list = (collection, documents) => ({ _rid: collection.read()._rid, Documents: documents, _count: documents.length });

function execute(collection, documents, query, parameters, page) {
  const window = OFFSET_LIMIT.exec(query);
  const distinct = DISTINCT.test(query);
  const text = query.replace(OFFSET_LIMIT, '').replace(DISTINCT, 'SELECT ');
  const options = {
    parameters,
    udf: collection.userDefinedFunctions.functions,
    compositeIndexes: (collection.read().indexingPolicy || {}).compositeIndexes || [],
  };
  const compiled = collection.documents._getQuery(text);
  if (!window && !distinct) return compiled.exec(documents, { ...options, ...page });
  let rows = compiled.exec(documents, options).result;
  if (distinct) rows = [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
  if (window) rows = cut(rows, window, parameters);
  return pageOf(rows, page);
}

function cut(rows, [, offset, limit], parameters) {
  const number = (token) => (token.startsWith('@') ? parameters.find(({ name }) => name === token).value : Number(token));
  return rows.slice(number(offset), number(offset) + number(limit));
}

function pageOf(rows, { maxItemCount, continuation }) {
  const start = (continuation && continuation.offset) || 0;
  const end = start + maxItemCount;
  return { result: rows.slice(start, end), continuation: end < rows.length ? { offset: end } : null };
}

function changeFeed(collection, request) {
  const from = request.headers['if-none-match'];
  const modified = request.headers['if-modified-since'];
  const modifiedSince = modified ? Date.parse(modified) / 1000 : 0;
  const since = from === '*' ? sequence.last : Number((from || '0').replace(/"/g, ''));
  const number = (document) => sequence.of.get(document._rid);
  const changed = within(collection, request)
    .filter((document) => number(document) > since && document._ts >= modifiedSince)
    .sort((one, other) => number(one) - number(other))
    .slice(0, pageSize(request));
  const last = changed.length ? number(changed[changed.length - 1]) : since;
  delete request.headers['a-im']; // or the server would overwrite our status and ETag
  const headers = { etag: `"${last}"`, 'x-ms-item-count': String(changed.length) };
  return { statusCode: changed.length ? 200 : 304, headers, body: changed.length ? list(collection, changed) : undefined };
}
