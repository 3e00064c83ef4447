'use strict';
// Makes the query engine of @vercel/cosmosdb-server (@zeit/cosmosdb-query 0.7.2) linear in the number of documents.
//
// Its generated code copies the whole result for every row it adds, so that 20,000 documents take seconds and 100,000
// never finish. Here a row is pushed instead. Sorting by several properties also accepts a composite index read
// backwards, as Azure does. Its parser forgets what it read when it tries another way, so that brackets in brackets take
// four times as long with each: here each rule reads a place once, as PEG.js does where it is asked to.

const fs = require('fs');
const Module = require('module');

rememberRules(); // before the engine takes its parser
const engine = require('@zeit/cosmosdb-query/lib/index.js');
const helpers = require('@zeit/cosmosdb-query/lib/helpers.js');

const COPYING_REDUCE = /\? \[\.\.\.\$, (\{[^{}]*\})\] : \$, \[\]\)/g;

module.exports = function installEngine() {
  pushRows();
  stripInOnePass();
  allowReversedIndexes();
};

function pushRows() {
  const prototype = Object.getPrototypeOf(engine.default('SELECT * FROM c'));
  const code = Object.getOwnPropertyDescriptor(prototype, 'code');
  if (!code || !code.get) throw new Error('cosmosdb-query internals changed: no code getter');
  const pushing = (source) => source.replace(COPYING_REDUCE, '? ($.push($1), $) : $, [])');
  const sample = code.get.call(engine.default('SELECT * FROM c'));
  if (pushing(sample) === sample) throw new Error('cosmosdb-query internals changed: no copying reduce');
  Object.defineProperty(prototype, 'code', {
    get() {
      return pushing(code.get.call(this));
    },
  });
}

function stripInOnePass() {
  if (typeof helpers.stripUndefined !== 'function') throw new Error('cosmosdb-query internals changed: no stripUndefined');
  helpers.stripUndefined = function strip(value) {
    if (Array.isArray(value)) return value.filter((element) => element !== undefined).map(strip);
    if (!value || typeof value !== 'object') return value;
    const kept = {};
    for (const [key, member] of Object.entries(value)) if (member !== undefined) kept[key] = strip(member);
    return kept;
  };
}

function allowReversedIndexes() {
  const { sort } = helpers;
  if (typeof sort !== 'function') throw new Error('cosmosdb-query internals changed: no sort');
  const flip = ({ path, order }) => ({ path, order: order === 'descending' ? 'ascending' : 'descending' });
  helpers.sort = (rows, rid, indexes, ...orders) =>
    sort(rows, rid, indexes && [...indexes, ...indexes.map((index) => index.map(flip))], ...orders);
}

function rememberRules() {
  const file = require.resolve('@zeit/cosmosdb-query/lib/parser.js');
  let rules = 0;
  const source = fs.readFileSync(file, 'utf8').replace(/^  function (peg\$parse\w+)\(\) \{$/gm, (_, name) => {
    const remembered = `return peg$remembered(${rules++}, ${name}Afresh);`;
    return `  function ${name}() { ${remembered} }\n  function ${name}Afresh() {`;
  });
  if (rules === 0) throw new Error('cosmosdb-query internals changed: no rules in the parser');
  const remembering = `  const peg$known = new Map();
  function peg$remembered(rule, parse) {
    const key = peg$currPos * ${rules} + rule;
    const known = peg$known.get(key);
    if (known) { peg$currPos = known.end; return known.result; }
    const result = parse();
    peg$known.set(key, { end: peg$currPos, result });
    return result;
  }
`;
  const parser = new Module(file, module);
  parser.filename = file;
  parser.paths = module.paths;
  parser._compile(source.replace('  function peg$parsesql() {', `${remembering}$&`), file);
  parser.loaded = true;
  require.cache[file] = parser;
}
