'use strict';
// Single documents as Azure keeps them.
//
// A document belongs to the partition its key says, and is found only there; a missing one is 404, a stale ETag 412,
// an existing id or unique key 409, more than 2 MB 413. An expired one (TTL) is gone at once. Every write takes the next
// log sequence number, which the change feed counts by.

const path = require('path');

const server = path.dirname(require.resolve('@vercel/cosmosdb-server/lib/index.js'));
const Documents = require(path.join(server, 'account/documents.js')).default;
const Items = require(path.join(server, 'account/items.js')).default;
const headerKeys = require(path.join(server, 'utils/get-partition-from-header.js'));
const getValue = require(path.join(server, 'utils/get-value.js')).default;
const readJson = require(path.join(server, 'json.js')).default;
const { patchOperation } = require(path.join(server, 'handler/_patch-operations.js'));
const engine = require('@zeit/cosmosdb-query/lib/index.js');

const LARGEST_DOCUMENT = 2 * 1024 * 1024;
const sequence = { last: 0, of: new Map() };

const answer = (statusCode, body) => ({ statusCode, body });
const failure = (statusCode, code, message) => answer(statusCode, { code, message });
const notFound = () => failure(404, 'NotFound', 'Entity with the specified id does not exist in the system.');
const stale = () => failure(412, 'PreconditionFailed', 'One of the specified pre-condition is not met.');
const conflict = () => failure(409, 'Conflict', 'Entity with the specified id or unique key already exists in the system.');
const badRequest = (message) => failure(400, 'BadRequest', message);

const at = (document, keyPath) => getValue(keyPath.slice(1).split('/'), document);
const partitionOf = (collection, document) => collection.documents._getPartition(document);

function patchPartitions() {
  for (const name of ['_getPartition', '_getId', '_set']) {
    if (typeof Items.prototype[name] !== 'function') throw new Error(`cosmosdb-server internals changed: no ${name}`);
  }
  Documents.prototype._getPartition = function partition(document) {
    const values = this._partitionKeyPath.map((keyPath) => at(document, keyPath));
    return JSON.stringify(values.map((value) => (value === undefined ? {} : value)));
  };
  Items.prototype._getId = function key(keyPath, id, partition) {
    return [partition === undefined ? id : partition, keyPath, JSON.stringify(id)].join('\u0000');
  };
  headerKeys.parsePartitionKey = (header) => JSON.stringify(JSON.parse(header));
  // Unique keys are checked here, whole and per partition; the server's own index knows only ids.
  Object.defineProperty(Documents.prototype, '_uniqueKeyPaths', { get: () => ['/id'], set() {} });
  const set = Items.prototype._set;
  Documents.prototype._set = function count(document) {
    sequence.last += 1;
    sequence.of.set(document._rid, sequence.last);
    return set.call(this, document);
  };
}

function isExpired(collection, document, now) {
  const byDefault = collection.read().defaultTtl;
  if (byDefault === undefined || byDefault === null) return false;
  const seconds = document.ttl === undefined ? byDefault : document.ttl;
  return seconds > 0 && document._ts + seconds <= now;
}

const nowInSeconds = () => Math.floor(Date.now() / 1000);

function live(collection) {
  const now = nowInSeconds();
  const documents = [...collection.documents._data.values()].map((item) => item.read());
  return documents.filter((document) => !isExpired(collection, document, now));
}

function find(collection, id, partition) {
  const document = collection.document(id, partition).read();
  if (!document) return undefined;
  if (!isExpired(collection, document, nowInSeconds())) return document;
  collection.documents.delete(id, partition);
  return undefined;
}

function breaksUniqueKey(collection, document) {
  const { uniqueKeys = [] } = collection.read().uniqueKeyPolicy || {};
  const partition = partitionOf(collection, document);
  return uniqueKeys.some(({ paths }) => {
    const key = (other) => JSON.stringify(paths.map((keyPath) => at(other, keyPath)));
    const clashes = (other) => other.id !== document.id && key(other) === key(document);
    return live(collection).some((other) => partitionOf(collection, other) === partition && clashes(other));
  });
}

