'use strict';
// @vercel/cosmosdb-server 1.0.1 over https, patched until the portable subset of Cosmos DB behaves as in Azure.
//
// cosmos-engine.cjs     the query engine: linear instead of quadratic, reversed composite indexes
// cosmos-documents.cjs  single documents: partition keys, 404, ETags, TTL, unique keys, sizes
// cosmos-batch.cjs      transactional batches: all or nothing
// cosmos-queries.cjs    queries within a partition, OFFSET LIMIT, DISTINCT, pages, the change feed
//
// Refuses to start when a patched name is gone. Keeps nothing: every start is an empty account.
// It checks no token, so missing role assignments cannot be found here.
// Environment: TLS_CERTIFICATE, TLS_KEY (files); COSMOS_ENDPOINT, where the account says it is, if that is not here.
// Argument: the port.

const fs = require('fs');

require('./cosmos-engine.cjs')();
require('./cosmos-documents.cjs').install();
require('./cosmos-batch.cjs')();
require('./cosmos-queries.cjs')();
describeAccount();
require('./leash.cjs')();

// Last, because the server's routes take hold of the handlers as they are at this moment.
const { createHttpsServer } = require('@vercel/cosmosdb-server/lib/index.js');

const server = createHttpsServer({
  keepAlive: true,
  key: fs.readFileSync(process.env.TLS_KEY),
  cert: fs.readFileSync(process.env.TLS_CERTIFICATE),
  minVersion: 'TLSv1.2',
});
server.keepAliveTimeout = 120000;
server.listen(Number(process.argv[2]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));

// One region, UK South, with the consistency the real account is given.
function describeAccount() {
  const Account = require('@vercel/cosmosdb-server/lib/account/index.js').default;
  const { read } = Account.prototype;
  if (typeof read !== 'function') throw new Error('cosmosdb-server internals changed: no Account.read');
  Account.prototype.read = function readAccount() {
    const account = read.call(this);
    const here = process.env.COSMOS_ENDPOINT ? { databaseAccountEndpoint: process.env.COSMOS_ENDPOINT } : {};
    const inLondon = (locations) => locations.map((location) => ({ ...location, name: 'UK South', ...here }));
    return {
      ...account,
      writableLocations: inLondon(account.writableLocations),
      readableLocations: inLondon(account.readableLocations),
      userConsistencyPolicy: { defaultConsistencyLevel: 'Strong' },
    };
  };
}
