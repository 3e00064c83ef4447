'use strict';
// Azurite (blob and queue) with the two things a local evidence store cannot do without.
//
// 1. A commit journal: one JSON line per committed change, in commit order, for the local Event Grid to follow.
//    Azurite itself raises no events.
// 2. Legal hold and retention (worm.cjs), which Azurite answers with 501 or, sent with an upload, silently ignores.
//
// Wraps methods of exactly azurite 3.37.0 and refuses to start when one is gone.
// Environment: AZURITE_JOURNAL, the file to append to. Arguments: Azurite's own.

const fs = require('fs');
const path = require('path');

const root = path.join(path.dirname(require.resolve('azurite/package.json')), 'dist/src');
const Store = require(`${root}/blob/persistence/LokiBlobMetadataStore.js`).default;

const CREATED = 'Microsoft.Storage.BlobCreated';
const DELETED = 'Microsoft.Storage.BlobDeleted';

const journal = fs.openSync(process.env.AZURITE_JOURNAL, 'a');
const startedAt = BigInt(Date.now()).toString(16).padStart(32, '0'); // so that sequencers rise over restarts too
let commits = 0n;

function nextSequencer() {
  commits += 1n;
  return startedAt + commits.toString(16).padStart(16, '0');
}

function write(type, api, context, place, properties) {
  const line = {
    type,
    api,
    time: new Date().toISOString(),
    account: place.account,
    container: place.container,
    blob: place.blob,
    requestId: context.contextId,
    clientRequestId: context.request && context.request.getHeader('x-ms-client-request-id'),
    eTag: properties.etag && properties.etag.replace(/"/g, ''),
    contentType: properties.contentType,
    contentLength: properties.contentLength,
    blobType: properties.blobType,
    sequencer: nextSequencer(),
  };
  fs.writeSync(journal, `${JSON.stringify(line)}\n`);
}

function stored(store, place) {
  const query = { accountName: place.account, containerName: place.container, name: place.blob, snapshot: '' };
  return store.db.getCollection(store.BLOBS_COLLECTION).findOne(query);
}

const placeOf = (blob) => ({ account: blob.accountName, container: blob.containerName, blob: blob.name });

function wrap(name, around) {
  const original = Store.prototype[name];
  if (typeof original !== 'function') throw new Error(`azurite internals changed: no ${name}`);
  Store.prototype[name] = around(original);
}

wrap('createBlob', (original) => async function createBlob(context, blob, ...rest) {
  const answer = await original.call(this, context, blob, ...rest);
  write(CREATED, 'PutBlob', context, placeOf(blob), blob.properties);
  return answer;
});

wrap('commitBlockList', (original) => async function commitBlockList(context, blob, ...rest) {
  const answer = await original.call(this, context, blob, ...rest);
  const { contentLength } = stored(this, placeOf(blob)).properties; // the request knows no total
  write(CREATED, 'PutBlockList', context, placeOf(blob), { ...blob.properties, contentLength });
  return answer;
});

for (const name of ['startCopyFromURL', 'copyFromURL']) {
  wrap(name, (original) => async function copy(context, source, destination, ...rest) {
    const properties = await original.call(this, context, source, destination, ...rest);
    write(CREATED, 'CopyBlob', context, destination, properties);
    return properties;
  });
}

wrap('deleteBlob', (original) => async function deleteBlob(context, account, container, blob, options = {}) {
  const place = { account, container, blob };
  const found = options.snapshot || options.deleteSnapshots === 'only' ? null : stored(this, place);
  const gone = found && { contentType: found.properties.contentType, blobType: found.properties.blobType };
  const answer = await original.call(this, context, account, container, blob, options);
  if (gone) write(DELETED, 'DeleteBlob', context, place, gone);
  return answer;
});

require('./worm.cjs')(root);
require('./leash.cjs')();
require(`${root}/azurite.js`);
