'use strict';
// Transactional batches: every operation of one partition is applied, or none is.
//
// The operations run one after the other; at the first refusal everything touched is put back as it was, ETags
// included. The culprit answers with its own status, all others with 424, the whole with 207. Nothing else can run in
// between: the server has one thread and nothing here waits.

const { answer, badRequest, failure, operations, partitionHeader, readJson, replaceHandler } = require('./cosmos-documents.cjs');

const MOST_OPERATIONS = 100;
const LARGEST_BATCH = 1.2 * 1024 * 1024;

module.exports = function installBatch() {
  replaceHandler('batch-documents', async ({ collection, request }) => {
    const batch = await readJson(request);
    if (!Array.isArray(batch) || batch.length === 0) return badRequest('A batch is a list of operations.');
    if (batch.length > MOST_OPERATIONS) return badRequest('Batch request has more operations than what is supported.');
    const size = Buffer.byteLength(JSON.stringify(batch));
    if (size > LARGEST_BATCH) return failure(413, 'RequestEntityTooLarge', 'Request size is too large.');
    return run(collection, batch, partitionHeader(request));
  });
};

function run(collection, batch, partition) {
  const before = new Map();
  const results = [];
  for (const operation of batch) {
    const id = operation.id || (operation.resourceBody || {}).id;
    if (!before.has(id)) before.set(id, collection.document(id, partition).read());
    const result = apply(collection, { ...operation, id }, partition);
    if (result.statusCode >= 400) {
      putBack(collection, before, partition);
      return answer(207, refusal(batch, results.length, result.statusCode));
    }
    results.push(success(result));
  }
  return answer(200, results);
}

function apply(collection, operation, partition) {
  const known = operations[operation.operationType];
  return known ? known(collection, operation, partition) : badRequest('Operation type is not supported in Batch.');
}

function success({ statusCode, body }) {
  return { statusCode, requestCharge: 1, eTag: body && body._etag, resourceBody: body };
}

function refusal(batch, culprit, statusCode) {
  return batch.map((_, index) => (index === culprit ? { statusCode, requestCharge: 1 } : { statusCode: 424, requestCharge: 0 }));
}

function putBack(collection, before, partition) {
  for (const [id, old] of before) {
    const current = collection.document(id, partition).read();
    if (current === old) continue;
    if (current) collection.documents.delete(current.id, partition);
    if (old) collection.documents._set(old);
  }
}
