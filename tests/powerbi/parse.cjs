// Reads {name: text} from standard input, and writes {name: what is wrong with that text as Power Query's M, or ""}.
// It runs where the packages are: in tests/clients.
const { createRequire } = require("module");
const { DefaultSettings, TaskUtils } = createRequire(process.cwd() + "/")("@microsoft/powerquery-parser");

async function main() {
  const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const found = {};
  for (const [name, text] of Object.entries(texts)) {
    const task = await TaskUtils.tryLexParse(DefaultSettings, text);
    found[name] = task.resultKind === "Ok" ? "" : task.error.message;
  }
  process.stdout.write(JSON.stringify(found));
}

main();
