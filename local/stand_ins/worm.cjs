'use strict';
// Legal hold and time-based retention for Azurite 3.37.0: the three calls it answers with 501, the three upload headers
// it ignores, and the refusals that make either worth testing against.
//
// A held or retained blob refuses (409): delete, overwrite, append, copy over it, new metadata, new HTTP headers, and
// the deletion of its container. Tags, tier and leases stay allowed. An unlocked policy may be changed or taken away,
// a locked one only extended; both end when their date has passed.

const HELD = ['BlobImmutableDueToLegalHold', 'This operation is not permitted as the blob is immutable due to one or more legal holds.'];
const RETAINED = ['BlobImmutableDueToPolicy', 'This operation is not permitted as the blob is immutable due to a policy.'];
const LOCKED = ['ImmutabilityPolicyLocked', 'A locked policy can only be extended.'];
const NEEDS_DATE = ['InvalidHeaderValue', 'An immutability policy needs a date in the future.'];

module.exports = function worm(root) {
  const Store = require(`${root}/blob/persistence/LokiBlobMetadataStore.js`).default;
  const Handler = require(`${root}/blob/handlers/BlobHandler.js`).default;
  const StorageError = require(`${root}/blob/errors/StorageError.js`).default;
  const BlobStorageContext = require(`${root}/blob/context/BlobStorageContext.js`).default;
  const { BLOB_API_VERSION } = require(`${root}/blob/utils/constants.js`);

  const refuse = (context, status, [code, message]) => {
    throw new StorageError(status, code, message, context.contextId);
  };
  const blobs = (store) => store.db.getCollection(store.BLOBS_COLLECTION);
  const find = (store, [accountName, containerName, name]) =>
    blobs(store).findOne({ accountName, containerName, name, snapshot: '' });

  refuseChanges({ Store, blobs, find, refuse });
  honourUploadHeaders({ Store, blobs, find, refuse });
  answerCalls({ Handler, BlobStorageContext, StorageError, BLOB_API_VERSION, blobs, find, refuse });
};

function wrap(prototype, name, around) {
  const original = prototype[name];
  if (typeof original !== 'function') throw new Error(`azurite internals changed: no ${name}`);
  prototype[name] = around(original);
}

function refuseChanges({ Store, blobs, find, refuse }) {
  const check = (context, document) => {
    if (!document) return;
    const { legalHold, immutabilityPolicyExpiresOn: until } = document.properties;
    if (legalHold) refuse(context, 409, HELD);
    if (until && new Date(until) > new Date()) refuse(context, 409, RETAINED);
  };
  const guarded = (name, address) => wrap(Store.prototype, name, (original) => async function guard(context, ...rest) {
    if (!createOnly(rest)) check(context, find(this, address(rest))); // create-only is answered by BlobAlreadyExists
    return original.call(this, context, ...rest);
  });
  const ofBlob = ([blob]) => [blob.accountName, blob.containerName, blob.name];
  const ofBlock = ([block]) => [block.accountName, block.containerName, block.blobName];
  const createOnly = (rest) => rest.some((conditions) => conditions && conditions.ifNoneMatch === '*');
  const ofDestination = ([, place]) => [place.account, place.container, place.blob];
  const asGiven = (rest) => rest.slice(0, 3);
  for (const name of ['deleteBlob', 'setBlobMetadata', 'setBlobHTTPHeaders']) guarded(name, asGiven);
  for (const name of ['createBlob', 'commitBlockList']) guarded(name, ofBlob);
  guarded('appendBlock', ofBlock);
  for (const name of ['startCopyFromURL', 'copyFromURL']) guarded(name, ofDestination);
  wrap(Store.prototype, 'deleteContainer', (original) => async function guard(context, account, container, ...rest) {
    for (const document of blobs(this).find({ accountName: account, containerName: container })) check(context, document);
    return original.call(this, context, account, container, ...rest);
  });
}

function honourUploadHeaders({ Store, blobs, find, refuse }) {
  const protect = (store, context, blob) => {
    const header = (name) => context.request && context.request.getHeader(`x-ms-${name}`);
    const hold = header('legal-hold');
    const until = header('immutability-policy-until-date');
    if (!hold && !until) return;
    const document = find(store, [blob.accountName, blob.containerName, blob.name]);
    if (hold) document.properties.legalHold = hold.toLowerCase() === 'true';
    if (until) {
      document.properties.immutabilityPolicyExpiresOn = new Date(until);
      document.properties.immutabilityPolicyMode = header('immutability-policy-mode') || 'Unlocked';
    }
    blobs(store).update(document);
  };
  for (const name of ['createBlob', 'commitBlockList']) {
    wrap(Store.prototype, name, (original) => async function upload(context, blob, ...rest) {
      const until = context.request && context.request.getHeader('x-ms-immutability-policy-until-date');
      if (until && !(new Date(until) > new Date())) refuse(context, 400, NEEDS_DATE);
      const answer = await original.call(this, context, blob, ...rest);
      protect(this, context, blob);
      return answer;
    });
  }
}

function answerCalls({ Handler, BlobStorageContext, StorageError, BLOB_API_VERSION, blobs, find, refuse }) {
  const isLocked = (properties) => String(properties.immutabilityPolicyMode).toLowerCase() === 'locked';
  const answers = (name, apply) => wrap(Handler.prototype, name, () => async function answer(...given) {
    const context = given[given.length - 1];
    const place = new BlobStorageContext(context);
    const document = find(this.metadataStore, [place.account, place.container, place.blob]);
    if (!document) throw new StorageError(404, 'BlobNotFound', 'The specified blob does not exist.', context.contextId);
    const body = apply(document.properties, given[0], context);
    blobs(this.metadataStore).update(document);
    return { statusCode: 200, requestId: context.contextId, version: BLOB_API_VERSION, date: context.startTime, ...body };
  });

  answers('setLegalHold', (properties, legalHold) => {
    properties.legalHold = legalHold;
    return { legalHold };
  });
  answers('setImmutabilityPolicy', (properties, { immutabilityPolicyExpiry: until, immutabilityPolicyMode: mode }, context) => {
    if (!(new Date(until) > new Date())) refuse(context, 400, NEEDS_DATE);
    const shorter = new Date(until) < new Date(properties.immutabilityPolicyExpiresOn);
    if (isLocked(properties) && (shorter || String(mode).toLowerCase() !== 'locked')) refuse(context, 409, LOCKED);
    properties.immutabilityPolicyExpiresOn = until;
    properties.immutabilityPolicyMode = mode;
    return { immutabilityPolicyExpiry: until, immutabilityPolicyMode: mode };
  });
  answers('deleteImmutabilityPolicy', (properties, _, context) => {
    if (isLocked(properties)) refuse(context, 409, LOCKED);
    delete properties.immutabilityPolicyExpiresOn;
    delete properties.immutabilityPolicyMode;
    return {};
  });
}