function whyUnfit(collection, document, partition) {
  if (!document || typeof document.id !== 'string' || !document.id) return badRequest('The document has no id.');
  if (partitionOf(collection, document) !== partition) {
    return badRequest("PartitionKey extracted from document doesn't match the one specified in the header.");
  }
  if (Buffer.byteLength(JSON.stringify(document)) > LARGEST_DOCUMENT) {
    return failure(413, 'RequestEntityTooLarge', 'Request size is too large.');
  }
  return breaksUniqueKey(collection, document) ? conflict() : null;
}

const isStale = (ifMatch, current) => ifMatch && ifMatch !== '*' && ifMatch !== current._etag;

function patchCondition(condition, current) {
  if (!condition) return null;
  try {
    return engine.default(`SELECT * ${condition}`).exec([current], {}).result.length ? null : stale();
  } catch (error) {
    return badRequest(`Invalid patch condition: ${error.message}`);
  }
}

const operations = {
  Create(collection, { resourceBody: document }, partition) {
    const unfit = whyUnfit(collection, document, partition);
    if (unfit) return unfit;
    if (find(collection, document.id, partition)) return conflict();
    return answer(201, collection.documents.create(document));
  },
  Upsert(collection, operation, partition) {
    const id = (operation.resourceBody || {}).id;
    const exists = typeof id === 'string' && find(collection, id, partition);
    return exists ? operations.Replace(collection, { ...operation, id }, partition) : operations.Create(collection, operation, partition);
  },
  Read(collection, { id, ifNoneMatch }, partition) {
    const document = find(collection, id, partition);
    if (!document) return notFound();
    return ifNoneMatch && ifNoneMatch === document._etag ? answer(304) : answer(200, document);
  },
  Replace(collection, { id, resourceBody: document, ifMatch, ifNoneMatch }, partition) {
    const current = find(collection, id, partition);
    if (!current) return notFound();
    if (isStale(ifMatch, current) || ifNoneMatch === '*') return stale();
    if (!document || document.id !== current.id) return badRequest("The id of a document can't be changed.");
    return whyUnfit(collection, document, partition) || answer(200, collection.documents.replace(document, current));
  },
  Delete(collection, { id, ifMatch }, partition) {
    const current = find(collection, id, partition);
    if (!current) return notFound();
    if (isStale(ifMatch, current)) return stale();
    collection.documents.delete(current.id, partition);
    return answer(204);
  },
  Patch(collection, { id, resourceBody: body, ifMatch }, partition) {
    const current = find(collection, id, partition);
    if (!current) return notFound();
    if (isStale(ifMatch, current)) return stale();
    const steps = Array.isArray(body) ? body : body.operations;
    const refused = patchCondition(body.condition, current);
    return refused || patchOperation(collection, { id, partitionKey: partition, operations: steps });
  },
};

function collectionOf(account, parameters) {
  const collection = account.database(parameters.dbId).collection(parameters.collId);
  return collection.read() ? collection : null;
}

const partitionHeader = (request) => JSON.stringify(JSON.parse(request.headers['x-ms-documentdb-partitionkey'] || '[]'));

// A handler gets the collection and answers {statusCode, headers, body}; this turns it into one of the server's.
function handler(respond) {
  return async function handle(account, request, response, parameters) {
    const collection = collectionOf(account, parameters);
    const result = collection ? await respond({ collection, request, parameters }) : notFound();
    response.statusCode = result.statusCode;
    for (const [name, value] of Object.entries(result.headers || {})) response.setHeader(name, value);
    return result.body;
  };
}

function replaceHandler(name, respond) {
  const module = require(path.join(server, 'handler', `${name}.js`));
  if (typeof module.default !== 'function') throw new Error(`cosmosdb-server internals changed: no handler ${name}`);
  module.default = handler(respond);
}

function single(type, hasBody) {
  return async ({ collection, request, parameters }) => {
    const operation = {
      id: parameters.docId,
      resourceBody: hasBody ? await readJson(request) : undefined,
      ifMatch: request.headers['if-match'],
      ifNoneMatch: request.headers['if-none-match'],
    };
    return operations[type](collection, operation, partitionHeader(request));
  };
}

function install() {
  patchPartitions();
  for (const type of ['Create', 'Upsert', 'Replace', 'Patch']) replaceHandler(`${type.toLowerCase()}-document`, single(type, true));
  for (const type of ['Read', 'Delete']) replaceHandler(`${type.toLowerCase()}-document`, single(type, false));
}

module.exports = { at, answer, badRequest, failure, install, live, operations, partitionHeader, readJson, replaceHandler, sequence };
